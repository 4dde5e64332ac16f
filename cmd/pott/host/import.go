package host

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/age"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/licensefile"
)

// An Import says which export of another server becomes an installation here, and
// how it is known to be genuine: by the installation's private key, or by its
// fingerprint. Nothing in the file can say that.
type Import struct {
	File        string
	Identities  []age.Identity // that open an encrypted export
	Name        string         // here; "": as there
	Key         string         // file of the installation's key, which it keeps; "": it gets another
	Fingerprint string         // of the key that signed the export
	DryRun      bool
}

// Imported is what became of an export.
type Imported struct {
	File         string            `json:"file"`
	Installation string            `json:"installation"`
	ID           string            `json:"id,omitempty"` // the new one
	KeptKey      bool              `json:"kept_key"`     // license servers go on knowing it
	Manifest     *archive.Manifest `json:"manifest"`
	Check        *fsck.Report      `json:"check"`
	DryRun       bool              `json:"dry_run,omitempty"`
}

// Import makes an installation of what another server exported, and returns the
// secret of its first administrator's token, which is not kept anywhere. Before
// anything is changed here the whole file is read, its signature checked, and every
// row sealed and gone through in a database of its own. It is there whole or not at
// all, whenever the machine stops.
func (h *Host) Import(ctx context.Context, by audit.Actor, r Import) (done *Imported, secret string, err error) {
	key, err := r.key()
	if err != nil {
		return nil, "", err
	}
	h.tidy()
	s, err := newStaging(h.config)
	if err != nil {
		return nil, "", err
	}
	defer s.remove()
	done = &Imported{File: r.File, KeptKey: key != nil, DryRun: r.DryRun}
	if done.Manifest, err = r.read(ctx, s); err != nil {
		return nil, "", err
	}
	done.Installation = cmp.Or(r.Name, done.Manifest.Name)
	if err := h.mayImport(done.Installation, key); err != nil {
		return nil, "", err
	}
	m, err := r.genuine(ctx, s.db, done.Manifest, key)
	if err != nil {
		return nil, "", err
	}
	if done.Check, err = s.try(ctx, h, by, m); err != nil {
		return nil, "", err
	}
	if err := verdict(r.File, done.Check); err != nil || r.DryRun {
		return done, "", err
	}
	if key == nil {
		if err := s.makesKeyOf(done.Installation); err != nil {
			return nil, "", err
		}
	}
	secret, err = h.take(ctx, by, done, m, key)
	return done, secret, err
}

// key reads the installation's key; nil when it gets another.
func (r Import) key() ([]byte, error) {
	if r.Key == "" {
		return nil, nil
	}
	data, err := os.ReadFile(r.Key)
	if err != nil {
		return nil, pathError(r.Key, err)
	}
	_, err = readKey(r.Key, data, signHead)
	return data, err
}

// read puts the rows into the staging.
func (r Import) read(ctx context.Context, s *staging) (*archive.Manifest, error) {
	f, err := os.Open(r.File)
	if err != nil {
		return nil, pathError(r.File, err)
	}
	defer f.Close()
	from, err := archive.NewReader(f, r.Identities)
	if err != nil {
		return nil, err
	}
	if from.Header.Of != archive.Installation {
		return nil, &NotAnExportError{File: r.File}
	}
	return s.load(ctx, from)
}

// mayImport refuses a name that is taken. A key of that name may be there already
// when it is this very one: an import was cut short.
func (h *Host) mayImport(name string, key []byte) error {
	if err := (New{Name: name, TimeZone: "UTC"}).Check(); err != nil {
		return err
	}
	if h.house.Has(name) {
		return &store.InstallationExistsError{Name: name}
	}
	there, err := os.ReadFile(h.keys.path(keyFile(name)))
	if err == nil && !bytes.Equal(there, key) {
		return &KeyExistsError{Path: h.keys.path(keyFile(name))}
	}
	return nil
}

