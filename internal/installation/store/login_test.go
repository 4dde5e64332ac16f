package store

import (
	"errors"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// While the rows do not add up nobody gets a login, or a longer one. It can be
// ended, and people can be renamed and leave.
func TestNoLoginIsGivenWhileTheRowsDoNotAddUp(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		ids := map[string]string{}
		end := license.Date{Year: 2026, Month: 12, Day: 31}
		do(t, b, func(tx *Tx) error {
			tx.Entry("person.add", "")
			for _, p := range []Person{{Personal: Personal{UserID: "out"}}, {Personal: Personal{UserID: "in"}}, {Personal: Personal{UserID: "gone"}}} {
				switch p.Personal.UserID {
				case "in":
					p.Login, p.ValidThrough = true, end
				case "gone":
					p.Login, p.Former = true, true
				}
				stored, err := tx.PutPerson(p)
				if err != nil {
					return err
				}
				ids[p.Personal.UserID] = stored.ID
			}
			return nil
		})
		unaccounted(t, b)
		b = reopen(t, b)
		for _, c := range []struct {
			what   string
			who    string
			change func(*Person)
			gives  bool
		}{
			{"a login", "out", func(p *Person) { p.Login = true }, true},
			{"a later end", "in", func(p *Person) { p.ValidThrough = end.Add(1) }, true},
			{"no end", "in", func(p *Person) { p.ValidThrough = license.Date{} }, true},
			{"coming back", "gone", func(p *Person) { p.Former = false }, true},
			{"somebody new with a login", "", func(p *Person) { p.Login, p.Personal.UserID = true, "new" }, true},
			{"an earlier end", "in", func(p *Person) { p.ValidThrough = end.Add(-1) }, false},
			{"the end of a login", "in", func(p *Person) { p.Login, p.ValidThrough = false, license.Date{} }, false},
			{"another name", "in", func(p *Person) { p.Personal.First = "Inga" }, false},
			{"leaving", "in", func(p *Person) { p.Former = true }, false},
		} {
			err := b.Try(t.Context(), admin, monday, func(tx *Tx) error {
				p, _ := tx.Person(ids[c.who])
				c.change(&p)
				_, err := tx.PutPerson(p)
				tx.Entry("person.change", p.ID)
				return err
			})
			var readOnly *ReadOnlyError
			if got := errors.As(err, &readOnly); got != c.gives {
				t.Errorf("%s: %v", c.what, err)
			}
		}
	})
}
