package seat

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/pott-dev/pott/license"
)

// A Past is everything that was in an installation, as far as seats are counted.
// All times are in microseconds since 1970 UTC; from is inclusive, until
// exclusive, and an until of 0 has not come.
type Past struct {
	Lives    []Life
	Kept     []Life // what records keep that cannot be read: nobody is seen to hold it, and it takes its seats
	Reigns   []Reign
	Profiles []Bundle
}

// lives are everybody who takes seats.
func (p *Past) lives() []Life {
	if len(p.Kept) == 0 {
		return p.Lives
	}
	return slices.Concat(p.Lives, p.Kept)
}

// A Life is how somebody stood and what the person was given.
type Life struct {
	ID     string
	Stands []Stand      // in the order they were, without gaps; from the first on the person is there
	Given  []Assignment // current and ended
}

// A Stand is how somebody stood for a while.
type Stand struct {
	Person
	From, Until int64
}

// A Reign is a while in which a set was in force.
type Reign struct {
	Set         *license.Set
	From, Until int64
}

// A Bundle is what a profile had for a while.
type Bundle struct {
	Code        string
	Modules     []license.Name
	From, Until int64
}

func during(at, from, until int64) bool { return from <= at && (until == 0 || at < until) }

// Active returns the sets that were in force at a moment.
func (p *Past) Active(at int64) *license.Active {
	var sets []*license.Set
	for _, r := range p.Reigns {
		if during(at, r.From, r.Until) {
			sets = append(sets, r.Set)
		}
	}
	return license.NewActive(sets...)
}

// profiles returns the modules of every profile at a moment.
func (p *Past) profiles(at int64) map[string][]license.Name {
	all := map[string][]license.Name{}
	for _, b := range p.Profiles {
		if during(at, b.From, b.Until) {
			all[b.Code] = b.Modules
		}
	}
	return all
}

// At returns how the person stood at a moment, and what was given then; false
// before the person was there.
func (l *Life) At(at int64) (Person, []Assignment, bool) {
	i := slices.IndexFunc(l.Stands, func(s Stand) bool { return during(at, s.From, s.Until) })
	if i < 0 {
		return Person{}, nil, false
	}
	var given []Assignment
	for _, a := range l.Given {
		if during(at, a.From, a.Until) {
			given = append(given, a)
		}
	}
	person := l.Stands[i].Person
	if len(given) > 0 {
		// Whoever leaves gives everything back: who was given something then had not
		// left, also where the record of how the person stood cannot be read.
		person.Former, person.Deleted = false, false
	}
	return person, given, true
}

// A Moment is one moment of the past.
type Moment struct {
	Active   *license.Active
	at       int64
	past     *Past
	profiles map[string][]license.Name
}

// At returns a moment of the past.
func (p *Past) At(at int64) *Moment {
	return &Moment{Active: p.Active(at), at: at, past: p, profiles: p.profiles(at)}
}

// Under returns the same moment with other sets in force.
func (m *Moment) Under(active *license.Active) *Moment {
	other := *m
	other.Active = active
	return &other
}

// Standing returns how somebody stood, without pools; false before the person was
// there.
func (m *Moment) Standing(l *Life) (Standing, bool) {
	person, given, ok := l.At(m.at)
	return Standing{Active: m.Active, Pools: limitless, Person: person, Current: given, Profile: m.profiles[person.Profile]}, ok
}

// Holders are everybody who was there and had not left.
func (m *Moment) Holders(yield func(string, []license.Held) bool) {
	for i := range m.past.Lives {
		s, ok := m.Standing(&m.past.Lives[i])
		if ok && !s.Person.Gone() && !yield(s.Person.ID, s.Holds()) {
			return
		}
	}
}

// takers are the holders, and what nobody can be seen to hold.
func (m *Moment) takers(yield func(string, []license.Held) bool) {
	for holder, held := range m.Holders {
		if !yield(holder, held) {
			return
		}
	}
	for i := range m.past.Kept {
		if s, ok := m.Standing(&m.past.Kept[i]); ok && !yield("", s.Holds()) {
			return
		}
	}
}

// Pools are as full as they were.
func (m *Moment) Pools() Pools {
	taken := Recount(m.Active, m.takers)
	return func(n license.Name) Pool {
		p := Pool{Taken: taken[n]}
		if l := m.Active.License(n); l != nil {
			p.Seats, p.Unrestricted = l.Quantity, l.Unrestricted
		}
		return p
	}
}

// Count counts users as they were.
func (m *Moment) Count() Counts { return Count(m.Active, m.Pools(), m.Holders) }

// A Peak is the most seats of one license that were taken at a time.
type Peak struct {
	Name license.Name
	Most int64
	At   int64 // the first moment it was so
}

// Peaks returns the peak of every license of which a seat was taken between two
// moments, the second excluded; by name. What changed at one moment counts as
// one step.
func (p *Past) Peaks(from, until int64) []Peak {
	w := newSweep(p)
	w.everybody(from)
	changes := p.changes(from, until)
	for len(changes) > 0 {
		changes = w.next(changes)
	}
	peaks := make([]Peak, 0, len(w.peaks))
	for _, peak := range w.peaks {
		peaks = append(peaks, peak)
	}
	slices.SortFunc(peaks, func(x, y Peak) int { return license.CompareNames(x.Name, y.Name) })
	return peaks
}

