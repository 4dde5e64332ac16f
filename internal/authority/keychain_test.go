package authority

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

func rootOf(name string, n byte) licensefile.RootKey {
	return licensefile.RootKey{Name: name, Key: seeded(n).Public()}
}

func request(t testing.TB) []byte {
	t.Helper()
	file, err := SignRequest(Request{Issuer: "ACME", Company: "Acme AB", Contact: "x@acme.example", Made: noon, Key: rootOf("acme-issuer-1", 40)}, seeded(40))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestARequestSaysWhoAsksAndIsSignedWithTheKeyItAsksFor(t *testing.T) {
	r, err := ParseRequest(request(t))
	if err != nil || r.Issuer != "ACME" || r.Company != "Acme AB" || r.Contact != "x@acme.example" || !r.Made.Equal(noon) || !r.Key.Key.Equal(seeded(40).Public()) {
		t.Errorf("ParseRequest = %+v, %v", r, err)
	}
	if _, err := SignRequest(Request{Issuer: "ACME", Company: "Acme", Made: noon, Key: rootOf("acme-issuer-1", 40)}, seeded(41)); err == nil {
		t.Error("a request was signed with another key than it asks for")
	}
	for _, company := range []string{"", " Acme", "Ac\nme", "Acme\u202e", "Acme\u200b", "\xff", strings.Repeat("x", maxText+1)} {
		if _, err := SignRequest(Request{Issuer: "ACME", Company: company, Made: noon, Key: rootOf("a", 40)}, seeded(40)); code(err) != "key.request-malformed" {
			t.Errorf("company %q: %v; want key.request-malformed", company, err)
		}
	}
}

func TestAChangedRequestIsRefusedWithItsLine(t *testing.T) {
	for _, row := range []struct {
		name, old, new string
		line           int
	}{
		{"another issuer", "ACME\n", "EVIL\n", 8},
		{"another company", "Acme AB", "Evil AB", 8},
		{"no contact", "contact: x@acme.example\n", "", 7},
		{"an issuer in small letters", "issuer: ACME", "issuer: acme", 2},
		{"a field twice", "company: Acme AB\n", "company: Acme AB\ncompany: Acme AB\n", 4},
		{"fields in another order", "issuer: ACME\ncompany: Acme AB\n", "company: Acme AB\nissuer: ACME\n", 2},
		{"another field name", "company: ", "Company: ", 3},
		{"Windows line ends", "\n", "\r\n", 1},
		{"a newer version", "request/v1", "request/v2", 1},
		{"a time zone of its own", "2026-06-10T12:00:00Z", "2026-06-10T12:00:00+00:00", 0},
		{"no time", "2026-06-10T12:00:00Z", "today", 5},
		{"another key name", "key: acme-issuer-1+", "key: acme-issuer-2+", 6},
		{"the signature under another name", "— acme-issuer-1 ", "— acme-issuer-2 ", 8},
		{"a second blank line", "\n\n", "\n\n\n", 7},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ParseRequest([]byte(strings.Replace(string(request(t)), row.old, row.new, 1)))
			e := (*RequestMalformedError)(nil)
			if !errors.As(err, &e) || e.Line != row.line {
				t.Errorf("ParseRequest: %v; want a refusal at line %d", err, row.line)
			}
		})
	}
	for name, file := range map[string][]byte{
		"more after the signature": append(request(t), "— acme-issuer-1 AAAA\n"...),
		"too long":                 append(request(t), make([]byte, maxRequest)...),
		"nothing":                  nil,
		"cut short":                request(t)[:100],
	} {
		if _, err := ParseRequest(file); code(err) != "key.request-malformed" {
			t.Errorf("%s: %v; want key.request-malformed", name, err)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add(request(f))
	f.Add([]byte("pott-issuer-request/v1\nissuer: A\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ParseRequest(file)
		if err == nil && !bytes.HasPrefix(file, []byte(r.text()+"\n")) {
			t.Errorf("%q is read, and written again as %q", file, r.text())
		}
	})
}

func FuzzParseReport(f *testing.F) {
	f.Add([]byte("# a\nACME/S-1/1 " + strings.Repeat("0a", 32) + "\n\n"))
	f.Add([]byte("ACME/S-1/0 x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := ParseReport(text)
		for _, r := range list {
			if again, err := ParseReport([]byte(r.Name() + " " + r.Hash + "\n")); err != nil || len(again) != 1 || again[0] != r {
				t.Errorf("%+v is written and read again as %+v, %v", r, again, err)
			}
		}
		if err != nil && code(err) != "set.report-malformed" {
			t.Error(err)
		}
	})
}

// drafted returns a draft that changes something.
func drafted(t testing.TB, a *Authority, change KeyListChange) *KeyListDraft {
	t.Helper()
	d, err := a.DraftKeyList(t.Context(), change, noon)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func FuzzParseKeyListDraft(f *testing.F) {
	list := &licensefile.KeyList{Number: 1, Issued: noon, Threshold: 1, Roots: []licensefile.RootKey{rootOf("root-1", 1)}}
	d, err := NewKeyListDraft(list)
	if err != nil {
		f.Fatal(err)
	}
	signed, err := d.sign(list.Roots[0], root)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(d.Bytes())
	f.Add(signed.Bytes())
	f.Add(JoinKeyLists([][]byte{signed.Bytes(), signed.Bytes()}))
	f.Fuzz(func(t *testing.T, file []byte) {
		d, err := ParseKeyListDraft(file)
		if err == nil && !bytes.Equal(d.Bytes(), file) {
			t.Errorf("%q is read, and written again as %q", file, d.Bytes())
		}
		if lists, err := SplitKeyLists(file); err == nil && !bytes.HasPrefix(file, []byte("pott-license-set/")) && !bytes.Equal(JoinKeyLists(lists), file) {
			t.Errorf("%q is taken apart and put together as %q", file, JoinKeyLists(lists))
		}
	})
}

func TestSignaturesInAnyOrderAndFromCopiesMakeOneList(t *testing.T) {
	for _, order := range [][]byte{{1, 21, 22}, {22, 1, 21}, {21, 22, 1}} {
		ctx, a := t.Context(), open(t)
		d := drafted(t, a, KeyListChange{AddRoots: []licensefile.RootKey{rootOf("anna", 21), rootOf("bo", 22)}, DropRoots: []string{"root-1"}, Threshold: 2})
		var copies []*KeyListDraft
		travels := d
		for _, n := range order {
			alone, err := a.ApproveKeyList(ctx, "anna", d, seeded(n), noon)
			if err != nil {
				t.Fatal(err)
			}
			if travels, err = a.ApproveKeyList(ctx, "anna", travels, seeded(n), noon); err != nil {
				t.Fatal(err)
			}
			if alone.Hash() != d.Hash() || travels.Hash() != d.Hash() {
				t.Error("a signature changed the hash")
			}
			copies = append(copies, alone)
		}
		merged, err := MergeKeyListDrafts(append(copies, travels, d)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, whole := range []*KeyListDraft{travels, merged} {
			p, err := a.Approval(ctx, whole)
			if err != nil || !p.Enough || p.HaveOld != 1 || p.HaveOwn != 2 || p.Strangers != 0 || len(p.Roots) != 3 {
				t.Errorf("Approval = %+v, %v; want enough", p, err)
			}
		}
		if err := a.AddKeyList(ctx, "anna", merged.Bytes(), noon); err != nil {
			t.Error(err)
		}
		if err := a.AddKeyList(ctx, "anna", travels.Bytes(), noon); err != nil {
			t.Errorf("the same list with its signatures in another order: %v", err)
		}
	}
}

// A brokenSigner signs nothing, or nothing good.
type brokenSigner struct {
	licensefile.Signer
	sign func() ([]byte, error)
}

func (s brokenSigner) Sign([]byte) ([]byte, error) { return s.sign() }

func TestASignatureThatWasNotMadeBindsNobody(t *testing.T) {
	for name, sign := range map[string]func() ([]byte, error){
		"the token is gone": func() ([]byte, error) { return nil, errors.New("no token") },
		"the token is mad":  func() ([]byte, error) { return make([]byte, ed25519.SignatureSize), nil },
	} {
		ctx, a := t.Context(), open(t)
		d := drafted(t, a, KeyListChange{Through: &license.Date{Year: 2030, Month: 1, Day: 1}})
		if _, err := a.ApproveKeyList(ctx, "anna", d, brokenSigner{root, sign}, noon); err == nil {
			t.Errorf("%s: the draft was signed", name)
		}
		if _, err := a.PromisedDraft(ctx); code(err) != "key.not-approved" {
			t.Errorf("%s: %v; want nothing promised", name, err)
		}
		if _, err := a.ApproveKeyList(ctx, "anna", drafted(t, a, KeyListChange{}), root, noon); err != nil {
			t.Errorf("%s: another draft afterwards: %v", name, err)
		}
	}
}

func TestAnInterruptedListIsGotBack(t *testing.T) {
	ctx, a := t.Context(), open(t)
	d := drafted(t, a, KeyListChange{NextRoots: []licensefile.RootKey{rootOf("root-2", 21)}})
	if _, err := a.ApproveKeyList(ctx, "anna", d, root, noon); err != nil {
		t.Fatal(err)
	}
	later := noon.Add(time.Hour)
	again, err := a.DraftKeyList(ctx, KeyListChange{NextRoots: []licensefile.RootKey{rootOf("root-2", 21)}}, later)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.ApproveKeyList(ctx, "anna", again, root, later); code(err) != "key.equivocation" {
		t.Errorf("the same change at another hour: %v; want key.equivocation", err)
	}
	back, err := a.PromisedDraft(ctx)
	if err != nil || back.Hash() != d.Hash() {
		t.Fatalf("PromisedDraft = %v, %v", back, err)
	}
	if back, err = a.ApproveKeyList(ctx, "anna", back, root, later); err != nil {
		t.Fatal(err)
	}
	if err := a.WithdrawApproval(ctx, "anna", d, root.Public(), "why", later); code(err) != "key.list-complete" {
		t.Errorf("taking back what one signature completes: %v; want key.list-complete", err)
	}
	if err := a.AddKeyList(ctx, "anna", back.Bytes(), later); err != nil {
		t.Error(err)
	}
}

func TestANumberPromisedForACertificateIsNotUsedForAnother(t *testing.T) {
	ctx, a := t.Context(), open(t)
	broken := brokenSigner{issuerKey, func() ([]byte, error) { return nil, errors.New("interrupted") }}
	if _, err := a.Recertify(ctx, "anna", "SUPEROFFICE", broken, noon); err == nil {
		t.Fatal("the certificate was signed")
	}
	made, err := a.Recertify(ctx, "anna", "SUPEROFFICE", issuerKey, noon)
	if err != nil || made.Number != 3 {
		t.Errorf("Recertify = %+v, %v; want certificate 3", made, err)
	}
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	file, err := a.Sign(ctx, "anna", p, signingKey, noon)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := licensefile.Verify(file, a.trust, noon); err != nil || v.Certificate.Number != 3 {
		t.Errorf("Verify = %+v, %v", v, err)
	}
}

func TestOneKeyHasOneUse(t *testing.T) {
	ctx, a := t.Context(), open(t)
	if err := a.AddKeyList(ctx, "anna", approved(t, a, drafted(t, a, KeyListChange{NextRoots: []licensefile.RootKey{rootOf("root-2", 21)}})), noon); err != nil {
		t.Fatal(err)
	}
	fence := DefaultFence(license.DateOf(noon))
	for name, change := range map[string]KeyListChange{
		"a root as an issuer":            {Grants: []licensefile.IssuerGrant{{Issuer: "ACME", Key: root.Public(), Fence: fence}}},
		"a root to come as an issuer":    {Grants: []licensefile.IssuerGrant{{Issuer: "ACME", Key: seeded(21).Public(), Fence: fence}}},
		"another issuer's key":           {Grants: []licensefile.IssuerGrant{{Issuer: "ACME", Key: issuerKey.Public(), Fence: fence}}},
		"an issuer's key as a root":      {AddRoots: []licensefile.RootKey{{Name: "x", Key: issuerKey.Public()}}},
		"a root announced":               {NextRoots: []licensefile.RootKey{{Name: "x", Key: root.Public()}}},
		"another root's name":            {AddRoots: []licensefile.RootKey{rootOf("root-1", 30)}},
		"the name of a root to come":     {AddRoots: []licensefile.RootKey{rootOf("root-2", 30)}},
		"a root revoked":                 {Revoke: []licensefile.Revocation{{Key: root.Public(), Effect: licensefile.RefuseNew}}},
		"a key granted and revoked once": {Revoke: []licensefile.Revocation{{Key: seeded(40).Public(), Effect: licensefile.RefuseNew}}, Grants: []licensefile.IssuerGrant{{Issuer: "ACME", Key: seeded(40).Public(), Fence: fence}}},
	} {
		if _, err := a.DraftKeyList(ctx, change, noon); code(err) != "key.taken" {
			t.Errorf("%s: %v; want key.taken", name, err)
		}
	}
	today := license.DateOf(noon)
	for name, key := range map[string]ed25519.PublicKey{"a root": root.Public(), "a root to come": seeded(21).Public(), "an issuer's key": issuerKey.Public()} {
		_, err := a.Certify(ctx, "anna", "SUPEROFFICE", issuerKey, licensefile.SigningKey{Key: key, Type: licensefile.TypeSet, From: today, Through: today}, noon)
		if code(err) != "key.taken" {
			t.Errorf("%s certified for sets: %v; want key.taken", name, err)
		}
	}
}

func approved(t testing.TB, a *Authority, d *KeyListDraft) []byte {
	t.Helper()
	d, err := a.ApproveKeyList(t.Context(), "anna", d, root, noon)
	if err != nil {
		t.Fatal(err)
	}
	return d.Bytes()
}

func TestWhatACustomerReportsIsComparedWithTheRecord(t *testing.T) {
	ctx, a := t.Context(), open(t)
	p, err := a.Prepare(ctx, "anna", order1, noon)
	if err != nil {
		t.Fatal(err)
	}
	row := ReportedSet{Issuer: "SUPEROFFICE", Serial: "1600070120", Number: 1, Hash: p.Entry.Hash}
	find := func(row ReportedSet, want Finding, alarm string) {
		t.Helper()
		got, err := a.AuditSets(ctx, "anna", []ReportedSet{row}, noon)
		if len(got) != 1 || got[0].Finding != want || code(err) != alarm {
			t.Errorf("AuditSets = %+v, %v; want %s and %s", got, err, want, alarm)
		}
	}
	find(row, Unsigned, "set.not-ours")
	if _, err := a.Sign(ctx, "anna", p, signingKey, noon); err != nil {
		t.Fatal(err)
	}
	find(row, Ours, "<nil>")
	find(ReportedSet{row.Issuer, row.Serial, 1, strings.Repeat("0", 64)}, Otherwise, "set.not-ours")
	find(ReportedSet{row.Issuer, row.Serial, 2, row.Hash}, Unknown, "set.not-ours")
	find(ReportedSet{row.Issuer, "OTHER", 1, row.Hash}, Unknown, "set.not-ours")
	find(ReportedSet{"ACME", row.Serial, 1, row.Hash}, Unknown, "set.not-ours")
	acts, err := a.Acts(ctx)
	alarms := 0
	for _, act := range acts {
		if act.What == "alarm.set" {
			alarms++
		}
	}
	if err != nil || alarms != 5 {
		t.Errorf("%d alarms on record, %v; want 5", alarms, err)
	}
}
