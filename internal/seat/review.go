package seat

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"

	"github.com/pott-dev/pott/license"
)

// A Look says how much attention a row of a review needs. Rows are sorted by
// it.
type Look string

// Looks, in the order rows stand.
const (
	Blocks Look = "blocks" // nothing is activated until it is resolved
	Warns  Look = "warns"  // somebody may miss something
	Lowers Look = "lowers" // less than today, and everybody fits
	Raises Look = "raises" // more than today
	New    Look = "new"    //
	Text   Look = "text"   // only what it is called or described as, or a number that limits nothing
	Same   Look = "same"   //
)

var looks = []Look{Blocks, Warns, Lowers, Raises, New, Text, Same}

// A Reason is a stable code that says why a row, or a set as a whole, looks as
// it does.
type Reason string

// Reasons of rows.
const (
	TooSmall          Reason = "too-small"          // blocks: Count seats must be given back
	LostInUse         Reason = "lost-in-use"        // blocks: the license leaves, and Count people hold it
	TurnedOff         Reason = "turned-off"         // blocks until acknowledged: a system license leaves; Count people edit with it
	Full              Reason = "full"               // warns: lowered, and no seat is left
	PlanLoses         Reason = "plan-loses"         // warns: the plan no longer includes Name, which Count people lose
	PlanGains         Reason = "plan-gains"         // the plan also includes Name, which Count people get
	LacksPrerequisite Reason = "lacks-prerequisite" // warns: Count people hold the license and lack Name, which it needs
	PrerequisiteGone  Reason = "prerequisite-gone"  // warns: the license no longer needs Name
	WrongPeople       Reason = "wrong-people"       // warns: Count people hold it and are not of a kind it is for
	Exclusive         Reason = "exclusive"          // warns: Count people hold this plan and Name, now of one group
	Otherwise         Reason = "otherwise"          // warns: Fields say what else changes
)

// Reasons of a set as a whole.
const (
	EndsEarlier   Reason = "ends-earlier"   // warns: Count days
	EndsLater     Reason = "ends-later"     // Count days
	LessUpgrades  Reason = "less-upgrades"  // warns: versions of Count days may not be installed any longer
	NewCompany    Reason = "new-company"    // warns
	OtherRules    Reason = "other-rules"    // warns: Fields say which: clients, occupancy, time zone
	NotUnderstood Reason = "not-understood" // warns: Fields name what this version does not know
)

// warns are the reasons that need attention without blocking.
var warns = []Reason{Full, PlanLoses, LacksPrerequisite, PrerequisiteGone, WrongPeople, Exclusive, Otherwise, EndsEarlier, LessUpgrades, NewCompany, OtherRules, NotUnderstood}

// A Finding is one reason with its facts.
type Finding struct {
	Reason       Reason
	Name         license.Name // the other license it is about; the zero Name when there is none
	Count        int64        // people, seats or days, as the reason says
	Fields       []Field
	Acknowledged bool       // of a system license that leaves: somebody has said that it may
	groups       [][]string // who is concerned
}

// People yields the ids of those concerned, each once, in no order.
func (f Finding) People() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, g := range f.groups {
			for _, id := range g {
				if !yield(id) {
					return
				}
			}
		}
	}
}

// Blocks reports whether nothing is activated because of it.
func (f Finding) Blocks() bool {
	return f.Reason == TooSmall || f.Reason == LostInUse || f.Reason == TurnedOff && !f.Acknowledged
}

// Warns reports whether it needs attention and does not block.
func (f Finding) Warns() bool {
	return slices.Contains(warns, f.Reason) || f.Reason == TurnedOff && f.Acknowledged
}

// A ReviewRow is a row of a comparison with what there is to say of it.
type ReviewRow struct {
	Row
	Look     Look
	Findings []Finding
	Fields   []Field // what else changes beside the quantity
}

// A Review is what a new set would do, license by license.
type Review struct {
	Rows     []ReviewRow // by look, then in the new set's order
	Findings []Finding   // of the set as a whole
	// OnlyRaises reports whether nothing is taken from anybody: the set replaces
	// another, and every row is raised, added, or changes only its texts.
	OnlyRaises bool
}

// Blocked reports whether the set cannot be activated as it is.
func (r Review) Blocked() bool {
	return slices.ContainsFunc(r.Rows, func(row ReviewRow) bool { return row.Look == Blocks })
}

