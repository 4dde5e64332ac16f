package authority

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// noon is when everything in these tests happens.
var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

// seeded returns the signer of a fixed key.
func seeded(n byte) licensefile.Signer {
	return licensefile.NewSigner(ed25519.NewKeyFromSeed(append(make([]byte, 31), n)))
}

var root, issuerKey, signingKey = seeded(1), seeded(2), seeded(3)

// founded returns an authority that may issue for both example vendors.
func founded(t *testing.T, dsn string, fence licensefile.Fence) *Authority {
	t.Helper()
	trust := licensefile.Trust{Roots: []licensefile.RootKey{{Name: "root-1", Key: root.Public()}}, Threshold: 1}
	a, err := Open(t.Context(), dsn, trust)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	f := Founding{Roots: []licensefile.Signer{root}}
	for i, issuer := range []license.Issuer{"SUPEROFFICE", "AMSYSTEM"} {
		today := license.DateOf(noon)
		f.Issuers = append(f.Issuers, FoundingIssuer{issuer, seeded(byte(2 + 10*i)), fence,
			licensefile.SigningKey{Key: seeded(byte(3 + 10*i)).Public(), Type: licensefile.TypeSet, From: today, Through: today.Add(366)}})
	}
	if err := a.Found(t.Context(), "anna", f, noon); err != nil {
		t.Fatal(err)
	}
	for _, vendor := range []string{"superoffice", "amsystem"} {
		if _, _, err := a.AddCatalogue(t.Context(), "anna", examples.Bytes(vendor+"/catalogue.yaml"), noon); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func open(t *testing.T) *Authority {
	return founded(t, filepath.Join(t.TempDir(), "authority.db"), DefaultFence(license.DateOf(noon)))
}

func code(err error) string {
	var c interface{ Code() string }
	if errors.As(err, &c) {
		return c.Code()
	}
	return fmt.Sprint(err)
}

var order1 = examples.Bytes("designteamet/order-1.yaml")

func TestAnOrderBecomesAFileThatCustomersAccept(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx, a := t.Context(), founded(t, dsn, DefaultFence(license.DateOf(noon)))
		p, err := a.Prepare(ctx, "anna", order1, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Problems) > 0 {
			t.Errorf("warnings: %v", p.Problems)
		}
		file, err := a.Sign(ctx, "bo", p, signingKey, noon)
		if err != nil {
			t.Fatal(err)
		}
		v, err := licensefile.Verify(file, a.trust, noon)
		if err != nil {
			t.Fatal(err)
		}
		if v.Set.Number != 1 || v.Set.Company != "Designteamet" || len(v.Set.Licenses) != 73 || v.Hash != p.Draft.Hash() {
			t.Errorf("the set is %d for %s with %d licenses", v.Set.Number, v.Set.Company, len(v.Set.Licenses))
		}
		e, err := a.Find(ctx, "superoffice/1600070120/1")
		if err != nil || e.State != StateSigned || string(e.File) != string(file) || e.PreparedBy != "anna" || e.DecidedBy != "bo" || string(e.Order) != string(order1) {
			t.Errorf("on record is %+v, %v", e, err)
		}

		// The renewal follows: number 2, naming the first set's checkpoint.
		p2, err := a.Prepare(ctx, "anna", examples.Bytes("designteamet/order-2.yaml"), noon.AddDate(0, 9, 0))
		if err != nil {
			t.Fatal(err)
		}
		if p2.Entry.Number != 2 || p2.Draft.Set.Previous != v.Hash {
			t.Errorf("the next set is %d and follows %s; want 2 and %s", p2.Entry.Number, p2.Draft.Set.Previous, v.Hash)
		}
		if _, err := a.Sign(ctx, "bo", p2, signingKey, noon.AddDate(0, 9, 0)); err != nil {
			t.Error(err)
		}
	})
}

