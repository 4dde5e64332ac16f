package installation_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/auditproof"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licensefile"
)

// proofText makes a proof as the doors do.
func proofText(t *testing.T, in *installation.Installation, asked installation.ProofAsked) []byte {
	t.Helper()
	var out bytes.Buffer
	p, err := in.AuditProof(t.Context(), admin, asked)
	must(t, err)
	must(t, p.Write(t.Context(), &out))
	return out.Bytes()
}

// judged checks a proof with the installation's key and a head.
func judged(t *testing.T, text []byte, head string) (*auditproof.Proof, auditproof.Verdict) {
	t.Helper()
	p, err := auditproof.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	against := auditproof.Against{Key: licensefile.Fingerprint(housetest.Key("acme").Public().(ed25519.PublicKey))}
	if head != "" {
		h, err := auditproof.ParseHead(head)
		must(t, err)
		against.Heads = []auditproof.Head{h}
	}
	return p, p.Check(against)
}

// What a proof says, to somebody who has nothing else but the fingerprint of the
// installation's key.
func TestAProofOfTheAuditTrailIsCheckedElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		attack   string
		from, to string
		verdict  auditproof.State
		code     string // of the answer that is not intact
	}{
		"all of it":                  {verdict: auditproof.Intact},
		"one change":                 {from: "3", to: "3", verdict: auditproof.Intact},
		"a day":                      {from: "2026-06-10", to: "2026-06-10", verdict: auditproof.Intact},
		"a range without entries":    {from: "2026-06-11", verdict: auditproof.Unchecked, code: "no-entries"},
		"an edited entry":            {attack: "UPDATE audit SET action = 'plan.remove' WHERE ledger = 'seats' AND seq = 4", verdict: auditproof.Broken, code: "entries-edited"},
		"facts that cannot be read":  {attack: "UPDATE audit SET facts = 'x' WHERE ledger = 'seats' AND seq = 4", verdict: auditproof.Broken, code: "entries-edited"},
		"an entry out of the range":  {attack: "UPDATE audit SET action = 'plan.remove' WHERE ledger = 'seats' AND seq = 4", to: "3", verdict: auditproof.Intact},
		"a deleted entry":            {attack: "DELETE FROM audit WHERE ledger = 'seats' AND seq = 4", verdict: auditproof.Broken, code: "entries-edited"},
		"a commit that is gone":      {attack: "DELETE FROM journal WHERE ledger = 'seats' AND seq = 3", verdict: auditproof.Broken, code: "deleted"},
		"one that is gone afterward": {attack: "DELETE FROM journal WHERE ledger = 'seats' AND seq = 5", to: "3", verdict: auditproof.Broken, code: "end-missing"},
		"an edited commit":           {attack: "UPDATE journal SET at = at + 1 WHERE ledger = 'seats' AND seq = 4", verdict: auditproof.Broken, code: "edited"},
		"rows that were changed":     {attack: "UPDATE journal SET changes = entries WHERE ledger = 'seats' AND seq = 4", verdict: auditproof.Broken, code: "edited"},
		"a link of another length":   {attack: "UPDATE journal SET link = batch WHERE ledger = 'seats' AND seq = 4", verdict: auditproof.Broken, code: "edited"},
	} {
		t.Run(name, func(t *testing.T) {
			db := sqldbtest.Open(t, sqldbtest.SQLite(t))
			f, _ := watched(t, db)
			acme := f.Installation("acme")
			if c.attack != "" {
				attacked(t, db, c.attack)
			}
			_, v := judged(t, proofText(t, acme, installation.ProofAsked{AuditSpan: installation.AuditSpan{From: c.from, To: c.to}}), "")
			if v.Verdict != c.verdict || c.code != "" && v.Entries.Code != c.code && v.Chain.Code != c.code {
				t.Errorf("%+v, want %s %s", v, c.verdict, c.code)
			}
		})
	}
}

