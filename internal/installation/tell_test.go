package installation_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// A postbox keeps the letters that were handed over; while it fails it takes none.
type postbox struct {
	mu      sync.Mutex
	letters []installation.Letter
	fails   error
	tries   int
	taking  func() // called when a letter arrives, before it is kept
}

func (p *postbox) take(_ context.Context, l installation.Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries++
	if p.taking != nil {
		p.taking()
	}
	if p.fails != nil {
		return p.fails
	}
	p.letters = append(p.letters, l)
	return nil
}

// empty returns what came, as "address: subject", sorted, and forgets it.
func (p *postbox) empty() (got []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
		got = append(got, l.To+": "+l.Subject)
	}
	p.letters = nil
	slices.Sort(got)
	return got
}

// withMail is an installation with an administrator, an auditor, a user
// administrator and a colleague, who all have an address.
func withMail(t *testing.T, db *sqldb.DB) (*housetest.Fixture, *postbox) {
	t.Helper()
	f, box := housetest.New(t, db, "acme"), &postbox{}
	f.Mail(t, "https://licenses.example.com/", box.take)
	in := f.Installation("acme")
	set := smallSet("SUPEROFFICE", 1)
	enforce(t, f, in, set)
	for id, role := range map[string]seat.Role{"karin": seat.Administrator, "rolf": seat.Auditor, "ulla": seat.UserAdministrator, "bo": ""} {
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true, Email: id + "@example.com"})
		must(t, err)
		if role != "" {
			_, err = in.GiveRole(t.Context(), admin, id, string(role))
			must(t, err)
		}
	}
	_, err := in.PutDefaults(t.Context(), admin, api.DefaultsPatch{Language: new("en")})
	must(t, err)
	in.Tell(t.Context())
	box.empty()
	return f, box
}

// fill gives all three seats of a license away.
func fill(t *testing.T, in *installation.Installation) {
	t.Helper()
	for _, id := range []string{"bo", "rolf", "ulla"} {
		_, err := in.GiveExtra(t.Context(), admin, id, "scan", 1, "")
		must(t, err)
	}
}

func got(t *testing.T, what string, box *postbox, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, box.empty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAFullPoolIsToldOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		in := f.Installation("acme")
		fill(t, in)
		in.Tell(t.Context())
		full := "karin@example.com: superoffice.scan is full: 3 of 3 in use – Acme AB"
		got(t, "when it became full", box, full)
		in.Tell(t.Context())
		f.Reopen(t)
		in = f.Installation("acme")
		in.Tell(t.Context())
		got(t, "later, and after a restart", box)

		_, err := in.RemoveExtra(t.Context(), admin, "bo", "scan")
		must(t, err)
		in.Tell(t.Context())
		_, err = in.GiveExtra(t.Context(), admin, "bo", "scan", 1, "")
		must(t, err)
		in.Tell(t.Context())
		got(t, "when it is full again on the same day", box)
		f.Set(f.Clock().Add(25 * time.Hour))
		in.Tell(t.Context())
		got(t, "while it is full the next day", box)
		_, err = in.RemoveExtra(t.Context(), admin, "bo", "scan")
		must(t, err)
		in.Tell(t.Context())
		_, err = in.GiveExtra(t.Context(), admin, "bo", "scan", 1, "")
		must(t, err)
		in.Tell(t.Context())
		got(t, "when it is full again another day", box, full)
	})
}

func TestTwoServersOnOneDatabaseTellOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		other := f.Second(t)
		defer other.Close()
		fill(t, f.Installation("acme"))
		must(t, other.Refresh(t.Context()))
		var both sync.WaitGroup
		for _, house := range []*installation.House{f.House, other} {
			both.Go(func() { house.Installation("acme").Tell(t.Context()) })
		}
		both.Wait()
		if letters := box.empty(); len(letters) != 1 {
			t.Errorf("two servers sent %v", letters)
		}
	})
}

func TestAServerKilledWhileItDeliversLosesNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		fill(t, f.Installation("acme"))
		dying, die := context.WithCancel(t.Context())
		var first string
		box.fails = errors.New("it never came back from there")
		f.Mail(t, "", func(ctx context.Context, l installation.Letter) error {
			first = l.ID
			die()
			f.House.Close() // what became of it is never written down
			f.House = nil
			return box.fails
		})
		f.Installation("acme").Tell(dying)
		if first == "" {
			t.Fatal("nothing was tried")
		}
		box.fails = nil
		f.Mail(t, "", box.take)
		f.Installation("acme").Tell(t.Context())
		got(t, "before the pause is over", box)
		f.Set(f.Clock().Add(2 * time.Minute))
		f.Installation("acme").Tell(t.Context())
		if len(box.letters) != 1 || box.letters[0].ID != first {
			t.Errorf("first %s, then %+v", first, box.letters)
		}
		got(t, "after it", box, "karin@example.com: superoffice.scan is full: 3 of 3 in use – Acme AB")
	})
}

func TestWhatIsNotTakenIsTriedForTwoDaysAndGivenUp(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		in := f.Installation("acme")
		box.tries, box.fails = 0, &installation.NoMailServerError{Why: "refused"}
		fill(t, in)
		for range 60 {
			in.Tell(t.Context())
			f.Set(f.Clock().Add(time.Hour))
		}
		if box.tries != 9 {
			t.Errorf("tried %d times", box.tries)
		}
		events, err := in.Events(t.Context(), admin, false, 10, "")
		must(t, err)
		if len(events.Items) != 1 || events.Items[0].Code != installation.NoticeMessagesFail || events.Items[0].Facts["count"] != "1" {
			t.Errorf("notices: %+v", events.Items)
		}
		box.fails = nil
		in.Tell(t.Context())
		got(t, "after it was given up", box)
		for _, later := range []struct{ days, failures int }{{25, 1}, {7, 0}} {
			f.Set(f.Clock().AddDate(0, 0, later.days))
			in.Tell(t.Context())
			m, err := in.Messages(t.Context(), admin)
			if must(t, err); len(m.Failures) != later.failures {
				t.Errorf("%d days later the list of failures says %+v", later.days, m.Failures)
			}
			box.empty()
		}
	})
}

func TestTheEndOfLicensesIsToldAsItComesNearer(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		in := f.Installation("acme")
		_, err := in.GiveExtra(t.Context(), admin, "bo", "scan", 1, "")
		must(t, err)
		sums := map[int]int{}
		for days := 62; days >= -1; days-- {
			f.Set(time.Date(2027, 6, 10-days, 12, 0, 0, 0, time.UTC)) // it ends on 10 June
			in.Tell(t.Context())
			for _, l := range box.empty() {
				if strings.HasPrefix(l, "bo@") {
					sums[1000+days]++
				} else {
					sums[days]++
				}
			}
		}
		want := map[int]int{60: 1, 30: 1, 14: 1, 3: 1, 0: 1, 1003: 1, -1: 1} // on the day after, that only reading is left
		if diff := cmp.Diff(want, sums); diff != "" {
			t.Errorf("letters by days before the end, everybody's from 1000 on (-want +got):\n%s", diff)
		}
		f.Set(f.Clock().Add(24 * time.Hour))
		in.Tell(t.Context())
		in.Tell(t.Context())
		if letters := box.empty(); len(letters) != 1 {
			t.Errorf("the next day: %v", letters)
		}
	})
}

func TestDamageIsToldAdministratorsAndAuditors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		fill(t, f.Installation("acme"))
		f.Installation("acme").Tell(t.Context())
		box.empty()
		_, err := db.Exec(t.Context(), "UPDATE assignment SET module = 'sale-cal' WHERE number = 1")
		must(t, err)
		f.Reopen(t)
		f.Installation("acme").Tell(t.Context())
		f.Installation("acme").Tell(t.Context())
		got(t, "damage", box, "karin@example.com: 1 record was changed outside the system – Acme AB", "rolf@example.com: 1 record was changed outside the system – Acme AB")
	})
}

