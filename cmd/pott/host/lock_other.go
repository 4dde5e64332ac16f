//go:build !unix

package host

import (
	"errors"
	"os"
)

// lockFile says that files cannot be locked here.
func lockFile(*os.File) error { return errors.ErrUnsupported }
