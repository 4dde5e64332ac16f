package entitle

import (
	"time"
	// Dates of a set are read in the owner's zone, also in a container without a
	// zone database.
	_ "time/tzdata"

	"github.com/pott-dev/pott/license"
)

// dates are what the clock says about an index: all of it worked out once, when
// the index is made, so that a check compares numbers.
type dates struct {
	zone string // of the installation
	loc  *time.Location
	now  time.Time
	next time.Time

	stops   []Stop
	events  []Event
	closed  [kinds]*Event // by kind of person: what keeps it from signing in
	tooOld  bool          // nothing is known about people any more
	today   day           // in the zone of the installation; allOut when tooOld
	rules   []rule        // by number of the module
	clients map[license.Name]*client
}

// A rule is what is the same for everybody about one module.
type rule struct {
	kind   license.Kind // 0: in no set in force
	edits  bool         // a system module that takes another module to edit
	bit    uint32       // of a user module
	edit   uint32       // number of the module that edits; noModule when no set has it
	end    day          // last day of answer
	answer Answer       // of whoever has what it takes: holds a user module through a plan
}

const noModule = 1<<32 - 1

// A client is what signing in one way takes.
type client struct {
	people license.PersonKind
	absent bool     // it needs a module that no set has
	needs  []uint64 // user modules, as bits
	end    day
	answer Answer
}

func newDates(zone string) dates { return dates{zone: zone, loc: location(zone)} }

// location returns a zone, or UTC for one that is not known here.
func location(zone string) *time.Location {
	if loc, err := time.LoadLocation(zone); err == nil {
		return loc
	}
	return time.UTC
}

// read works out everything the moment decides.
func (x *Index) read(now time.Time) {
	x.now = now
	x.today = dayOf(license.DateOf(now.In(x.loc)))
	if x.tooOld {
		x.today = allOut
	}
	x.next = midnightAfter(now, x.loc)
	x.rules = make([]rule, x.deck.size)
	x.clients = map[license.Name]*client{}
	for _, s := range x.deck.active.Sets() {
		x.readSet(s)
	}
	x.settleEvents()
}

func (x *Index) readSet(s *license.Set) {
	loc := location(s.TimeZone)
	state := s.Dates.State(license.DateOf(x.now.In(loc)))
	if next := midnightAfter(x.now, loc); next.Before(x.next) {
		x.next = next
	}
	signIn := Answer{Effect: Allow, Grace: state == license.Grace, Until: s.Dates.End()}
	other := signIn
	if state == license.ReadOnly {
		signIn = Answer{Effect: Allow}
		other = Answer{Effect: ReadOnly, Reason: IssuerReadOnly}
	}
	for i := range s.Licenses {
		x.readLicense(s, &s.Licenses[i], other)
	}
	for i := range s.Clients {
		x.readClient(s, &s.Clients[i], signIn, state)
	}
	if reason := x.stopped(s); reason != NoReason {
		x.stop(s, reason)
	}
}

func (x *Index) readLicense(s *license.Set, lic *license.License, answer Answer) {
	number := x.deck.numbers[license.NameOf(s.Issuer, lic.Module)]
	if answer.Reason == NoReason {
		answer.Reason = System
		if lic.Kind == license.User {
			answer.Reason = Included
		}
	}
	r := rule{kind: lic.Kind, bit: x.deck.bits[number], edit: noModule, answer: answer, end: endOf(answer)}
	if lic.Kind == license.System && lic.Edit != "" {
		r.edits = true
		if edit, ok := x.deck.numbers[license.NameOf(s.Issuer, lic.Edit)]; ok {
			r.edit = edit
		}
	}
	x.rules[number] = r
}

func (x *Index) readClient(s *license.Set, c *license.Client, answer Answer, state license.State) {
	answer.Reason = Held
	if state == license.ReadOnly {
		answer.Reason = IssuerReadOnly
	}
	entry := &client{people: c.People, needs: make([]uint64, x.deck.words), answer: answer, end: endOf(answer)}
	for _, m := range c.System {
		lic := x.deck.active.License(license.NameOf(s.Issuer, m))
		entry.absent = entry.absent || lic == nil || lic.Kind != license.System
	}
	for _, m := range c.User {
		number, ok := x.deck.numbers[license.NameOf(s.Issuer, m)]
		if !ok || x.rules[number].kind != license.User {
			entry.absent = true
			continue
		}
		r := &x.rules[number]
		entry.needs[r.bit>>6] |= 1 << (r.bit & 63)
		r.answer, r.end = answer, endOf(answer)
		r.answer.Reason = Included
	}
	x.clients[license.NameOf(s.Issuer, license.Module(c.Name))] = entry
}

func endOf(a Answer) day {
	if a.Until.IsZero() {
		return noEnd
	}
	return dayOf(a.Until)
}

// midnightAfter returns the moment the next day begins in loc: always after
// now. Where clocks skip midnight the day begins later.
func midnightAfter(now time.Time, loc *time.Location) time.Time {
	today := license.DateOf(now.In(loc))
	t := today.Add(1).Midnight(loc)
	for license.DateOf(t) == today {
		t = t.Add(15 * time.Minute)
	}
	return t
}
