package installation_test

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

const otherSerial = "1801550193"

// A vendor is a license server whose answers a test decides.
type vendor struct {
	t     *testing.T
	f     *housetest.Fixture
	asked []*licenseserver.Request
	say   func(*licenseserver.Request, *licenseserver.Reply) // nil: nothing is new
	send  func(reply []byte, r *licenseserver.Reply) ([]byte, error)
}

// ask is what the house sends its requests to.
func (v *vendor) ask(_ context.Context, url string, body []byte) ([]byte, error) {
	if url != housetest.Address+licenseserver.Path {
		v.t.Errorf("%s was asked", url)
	}
	q, err := licenseserver.ParseRequest(body)
	if err != nil {
		v.t.Error(err)
		return nil, err
	}
	v.asked = append(v.asked, q)
	r := licenseserver.ReplyTo(q, v.f.Clock())
	if v.say != nil {
		v.say(q, r)
	}
	reply, err := v.f.Vendors.Reply(r)
	if err == nil && v.send != nil {
		return v.send(reply, r)
	}
	return reply, err
}

// kinds returns what was asked since the last call.
func (v *vendor) kinds() string {
	var all []string
	for _, q := range v.asked {
		all = append(all, string(q.Kind))
	}
	v.asked = nil
	return strings.Join(all, " ")
}

func markOf(t *testing.T, file []byte) licenseserver.Mark {
	t.Helper()
	f, err := licensefile.Parse(file)
	must(t, err)
	return licenseserver.Mark{Number: f.Set.Number, Checkpoint: f.Hash}
}

// offers makes the vendor have a set for whoever asks.
func (v *vendor) offers(file []byte) {
	mark := markOf(v.t, file)
	v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
		r.Set = mark
		if q.Set != mark {
			r.Status = licenseserver.NewSet
		}
		if q.Kind == licenseserver.Fetch {
			r.File = file
		}
	}
}

// connected is an installation with a set of SUPEROFFICE that is registered at
// its license server.
func connected(t *testing.T, db *sqldb.DB) (*vendor, *installation.Installation) {
	t.Helper()
	f := housetest.New(t, db, "acme")
	v := &vendor{t: t, f: f}
	set := smallSet("SUPEROFFICE", 1)
	set.Dates.NextCheck = license.Date{Year: 2026, Month: 7, Day: 10}
	enforce(t, f, f.Installation("acme"), set)
	f.AskWith(t, v.ask, "SUPEROFFICE")
	in := f.Installation("acme")
	r, err := in.Register(t.Context(), admin, api.Register{Issuer: "superoffice", Code: "abcd-efgh-ijkl-mnop"})
	must(t, err)
	if !r.Changed || r.Authority.Serial != set.Serial || r.Authority.Registered.IsZero() || v.kinds() != "register" {
		t.Fatalf("registered: %+v", r)
	}
	return v, in
}

func authorityOf(t *testing.T, in *installation.Installation) api.Authority {
	t.Helper()
	list, err := in.Authorities(t.Context(), admin)
	must(t, err)
	if len(list.Items) != 1 {
		t.Fatalf("license servers: %+v", list.Items)
	}
	return list.Items[0]
}

func secondSet(t *testing.T, in *installation.Installation) license.Set {
	t.Helper()
	set := following(t, in, "SUPEROFFICE", 2)
	set.Dates.NextCheck = license.Date{Year: 2026, Month: 8, Day: 10}
	for i := range set.Licenses {
		set.Licenses[i].Quantity += 5
	}
	return set
}

