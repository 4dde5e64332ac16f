package installation

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// A savedView is a list somebody wants to come back to.
type savedView struct {
	ID, Page, Name, Query, Owner string
	Shared                       bool
}

const (
	viewPlace = "view/"
	mostViews = 200 // there may be
)

// viewPages are the lists views can be saved of.
var viewPages = []string{"users"}

// mine reports whether a view was saved by whoever asks.
func (s savedView) mine(act Act) bool { return s.Owner == act.By.String() }

// seen reports whether whoever asks may know of a view.
func (s savedView) seen(act Act) bool { return s.Shared || s.mine(act) }

// shown is a view in the words of the API.
func (s savedView) shown(act Act) api.SavedView {
	return api.SavedView{ID: s.ID, Page: s.Page, Name: s.Name, Query: s.Query, Shared: s.Shared, Mine: s.mine(act)}
}

// SavedViews returns the views that the reader has saved, and those others share,
// by name: those of one list, or of all with "".
func (in *Installation) SavedViews(ctx context.Context, act Act, page string) (api.List[api.SavedView], error) {
	list := api.List[api.SavedView]{AsOf: in.options.Now().UTC(), Seq: in.now.Load().seq, Items: []api.SavedView{}}
	views, err := in.views(ctx)
	for _, s := range views {
		if s.seen(act) && (page == "" || s.Page == page) {
			list.Items = append(list.Items, s.shown(act))
		}
	}
	slices.SortFunc(list.Items, func(x, y api.SavedView) int {
		return strings.Compare(strings.ToLower(x.Name)+x.ID, strings.ToLower(y.Name)+y.ID)
	})
	list.Total = len(list.Items)
	return list, err
}

func (in *Installation) views(ctx context.Context) ([]savedView, error) {
	boxes, err := in.book.FirstBoxes(ctx, viewPlace)
	var all []savedView
	for _, b := range boxes {
		var s savedView
		if json.Unmarshal(b.Plain, &s) == nil {
			all = append(all, s)
		}
	}
	return all, err
}

// SaveView keeps a list for the reader, or for everybody; that takes somebody who
// gives people licenses. A view of the same name that the reader saved before is
// replaced.
func (in *Installation) SaveView(ctx context.Context, act Act, n api.NewView) (api.ChangedView, error) {
	if err := checkView(act, n); err != nil {
		return api.ChangedView{}, err
	}
	var answer api.ChangedView
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		views, err := in.views(ctx)
		if err != nil {
			return false, err
		}
		s := savedView{ID: store.NewID(), Page: n.Page, Name: n.Name, Query: n.Query, Owner: act.By.String(), Shared: n.Shared}
		same := slices.IndexFunc(views, func(was savedView) bool { return was.mine(act) && was.Page == s.Page && was.Name == s.Name })
		switch {
		case same >= 0:
			s.ID = views[same].ID
		case len(views) >= mostViews:
			return false, &ManyViewsError{Most: mostViews}
		}
		answer.View = s.shown(act)
		if same >= 0 && views[same] == s {
			return false, nil
		}
		tx.PutBox(store.Box{Place: viewPlace + s.ID, Plain: asJSON(s)})
		tx.Entry("view.save", "", audit.F("view", s.ID), audit.F("shared", s.Shared))
		return true, nil
	})
	answer.Outcome = outcome
	return answer, err
}

func checkView(act Act, n api.NewView) error {
	if !slices.Contains(viewPages, n.Page) {
		return &BadValueError{Field: "page", Why: "views are saved of: " + strings.Join(viewPages, ", ")}
	}
	if err := checkText("name", n.Name, 1, 60); err != nil {
		return err
	}
	if err := checkText("query", n.Query, 0, 2000); err != nil {
		return err
	}
	if _, err := url.ParseQuery(n.Query); err != nil {
		return &BadValueError{Field: "query", Why: "it is no query of an address"}
	}
	if n.Shared && slices.Contains(act.Lacks, api.ScopeAssign) {
		return &ShareViewError{Name: n.Name}
	}
	return nil
}

// DropView forgets a view that the reader has saved. Of those others share only an
// administrator makes an end.
func (in *Installation) DropView(ctx context.Context, act Act, id string) (api.ChangedView, error) {
	var answer api.ChangedView
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		boxes, err := in.book.Boxes(ctx, viewPlace+id)
		if err != nil {
			return false, err
		}
		var s savedView
		switch {
		case len(boxes) == 0 || json.Unmarshal(boxes[0].Plain, &s) != nil || !s.seen(act):
			return false, &UnknownViewError{View: id}
		case !s.mine(act) && slices.Contains(act.Lacks, api.ScopeAdmin):
			return false, &OthersViewError{Name: s.Name}
		}
		answer.View = s.shown(act)
		tx.DropBox(viewPlace+id, 0)
		tx.Entry("view.drop", "", audit.F("view", id))
		return true, nil
	})
	answer.Outcome = outcome
	return answer, err
}

// An UnknownViewError is returned for a view that is not there, or is somebody
// else's own.
type UnknownViewError struct{ View string }

func (e *UnknownViewError) Error() string { return fmt.Sprintf("there is no saved view %q", e.View) }

// Code returns the stable code of the error.
func (e *UnknownViewError) Code() string { return "view.unknown" }

// A ManyViewsError is returned when as many views are saved as there may be.
type ManyViewsError struct{ Most int }

func (e *ManyViewsError) Error() string { return fmt.Sprintf("%d views are saved already", e.Most) }

// Code returns the stable code of the error.
func (e *ManyViewsError) Code() string { return "view.too-many" }

// A ShareViewError is returned when somebody who only reads wants everybody to see
// a view.
type ShareViewError struct{ Name string }

func (e *ShareViewError) Error() string {
	return fmt.Sprintf("the view %q is shared only by those who give people licenses", e.Name)
}

// Code returns the stable code of the error.
func (e *ShareViewError) Code() string { return "view.not-shared" }

// An OthersViewError is returned when somebody who is no administrator wants to
// remove a view that another shares.
type OthersViewError struct{ Name string }

func (e *OthersViewError) Error() string {
	return fmt.Sprintf("the view %q is somebody else's", e.Name)
}

// Code returns the stable code of the error.
func (e *OthersViewError) Code() string { return "view.others" }
