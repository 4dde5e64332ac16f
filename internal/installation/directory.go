package installation

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A directory is everybody, kept ready for lists: what is searched, filtered
// and sorted by is worked out once for each change of a person, not once for
// each page that somebody looks at.
type directory struct {
	mu      sync.Mutex
	entries map[string]*entry  // by opaque id; nil: nothing was read yet
	bundles map[string]*bundle // by what was given
	active  *license.Active    // the sets that bundles were made under
	orders  []*order           // the one asked for last stands last

	dirtyMu sync.Mutex
	dirty   map[string]bool // people who changed since entries were made
	stale   bool            // everybody may have
}

// An entry is a person as lists see the person.
type entry struct {
	person store.Person
	text   string // what is searched, in lower case
	given  *bundle
	extras int
	roles  []string // the widest first
}

// A bundle is what some people were given, all of them the same.
type bundle struct {
	held    []license.Held
	plans   []license.Name
	uses    map[license.Name]bool
	counted bool // it takes a seat of anything that is limited
}

// An order is everybody sorted by a column in a language.
type order struct {
	column, lang string
	places       []place
}

// A place is where somebody stands in an order.
type place struct {
	key []byte
	who *entry
}

// mostOrders is how many orders are kept: those of a few readers.
const mostOrders = 16

// changed notes whom a commit may have changed something for. It is called
// before the act is answered, and must be quick.
func (d *directory) changed(commit store.Commit) {
	d.dirtyMu.Lock()
	defer d.dirtyMu.Unlock()
	if commit.Sets || commit.Profiles {
		d.stale = true
	}
	if d.stale {
		return
	}
	if d.dirty == nil {
		d.dirty = map[string]bool{}
	}
	for _, id := range commit.People {
		d.dirty[id] = true
	}
}

// taken returns who has changed, and forgets it. all says that anybody may have.
func (d *directory) taken() (dirty map[string]bool, all bool) {
	d.dirtyMu.Lock()
	defer d.dirtyMu.Unlock()
	dirty, all = d.dirty, d.stale
	d.dirty, d.stale = nil, false
	return dirty, all
}

// refresh brings the directory to a state. The caller holds mu.
func (d *directory) refresh(v *store.View) {
	dirty, all := d.taken()
	if all || d.entries == nil || d.active != v.Active() {
		d.entries, d.bundles, d.orders, d.active = map[string]*entry{}, map[string]*bundle{}, nil, v.Active()
		for p := range v.People() {
			d.entries[p.ID] = d.entryOf(v, p)
		}
		return
	}
	if len(dirty) == 0 {
		return
	}
	for id := range dirty {
		delete(d.entries, id)
		if p, ok := v.Person(id); ok {
			d.entries[id] = d.entryOf(v, p)
		}
	}
	for _, o := range d.orders {
		o.update(d, dirty)
	}
}

func (d *directory) entryOf(v *store.View, p store.Person) *entry {
	e := &entry{person: p, text: searchText(p.Personal)}
	if !p.Gone() {
		e.roles = rolesOf(v, p.ID)
	}
	held := holdsOf(v, d.active, p)
	e.given = d.bundleOf(held)
	for _, a := range v.Assignments(p.ID) {
		if l := d.active.License(a.Name); l == nil || l.Plan == nil {
			e.extras++
		}
	}
	return e
}

// bundleOf returns the one bundle of what was given: few are different.
func (d *directory) bundleOf(held []license.Held) *bundle {
	var key strings.Builder
	for _, h := range held {
		key.WriteString(h.Name.String() + " ")
	}
	if b := d.bundles[key.String()]; b != nil {
		return b
	}
	b := &bundle{held: held, uses: map[license.Name]bool{}}
	for _, h := range held {
		if l := d.active.License(h.Name); l != nil && l.Plan != nil {
			b.plans = append(b.plans, h.Name)
		}
	}
	uses := d.active.Expand(held)
	for _, h := range uses {
		b.uses[h.Name] = true
	}
	b.counted = seat.TakesSeat(d.active, uses)
	d.bundles[key.String()] = b
	return b
}

