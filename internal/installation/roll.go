package installation

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A roll numbers everybody for the time of one review. The rules hand the
// numbers back, and a number is put in its place among the user ids without
// looking anybody up: a set that is too small may name everybody in twenty rows.
type roll struct {
	userIDs []string
}

// call yields everybody by number, under sets that may not be in force yet, and
// behind them, without one, what damaged rows keep.
func (r *roll) call(v *store.View, active *license.Active) seat.Holders {
	return func(yield func(string, []license.Held) bool) {
		for p := range v.People() {
			number := binary.BigEndian.AppendUint32(nil, uint32(len(r.userIDs)))
			r.userIDs = append(r.userIDs, p.Personal.UserID)
			if !yield(string(number), holdsOf(v, active, p)) {
				return
			}
		}
		for _, held := range kept(v, active) {
			if !yield("", held) {
				return
			}
		}
	}
}

// name puts user ids, sorted, in the place of numbers.
func (r *roll) name(rows []seat.Row) {
	var places []uint32 // of each number among the user ids
	var sorted []string
	for i := range rows {
		if len(rows[i].Holders) == 0 {
			continue
		}
		if places == nil {
			sorted, places = r.sort()
		}
		called := make([]bool, len(sorted))
		n := 0
		for _, number := range rows[i].Holders {
			if number != "" {
				called[places[binary.BigEndian.Uint32([]byte(number))]] = true
				n++
			}
		}
		names := make([]string, 0, n)
		for place, is := range called {
			if is {
				names = append(names, sorted[place])
			}
		}
		rows[i].Holders = names
	}
}

// sort returns the user ids in order, and where in it each number stands.
func (r *roll) sort() (sorted []string, places []uint32) {
	numbers := make([]uint32, len(r.userIDs))
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	slices.SortFunc(numbers, func(x, y uint32) int {
		return cmp.Or(cmp.Compare(r.userIDs[x], r.userIDs[y]), cmp.Compare(x, y))
	})
	sorted, places = make([]string, len(numbers)), make([]uint32, len(numbers))
	for place, number := range numbers {
		sorted[place], places[number] = r.userIDs[number], uint32(place)
	}
	return sorted, places
}
