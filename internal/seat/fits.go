package seat

import (
	"fmt"
	"slices"

	"github.com/pott-dev/pott/license"
)

// A Result says what a new set does to one license.
type Result string

const (
	Unchanged    Result = "unchanged"
	Raised       Result = "raised"
	Lowered      Result = "lowered"        // and everybody fits
	Over         Result = "over"           // fewer seats than are needed: refuses
	Added        Result = "added"          //
	Removed      Result = "removed"        // and nobody needs it
	RemovedInUse Result = "removed-in-use" // somebody does: refuses
	Marker       Result = "marker"         // says what was bought; never refuses
)

// Refuses reports whether the result keeps a set from being activated.
func (r Result) Refuses() bool { return r == Over || r == RemovedInUse }

// A Row compares one license of the set in force with the new one. A license
// that one of the sets lacks counts as 0 there. Pointers are nil where there is
// nothing to count: for system licenses and markers, and for what is
// free of an unrestricted license or of one that is not in the set.
type Row struct {
	Name         license.Name
	Kind         license.Kind // Kind, Hidden, Marker and Unrestricted are the new set's, where it has the license
	Hidden       bool
	Marker       bool
	Unrestricted bool
	Total        int64  // in the set in force
	InUse        *int64 // today, under the set in force
	Free         *int64
	Change       int64 // NewTotal - Total
	NewTotal     int64
	NewFree      *int64 // if everybody kept what they have; negative when they do not fit
	Result       Result
	Need         int64    // seats the new set would have taken: direct holdings plus what its own plans give; 0 when not counted
	Release      int64    // how many seats must be given back before it fits
	Holders      []string // who needs it, people before databases, in the order they came; only when Result refuses
}

// A TooSmallError says which licenses of a new set have fewer seats than its
// own plans and today's holdings need. Nothing was activated.
type TooSmallError struct {
	Issuer license.Issuer
	Number int64   // of the set
	Rows   []Short // in the issuer's order
}

// A Short is one license that is too small.
type Short struct {
	Name    license.Name
	Seats   int64    // in the new set
	Need    int64    //
	Over    int64    // Need - Seats
	Holders []string // ids of who needs it
}

func (e *TooSmallError) Error() string {
	return fmt.Sprintf("set %d of %s is too small for %d of its licenses", e.Number, e.Issuer, len(e.Rows))
}

// Code returns the stable code of the error.
func (e *TooSmallError) Code() string { return "set.too-small" }

// Fits compares an issuer's new set, as part of the sets next that would be in
// force, with the set of today, for everybody and every database. people are as
// [Holds] returns them for next, databases as [HoldsAt]; nil is nobody.
//
// The rows are every license of the two sets in the new set's order, those that
// leave standing where they stood. They are returned also with an error, which
// is a [*TooSmallError] naming every license that has too few seats and nothing
// else. Once the set is activated, each row has Need seats taken, which is 0 for
// what is not counted.
func Fits(now, next *license.Active, issuer license.Issuer, people, databases Holders) ([]Row, error) {
	of, at := groups(people), groups(databases)
	r := review{
		now: now, next: next, issuer: issuer,
		inUse: count(of, now.Expand, now, Counted),
		need:  count(of, next.Expand, next, Counted),
		// Whoever is on a plan that leaves must be moved before the set can be
		// activated, so what that plan gives today still counts as wanted.
		wanted: count(of, func(held []license.Held) []license.Held { return expandBoth(now, next, held) }, next, Counted),
	}
	r.addSites(at)
	rows := r.rows()
	short := &TooSmallError{Issuer: issuer}
	if set := next.Set(issuer); set != nil {
		short.Number = set.Number
	}
	r.whoNeeds(rows, of, next.Expand, Counted)
	r.whoNeeds(rows, at, asHeld, CountedAt)
	for i := range rows {
		if row := &rows[i]; row.Result.Refuses() {
			short.Rows = append(short.Rows, Short{row.Name, row.NewTotal, row.Need, row.Release, row.Holders})
		}
	}
	if len(short.Rows) > 0 {
		return rows, short
	}
	return rows, nil
}

type review struct {
	now, next           *license.Active
	issuer              license.Issuer
	inUse, need, wanted map[license.Name]int64
}

func (r review) rows() []Row {
	names := merge(modules(r.now.Set(r.issuer)), modules(r.next.Set(r.issuer)))
	known := map[license.Name]bool{}
	rows := make([]Row, 0, len(names))
	for _, n := range names {
		known[n] = true
		rows = append(rows, r.row(n))
	}
	// What a plan lists or somebody holds, and neither set has.
	var missing []license.Name
	for n, need := range r.need {
		if n.Issuer == r.issuer && !known[n] && need > 0 {
			missing = append(missing, n)
		}
	}
	slices.SortFunc(missing, license.CompareNames)
	for _, n := range missing {
		rows = append(rows, Row{Name: n, Kind: license.User, Need: r.need[n], Release: r.need[n], Result: Over})
	}
	return rows
}

