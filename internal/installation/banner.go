package installation

import (
	"cmp"
	"time"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A Banner is the one thing a page tells of before everything else.
type Banner struct {
	seat.Trouble
	Name        string    // of what it is about, for people: a license's display name
	Text        string    // what people wrote of an event, or why the installation is suspended
	Until       time.Time // of an event: when it should be over; zero: nobody said
	Collapsible bool      // it may be folded to one line, and not be hidden

	// Of dates that have passed or are near: what people call the issuer, where there is
	// more than one to tell apart, and the last day of the set.
	Issuer string
	Ended  license.Date
}

// A BannerAsk says for whom and where a banner is.
type BannerAsk struct {
	Page   seat.BannerPage
	Reader seat.BannerReader
	// Kind is what the reader is as a person, 0 for none; Administrator whether one
	// of the administrators: whom an event concerns depends on it.
	Kind          license.PersonKind
	Administrator bool
	Reads         string                 // who it is, as an actor: events they started and that should be over are theirs to end
	Hidden        func(item string) bool // what the reader hides; nil: nothing
	Language      string
}

// Banner returns what a page tells of before everything else: the most severe of
// what is wrong and of what was announced, or nil.
func (in *Installation) Banner(ask BannerAsk) (*Banner, error) {
	if ask.Hidden == nil {
		ask.Hidden = func(string) bool { return false }
	}
	var banner *Banner
	err := in.view(func(v *store.View) error {
		troubles := in.troubles(v, ask)
		if t := seat.Banner(troubles, ask.Page, ask.Reader, ask.Hidden); t != nil {
			banner = in.bannerOf(v, *t, ask.Language)
		}
		return nil
	})
	return banner, err
}

// Troubles returns everything a banner could tell a reader of, in no order.
func (in *Installation) Troubles(ask BannerAsk) (list []seat.Trouble, err error) {
	err = in.view(func(v *store.View) error {
		list = in.troubles(v, ask)
		return nil
	})
	return list, err
}

func (in *Installation) troubles(v *store.View, ask BannerAsk) []seat.Trouble {
	now := in.clock(v)
	list := in.recordTroubles(v)
	if v.Info().Suspended {
		list = append(list, seat.Trouble{Kind: seat.TroubleSuspended})
	}
	for _, set := range v.Active().Sets() {
		if t, ok := dateTrouble(v, set, now); ok {
			list = append(list, t)
		}
		for i := range set.Licenses {
			if t, ok := overTrouble(v, set, &set.Licenses[i]); ok {
				list = append(list, t)
			}
		}
	}
	for _, e := range v.Events() {
		if e.State(now.UnixMicro()) == seat.EventOverdue && e.Type != seat.Notice && ask.Reads != "" && e.StartedBy == ask.Reads {
			list = append(list, seat.Trouble{Kind: seat.TroubleOverdue, Event: e.Number})
		}
		kind := map[seat.EventType]seat.TroubleKind{seat.NoSignIn: seat.TroubleNoSignIn, seat.Maintenance: seat.TroubleMaintenance,
			seat.Message: seat.TroubleMessage}[e.Type]
		if kind != "" && e.InEffect(now.UnixMicro()) && e.Audience.Has(ask.Kind, ask.Administrator) {
			list = append(list, seat.Trouble{Kind: kind, Event: e.Number})
		}
	}
	return list
}

// recordTroubles are what is wrong with the records.
func (in *Installation) recordTroubles(v *store.View) []seat.Trouble {
	damaged := int64(len(v.Damage()))
	switch {
	case v.Health() == store.RolledBack:
		return []seat.Trouble{{Kind: seat.TroubleRolledBack}}
	case v.Health() == store.Unchecked:
		return []seat.Trouble{{Kind: seat.TroubleUnchecked}}
	case v.Health() == store.ReadOnly, damaged > 0:
		return []seat.Trouble{{Kind: seat.TroubleTampered, Count: damaged}}
	}
	return nil
}

// dateTrouble says what the dates of a set in force mean today. A set that has a
// successor with an agreement is nobody's trouble before its expiry.
func dateTrouble(v *store.View, set *license.Set, now time.Time) (seat.Trouble, bool) {
	today, err := set.Today(now)
	if err != nil || set.Dates.Expiry.IsZero() {
		return seat.Trouble{}, false
	}
	t := seat.Trouble{About: string(set.Issuer), On: set.Dates.Expiry, Days: today.DaysUntil(set.Dates.Expiry), Ends: today.DaysUntil(set.Dates.End())}
	switch state := set.Dates.State(today); {
	case state == license.ReadOnly:
		t.Kind, t.On = seat.TroubleReadOnly, set.Dates.End()
	case state == license.Grace:
		t.Kind, t.On = seat.TroubleGrace, set.Dates.End()
	case succeeded(v, set):
		return t, false
	case state == license.Warning, t.Days <= 60:
		t.Kind = seat.TroubleExpires
		return t, true
	default:
		return t, false
	}
	t.Days = today.DaysUntil(t.On)
	return t, true
}

// succeeded reports whether somebody has agreed to a set that takes over from
// this one on its day.
func succeeded(v *store.View, set *license.Set) bool {
	for _, row := range v.Sets() {
		if row.State == store.SetLoaded && row.Issuer == set.Issuer && row.Number > set.Number && v.Agreement(row.Checkpoint).At != 0 {
			return true
		}
	}
	return false
}

// overTrouble reports whether more people are on a license than it has seats.
func overTrouble(v *store.View, set *license.Set, l *license.License) (seat.Trouble, bool) {
	if l.Kind == license.System || l.Marker || l.Unrestricted || l.OpenEnded {
		return seat.Trouble{}, false
	}
	row, ok := v.License(license.NameOf(set.Issuer, l.Module))
	if !ok || row.Taken <= row.Seats {
		return seat.Trouble{}, false
	}
	return seat.Trouble{Kind: seat.TroubleOver, About: row.Name.String(), Count: row.Taken - row.Seats}, true
}

func (in *Installation) bannerOf(v *store.View, t seat.Trouble, lang string) *Banner {
	b := &Banner{Trouble: t, Name: t.About, Collapsible: t.Folds()}
	switch t.Kind {
	case seat.TroubleOver:
		if name, err := license.ParseName(t.About); err == nil {
			b.Name = cmp.Or(displayName(v.Active(), name, lang), t.About)
		}
	case seat.TroubleReadOnly, seat.TroubleGrace, seat.TroubleExpires:
		issuer := license.Issuer(t.About)
		if set := v.Active().Set(issuer); set != nil {
			b.Ended = set.Dates.Expiry
		}
		if len(v.Active().Sets()) > 1 {
			b.Issuer = issuerName(v.Active(), issuer)
		}
	case seat.TroubleSuspended:
		b.Text = v.Info().Reason
	}
	if e, ok := v.Event(t.Event); ok && t.Event != 0 {
		b.Text, b.Until = eventText(v, e, lang), timeOf(e.Expected)
	}
	return b
}
