// Package rotation rehearses the life of keys between the two houses: what the
// authority decides about keys, an installation learns from license files alone.
package rotation

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// noon is when a rehearsal begins.
var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

const serial = "1600070120"

// key returns the signer of a name, the same each time.
func key(name string) licensefile.Signer {
	seed := sha256.Sum256([]byte(name))
	return licensefile.NewSigner(ed25519.NewKeyFromSeed(seed[:]))
}

func rootKey(name string) licensefile.RootKey {
	return licensefile.RootKey{Name: name, Key: key(name).Public()}
}

// A world is a vendor and one customer, who was given the vendor's first root
// and nothing else.
type world struct {
	*authority.Authority
	t        *testing.T
	customer *installation.Installation
	first    licensefile.Trust
	now      time.Time
}

var admin = installation.Act{By: audit.Actor{Kind: audit.Host, ID: "test"}}

// each runs a rehearsal with both databases under the installation.
func each(t *testing.T, do func(t *testing.T, w *world)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := &world{t: t, now: noon, first: licensefile.Trust{Roots: []licensefile.RootKey{rootKey("root-1")}, Threshold: 1}}
		w.Authority = w.house("vendor.db")
		w.list(authority.KeyListChange{Grants: []licensefile.IssuerGrant{{Issuer: "SUPEROFFICE", Key: key("so-issuer-1").Public(), Fence: wide()}}}, "root-1")
		w.certify("SUPEROFFICE", "so-issuer-1", "so-signing-1")
		if _, _, err := w.AddCatalogue(t.Context(), "test", examples.Bytes("superoffice/catalogue.yaml"), w.now); err != nil {
			t.Fatal(err)
		}
		w.customer = w.install(db)
		do(t, w)
	})
}

func (w *world) house(file string) *authority.Authority {
	a, err := authority.Open(w.t.Context(), filepath.Join(w.t.TempDir(), file), w.first)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { a.Close() })
	return a
}

func (w *world) install(db *sqldb.DB) *installation.Installation {
	house, err := installation.Open(w.t.Context(), installation.Options{
		DB: db, Master: [32]byte{1}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return w.now },
		Trust: func(string) (licensefile.Trust, error) { return w.first, nil },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { house.Close() })
	in, err := house.Create(w.t.Context(), admin.By, installation.New{Name: "designteamet", TimeZone: "Europe/Stockholm"})
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

func wide() licensefile.Fence { return authority.DefaultFence(license.DateOf(noon)) }

// list has roots sign and add the next key list.
func (w *world) list(change authority.KeyListChange, roots ...string) {
	w.t.Helper()
	d, err := w.DraftKeyList(w.t.Context(), change, w.now)
	for _, root := range roots {
		if err == nil {
			d, err = w.ApproveKeyList(w.t.Context(), "test", d, key(root), w.now)
		}
	}
	if err == nil {
		err = w.AddKeyList(w.t.Context(), "test", d.Bytes(), w.now)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) certify(issuer license.Issuer, by, signing string) {
	w.t.Helper()
	certify(w.t, w.Authority, issuer, by, signing, w.now)
}

func certify(t *testing.T, a *authority.Authority, issuer license.Issuer, by, signing string, now time.Time) {
	t.Helper()
	today := license.DateOf(now)
	k := licensefile.SigningKey{Key: key(signing).Public(), Type: licensefile.TypeSet, From: today, Through: today.Add(366)}
	if _, err := a.Certify(t.Context(), "test", issuer, key(by), k, now); err != nil {
		t.Fatal(err)
	}
}

// issue prepares and signs an order.
func issue(t *testing.T, a *authority.Authority, order []byte, signing string, now time.Time) []byte {
	t.Helper()
	p, err := a.Prepare(t.Context(), "test", order, now)
	if err != nil {
		t.Fatal(err)
	}
	file, err := a.Sign(t.Context(), "test", p, key(signing), now)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// order returns an example order.
func (w *world) order(name string) []byte {
	w.t.Helper()
	return examples.Bytes(name)
}

// accept loads and activates a file at the customer's.
func (w *world) accept(file []byte) {
	w.t.Helper()
	loaded, err := w.customer.Load(w.t.Context(), admin, file)
	if err == nil {
		_, err = w.customer.Activate(w.t.Context(), admin, loaded.Set.ID, api.Activate{})
		if off := new(installation.UnacknowledgedError); errors.As(err, &off) { // what the renewal turns off for everybody is meant
			var all []string
			for _, n := range off.Licenses {
				all = append(all, fmt.Sprint(n))
			}
			_, err = w.customer.Activate(w.t.Context(), admin, loaded.Set.ID, api.Activate{Acknowledge: all})
		}
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// refuse checks that a customer's verifier and an installation refuse a file,
// and both with the code.
func (w *world) refuse(what string, file []byte, code string) {
	w.t.Helper()
	if _, err := w.customer.Load(w.t.Context(), admin, file); codeOf(err) != code {
		w.t.Errorf("the installation, of %s: %v; want %s", what, err, code)
	}
	lists, err := w.KeyLists(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	// A verifier that remembers the key lists, and no certificates.
	trust := w.first
	trust.Known = lists
	_, err = licensefile.Verify(file, trust, w.now)
	if code != "set.old-certificate" && codeOf(err) != code {
		w.t.Errorf("the verifier, of %s: %v; want %s", what, err, code)
	}
}

func codeOf(err error) string {
	var c interface{ Code() string }
	if errors.As(err, &c) {
		return c.Code()
	}
	return fmt.Sprint(err)
}

// A thief has keys, and what anybody can read of the chain.
type thief struct {
	w     *world
	lists [][]byte
}

func (w *world) thief() thief {
	lists, err := w.KeyLists(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return thief{w, lists}
}

// certificate makes a certificate that names the thief's own signing key.
func (f thief) certificate(issuer license.Issuer, number int64, by string) []byte {
	f.w.t.Helper()
	today := license.DateOf(f.w.now)
	text, err := licensefile.SignCertificate(&licensefile.Certificate{
		Issuer: issuer, Number: number, Issued: f.w.now,
		SigningKeys: []licensefile.SigningKey{{Key: key("thief").Public(), Type: licensefile.TypeSet, From: today, Through: today.Add(300)}},
	}, key(by))
	if err != nil {
		f.w.t.Fatal(err)
	}
	return text
}

// file makes a set that no authority has on record.
func (f thief) file(set license.Set, certificate []byte, signing string) []byte {
	f.w.t.Helper()
	d, err := licensefile.NewDraft(set)
	if err != nil {
		f.w.t.Fatal(err)
	}
	file, err := d.Seal(key(signing), certificate, f.lists...)
	if err != nil {
		f.w.t.Fatal(err)
	}
	return file
}

// set returns a set with one license.
func (w *world) set(issuer license.Issuer, number int64, l license.License) license.Set {
	today := license.DateOf(w.now)
	s := license.Set{
		Issuer: issuer, Company: "Designteamet", Serial: serial, Number: number, Issued: w.now, TimeZone: "Europe/Stockholm",
		Dates:    license.Dates{Expiry: today.Add(200), Grace: today.Add(210)},
		Licenses: []license.License{l},
	}
	if number > 1 {
		s.Previous = fmt.Sprintf("%064x", number)
	}
	return s
}
