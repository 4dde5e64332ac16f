// Package housetest gives tests a house to live in: a fresh database, vendors
// whose keys its installations trust, and a clock that stands still.
package housetest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Noon is when tests happen unless they say otherwise.
var Noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

// Code is the one-time code that agrees to repairs; it is good any number of
// times.
const Code = "GOOD-CODE-HERE"

// Recovery is a recovery token that is good at every installation.
const Recovery = installation.RecoveryPrefix + "for tests"

// Host is who makes installations.
var Host = audit.Actor{Kind: audit.Host, ID: "test"}

// A Fixture is a house and the vendors it trusts.
type Fixture struct {
	*installation.House
	Vendors Vendors
	options installation.Options
	trust   licensefile.Trust
	now     atomic.Int64
}

// TrustNobody pins another root, from the next opening on.
func (f *Fixture) TrustNobody() {
	f.trust.Roots = []licensefile.RootKey{{Name: "housetest/root", Key: signer("another root").Public()}}
}

// TrustVendors pins the root of the vendors again, from the next opening on.
func (f *Fixture) TrustVendors() { f.trust = f.Vendors.Trust() }

// AskHost has a function answer for the host application what stands in the way
// of taking something from people, from the next opening on.
func (f *Fixture) AskHost(answer func(ctx context.Context, installation string, questions []api.BlockerQuestion) (api.BlockersAnswer, error)) {
	f.options.Blockers = answer
}

// New opens a house in a fresh database, with an empty installation of each
// name. Its time zone is Europe/Stockholm, and it takes demo sets when its name
// begins with "demo".
func New(t testing.TB, db *sqldb.DB, names ...string) *Fixture {
	t.Helper()
	f := &Fixture{Vendors: NewVendors(t)}
	f.trust = f.Vendors.Trust()
	f.Set(Noon)
	f.options = installation.Options{
		DB: db, Master: [32]byte{1, 2, 3}, Now: f.Clock, Log: slog.New(slog.DiscardHandler),
		Trust: func(string) (licensefile.Trust, error) { return f.trust, nil },
		Confirm: func(_, code string) error {
			if code != Code {
				return &installation.NotConfirmedError{Why: "wrong"}
			}
			return nil
		},
		Key:       func(name string) (ed25519.PrivateKey, error) { return Key(name), nil },
		Recovered: func(_, token string, _ time.Time) (string, bool) { return "for tests", token == Recovery },
	}
	f.Reopen(t)
	for _, name := range names {
		n := installation.New{Name: name, TimeZone: "Europe/Stockholm", Demo: len(name) > 3 && name[:4] == "demo"}
		if _, err := f.Create(t.Context(), Host, n); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { f.House.Close() })
	return f
}

// Reopen closes the house, if it was open, and opens it again in the same
// database. Where it was closed for long, somebody says that the clock is right.
func (f *Fixture) Reopen(t testing.TB) {
	t.Helper()
	f.ReopenUnconfirmed(t)
	for _, name := range f.Names() {
		in := f.Installation(name)
		if c, err := in.Clock(t.Context()); err != nil {
			t.Fatal(err)
		} else if c.State != api.ClockUnconfirmed {
			continue
		}
		if _, err := in.ConfirmClock(t.Context(), installation.Act{By: Host}, installation.ClockReceipt{Time: f.Clock(), From: "host"}); err != nil {
			t.Fatal(err)
		}
	}
}

