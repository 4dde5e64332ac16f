package license

import (
	"fmt"
	"regexp"
)

var serialGrammar = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// serialDigits is how many digits a serial number has whose last one guards
// against typing errors.
const serialDigits = 10

// CheckSerial returns a [*BadSerialError] for a serial number that a person
// cannot have meant to type: one that no set can carry, or ten digits of which
// the last does not fit the others. A set that is correctly signed is trusted as
// it is: this is asked only of what was typed.
func CheckSerial(serial string) error {
	switch {
	case !serialGrammar.MatchString(serial):
		return &BadSerialError{Serial: serial, Why: "a serial number has 1 to 64 letters A–Z and a–z, digits, dots, hyphens and underscores, the first a letter or digit"}
	case len(serial) == serialDigits && onlyDigits(serial) && !Luhn(serial):
		return &BadSerialError{Serial: serial, Why: "its last digit, which guards against typing errors, does not fit the others"}
	}
	return nil
}

// DemoSerial reports whether a serial number of ten digits is one for demo
// installations: five zeros stand before its check digit.
func DemoSerial(serial string) bool {
	return len(serial) == serialDigits && onlyDigits(serial) && serial[serialDigits-6:serialDigits-1] == "00000" && Luhn(serial)
}

// Luhn reports whether digits, the last one a check digit, pass the Luhn rule:
// every second digit from the right is doubled, the digits of all are summed,
// and the sum ends in 0. It is false for a text that is not digits only.
func Luhn(digits string) bool {
	if digits == "" || !onlyDigits(digits) {
		return false
	}
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || '9' < s[i] {
			return false
		}
	}
	return true
}

// A BadSerialError is returned for a typed serial number that cannot be one.
type BadSerialError struct {
	Serial string
	Why    string
}

func (e *BadSerialError) Error() string {
	return fmt.Sprintf("%q is no serial number: %s", e.Serial, e.Why)
}

// Code returns the stable code of the error.
func (e *BadSerialError) Code() string { return "license.bad-serial" }
