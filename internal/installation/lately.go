package installation

import (
	"strings"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// lately counts who was active in the last 30 days and may use what a proposed set
// lowers or removes: nil where that is not collected. Of a system license, which is
// for everybody, it counts everybody.
func (p *proposal) lately(v *store.View, active buckets) map[license.Name]int64 {
	if !active.on() {
		return nil
	}
	counts := map[license.Name]int64{}
	for _, r := range p.review.Rows {
		if lowers(r) {
			counts[r.Name] = 0
		}
	}
	if len(counts) == 0 {
		return counts
	}
	uses := map[string][]license.Name{}
	for person := range v.People() {
		if person.Gone() || !active.of(person).Lately() {
			continue
		}
		held := holdsOf(v, p.before, person)
		var key strings.Builder
		for _, h := range held {
			key.WriteString(h.Name.String() + " ")
		}
		of, known := uses[key.String()]
		if !known {
			of = p.counted(counts, held)
			uses[key.String()] = of
		}
		for _, n := range of {
			counts[n]++
		}
	}
	return counts
}

// lowers reports whether a row takes something from people.
func lowers(r seat.ReviewRow) bool {
	return r.Change < 0 || r.Result == seat.Removed || r.Result == seat.RemovedInUse
}

// counted are the names that are counted of whoever was given something.
func (p *proposal) counted(counts map[license.Name]int64, held []license.Held) (of []license.Name) {
	for n := range counts {
		if l := p.before.License(n); l != nil && l.Kind == license.System {
			of = append(of, n)
		}
	}
	for _, h := range p.before.Expand(held) {
		if _, asked := counts[h.Name]; asked {
			of = append(of, h.Name)
		}
	}
	return of
}
