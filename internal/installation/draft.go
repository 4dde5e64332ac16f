package installation

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// A draft is a list that somebody has sent and not imported yet.
type draft struct {
	File  []byte
	Owner string
	Made  time.Time
}

// KeepDraft keeps a list of people for a day, until it is imported, and returns
// how it is found again.
func (in *Installation) KeepDraft(ctx context.Context, act Act, file []byte) (string, error) {
	id := store.NewID()
	_, err := in.book.Update(ctx, act.By, in.present(), func(tx *store.Tx) error {
		tx.PutBox(store.Box{Place: "draft/" + id, Plain: asJSON(draft{file, act.By.String(), tx.Now()})})
		tx.Entry("people.draft", "", audit.F("bytes", len(file)))
		return nil
	})
	return id, err
}

// Draft returns a list that the reader has sent.
func (in *Installation) Draft(ctx context.Context, act Act, id string) ([]byte, error) {
	boxes, err := in.book.Boxes(ctx, "draft/"+id)
	if err != nil {
		return nil, err
	}
	var d draft
	if len(boxes) == 0 || json.Unmarshal(boxes[0].Plain, &d) != nil || d.Owner != act.By.String() {
		return nil, &UnknownJobError{Job: id}
	}
	return d.File, nil
}

// forgetDrafts forgets lists that nobody has imported for a day, and all of them
// when somebody is erased: they may name the person.
func forgetDrafts(tx *store.Tx, drafts []store.Box, before time.Time) {
	for _, b := range drafts {
		var d draft
		if json.Unmarshal(b.Plain, &d) != nil || d.Made.Before(before) {
			tx.DropBox(b.Place, b.Part)
		}
	}
}