func TestANewSetIsFetchedAndWhatIsInForceIsReported(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, in := connected(t, db)
		v.f.Attend(ctx)
		if got := v.kinds(); got != "accepted" {
			t.Fatalf("at first it asked %q; want a report of the set in force", got)
		}
		if a := authorityOf(t, in); a.Reported != "superoffice-1" || a.Next.IsZero() || a.Next.Before(time.Date(2026, 7, 9, 22, 0, 0, 0, time.UTC)) {
			t.Errorf("then %+v", a)
		}
		got, err := in.Fetch(ctx, admin, "")
		must(t, err)
		if v.kinds() != "ping" || got.Items[0].Set != nil || got.Changed || got.Items[0].Authority.Status != "ok" {
			t.Errorf("with nothing new: %+v", got)
		}
		set := secondSet(t, in)
		v.offers(v.f.Vendors.File(t, set))
		dry := admin
		dry.DryRun = true
		before := authorityOf(t, in)
		if got, err = in.Fetch(ctx, dry, ""); err != nil || got.Items[0].Set == nil || !got.DryRun || authorityOf(t, in) != before {
			t.Errorf("a preview: %+v, %v", got, err)
		}
		if got, err = in.Fetch(ctx, admin, "superoffice"); err != nil || got.Items[0].Set == nil || got.Items[0].Set.ID != "superoffice-2" || !got.Changed {
			t.Fatalf("fetched %+v, %v", got, err)
		}
		if v.kinds() != "ping fetch ping fetch" {
			t.Error("it did not ask twice each time")
		}
		if got, err = in.Fetch(ctx, admin, ""); err != nil || got.Items[0].Set != nil || got.Changed {
			t.Errorf("once more: %+v, %v", got, err)
		}
		if s, err := in.Set(ctx, admin, "superoffice-2"); err != nil || s.Status == "loaded" {
			_, err = in.Activate(ctx, admin, "superoffice-2", api.Activate{})
			must(t, err)
		}
		v.kinds()
		v.f.Set(housetest.Noon.Add(2 * time.Minute))
		v.f.Attend(ctx)
		if v.asked[0].Set != markOf(t, v.f.Vendors.File(t, set)) || v.kinds() != "accepted" {
			t.Error("the set in force was not reported")
		}
		v.f.Attend(ctx)
		if got := v.kinds(); got != "" {
			t.Errorf("it was reported twice: %s", got)
		}
	})
}

func TestItAsksByItselfFromTheNextCheckOn(t *testing.T) {
	ctx := t.Context()
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	v.f.Attend(ctx)
	v.kinds()
	day := time.Date(2026, 7, 9, 22, 0, 0, 0, time.UTC) // midnight in Stockholm
	for _, step := range []struct {
		at   time.Time
		asks string
	}{
		{day.Add(-time.Minute), ""}, {day.Add(6 * time.Hour), "ping"}, {day.Add(20 * time.Hour), ""},
		{day.Add(31*time.Hour + time.Minute), "ping"}, {day.Add(32 * time.Hour), ""},
	} {
		v.f.Set(step.at)
		v.f.Attend(ctx)
		if got := v.kinds(); got != step.asks {
			t.Errorf("at %v it asks %q, want %q", step.at, got, step.asks)
		}
	}
	// The server is away for two days: it asks once a day, tells administrators the
	// second time, and everything goes on.
	v.send = func([]byte, *licenseserver.Reply) ([]byte, error) { return nil, errors.New("no route to host") }
	for n := range 2 {
		v.f.Set(day.Add(time.Duration(n)*26*time.Hour + 58*time.Hour))
		v.f.Attend(ctx)
		if got := v.kinds(); got != "ping" {
			t.Fatalf("day %d: %q", n, got)
		}
	}
	a := authorityOf(t, in)
	st, err := in.Status(ctx, admin)
	must(t, err)
	if a.Failures != 2 || a.Error != "fetch.unreachable" || a.ErrorText == "" || st.State != "ok" || len(st.Events) != 1 || st.Events[0].Code != installation.NoticeFetchFails {
		t.Errorf("after two days: %+v, state %s, events %+v", a, st.State, st.Events)
	}
	v.send = nil
	if _, err := in.Fetch(ctx, admin, ""); err != nil {
		t.Fatal(err)
	}
	if a = authorityOf(t, in); a.Failures != 0 || a.Error != "" {
		t.Errorf("when it is back: %+v", a)
	}
	if st, _ = in.Status(ctx, admin); len(st.Events) != 0 {
		t.Errorf("the notice stays: %+v", st.Events)
	}
}

