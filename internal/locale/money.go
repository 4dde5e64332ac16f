package locale

import "strings"

// money is how a language writes amounts.
type money struct {
	before bool // the currency stands before the number
	inside bool // and the minus between the two
	apart  bool // a sign, too, stands apart from the number
	signs  map[string]string
}

// places are the decimals of the currencies that have other than two (ISO 4217).
var places = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// Places returns how many decimals amounts of a currency have.
func Places(currency string) int {
	if n, odd := places[currency]; odd {
		return n
	}
	return 2
}

// Money writes an amount given in the smallest unit of its currency: 123450 in
// "SEK" is 1 234,50 kr in Swedish and SEK 1,234.50 in English. Only the euro and
// what is at home in the language has a sign; other currencies are their codes,
// which nobody takes for another.
func (l *Locale) Money(smallest int64, currency string) string {
	number := l.write(smallest, Places(currency))
	sign, signed := l.money.signs[currency]
	if !signed {
		sign = currency
	}
	if !l.money.before {
		return number + space + sign
	}
	gap := space
	if signed && !l.money.apart {
		gap = ""
	}
	if rest, negative := strings.CutPrefix(number, l.minus); negative && !l.money.inside {
		return l.minus + sign + gap + rest
	}
	return sign + gap + number
}
