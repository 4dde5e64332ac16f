package rotation

import (
	"slices"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

func TestAnInstallationThatSawOnlyTheFirstRootFollowsToTheThird(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.accept(issue(t, w.Authority, w.order("designteamet/order-1.yaml"), "so-signing-1", w.now))

		// Two new roots, each announced first; in between everything below them
		// is new as well. The customer hears of none of it.
		for _, r := range []struct{ old, next string }{{"root-1", "root-2"}, {"root-2", "root-3"}} {
			w.now = w.now.AddDate(0, 1, 0)
			w.list(authority.KeyListChange{NextRoots: []licensefile.RootKey{rootKey(r.next)}}, r.old)
			w.list(authority.KeyListChange{AddRoots: []licensefile.RootKey{rootKey(r.next)}, DropRoots: []string{r.old}}, r.old, r.next)
		}
		w.list(authority.KeyListChange{Grants: []licensefile.IssuerGrant{{Issuer: "SUPEROFFICE", Key: key("so-issuer-2").Public(), Fence: wide()}}}, "root-3")
		w.certify("SUPEROFFICE", "so-issuer-2", "so-signing-2")
		w.list(authority.KeyListChange{Ungrants: []authority.Ungrant{{Issuer: "SUPEROFFICE", Key: key("so-issuer-1").Public()}}}, "root-3")

		w.now = noon.AddDate(0, 9, 0)
		second := issue(t, w.Authority, w.order("designteamet/order-2.yaml"), "so-signing-2", w.now)
		w.accept(second)
		status, err := w.customer.Sets(t.Context(), admin)
		if err != nil || len(status.Items) != 2 || status.Items[slices.IndexFunc(status.Items, func(s api.Set) bool { return s.Number == 2 })].Status != "active" {
			t.Errorf("the customer has %+v, %v; want set 2 active", status.Items, err)
		}

		// Whoever stole the first root key is too late: its lists are forks.
		stale := w.thief()
		stale.lists = stale.lists[:1]
		forked := licensefile.KeyList{Number: 2, Issued: w.now, Threshold: 1, Roots: []licensefile.RootKey{rootKey("root-1")},
			Issuers: []licensefile.IssuerGrant{{Issuer: "SUPEROFFICE", Key: key("thief-issuer").Public(), Fence: wide()}}}
		for n := int64(2); n <= 9; n++ {
			forked.Number = n
			text, err := licensefile.SignKeyList(&forked, key("root-1"))
			if err != nil {
				t.Fatal(err)
			}
			stale.lists = append(stale.lists, text)
		}
		bad := w.set("SUPEROFFICE", 3, license.License{Module: "sales-premium", Kind: license.User, Quantity: 5})
		w.refuse("a set under a fork of the first root", stale.file(bad, stale.certificate("SUPEROFFICE", 9, "thief-issuer"), "thief"), "set.forked-key-list")
		stale.lists = stale.lists[:2]
		w.refuse("a set with fewer key lists", stale.file(bad, stale.certificate("SUPEROFFICE", 9, "thief-issuer"), "thief"), "set.old-key-list")
	})
}

func TestTwoOfThreeRootsDecide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.list(authority.KeyListChange{
			AddRoots:  []licensefile.RootKey{rootKey("anna"), rootKey("bo"), rootKey("cy")},
			DropRoots: []string{"root-1"}, Threshold: 2,
		}, "root-1", "anna", "cy")
		d, err := w.DraftKeyList(t.Context(), authority.KeyListChange{}, w.now)
		if err != nil {
			t.Fatal(err)
		}
		if d, err = w.ApproveKeyList(t.Context(), "test", d, key("bo"), w.now); err != nil {
			t.Fatal(err)
		}
		if err := w.AddKeyList(t.Context(), "test", d.Bytes(), w.now); codeOf(err) != "set.untrusted" {
			t.Errorf("one of three: %v; want set.untrusted", err)
		}
		one := w.thief()
		one.lists = append(one.lists, d.Bytes())
		set := w.set("SUPEROFFICE", 1, license.License{Module: "sales-premium", Kind: license.User, Quantity: 5})
		w.refuse("a set under a list of one root", one.file(set, one.certificate("SUPEROFFICE", 2, "so-issuer-1"), "thief"), "set.untrusted")
		if d, err = w.ApproveKeyList(t.Context(), "test", d, key("anna"), w.now); err != nil {
			t.Fatal(err)
		}
		if err := w.AddKeyList(t.Context(), "test", d.Bytes(), w.now); err != nil {
			t.Fatal(err)
		}
		w.accept(issue(t, w.Authority, w.order("designteamet/order-1.yaml"), "so-signing-1", w.now))
	})
}

