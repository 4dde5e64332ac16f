package installation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
)

// overStates are how a job may have ended with people changed; a failed one may have
// changed some before it failed.
var overStates = []string{"done", "cancelled", "interrupted", "failed"}

// undoable reports whether a job has done anything that can still be undone.
func (h jobHead) undoable(state string, now time.Time) bool {
	return h.Kind != auditKind && h.UndoneBy == "" && slices.Contains(overStates, state) && now.Before(h.ended().Add(undoFor)) &&
		(h.Totals.Changed > 0 || state == "interrupted")
}

// UndoJob makes a job that gives everybody a job has changed back what the person
// had, except those who were changed by somebody else since: it says who. Seats
// that went to others meanwhile are not taken from them.
func (in *Installation) UndoJob(ctx context.Context, act Act, id, token string) (api.Bulk, error) {
	k, err := in.readJob(ctx, id)
	if err != nil {
		return api.Bulk{}, err
	}
	now := in.present()
	state := in.jobShown(k.head, now).State
	if state == "interrupted" {
		k.head.Totals = totalsOf(k.rows)
	}
	switch {
	case k.head.UndoneBy != "":
		return api.Bulk{}, &JobStateError{Job: id, State: "undone"}
	case !k.head.undoable(state, now):
		if slices.Contains(overStates, state) && state != "failed" {
			state = "too-late"
		}
		return api.Bulk{}, &JobStateError{Job: id, State: state}
	}
	o := bulkOrder{head: jobHead{Kind: "undo", Act: k.head.Act, Names: k.head.Names, Partial: true, Undoes: id}, token: token}
	for _, d := range slices.Backward(k.rows) {
		if (d.Result == "added" || d.Result == "changed") && d.Number != 0 {
			o.tasks = append(o.tasks, d.Before.back(d))
		}
	}
	slices.SortStableFunc(o.tasks, func(x, y task) int { return cmp.Compare(x.Row, y.Row) })
	return in.bulk(ctx, act, o)
}

// markUndone says in a job which other undoes it.
func (in *Installation) markUndone(ctx context.Context, tx *store.Tx, id, by string) error {
	k, err := in.readJob(ctx, id)
	switch {
	case err != nil:
		return err
	case k.head.UndoneBy != "":
		return &JobStateError{Job: id, State: "undone"}
	}
	k.head.UndoneBy = by
	if k.head.State == "running" { // nobody had heard of it any longer
		k.head.State, k.head.Finished, k.head.Totals = "interrupted", k.head.Heard, totalsOf(k.rows)
	}
	putJob(tx, k.head)
	return nil
}

// A figure is everything of a person that a task can change.
type figure struct {
	Personal store.Personal
	Kind     string
	Login    bool     `json:",omitempty"`
	Through  string   `json:",omitempty"`
	Waiting  bool     `json:",omitempty"`
	Former   bool     `json:",omitempty"`
	Deleted  bool     `json:",omitempty"`
	Profile  string   `json:",omitempty"`
	Given    []gift   `json:",omitempty"`
	Roles    []string `json:",omitempty"`
	// Ways says that the person had ways to sign in of its own. They come and go
	// without it being a change of the person.
	Ways bool `json:",omitempty"`
}

func figureOf(v *store.View, p store.Person) *figure {
	f := &figure{Personal: p.Personal, Kind: p.Kind.String(), Login: p.Login, Through: p.ValidThrough.String(), Waiting: p.Waiting, Former: p.Former, Deleted: p.Deleted, Profile: p.Profile}
	if p.ValidThrough.IsZero() {
		f.Through = ""
	}
	for _, a := range sortedByName(v.Assignments(p.ID)) {
		f.Given = append(f.Given, gift{a.Name.String(), a.Quantity})
	}
	f.Roles, f.Ways = rolesOf(v, p.ID), len(v.Credentials(p.ID)) > 0
	return f
}

// digest tells whether somebody has changed the person.
func (f *figure) digest() string {
	who := *f
	who.Ways = false
	text, err := json.Marshal(who)
	if err != nil {
		panic("installation: a person cannot be written: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// back returns the task that makes the person again what the figure says.
func (f *figure) back(d done) task {
	t := task{Row: d.Row, Who: "#" + strconv.FormatInt(d.Number, 10), Expect: d.After, Mode: modeReplace}
	if f == nil {
		t.Act = "delete"
		return t
	}
	p := &f.Personal
	t.Set = api.PersonPatch{UserID: &p.UserID, FirstName: &p.First, LastName: &p.Last, Email: &p.Email, Group: &p.Group, Kind: &f.Kind}
	t.Login, t.Through, t.Profile, t.Return = &f.Login, &f.Through, &f.Profile, true
	t.Plans, t.Extras = &f.Given, &[]gift{} // which is which, the sets say
	t.Waits, t.Roles, t.Ways = f.Waiting, f.Roles, f.Ways
	if f.Former {
		t.Act = "retire"
	}
	return t
}

// A RowChangedError is returned for somebody who was changed by somebody else
// since, and is left as the person is.
type RowChangedError struct{ Person string }

func (e *RowChangedError) Error() string { return fmt.Sprintf("%s was changed since", e.Person) }

// Code returns the stable code of the error.
func (e *RowChangedError) Code() string { return "bulk.row-changed" }
