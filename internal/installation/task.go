package installation

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A task is what is to be done with one person of many. It does so with the very
// use-cases that change one.
type task struct {
	Row     int
	Who     string            // user id, or "#" and the number
	Add     bool              `json:",omitempty"` // who is not there is added
	Set     api.PersonPatch   // what is nil stays
	Login   *bool             `json:",omitempty"`
	Through *string           `json:",omitempty"` // the last day of the login
	Profile *string           `json:",omitempty"`
	Plans   *[]gift           `json:",omitempty"`
	Extras  *[]gift           `json:",omitempty"`
	Mode    string            // of plans and extras: add, replace, remove or switch
	Act     string            `json:",omitempty"` // retire, delete, approve or refuse, last
	Return  bool              `json:",omitempty"` // is brought back first
	Waits   bool              `json:",omitempty"` // brought back: waits for approval again
	Roles   []string          `json:",omitempty"` // brought back: the roles there were
	Ways    bool              `json:",omitempty"` // brought back: there were ways to sign in
	Expect  string            `json:",omitempty"` // only somebody who is still as this digest says
	Cells   map[string]string `json:",omitempty"` // of the row of a list
	Bad     *api.Refused      `json:",omitempty"` // why it cannot even be begun
}

// A gift is something given by hand.
type gift struct {
	Name     string
	Quantity int64
}

// How plans and extras of a task are meant.
const (
	modeAdd     = "add"
	modeReplace = "replace"
	modeRemove  = "remove"
	modeSwitch  = "switch"
)

// A done is what became of a task.
type done struct {
	api.BulkRow
	ID     string  `json:",omitempty"` // opaque, of the person
	Before *figure `json:",omitempty"` // how the person was; nil: not there
	After  string  `json:",omitempty"` // digest of how the person was afterwards
}

// attempt does one task whole or not at all. An error is no refusal of the task:
// it ends everything.
func (in *Installation) attempt(ctx context.Context, tx *store.Tx, act Act, t task) (done, error) {
	d := done{BulkRow: api.BulkRow{Row: t.Row, Person: t.Who, Result: "error", Problem: t.Bad}}
	if t.Bad != nil {
		return d, nil
	}
	err := tx.Attempt(func() error { return in.apply(ctx, tx, act, t, &d) })
	if err == nil {
		return d, nil
	}
	d = done{BulkRow: api.BulkRow{Row: t.Row, Person: d.Person, Number: d.Number, Result: "error"}, ID: d.ID}
	if first := new(unheard); errors.As(err, &first) {
		return d, err
	}
	d.Problem = refusedAs(&tx.View, err, act.Language)
	if d.Problem == nil {
		return d, err
	}
	return d, nil
}

// refusedAs says in a language why something was refused; nil for an error nobody
// has a sentence for.
func refusedAs(v *store.View, err error, lang string) *api.Refused {
	p, known := problem.Of(err)
	if !known {
		return nil
	}
	text, _ := i18n.SentenceNamed(lang, p.Code, p.Cause, func(name string) string {
		n, err := license.ParseName(name)
		if err != nil || v == nil {
			return ""
		}
		return displayName(v.Active(), n, lang)
	})
	return &api.Refused{Code: p.Code, Text: text.Detail, Facts: p.Facts}
}

// apply does one task.
func (in *Installation) apply(ctx context.Context, tx *store.Tx, act Act, t task, d *done) error {
	p, ok := personOfTask(&tx.View, t)
	if !ok && !t.Add {
		return &UnknownPersonError{Person: t.Who}
	}
	if ok {
		d.ID, d.Person, d.Number, d.Before = p.ID, p.Personal.UserID, p.Number, figureOf(&tx.View, p)
		if t.Expect != "" && d.Before.digest() != t.Expect {
			return &RowChangedError{Person: p.Personal.UserID}
		}
	}
	w := worker{in: in, ctx: ctx, act: act, t: t, d: d}
	if !ok {
		w.add()
	}
	w.person(p, ok)
	w.licenses(tx)
	w.back(tx)
	w.leave()
	if w.err != nil {
		return w.err
	}
	p, _ = tx.PersonByNumber(d.Number)
	d.After, d.ID = figureOf(&tx.View, p).digest(), p.ID
	switch {
	case d.Result == "added":
	case w.changed:
		d.Result = "changed"
	default:
		d.Result = "already"
	}
	return nil
}

