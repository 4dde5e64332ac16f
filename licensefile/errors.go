package licensefile

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/pott-dev/pott/license"
)

// A FormatError says where a text breaks a rule of the format, and which.
type FormatError struct {
	Line   int    // 1 is the first line of the text; 0 when no line is to blame
	Column int    // bytes from the start of the line, from 1; 0 for the whole line
	Rule   string // a sentence without a full stop
}

func (e *FormatError) Error() string {
	switch {
	case e.Line == 0:
		return e.Rule
	case e.Column == 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Rule)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Rule)
}

// Code returns the stable code of the error.
func (e *FormatError) Code() string { return "set.malformed" }

// A TooLargeError is returned for a text beyond a limit of the format.
type TooLargeError struct {
	What  string // what is too large: "the file", "line 7"
	Unit  string // of Limit and Got
	Limit int64
	Got   int64 // at least; reading stops at the limit
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s has %d %s or more, and at most %d are read", e.What, e.Got, e.Unit, e.Limit)
}

// Code returns the stable code of the error.
func (e *TooLargeError) Code() string { return "set.too-large" }

// A VersionError is returned for a text that only a newer reader understands.
type VersionError struct {
	Needs string // the format, extension or algorithm that is not known here
	Line  int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("line %d: this needs a newer version of Pott, one that knows %q", e.Line, e.Needs)
}

// Code returns the stable code of the error.
func (e *VersionError) Code() string { return "set.needs-newer" }

// A SignatureError is returned when a text is not what was signed.
type SignatureError struct {
	What string // "the checkpoint", "the certificate", "key list 2"
	Why  string
}

func (e *SignatureError) Error() string { return fmt.Sprintf("%s: %s", e.What, e.Why) }

// Code returns the stable code of the error.
func (e *SignatureError) Code() string { return "set.bad-signature" }

// An UnknownIssuerError is returned for a set of an issuer that the newest key
// list does not name, or names with other keys.
type UnknownIssuerError struct {
	Issuer  license.Issuer
	KeyList int64 // number of the key list that was asked
	Named   bool  // the issuer is named, but not with the key that signed
}

func (e *UnknownIssuerError) Error() string {
	if e.Named {
		return fmt.Sprintf("key list %d does not name the key that signed the certificate of %s", e.KeyList, e.Issuer)
	}
	return fmt.Sprintf("key list %d names no issuer %s", e.KeyList, e.Issuer)
}

// Code returns the stable code of the error.
func (e *UnknownIssuerError) Code() string { return "set.unknown-issuer" }

// An UntrustedRootError is returned when the key lists of a file do not lead
// back to the trusted root keys.
type UntrustedRootError struct {
	KeyList   int64 // the list that lacks signatures; 0 when none is signed by the trusted roots
	Signed    int   // distinct root keys that signed it
	Threshold int   // and how many must
}

func (e *UntrustedRootError) Error() string {
	if e.KeyList == 0 {
		return fmt.Sprintf("no key list is signed by %d of the trusted root keys", e.Threshold)
	}
	return fmt.Sprintf("key list %d is signed by %d root keys, and %d must", e.KeyList, e.Signed, e.Threshold)
}

// Code returns the stable code of the error.
func (e *UntrustedRootError) Code() string { return "set.untrusted" }

// A FenceError is returned for a set that grants more than its issuer may.
type FenceError struct {
	Issuer license.Issuer
	Fence  string         // "module", "kind", "quantity", "total", "unrestricted", "no-expiry", "term", "last-date", "clients", "demo"
	Line   int            // of the license, or of the header
	Module license.Module // "" when the whole set is outside
	Limit  string         // what is allowed
	Got    string         // what the set has
}

func (e *FenceError) Error() string {
	what := "the set"
	if e.Module != "" {
		what = fmt.Sprintf("%q", e.Module)
	}
	return fmt.Sprintf("line %d: %s is outside what %s may issue: %s; allowed: %s", e.Line, what, e.Issuer, e.Got, e.Limit)
}

// Code returns the stable code of the error.
func (e *FenceError) Code() string { return "set.outside-fence" }

