package installation

import (
	"slices"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// kept returns what is taken although nobody can be seen to hold it. A row that
// was changed behind the server's back gives nothing but keeps its seats, so
// they count when another set is to come in force. A plan takes one seat of a
// person, so each entry stands for one; what is left beyond plans is the last.
func kept(v *store.View, next *license.Active) [][]license.Held {
	if v.Health() == store.Sound {
		return nil
	}
	// Where the set in force cannot be read, the new one says what plans include.
	active := v.Active()
	for _, set := range next.Sets() {
		if active.Set(set.Issuer) == nil {
			active = active.With(set)
		}
	}
	seen := seat.Recount(active, visible(v, active))
	plans, rest := map[license.Name]int64{}, map[license.Name]int64{}
	most := int64(0)
	for _, row := range v.Licenses() {
		over := row.Taken - seen[row.Name]
		if l := active.License(row.Name); l != nil && l.Kind == license.Site {
			continue // see keptAt
		}
		if l := active.License(row.Name); over > 0 && l != nil && l.Plan != nil {
			plans[row.Name], most = over, max(most, over)
		} else if over > 0 {
			rest[row.Name] = over
		}
	}
	all := make([][]license.Held, most, most+1)
	for i := range all {
		for _, left := range []map[license.Name]int64{plans, rest} {
			for n := range left {
				if left[n] > 0 {
					all[i] = append(all[i], license.Held{Name: n, Quantity: 1})
					left[n]--
				}
			}
		}
	}
	var last []license.Held
	for n, over := range rest {
		if over > 0 {
			last = append(last, license.Held{Name: n, Quantity: over})
		}
	}
	if last != nil {
		all = append(all, last)
	}
	for _, held := range all {
		slices.SortFunc(held, func(x, y license.Held) int { return license.CompareNames(x.Name, y.Name) })
	}
	return all
}
