package entitle

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// An Index answers checks from memory. It never changes, so any number of
// goroutines may ask it without a lock; when something changes, another index
// is made from it and takes its place.
//
// An index is as of one moment and reads no clock. [Index.NextChange] says when
// its dates want another look.
//
// It is small: about 30 bytes and the user id per person, however many modules
// there are.
type Index struct {
	line   *line
	people *people
	deck   *deck
	rows   []uint64 // of the deck, as many as this index knows
	dates
}

// NewIndex returns the index of an installation at a moment. User ids count
// in any letter case, see [license.FoldUserID]: two holders with one user id are
// one, the later in the list.
func NewIndex(active *license.Active, holdings *Holdings, now time.Time) *Index {
	l := newLine()
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.patch(&people{shards: new([shards]*shard)})
	p.reserve(len(holdings.People))
	for i := range holdings.People {
		p.put(&holdings.People[i])
	}
	dates := newDates(holdings.TimeZone)
	dates.stops, dates.events = holdings.Stops, holdings.Events
	return l.index(&p.people, l.newDeck(active), dates, now)
}

// index returns an index of what is given. The caller holds the mu of l.
func (l *line) index(p *people, d *deck, dates dates, now time.Time) *Index {
	d.deal(l)
	x := &Index{line: l, people: p, deck: d, rows: d.rows, dates: dates}
	x.read(now)
	return x
}

// With returns an index in which some people hold something else, and others
// are gone. Those removed are removed first, so that a user id in both lists is
// somebody new. It costs about as much as there are people in the two lists, not
// in the index. The moment stays that of x.
func (x *Index) With(changed []Holder, removed []string) *Index {
	x.line.mu.Lock()
	defer x.line.mu.Unlock()
	p := x.line.patch(x.people)
	for _, id := range removed {
		p.remove(id)
	}
	for i := range changed {
		p.put(&changed[i])
	}
	return x.line.withPeople(x, &p.people)
}

func (l *line) withPeople(x *Index, p *people) *Index {
	x.deck.deal(l)
	c := *x
	c.people, c.rows = p, x.deck.rows
	return &c
}

// Replace returns an index of the people in the holdings and nobody else, as of
// the same sets and moment. Handles of people that are in both stay valid.
func (x *Index) Replace(holdings *Holdings) *Index {
	x.line.mu.Lock()
	defer x.line.mu.Unlock()
	p := x.line.patch(x.people)
	stay := make(map[string]bool, len(holdings.People))
	for i := range holdings.People {
		stay[license.FoldUserID(holdings.People[i].Person)] = true
	}
	for _, id := range x.people.ids() {
		if !stay[id] {
			p.removeFolded(id)
		}
	}
	for i := range holdings.People {
		p.put(&holdings.People[i])
	}
	c := x.line.withPeople(x, &p.people)
	c.dates = newDates(holdings.TimeZone)
	c.stops, c.events, c.tooOld = holdings.Stops, holdings.Events, x.tooOld
	c.read(x.now)
	return c
}

// Under returns an index of the same people under other sets, at a moment.
func (x *Index) Under(active *license.Active, now time.Time) *Index {
	x.line.mu.Lock()
	defer x.line.mu.Unlock()
	return x.line.index(x.people, x.line.newDeck(active), x.dates, now)
}

// At returns an index of the same people and sets at another moment.
func (x *Index) At(now time.Time) *Index { return x.at(now, x.tooOld) }

// at is At of an index that knows nothing about people any more when tooOld:
// then it denies them with the reason [TooOld], and still knows what is on.
func (x *Index) at(now time.Time, tooOld bool) *Index {
	c := *x
	c.tooOld = tooOld
	c.read(now)
	return &c
}

// People returns how many people the index knows.
func (x *Index) People() int { return x.people.count }

// Active returns the sets in force.
func (x *Index) Active() *license.Active { return x.deck.active }

// NextChange returns the next moment an answer may change because a day ends
// somewhere or an event begins: the index should be replaced by [Index.At] of that moment.
func (x *Index) NextChange() time.Time { return x.next }

func (p *people) ids() []string {
	ids := make([]string, 0, p.count)
	for _, s := range p.shards {
		if s == nil {
			continue
		}
		for i := range s.slots {
			if s.slots[i].person != 0 {
				ids = append(ids, string(s.key(&s.slots[i])))
			}
		}
	}
	return ids
}
