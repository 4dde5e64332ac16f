package installation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licenseserver"
)

// An address that does not answer holds up neither mail nor other addresses.
func TestASlowAddressDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	f, box := withMail(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	in := f.Installation("acme")
	held, heard := make(chan struct{}), make(chan string, 10)
	var called atomic.Int64
	for range 2 {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if called.Add(1) == 1 { // whichever is called first is the slow one
				<-held
				return
			}
			var doc api.MessageCall
			if json.NewDecoder(r.Body).Decode(&doc) == nil {
				heard <- doc.Event
			}
		}))
		defer server.Close()
		_, err := in.AddWebhook(t.Context(), admin, api.NewWebhook{URL: server.URL})
		must(t, err)
	}
	mailed := make(chan struct{}, 10)
	f.Mail(t, "", func(ctx context.Context, l installation.Letter) error {
		mailed <- struct{}{}
		return box.take(ctx, l)
	})
	in = f.Installation("acme")
	fill(t, in)
	var telling sync.WaitGroup
	telling.Go(func() { in.Tell(t.Context()) })
	// While the one address holds what came, everybody else hears of it.
	for _, c := range []<-chan struct{}{mailed, gone(heard)} {
		select {
		case <-c:
		case <-time.After(9 * time.Second): // the slow one is given up after ten
			t.Error("a slow address delays others")
		}
	}
	close(held)
	telling.Wait()
	got(t, "mail", box, "karin@example.com: superoffice.scan is full: 3 of 3 in use – Acme AB")
}

// gone is closed when something was heard.
func gone(heard <-chan string) <-chan struct{} {
	c := make(chan struct{})
	go func() { <-heard; close(c) }()
	return c
}

// Where nobody answers, the others would wait as long for nothing.
func TestAMailServerThatDoesNotAnswerIsAskedOnceARound(t *testing.T) {
	t.Parallel()
	f, box := withMail(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	in := f.Installation("acme")
	_, err := in.GiveRole(t.Context(), admin, "ulla", "administrator")
	must(t, err)
	box.fails = &installation.NoMailServerError{Why: "refused"}
	fill(t, in)
	in.Tell(t.Context())
	if box.tries != 1 {
		t.Errorf("it was asked %d times", box.tries)
	}
	box.fails = nil
	f.Set(f.Clock().Add(2 * time.Minute))
	in.Tell(t.Context())
	if letters := box.empty(); len(letters) != 2 {
		t.Errorf("when it answers again: %v", letters)
	}
}

// What an address has no time for in one round leaves with the next, and has not
// been tried.
func TestAnAddressThatTakesLongIsLeftForTheNextRound(t *testing.T) {
	t.Parallel()
	f, box := withMail(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	in := f.Installation("acme")
	const others = 14 // more than a message is tried
	for i := range others {
		id := fmt.Sprint("admin-", i)
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true, Email: id + "@example.com"})
		must(t, err)
		_, err = in.GiveRole(t.Context(), admin, id, "administrator")
		must(t, err)
	}
	in.Tell(t.Context())
	box.empty()
	in.LaneTime(time.Nanosecond)
	fill(t, in)
	in.Tell(t.Context())
	if letters := box.empty(); len(letters) != others+1 {
		t.Errorf("%d letters of %d: %v", len(letters), others+1, letters)
	}
	rounds, err := in.Audit(t.Context(), admin, installation.AuditFilter{Action: "message.try", Limit: 100})
	if must(t, err); len(rounds.Items) != others+1 {
		t.Errorf("%d rounds", len(rounds.Items))
	}
}

// withPost is an installation that is connected to its license server and has
// somebody of each role, who all have an address.
func withPost(t *testing.T, db *sqldb.DB) (*vendor, *postbox) {
	t.Helper()
	v, _ := connected(t, db)
	box := &postbox{}
	v.f.Mail(t, "https://licenses.example.com/", box.take)
	in := v.f.Installation("acme")
	for id, role := range map[string]string{"karin": "administrator", "rolf": "auditor", "ulla": "user-administrator"} {
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true, Email: id + "@example.com"})
		must(t, err)
		_, err = in.GiveRole(t.Context(), admin, id, role)
		must(t, err)
	}
	in.Tell(t.Context())
	box.empty()
	return v, box
}

func TestAWitnessThatDiffersIsToldAdministratorsAndAuditorsOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v, box := withPost(t, db)
		in := v.f.Installation("acme")
		v.say = func(q *licenseserver.Request, r *licenseserver.Reply) {
			r.Last = licenseserver.Place{Seq: q.Seq + 100, Epoch: q.Epoch, Head: strings.Repeat("0", len(q.Head))}
		}
		_, err := in.Fetch(t.Context(), admin, "superoffice")
		must(t, err)
		in.Tell(t.Context())
		letters := box.empty()
		var to []string
		for _, l := range letters {
			address, subject, _ := strings.Cut(l, ": ")
			to = append(to, address)
			if subject == "" || strings.Contains(subject, "{{") {
				t.Errorf("the subject is %q", subject)
			}
		}
		if want := []string{"karin@example.com", "rolf@example.com"}; !slices.Equal(to, want) {
			t.Errorf("told are %v, want %v", letters, want)
		}
		in.Tell(t.Context())
		got(t, "once more", box)
	})
}

func TestALicenseServerThatIsSilentForTwoDaysIsToldAdministratorsOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v, box := withPost(t, db)
		in := v.f.Installation("acme")
		begun := time.Date(2026, 7, 10, 12, 0, 0, 0, time.UTC) // it is asked from that day on
		v.send = func([]byte, *licenseserver.Reply) ([]byte, error) { return nil, http.ErrServerClosed }
		told := map[string]int{}
		for hours := 0; hours <= 8*24; hours += 6 {
			v.f.Set(begun.Add(time.Duration(hours) * time.Hour))
			v.f.Attend(t.Context())
			in.Tell(t.Context())
			for _, l := range box.empty() {
				address, _, _ := strings.Cut(l, ": ")
				told[address]++
				if hours < 48 {
					t.Errorf("after %d hours: %s", hours, l)
				}
			}
		}
		if len(told) != 1 || told["karin@example.com"] != 1 {
			t.Errorf("told are %v", told)
		}
		v.send = nil
		_, err := in.Fetch(t.Context(), admin, "")
		must(t, err)
		in.Tell(t.Context())
		got(t, "when it answers again", box)
	})
}