// Nothing is written while the database is older than it was: people hear of it
// all the same, and a second server's letter is recognized as the same.
func TestADatabaseThatWasPutBackIsToldThoughNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	f := housetest.New(t, sqldbtest.Open(t, sqldbtest.SQLite(t)), "acme")
	box := &postbox{}
	f.Remember(t)
	f.Mail(t, "", box.take)
	in := f.Installation("acme")
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "karin", Login: true, Email: "karin@example.com"})
	must(t, err)
	_, err = in.GiveRole(t.Context(), admin, "karin", string(seat.Administrator))
	must(t, err)
	backup := f.Backup(t)
	_, err = in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "bo"})
	must(t, err)
	must(t, f.House.Close())
	f.PutBack(t, backup)
	var ids []string
	for range 2 {
		f.ReopenUnconfirmed(t)
		f.Installation("acme").Tell(t.Context())
		f.Installation("acme").Tell(t.Context())
		for _, l := range box.letters {
			ids = append(ids, l.ID)
		}
		got(t, "rolled back", box, "karin@example.com: The database is older than it was – acme")
	}
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("letters %v", ids)
	}
}

func TestALetterIsInTheReadersLanguageAndEscaped(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		in := f.Installation("acme")
		set := following(t, in, "SUPEROFFICE", 2)
		for i := range set.Licenses {
			if set.Licenses[i].Module == "scan" {
				set.Licenses[i].Names = license.Texts{"en": "Scan <b>& more</b>", "sv": "Skanna <b>& mer</b>"}
			}
		}
		enforce(t, f, in, set)
		_, err := in.PutDefaults(t.Context(), admin, api.DefaultsPatch{Language: new("sv")})
		must(t, err)
		fill(t, in)
		in.Tell(t.Context())
		i := slices.IndexFunc(box.letters, func(l installation.Letter) bool { return strings.HasPrefix(l.Subject, "Skanna") })
		if i < 0 {
			t.Fatalf("no letter in Swedish: %v", box.empty())
		}
		l := box.letters[i]
		for _, part := range []string{"Skanna &lt;b&gt;&amp; mer&lt;/b&gt;", `<html lang="sv">`, `href="https://licenses.example.com/acme/licenses/superoffice/scan"`} {
			if !strings.Contains(l.HTML, part) {
				t.Errorf("the page lacks %s:\n%s", part, l.HTML)
			}
		}
		if strings.Contains(l.HTML, "<b>") || strings.Contains(l.HTML, "<img") || strings.Count(l.HTML, "href=") != 1 || l.Language != "sv" {
			t.Errorf("the page:\n%s", l.HTML)
		}
		if !strings.Contains(l.Text, "Skanna <b>& mer</b>") || strings.Contains(l.Text+l.HTML, "bo@") {
			t.Errorf("the text:\n%s", l.Text)
		}
	})
}

func TestNobodyWhoWasErasedIsWrittenTo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		in := f.Installation("acme")
		_, err := in.GiveRole(t.Context(), admin, "ulla", string(seat.Administrator))
		must(t, err)
		box.fails = &installation.NoMailServerError{Why: "refused"}
		fill(t, in)
		in.Tell(t.Context())
		_, err = in.ErasePerson(t.Context(), admin, "ulla")
		must(t, err)
		var waiting int
		must(t, db.QueryRow(t.Context(), "SELECT count(*) FROM message_out").Scan(&waiting))
		box.fails = nil
		f.Set(f.Clock().Add(time.Hour))
		in.Tell(t.Context())
		if waiting != 1 {
			t.Errorf("%d letters wait", waiting)
		}
		if letters := box.empty(); slices.ContainsFunc(letters, func(l string) bool { return strings.HasPrefix(l, "ulla") }) {
			t.Errorf("sent: %v", letters)
		}
	})
}

// What somebody does not want is not written, and what is for nobody who may see it
// neither.
func TestNobodyGetsMailThatIsNotWantedOrBeforeBeingApproved(t *testing.T) {
	t.Parallel()
	f, box := withMail(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	in := f.Installation("acme")
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "new", Login: true, Waiting: true, Email: "new@example.com"})
	must(t, err)
	for _, id := range []string{"new", "ulla"} {
		_, err := in.GiveRole(t.Context(), admin, id, string(seat.Administrator))
		must(t, err)
	}
	_, err = in.PutPersonMessages(t.Context(), admin, "karin", api.MessageChoices{Choices: []api.MessageChoice{{Event: "pool"}}})
	must(t, err)
	in.Tell(t.Context())
	box.empty()
	fill(t, in)
	in.Tell(t.Context())
	got(t, "when it became full", box, "ulla@example.com: superoffice.scan is full: 3 of 3 in use – Acme AB")
}
