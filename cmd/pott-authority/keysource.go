package main

import (
	"path/filepath"
	"slices"

	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/internal/signer"
	"github.com/pott-dev/pott/licensefile"
)

// uses says which type of text a key of each use signs.
var uses = []struct {
	use keyfile.Use
	typ string
}{
	{keyfile.Root, "pott-key-list/v1"},
	{keyfile.Issuer, "pott-issuer-certificate/v1"},
	{keyfile.Signing, signer.TypeSet},
	{keyfile.Receipt, "pott-license-reply/v1"},
}

// useOf returns what a signer's key is for: use when it may sign that, else the
// first that it may. A key that signs nothing of an authority's has none.
func useOf(k *signer.RemoteKey, use keyfile.Use) keyfile.Use {
	found := keyfile.Use("other")
	for _, u := range slices.Backward(uses) {
		if k.MaySign(u.typ) && found != use {
			found = u.use
		}
	}
	return found
}

// look returns the public half of a key, whatever it is for. The name is that of
// a key file here, or the reference of a key that a signer holds.
func (s *session) look(name string) (keyfile.Public, error) {
	if !signer.IsReference(name) {
		return keyfile.Inspect(filepath.Join(s.keys(), name+keyfile.Ext))
	}
	k, err := s.openRemote(name)
	if err != nil {
		return keyfile.Public{}, err
	}
	return keyfile.Public{Name: k.Name(), Use: useOf(k, ""), Key: k.Public()}, nil
}

// public returns the public half of a key that must be for a use.
func (s *session) public(name string, use keyfile.Use) (keyfile.Public, error) {
	if signer.IsReference(name) {
		k, err := s.remote(name, use)
		if err != nil {
			return keyfile.Public{}, err
		}
		return keyfile.Public{Name: k.Name(), Use: use, Key: k.Public()}, nil
	}
	p, err := s.look(name)
	if err != nil {
		return keyfile.Public{}, err
	}
	if p.Use != use {
		return keyfile.Public{}, &KeyUseError{name, string(p.Use), string(use)}
	}
	return p, nil
}

// remote returns a key that a signer holds and that must be for a use.
func (s *session) remote(name string, use keyfile.Use) (*signer.RemoteKey, error) {
	k, err := s.openRemote(name)
	if err != nil {
		return nil, err
	}
	if got := useOf(k, use); got != use {
		return nil, &KeyUseError{k.Name(), string(got), string(use)}
	}
	return k, nil
}

func (s *session) openRemote(name string) (*signer.RemoteKey, error) {
	r, err := signer.ParseReference(name)
	if err != nil {
		return nil, err
	}
	return signer.Open(s.ctx, r)
}

// signer returns a key for a use that can sign: a signer's, or that of a key
// file whose passphrase is asked for.
func (s *session) signer(name string, use keyfile.Use, from keyfile.Source) (licensefile.Signer, error) {
	if signer.IsReference(name) {
		return s.remote(name, use)
	}
	if _, err := s.public(name, use); err != nil {
		return nil, err
	}
	secret, err := from.Read("passphrase of "+name, false)
	if err != nil {
		return nil, err
	}
	k, err := keyfile.Open(filepath.Join(s.keys(), name+keyfile.Ext), secret)
	if err != nil {
		return nil, err
	}
	return licensefile.NewSigner(k.Private), nil
}
