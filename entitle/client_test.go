package entitle_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/entitletest"
	"github.com/pott-dev/pott/license"
)

// acme is a set with plans for selling and for reading.
func acme() *entitletest.Set {
	return entitletest.NewSet("ACME").On("server").Feature("sale", "sale-cal").
		Plan("sales", "user", "web", "sale-cal").Plan("reader", "user", "web").Plan("nothing").
		Client("web", "server", "user", "web")
}

var (
	web     = license.NameOf("ACME", "web")
	sale    = license.NameOf("ACME", "sale")
	saleCal = license.NameOf("ACME", "sale-cal")
)

func want(t *testing.T, what string, got entitle.Answer, text string) {
	t.Helper()
	if got.String() != text {
		t.Errorf("%s: got %v, want %s", what, got, text)
	}
}

// later lets time pass in a bubble, and everything that then happens happen.
func later(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

const days = 24 * time.Hour

func TestChangesAreKnownAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).Person("anna", "sales").Person("bo", "reader")
		c := inst.Open(t)
		want(t, "at first", c.CheckEdit("anna", sale), "allow (included)")
		inst.Person("anna", "reader")
		want(t, "after another plan", c.CheckEdit("anna", sale), "read-only (no-edit)")
		inst.Login("anna", false)
		want(t, "without a login", c.CheckLogin("anna", web), "deny (no-login)")
		inst.Login("anna", true).ValidThrough("anna", time.Now().Format(time.DateOnly))
		want(t, "with a login until today", c.CheckLogin("anna", web), "allow (held) until "+time.Now().Format(time.DateOnly))
		later(1 * days)
		want(t, "the day after", c.CheckLogin("anna", web), "deny (valid-through-passed)")
		inst.Remove("bo")
		want(t, "of somebody deleted", c.CheckLogin("bo", web), "deny (person-unknown)")
		inst.Set(entitletest.NewSet("ACME").Plan("sales", "user"))
		want(t, "under a set without it", c.CheckSystem(sale), "deny (feature-off)")
		inst.Set(entitletest.NewSet("HUMBUG").On("sale"))
		want(t, "of another issuer", c.CheckSystem(license.NameOf("HUMBUG", "sale")), "allow (system)")
	})
}

func TestDatesPassWithoutAnybodyAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
		inst := entitletest.New(t).Set(acme().Ends(day(2), day(4))).Person("anna", "sales")
		c := inst.Open(t)
		want(t, "at first", c.Check("anna", saleCal), "allow (included) until "+day(4))
		later(3 * days)
		want(t, "in grace", c.Check("anna", saleCal), "allow (included) until "+day(4)+", in grace")
		later(2 * days)
		want(t, "after grace", c.Check("anna", saleCal), "read-only (issuer-read-only)")
		want(t, "signing in after grace", c.CheckLogin("anna", web), "allow (issuer-read-only)")
		if s := c.Status(); len(s.Sets) != 1 || s.Sets[0].State != license.ReadOnly || s.Sets[0].End != date(day(4)) {
			t.Errorf("the status says %+v", s.Sets)
		}
		inst.Set(acme().Ends(day(400), ""))
		want(t, "after a renewal", c.Check("anna", saleCal), "allow (included) until "+day(400))
	})
}

func TestTheServerGoesAwayAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).MaxAge(2).Person("anna", "sales").Person("bo", "reader")
		c := inst.Open(t)
		left := time.Now()
		inst.Offline()
		if s := c.Status(); s.Connected || s.Err == nil || s.Stale || !s.StaleAt.Equal(left.Add(2*days)) {
			t.Errorf("just after it left, the status says %+v", s)
		}
		inst.Person("anna", "reader")
		later(47 * time.Hour)
		want(t, "within the maximum age", c.Check("anna", saleCal), "allow (included)")
		later(time.Hour + time.Second)
		want(t, "beyond the maximum age", c.Check("anna", saleCal), "deny (stale)")
		want(t, "signing in beyond the maximum age", c.CheckLogin("anna", web), "deny (stale)")
		want(t, "of a stranger beyond the maximum age", c.Check("nobody", saleCal), "deny (stale)")
		want(t, "a feature beyond the maximum age", c.CheckSystem(sale), "allow (system)")
		if s := c.Status(); !s.Stale {
			t.Errorf("beyond the maximum age, the status says %+v", s)
		}
		inst.Online()
		want(t, "back online", c.Check("anna", saleCal), "deny (not-held)")
		want(t, "somebody untouched, back online", c.CheckLogin("bo", web), "allow (held)")
		if s := c.Status(); s.Stale || s.WentBack || s.Err != nil {
			t.Errorf("back online, the status says %+v", s)
		}
	})
}

func TestASilentServerIsNotAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).MaxAge(1).Person("anna", "sales")
		c := inst.Open(t)
		later(3 * days)
		want(t, "after days without a change", c.Check("anna", saleCal), "allow (included)")
		if s := c.Status(); !s.Connected || time.Since(s.AsOf) > time.Minute {
			t.Errorf("the status says %+v", s)
		}
	})
}

// TestAStreamThatHangsIsGivenUp follows a server whose stream goes silent
// without ending, as behind a broken proxy.
func TestAStreamThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).Person("anna", "sales")
		o := inst.Options()
		way := o.HTTP.Transport
		hangs := 0
		o.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/changes") && hangs < 3 {
				hangs++
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return way.RoundTrip(r)
		})}
		c, err := entitle.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		inst.Person("anna", "reader")
		later(10 * time.Minute)
		want(t, "after three silent streams", c.Check("anna", saleCal), "deny (not-held)")
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheServerIsRestoredFromABackup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).Person("anna", "sales").Person("bo", "sales")
		c := inst.Open(t)
		backup := inst.Holdings().People[:1]
		highest := inst.Seq()
		inst.Restore(highest+1, backup...)
		want(t, "of somebody who is not in the backup", c.Check("bo", saleCal), "deny (person-unknown)")
		want(t, "of somebody who is", c.Check("anna", saleCal), "allow (included)")
		if s := c.Status(); s.WentBack {
			t.Errorf("a proper restore counts as going back: %+v", s)
		}
		inst.Restore(highest-1, backup...)
		if s := c.Status(); !s.WentBack || s.Highest != highest+1 || s.Seq != highest-1 {
			t.Errorf("the server went back, and the status says %+v", s)
		}
	})
}

func TestReadingAgainAfterTooManyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).Person("anna", "sales")
		c := inst.Open(t)
		h, _ := c.Person("anna")
		m := c.Module(saleCal)
		inst.Offline().Person("bo", "sales").Forget().Online()
		want(t, "of somebody new", c.Check("bo", saleCal), "allow (included)")
		want(t, "a handle from before", c.CheckHandle(h, m), "allow (included)")
	})
}

func TestOpeningIsRefused(t *testing.T) {
	t.Parallel()
	inst := entitletest.New(t).Set(acme()).Person("anna", "sales")
	theirs := entitletest.New(t).Set(acme())
	for _, row := range []struct {
		sentence string
		change   func(*entitle.Options)
		code     string
		why      string
	}{
		{"a wrong token", func(o *entitle.Options) { o.Token = "pott_wrong" }, "auth.invalid", "the token is not known"},
		{"another installation's key", func(o *entitle.Options) { o.InstallationKey = theirs.Key().Public() }, "holdings.bad-signature", "not that of the installation"},
		{"roots that did not sign the sets", func(o *entitle.Options) { o.Roots = theirs.Keys.Trust() }, "set.untrusted", ""},
		{"something that is no Pott server", func(o *entitle.Options) { o.HTTP = answering(200, "<html>") }, "holdings.bad-format", "the first line"},
		{"a proxy that cannot reach the server", func(o *entitle.Options) { o.HTTP = answering(502, "<html>") }, "entitle.bad-answer", "502"},
		{"an answer without end", func(o *entitle.Options) { o.HTTP = answering(404, "") }, "entitle.bad-answer", "404"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := inst.Options()
			row.change(&o)
			_, err := entitle.Open(t.Context(), o)
			wantError(t, err, row.code, row.why)
		})
	}
	o := inst.Options()
	o.TokenFile = filepath.Join(t.TempDir(), "token")
	if _, err := entitle.Open(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the token file: %v", err)
	}
	if err := os.WriteFile(o.TokenFile, []byte(entitletest.Token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := entitle.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if s := c.Status(); !errors.Is(s.Err, entitle.ErrClosed) {
		t.Errorf("closed, the status says %+v", s)
	}
	want(t, "closed", c.Check("anna", saleCal), "allow (included)")
}

func answering(status int, body string) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		w := &recorder{header: http.Header{}}
		w.body.WriteString(body)
		return &http.Response{StatusCode: status, Status: fmt.Sprint(status, " ", http.StatusText(status)), Header: w.header, Body: w, Request: r}, nil
	})}
}

