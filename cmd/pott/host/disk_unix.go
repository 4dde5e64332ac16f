//go:build linux || darwin

package host

import "syscall"

// freeBytes returns how much room a directory has for whoever is no
// administrator of the machine.
func freeBytes(dir string) (int64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
