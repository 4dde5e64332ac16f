package installation

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A roll numbers everybody for the time of one review. The rules hand the
// numbers back, and a number is put in its place among the user ids without
// looking anybody up: a set that is too small may name everybody in twenty rows.
type roll struct {
	userIDs []string
	sorted  []string // userIDs in order, once it is asked for
	places  []uint32 // and where in it each number stands
}

// call yields what becomes of everybody, by number, when one sets replace the
// others and a plan is carried out; and behind them, without a number, what
// damaged rows keep.
func (r *roll) call(v *store.View, before, next *license.Active, with *plan) seat.Moves {
	var moves []seat.Move
	alike := holdsAlike(before, next)
	for p := range v.People() {
		current, profile := v.Assignments(p.ID), profileModules(v, p.Profile)
		m := seat.Move{Kind: p.Kind, Before: seat.Holds(before, p.Person, current, profile)}
		switch c := with.people[p.ID]; {
		case c != nil:
			m.After = seat.Holds(next, c.next, c.current, profile)
		case alike(p):
			m.After = m.Before
		default:
			m.After = seat.Holds(next, p.Person, current, profile)
		}
		moves = append(moves, m)
		r.userIDs = append(r.userIDs, p.Personal.UserID)
	}
	keep := kept(v, next)
	return func(yield func(string, seat.Move) bool) {
		// All numbers stand in one text, so that nobody's costs memory of its own.
		numbers := make([]byte, 0, 4*len(moves))
		for i := range moves {
			numbers = binary.BigEndian.AppendUint32(numbers, uint32(i))
		}
		text := string(numbers)
		for i, m := range moves {
			if !yield(text[4*i:4*i+4], m) {
				return
			}
		}
		for _, held := range keep {
			if !yield("", seat.Move{Before: held, After: held}) {
				return
			}
		}
	}
}

// holdsAlike reports of whom it is certain that the same was given under both
// sets: of everybody for whom neither a profile nor a login gives anything.
func holdsAlike(before, next *license.Active) func(store.Person) bool {
	byLogin := map[license.PersonKind]bool{}
	return func(p store.Person) bool {
		gives, known := byLogin[p.Kind]
		if !known {
			gives = len(before.LoginGives(p.Kind))+len(next.LoginGives(p.Kind)) > 0
			byLogin[p.Kind] = gives
		}
		return p.Profile == "" && !gives
	}
}

// name puts user ids, sorted, in the place of numbers.
func (r *roll) name(rows []seat.ReviewRow) {
	for i := range rows {
		if len(rows[i].Holders) > 0 {
			rows[i].Holders = r.names(slices.Values(rows[i].Holders), len(rows[i].Holders))
		}
	}
}

// some returns the first user ids of those a finding concerns.
func (r *roll) some(f seat.Finding, most int) []string {
	names := r.names(f.People(), int(min(f.Count, int64(most))))
	return names[:min(most, len(names))]
}

// names returns the user ids of numbers, sorted. Databases keep their names and
// stand behind.
func (r *roll) names(numbers func(func(string) bool), room int) []string {
	var called []bool
	var databases []string
	for number := range numbers {
		switch {
		case number == "":
			continue
		case strings.HasPrefix(number, databaseHolder):
			databases = append(databases, number)
			continue
		}
		if called == nil {
			r.sort()
			called = make([]bool, len(r.sorted))
		}
		called[r.places[binary.BigEndian.Uint32([]byte(number))]] = true
	}
	if called == nil {
		return databases
	}
	names := make([]string, 0, room)
	for place, is := range called {
		if is {
			names = append(names, r.sorted[place])
		}
	}
	return append(names, databases...)
}

// sort puts the user ids in order, once.
func (r *roll) sort() {
	if len(r.sorted) == len(r.userIDs) {
		return
	}
	numbers := make([]uint32, len(r.userIDs))
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	slices.SortFunc(numbers, func(x, y uint32) int {
		return cmp.Or(cmp.Compare(r.userIDs[x], r.userIDs[y]), cmp.Compare(x, y))
	})
	r.sorted, r.places = make([]string, len(numbers)), make([]uint32, len(numbers))
	for place, number := range numbers {
		r.sorted[place], r.places[number] = r.userIDs[number], uint32(place)
	}
}