type recorder struct {
	header http.Header
	body   strings.Builder
	read   bool
}

func (w *recorder) Read(p []byte) (int, error) {
	if w.read || w.body.Len() == 0 {
		return 0, errEnd
	}
	w.read = true
	return copy(p, w.body.String()), nil
}

func (w *recorder) Close() error { return nil }

var errEnd = func() error { _, err := strings.NewReader("").ReadByte(); return err }()

// TestTheFirstKeySeenIsKept lets a server change its key under a client that
// was given none.
func TestTheFirstKeySeenIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours := entitletest.New(t).Set(acme()).Person("anna", "sales")
		theirs := entitletest.New(t).Set(acme()).Person("anna", "sales")
		o := ours.Options()
		o.InstallationKey, o.Roots.Roots = nil, nil
		var way atomic.Value // of http.RoundTripper
		way.Store(o.HTTP.Transport)
		o.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return way.Load().(http.RoundTripper).RoundTrip(r)
		})}
		c, err := entitle.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		ours.Offline()
		synctest.Wait()
		way.Store(theirs.Options().HTTP.Transport)
		theirs.Person("anna").Restore(100)
		later(time.Minute)
		want(t, "when another server has taken the address", c.Check("anna", saleCal), "allow (included)")
		if s := c.Status(); s.Err == nil {
			t.Errorf("the status says %+v", s)
		}
	})
}

func TestAProgramStartsWhileTheServerIsAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).MaxAge(2).Person("anna", "sales").Person("bo")
		cached := func(o *entitle.Options) { o.Cache = dir }
		c := inst.Open(t, cached)
		later(2 * time.Hour)
		inst.Person("bo", "sales") // the cache is older than an hour, so it is written again
		synctest.Wait()
		made := time.Now()
		inst.Set(acme()).Offline()
		c.Close()

		o := inst.Options()
		cached(&o)
		again, err := entitle.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "from the cache", again.Check("bo", saleCal), "allow (included)")
		if s := again.Status(); s.Connected || s.Err == nil || !s.AsOf.Equal(made.Truncate(time.Second)) {
			t.Errorf("from the cache, the status says %+v", s)
		}
		later(2*days + time.Second)
		want(t, "from a cache that is too old", again.Check("bo", saleCal), "deny (stale)")
		inst.Online()
		later(time.Minute)
		want(t, "from the server, after all", again.Check("bo", saleCal), "allow (included)")
		again.Close()

		inst.Offline()
		_, err = entitle.Open(t.Context(), inst.Options())
		if err == nil {
			t.Error("a client without a cache opens while the server is away")
		}
		o.Token = "pott_wrong"
		inst.Online()
		_, err = entitle.Open(t.Context(), o)
		wantError(t, err, "auth.invalid", "")
	})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Errorf("the cache holds %v, %v", files, err)
	}
}