// personOfTask finds somebody who is not deleted by user id, or anybody by number.
func personOfTask(v *store.View, t task) (store.Person, bool) {
	if strings.HasPrefix(t.Who, "#") {
		p, err := findPerson(v, t.Who)
		return p, err == nil
	}
	return v.PersonByUserID(t.Who)
}

// A worker does the steps of one task; after an error it does nothing more.
type worker struct {
	in      *Installation
	ctx     context.Context
	act     Act
	t       task
	d       *done
	changed bool
	err     error
}

func (w *worker) id() string { return "#" + strconv.FormatInt(w.d.Number, 10) }

// did notes what a step has done.
func (w *worker) did(c api.ChangedPerson, err error) {
	if w.err = err; err != nil {
		return
	}
	w.changed = w.changed || c.Changed
	if c.Person.Number != 0 {
		w.d.Number = c.Person.Number
	}
	for _, h := range c.Effect.Released {
		if i := slices.Index(w.d.Given, h.Name); i >= 0 {
			w.d.Given = slices.Delete(w.d.Given, i, i+1)
			continue
		}
		w.d.Released = append(w.d.Released, h.Name)
	}
	for _, h := range c.Effect.Given {
		w.d.Given = append(w.d.Given, h.Name)
	}
	w.warn("bulk.parents", c.Effect.Parents)
	w.warn("bulk.dependants", c.Effect.Dependants)
}

func (w *worker) warn(code string, names []license.Name) {
	if len(names) == 0 {
		return
	}
	active := w.in.supposed.tx.Active()
	var called []string
	for _, n := range names {
		called = append(called, displayNameOr(active, n, w.act.Language))
	}
	w.note(code, strings.Join(called, ", "), map[string]any{"names": names})
}

// note says of a row what whoever looks at it should know.
func (w *worker) note(code, names string, facts map[string]any) {
	text := say(w.act.Language, strings.ReplaceAll(code, ".", "-"), struct{ Names string }{names})
	w.d.Warnings = append(w.d.Warnings, api.Refused{Code: code, Text: strings.TrimSpace(text), Facts: facts})
}

func displayNameOr(active *license.Active, n license.Name, lang string) string {
	if name := displayName(active, n, lang); name != "" {
		return name
	}
	return n.String()
}

