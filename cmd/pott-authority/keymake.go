package main

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/licensefile"
)

// openKeys opens the authority of the folder, or a folder that holds only keys
// so far: somebody who approves, or who asks to be let in, has keys before
// anything vouches for them.
func (s *session) openKeys() (*authority.Authority, error) {
	a, err := s.open()
	if none := (*NotMadeError)(nil); !errors.As(err, &none) {
		return a, err
	}
	if _, missing := os.Stat(s.keys()); missing != nil {
		return nil, err
	}
	return authority.Open(s.ctx, s.dsn(s.dir()), licensefile.Trust{})
}

// mayMake returns an error when a key of a name cannot be made here.
func (s *session) mayMake(name string) error {
	path := filepath.Join(s.keys(), name+keyfile.Ext)
	if _, err := os.Lstat(path); err == nil {
		return &keyfile.ExistsError{Path: path}
	}
	return keyfile.CheckName(name)
}

// make makes a key and notes that it did. A folder that is not there is made
// for it.
func (s *session) make(name string, use keyfile.Use, from keyfile.Source, work int) (*keyfile.Key, error) {
	k, err := keyfile.Generate(rand.Reader, name, use)
	if err != nil {
		return nil, err
	}
	secret, err := from.Read("passphrase of "+name, true)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(s.dir()); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(s.dir(), 0o700); err != nil {
			return nil, fileError(s.dir(), err)
		}
		// Nothing is left behind when no key can be written; a folder with a key
		// in it stays.
		defer os.Remove(s.dir())
	}
	path, err := keyfile.Write(s.keys(), k, secret, work)
	if err != nil {
		return nil, err
	}
	a, err := s.openKeys()
	if err == nil {
		defer a.Close()
		err = a.Note(s.ctx, s.by(), "key.made", name, s.p.now(),
			audit.F("key", licensefile.Fingerprint(k.Key)), audit.F("use", use))
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return k, nil
}