// Personal values are in a proof only where somebody asked for them; erasing them
// leaves every proof as good as it was.
func TestAProofHoldsNamesOnlyWhenAskedForAndSurvivesErasure(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, _ := watched(t, db)
		acme := f.Installation("acme")
		_, err := acme.AddPerson(ctx, admin, api.NewPerson{UserID: "xenia", FirstName: "Xenia", LastName: "Quist", Email: "xenia@example.com"})
		must(t, err)
		head := acme.PrintedHead().Head
		plain, named := proofText(t, acme, installation.ProofAsked{}), proofText(t, acme, installation.ProofAsked{Names: true})
		if strings.Contains(strings.ToLower(string(plain)), "xenia") || strings.Contains(string(plain), "Quist") {
			t.Error("a name that nobody asked for")
		}
		p, v := judged(t, named, head)
		if v.Verdict != auditproof.Intact || v.Vouched == 0 || len(p.People) == 0 || !strings.Contains(string(named), "Quist") || strings.Contains(string(named), "@example.com") {
			t.Errorf("with names: %+v %v", v, p.People)
		}
		_, err = acme.ErasePerson(ctx, admin, "xenia")
		must(t, err)
		again := proofText(t, acme, installation.ProofAsked{Names: true})
		p, v = judged(t, again, head)
		if v.Chain.State != auditproof.Intact || v.Entries.State != auditproof.Intact || v.Verdict != auditproof.Intact || strings.Contains(string(again), "Quist") {
			t.Errorf("after the erasure: %+v %v", v, p.People)
		}
		if _, v := judged(t, plain, head); v.Verdict != auditproof.Intact {
			t.Errorf("the proof from before: %+v", v)
		}
	})
}

// A database that was put back: its own server says so in every proof, and where
// it has forgotten, a head that was kept shows it once the history goes on.
func TestAProofOfADatabaseThatWasPutBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f, _ := watched(t, db)
		backup := f.Backup(t)
		_, err := f.Installation("acme").AddPerson(ctx, admin, api.NewPerson{UserID: "late"})
		must(t, err)
		kept := f.Installation("acme").PrintedHead().Head
		f.PutBack(t, backup)
		if _, v := judged(t, proofText(t, f.Installation("acme"), installation.ProofAsked{}), ""); v.Verdict != auditproof.Broken || v.Server.Code != "rolled-back" {
			t.Errorf("the server knows: %+v", v)
		}
		if _, v := judged(t, proofText(t, f.Installation("acme"), installation.ProofAsked{}), kept); v.Heads.Code != "ahead" {
			t.Errorf("a head that is newer: %+v", v)
		}
		f.Remember(t) // the anchors are lost
		f.Reopen(t)
		_, v := judged(t, proofText(t, f.Installation("acme"), installation.ProofAsked{}), kept)
		if v.Verdict != auditproof.Unchecked || v.Heads.Code != "ahead" {
			t.Errorf("nobody on the machine knows: %+v", v)
		}
		_, err = f.Installation("acme").AddPerson(ctx, admin, api.NewPerson{UserID: "other"})
		must(t, err)
		for range 3 {
			_, err = f.Installation("acme").MakeToken(ctx, admin, api.NewToken{Name: "x", Scopes: []string{"read"}})
			must(t, err)
		}
		if _, v := judged(t, proofText(t, f.Installation("acme"), installation.ProofAsked{}), kept); v.Verdict != auditproof.Broken || v.Heads.Code != "another-history" {
			t.Errorf("and it goes on another way: %+v", v)
		}
	})
}

// A range may lie before the trail or be nonsense.
func TestOfWhichRangesThereAreProofs(t *testing.T) {
	f, _ := watched(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	acme := f.Installation("acme")
	for _, span := range []installation.AuditSpan{{From: "soon"}, {To: "soon"}, {From: "4", To: "3"}} {
		if _, err := acme.AuditProof(t.Context(), admin, installation.ProofAsked{AuditSpan: span}); code(err) != "request.bad-value" {
			t.Errorf("%+v: %v", span, err)
		}
	}
	for _, span := range []installation.AuditSpan{{From: "900"}, {To: "900"}, {From: "900", To: "901"}} {
		if _, v := judged(t, proofText(t, acme, installation.ProofAsked{AuditSpan: span}), ""); v.Chain.State != auditproof.Intact {
			t.Errorf("%+v: %+v", span, v)
		}
	}
}