func TestAnAdministratorMakesItAskAtMostOnceADay(t *testing.T) {
	ctx := t.Context()
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	v.f.Attend(ctx)
	v.kinds()
	for at, asks := range map[time.Duration]string{0: "", time.Hour: ""} {
		v.f.Set(housetest.Noon.Add(at))
		in.AdministratorIsHere()
		v.f.Attend(ctx)
		if got := v.kinds(); got != asks {
			t.Errorf("%v after it asked: %q", at, got)
		}
	}
	v.f.Set(housetest.Noon.Add(25 * time.Hour))
	v.f.Attend(ctx)
	if got := v.kinds(); got != "" {
		t.Errorf("without an administrator: %q", got)
	}
	in.AdministratorIsHere()
	v.f.Attend(ctx)
	if got := v.kinds(); got != "ping" {
		t.Errorf("with one, a day later: %q", got)
	}
}

func TestWhatAServerMayNotDo(t *testing.T) {
	small := func(t *testing.T, v *vendor, number int64, change func(*license.Set)) []byte {
		set := smallSet("SUPEROFFICE", number)
		if number > 1 {
			set.Previous = hex.EncodeToString(make([]byte, 32))
		}
		change(&set)
		return v.f.Vendors.File(t, set)
	}
	for _, row := range []struct {
		name  string
		serve func(t *testing.T, v *vendor)
		want  string
	}{
		{"hang up", func(t *testing.T, v *vendor) {
			v.send = func([]byte, *licenseserver.Reply) ([]byte, error) { return nil, errors.New("EOF") }
		}, "fetch.unreachable"},
		{"answer nothing", func(t *testing.T, v *vendor) {
			v.send = func([]byte, *licenseserver.Reply) ([]byte, error) { return nil, nil }
		}, "exchange.malformed"},
		{"answer without end", func(t *testing.T, v *vendor) {
			v.send = func([]byte, *licenseserver.Reply) ([]byte, error) { return make([]byte, licenseserver.MaxReply+1), nil }
		}, "exchange.too-large"},
		{"answer with another nonce", func(t *testing.T, v *vendor) {
			v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) { r.Nonce = strings.Repeat("0", 32) }
		}, "exchange.other-reply"},
		{"answer for another serial number", func(t *testing.T, v *vendor) {
			v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) { r.Serial = otherSerial }
		}, "exchange.other-reply"},
		{"answer for another installation", func(t *testing.T, v *vendor) {
			v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) {
				r.Installation = "0123-4567-89ab-cdef-0123-4567-89ab-cdef"
			}
		}, "exchange.other-reply"},
		{"answer again what it answered before", func(t *testing.T, v *vendor) {
			var first []byte
			v.send = func(reply []byte, _ *licenseserver.Reply) ([]byte, error) {
				if first == nil {
					first = reply
				}
				return first, nil
			}
			_, err := v.f.Installation("acme").Fetch(t.Context(), admin, "")
			must(t, err)
		}, "exchange.other-reply"},
		{"change its answer on the way", func(t *testing.T, v *vendor) {
			v.send = func(reply []byte, _ *licenseserver.Reply) ([]byte, error) {
				return []byte(strings.Replace(string(reply), "status: ok", "status: problem", 1)), nil
			}
		}, "set.bad-signature"},
		{"answer with the key of another issuer", func(t *testing.T, v *vendor) {
			v.send = func(_ []byte, r *licenseserver.Reply) ([]byte, error) {
				r.Issuer = "ACME"
				return v.f.Vendors.Reply(r)
			}
		}, "set.malformed"},
		{"send the set in force again under another number", func(t *testing.T, v *vendor) {
			file := small(t, v, 1, func(s *license.Set) { s.Company = "Another" })
			v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
				r.Set = licenseserver.Mark{Number: 9, Checkpoint: strings.Repeat("ab", 32)}
				if q.Kind == licenseserver.Fetch {
					r.File = file
				}
			}
		}, "set.equivocation"},
		{"send a set for somebody else", func(t *testing.T, v *vendor) {
			v.offers(small(t, v, 2, func(s *license.Set) { s.Serial = otherSerial }))
		}, "set.other-serial"},
		{"send a set for another key", func(t *testing.T, v *vendor) {
			v.offers(small(t, v, 2, func(s *license.Set) { s.Installation = "0123-4567-89ab-cdef-0123-4567-89ab-cdef" }))
		}, "set.other-installation"},
		{"send a set of another issuer", func(t *testing.T, v *vendor) {
			file := v.f.Vendors.File(t, smallSet(housetest.Stranger, 1))
			v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
				r.Set = licenseserver.Mark{Number: 2, Checkpoint: strings.Repeat("ab", 32)}
				if q.Kind == licenseserver.Fetch {
					r.File = file
				}
			}
		}, "set.unknown-issuer"},
		{"send what is no set", func(t *testing.T, v *vendor) {
			v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
				r.Set = licenseserver.Mark{Number: 2, Checkpoint: strings.Repeat("ab", 32)}
				if q.Kind == licenseserver.Fetch {
					r.File = []byte("hello\n")
				}
			}
		}, "set.malformed"},
		{"refuse", func(t *testing.T, v *vendor) {
			v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) {
				r.Refused, r.Status = licenseserver.Replaced, licenseserver.Problem
			}
		}, "fetch.refused"},
	} {
		t.Run(row.name, func(t *testing.T) {
			v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			row.serve(t, v)
			_, err := in.Fetch(t.Context(), admin, "")
			if code(err) != row.want {
				t.Fatalf("%v; want %s", err, row.want)
			}
			a := authorityOf(t, in)
			if row.want == "fetch.refused" {
				if a.Refused != "replaced" || a.Serial != "" {
					t.Errorf("it is shown as %+v", a)
				}
			} else if a.Failures != 1 || a.Error != row.want {
				t.Errorf("it is kept as %+v", a)
			}
			if s, err := in.Status(t.Context(), admin); err != nil || len(s.Sets) != 1 || s.Sets[0].ID != "superoffice-1" || s.State != "ok" || s.Installation.Company != "Acme AB" {
				t.Errorf("what is in force: %+v, %v", s.Sets, err)
			}
		})
	}
}

