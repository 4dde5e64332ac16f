//go:build !unix

package signer

import (
	"errors"
	"io/fs"
	"os"
)

// owned says no: the permissions that keep others from a signer are Unix's.
func owned(fs.FileInfo) bool { return false }

func lock(*os.File) error { return errors.ErrUnsupported }
