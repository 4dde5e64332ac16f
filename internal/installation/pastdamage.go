package installation

import (
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// ofThePast are the tables that say what was, and whether the records beside a
// damaged one tell since when it can have been there.
var ofThePast = map[string]bool{
	"assignment": true, "person": true,
	"person_past": false, "profile": false, "profile_past": false, "activation": false, "license": false,
	"site_assignment": false, "database": false,
}

// A hole is what is not known of the past: how many records are out of use, and
// since when that may matter.
type hole struct {
	records int
	since   int64 // microseconds since 1970 UTC; 0: it is not known
}

// keep fills in the seats that are taken today and that no good record explains.
// They count since the earliest moment at which they can have been taken: whose
// they are is not known, and a damaged record must never free a seat, in the past
// as little as today.
func (k *known) keep(v *store.View) {
	if v.Health() == store.Sound {
		return
	}
	dated := true
	for _, p := range v.Places() {
		if told, counts := ofThePast[p.Table]; counts {
			k.hole.records++
			dated = dated && told
		}
	}
	if k.hole.records == 0 {
		return
	}
	since := k.earliest(v)
	if dated {
		k.hole.since = since
	}
	for _, held := range kept(v, k.current) {
		l := seat.Life{Stands: []seat.Stand{{From: since}}}
		for _, h := range held {
			l.Given = append(l.Given, seat.Assignment{Name: h.Name, Quantity: h.Quantity, From: since})
		}
		k.past.Kept = append(k.past.Kept, l)
	}
}

// earliest is the first moment at which anything can have been given that is kept
// today: assignments are numbered in the order they are given, so a damaged one is
// no older than the one before it, and those of a person who cannot be read say it
// themselves.
func (k *known) earliest(v *store.View) int64 {
	var all []seat.Assignment
	for _, l := range k.past.Lives {
		all = append(all, l.Given...)
	}
	strangers := v.Strangers()
	all = append(all, strangers...)
	earliest := int64(-1)
	note := func(at int64) {
		if earliest < 0 || at < earliest {
			earliest = at
		}
	}
	for _, a := range strangers {
		note(a.From)
	}
	for _, n := range v.DamagedAssignments() {
		before := int64(0)
		for _, a := range all {
			if a.Number < n && a.From > before {
				before = a.From
			}
		}
		note(before)
	}
	return max(0, earliest)
}

// damage says what is not known of a past that ends at a moment; nil when all of
// it is.
func (k *known) damage(until int64, lang string) *api.PastDamage {
	if k.hole.records == 0 || until < k.hole.since {
		return nil
	}
	d := &api.PastDamage{Records: k.hole.records, Since: timeOf(k.hole.since)}
	d.Text = say(lang, "past-damaged", struct {
		Records int
		Dated   bool
		Since   time.Time
	}{k.hole.records, k.hole.since != 0, timeOf(k.hole.since)})
	return d
}