func TestMessagesAndClocksOfALicenseServerAreShown(t *testing.T) {
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) {
		r.Status, r.Messages, r.Address = licenseserver.MessageAndAddress, license.Texts{"sv": "Hej", "en": "Hello"}, "https://shop.example/x"
		r.Made = r.Made.Add(-400 * time.Second)
	}
	swedish := admin
	swedish.Language = "sv"
	if _, err := in.Fetch(t.Context(), admin, ""); err != nil {
		t.Fatal(err)
	}
	s, err := in.Status(t.Context(), swedish)
	must(t, err)
	a := s.Authorities[0]
	if a.Message != "Hej" || a.MessageAddress != "https://shop.example/x" || a.ClockDifference != -400 || a.Address != housetest.Address || !strings.Contains(a.StatusText, "meddelande") {
		t.Errorf("shown as %+v", a)
	}
}

func TestAReplySetsAClockRightThatNobodyHasConfirmed(t *testing.T) {
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	clock := func() string {
		c, err := in.Clock(t.Context())
		must(t, err)
		return c.State
	}
	v.f.Set(housetest.Noon.Add(60 * time.Hour))
	v.f.ReopenUnconfirmed(t)
	in = v.f.Installation("acme")
	if clock() != api.ClockUnconfirmed {
		t.Fatalf("after a jump of 60 hours the clock is %s", clock())
	}
	if _, err := in.Fetch(t.Context(), admin, ""); err != nil {
		t.Fatal(err)
	}
	if clock() != api.ClockRight {
		t.Errorf("after a signed time the clock is %s", clock())
	}
}