func (w *worker) add() {
	n := api.NewPerson{UserID: w.t.Who}
	for _, f := range []struct {
		to   *string
		from *string
	}{{&n.FirstName, w.t.Set.FirstName}, {&n.LastName, w.t.Set.LastName}, {&n.Email, w.t.Set.Email}, {&n.Group, w.t.Set.Group},
		{&n.Kind, w.t.Set.Kind}, {&n.Profile, w.t.Profile}, {&n.ValidThrough, w.t.Through}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	n.Login = w.t.Login != nil && *w.t.Login
	w.did(w.in.AddPerson(w.ctx, w.act, n))
	w.d.Result, w.d.Person = "added", w.t.Who
}

// person brings back, renames, and sets login and profile, where that is asked
// for.
func (w *worker) person(p store.Person, there bool) {
	if !there || w.err != nil {
		return
	}
	if w.t.Return && p.Gone() {
		w.did(w.in.RestorePerson(w.ctx, w.act, w.id(), api.RestoreChoice{}))
	}
	if w.err == nil && w.t.Set != (api.PersonPatch{}) {
		w.did(w.in.ChangePerson(w.ctx, w.act, w.id(), w.t.Set))
	}
	if w.err == nil && w.t.Profile != nil {
		w.did(w.in.SetProfile(w.ctx, w.act, w.id(), *w.t.Profile))
	}
	if w.err != nil || w.t.Login == nil && w.t.Through == nil {
		return
	}
	login, through := p.Login, ""
	if !p.ValidThrough.IsZero() {
		through = p.ValidThrough.String()
	}
	if w.t.Login != nil {
		login = *w.t.Login
	}
	if w.t.Through != nil {
		through = *w.t.Through
	}
	switch {
	case login:
		w.did(w.in.GiveLogin(w.ctx, w.act, w.id(), through))
	case w.t.Through != nil && through != "" && w.t.Login == nil:
		w.err = &BadValueError{Field: "valid_through", Why: "it needs a login"}
	default:
		w.did(w.in.EndLogin(w.ctx, w.act, w.id()))
	}
}

// licenses gives before it takes, so that nothing is without what it needs in
// between.
func (w *worker) licenses(tx *store.Tx) {
	if w.err != nil {
		return
	}
	wanted := map[license.Name]bool{}
	for i, list := range []*[]gift{w.t.Plans, w.t.Extras} {
		if list == nil {
			continue
		}
		for _, g := range *list {
			if w.err == nil {
				w.license(tx, g, wanted, i == 0 && w.t.Return)
			}
		}
	}
	if w.err != nil || w.t.Mode != modeReplace {
		return
	}
	p, _ := tx.PersonByNumber(w.d.Number)
	for _, a := range sortedByName(tx.Assignments(p.ID)) {
		l := tx.Active().License(a.Name)
		plan := l != nil && l.Plan != nil
		named := w.t.Extras
		if plan {
			named = w.t.Plans
		}
		if w.err != nil || wanted[a.Name] || named == nil || !slices.ContainsFunc(tx.Assignments(p.ID), func(b seat.Assignment) bool { return b.Number == a.Number }) {
			continue
		}
		if plan {
			w.did(w.in.RemovePlan(w.ctx, w.act, w.id(), a.Name.String()))
		} else {
			w.did(w.in.RemoveExtra(w.ctx, w.act, w.id(), a.Name.String()))
		}
	}
}

// license gives or takes one.
func (w *worker) license(tx *store.Tx, g gift, wanted map[license.Name]bool, either bool) {
	p, _ := tx.PersonByNumber(w.d.Number)
	name, err := heldName(seat.Standing{Active: tx.Active(), Current: tx.Assignments(p.ID)}, g.Name)
	if err != nil {
		w.err = err
		return
	}
	wanted[name] = true
	l := tx.Active().License(name)
	plan := l != nil && l.Plan != nil
	text := name.String()
	switch {
	case w.t.Mode == modeRemove && plan:
		w.did(w.in.RemovePlan(w.ctx, w.act, w.id(), text))
	case w.t.Mode == modeRemove:
		w.did(w.in.RemoveExtra(w.ctx, w.act, w.id(), text))
	case plan && w.t.Mode == modeAdd:
		w.did(w.in.AddPlan(w.ctx, w.act, w.id(), text, ""))
	case plan:
		w.did(w.in.SetPlan(w.ctx, w.act, w.id(), text, ""))
	default:
		w.did(w.in.GiveExtra(w.ctx, w.act, w.id(), text, g.Quantity, ""))
	}
}

// back gives somebody who is brought back what no list gives: roles, and waiting for
// approval. It says of each person what does not come back.
func (w *worker) back(tx *store.Tx) {
	if w.err != nil || !w.t.Return {
		return
	}
	p, _ := tx.PersonByNumber(w.d.Number)
	if w.t.Waits != p.Waiting {
		w.did(w.in.letWait(w.ctx, w.act, w.id(), w.t.Waits))
	}
	if w.t.Ways && len(tx.Credentials(p.ID)) == 0 {
		w.note("bulk.ways", "", nil)
	}
	var missing []string
	for _, r := range w.t.Roles {
		if !tx.HasRole(p.ID, seat.Role(r)) {
			missing = append(missing, r)
		}
	}
	switch {
	case w.err != nil || len(missing) == 0:
	case slices.Contains(w.act.Lacks, api.ScopeAdmin): // who gives people licenses gives no roles
		w.note("bulk.roles", w.rolesCalled(missing), map[string]any{"roles": missing})
	case w.act.by(p):
		w.note("bulk.own-roles", w.rolesCalled(missing), map[string]any{"roles": missing})
	default:
		w.giveRoles(missing)
	}
}

func (w *worker) giveRoles(roles []string) {
	for _, r := range roles {
		if w.err == nil {
			var done api.ChangedRoles
			done, w.err = w.in.GiveRole(w.ctx, w.act, w.id(), r)
			w.changed = w.changed || done.Changed
		}
	}
}

// rolesCalled are roles in the words of whoever asks.
func (w *worker) rolesCalled(roles []string) string {
	var called []string
	for _, r := range roles {
		called = append(called, i18n.Word(w.act.Language, "settings.role-"+r))
	}
	return strings.Join(called, ", ")
}

func (w *worker) leave() {
	if w.err != nil {
		return
	}
	switch w.t.Act {
	case "retire":
		w.did(w.in.RetirePerson(w.ctx, w.act, w.id()))
	case "delete":
		w.did(w.in.DeletePerson(w.ctx, w.act, w.id()))
	case "approve":
		w.did(w.in.ApprovePerson(w.ctx, w.act, w.id()))
	case "refuse":
		w.did(w.in.RefusePerson(w.ctx, w.act, w.id()))
	}
}