func TestARevokedKeyMakesNothingNew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.accept(issue(t, w.Authority, w.order("designteamet/order-1.yaml"), "so-signing-1", w.now))
		next := w.set("SUPEROFFICE", 2, license.License{Module: "sales-premium", Kind: license.User, Quantity: 9000})
		old, err := w.Certificates(t.Context(), "SUPEROFFICE")
		if err != nil {
			t.Fatal(err)
		}

		// The issuer revokes its signing key; the customer learns of it with the
		// next file, whatever that is for.
		w.certify("SUPEROFFICE", "so-issuer-1", "so-signing-2")
		if _, err := w.RevokeSigningKey(t.Context(), "test", "SUPEROFFICE", key("so-issuer-1"), key("so-signing-1").Public(), w.now); err != nil {
			t.Fatal(err)
		}
		certificates, err := w.Certificates(t.Context(), "SUPEROFFICE")
		if err != nil {
			t.Fatal(err)
		}
		// An honest sealer refuses, so the thief wraps the file by hand.
		f, err := licensefile.Parse(w.thief().file(next, old[0], "so-signing-1"))
		if err != nil {
			t.Fatal(err)
		}
		stolen, err := f.Rewrap(certificates[len(certificates)-1], w.thief().lists...)
		if err != nil {
			t.Fatal(err)
		}
		w.refuse("a set of a revoked signing key", stolen, "set.revoked")
		w.now = noon.AddDate(0, 9, 0)
		w.accept(issue(t, w.Authority, w.order("designteamet/order-2.yaml"), "so-signing-2", w.now))
		third := w.set("SUPEROFFICE", 3, license.License{Module: "sales-premium", Kind: license.User, Quantity: 9000})
		w.refuse("the same under the certificate from before", w.thief().file(third, old[0], "so-signing-1"), "set.old-certificate")

		// The roots revoke the issuer key; what was accepted runs on.
		w.list(authority.KeyListChange{
			Grants: []licensefile.IssuerGrant{{Issuer: "SUPEROFFICE", Key: key("so-issuer-2").Public(), Fence: wide()}},
			Revoke: []licensefile.Revocation{{Key: key("so-issuer-1").Public(), Effect: licensefile.RefuseNew}},
		}, "root-1")
		late := w.thief()
		w.refuse("a set under a revoked issuer key", late.file(third, late.certificate("SUPEROFFICE", 9, "so-issuer-1"), "thief"), "set.revoked")
		if _, err := w.customer.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, Plan: "superoffice.sales-premium"}); err != nil {
			t.Errorf("a plan of the set in force: %v", err)
		}
	})
}

func TestAStolenIssuerKeyStaysInsideItsFence(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fence := wide()
		fence.Modules, fence.MaxQuantity, fence.MaxTotal, fence.Unrestricted, fence.MaxTermDays = []string{"acme-*"}, 100, 150, false, 300
		fence.Kinds = []license.Kind{license.User}
		w.list(authority.KeyListChange{Grants: []licensefile.IssuerGrant{{Issuer: "ACME", Key: key("acme-issuer-1").Public(), Fence: fence}}}, "root-1")
		f := w.thief()
		own := f.certificate("ACME", 1, "acme-issuer-1")
		spin := license.License{Module: "acme-spin", Kind: license.User, Quantity: 100}
		with := func(change func(*license.Set)) []byte {
			s := w.set("ACME", 1, spin)
			change(&s)
			return f.file(s, own, "thief")
		}
		for what, file := range map[string][]byte{
			"more than one license may have": with(func(s *license.Set) { s.Licenses[0].Quantity = 101 }),
			"more than a set may have": with(func(s *license.Set) {
				s.Licenses = append(s.Licenses, license.License{Module: "acme-drops", Kind: license.User, Quantity: 51})
			}),
			"a module outside its names": with(func(s *license.Set) { s.Licenses[0].Module = "sales-premium" }),
			"another kind":               with(func(s *license.Set) { s.Licenses[0].Kind = license.System }),
			"an unrestricted license":    with(func(s *license.Set) { s.Licenses[0].Unrestricted = true }),
			"a longer term":              with(func(s *license.Set) { s.Dates.Grace = license.DateOf(w.now).Add(301) }),
			"no end":                     with(func(s *license.Set) { s.Dates = license.Dates{} }),
		} {
			w.refuse(what, file, "set.outside-fence")
		}

		// Nobody else's name, whatever the certificate says.
		bad := w.set("SUPEROFFICE", 1, license.License{Module: "sales-premium", Kind: license.User, Quantity: 5})
		w.refuse("a set of SUPEROFFICE under ACME's key", f.file(bad, f.certificate("SUPEROFFICE", 9, "acme-issuer-1"), "thief"), "set.unknown-issuer")
		if d, err := licensefile.NewDraft(bad); err != nil {
			t.Fatal(err)
		} else if _, err := d.Seal(key("thief"), own, f.lists...); err == nil {
			t.Error("a set of SUPEROFFICE was sealed with a certificate of ACME")
		}
		issuers := licensefile.KeyList{Number: 3, Issued: w.now, Threshold: 1, Roots: []licensefile.RootKey{{Name: "root-1", Key: key("thief-root").Public()}}}
		text, err := licensefile.SignKeyList(&issuers, key("thief-root"))
		if err != nil {
			t.Fatal(err)
		}
		liar := f
		liar.lists = append(slices.Clone(f.lists), text)
		w.refuse("a key list that ACME made", liar.file(w.set("ACME", 1, spin), own, "thief"), "set.untrusted")

		// Inside the fence no verifier can tell; the record can.
		inside := with(func(*license.Set) {})
		loaded, err := w.customer.Load(t.Context(), admin, inside)
		if err != nil {
			t.Fatal(err)
		}
		reported := []authority.ReportedSet{{Issuer: "ACME", Serial: serial, Number: 1, Hash: loaded.Set.Checkpoint}}
		found, err := w.AuditSets(t.Context(), "test", reported, w.now)
		if codeOf(err) != "set.not-ours" || len(found) != 1 || found[0].Finding != authority.Unknown {
			t.Errorf("AuditSets = %+v, %v; want an alarm", found, err)
		}
	})
}

