package authority

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// A NoCatalogueError says that an issuer has no catalogue here.
type NoCatalogueError struct{ Issuer license.Issuer }

func (e *NoCatalogueError) Error() string {
	return fmt.Sprintf("there is no catalogue of %s", e.Issuer)
}

// Code returns the stable code of the error.
func (e *NoCatalogueError) Code() string { return "catalogue.missing" }

// A PendingError says that a set is prepared and neither signed nor abandoned.
type PendingError struct {
	ID     string
	Issuer license.Issuer
	Serial string
	Number int64
	State  State
}

func (e *PendingError) Error() string {
	return fmt.Sprintf("set %d of %s for %s (%s) is %s and not signed yet", e.Number, e.Issuer, e.Serial, e.ID, e.State)
}

// Code returns the stable code of the error.
func (e *PendingError) Code() string { return "set.pending" }

// An InterruptedError says that the signing of a set began and was not
// recorded: its file may be in the world.
type InterruptedError struct {
	ID     string
	Issuer license.Issuer
	Serial string
	Number int64
}

func (e *InterruptedError) Error() string {
	return fmt.Sprintf("the signing of set %d of %s for %s (%s) was interrupted", e.Number, e.Issuer, e.Serial, e.ID)
}

// Code returns the stable code of the error.
func (e *InterruptedError) Code() string { return "set.interrupted" }

// An AlreadySignedError says that a prepared set was redeemed before.
type AlreadySignedError struct {
	Issuer license.Issuer
	Serial string
	Number int64
}

func (e *AlreadySignedError) Error() string {
	return fmt.Sprintf("set %d of %s for %s is signed already", e.Number, e.Issuer, e.Serial)
}

// Code returns the stable code of the error.
func (e *AlreadySignedError) Code() string { return "set.already-signed" }

// An AbandonedError says that a set was given up.
type AbandonedError struct {
	ID     string
	Issuer license.Issuer
	Serial string
	Number int64
	Reason string
}

func (e *AbandonedError) Error() string {
	text := fmt.Sprintf("set %d of %s for %s (%s) was abandoned", e.Number, e.Issuer, e.Serial, e.ID)
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// Code returns the stable code of the error.
func (e *AbandonedError) Code() string { return "set.abandoned" }

// A SignedOtherwiseError says that a file does not say what was prepared. It is
// kept back.
type SignedOtherwiseError struct {
	Issuer license.Issuer
	Serial string
	Number int64
	What   string // what differs
}

func (e *SignedOtherwiseError) Error() string {
	return fmt.Sprintf("the file of set %d of %s for %s is not what was prepared: %s differs", e.Number, e.Issuer, e.Serial, e.What)
}

// Code returns the stable code of the error.
func (e *SignedOtherwiseError) Code() string { return "set.signed-otherwise" }

// A NoKeyListError says that the authority has no key list.
type NoKeyListError struct{}

func (e *NoKeyListError) Error() string { return "there is no key list yet" }

// Code returns the stable code of the error.
func (e *NoKeyListError) Code() string { return "key.no-list" }

// A NoGrantError says that the newest key list does not grant the key that
// signs, or signed, the certificates of an issuer.
type NoGrantError struct {
	Issuer  license.Issuer
	KeyList int64
}

func (e *NoGrantError) Error() string {
	return fmt.Sprintf("key list %d grants %s no key that signs its certificate", e.KeyList, e.Issuer)
}

// Code returns the stable code of the error.
func (e *NoGrantError) Code() string { return "key.no-grant" }

// A NoCertificateError says that an issuer has no certificate.
type NoCertificateError struct{ Issuer license.Issuer }

func (e *NoCertificateError) Error() string {
	return fmt.Sprintf("%s has no certificate yet", e.Issuer)
}

// Code returns the stable code of the error.
func (e *NoCertificateError) Code() string { return "key.no-certificate" }

// A NotCertifiedError says why a key may not sign sets of an issuer now.
type NotCertifiedError struct {
	Issuer license.Issuer
	Key    string // fingerprint
	Why    string
}

func (e *NotCertifiedError) Error() string {
	return fmt.Sprintf("key %s may not sign sets of %s: %s", e.Key, e.Issuer, e.Why)
}

// Code returns the stable code of the error.
func (e *NotCertifiedError) Code() string { return "key.not-certified" }

// A FenceMalformedError is returned for a text that is no fence.
type FenceMalformedError struct {
	Line int // 0 when no line is to blame
	Why  string
}

func (e *FenceMalformedError) Error() string { return "this is not a fence: " + placed(e.Line, e.Why) }

// Code returns the stable code of the error.
func (e *FenceMalformedError) Code() string { return "key.fence-malformed" }