func TestACopyForTestsAsksNobody(t *testing.T) {
	ctx := t.Context()
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	must(t, in.MarkAsTest(ctx, admin))
	v.f.Set(housetest.Noon.AddDate(0, 2, 0))
	in.AdministratorIsHere()
	v.f.Attend(ctx)
	_, fetch := in.Fetch(ctx, admin, "superoffice")
	_, register := in.Register(ctx, admin, api.Register{Issuer: "superoffice", Code: "ABCD-EFGH-IJKL-MNOP"})
	_, change := in.ChangeOwner(ctx, admin, api.ChangeOwner{Issuer: "superoffice", Serial: otherSerial, Code: "ABCD-EFGH-IJKL-MNOP"})
	_, file := in.RequestFile(ctx, admin, api.NewRequestFile{Issuer: "superoffice"})
	for i, err := range []error{fetch, register, change, file} {
		if code(err) != "fetch.test-copy" {
			t.Errorf("act %d: %v", i, err)
		}
	}
	if got := v.kinds(); got != "" {
		t.Errorf("it asked %q", got)
	}
}

func TestEveryStatusWordHasASentence(t *testing.T) {
	for _, word := range licenseserver.Statuses {
		v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
		v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) {
			r.Status, r.NewSerial, r.NewCompany, r.Company = word, otherSerial, "Nordlys", "Nordlys"
		}
		_, err := in.Fetch(t.Context(), admin, "")
		must(t, err)
		for _, lang := range license.Languages {
			act := admin
			act.Language = lang
			list, err := in.Authorities(t.Context(), act)
			if must(t, err); list.Items[0].StatusText == "" || strings.Contains(list.Items[0].StatusText, "<") {
				t.Errorf("%s in %s: %q", word, lang, list.Items[0].StatusText)
			}
		}
	}
}

func TestARevocationArrivesWithAnyAnswer(t *testing.T) {
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	v.f.Vendors = v.f.Vendors.Revoked(t, "SUPEROFFICE", licensefile.RefuseNew, license.Date{})
	_, err := in.Fetch(t.Context(), admin, "")
	must(t, err)
	if s, err := in.Status(t.Context(), admin); err != nil || s.Sets[0].Notice == nil || s.Sets[0].Notice.Code != "set-reissue" {
		t.Errorf("after a ping the set says %+v, %v", s.Sets, err)
	}
}

func TestRegisteringNeedsACodeAndASerialNumber(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	v := &vendor{t: t, f: f}
	f.AskWith(t, v.ask, "SUPEROFFICE")
	in := f.Installation("acme")
	const good = "ABCD-EFGH-IJKL-MNOP"
	for _, row := range []struct {
		name string
		r    api.Register
		want string
	}{
		{"of nobody", api.Register{Code: good, Serial: "1600070120"}, "license.bad-name"},
		{"of an issuer without a license server", api.Register{Issuer: "ACME", Code: good, Serial: "1600070120"}, "fetch.no-address"},
		{"without a code", api.Register{Issuer: "SUPEROFFICE", Serial: "1600070120"}, "fetch.bad-code"},
		{"with half a code", api.Register{Issuer: "SUPEROFFICE", Code: "ABCD-EFGH", Serial: "1600070120"}, "fetch.bad-code"},
		{"without a serial number", api.Register{Issuer: "SUPEROFFICE", Code: good}, "fetch.no-serial"},
		{"with a mistyped serial number", api.Register{Issuer: "SUPEROFFICE", Code: good, Serial: "1600070121"}, "license.bad-serial"},
		{"with everything", api.Register{Issuer: "SUPEROFFICE", Code: good, Serial: "1600070120"}, ""},
		{"under another serial number", api.Register{Issuer: "SUPEROFFICE", Code: good, Serial: otherSerial}, "set.other-serial"},
	} {
		if _, err := in.Register(t.Context(), admin, row.r); row.want == "" && err != nil || row.want != "" && code(err) != row.want {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
	if got := v.kinds(); got != "register" {
		t.Errorf("asked %q; only what can be right is sent", got)
	}
	if s, _ := in.Status(t.Context(), admin); s.Installation.Serial != "1600070120" {
		t.Errorf("the installation is %+v", s.Installation)
	}
}

func TestNobodyFollowsALicenseServerElsewhere(t *testing.T) {
	var reached bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308, 404, 429, 500, 503} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
		}))
		if body, err := installation.AskOverHTTP(nil)(t.Context(), s.URL, []byte("x")); err == nil || body != nil {
			t.Errorf("%d: %q, %v", status, body, err)
		}
		s.Close()
	}
	if reached {
		t.Error("a redirect was followed")
	}
}

