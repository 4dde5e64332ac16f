package httpapi_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/httpapi"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// TestAProductThatLivesOnTheServersFeed opens the SDK against a real server: it
// answers like the server, follows changes, and keeps answering once the server
// is gone.
func TestAProductThatLivesOnTheServersFeed(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	c, err := entitle.Open(ctx, entitle.Options{
		Server: w.server.URL + "/acme", Token: w.tokens["check"], Roots: w.Vendors.Trust(), Now: w.Clock,
		InstallationKey: housetest.Key("acme").Public().(ed25519.PublicKey),
	})
	w.must(err)
	defer c.Close()
	module := license.NameOf("SUPEROFFICE", "user")
	expect := func(person string, want entitle.Effect) {
		t.Helper()
		server := into[api.Answer](w, ask{method: "POST", path: "/v1/check", body: `{"person":"` + person + `","module":"superoffice.user"}`})
		if a := c.Check(person, module); a.Effect != want || a.Effect.String() != server.Effect || a.Reason.String() != server.Reason || a.Until != server.Until {
			t.Errorf("%s: the product says %s, the server %+v, want %s", person, a, server, want)
		}
	}
	expect("anna", entitle.Allow)
	expect("cy", entitle.Deny)
	given := into[api.ChangedPerson](w, ask{method: "PUT", path: "/v1/people/cy/plan", body: `{"plan":"service"}`})
	w.must(c.Reached(ctx, given.Seq))
	expect("cy", entitle.Allow)

	why, err := c.Explain(ctx, api.Check{Person: "cy", Module: "user"}, "sv")
	w.must(err)
	if why.Effect != api.Allow || len(why.Paths) != 1 || !strings.HasPrefix(why.Paths[0].Steps[0].Text, "Personen") || why.Question.Module != "superoffice.user" {
		t.Errorf("the product explains %+v", why)
	}
	_, err = c.Explain(ctx, api.Check{Person: "cy"}, "")
	if refusal := new(entitle.ServerError); !errors.As(err, &refusal) || refusal.Code() != "check.bad-question" {
		t.Errorf("a question about nothing: %v", err)
	}

	renewal := w.set
	renewal.Number, renewal.Previous = 2, into[api.Set](w, ask{method: "GET", path: "/v1/sets/superoffice-1"}).Checkpoint
	renewal.Licenses = append(renewal.Licenses[:len(renewal.Licenses):len(renewal.Licenses)],
		license.License{Module: "extra-feature", Kind: license.System, Quantity: 1})
	into[api.LoadedSet](w, ask{method: "POST", path: "/v1/sets", body: string(w.Vendors.File(t, renewal))})
	activated := into[api.Activated](w, ask{method: "POST", path: "/v1/sets/superoffice-2/activate"})
	w.must(c.Reached(ctx, activated.Seq))
	if a := c.CheckSystem(license.NameOf("SUPEROFFICE", "extra-feature")); !a.Allowed() {
		t.Errorf("after the activation the product says %s", a)
	}
	w.server.CloseClientConnections()
	w.server.Close()
	if a := c.Check("cy", module); !a.Allowed() {
		t.Errorf("without the server the product says %s", a)
	}
}

// answered hears when the change stream has begun.
type answered chan bool

func (a answered) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if strings.HasSuffix(r.URL.Path, "/v1/changes") {
		select {
		case a <- true:
		default:
		}
	}
	return res, err
}