func TestBothVendorsIssueUnderOneRoot(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", examples.Bytes("nordlys/order-1.yaml"), noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Sign(ctx, "anna", p, signingKey, noon); code(err) != "key.not-certified" {
		t.Errorf("the other vendor's key: %v; want key.not-certified", err)
	}
	file, err := a.Sign(ctx, "anna", p, seeded(13), noon)
	if err != nil {
		t.Fatal(err)
	}
	v, err := licensefile.Verify(file, a.trust, noon)
	if err != nil || v.Set.Occupancy != license.ByCredentials || len(v.Set.Licenses) != 2 || len(v.Set.Clients) != 1 {
		t.Errorf("the set is %+v, %v", v, err)
	}
}

func TestWhatIsPreparedIsRedeemedOnce(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Prepare(ctx, "anna", order1, noon); code(err) != "set.pending" {
		t.Errorf("preparing again: %v; want set.pending", err)
	}
	again, err := a.Reopen(ctx, p.Entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	file, err := a.Sign(ctx, "anna", again, signingKey, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, sign := range map[string]func() error{
		"the same value again":            func() error { _, err := a.Sign(ctx, "anna", again, signingKey, noon); return err },
		"another value of the same set":   func() error { _, err := a.Sign(ctx, "anna", p, signingKey, noon); return err },
		"a value reopened afterwards":     func() error { _, err := a.Reopen(ctx, p.Entry.ID); return err },
		"resuming what is signed already": func() error { _, err := a.Resume(ctx, "anna", p.Entry.ID, signingKey, noon); return err },
		"abandoning what is signed":       func() error { return a.Abandon(ctx, "anna", p.Entry.ID, "", noon) },
	} {
		if err := sign(); code(err) != "set.already-signed" {
			t.Errorf("%s: %v; want set.already-signed", name, err)
		}
	}
	e, _ := a.Find(ctx, p.Entry.ID)
	if got, err := a.File(ctx, e); err != nil || string(got) != string(file) {
		t.Errorf("File = %d bytes, %v; want the file that was signed", len(got), err)
	}
}

// broken is a signer that fails: a token pulled out at the wrong moment.
type broken struct{ licensefile.Signer }

func (broken) Sign([]byte) ([]byte, error) { return nil, errors.New("the token is gone") }

func TestAnInterruptedIssueIsVisibleAndIsResumed(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Sign(ctx, "anna", p, broken{signingKey}, noon); err == nil || !strings.Contains(err.Error(), "the token is gone") {
		t.Fatalf("Sign = %v; want the failure of the token", err)
	}
	e, err := a.Find(ctx, "SUPEROFFICE/1600070120/1")
	if err != nil || e.State != StateBegun || e.File != nil {
		t.Fatalf("on record is %v, %v; want begun", e, err)
	}
	for name, got := range map[string]error{
		"preparing another": func() error { _, err := a.Prepare(ctx, "anna", order1, noon); return err }(),
		"abandoning it":     a.Abandon(ctx, "anna", e.ID, "", noon),
		"signing it anew":   func() error { _, err := a.Reopen(ctx, e.ID); return err }(),
		"reading its file":  func() error { _, err := a.File(ctx, e); return err }(),
	} {
		if want := map[bool]string{true: "set.pending", false: "set.interrupted"}[name == "preparing another"]; code(got) != want {
			t.Errorf("%s: %v; want %s", name, got, want)
		}
	}
	file, err := a.Resume(ctx, "bo", e.ID, signingKey, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := licensefile.Verify(file, a.trust, noon.Add(time.Hour)); err != nil || v.Hash != p.Draft.Hash() {
		t.Errorf("the resumed file: %v", err)
	}
}

func TestAnAbandonedSetFreesItsNumber(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Abandon(ctx, "bo", p.Entry.ID, "wrong customer", noon); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Sign(ctx, "anna", p, signingKey, noon); code(err) != "set.abandoned" {
		t.Errorf("signing it: %v; want set.abandoned", err)
	}
	next, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil || next.Entry.Number != 1 {
		t.Errorf("the next one is %+v, %v; want number 1 again", next, err)
	}
}

func TestAFileThatSaysSomethingElseIsKeptBack(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	other, err := a.Lint(ctx, []byte(strings.NewReplacer("number: 1 ", "number: 2 ", "plan: sales-premium, quantity: 21", "plan: sales-premium, quantity: 22").Replace(string(order1))), noon)
	if err != nil {
		t.Fatal(err)
	}
	p.Draft = other.Draft
	if _, err := a.Sign(ctx, "anna", p, signingKey, noon); code(err) != "set.signed-otherwise" {
		t.Errorf("Sign = %v; want set.signed-otherwise", err)
	}
	if e, _ := a.Find(ctx, p.Entry.ID); e.State != StateBegun || e.File != nil {
		t.Errorf("on record is %s with %d bytes; want begun, without a file", e.State, len(e.File))
	}
}

func TestEveryDifferenceFromWhatWasPreparedIsSeen(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	file, err := a.Sign(ctx, "anna", p, signingKey, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.sameAsPrepared(file, p.Draft, p.Entry, noon); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(e *Entry, d *licensefile.Draft){
		"the checkpoint": func(e *Entry, d *licensefile.Draft) { e.Hash = strings.Repeat("0", 64) },
		"the lines":      func(e *Entry, d *licensefile.Draft) { e.Lines = append([]byte("x"), e.Lines...) },
		"the header":     func(e *Entry, d *licensefile.Draft) { e.Company = "Nordlys" },
		"a license":      func(e *Entry, d *licensefile.Draft) { d.Set.Licenses = d.Set.Licenses[1:] },
	} {
		e, d := *p.Entry, *p.Draft
		change(&e, &d)
		got := a.sameAsPrepared(file, &d, &e, noon)
		if other, ok := got.(*SignedOtherwiseError); !ok || other.What != what {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestOnlyACertifiedKeySigns(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		signer licensefile.Signer
		now    time.Time
	}{
		"a key nobody certified":   {seeded(99), noon},
		"the issuer's own key":     {issuerKey, noon},
		"after its last day":       {signingKey, noon.AddDate(2, 0, 0)},
		"before its first day":     {signingKey, noon.AddDate(0, 0, -2)},
		"after the issuer's fence": {signingKey, noon.AddDate(12, 0, 0)},
	} {
		if _, err := a.Sign(ctx, "anna", p, row.signer, row.now); code(err) != "key.not-certified" {
			t.Errorf("%s: %v; want key.not-certified", name, err)
		}
	}
	if e, _ := a.Find(ctx, p.Entry.ID); e.State != StatePrepared {
		t.Errorf("the set is %s; want still prepared", e.State)
	}
}

func TestAKeyListCustomersWouldRefuseIsRefused(t *testing.T) {
	ctx, a := t.Context(), open(t)
	list, err := a.NextKeyList(ctx, noon)
	if err != nil {
		t.Fatal(err)
	}
	stranger := *list
	stranger.Roots = []licensefile.RootKey{{Name: "root-9", Key: seeded(9).Public()}}
	signed, err := licensefile.SignKeyList(&stranger, seeded(9))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.AddKeyList(ctx, "anna", signed, noon); code(err) != "set.untrusted" {
		t.Errorf("a list of strangers: %v; want set.untrusted", err)
	}
	list.Number = 5
	signed, _ = licensefile.SignKeyList(list, root)
	if err := a.AddKeyList(ctx, "anna", signed, noon); code(err) != "key.number" {
		t.Errorf("list 5 after 1: %v; want key.number", err)
	}
}

func TestANewKeyListTravelsWithOldFiles(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, _ := a.Prepare(ctx, "anna", order1, noon)
	if _, err := a.Sign(ctx, "anna", p, signingKey, noon); err != nil {
		t.Fatal(err)
	}
	list, _ := a.NextKeyList(ctx, noon)
	signed, _ := licensefile.SignKeyList(list, root)
	if err := a.AddKeyList(ctx, "anna", signed, noon); err != nil {
		t.Fatal(err)
	}
	e, _ := a.Find(ctx, p.Entry.ID)
	file, err := a.File(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := licensefile.Verify(file, a.trust, noon); err != nil || v.KeyList.Number != 2 || v.Hash != p.Draft.Hash() {
		t.Errorf("the file carries %+v, %v; want key list 2 around the same set", v, err)
	}
}