// ReopenUnconfirmed is Reopen where nobody says what time it is.
func (f *Fixture) ReopenUnconfirmed(t testing.TB) {
	t.Helper()
	if f.House != nil {
		if err := f.House.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if f.House, err = installation.Open(t.Context(), f.options); err != nil {
		t.Fatal(err)
	}
}

// Remember makes the house remember outside the database how far it was, from the
// next opening on.
func (f *Fixture) Remember(t testing.TB) { f.options.Anchors = filepath.Join(t.TempDir(), "anchors") }

// HoldJobs has the house, once it is opened again, call step when a job is about
// to go on: see [installation.Options].
func (f *Fixture) HoldJobs(t testing.TB, step func(ctx context.Context, installation string, looked int)) {
	f.options.Step = step
	f.Reopen(t)
}

// KeepFiles makes the house keep incidents and its last full checks in files, from
// the next opening on, and returns the directory of the incidents.
func (f *Fixture) KeepFiles(t testing.TB) (incidents string) {
	dir := t.TempDir()
	f.options.Incidents, f.options.Verified = filepath.Join(dir, "incidents"), filepath.Join(dir, "verified")
	return f.options.Incidents
}

// Clock returns the time in the house.
func (f *Fixture) Clock() time.Time { return time.UnixMicro(f.now.Load()).UTC() }

// Set sets the clock.
func (f *Fixture) Set(now time.Time) { f.now.Store(now.UnixMicro()) }

// Key is the private key of an installation of a name.
func Key(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

// Stranger is an issuer with keys that the root does not name.
const Stranger license.Issuer = "STRANGER"

// Vendors are SUPEROFFICE, AMSYSTEM, ACME, which may grant 100 of each license
// at most, and [Stranger]. Anything may be signed with their keys.
type Vendors struct {
	root  licensefile.Signer
	lists [][]byte // 1 to the newest
	last  licensefile.KeyList
	keys  map[license.Issuer]vendor
}

type vendor struct {
	own, signing licensefile.Signer
	certificate  []byte
	number       int64 // of the certificate
}

// NewVendors returns vendors with the same keys each time.
func NewVendors(t testing.TB) Vendors {
	t.Helper()
	v := Vendors{root: signer("root"), keys: map[license.Issuer]vendor{}}
	from, through := license.Date{Year: 2020, Month: 1, Day: 1}, license.Date{Year: 2099, Month: 12, Day: 31}
	began := from.Midnight(time.UTC)
	list := licensefile.KeyList{Number: 1, Issued: began, Threshold: 1, Roots: v.roots()}
	for _, issuer := range []license.Issuer{"SUPEROFFICE", "AMSYSTEM", "ACME", Stranger} {
		k := vendor{own: signer("own " + string(issuer)), signing: signer("sign " + string(issuer))}
		grant := licensefile.IssuerGrant{Issuer: issuer, Key: k.own.Public(), Fence: licensefile.Fence{
			From: from, Through: through, LastDate: through, MaxTermDays: 36500, MaxQuantity: 1 << 40, MaxTotal: 1 << 50,
			Kinds: []license.Kind{license.System, license.Site, license.User}, Modules: []string{"*"}, Unrestricted: true,
			NoExpiry: true, Clients: true,
		}}
		if issuer == "ACME" {
			grant.Fence.MaxQuantity = 100
		}
		if issuer != Stranger {
			list.Issuers = append(list.Issuers, grant)
		}
		v.keys[issuer] = k.certified(t, issuer)
	}
	return v.with(t, list)
}

// certified returns the vendor with the next certificate for its signing key.
func (k vendor) certified(t testing.TB, issuer license.Issuer) vendor {
	t.Helper()
	from, through := license.Date{Year: 2020, Month: 1, Day: 1}, license.Date{Year: 2099, Month: 12, Day: 31}
	k.number++
	certificate, err := licensefile.SignCertificate(&licensefile.Certificate{Issuer: issuer, Number: k.number, Issued: from.Midnight(time.UTC),
		SigningKeys: []licensefile.SigningKey{{Key: k.signing.Public(), Type: licensefile.TypeSet, From: from, Through: through},
			{Key: receipts(issuer).Public(), Type: licensefile.TypeReceipt, From: from, Through: through}}}, k.own)
	if err != nil {
		t.Fatal(err)
	}
	k.certificate = certificate
	return k
}

// with returns the vendors with the next key list.
func (v Vendors) with(t testing.TB, list licensefile.KeyList) Vendors {
	t.Helper()
	signed, err := licensefile.SignKeyList(&list, v.root)
	if err != nil {
		t.Fatal(err)
	}
	v.last, v.lists = list, append(slices.Clone(v.lists), signed)
	return v
}

// Revoked returns the vendors after the root has revoked the signing key of one,
// which signs with another key from then on. With [licensefile.DropOn] the list
// is as old as it must be for that day.
func (v Vendors) Revoked(t testing.TB, issuer license.Issuer, effect licensefile.Effect, on license.Date) Vendors {
	t.Helper()
	list := v.last
	list.Number++
	list.Issued = list.Issued.Add(time.Hour)
	if effect == licensefile.DropOn {
		list.Issued = on.Add(-licensefile.MinNotice).Midnight(time.UTC)
	}
	k := v.keys[issuer]
	list.Revocations = append(slices.Clone(list.Revocations), licensefile.Revocation{Key: k.signing.Public(), Effect: effect, Date: on})
	k.signing = signer(fmt.Sprint("sign ", issuer, list.Number))
	v.keys = maps.Clone(v.keys)
	v.keys[issuer] = k.certified(t, issuer)
	return v.with(t, list)
}

// KeyLists returns all key lists as they are handed out without a set.
func (v Vendors) KeyLists() []byte { return bytes.Join(v.lists, []byte{'\n'}) }

// Signing returns the fingerprint of the key a vendor signs with.
func (v Vendors) Signing(issuer license.Issuer) string {
	return licensefile.Fingerprint(v.keys[issuer].signing.Public())
}

func signer(name string) licensefile.Signer { return licensefile.NewSigner(Key(name)) }

func (v Vendors) roots() []licensefile.RootKey {
	return []licensefile.RootKey{{Name: "housetest/root", Key: v.root.Public()}}
}

// Trust is what the installations trust.
func (v Vendors) Trust() licensefile.Trust {
	return licensefile.Trust{Threshold: 1, Roots: v.roots()}
}

// Forged returns a set that is not its issuer's: another has signed it, in a
// certificate that says it were the issuer.
func (v Vendors) Forged(t testing.TB, set license.Set, by license.Issuer) []byte {
	t.Helper()
	v.keys = maps.Clone(v.keys)
	v.keys[set.Issuer] = v.keys[by].certified(t, set.Issuer)
	return v.File(t, set)
}

// File returns a set as its issuer signs it.
func (v Vendors) File(t testing.TB, set license.Set) []byte {
	t.Helper()
	return v.FileWith(t, set)
}

// FileWith is like [Vendors.File], with lines that readers may ignore.
func (v Vendors) FileWith(t testing.TB, set license.Set, optional ...licensefile.Optional) []byte {
	t.Helper()
	k := v.keys[set.Issuer]
	d, err := licensefile.NewDraft(set, optional...)
	if err != nil {
		t.Fatal(err)
	}
	file, err := d.Seal(k.signing, k.certificate, v.lists...)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Mail has letters handed to send, and links begin with url, once the house is
// opened again, which this does.
func (f *Fixture) Mail(t testing.TB, url string, send func(context.Context, installation.Letter) error) {
	t.Helper()
	f.options.Mail, f.options.URL = send, url
	f.Reopen(t)
}

// TellEvery has the house look by itself whom to tell, so often, and write to a log,
// from the next opening on.
func (f *Fixture) TellEvery(every time.Duration, log slog.Handler) {
	f.options.Tell, f.options.Log = every, slog.New(log)
}

// Second opens another house in the same database, as a second server does.
func (f *Fixture) Second(t testing.TB) *installation.House {
	t.Helper()
	o := f.options
	o.Node = "second"
	h, err := installation.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
