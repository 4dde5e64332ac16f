package seat

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// MayRemove refuses, with an [*OwnVendorError], to remove the set of an issuer that
// is in force: that of the vendor the installation began with, which is first, and
// the last one there is.
func MayRemove(active *license.Active, issuer, first license.Issuer) error {
	if issuer == first || len(active.Sets()) < 2 {
		return &OwnVendorError{Issuer: issuer}
	}
	return nil
}

// An OwnVendorError says that the set of the installation's own vendor stays: a
// newer one takes its place, or none. Nothing was changed.
type OwnVendorError struct{ Issuer license.Issuer }

func (e *OwnVendorError) Error() string {
	return fmt.Sprintf("%s is the vendor of this installation: its set is not removed", e.Issuer)
}

// Code returns the stable code of the error.
func (e *OwnVendorError) Code() string { return "set.own-vendor" }
