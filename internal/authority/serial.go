package authority

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// A SerialRule says what the serial numbers of an issuer look like.
type SerialRule struct {
	Digits int         `yaml:"digits"` // how many; 0: any text
	Check  SerialCheck `yaml:"check"`
	// DemoDays is the longest a demo set runs, in days; 0: 60.
	DemoDays int `yaml:"demo_days"`
}

// SerialCheck is how a serial number guards against typing errors.
type SerialCheck string

const (
	NoCheck   SerialCheck = "none"
	LuhnCheck SerialCheck = "luhn" // the last digit is a check digit by the Luhn rule
)

// A SerialFault is what is wrong with a serial number.
type SerialFault string

const (
	SerialFine       SerialFault = ""
	SerialEmpty      SerialFault = "empty"
	SerialGrammar    SerialFault = "grammar"     // holds something else than it may
	SerialLength     SerialFault = "length"      // too short or too long
	SerialCheckDigit SerialFault = "check-digit" // mistyped
)

// Fault returns what is wrong with a serial number, or SerialFine.
func (r SerialRule) Fault(serial string) SerialFault {
	switch {
	case serial == "":
		return SerialEmpty
	case !serialLetters(serial):
		return SerialGrammar
	case r.Digits > 0 && !allDigits(serial):
		return SerialGrammar
	case r.Digits > 0 && len(serial) != r.Digits:
		return SerialLength
	case r.Check == LuhnCheck && (!allDigits(serial) || !license.Luhn(serial)):
		return SerialCheckDigit
	}
	return SerialFine
}

// Demo reports whether a serial number belongs to demo installations: five
// zeros stand before its check digit.
func (r SerialRule) Demo(serial string) bool {
	n := len(serial)
	return r.Check == LuhnCheck && n > 6 && serial[n-6:n-1] == "00000"
}

// DemoTerm returns the longest a demo set runs, in days.
func (r SerialRule) DemoTerm() int {
	if r.DemoDays > 0 {
		return r.DemoDays
	}
	return 60
}

// CheckDigit returns the digit that makes digits pass the Luhn rule when it is
// put behind them.
func CheckDigit(digits string) (byte, error) {
	if !allDigits(digits) || digits == "" {
		return 0, fmt.Errorf("%q is not digits only", digits)
	}
	for c := byte('0'); c <= '9'; c++ {
		if license.Luhn(digits + string(c)) {
			return c, nil
		}
	}
	panic("authority: no digit completes " + digits) // the ten digits reach every remainder
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || '9' < s[i] {
			return false
		}
	}
	return true
}

// serialLetters checks the grammar that all serial numbers share: it is the one
// of the license file.
func serialLetters(s string) bool {
	if len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && (i == 0 || c != '.' && c != '_' && c != '-') {
			return false
		}
	}
	return true
}
