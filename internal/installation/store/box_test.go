package store

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestBoxesAreKeptUntilTheyAreDroppedAndNeverInClear(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		kept := func(place string) string {
			t.Helper()
			list, err := b.Boxes(t.Context(), place)
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, box := range list {
				words = append(words, string(box.Plain))
			}
			return strings.Join(words, " ")
		}
		do(t, b, func(tx *Tx) error {
			tx.PutBox(Box{"job/a", 0, []byte("Anna")})
			tx.PutBox(Box{"job/a", 2, []byte("Cy")})
			tx.PutBox(Box{"job/b", 0, []byte("Bo Lindström")})
			tx.Entry("job.start", "")
			return nil
		})
		b = reopen(t, b)
		if got := kept("job/a"); got != "Anna Cy" {
			t.Errorf("kept %q", got)
		}
		if got := tablesWith(t, db, []string{"Anna", "Bo Lindström"}); got != nil {
			t.Errorf("it can be read in %v", got)
		}
		do(t, b, func(tx *Tx) error {
			tx.PutBox(Box{"job/a", 0, []byte("Eva")})
			tx.DropBox("job/a", 2)
			tx.Entry("job.end", "")
			return nil
		})
		if got := kept("job/a"); got != "Eva" {
			t.Errorf("kept %q", got)
		}
		if _, err := db.Exec(t.Context(), "UPDATE box SET place = 'job/c' WHERE place = 'job/a'"); err != nil {
			t.Fatal(err)
		}
		if got := kept("job/c"); got != "" {
			t.Errorf("a box that was moved says %q", got)
		}
		list, err := b.FirstBoxes(t.Context(), "job/")
		if err != nil || len(list) != 1 || list[0].Place != "job/b" {
			t.Errorf("first boxes %v, %v", list, err)
		}
		checkBook(t, b)
	})
}
