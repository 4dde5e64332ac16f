//go:build unix

package host

import (
	"os"
	"syscall"
)

// lockFile locks a file until it is closed or the process ends, or reports that
// somebody else has.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