// A product keeps the furthest head it saw and tells it whenever it connects: that
// a database was put back is found though nothing on the machine remembers it, and
// nothing is wrong once somebody has taken the backup into use.
func TestAProductTellsWhichHeadItSawLast(t *testing.T) {
	w := newWorld(t)
	incidents := w.KeepFiles(t)
	w.Reopen(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	serve := func() {
		w.server = httptest.NewServer(httpapi.New(w.House, slog.New(slog.DiscardHandler)))
		t.Cleanup(w.server.Close)
	}
	serve()
	cache := t.TempDir()
	host := installation.Act{By: housetest.Host}
	// saw opens the product, has something change, and closes it.
	saw := func(user string) string {
		t.Helper()
		streams := make(answered, 1)
		c, err := entitle.Open(ctx, entitle.Options{Server: w.server.URL + "/acme", Token: w.tokens["check"], Cache: cache, Now: w.Clock, HTTP: &http.Client{Transport: streams}})
		w.must(err)
		defer c.Close()
		<-streams
		for changed := c.Changed(); !c.Status().Connected; changed = c.Changed() {
			select {
			case <-changed:
			case <-ctx.Done():
				t.Fatal("no head comes")
			}
		}
		if user != "" {
			done, err := w.Installation("acme").AddPerson(ctx, host, api.NewPerson{UserID: user})
			w.must(err)
			w.must(c.Reached(ctx, done.Seq))
		}
		return c.Status().Head
	}
	told := func() (n int) {
		t.Helper()
		list, err := w.Installation("acme").Events(ctx, host, false, 0, "")
		w.must(err)
		for _, e := range list.Items {
			if e.Code == installation.NoticeWitness {
				n++
			}
		}
		return n
	}
	first := saw("")
	backup := w.Backup(t)
	w.server.Close()
	w.Reopen(t)
	serve()
	_, err := w.Installation("acme").AddPerson(ctx, host, api.NewPerson{UserID: "eva"})
	w.must(err)
	late := saw("fia")
	if late == first || late != w.Installation("acme").PrintedHead().Head || told() != 0 {
		t.Errorf("it saw %s and then %s, and %d notices", first, late, told())
	}
	again := saw("") // it is kept, and this very history goes on from it
	if told() != 0 || again != late {
		t.Errorf("it saw %s, and %d notices", again, told())
	}
	w.server.Close()
	w.PutBack(t, backup)
	w.Reopen(t)
	serve()
	if told() != 0 {
		t.Fatal("it is told before anybody said it")
	}
	if kept := saw(""); kept != late {
		t.Errorf("it has forgotten %s for %s", late, kept)
	}
	files, _ := filepath.Glob(filepath.Join(incidents, "witness-acme-*.json"))
	status, err := w.Installation("acme").Status(ctx, host)
	w.must(err)
	if told() != 1 || len(files) != 1 || status.Integrity.Rollback != "cannot-be-checked" {
		t.Errorf("%d notices, files %v, %+v", told(), files, status.Integrity)
	}
	w.server.Close()
	_, err = w.AcceptRestore(ctx, installation.Restore{By: housetest.Host, Administrator: "Karin", Reason: "a disk", Heads: []string{late}})
	w.must(err)
	w.Reopen(t)
	serve()
	if saw(""); told() != 0 {
		t.Error("it is still told of after the restore was accepted")
	}
}

// A head that is nonsense, or of somebody else, keeps nobody from the stream.
func TestANonsensicalHeadIsNoReasonToRefuse(t *testing.T) {
	w := newWorld(t)
	for _, head := range []string{"x", strings.Repeat("y", 5000), w.Installation("birka").PrintedHead().Head} {
		r, err := http.NewRequest(http.MethodGet, w.server.URL+"/acme/v1/changes", nil)
		w.must(err)
		r.Header.Set("Authorization", "Bearer "+w.tokens["check"])
		r.Header.Set(api.HeadHeader, head)
		res, err := http.DefaultClient.Do(r)
		w.must(err)
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%.20s: %s", head, res.Status)
		}
	}
}