// A Move is what somebody holds today and what the person would hold under the
// new set, each as [Holds] returns it under the sets of that moment.
type Move struct {
	Kind          license.PersonKind
	Before, After []license.Held
}

// Moves is everybody: an id, and what becomes of what was given.
type Moves = iter.Seq2[string, Move]

// After returns what everybody would hold.
func After(moves Moves) Holders {
	return func(yield func(string, []license.Held) bool) {
		for id, m := range moves {
			if !yield(id, m.After) {
				return
			}
		}
	}
}

// NewReview reviews an issuer's new set, as part of the sets next that would be
// in force, against the sets of today. rows are as [Fits] returns them for what
// people would hold; what is in use today is counted here, from what they hold
// before. acknowledged are the system licenses whose end somebody has accepted.
func NewReview(now, next *license.Active, issuer license.Issuer, rows []Row, moves Moves, acknowledged []license.Name) Review {
	r := reviewer{now: now, next: next, before: now.Set(issuer), after: next.Set(issuer), movers: movers(now, next, moves), acknowledged: acknowledged}
	r.lookup()
	review := Review{Findings: r.whole()}
	raises := r.before != nil && !slices.ContainsFunc(review.Findings, Finding.Warns)
	for _, row := range rows {
		rr := r.row(row)
		review.Rows = append(review.Rows, rr)
		raises = raises && slices.Index(looks, rr.Look) >= slices.Index(looks, Raises)
	}
	slices.SortStableFunc(review.Rows, func(x, y ReviewRow) int {
		return cmp.Compare(slices.Index(looks, x.Look), slices.Index(looks, y.Look))
	})
	review.OnlyRaises = raises
	return review
}

// A mover is everybody of one kind who holds the same and will hold the same.
type mover struct {
	kind          license.PersonKind
	before, after []license.Held // expanded: what they may use
	given         []license.Held // after, as it was given
	people        []string
}

func movers(now, next *license.Active, moves Moves) []*mover {
	var all []*mover
	seen := map[string]*mover{}
	var key []byte
	for id, m := range moves {
		key = appendHeld(append(key[:0], byte(m.Kind)), m.Before)
		if !same(m.Before, m.After) {
			key = appendHeld(append(key, 1), m.After)
		}
		g := seen[string(key)]
		if g == nil {
			g = &mover{kind: m.Kind, before: now.Expand(m.Before), after: next.Expand(m.After), given: m.After}
			seen[string(key)] = g
			all = append(all, g)
		}
		g.people = append(g.people, id)
	}
	return all
}

// same reports whether two lists are one in memory.
func same(x, y []license.Held) bool {
	return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
}

func appendHeld(key []byte, held []license.Held) []byte {
	for _, h := range held {
		key = append(key, h.Name.Issuer...)
		key = append(key, '.')
		key = append(key, h.Name.Module...)
		key = append(key, 0)
		key = binary.AppendVarint(key, h.Quantity)
	}
	return key
}

type reviewer struct {
	now, next     *license.Active
	before, after *license.Set // of the issuer; before may be nil
	movers        []*mover
	acknowledged  []license.Name
	uses          map[license.Name][]*mover // who may use a name under the new set
	used          map[license.Name][]*mover // and who may today
}

func (r *reviewer) lookup() {
	r.uses, r.used = map[license.Name][]*mover{}, map[license.Name][]*mover{}
	for _, m := range r.movers {
		for _, h := range m.after {
			r.uses[h.Name] = append(r.uses[h.Name], m)
		}
		for _, h := range m.before {
			r.used[h.Name] = append(r.used[h.Name], m)
		}
	}
}

// of returns a finding about those of some for whom is holds.
func (r *reviewer) of(reason Reason, name license.Name, some []*mover, is func(*mover) bool) Finding {
	f := Finding{Reason: reason, Name: name}
	for _, m := range some {
		if is(m) {
			f.Count += int64(len(m.people))
			f.groups = append(f.groups, m.people)
		}
	}
	return f
}