func TestAReplyWithoutEndIsNotReadToItsEnd(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	body, err := installation.AskOverHTTP(nil)(t.Context(), s.URL, nil)
	if err != nil || len(body) != licenseserver.MaxReply+1 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestTheAddressComesFromTheSetUnlessTheHostKnowsBetter(t *testing.T) {
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	var urls []string
	ask := func(_ context.Context, url string, _ []byte) ([]byte, error) {
		urls = append(urls, url)
		return nil, errors.New("no")
	}
	set := smallSet("SUPEROFFICE", 1)
	for i, row := range []struct{ line, want string }{
		{"https://licenses.superoffice.example", "https://licenses.superoffice.example" + licenseserver.Path},
		{"http://licenses.superoffice.example", ""},
		{"", ""},
	} {
		var optional []licensefile.Optional
		if row.line != "" {
			optional = []licensefile.Optional{{Name: licenseserver.AddressLine, Text: row.line}}
		}
		file := f.Vendors.FileWith(t, set, optional...)
		f.AskWith(t, ask)
		in := f.Installation("acme")
		loaded, err := in.Load(t.Context(), admin, file)
		must(t, err)
		_, err = in.Activate(t.Context(), admin, loaded.Set.ID, api.Activate{})
		must(t, err)
		urls = nil
		in.Fetch(t.Context(), admin, "SUPEROFFICE")
		if got := strings.Join(urls, " "); got != row.want {
			t.Errorf("with %q: %q was asked", row.line, got)
		}
		f.AskWith(t, ask, "SUPEROFFICE")
		urls = nil
		f.Installation("acme").Fetch(t.Context(), admin, "SUPEROFFICE")
		if got := strings.Join(urls, " "); got != housetest.Address+licenseserver.Path {
			t.Errorf("with %q and the host's settings: %q was asked", row.line, got)
		}
		set = following(t, f.Installation("acme"), "SUPEROFFICE", int64(i+2))
	}
}

// A file for another network: bound to the key, and the same digits at both ends.
func TestARequestIsCarriedAsAFile(t *testing.T) {
	v, in := connected(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	dry := admin
	dry.DryRun = true
	for _, row := range []struct {
		name string
		r    api.NewRequestFile
		kind licenseserver.Kind
		want string
	}{
		{"for the set", api.NewRequestFile{Issuer: "superoffice"}, licenseserver.Fetch, ""},
		{"to become known", api.NewRequestFile{Issuer: "superoffice", Code: "abcd efgh ijkl mnop"}, licenseserver.Register, ""},
		{"to change", api.NewRequestFile{Issuer: "superoffice", Code: "abcd efgh ijkl mnop", Serial: otherSerial, Company: "Nordlys"}, licenseserver.Change, ""},
		{"to change without a code", api.NewRequestFile{Issuer: "superoffice", Serial: otherSerial}, "", "request.bad-value"},
		{"to a mistyped serial number", api.NewRequestFile{Issuer: "superoffice", Code: "abcd efgh ijkl mnop", Serial: "1801550194"}, "", "license.bad-serial"},
		{"with half a code", api.NewRequestFile{Issuer: "superoffice", Code: "abcd"}, "", "fetch.bad-code"},
		{"for a company alone", api.NewRequestFile{Issuer: "superoffice", Company: "Nordlys"}, "", "request.bad-value"},
		{"of nobody", api.NewRequestFile{}, "", "license.bad-name"},
	} {
		r, err := in.RequestFile(t.Context(), admin, row.r)
		if row.want != "" {
			if code(err) != row.want {
				t.Errorf("%s: %v, want %s", row.name, err, row.want)
			}
			continue
		}
		must(t, err)
		q, err := licenseserver.ParseRequest([]byte(r.File))
		if err != nil || q.Kind != row.kind || q.Installation() != r.Installation || r.Spoken != licenseserver.Spoken([]byte(r.File)) || !r.Changed {
			t.Errorf("%s: %+v, %v", row.name, r, err)
		}
		if r, err := in.RequestFile(t.Context(), dry, row.r); err != nil || !r.DryRun {
			t.Errorf("%s, as a preview: %v", row.name, err)
		}
	}
	if got := v.kinds(); got != "" {
		t.Errorf("asked %q", got)
	}
}

// demoInstallation is a demo with anna on a plan.
func demoInstallation(t *testing.T, db *sqldb.DB) (*vendor, *installation.Installation) {
	t.Helper()
	f := housetest.New(t, db, "demo-acme")
	v := &vendor{t: t, f: f}
	set := smallSet("SUPEROFFICE", 1)
	set.Serial, set.Demo, set.Company = "1010000006", true, "Demo"
	enforce(t, f, f.Installation("demo-acme"), set)
	f.AskWith(t, v.ask, "SUPEROFFICE")
	in := f.Installation("demo-acme")
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "anna", Login: true, Plan: "sales"})
	must(t, err)
	return v, in
}

