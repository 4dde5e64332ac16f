package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// fullEvent has something in every field.
func fullEvent() Event {
	return Event{
		Event: seat.Event{Type: seat.Job, Code: "backup", About: "x", Ending: seat.Guarded, StartedBy: "token a", Started: 1, From: 2, Expected: 3, Ended: 4,
			Audience: seat.Audience{Kinds: license.Internal | license.External, Administrators: true}},
		Texts: license.Texts{"sv": "Rad ett\nrad = två", "en": "One"}, Facts: []audit.Fact{audit.F("count", 3), audit.F("why", "a=b")},
		EndedBy: "token b", EndReason: "done", Done: 5, Total: 6,
	}
}

// stageEvents stages an event that has ended and one that is open.
func stageEvents(tx *Tx) error {
	if _, err := tx.PutEvent(fullEvent()); err != nil {
		return err
	}
	_, err := tx.PutEvent(Event{Event: seat.Event{Type: seat.NoSignIn, Ending: seat.Free}})
	return err
}

func TestAnEventIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		do(t, b, func(tx *Tx) error {
			tx.Entry("event.start", "")
			return stageEvents(tx)
		})
		b = reopen(t, b)
		want := fullEvent()
		want.Number = 1
		if err := b.View(func(v *View) error {
			got, _ := v.Event(1)
			if diff := cmp.Diff(want, got); diff != "" || len(v.Events()) != 2 {
				t.Errorf("event (-want +got):\n%s", diff)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