func (r *reviewer) row(row Row) ReviewRow {
	before, after := r.now.License(row.Name), r.next.License(row.Name)
	if row.InUse != nil && (before == nil || before.Kind == license.User) {
		row = r.today(row, before)
	}
	rr := ReviewRow{Row: row}
	switch {
	case row.Result == RemovedInUse:
		f := r.of(LostInUse, license.Name{}, r.uses[row.Name], func(*mover) bool { return true })
		f.Count = max(f.Count, int64(len(row.Holders)))
		rr.Findings = append(rr.Findings, f)
	case row.Result == Over:
		rr.Findings = append(rr.Findings, Finding{Reason: TooSmall, Count: row.Release})
	}
	if before != nil && after != nil {
		rr.Fields = slices.DeleteFunc(differ(licenseFields(row.Name.Issuer, before), licenseFields(row.Name.Issuer, after)),
			func(f Field) bool { return f.Field == "quantity" })
	}
	rr.Findings = append(rr.Findings, r.findings(row, before, after, rr.Fields)...)
	rr.Look = rr.look(before, after)
	return rr
}

// today corrects what is in use for what people hold before any choice.
func (r *reviewer) today(row Row, before *license.License) Row {
	inUse := int64(0)
	for _, m := range r.used[row.Name] {
		i, _ := slices.BinarySearchFunc(m.before, row.Name, func(h license.Held, n license.Name) int { return license.CompareNames(h.Name, n) })
		inUse += m.before[i].Quantity * int64(len(m.people))
	}
	row.InUse = &inUse
	if before != nil && !before.Unrestricted {
		free := before.Quantity - inUse
		row.Free = &free
	}
	return row
}

func (r *reviewer) findings(row Row, before, after *license.License, fields []Field) []Finding {
	var all []Finding
	if before != nil && before.Kind == license.System && !before.Marker && (after == nil || after.Kind != license.System || after.Marker) {
		all = append(all, r.turnedOff(row.Name, before))
	}
	if row.Change < 0 && after != nil && row.InUse != nil && !after.Unrestricted && row.Need == row.NewTotal {
		all = append(all, Finding{Reason: Full})
	}
	if before != nil && after != nil {
		all = append(all, r.plan(row.Name, before.Plan, after.Plan)...)
		all = append(all, r.people(row.Name, before, after)...)
		all = append(all, r.otherwise(fields)...)
	}
	return append(all, r.prerequisite(row.Name, before, after)...)
}

// turnedOff counts those who edit where a system license gave a feature.
func (r *reviewer) turnedOff(name license.Name, before *license.License) Finding {
	f := Finding{Reason: TurnedOff}
	if before.Edit != "" {
		f = r.of(TurnedOff, license.NameOf(name.Issuer, before.Edit), r.used[license.NameOf(name.Issuer, before.Edit)], func(*mover) bool { return true })
	}
	f.Acknowledged = slices.Contains(r.acknowledged, name)
	return f
}

// plan says what holders of a plan lose and get.
func (r *reviewer) plan(name license.Name, before, after *license.Plan) []Finding {
	if before == nil || after == nil {
		return nil
	}
	var all []Finding
	for _, c := range []struct {
		reason     Reason
		has, lacks *license.Plan
	}{{PlanLoses, before, after}, {PlanGains, after, before}} {
		for _, m := range c.has.Includes {
			n := license.NameOf(name.Issuer, m)
			if slices.ContainsFunc(c.lacks.Includes, func(o license.Module) bool { return o.Fold() == n.Module }) {
				continue
			}
			all = append(all, r.of(c.reason, n, r.uses[name], func(m *mover) bool {
				if c.reason == PlanLoses {
					return has(m.before, n) && !has(m.after, n)
				}
				return !has(m.before, n) && has(m.after, n)
			}))
		}
	}
	return append(all, r.groupRivals(name, before, after)...)
}

// groupRivals finds those who hold two plans that are now of one group.
func (r *reviewer) groupRivals(name license.Name, before, after *license.Plan) []Finding {
	if after.Group == "" || after.Group == before.Group {
		return nil
	}
	var all []Finding
	for i := range r.after.Licenses {
		l := &r.after.Licenses[i]
		n := license.NameOf(name.Issuer, l.Module)
		if l.Plan == nil || l.Plan.Group != after.Group || n == name {
			continue
		}
		f := r.of(Exclusive, n, r.uses[name], func(m *mover) bool { return has(m.given, name) && has(m.given, n) })
		if f.Count > 0 {
			all = append(all, f)
		}
	}
	return all
}

// people finds holders of kinds that a license is no longer for.
func (r *reviewer) people(name license.Name, before, after *license.License) []Finding {
	if before.Kind != license.User || before.People&^after.People == 0 {
		return nil
	}
	f := r.of(WrongPeople, license.Name{}, r.uses[name], func(m *mover) bool { return m.kind&after.People == 0 && m.kind&before.People != 0 })
	return []Finding{f}
}

