package locale

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Number writes a whole number: −1 234 567 in Swedish, -1,234,567 in English.
// Four digits are grouped too, so that a column of numbers lines up.
func (l *Locale) Number(n int64) string { return l.write(n, 0) }

// Decimal writes n divided by ten to the power of places, all places shown:
// 123450 with 2 is 1 234,50 in Swedish. places is 0 to 18.
func (l *Locale) Decimal(n int64, places int) string { return l.write(n, places) }

// Percent writes how much of a whole a part is, in whole percents rounded down,
// so that 100 % is never said of less than all. It is "" when there is no whole
// to have a part of, or the part is negative.
func (l *Locale) Percent(part, whole int64) string { return l.share(part, whole, 100, 0) }

// Tenths is like Percent with one decimal, rounded down too.
func (l *Locale) Tenths(part, whole int64) string { return l.share(part, whole, 1000, 1) }

func (l *Locale) share(part, whole int64, scale uint64, places int) string {
	if part < 0 || whole <= 0 {
		return ""
	}
	hi, lo := bits.Mul64(uint64(part), scale)
	if hi >= uint64(whole) {
		return l.write(math.MaxInt64, 0) + l.percent
	}
	share, _ := bits.Div64(hi, lo, uint64(whole))
	return l.write(int64(min(share, math.MaxInt64)), places) + l.percent
}

// write is the one place that knows where marks stand in a number.
func (l *Locale) write(n int64, places int) string {
	var room [20]byte
	digits := strconv.AppendUint(room[:0], size(n), 10)
	zeros := max(places+1-len(digits), 0)
	var b strings.Builder
	b.Grow(len(digits) + zeros + len(digits)/3*len(l.group) + len(l.minus) + len(l.decimal))
	if n < 0 {
		b.WriteString(l.minus)
	}
	for left := len(digits) + zeros; left > 0; left-- {
		switch {
		case left == places:
			b.WriteString(l.decimal)
		case left > places && (left-places)%3 == 0 && left < len(digits)+zeros:
			b.WriteString(l.group)
		}
		if left > len(digits) {
			b.WriteByte('0')
		} else {
			b.WriteByte(digits[len(digits)-left])
		}
	}
	return b.String()
}

// size is how far from nothing n is; the smallest int64 has no positive twin.
func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// ParseNumber reads a whole number as somebody types it: digits alone, or grouped
// in threes with the language's own mark or any kind of space, with a minus in
// front or not. What could mean something else is not read: 1,234 in a language
// that writes decimals with a comma.
func (l *Locale) ParseNumber(text string) (n int64, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > 64 {
		return 0, false
	}
	negative := false
	for _, minus := range []string{"-", "−"} {
		if rest, found := strings.CutPrefix(text, minus); found {
			text, negative = rest, true
			break
		}
	}
	digits, ok := l.ungroup(text)
	if !ok {
		return 0, false
	}
	if negative {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	return n, true
}

// ungroup returns the digits of a text that is digits, or groups of three behind
// a first of one to three, all with one mark between.
func (l *Locale) ungroup(text string) (digits string, ok bool) {
	for _, mark := range []string{l.group, " ", "\u00a0", "\u202f"} {
		groups := strings.Split(text, mark)
		if len(groups) == 1 {
			continue
		}
		for i, g := range groups {
			if !onlyDigits(g) || len(g) > 3 || len(g) < 3 && i > 0 {
				return "", false
			}
		}
		return strings.Join(groups, ""), true
	}
	return text, onlyDigits(text)
}

func onlyDigits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
}