func TestADemoBecomesRealAndKeepsItsPeople(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, in := demoInstallation(t, db)
		file := v.f.Vendors.File(t, smallSet("SUPEROFFICE", 1))
		v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
			r.NewSerial, r.NewCompany, r.File, r.Set = q.NewSerial, "Acme AB", file, markOf(t, file)
		}
		change := api.ChangeOwner{Issuer: "superoffice", Serial: "1600070120", Company: "Acme AB", Code: "ABCD-EFGH-IJKL-MNOP"}
		dry := admin
		dry.DryRun = true
		if _, err := in.ChangeOwner(ctx, dry, change); err != nil || v.kinds() != "" {
			t.Errorf("a preview: %v; it may not use the code up", err)
		}
		r, err := in.ChangeOwner(ctx, admin, change)
		must(t, err)
		if !r.Changed || r.Was != "1010000006" || r.Installation.Serial != "1600070120" || r.Installation.Company != "Acme AB" || r.Installation.Demo || r.Set == nil || r.Set.Status != "active" {
			t.Errorf("changed to %+v", r)
		}
		if a, err := in.Check(api.Check{Person: "anna", Module: "superoffice.sale-cal"}); err != nil || a.Effect != api.Allow {
			t.Errorf("anna afterwards: %+v, %v", a, err)
		}
		if l, err := in.License(ctx, admin, "superoffice.sales"); err != nil || l.Taken != 1 {
			t.Errorf("the pool afterwards: %+v, %v", l, err)
		}
		if a := authorityOf(t, in); a.Serial != "1600070120" || a.Reported != "" {
			t.Errorf("the license server: %+v", a)
		}
		again, err := in.ChangeOwner(ctx, admin, change)
		if err != nil || again.Installation.Serial != "1600070120" {
			t.Errorf("once more, because the answer was lost: %+v, %v", again, err)
		}
		v.f.Set(housetest.Noon.Add(time.Minute))
		v.f.Attend(ctx)
		if got := v.kinds(); !strings.HasSuffix(got, "accepted") {
			t.Errorf("the new set was not reported: %q", got)
		}
	})
}