func TestADamagedCacheGivesNothing(t *testing.T) {
	inst := entitletest.New(t).Set(acme()).Person("anna", "sales")
	dir := t.TempDir()
	cached := func(o *entitle.Options) { o.Cache = dir }
	inst.Open(t, cached).Close()
	inst.Offline()
	o := inst.Options()
	cached(&o)
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 3 {
		t.Fatalf("the cache holds %v", files)
	}
	for _, path := range files {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := []byte(strings.Replace(strings.Replace(string(good), "sales", "saleX", 1), "installation", "inztallation", 1))
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := entitle.Open(t.Context(), o); err == nil && filepath.Base(path) != "seen" {
			c.Close()
			t.Errorf("a damaged %s is believed", filepath.Base(path))
		} else if err == nil {
			c.Close()
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := entitle.Open(t.Context(), o); err != nil {
		t.Errorf("put right again, the cache is refused: %v", err)
	} else {
		c.Close()
	}
}

func TestTheHighestStateIsRememberedAcrossStarts(t *testing.T) {
	inst := entitletest.New(t).Set(acme()).Person("anna", "sales")
	dir := t.TempDir()
	cached := func(o *entitle.Options) { o.Cache = dir }
	inst.Open(t, cached).Close()
	highest := inst.Seq()
	inst.Restore(highest - 1)
	if s := inst.Open(t, cached).Status(); !s.WentBack || s.Highest != highest {
		t.Errorf("a new start on a server that went back: %+v", s)
	}
}

// TestTheClockIsBehind opens a client on a machine whose clock is a year behind.
func TestTheClockIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		inst := entitletest.New(t).Set(acme().Ends(now.AddDate(0, 0, 5).Format(time.DateOnly), "")).Person("anna", "sales")
		behind := func(o *entitle.Options) { o.Now = func() time.Time { return time.Now().AddDate(-1, 0, 0) } }
		c := inst.Open(t, behind)
		inst.Offline()
		later(6 * days)
		want(t, "after the set's last day", c.Check("anna", saleCal), "read-only (issuer-read-only)")
	})
}

func TestReadingOnesOwnChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).Person("anna")
		o := inst.Options()
		c, err := entitle.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		inst.Person("anna", "sales")
		if err := c.Reached(t.Context(), inst.Seq()); err != nil {
			t.Fatal(err)
		}
		want(t, "one's own change", c.Check("anna", saleCal), "allow (included)")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := c.Reached(ctx, inst.Seq()+1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a state that does not come: %v", err)
		}
	})
}

func TestFromFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		inst := entitletest.New(t).Set(acme().Ends(now.AddDate(0, 0, 20).Format(time.DateOnly), "")).MaxAge(10).Person("anna", "sales")
		files := inst.Files()
		quiet := entitle.Options{Log: slog.New(slog.DiscardHandler)}
		c, err := entitle.OpenFiles(files, quiet)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		until := " until " + now.AddDate(0, 0, 20).Format(time.DateOnly)
		want(t, "from files", c.CheckLogin("anna", web), "allow (held)"+until)
		later(10*days + time.Second)
		want(t, "when the holdings are too old", c.CheckLogin("anna", web), "deny (stale)")
		want(t, "a feature when the holdings are too old", c.CheckSystem(sale), "allow (system)"+until)
		later(11 * days)
		want(t, "a feature when the set has ended", c.CheckSystem(sale), "read-only (issuer-read-only)")

		without := files
		without.Holdings = nil
		d, err := entitle.OpenFiles(without, quiet)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		want(t, "without holdings", d.CheckLogin("anna", web), "deny (stale)")
		if s := d.Status(); !s.AsOf.IsZero() || !s.StaleAt.IsZero() || !s.Stale {
			t.Errorf("without holdings, the status says %+v", s)
		}

		inst.Set(acme().On("more"))
		newer := files
		newer.Licenses = inst.Files().Licenses
		e, err := entitle.OpenFiles(newer, quiet)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if s := e.Status(); !s.OtherSets {
			t.Errorf("with a newer license file than the holdings know, the status says %+v", s)
		}
		if s := c.Status(); s.OtherSets {
			t.Errorf("with the license file the holdings know, the status says %+v", s)
		}

		unsigned := files
		unsigned.InstallationKey = nil
		_, err = entitle.OpenFiles(unsigned, quiet)
		wantError(t, err, "holdings.bad-signature", "")
		rootless := files
		rootless.Roots.Roots = nil
		_, err = entitle.OpenFiles(rootless, quiet)
		wantError(t, err, "set.untrusted", "")
	})
}

// TestClosingWaitsForNothing closes a client on the real clock, in the middle of
// a stream.
func TestClosingWaitsForNothing(t *testing.T) {
	t.Parallel()
	c := entitletest.New(t).Set(acme()).Open(t)
	closed := make(chan struct{})
	go func() {
		c.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(30 * time.Second):
		t.Error("the client is not closed yet")
	}
}
