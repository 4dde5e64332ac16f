package authority

import (
	"fmt"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// A NotServedError says that no license server of an issuer answers here.
type NotServedError struct{ Issuer license.Issuer }

func (e *NotServedError) Error() string {
	return fmt.Sprintf("no license server of %s answers here", e.Issuer)
}

// Code returns the stable code of the error.
func (e *NotServedError) Code() string { return "authority.not-served" }

// A NotKnownError says that no installation of a name is registered.
type NotKnownError struct{ What string }

func (e *NotKnownError) Error() string {
	return fmt.Sprintf("no installation %q is registered", e.What)
}

// Code returns the stable code of the error.
func (e *NotKnownError) Code() string { return "installation.not-registered" }

// A MessageError says why something cannot be shown to an installation.
type MessageError struct{ Why string }

func (e *MessageError) Error() string { return "the message cannot be shown: " + e.Why }

// Code returns the stable code of the error.
func (e *MessageError) Code() string { return "installation.bad-message" }

// A NotAnsweredError is returned for a request of a kind that no file answers.
type NotAnsweredError struct{ Kind string }

func (e *NotAnsweredError) Error() string {
	return fmt.Sprintf("no file answers a request of kind %s", e.Kind)
}

// Code returns the stable code of the error.
func (e *NotAnsweredError) Code() string { return "installation.not-answered" }

// A NothingIssuedError says that no set was signed for a serial number.
type NothingIssuedError struct {
	Issuer license.Issuer
	Serial string
}

func (e *NothingIssuedError) Error() string {
	return fmt.Sprintf("no set of %s was signed for serial number %s", e.Issuer, e.Serial)
}

// Code returns the stable code of the error.
func (e *NothingIssuedError) Code() string { return "installation.nothing-issued" }

// A CodeRefusedError says why a one-time code in a file is not good.
type CodeRefusedError struct{ Why licenseserver.Refusal }

func (e *CodeRefusedError) Error() string {
	return fmt.Sprintf("the one-time code is not good: %s", e.Why)
}

// Code returns the stable code of the error.
func (e *CodeRefusedError) Code() string { return "installation.code-refused" }