func TestAChangeThatDoesNotFitChangesNothing(t *testing.T) {
	for _, row := range []struct {
		name   string
		set    func(*license.Set)
		change func(*api.ChangeOwner)
		want   string
	}{
		{"too few seats", func(s *license.Set) { s.Licenses = s.Licenses[:3] }, nil, "set.too-small"},
		{"another company than was typed", func(s *license.Set) { s.Company = "Somebody" }, nil, "owner.other-company"},
		{"another serial number in the set", func(s *license.Set) { s.Serial = otherSerial }, nil, "set.other-serial"},
		{"a mistyped serial number", nil, func(c *api.ChangeOwner) { c.Serial = "1600070121" }, "license.bad-serial"},
		{"no code", nil, func(c *api.ChangeOwner) { c.Code = "" }, "request.bad-value"},
		{"a code and a file", nil, func(c *api.ChangeOwner) { c.File = "x" }, "request.bad-value"},
		{"half a code", nil, func(c *api.ChangeOwner) { c.Code = "ABCD" }, "fetch.bad-code"},
	} {
		t.Run(row.name, func(t *testing.T) {
			v, in := demoInstallation(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			set := smallSet("SUPEROFFICE", 1)
			if row.set != nil {
				row.set(&set)
			}
			file := v.f.Vendors.File(t, set)
			v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
				r.NewSerial, r.File = q.NewSerial, file
			}
			change := api.ChangeOwner{Issuer: "superoffice", Serial: "1600070120", Company: "Acme AB", Code: "ABCD-EFGH-IJKL-MNOP"}
			if row.change != nil {
				row.change(&change)
			}
			before, err := in.Status(t.Context(), admin)
			must(t, err)
			if _, err := in.ChangeOwner(t.Context(), admin, change); code(err) != row.want {
				t.Errorf("%v; want %s", err, row.want)
			}
			after, err := in.Status(t.Context(), admin)
			must(t, err)
			before.Seq, before.Authorities, after.Seq, after.Authorities = 0, nil, 0, nil
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("afterwards (-before +after):\n%s", diff)
			}
		})
	}
}

func TestAFileChangesTheOwnerOnlyWhenItNamesTheKey(t *testing.T) {
	v, in := demoInstallation(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	own := licensefile.Fingerprint(licensefile.NewSigner(housetest.Key("demo-acme")).Public())
	for _, row := range []struct{ name, installation, want string }{
		{"without a key", "", "owner.not-bound"},
		{"with another key", "0123-4567-89ab-cdef-0123-4567-89ab-cdef", "set.other-installation"},
		{"with its key", own, ""},
	} {
		set := smallSet("SUPEROFFICE", 1)
		set.Installation = row.installation
		r, err := in.ChangeOwner(t.Context(), admin, api.ChangeOwner{Serial: "1600070120", File: string(v.f.Vendors.File(t, set))})
		if row.want != "" && code(err) != row.want || row.want == "" && (err != nil || r.Installation.Serial != "1600070120") {
			t.Errorf("%s: %+v, %v", row.name, r.Installation, err)
		}
	}
	if got := v.kinds(); got != "" {
		t.Errorf("a file needs no network; asked %q", got)
	}
}

// A real set that lacks the demo's plan takes over when people are moved in the
// same step, and not without.
func TestPeopleAreMovedAsTheOwnerChanges(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v, in := demoInstallation(t, db)
		set := smallSet("SUPEROFFICE", 1)
		set.Installation = licensefile.Fingerprint(licensefile.NewSigner(housetest.Key("demo-acme")).Public())
		set.Licenses = slices.DeleteFunc(set.Licenses, func(l license.License) bool { return l.Module == "sales" })
		change := api.ChangeOwner{Serial: "1600070120", File: string(v.f.Vendors.File(t, set))}
		if _, err := in.ChangeOwner(t.Context(), admin, change); code(err) != "set.too-small" {
			t.Errorf("nobody moved: %v", err)
		}
		change.Choices = []api.Choice{{Do: "switch", Everyone: true, Name: "superoffice.sales", To: "superoffice.none"}}
		dry := admin
		dry.DryRun = true
		for _, act := range []installation.Act{dry, admin} {
			r, err := in.ChangeOwner(t.Context(), act, change)
			must(t, err)
			if len(r.Effects) != 1 || r.Effects[0].Person != "anna" || r.Effects[0].Released[0].Name.Module != "sales" || r.Effects[0].Given[0].Name.Module != "none" || r.DryRun != act.DryRun {
				t.Errorf("dry run %v: %+v", act.DryRun, r)
			}
		}
		p, err := in.Person(t.Context(), admin, "anna")
		must(t, err)
		s, err := in.Status(t.Context(), admin)
		must(t, err)
		if len(p.Plans) != 1 || p.Plans[0].Name.Module != "none" || s.Installation.Serial != "1600070120" || s.Installation.Demo {
			t.Errorf("afterwards anna has %+v at %+v", p.Plans, s.Installation)
		}
	})
}
