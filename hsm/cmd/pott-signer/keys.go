package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/pott-dev/pott/hsm/token"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/internal/signer"
	"github.com/pott-dev/pott/licensefile"
)

// A place is which token, and where its PIN comes from. A flag's value is not
// among the places: everybody on the machine can read the arguments of a program.
type place struct {
	Module  string `required:"" env:"POTT_PKCS11_MODULE" placeholder:"FILE" help:"PKCS#11 driver of the token."`
	Token   string `required:"" placeholder:"LABEL" help:"Label of the token."`
	PinFile string `placeholder:"FILE" help:"File whose first line is the PIN; mode 0600. Else the terminal is asked."`
	PinFD   int    `name:"pin-fd" default:"-1" placeholder:"N" help:"Open file descriptor to read the PIN from."`
}

func (p place) open(access token.Access) (*token.Token, error) {
	pin, err := p.pin()
	if err != nil {
		return nil, err
	}
	defer func() { clear(pin) }()
	return token.Open(p.Module, p.Token, pin, access)
}

func (p place) pin() ([]byte, error) {
	if p.PinFile != "" {
		info, err := os.Stat(p.PinFile)
		if err != nil {
			return nil, token.NewPINError(p.Token, err.Error(), "--pin-file names a file whose first line is the PIN")
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			return nil, token.NewPINError(p.Token, fmt.Sprintf("%s has mode %04o: others can read the PIN", p.PinFile, mode), "close it with chmod 600, and change the PIN")
		}
	}
	pin, err := keyfile.Source{File: p.PinFile, FD: p.PinFD}.Read("PIN of the token "+p.Token, false)
	if e := (*keyfile.NoPassphraseError)(nil); errors.As(err, &e) {
		return nil, token.NewPINError(p.Token, "no PIN was given, and there is no terminal to ask on", "use --pin-file or --pin-fd")
	}
	return pin, err
}

// A shownKey is a key as generate and list answer.
type shownKey struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Public      string `json:"public"`
	MayLeave    bool   `json:"may_leave"`
}

func shown(k *token.Key) shownKey {
	return shownKey{k.Name, licensefile.Fingerprint(k.Public()), base64.StdEncoding.EncodeToString(k.Public()), k.MayLeave()}
}

type generateCmd struct {
	Name   string `arg:"" help:"Name of the key: its label on the token."`
	DryRun bool   `help:"Show what would happen; change nothing."`
	place  `embed:""`
}

func (c *generateCmd) Run(s *session) error {
	access := token.ReadWrite
	if c.DryRun {
		access = token.ReadOnly
	}
	t, err := c.open(access)
	if err != nil {
		return err
	}
	defer t.Close()
	if c.DryRun {
		if err := t.Free(c.Name); err != nil {
			return err
		}
		return s.answer(map[string]any{"schema": 1, "dry_run": true, "name": c.Name}, func(w io.Writer) {
			fmt.Fprintf(w, "would make the key %s on %s\n", c.Name, c.Token)
		})
	}
	k, err := t.Generate(c.Name)
	if err != nil {
		return err
	}
	return s.answer(map[string]any{"schema": 1, "key": shown(k)}, func(w io.Writer) {
		fmt.Fprintf(w, "made the key %s on %s\n%s\n", k.Name, c.Token, licensefile.Fingerprint(k.Public()))
	})
}

type listCmd struct {
	place `embed:""`
}

func (c *listCmd) Run(s *session) error {
	t, err := c.open(token.ReadOnly)
	if err != nil {
		return err
	}
	defer t.Close()
	keys, err := t.Keys()
	if err != nil {
		return err
	}
	items := []shownKey{}
	for _, k := range keys {
		items = append(items, shown(k))
	}
	return s.answer(map[string]any{"schema": 1, "items": items}, func(w io.Writer) {
		for _, k := range items {
			name, leaves := k.Name, ""
			if !signer.IsName(name) {
				name = strconv.Quote(name)
			}
			if k.MayLeave {
				leaves = "  can be taken out"
			}
			fmt.Fprintf(w, "%-32s  %s%s\n", name, k.Fingerprint, leaves)
		}
	})
}

type exportCmd struct {
	Name  string `arg:"" help:"Name of the key."`
	place `embed:""`
}

func (c *exportCmd) Run(s *session) error {
	t, err := c.open(token.ReadOnly)
	if err != nil {
		return err
	}
	defer t.Close()
	k, err := t.Key(c.Name)
	if err != nil {
		return err
	}
	if !signer.IsName(k.Name) {
		return &token.NameError{Name: k.Name}
	}
	return s.answer(map[string]any{"schema": 1, "key": shown(k)}, func(w io.Writer) {
		fmt.Fprintln(w, licensefile.RootKey{Name: k.Name, Key: k.Public()})
	})
}