// A NotYetValidError is returned for a set issued more than 24 hours ahead of
// the clock.
type NotYetValidError struct {
	Issued time.Time
	Now    time.Time
}

func (e *NotYetValidError) Error() string {
	return fmt.Sprintf("the set is issued at %s, more than 24 hours ahead of the clock, which says %s",
		e.Issued.UTC().Format(time.RFC3339), e.Now.UTC().Format(time.RFC3339))
}

// Code returns the stable code of the error.
func (e *NotYetValidError) Code() string { return "set.not-yet-valid" }

// A CertificateExpiredError is returned when a key, or the key list, was not
// valid on the day the set was issued or is not on the day it is accepted.
type CertificateExpiredError struct {
	What    string // "the key list", "the issuer", "the signing key"
	From    license.Date
	Through license.Date
	Day     license.Date // the day it is not valid, in UTC
}

func (e *CertificateExpiredError) Error() string {
	if e.From.IsZero() {
		return fmt.Sprintf("%s is valid through %s, not on %s", e.What, e.Through, e.Day)
	}
	return fmt.Sprintf("%s is valid from %s through %s, not on %s", e.What, e.From, e.Through, e.Day)
}

// Code returns the stable code of the error.
func (e *CertificateExpiredError) Code() string { return "set.certificate-expired" }

// A RevokedError is returned when a key in the chain has been revoked.
type RevokedError struct {
	What   string // "the issuer key", "the signing key"
	Key    ed25519.PublicKey
	Effect Effect
	Date   license.Date // of DropOn
}

func (e *RevokedError) Error() string {
	text := fmt.Sprintf("%s %s is revoked: %s", e.What, Fingerprint(e.Key), e.Effect)
	if !e.Date.IsZero() {
		text += " " + e.Date.String()
	}
	return text
}

// Code returns the stable code of the error.
func (e *RevokedError) Code() string { return "set.revoked" }

// An OldKeyListError is returned for a file that carries fewer key lists than
// were accepted before.
type OldKeyListError struct {
	Number  int64 // the newest list in the file
	Highest int64 // the newest accepted
}

func (e *OldKeyListError) Error() string {
	return fmt.Sprintf("the file carries key list %d, and list %d was accepted before", e.Number, e.Highest)
}

// Code returns the stable code of the error.
func (e *OldKeyListError) Code() string { return "set.old-key-list" }

// A ForkedKeyListError is returned when two different key lists with the same
// number are both signed: one of them should not exist.
type ForkedKeyListError struct{ Number int64 }

func (e *ForkedKeyListError) Error() string {
	return fmt.Sprintf("key list %d differs from the list %d that was accepted before", e.Number, e.Number)
}

// Code returns the stable code of the error.
func (e *ForkedKeyListError) Code() string { return "set.forked-key-list" }

// An OldCertificateError is returned for a certificate older than one of the
// same issuer key that was accepted before.
type OldCertificateError struct {
	Issuer  license.Issuer
	Number  int64
	Highest int64
}

func (e *OldCertificateError) Error() string {
	return fmt.Sprintf("the file carries certificate %d of %s, and certificate %d was accepted before", e.Number, e.Issuer, e.Highest)
}

// Code returns the stable code of the error.
func (e *OldCertificateError) Code() string { return "set.old-certificate" }

// An ExpiredError is returned by [CheckNew] for a set whose last day has passed.
type ExpiredError struct {
	End   license.Date // the last day everything works
	Today license.Date // in the set's time zone
}

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("the last day of the set was %s, and today is %s", e.End, e.Today)
}

// Code returns the stable code of the error.
func (e *ExpiredError) Code() string { return "set.expired" }

// An UnknownTimeZoneError is returned for a set whose dates cannot be read
// here, because its time zone is not in this machine's time zone database.
type UnknownTimeZoneError struct{ TimeZone string }

func (e *UnknownTimeZoneError) Error() string {
	return fmt.Sprintf("the time zone %q is not known here", e.TimeZone)
}

// Code returns the stable code of the error.
func (e *UnknownTimeZoneError) Code() string { return "set.unknown-time-zone" }
