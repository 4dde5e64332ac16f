package authority

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

const (
	customer = "1600070120"
	demo     = "1010000006"
)

// A desk is an authority that answers installations, and a clock.
type desk struct {
	t *testing.T
	*Authority
	now    time.Time
	fields []string // optional ones of replies that its installations can read
}

// answering returns an authority with a signed set of Designteamet.
func answering(t *testing.T, dsn string) *desk {
	t.Helper()
	d := &desk{t, founded(t, dsn, DefaultFence(license.DateOf(noon))), noon, nil}
	today := license.DateOf(noon)
	_, err := d.Certify(t.Context(), "anna", "SUPEROFFICE", issuerKey, licensefile.SigningKey{Key: seeded(9).Public(), Type: licensefile.TypeReceipt, From: today, Through: today.Add(366)}, noon)
	if err != nil {
		t.Fatal(err)
	}
	d.issue(order1)
	return d
}

func (d *desk) issue(order []byte) *Entry {
	d.t.Helper()
	p, err := d.Prepare(d.t.Context(), "anna", order, d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.Sign(d.t.Context(), "anna", p, signingKey, d.now); err != nil {
		d.t.Fatal(err)
	}
	return p.Entry
}

func (d *desk) code(n NewCode) string {
	d.t.Helper()
	n.Issuer = "SUPEROFFICE"
	code, _, err := d.MakeCode(d.t.Context(), "anna", n, d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	return licenseserver.TrimCode(code)
}

// ask sends a request signed by a key and returns the reply as its installation
// reads it.
func (d *desk) ask(key byte, kind licenseserver.Kind, change func(*licenseserver.Request)) *licenseserver.Reply {
	d.t.Helper()
	q := &licenseserver.Request{Kind: kind, Issuer: "SUPEROFFICE", Serial: customer, Company: "Designteamet", Nonce: licenseserver.NewNonce(), Made: d.now,
		Epoch: "e1", Seq: 1, Head: head(1)}
	if change != nil {
		change(q)
	}
	return d.send(key, q)
}

func (d *desk) send(key byte, q *licenseserver.Request) *licenseserver.Reply {
	d.t.Helper()
	body, err := licenseserver.SignRequest(q, seeded(key))
	if err != nil {
		d.t.Fatal(err)
	}
	if q, err = licenseserver.ParseRequest(body); err != nil {
		d.t.Fatal(err)
	}
	reply, err := d.Answer(d.t.Context(), q, Receipts{"SUPEROFFICE": seeded(9)}, d.now, d.fields...)
	if err != nil {
		d.t.Fatal(err)
	}
	r, _, err := licenseserver.OpenReply(reply, q, d.trust)
	if err != nil {
		d.t.Fatal(err)
	}
	d.now = d.now.Add(3 * time.Minute)
	return r
}

func head(n int) string { return fmt.Sprintf("%064x", n) }

// alarms returns the kinds of alarm so far, oldest first.
func (d *desk) alarms() string {
	d.t.Helper()
	var kinds []string
	err := d.record.Look(context.Background(), func(x *store.Desk) error {
		all, err := x.Alarms()
		for _, a := range slices.Backward(all) {
			kinds = append(kinds, a.Kind)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return strings.Join(kinds, " ")
}

func (d *desk) expect(what string, r *licenseserver.Reply, refused licenseserver.Refusal, status licenseserver.Status) {
	d.t.Helper()
	if r.Refused != refused || r.Status != status {
		d.t.Errorf("%s: refused %q, status %q; want %q, %q", what, r.Refused, r.Status, refused, status)
	}
}

func TestAnInstallationBecomesKnownByACodeAndIsToldWhatIsNew(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := answering(t, dsn)
		code := d.code(NewCode{Serial: customer, Company: "Designteamet"})
		with := func(code string) func(*licenseserver.Request) {
			return func(q *licenseserver.Request) { q.Code = code }
		}
		d.expect("before it is known", d.ask(20, licenseserver.Ping, nil), licenseserver.NotRegistered, licenseserver.Problem)
		d.expect("with another code", d.ask(20, licenseserver.Register, with("ABCDEFGHIJKLMNOPQRST")), licenseserver.UnknownCode, licenseserver.Problem)
		d.expect("with a code for another serial number", d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code, q.Serial = code, demo }), licenseserver.UnknownCode, licenseserver.Problem)
		d.expect("with the code", d.ask(20, licenseserver.Register, with(code)), "", licenseserver.NewSet)
		d.expect("once more, because the answer was lost", d.ask(20, licenseserver.Register, with(code)), "", licenseserver.NewSet)
		d.expect("another installation with that code", d.ask(21, licenseserver.Register, with(code)), licenseserver.CodeUsed, licenseserver.Problem)

		fetched := d.ask(20, licenseserver.Fetch, nil)
		v, err := licensefile.Verify(fetched.File, d.trust, d.now)
		if err != nil || v.Set.Number != 1 || fetched.Set.Checkpoint != v.Hash {
			t.Fatalf("fetched: %v, %+v", err, fetched)
		}
		mine := func(q *licenseserver.Request) { q.Set = fetched.Set }
		d.expect("when it is in force", d.ask(20, licenseserver.Accepted, mine), "", licenseserver.Activated)
		d.expect("then nothing is new", d.ask(20, licenseserver.Ping, mine), "", licenseserver.OK)
		renamed := func(q *licenseserver.Request) { mine(q); q.Company = "Designteamet" }
		d.issue([]byte(strings.Replace(strings.Replace(string(order1), "number: 1 ", "number: 2 ", 1), "company: Designteamet", "company: Designteamet AB", 1)))
		d.expect("after a set with another company", d.ask(20, licenseserver.Ping, renamed), "", licenseserver.NewCompanyName)
		if all, err := d.Installations(t.Context()); err != nil || len(all) != 1 || all[0].Last.Request.Kind != licenseserver.Ping || all[0].Replaced {
			t.Errorf("known: %v, %v", all, err)
		}
		if got := d.alarms(); got != "" {
			t.Errorf("alarms: %s", got)
		}
		if _, reports, err := d.FindInstallation(t.Context(), "superoffice/"+customer, 10); err != nil || len(reports) != 6 {
			t.Errorf("%d reports, %v; want every request of the known key", len(reports), err)
		}
		if _, err := d.record.Acts(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestACodeEnds(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	code := d.code(NewCode{Serial: customer, Days: 1})
	d.now = d.now.AddDate(0, 0, 1)
	d.expect("a day later", d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code = code }), licenseserver.CodeExpired, licenseserver.Problem)
}

func TestALaterCodeTakesThePlaceOfAnInstallation(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	register := func(key byte) {
		code := d.code(NewCode{Serial: customer})
		d.expect("registering", d.ask(key, licenseserver.Register, func(q *licenseserver.Request) { q.Code = code }), "", licenseserver.NewSet)
	}
	register(20)
	register(21)
	d.expect("the first", d.ask(20, licenseserver.Ping, nil), licenseserver.Replaced, licenseserver.Problem)
	d.expect("the second", d.ask(21, licenseserver.Ping, nil), "", licenseserver.NewSet)
	if got := d.alarms(); got != AlarmReplaced {
		t.Errorf("alarms: %s", got)
	}
}

func TestWhatAThiefCannotHide(t *testing.T) {
	at := func(epoch string, seq int64, head string) func(*licenseserver.Request) {
		return func(q *licenseserver.Request) { q.Epoch, q.Seq, q.Head = epoch, seq, head }
	}
	strange := func(q *licenseserver.Request) {
		q.Seq, q.Head, q.Set = 2, head(2), licenseserver.Mark{Number: 1, Checkpoint: head(7)}
	}
	for _, row := range []struct {
		name   string
		asks   []func(*licenseserver.Request)
		alarms string
	}{
		{"one history that goes on is none", []func(*licenseserver.Request){at("e1", 2, head(2)), at("e1", 2, head(2)), at("e1", 9, head(9))}, ""},
		{"a copy that is behind", []func(*licenseserver.Request){at("e1", 9, head(9)), at("e1", 3, head(3))}, "clone"},
		{"a copy that is as far, and elsewhere", []func(*licenseserver.Request){at("e1", 9, head(9)), at("e1", 9, head(8))}, "clone"},
		{"a backup that was taken into use", []func(*licenseserver.Request){at("e1", 9, head(9)), at("e2", 10, head(10)), at("e2", 11, head(11))}, "went-back"},
		{"and what it left goes on", []func(*licenseserver.Request){at("e1", 9, head(9)), at("e2", 10, head(10)), at("e1", 12, head(12))}, "went-back clone"},
		{"a set that nobody signed here", []func(*licenseserver.Request){strange}, "unknown-set"},
		{"the same finding again", []func(*licenseserver.Request){strange, strange}, "unknown-set"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := answering(t, t.TempDir()+"/a.db")
			code := d.code(NewCode{Serial: customer})
			d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code = code })
			var last *licenseserver.Reply
			for _, change := range row.asks {
				last = d.ask(20, licenseserver.Ping, change)
			}
			if got := d.alarms(); got != row.alarms {
				t.Errorf("alarms %q, want %q", got, row.alarms)
			}
			if bad := strings.HasSuffix(row.alarms, "clone") || strings.HasSuffix(row.alarms, "unknown-set"); bad != (last.Status == licenseserver.Problem) {
				t.Errorf("the installation hears %q", last.Status)
			}
		})
	}
}

