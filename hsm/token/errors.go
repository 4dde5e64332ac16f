//go:build cgo

package token

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/pkcs11"
)

// A DriverError says what a PKCS#11 driver could not do.
type DriverError struct{ Driver, Doing, Why string }

func (e *DriverError) Error() string { return fmt.Sprintf("%s: %s: %s", e.Driver, e.Doing, e.Why) }

// Hint says what to do.
func (e *DriverError) Hint() string {
	return "--module is the path of the token's PKCS#11 driver; SoftHSM's is /usr/lib/softhsm/libsofthsm2.so"
}

// A NoTokenError says that no token has a label.
type NoTokenError struct {
	Driver, Label string
	Known         []string // labels of the tokens there are
}

func (e *NoTokenError) Error() string { return fmt.Sprintf("there is no token called %q", e.Label) }

// Hint says what to do.
func (e *NoTokenError) Hint() string {
	if len(e.Known) == 0 {
		return "the driver sees no token that is set up; for SoftHSM, look at SOFTHSM2_CONF"
	}
	return "the driver sees " + strings.Join(e.Known, ", ")
}

// A PINError says why a PIN does not open a token.
type PINError struct {
	Label, Why string
	hint       string
}

// NewPINError returns an error for a PIN that was not even tried.
func NewPINError(label, why, hint string) *PINError { return &PINError{label, why, hint} }

func (e *PINError) Error() string { return fmt.Sprintf("the token %s: %s", e.Label, e.Why) }

// Hint says what to do.
func (e *PINError) Hint() string { return e.hint }

// A TokenError says what a token could not do.
type TokenError struct{ Label, Doing, Why string }

func (e *TokenError) Error() string {
	return fmt.Sprintf("the token %s: %s: %s", e.Label, e.Doing, e.Why)
}

// Hint says what to do.
func (e *TokenError) Hint() string {
	switch e.Why {
	case "CKR_MECHANISM_INVALID", "CKR_CURVE_NOT_SUPPORTED":
		return "the token or its driver does not know Ed25519"
	case "CKR_DEVICE_REMOVED", "CKR_TOKEN_NOT_PRESENT", "CKR_SESSION_HANDLE_INVALID", "CKR_SESSION_CLOSED", "CKR_USER_NOT_LOGGED_IN":
		return "put the token back and start pott-signer anew"
	}
	return ""
}

// A NoKeyError says that a token has no Ed25519 key of that name.
type NoKeyError struct{ Label, Name string }

func (e *NoKeyError) Error() string {
	return fmt.Sprintf("the token %s has no Ed25519 key called %q", e.Label, e.Name)
}

// Hint says what to do.
func (e *NoKeyError) Hint() string {
	return "pott-signer list shows the keys, pott-signer generate makes one"
}

// An ExistsError says that a name on a token is taken.
type ExistsError struct{ Label, Name string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("the token %s holds something called %q already, and keys are never replaced", e.Label, e.Name)
}

// Hint says what to do.
func (e *ExistsError) Hint() string { return "choose another name" }

// A NameError says that a text cannot name a key.
type NameError struct{ Name string }

func (e *NameError) Error() string { return fmt.Sprintf("%q cannot name a key", e.Name) }

// Hint says what to do.
func (e *NameError) Hint() string {
	return "use letters A–Z and a–z, digits, dots, hyphens and underscores, at most 100, a letter or digit first"
}

// reason returns the driver's word for an error, such as CKR_DEVICE_REMOVED.
func reason(err error) string {
	text := err.Error()
	if word := text[strings.LastIndexByte(text, ' ')+1:]; strings.HasPrefix(word, "CKR_") {
		return word
	}
	return text
}

func loginError(label string, err error) error {
	e := pkcs11.Error(0)
	errors.As(err, &e)
	switch e {
	case pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE:
		return &PINError{label, "the PIN is wrong", "it was tried once; a token locks itself after a few wrong ones"}
	case pkcs11.CKR_PIN_LOCKED:
		return &PINError{label, "the PIN is locked after too many wrong ones", "the security officer of the token can set a new one"}
	case pkcs11.CKR_USER_PIN_NOT_INITIALIZED:
		return &PINError{label, "it has no PIN yet", "set one with the token's own tool"}
	}
	return &TokenError{label, "logging in", reason(err)}
}