func (r review) row(n license.Name) Row {
	before, after := r.now.License(n), r.next.License(n)
	l := after
	if l == nil {
		l = before
	}
	row := Row{Name: n, Kind: l.Kind, Hidden: l.Hidden, Marker: l.Marker, Unrestricted: l.Unrestricted}
	if before != nil {
		row.Total = before.Quantity
	}
	if after != nil {
		row.NewTotal = after.Quantity
	}
	row.Change = row.NewTotal - row.Total
	// What a plan lists or somebody holds and the new set lacks is a pool of none,
	// whatever it was before.
	if l.Kind != license.System && !l.Marker || after == nil && r.need[n] > 0 {
		r.count(&row, before, after)
	}
	row.Result = row.result(before, after)
	return row
}

// addSites counts what databases hold as well.
func (r *review) addSites(at []*group) {
	for n, seats := range count(at, asHeld, r.now, CountedAt) {
		r.inUse[n] += seats
	}
	for n, seats := range count(at, asHeld, r.next, CountedAt) {
		r.need[n] += seats
		r.wanted[n] += seats
	}
}

// asHeld is how databases hold: nothing of theirs includes anything.
func asHeld(held []license.Held) []license.Held { return held }

// count fills in what is counted of a user or site license.
func (r review) count(row *Row, before, after *license.License) {
	inUse := r.inUse[row.Name]
	row.Need = r.need[row.Name]
	row.InUse = &inUse
	if before != nil && !before.Unrestricted {
		free := before.Quantity - inUse
		row.Free = &free
	}
	if after == nil || !after.Unrestricted {
		row.Release = max(0, row.Need-row.NewTotal)
		free := row.NewTotal - r.wanted[row.Name]
		if !(after == nil && before.Unrestricted) {
			row.NewFree = &free
		}
	}
}

func (row *Row) result(before, after *license.License) Result {
	switch {
	case after == nil && row.Release > 0:
		return RemovedInUse
	case row.Release > 0:
		return Over
	case row.Marker:
		return Marker
	case after == nil:
		return Removed
	case before == nil:
		return Added
	case row.Change > 0:
		return Raised
	case row.Change < 0:
		return Lowered
	}
	return Unchanged
}

// count returns the seats everybody takes together of what is counted. Who holds
// a name by several paths takes its seats once.
func count(people []*group, expand func([]license.Held) []license.Held, active *license.Active,
	counted func(*license.Active, license.Name) bool) map[license.Name]int64 {
	seats := map[license.Name]int64{}
	for _, g := range people {
		for _, h := range expand(g.holds) {
			if counted(active, h.Name) {
				seats[h.Name] += h.Quantity * int64(len(g.people))
			}
		}
	}
	return seats
}

// expandBoth expands under the next sets, and the plans they lack under those
// of now.
func expandBoth(now, next *license.Active, held []license.Held) []license.Held {
	all := slices.Clone(held)
	for _, h := range held {
		if next.License(h.Name) == nil {
			all = append(all, now.Expand([]license.Held{h})...)
		}
	}
	return next.Expand(all)
}

// whoNeeds adds to the rows that refuse who of some needs them.
func (r review) whoNeeds(rows []Row, some []*group, expand func([]license.Held) []license.Held, counted func(*license.Active, license.Name) bool) {
	refusing := map[license.Name]*Row{}
	for i := range rows {
		if rows[i].Result.Refuses() {
			refusing[rows[i].Name] = &rows[i]
		}
	}
	if len(refusing) == 0 {
		return
	}
	for _, g := range some {
		for _, h := range expand(g.holds) {
			if row := refusing[h.Name]; row != nil && counted(r.next, h.Name) {
				row.Holders = append(row.Holders, g.people...)
			}
		}
	}
}

func modules(set *license.Set) []license.Name {
	if set == nil {
		return nil
	}
	names := make([]license.Name, len(set.Licenses))
	for i := range set.Licenses {
		names[i] = license.NameOf(set.Issuer, set.Licenses[i].Module)
	}
	return names
}

// merge returns the names of after in their order, those that only before has
// behind the neighbour they stood behind.
func merge(before, after []license.Name) []license.Name {
	place := make(map[license.Name]int, len(before))
	for i, n := range before {
		place[n] = i
	}
	stays := make(map[license.Name]bool, len(after))
	for _, n := range after {
		stays[n] = true
	}
	var names []license.Name
	leaving := func(from int) {
		for ; from < len(before) && !stays[before[from]]; from++ {
			names = append(names, before[from])
		}
	}
	leaving(0)
	for _, n := range after {
		names = append(names, n)
		if i, ok := place[n]; ok {
			leaving(i + 1)
		}
	}
	return names
}