func TestAServerOfAnInstallationThatIsALittleBehindIsNoClone(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	code := d.code(NewCode{Serial: customer})
	d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code = code })
	d.ask(20, licenseserver.Ping, func(q *licenseserver.Request) { q.Seq, q.Head = 9, head(9) })
	d.now = d.now.Add(-2 * time.Minute)
	d.ask(20, licenseserver.Ping, func(q *licenseserver.Request) { q.Seq, q.Head = 8, head(8) })
	if got := d.alarms(); got != "" {
		t.Errorf("alarms: %s", got)
	}
}

// An installation hears how far it was: a copy of it that was put back does not
// know that. Who has not said that it can read it hears nothing.
func TestAnInstallationIsRemindedOfHowFarItWas(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	code := d.code(NewCode{Serial: customer})
	d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code = code })
	ping := func(epoch string, seq int64) licenseserver.Place {
		t.Helper()
		return d.ask(20, licenseserver.Ping, func(q *licenseserver.Request) { q.Epoch, q.Seq, q.Head = epoch, seq, head(int(seq)) }).Last
	}
	if got := ping("e1", 5); got != (licenseserver.Place{}) {
		t.Errorf("it has not asked, and hears %+v", got)
	}
	d.fields = []string{"more", licenseserver.FieldLast}
	for _, row := range []struct {
		epoch    string
		seq      int64
		of       string
		furthest int64
	}{
		{"e1", 9, "e1", 5}, {"e1", 9, "e1", 9},
		{"e1", 3, "e1", 9},   // a copy that was put back
		{"e1", 4, "e1", 9},   // it goes on, and hears it again
		{"e2", 10, "e1", 9},  // it was taken into use
		{"e2", 11, "e2", 10}, // and nobody is reminded of what was given up
	} {
		if got := ping(row.epoch, row.seq); got != (licenseserver.Place{Seq: row.furthest, Epoch: row.of, Head: head(int(row.furthest))}) {
			t.Errorf("at %s/%d it hears %+v, want %s/%d", row.epoch, row.seq, got, row.of, row.furthest)
		}
	}
	if got := d.alarms(); got != "clone went-back" && got != "clone clone went-back" {
		t.Errorf("alarms: %s", got)
	}
}