// sorted returns everybody in an order. The caller holds mu and may not change
// what it gets.
func (d *directory) sorted(column, lang string) []place {
	for i, o := range d.orders {
		if o.column == column && o.lang == lang {
			d.orders = append(slices.Delete(d.orders, i, i+1), o)
			return o.places
		}
	}
	o := &order{column: column, lang: lang, places: make([]place, 0, len(d.entries))}
	for _, e := range d.entries {
		o.places = append(o.places, o.placeOf(d, e))
	}
	slices.SortFunc(o.places, place.compare)
	if len(d.orders) == mostOrders {
		d.orders = slices.Delete(d.orders, 0, 1)
	}
	d.orders = append(d.orders, o)
	return o.places
}

// update puts the people who changed where they belong now.
func (o *order) update(d *directory, dirty map[string]bool) {
	o.places = slices.DeleteFunc(o.places, func(p place) bool { return dirty[p.who.person.ID] })
	sorted := len(o.places)
	for id := range dirty {
		if e := d.entries[id]; e != nil {
			o.places = append(o.places, o.placeOf(d, e))
		}
	}
	if len(o.places)-sorted > 64 {
		slices.SortFunc(o.places, place.compare)
		return
	}
	moved := slices.Clone(o.places[sorted:])
	o.places = o.places[:sorted]
	for _, p := range moved {
		at, _ := slices.BinarySearchFunc(o.places, p, place.compare)
		o.places = slices.Insert(o.places, at, p)
	}
}

// compare orders by the column, then by user id in any letter case, then by
// number.
func (p place) compare(q place) int {
	return cmp.Or(bytes.Compare(p.key, q.key), byUser(p.who.person, q.who.person))
}

// placeOf says where somebody stands. Who has nothing in a column stands behind
// everybody who has something.
func (o *order) placeOf(d *directory, e *entry) place {
	p := e.person
	var key []byte
	word := func(text string) {
		if text == "" {
			key = append(key, 1)
			return
		}
		key = locale.For(o.lang).AppendKey(append(key, 0), strings.ToLower(text))
	}
	number := func(n int64) {
		key = append(key, byte(n>>40), byte(n>>32), byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	switch o.column {
	case "name":
		word(strings.TrimSpace(p.Personal.First + " " + p.Personal.Last))
	case "last-name":
		word(p.Personal.Last)
		word(p.Personal.First)
	case "email":
		word(p.Personal.Email)
	case "plan":
		word(d.planLabel(e, o.lang))
	case "extras":
		number(1<<40 - int64(e.extras))
	case "group", "profile", "role", "kind":
		word(e.label(o.column))
	case "login":
		number(int64(e.loginRank()))
	case "number":
		number(p.Number)
	}
	return place{key: key, who: e}
}

// planLabel is what the plans of somebody are called.
func (d *directory) planLabel(e *entry, lang string) string {
	var names []string
	for _, n := range e.given.plans {
		names = append(names, cmp.Or(displayName(d.active, n, lang), n.String()))
	}
	return strings.Join(names, " + ")
}

// label is the word somebody has in a column, "" when there is none.
func (e *entry) label(column string) string {
	switch column {
	case "group":
		return e.person.Personal.Group
	case "profile":
		return e.person.Profile
	case "role":
		if len(e.roles) > 0 {
			return e.roles[0]
		}
	case "kind":
		return e.person.Kind.String()
	case "login":
		return []string{"yes", "waiting", "no", "former", "deleted"}[e.loginRank()]
	case "plan":
		var names []string
		for _, n := range e.given.plans {
			names = append(names, n.String())
		}
		return strings.Join(names, " ")
	}
	return ""
}

// loginRank orders people by how near they are to signing in.
func (e *entry) loginRank() int {
	switch p := e.person; {
	case p.Deleted:
		return 4
	case p.Former:
		return 3
	case p.Waiting:
		return 1
	case !p.Login:
		return 2
	}
	return 0
}

// hasRole reports whether somebody has a role.
func (e *entry) hasRole(role seat.Role) bool { return slices.Contains(e.roles, string(role)) }