// otherwise names what changes and neither takes seats nor texts.
func (r *reviewer) otherwise(fields []Field) []Finding {
	var changed []Field
	for _, f := range fields {
		switch f.Field {
		case "names", "tooltips", "version", "includes", "prerequisite", "people":
		default:
			changed = append(changed, f)
		}
	}
	if changed = slices.DeleteFunc(changed, opens); len(changed) == 0 {
		return nil
	}
	return []Finding{{Reason: Otherwise, Fields: changed}}
}

// opens reports whether a change takes a limit away.
func opens(f Field) bool { return f.Field == "unrestricted" && f.To != "" }

// prerequisite finds those who hold a license and will lack what it needs.
func (r *reviewer) prerequisite(name license.Name, before, after *license.License) []Finding {
	var was, is license.Name
	if before != nil {
		was = prerequisite(r.now, name)
	}
	if after != nil {
		is = prerequisite(r.next, name)
	}
	var all []Finding
	if is != (license.Name{}) && countedOrAbsent(r.next, is) {
		f := r.of(LacksPrerequisite, is, r.uses[name], func(m *mover) bool {
			lackedBefore := was == is && has(m.before, name) && !has(m.before, is)
			return !has(m.after, is) && !lackedBefore
		})
		if f.Count > 0 || was != is && before != nil {
			all = append(all, f)
		}
	}
	if was != (license.Name{}) && was != is && after != nil {
		all = append(all, Finding{Reason: PrerequisiteGone, Name: was})
	}
	return all
}

// countedOrAbsent reports whether people hold a name, rather than the
// installation: only that can be lacked by somebody.
func countedOrAbsent(active *license.Active, name license.Name) bool {
	l := active.License(name)
	return l == nil || l.Kind == license.User && !l.Marker
}

func (rr *ReviewRow) look(before, after *license.License) Look {
	raised := before != nil && after != nil && (rr.Change > 0 || !before.Unrestricted && after.Unrestricted)
	switch {
	case slices.ContainsFunc(rr.Findings, Finding.Blocks):
		return Blocks
	case slices.ContainsFunc(rr.Findings, Finding.Warns):
		return Warns
	case before == nil && after != nil:
		return New
	case after == nil || rr.Change < 0 && !after.Unrestricted || rr.Change < 0 && rr.Marker:
		return Lowers
	case raised, slices.ContainsFunc(rr.Findings, func(f Finding) bool { return f.Reason == PlanGains }),
		slices.ContainsFunc(rr.Fields, func(f Field) bool { return f.Field == "people" }):
		return Raises
	case rr.Change != 0, slices.ContainsFunc(rr.Fields, func(f Field) bool { return f.Field != "version" }):
		return Text
	}
	return Same
}

// whole says what there is to say of the set itself.
func (r *reviewer) whole() []Finding {
	if r.before == nil {
		return nil
	}
	b, a := r.before.Dates, r.after.Dates
	ends, expiry := shift(EndsEarlier, EndsLater, b.End(), a.End()), shift(EndsEarlier, EndsLater, b.Expiry, a.Expiry)
	if len(ends) == 0 || ends[0].Reason == EndsLater && len(expiry) > 0 && expiry[0].Reason == EndsEarlier {
		ends = expiry // a longer grace makes no later end
	}
	all := append(ends, shift(LessUpgrades, "", b.Maintenance, a.Maintenance)...)
	var rules []Field
	for _, f := range differ(setFields(r.before), setFields(r.after)) {
		switch f.Field {
		case "company":
			all = append(all, Finding{Reason: NewCompany, Fields: []Field{f}})
		case "serial", "time_zone", "occupancy", "installation", "demo", "clients":
			rules = append(rules, f)
		}
	}
	if len(rules) > 0 {
		all = append(all, Finding{Reason: OtherRules, Fields: rules})
	}
	return all
}

// shift says whether a last day came nearer or went farther away. The zero Date
// is the end of all days.
func shift(earlier, later Reason, was, is license.Date) []Finding {
	switch {
	case was == is:
		return nil
	case is.IsZero() || !was.IsZero() && is.After(was):
		if later == "" {
			return nil
		}
		f := Finding{Reason: later}
		if !is.IsZero() {
			f.Count = int64(was.DaysUntil(is))
		}
		return []Finding{f}
	}
	f := Finding{Reason: earlier}
	if !was.IsZero() {
		f.Count = int64(is.DaysUntil(was))
	}
	return []Finding{f}
}