func TestANonceIsGoodOnce(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	code := d.code(NewCode{Serial: customer})
	d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code = code })
	q := &licenseserver.Request{Kind: licenseserver.Fetch, Issuer: "SUPEROFFICE", Serial: customer, Nonce: licenseserver.NewNonce(), Made: noon, Epoch: "e1", Seq: 2, Head: head(2)}
	d.expect("once", d.send(20, q), "", licenseserver.NewSet)
	again := d.send(20, q)
	d.expect("twice", again, licenseserver.Replayed, licenseserver.Problem)
	if again.File != nil || d.alarms() != "" {
		t.Errorf("the same lines again bring %d bytes and alarms %q", len(again.File), d.alarms())
	}
	other := *q
	other.Seq = 3
	d.expect("with other lines", d.send(20, &other), licenseserver.Replayed, licenseserver.Problem)
	if got := d.alarms(); got != AlarmReplayed {
		t.Errorf("alarms: %s", got)
	}
}

func TestADemoInstallationBecomesARealOne(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := answering(t, dsn)
		first := d.code(NewCode{Serial: demo})
		asDemo := func(change func(*licenseserver.Request)) func(*licenseserver.Request) {
			return func(q *licenseserver.Request) {
				q.Serial = demo
				change(q)
			}
		}
		d.expect("the demo registers", d.ask(20, licenseserver.Register, asDemo(func(q *licenseserver.Request) { q.Code = first })), "", licenseserver.OK)
		code := d.code(NewCode{Serial: customer, Company: "Designteamet", Replaces: demo})
		told := d.ask(20, licenseserver.Ping, asDemo(func(*licenseserver.Request) {}))
		d.expect("it is told", told, "", licenseserver.NewSerial)
		if told.NewSerial != customer || told.NewCompany != "Designteamet" {
			t.Errorf("told %+v", told)
		}
		change := func(code, serial string) *licenseserver.Reply {
			return d.ask(20, licenseserver.Change, asDemo(func(q *licenseserver.Request) { q.Code, q.NewSerial = code, serial }))
		}
		d.expect("to a serial number without a set", change(code, "1801550193"), licenseserver.NothingIssued, licenseserver.Problem)
		d.expect("with a wrong code", change("ABCDEFGHIJKLMNOPQRST", customer), licenseserver.UnknownCode, licenseserver.Problem)
		d.expect("from another serial number", d.ask(20, licenseserver.Change, func(q *licenseserver.Request) {
			q.Serial, q.Code, q.NewSerial = "1801550193", code, customer
		}), licenseserver.UnknownCode, licenseserver.Problem)
		done := change(code, customer)
		d.expect("with the code", done, "", licenseserver.NewSet)
		v, err := licensefile.Verify(done.File, d.trust, d.now)
		if err != nil || v.Set.Serial != customer || done.NewSerial != customer || done.NewCompany != "Designteamet" {
			t.Errorf("changed to %+v, %v", done, err)
		}
		if again := change(code, customer); again.Refused != "" || again.File == nil {
			t.Errorf("once more, because the answer was lost: %+v", again.Refused)
		}
		d.expect("it is known under its new number", d.ask(20, licenseserver.Ping, nil), "", licenseserver.NewSet)
	})
}

