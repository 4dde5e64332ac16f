package installation

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// siteHolders returns the databases that hold a license now; none for one that
// people hold.
func siteHolders(v *store.View, active *license.Active, name license.Name) []api.Holder {
	all := []api.Holder{}
	if l := active.License(name); l == nil || l.Kind != license.Site {
		return all
	}
	for _, d := range v.Databases() {
		for _, a := range siteAssignments(v, d.Number) {
			if a.Name == name {
				all = append(all, siteHolder(a, d.Name))
			}
		}
	}
	return all
}

func siteHolder(a seat.SiteAssignment, database string) api.Holder {
	return api.Holder{Database: database, Number: a.Database, Quantity: a.Quantity, Source: string(seat.Direct), Since: timeOf(a.From)}
}

// databases fills in what databases were given, ever.
func (k *known) databases(v *store.View) {
	k.called = map[int64]string{}
	for _, d := range v.Databases() {
		k.called[d.Number] = d.Name
	}
	for _, a := range v.SiteAssignments() {
		k.sites = append(k.sites, a.SiteAssignment)
	}
}

// siteHoldersAt is siteHolders as it was at a moment, by the names databases have
// today.
func siteHoldersAt(k *known, active *license.Active, name license.Name, at int64) []api.Holder {
	all := []api.Holder{}
	if l := active.License(name); l == nil || l.Kind != license.Site {
		return all
	}
	for _, a := range k.sites {
		if a.Name == name && a.From <= at && (a.Until == 0 || at < a.Until) {
			all = append(all, siteHolder(a, k.called[a.Database]))
		}
	}
	return all
}

// pageHolders fills in one page of holders, by number.
func pageHolders(list *api.List[api.Holder], all []api.Holder, limit int, after string) error {
	slices.SortFunc(all, func(x, y api.Holder) int { return cmp.Compare(x.Number, y.Number) })
	last, err := readCursor(after)
	list.Total = len(all)
	place := func(h api.Holder) int64 {
		if h.Database != "" {
			return h.Number + 1 // the central one is number 0
		}
		return h.Number
	}
	list.Items, list.Next = page(all, func(h api.Holder) string { return strconv.FormatInt(place(h), 10) },
		func(h api.Holder) bool { return place(h) > last }, limit)
	return err
}
