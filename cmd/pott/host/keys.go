// Package host is where an installation's server lives on a machine: its
// settings, its data directory, its keys, and how it starts and stops without
// losing anything it has answered for.
package host

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Keys are the secrets of a server, in a directory of their own so that a copy
// of the database is worth nothing without them. Nobody but the server's user
// may read it.
//
//	seal.key                 the keys all records are sealed with, see [Ring]
//	installation-NAME.key    the key the installation NAME signs its holdings with
type Keys struct{ Dir string }

const (
	sealHead = "pott-seal-key-v1"
	signHead = "pott-installation-key-v1"
)

// Make makes the directory and the seal key. It never replaces a key: the
// database would be unreadable with another.
func (k Keys) Make() error {
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return pathError(k.Dir, err)
	}
	if err := k.checkMode(); err != nil {
		return err
	}
	return k.write("seal.key", sealHead)
}

// MakeInstallation makes the key of one more installation.
func (k Keys) MakeInstallation(name string) error { return k.write(keyFile(name), signHead) }

// keyFile returns the name of the file of an installation's key. The name of
// the installation has been checked: it holds nothing that leads elsewhere.
func keyFile(name string) string { return "installation-" + name + ".key" }

// Remove takes away keys that were made for something that then failed.
func (k Keys) Remove(file string) { os.Remove(k.path(file)) }

func (k Keys) path(file string) string { return filepath.Join(k.Dir, file) }

func (k Keys) write(file, head string) error {
	path := k.path(file)
	secret := make([]byte, 32)
	rand.Read(secret)
	err := writeNew(path, fmt.Appendf(nil, "%s\n%x\n", head, secret), 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &KeyExistsError{Path: path}
	} else if err != nil {
		return pathError(path, err)
	}
	return syncDir(k.Dir)
}

// Installation returns the key an installation signs with.
func (k Keys) Installation(name string) (ed25519.PrivateKey, error) {
	seed, err := k.read(keyFile(name), signHead)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed[:]), nil
}

var keyText = regexp.MustCompile(`^([a-z0-9-]+)\n([0-9a-f]{64})\n$`)

func (k Keys) read(file, head string) (secret [32]byte, err error) {
	path := k.path(file)
	if err := k.checkMode(); err != nil {
		return secret, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return secret, &NoKeyError{Path: path}
	} else if err != nil {
		return secret, pathError(path, err)
	}
	return readKey(path, data, head)
}

// readKey reads the content of a key file.
func readKey(path string, data []byte, head string) (secret [32]byte, err error) {
	m := keyText.FindSubmatch(data)
	if m == nil || string(m[1]) != head {
		return secret, &BadKeyError{Path: path}
	}
	_, err = hex.Decode(secret[:], m[2])
	return secret, err
}

// checkMode refuses a directory others can look into: what is in it would be
// no secret.
func (k Keys) checkMode() error {
	info, err := os.Stat(k.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return &NoKeyError{Path: k.path("seal.key")}
	} else if err != nil {
		return pathError(k.Dir, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return &OpenKeysError{Path: k.Dir, Mode: fmt.Sprintf("%04o", info.Mode().Perm())}
	}
	return nil
}

func pathError(path string, err error) error { return &FileError{Path: path, Why: pathless(err)} }

// pathless returns what went wrong with a file, without its name.
func pathless(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return strings.TrimSpace(err.Error())
}