// TestAProductHearsThatASetIsOutOfForce learns of a revocation through the feed,
// and answers like the server on the eve of its day and on the day.
func TestAProductHearsThatASetIsOutOfForce(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	open := func() *entitle.Client {
		c, err := entitle.Open(ctx, entitle.Options{Server: w.server.URL + "/acme", Token: w.tokens["check"], Roots: w.Vendors.Trust(), Now: w.Clock})
		w.must(err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	day := license.Date{Year: 2026, Month: 7, Day: 1}
	follower := open()
	vendors := w.Vendors.Revoked(t, "SUPEROFFICE", licensefile.DropOn, day)
	learned := into[api.LoadedSet](w, ask{method: "POST", path: "/v1/sets", body: string(vendors.KeyLists())})
	if learned.Keys == nil || learned.Keys.Number != 2 || len(learned.Notes) != 1 || learned.Set.ID != "" {
		t.Errorf("learning it says %+v", learned)
	}
	w.must(follower.Reached(ctx, learned.Seq))
	for _, now := range []time.Time{day.Midnight(time.UTC).Add(-time.Second), day.Midnight(time.UTC)} {
		w.Set(now)
		w.Reopen(t)
		w.server = httptest.NewServer(httpapi.New(w.House, slog.New(slog.DiscardHandler)))
		t.Cleanup(w.server.Close)
		want := entitle.Answer{Effect: entitle.Deny, Reason: entitle.SetDropped}
		if now.Before(day.Midnight(time.UTC)) {
			want = follower.Check("anna", license.NameOf("SUPEROFFICE", "user"))
			if !want.Allowed() {
				t.Errorf("on the eve the product says %s", want)
			}
		}
		// One that opens now has it from the holdings.
		if a := open().Check("anna", license.NameOf("SUPEROFFICE", "user")); a != want {
			t.Errorf("at %v a product says %s, want %s", now, a, want)
		}
	}
}

// A product learns of No login from the stream at once, from the holdings when
// it opens, and from its cache while the server is away; and it hears when it is
// over.
func TestAProductKeepsPeopleOutWhileNoLoginIsOnAlsoFromItsCache(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	cache := t.TempDir()
	open := func() *entitle.Client {
		c, err := entitle.Open(ctx, entitle.Options{Server: w.server.URL + "/acme", Token: w.tokens["check"], Now: w.Clock, Cache: cache, Log: slog.New(slog.DiscardHandler)})
		w.must(err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	web := license.NameOf("SUPEROFFICE", "web")
	expect := func(c *entitle.Client, when string, want entitle.Answer) {
		t.Helper()
		if a := c.CheckLogin("anna", web); a != want {
			t.Errorf("%s: %s, want %s", when, a, want)
		}
	}
	follower := open()
	before := follower.CheckLogin("anna", web)
	shut := entitle.Answer{Effect: entitle.Deny, Reason: entitle.NoLoginEvent, Until: license.Date{Year: 2026, Month: 6, Day: 10}}
	started := into[api.ChangedEvent](w, ask{method: "POST", path: "/v1/events", body: `{"type":"no-login","expected":"2026-06-10T20:00:00Z","texts":{"sv":"Vi uppgraderar"}}`})
	w.must(follower.Reached(ctx, started.Seq))
	expect(follower, "who follows", shut)
	if e, ok := follower.Index().Closed("anna"); !ok || e.Texts.In("sv") != "Vi uppgraderar" || !e.Expected.Equal(started.Event.Expected) {
		t.Errorf("it is closed by %+v, %v", e, ok)
	}
	if all := follower.Index().Events("anna"); len(all) != 1 {
		t.Errorf("anna is shown %+v", all)
	}
	follower.Close()
	late := open()
	expect(late, "who opens now", shut)
	late.Close() // a server ends when nobody asks it any more
	w.server.CloseClientConnections()
	w.server.Close()
	expect(open(), "from the cache", shut)
	w.server = httptest.NewServer(httpapi.New(w.House, slog.New(slog.DiscardHandler)))
	t.Cleanup(w.server.Close)
	ended := into[api.ChangedEvent](w, ask{method: "POST", path: "/v1/events/1/end"})
	back := open()
	w.must(back.Reached(ctx, ended.Seq))
	expect(back, "when it is over", before)
}