func TestAnInstallationIsShownAMessageUntilItIsTakenAway(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	once := d.code(NewCode{Serial: customer})
	reply := d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code = once })
	mine := func(q *licenseserver.Request) { q.Set = reply.Set }
	say := func(texts license.Texts, address string) error {
		return d.Say(t.Context(), Message{Issuer: "SUPEROFFICE", Serial: customer, Texts: texts, Address: address, At: d.now, By: "anna"})
	}
	for _, row := range []struct {
		name    string
		texts   license.Texts
		address string
		err     string
		status  licenseserver.Status
	}{
		{"a text", license.Texts{"en": "We move on Friday."}, "", "<nil>", licenseserver.Message},
		{"a text with an address", license.Texts{"sv": "Hej", "en": "Hello"}, "https://shop.example", "<nil>", licenseserver.MessageAndAddress},
		{"an address that is not https", license.Texts{"en": "Hello"}, "http://shop.example", "installation.bad-message", licenseserver.MessageAndAddress},
		{"an address alone", nil, "https://shop.example", "installation.bad-message", licenseserver.MessageAndAddress},
		{"a language nobody reads here", license.Texts{"fr": "Bonjour"}, "", "license.bad-word", licenseserver.MessageAndAddress},
		{"a text that hides something", license.Texts{"en": "a\u202eb"}, "", "installation.bad-message", licenseserver.MessageAndAddress},
		{"nothing", nil, "", "<nil>", licenseserver.OK},
	} {
		if got := code(say(row.texts, row.address)); got != row.err {
			t.Errorf("%s: %s, want %s", row.name, got, row.err)
		}
		r := d.ask(20, licenseserver.Ping, mine)
		d.expect(row.name, r, "", row.status)
		if row.err == "<nil>" && (r.Address != row.address || len(r.Messages) != len(row.texts)) {
			t.Errorf("%s: shown %v %s", row.name, r.Messages, r.Address)
		}
	}
}

func TestASetForAnotherKeyIsNotHandedOut(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	code := d.code(NewCode{Serial: customer})
	d.ask(20, licenseserver.Register, func(q *licenseserver.Request) { q.Code = code })
	bound := strings.Replace(string(order1), "number: 1 ", "number: 2 ", 1) + "\ninstallation: 0123-4567-89ab-cdef-0123-4567-89ab-cdef\n"
	d.issue([]byte(bound))
	d.expect("a fetch", d.ask(20, licenseserver.Fetch, nil), licenseserver.NothingIssued, licenseserver.Problem)
}

func TestNobodyAnswersForAnIssuerWithoutAKeyHere(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	q := &licenseserver.Request{Kind: licenseserver.Ping, Issuer: "ACME", Serial: customer, Nonce: licenseserver.NewNonce(), Made: noon, Epoch: "e1", Head: head(1)}
	if _, err := licenseserver.SignRequest(q, seeded(20)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Answer(t.Context(), q, Receipts{"SUPEROFFICE": seeded(9)}, noon); code(err) != "authority.not-served" {
		t.Error(err)
	}
}

func TestACodeIsForASerialNumberThatCanBeOne(t *testing.T) {
	d := answering(t, t.TempDir()+"/a.db")
	for _, n := range []NewCode{{Serial: ""}, {Serial: "1600070121"}, {Serial: customer, Replaces: "1010000007"}} {
		n.Issuer = "SUPEROFFICE"
		if _, _, err := d.MakeCode(t.Context(), "anna", n, noon); code(err) != "license.bad-serial" {
			t.Errorf("%+v: %v", n, err)
		}
	}
}
