package installation

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// A NoAuthorityError is returned when nothing says where the license server of an
// issuer is asked.
type NoAuthorityError struct {
	Issuer license.Issuer // "" when no issuer has one
}

func (e *NoAuthorityError) Error() string {
	if e.Issuer == "" {
		return "nothing says where a license server is asked"
	}
	return fmt.Sprintf("nothing says where the license server of %s is asked", e.Issuer)
}

// Code returns the stable code of the error.
func (e *NoAuthorityError) Code() string { return "fetch.no-address" }

// A NoSerialError is returned when a license server is to be asked before the
// installation has a serial number.
type NoSerialError struct{ Issuer license.Issuer }

func (e *NoSerialError) Error() string {
	return fmt.Sprintf("the installation has no serial number to ask %s about", e.Issuer)
}

// Code returns the stable code of the error.
func (e *NoSerialError) Code() string { return "fetch.no-serial" }

// A BadCodeError is returned for what cannot be a one-time code. It does not
// repeat it.
type BadCodeError struct{}

func (e *BadCodeError) Error() string { return "what was typed cannot be a one-time code" }

// Code returns the stable code of the error.
func (e *BadCodeError) Code() string { return "fetch.bad-code" }

// An UnreachableAuthorityError is returned when a license server does not answer.
type UnreachableAuthorityError struct {
	Issuer  license.Issuer
	Address string
	Why     string
}

func (e *UnreachableAuthorityError) Error() string {
	return fmt.Sprintf("the license server of %s does not answer: %s", e.Issuer, e.Why)
}

// Code returns the stable code of the error.
func (e *UnreachableAuthorityError) Code() string { return "fetch.unreachable" }

// A RefusedByAuthorityError is returned when a license server says no.
type RefusedByAuthorityError struct {
	Issuer license.Issuer
	Serial string // that was asked for
	Why    string // a word of the protocol: "not-registered", "code-used"
}

func (e *RefusedByAuthorityError) Error() string {
	return fmt.Sprintf("the license server of %s refuses: %s", e.Issuer, e.Why)
}

// Code returns the stable code of the error.
func (e *RefusedByAuthorityError) Code() string { return "fetch.refused" }

// A TestCopyError is returned when a copy made for tests is to ask a license
// server: its issuer would take it for the installation it was copied from.
type TestCopyError struct{ Installation string }

func (e *TestCopyError) Error() string {
	return fmt.Sprintf("%s is a copy made for tests and asks no license server", e.Installation)
}

// Code returns the stable code of the error.
func (e *TestCopyError) Code() string { return "fetch.test-copy" }

// An UnboundSetError is returned for a set that would change the serial number of
// the installation and does not name its key: anybody's set would do.
type UnboundSetError struct {
	Issuer license.Issuer
	Number int64
}

func (e *UnboundSetError) Error() string {
	return fmt.Sprintf("set %d of %s does not name this installation's key", e.Number, e.Issuer)
}

// Code returns the stable code of the error.
func (e *UnboundSetError) Code() string { return "owner.not-bound" }

// An OtherCompanyError is returned when the set that goes with another serial
// number names another company than was typed.
type OtherCompanyError struct {
	Company string // that was typed
	Want    string // that the set names
}

func (e *OtherCompanyError) Error() string {
	return fmt.Sprintf("the set is for %q, not for %q", e.Want, e.Company)
}

// Code returns the stable code of the error.
func (e *OtherCompanyError) Code() string { return "owner.other-company" }