// A turn is a moment at which something changed for somebody, or, with a life
// below 0, for everybody.
type turn struct {
	at   int64
	life int
}

// changes are the moments after from and before until at which anything changed.
func (p *Past) changes(from, until int64) []turn {
	var all []turn
	add := func(life int, moments ...int64) {
		for _, at := range moments {
			if from < at && at < until {
				all = append(all, turn{at, life})
			}
		}
	}
	for i, l := range p.lives() {
		for _, a := range l.Given {
			add(i, a.From, a.Until)
		}
		for _, s := range l.Stands {
			add(i, s.From)
		}
	}
	for _, r := range p.Reigns {
		add(-1, r.From, r.Until)
	}
	for _, b := range p.Profiles {
		add(-1, b.From, b.Until)
	}
	slices.SortFunc(all, func(x, y turn) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.life, y.life)) })
	return all
}

// A sweep goes through the past once, from change to change.
type sweep struct {
	past   *Past
	lives  []Life
	moment *Moment
	held   [][]license.Held // by life, expanded
	taken  map[license.Name]int64
	peaks  map[license.Name]Peak
	names  [][]uint64                // by life, a number for the name of each assignment
	known  map[string][]license.Held // what is held, by standing and what was given
	key    []byte
}

func newSweep(p *Past) *sweep {
	lives := p.lives()
	return &sweep{past: p, lives: lives, peaks: map[license.Name]Peak{}, held: make([][]license.Held, len(lives)), names: numbered(lives)}
}

// everybody looks at all lives anew.
func (w *sweep) everybody(at int64) {
	w.moment, w.taken, w.known = w.past.At(at), map[license.Name]int64{}, map[string][]license.Held{}
	for i := range w.lives {
		w.held[i] = nil
		w.look(i)
	}
	for n := range w.taken {
		w.record(n, at)
	}
}

func (w *sweep) step(changes []turn) {
	at := changes[0].at
	if changes[0].life < 0 {
		w.everybody(at)
		return
	}
	w.moment.at = at
	var touched []license.Name
	for i, c := range changes {
		if i == 0 || c.life != changes[i-1].life {
			touched = append(touched, w.look(c.life)...)
		}
	}
	for _, n := range touched {
		w.record(n, at)
	}
}

// look brings one life to the moment and returns the licenses that have more
// seats taken.
func (w *sweep) look(life int) (more []license.Name) {
	now := w.holds(life)
	for _, t := range w.diff(w.held[life], now) {
		w.taken[t.Name] += t.Delta
		if t.Delta > 0 {
			more = append(more, t.Name)
		}
	}
	w.held[life] = now
	return more
}

// diff returns what moves between two lists of what is held. Unlike [Takes] it
// also gives back what no set has.
func (w *sweep) diff(old, now []license.Held) (takes []Take) {
	add := func(n license.Name, delta int64) {
		if delta != 0 && Counted(w.moment.Active, n) {
			takes = append(takes, Take{n, delta})
		}
	}
	for len(old) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(old) > 0 && license.CompareNames(old[0].Name, now[0].Name) < 0:
			add(old[0].Name, -old[0].Quantity)
			old = old[1:]
		case len(old) == 0 || license.CompareNames(old[0].Name, now[0].Name) > 0:
			add(now[0].Name, now[0].Quantity)
			now = now[1:]
		default:
			add(now[0].Name, now[0].Quantity-old[0].Quantity)
			old, now = old[1:], now[1:]
		}
	}
	return takes
}

// holds returns what somebody held at the moment, plans expanded. There are few
// ways to hold licenses, so each is worked out once.
func (w *sweep) holds(life int) []license.Held {
	l, at := &w.lives[life], w.moment.at
	i := slices.IndexFunc(l.Stands, func(s Stand) bool { return during(at, s.From, s.Until) })
	if i < 0 {
		return nil
	}
	p := &l.Stands[i].Person
	key := append(w.key[:0], byte(p.Kind), bit(p.Login), bit(p.Gone()))
	key = append(append(key, p.Profile...), 0)
	for j := range l.Given {
		if a := &l.Given[j]; during(at, a.From, a.Until) {
			key = binary.AppendVarint(binary.AppendUvarint(key, w.names[life][j]), a.Quantity)
		}
	}
	w.key = key
	if known, ok := w.known[string(key)]; ok {
		return known
	}
	s, _ := w.moment.Standing(l)
	all := s.Uses()
	w.known[string(key)] = all
	return all
}

func bit(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// numbered gives the name of every assignment a number.
func numbered(lives []Life) [][]uint64 {
	numbers, all := map[license.Name]uint64{}, make([][]uint64, len(lives))
	for i := range lives {
		all[i] = make([]uint64, len(lives[i].Given))
		for j, a := range lives[i].Given {
			n, ok := numbers[a.Name]
			if !ok {
				n = uint64(len(numbers))
				numbers[a.Name] = n
			}
			all[i][j] = n
		}
	}
	return all
}

func (w *sweep) record(n license.Name, at int64) {
	if taken := w.taken[n]; taken > w.peaks[n].Most {
		w.peaks[n] = Peak{n, taken, at}
	}
}
