package installation

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// A savedView is a list somebody wants to come back to.
type savedView struct {
	ID, Page, Name, Query, Owner string
	Shared                       bool
}

// mostViews is how many views there may be.
const mostViews = 200

// SavedViews returns the views of a page that the reader has saved, and those
// others share, by name.
func (in *Installation) SavedViews(ctx context.Context, act Act, page string) ([]api.SavedView, error) {
	list := []api.SavedView{}
	boxes, err := in.book.FirstBoxes(ctx, "view/")
	for _, b := range boxes {
		var s savedView
		if json.Unmarshal(b.Plain, &s) == nil && s.Page == page && (s.Shared || s.Owner == act.By.String()) {
			list = append(list, api.SavedView{ID: s.ID, Page: s.Page, Name: s.Name, Query: s.Query, Shared: s.Shared, Mine: s.Owner == act.By.String()})
		}
	}
	slices.SortFunc(list, func(x, y api.SavedView) int { return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)) })
	return list, err
}

// SaveView keeps a list for the reader, or for everybody. A view of the same name
// that the reader saved before is replaced.
func (in *Installation) SaveView(ctx context.Context, act Act, v api.SavedView) error {
	if err := checkText("name", v.Name, 1, 60); err != nil {
		return err
	}
	if err := checkText("query", v.Query, 0, 2000); err != nil {
		return err
	}
	boxes, err := in.book.FirstBoxes(ctx, "view/")
	if err != nil {
		return err
	}
	s := savedView{ID: store.NewID(), Page: v.Page, Name: v.Name, Query: v.Query, Owner: act.By.String(), Shared: v.Shared}
	for _, b := range boxes {
		var was savedView
		if json.Unmarshal(b.Plain, &was) == nil && was.Owner == s.Owner && was.Page == s.Page && was.Name == s.Name {
			s.ID = was.ID
		}
	}
	if len(boxes) >= mostViews {
		return &BadValueError{Field: "name", Why: "too many views are saved already"}
	}
	_, err = in.book.Update(ctx, act.By, in.present(), func(tx *store.Tx) error {
		tx.PutBox(store.Box{Place: "view/" + s.ID, Plain: asJSON(s)})
		tx.Entry("view.save", "", audit.F("view", s.ID), audit.F("shared", s.Shared))
		return nil
	})
	return err
}

// DropView forgets a view that the reader has saved; others it leaves alone.
func (in *Installation) DropView(ctx context.Context, act Act, id string) error {
	boxes, err := in.book.Boxes(ctx, "view/"+id)
	if err != nil || len(boxes) == 0 {
		return err
	}
	var s savedView
	if json.Unmarshal(boxes[0].Plain, &s) != nil || s.Owner != act.By.String() {
		return nil
	}
	_, err = in.book.Update(ctx, act.By, in.present(), func(tx *store.Tx) error {
		tx.DropBox("view/"+id, 0)
		tx.Entry("view.drop", "", audit.F("view", id))
		return nil
	})
	return err
}

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

// MostListed is how many people a list for a file has.
const MostListed = 100_000

// ListForFile is [Installation.People] with everybody on it, and is recorded: a
// list of people leaves the house.
func (in *Installation) ListForFile(ctx context.Context, act Act, f PeopleFilter) (api.PeopleList, error) {
	f.Limit, f.Page, f.After = MostListed, 0, ""
	list, err := in.People(ctx, act, f)
	if err != nil {
		return list, err
	}
	in.recordExport(ctx, act, list.Total)
	return list, nil
}
