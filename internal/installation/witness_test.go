package installation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A head that somebody kept shows that a database was put back, where no anchor
// does. Whoever says so is heard, and cannot stop anything by it.
func TestAWitnessIsHeardAndNotObeyed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		backup := f.Backup(t)
		early := in.PrintedHead()
		_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: "anna"})
		must(t, err)
		late := in.PrintedHead()
		program := installation.Act{By: audit.Actor{Kind: audit.Token, ID: "3f3fb53e70745301"}}
		verdict := func(head string) string {
			t.Helper()
			done, err := in.CompareHead(ctx, program, api.CompareHead{Head: head})
			must(t, err)
			return done.Verdict
		}
		told := func() (n int) {
			t.Helper()
			list, err := in.Events(ctx, admin, false, 0, "")
			must(t, err)
			for _, e := range list.Items {
				if e.Code == installation.NoticeWitness {
					n++
				}
			}
			return n
		}
		if verdict(early.Head) != api.HeadAgrees || verdict(late.Head) != api.HeadAgrees || told() != 0 {
			t.Error("heads of this very history do not agree")
		}
		for _, bad := range []string{"", "x", strings.Replace(late.Head, "seats", "server", 1), "other" + late.Head} {
			if _, err := in.CompareHead(ctx, program, api.CompareHead{Head: bad}); codeIn(err) != "restore.bad-head" {
				t.Errorf("%q: %v", bad, err)
			}
		}
		f.PutBack(t, backup)
		in = f.Installation("acme")
		if verdict(early.Head) != api.HeadAgrees || verdict(late.Head) != api.HeadBehind || told() != 1 {
			t.Errorf("after the database was put back: %d notices", told())
		}
		for i := range 5 { // the notice itself was a change: the history goes on another way
			_, err := in.AddPerson(ctx, admin, api.NewPerson{UserID: fmt.Sprint("p", i)})
			must(t, err)
			if got := verdict(late.Head); got != api.HeadAnotherHistory {
				t.Errorf("once it went on: %s", got)
			}
		}
		if told() != 1 {
			t.Errorf("it was said often, and there are %d notices", told())
		}
	})
}