// genuine reports who signed the export, and what the store is to make of it.
func (r Import) genuine(ctx context.Context, from *sqldb.DB, m *archive.Manifest, key []byte) (store.Import, error) {
	n := store.Import{From: from, ID: m.ID, Archive: m.SHA256}
	if m.Signer == nil {
		return n, &NotGenuineError{File: r.File}
	}
	signer := licensefile.Fingerprint(ed25519.PublicKey(m.Signer))
	if key != nil {
		seed, err := readKey(r.Key, key, signHead)
		if err != nil {
			return n, err
		}
		if public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey); !bytes.Equal(public, m.Signer) {
			return n, &NotGenuineError{File: r.File, Signer: signer, Want: licensefile.Fingerprint(public)}
		}
	} else if strings.ToLower(strings.TrimSpace(r.Fingerprint)) != signer {
		return n, &NotGenuineError{File: r.File, Signer: signer, Want: r.Fingerprint}
	}
	owner, err := n.Owner(ctx)
	if err != nil {
		return n, err
	}
	if !bytes.Equal(owner.SiteKey, m.Signer) { // another installation's key has signed it
		return n, &NotGenuineError{File: r.File, Signer: signer, Want: licensefile.Fingerprint(owner.SiteKey)}
	}
	if len(m.Heads) != 1 {
		return n, &archive.BrokenError{Why: "it does not say where one chain stood"}
	}
	if n.Head, err = headOf(m.Heads[0]); err == nil {
		n.Marks, err = marksIn(m.Marks)
	}
	return n, err
}

func marksIn(m *archive.Marks) (store.Marks, error) {
	marks := store.Marks{Sets: map[tamper.Owner]uint64{}}
	if m == nil {
		return marks, nil
	}
	marks.KeyList, marks.Clock = m.KeyList, m.Clock
	for _, set := range m.Sets {
		value, err := strconv.ParseUint(set.Value, 10, 64)
		if err != nil {
			return marks, &archive.BrokenError{Why: "a mark is no number"}
		}
		marks.Sets[tamper.Owner{Issuer: set.Issuer, Serial: set.Serial}] = value
	}
	return marks, nil
}

// try makes the installation in a database that is thrown away, under a key that
// is, and goes through every row of it.
func (s *staging) try(ctx context.Context, h *Host, by audit.Actor, m store.Import) (*fsck.Report, error) {
	db, err := sqldb.Open(ctx, filepath.Join(s.dir, "try.db"))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var master tamper.Master
	rand.Read(master.Key[:])
	st, err := store.Open(ctx, db, store.Keys{Master: master.Key}, store.Options{Parse: installation.ReadSet, Now: h.now(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	owner, err := m.Owner(ctx)
	if err == nil {
		_, err = st.ImportInstallation(ctx, by, h.now(), m, store.NewInstallation{Name: "try", Owner: owner})
	}
	if err := errors.Join(err, st.Close()); err != nil {
		return nil, err
	}
	report, err := fsck.Check(ctx, db, fsck.Options{Keys: []fsck.Key{{Master: master.Key}}})
	return &report, err
}

// take makes the installation, with its key beside it.
func (h *Host) take(ctx context.Context, by audit.Actor, done *Imported, m store.Import, key []byte) (secret string, err error) {
	name := done.Installation
	if err := h.keys.keep(name, key); err != nil {
		return "", err
	}
	in, err := h.house.Import(ctx, by, name, m)
	if err != nil {
		if surelyNotMade(err, h.house.Has(name)) {
			h.keys.Remove(keyFile(name))
		}
		return "", err
	}
	p, err := h.house.Place(name)
	if err != nil {
		return "", err
	}
	done.ID = p.ID
	made, err := in.MakeToken(ctx, installation.Act{By: by}, api.NewToken{Name: "first administrator", Scopes: []string{api.ScopeAdmin}})
	return made.Secret, err
}

// keep writes the key of an installation, or makes one when it is nil.
func (k Keys) keep(name string, key []byte) error {
	if key == nil {
		return k.MakeInstallation(name)
	}
	path := k.path(keyFile(name))
	if err := writeNew(path, key, 0o600); err != nil && !errors.Is(err, fs.ErrExist) { // it is this very one
		return pathError(path, err)
	}
	return syncDir(k.Dir)
}

// NotAnExportError is returned for a file that is no export of one installation.
type NotAnExportError struct{ File string }

func (e *NotAnExportError) Error() string { return e.File + " is no export of one installation" }

// Code returns the stable code of the error.
func (e *NotAnExportError) Code() string { return "host.not-an-export" }

// NotGenuineError is returned for an export that was not signed by the key that
// was named.
type NotGenuineError struct {
	File   string
	Signer string // fingerprint of the key that signed it; "" when none did
	Want   string // of the key that should have; "" when none was named
}

func (e *NotGenuineError) Error() string {
	return "the export " + e.File + " was signed by " + cmp.Or(e.Signer, "nobody") + ", not by " + cmp.Or(e.Want, "a key that was named")
}

// Code returns the stable code of the error.
func (e *NotGenuineError) Code() string { return "host.not-genuine" }