// partnerCatalogue sells a plan, and a module that has the name of one of
// SUPEROFFICE's.
const partnerCatalogue = `format: pott-catalogue/v1
issuer: {code: ACME, name: Acme}
serial: {check: none}
occupancy: assignment
languages: [en]
default_generation: one
generations: [{code: one, name: One}]
modules:
  - {module: spin, kind: user, hidden: true}
  - {module: web-user, kind: user, hidden: true}
plans:
  - {code: spinner, generation: one, group: plans, includes: [spin, web-user], name: {en: Spinner}, tooltip: {en: Spins}}
`

const partnerOrder = `format: pott-order/v1
issuer: ACME
company: Designteamet
serial: "1600070120"
time_zone: Europe/Stockholm
dates: {next_check: 2026-07-01, warning: 2027-02-27, expiry: 2027-03-27, grace: 2027-04-08}
lines:
  - {module: spin, quantity: 3}
  - {module: web-user, quantity: 3}
  - {plan: spinner, quantity: 3}
`

func TestTwoIssuersGiveOnePersonAPlanEach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.accept(issue(t, w.Authority, w.order("designteamet/order-1.yaml"), "so-signing-1", w.now))

		// The partner asks, the roots let it in, and it begins with nothing but
		// the key lists.
		asked, err := authority.SignRequest(authority.Request{Issuer: "ACME", Company: "Acme AB", Made: w.now, Key: rootKey("acme-issuer-1")}, key("acme-issuer-1"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := authority.ParseRequest(asked)
		if err != nil {
			t.Fatal(err)
		}
		fence := wide()
		fence.MaxQuantity = 10
		w.list(authority.KeyListChange{Grants: []licensefile.IssuerGrant{{Issuer: r.Issuer, Key: r.Key.Key, Fence: fence}}}, "root-1")
		lists, err := w.KeyLists(ctx)
		if err != nil {
			t.Fatal(err)
		}
		partner := w.house("partner.db")
		if n, err := partner.AddKeyLists(ctx, "acme", lists, w.now); err != nil || n != 2 {
			t.Fatalf("AddKeyLists = %d, %v; want 2", n, err)
		}
		certify(t, partner, "ACME", "acme-issuer-1", "acme-signing-1", w.now)
		if _, _, err := partner.AddCatalogue(ctx, "acme", []byte(partnerCatalogue), w.now); err != nil {
			t.Fatal(err)
		}
		w.accept(issue(t, partner, []byte(partnerOrder), "acme-signing-1", w.now))

		// One person, one plan of each.
		if _, err := w.customer.AddPerson(ctx, admin, api.NewPerson{UserID: "anna", Login: true, Plan: "superoffice.sales-premium"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.customer.AddPlan(ctx, admin, "anna", "acme.spinner", ""); err != nil {
			t.Fatal(err)
		}
		for module, want := range map[string]string{
			"superoffice.sales-premium": api.Allow, "acme.spinner": api.Allow, "acme.spin": api.Allow,
			"acme.web-user": api.Allow, "superoffice.spin": api.Deny, "acme.sales-premium": api.Deny,
		} {
			if a, err := w.customer.Check(api.Check{Person: "anna", Module: module}); err != nil || a.Effect != want {
				t.Errorf("%s: %+v, %v; want %s", module, a, err, want)
			}
		}

		// Newer lists that came with one issuer's file are asked of the other's:
		// wrapping the same set anew is enough.
		w.list(authority.KeyListChange{}, "root-1")
		w.now = noon.AddDate(0, 9, 0)
		w.accept(issue(t, w.Authority, w.order("designteamet/order-2.yaml"), "so-signing-1", w.now))
		p, err := partner.Find(ctx, "ACME/1600070120/1")
		if err != nil {
			t.Fatal(err)
		}
		old, err := partner.File(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		w.refuse("a file from before the newest list", old, "set.old-key-list")
		if lists, err = w.KeyLists(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := partner.AddKeyLists(ctx, "acme", lists, w.now); err != nil {
			t.Fatal(err)
		}
		again, err := partner.Rewrap(ctx, "acme", p, w.now)
		if err != nil {
			t.Fatal(err)
		}
		if loaded, err := w.customer.Load(ctx, admin, again); err != nil || !loaded.Already {
			t.Errorf("the same set wrapped anew: %+v, %v; want already there", loaded, err)
		}
	})
}
