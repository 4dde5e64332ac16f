package main

import "syscall"

// undumpable keeps other processes of the same user from reading the PIN and the
// driver's memory: they may ask this process to sign, and no more. An
// administrator is not kept out.
func undumpable() error {
	const setDumpable = 4 // PR_SET_DUMPABLE
	if _, _, errno := syscall.Syscall(syscall.SYS_PRCTL, setDumpable, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
