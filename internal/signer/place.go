package signer

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// maxSocket is the longest path of a socket on every system there is, in bytes.
const maxSocket = 103

// Listen makes the socket of a signer with mode 0600 in a folder of mode 0700,
// which is made when it is missing. A socket that a stopped signer left behind
// is replaced; one that answers is a *RunningError.
func Listen(socket string) (net.Listener, error) {
	if len(socket) > maxSocket {
		return nil, &PlaceError{socket, fmt.Sprintf("the path of a socket has at most %d bytes", maxSocket)}
	}
	folder := filepath.Dir(socket)
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, &PlaceError{folder, plain(err)}
	}
	if err := private(folder); err != nil {
		return nil, err
	}
	if err := sweep(socket); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, &PlaceError{socket, plain(err)}
	}
	// Until now the folder alone kept others out, which is enough.
	if err := os.Chmod(socket, 0o600); err != nil {
		l.Close()
		return nil, &PlaceError{socket, plain(err)}
	}
	return l, nil
}

// sweep removes the socket of a signer that is gone.
func sweep(socket string) error {
	info, err := os.Lstat(socket)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &PlaceError{socket, plain(err)}
	case info.Mode().Type() != fs.ModeSocket:
		return &PlaceError{socket, "something that is no socket has that name"}
	}
	conn, err := net.DialTimeout("unix", socket, time.Second)
	if err == nil {
		conn.Close()
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return &RunningError{socket}
	}
	if err := os.Remove(socket); err != nil {
		return &PlaceError{socket, plain(err)}
	}
	return nil
}

// reachable returns an error unless a socket lies where only its owner, who is
// the user of this process, could have put it.
func reachable(socket string) error {
	info, err := os.Lstat(socket)
	if err != nil {
		return &UnreachableError{socket, plain(err)}
	}
	if info.Mode().Type() != fs.ModeSocket {
		return &UnreachableError{socket, "it is no socket"}
	}
	if err := private(filepath.Dir(socket)); err != nil {
		return err
	}
	return private(socket)
}

// private returns an error unless a file or folder belongs to the user of this
// process and nobody else may do anything with it.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return &PlaceError{path, plain(err)}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return &PlaceError{path, fmt.Sprintf("its mode is %04o, and others must have no right to it", mode)}
	}
	if !owned(info) {
		return &PlaceError{path, "it belongs to another user"}
	}
	return nil
}

// plain returns the reason in an error of the operating system, without the
// path that stands beside it anyway.
func plain(err error) string {
	if e := (*os.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	if e := (*os.SyscallError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return err.Error()
}

// plainDial returns the reason in an error of a connection.
func plainDial(err error) string {
	if e := (*net.OpError)(nil); errors.As(err, &e) {
		if e.Timeout() {
			return "it took too long"
		}
		err = e.Err
	}
	return plain(err)
}

// printable returns a text of the other side without what would move the cursor
// of a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
