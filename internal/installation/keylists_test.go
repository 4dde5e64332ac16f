package installation_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// actions returns how often each action stands in the records.
func actions(t testing.TB, in *installation.Installation, prefix string) map[string]int {
	t.Helper()
	list, err := in.Audit(t.Context(), admin, installation.AuditFilter{Action: prefix})
	must(t, err)
	found := map[string]int{}
	for _, e := range list.Items {
		found[e.Action]++
	}
	return found
}

func TestKeyListsAreLearnedWithoutASet(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := twoIssuers(t, db)
		dry := admin
		dry.DryRun = true
		second := f.Vendors.Revoked(t, "ACME", licensefile.DropOn, dropDay)
		third := second.Revoked(t, "SUPEROFFICE", licensefile.RefuseNew, license.Date{})

		if l, err := in.Load(ctx, dry, third.KeyLists()); err != nil || !l.DryRun || l.Keys.Number != 3 || len(l.Notes) != 2 {
			t.Errorf("a dry run says %+v, %v", l, err)
		}
		if l, err := in.Load(ctx, admin, f.Vendors.KeyLists()); err != nil || !l.Already || l.Changed || l.Keys.Number != 1 {
			t.Errorf("what is known already says %+v, %v", l, err)
		}
		if l, err := in.Load(ctx, admin, second.KeyLists()); err != nil || l.Keys.Number != 2 || l.Keys.Was != 1 || len(l.Notes) != 1 {
			t.Errorf("the second says %+v, %v", l, err)
		}
		if l, err := in.Load(ctx, admin, third.KeyLists()); err != nil || l.Keys.Number != 3 || l.Keys.Was != 2 || len(l.Notes) != 2 {
			t.Errorf("the third says %+v, %v", l, err)
		}
		for what, file := range map[string][]byte{"the first": f.Vendors.KeyLists(), "the second": second.KeyLists(), "a set with the second": second.File(t, smallSet("AMSYSTEM", 1))} {
			if _, err := in.Load(ctx, admin, file); code(err) != "set.old-key-list" {
				t.Errorf("%s after the third: %v", what, err)
			}
		}
		if got := actions(t, in, "keys."); got["keys.learn"] != 3 || len(got) != 1 {
			t.Errorf("the records say %v", got)
		}
		f.Reopen(t)
		f.Set(dropDay.Midnight(time.UTC))
		f.Reopen(t)
		if got := said(t, f.Installation("acme"), "acme"); got != dropped {
			t.Errorf("after opening again: %s", got)
		}
	})
}

func TestARevocationWhoseDayHasPassedCountsAtOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := twoIssuers(t, db)
		f.Set(dropDay.Midnight(time.UTC))
		_, err := in.Load(t.Context(), admin, f.Vendors.Revoked(t, "ACME", licensefile.DropOn, dropDay).KeyLists())
		must(t, err)
		if got, other := said(t, in, "acme"), said(t, in, "superoffice"); got != dropped || other != allIsWell {
			t.Errorf("acme says %s, superoffice %s", got, other)
		}
	})
}

func TestARevocationArrivesWithTheSetOfAnotherIssuer(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := twoIssuers(t, db)
		f.Set(dropDay.Midnight(time.UTC))
		f.Vendors = f.Vendors.Revoked(t, "ACME", licensefile.DropOn, dropDay)
		_, err := in.Load(t.Context(), admin, f.Vendors.File(t, following(t, in, "SUPEROFFICE", 2)))
		must(t, err)
		// It need not be activated.
		if got := said(t, in, "acme"); got != dropped {
			t.Errorf("acme says %s", got)
		}
		if got := said(t, in, "superoffice"); got != allIsWell {
			t.Errorf("superoffice says %s", got)
		}
	})
}

func TestAnotherKeyListUnderAKnownNumberIsKeptAsEvidence(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, in := twoIssuers(t, db)
		one := f.Vendors.Revoked(t, "ACME", licensefile.RefuseNew, license.Date{})
		other := f.Vendors.Revoked(t, "SUPEROFFICE", licensefile.RefuseNew, license.Date{})
		_, err := in.Load(ctx, admin, one.KeyLists())
		must(t, err)
		for range 2 {
			if _, err := in.Load(ctx, admin, other.KeyLists()); code(err) != "set.forked-key-list" {
				t.Errorf("the other list: %v", err)
			}
		}
		if _, err := in.Load(ctx, admin, other.File(t, smallSet("AMSYSTEM", 1))); code(err) != "set.forked-key-list" {
			t.Errorf("a set with the other list: %v", err)
		}
		// What nobody signed is refused, and not worth keeping.
		forged := bytes.Replace(one.KeyLists(), []byte("2020-01-01T01:00:00Z"), []byte("2020-01-01T02:00:00Z"), 1)
		if _, err := in.Load(ctx, admin, forged); code(err) != "set.forked-key-list" {
			t.Errorf("a list that nobody signed: %v", err)
		}
		for what, file := range map[string][]byte{
			"an edited list":               bytes.Replace(one.KeyLists(), []byte("refuse-new"), []byte("drop-on"), 1),
			"the second without the first": one.KeyLists()[bytes.Index(one.KeyLists(), []byte("\n\npott-key-list/"))+2:],
			"a list cut off":               one.KeyLists()[:len(one.KeyLists())-20], "a first line": []byte("pott-key-list/v1\n"),
			"two blank lines": bytes.Replace(one.KeyLists(), []byte("\n\npott-key-list/"), []byte("\n\n\npott-key-list/"), 1),
		} {
			if _, err := in.Load(ctx, admin, file); code(err) == "" || code(err) == "internal" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if got := actions(t, in, "keys."); got["keys.fork"] != 2 || got["keys.learn"] != 2 {
			t.Errorf("the records say %v", got)
		}
		if got := said(t, in, "acme"); got != allIsWell {
			t.Errorf("what is in force says %s", got)
		}
	})
}

// FuzzKeyListFile checks that no file of key lists is taken that is not one the
// roots have signed, byte for byte, and that none ends in a panic.
func FuzzKeyListFile(f *testing.F) {
	vendors := housetest.NewVendors(f)
	good := vendors.Revoked(f, "ACME", licensefile.DropOn, dropDay).KeyLists()
	f.Add(good)
	f.Add(vendors.KeyLists())
	f.Add([]byte("pott-key-list/v1\n\n\npott-key-list/v1"))
	f.Fuzz(func(t *testing.T, file []byte) {
		texts, err := installation.SplitKeyLists(file)
		if err != nil {
			return
		}
		if !bytes.Equal(bytes.Join(texts, []byte{'\n'}), file) {
			t.Fatalf("taken apart, it is another file: %q", file)
		}
		if _, err := licensefile.VerifyKeyLists(texts, vendors.Trust()); err == nil && !bytes.Equal(file, good) && !bytes.Equal(file, vendors.KeyLists()) {
			t.Errorf("taken: %q", file)
		}
	})
}
