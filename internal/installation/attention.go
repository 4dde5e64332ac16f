package installation

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Attention returns what an administrator should deal with, the most severe
// first, and what the days to come bring.
func (in *Installation) Attention(ctx context.Context, act Act) (api.Attention, error) {
	_, a, err := in.Overview(ctx, act)
	return a, err
}

// Overview returns how the installation is, and what of that an administrator
// should deal with.
func (in *Installation) Overview(ctx context.Context, act Act) (api.Status, api.Attention, error) {
	status, err := in.Status(ctx, act)
	if err != nil {
		return status, api.Attention{}, err
	}
	var out api.Attention
	err = in.view(func(v *store.View) error {
		out = api.Attention{AsOf: in.clock(v).UTC(), Seq: v.Seq(), Items: []api.AttentionItem{}}
		list := in.troubles(v, BannerAsk{Administrator: true})
		list = append(list, waitingTroubles(&status)...)
		list = append(list, poolTroubles(v)...)
		seat.Attention(list)
		for _, t := range list {
			out.Items = append(out.Items, attentionItem(v, t, act.Language))
		}
		out.Dates = in.comingDates(v, &status, act.Language)
		return nil
	})
	return status, out, err
}

// waitingTroubles are what waits for somebody to decide: sets, people, and what
// the server tells of itself.
func waitingTroubles(s *api.Status) (list []seat.Trouble) {
	for _, set := range s.Waiting {
		switch {
		case !set.Refused.IsZero():
			list = append(list, seat.Trouble{Kind: seat.WaitsSetRefused, About: set.ID})
		case set.Agreed.IsZero():
			list = append(list, seat.Trouble{Kind: seat.WaitsSet, About: set.ID, Count: int64(set.Changes)})
		}
	}
	for _, e := range s.Events {
		switch {
		case e.Type != string(seat.Notice) || slices.Contains(toldOtherwise, e.Code):
		case e.Code == NoticeSetActivated:
			list = append(list, seat.Trouble{Kind: seat.NewsActivated, Event: e.Number, About: e.About})
		default:
			list = append(list, seat.Trouble{Kind: seat.WaitsNotice, Event: e.Number, About: e.Text})
		}
	}
	return list
}

// toldOtherwise are notices of what stands among what needs attention already.
var toldOtherwise = []string{NoticeDamage, NoticeRolledBack, NoticeSetDoesNotFit}

// poolTroubles are the licenses that cannot be given, or hardly, and the people
// who wait to be approved.
func poolTroubles(v *store.View) (list []seat.Trouble) {
	people, waiting := int64(0), int64(0)
	for p := range v.People() {
		if !p.Gone() {
			people++
			if p.Waiting {
				waiting++
			}
		}
	}
	if waiting > 0 {
		list = append(list, seat.Trouble{Kind: seat.WaitsApproval, Count: waiting})
	}
	for _, set := range v.Active().Sets() {
		for i := range set.Licenses {
			l := &set.Licenses[i]
			if l.Hidden {
				continue
			}
			row, _ := v.License(license.NameOf(set.Issuer, l.Module))
			switch p := row.Pool(); seat.PoolStateOf(l, p, people) {
			case seat.PoolFull:
				list = append(list, seat.Trouble{Kind: seat.WaitsFull, About: row.Name.String(), Count: p.Seats})
			case seat.PoolNearly:
				list = append(list, seat.Trouble{Kind: seat.WaitsNearly, About: row.Name.String(), Count: p.Free()})
			}
		}
	}
	return list
}

// attentionItem says what is the case, and what it means.
func attentionItem(v *store.View, t seat.Trouble, lang string) api.AttentionItem {
	item := api.AttentionItem{Kind: string(t.Kind), Severity: t.Severity(), Event: t.Event, Count: t.Count, On: t.On, Days: t.Days}
	name, taken, seats, text := t.About, int64(0), int64(0), ""
	switch t.Kind {
	case seat.TroubleOver, seat.WaitsFull, seat.WaitsNearly:
		item.License, _ = license.ParseName(t.About)
		name = cmp.Or(displayName(v.Active(), item.License, lang), t.About)
		row, _ := v.License(item.License)
		taken, seats = row.Taken, row.Seats
	case seat.TroubleReadOnly, seat.TroubleGrace, seat.TroubleExpires:
		item.Issuer = t.About
		name = issuerName(v.Active(), license.Issuer(t.About))
	case seat.WaitsSet, seat.WaitsSetRefused, seat.NewsActivated:
		item.Set = t.About
	case seat.WaitsNotice:
		text = t.About
	case seat.TroubleSuspended:
		text = v.Info().Reason
	}
	if e, ok := v.Event(t.Event); ok && t.Event != 0 && t.Kind != seat.WaitsNotice && t.Kind != seat.NewsActivated {
		text = eventText(v, e, lang)
	}
	facts := []any{"Name", name, "N", t.Count, "Taken", taken, "Of", seats, "On", t.On, "Days", t.Days, "Text", text}
	item.Title = i18n.Word(lang, "attention.title."+item.Kind, facts...)
	item.Text = strings.TrimSpace(i18n.Word(lang, "attention.text."+item.Kind, facts...))
	return item
}

// comingDates are the days that bring something, today included.
func (in *Installation) comingDates(v *store.View, s *api.Status, lang string) []api.ComingDate {
	dates := []api.ComingDate{}
	now := in.clock(v)
	add := func(kind string, today, on license.Date, issuer license.Issuer, set string) {
		if on.IsZero() || on.Before(today) {
			return
		}
		dates = append(dates, api.ComingDate{Kind: kind, Date: on, Days: today.DaysUntil(on), Issuer: string(issuer), Set: set,
			Text: i18n.Word(lang, "attention.date."+kind, "Set", set, "Issuer", issuerName(v.Active(), issuer))})
	}
	for _, set := range v.Active().Sets() {
		today, err := set.Today(now)
		if err != nil {
			continue
		}
		id := setID(set.Issuer, set.Number)
		add("warning", today, set.Dates.Warning, set.Issuer, id)
		add("expiry", today, set.Dates.Expiry, set.Issuer, id)
		if end := set.Dates.End(); end != set.Dates.Expiry {
			add("grace", today, end, set.Issuer, id)
		}
		add("maintenance", today, set.Dates.Maintenance, set.Issuer, id)
		if n := in.notice(v, set, now, lang); n != nil && n.Code == "set-drops" {
			add("set-dropped", license.DateOf(now.UTC()), n.On, set.Issuer, id)
		}
	}
	today := license.DateOf(now.In(zone(v)))
	for _, w := range s.Waiting {
		if !w.Agreed.IsZero() {
			add("set-begins", today, w.Start, license.Issuer(w.Issuer), w.ID)
		}
	}
	slices.SortStableFunc(dates, func(x, y api.ComingDate) int { return x.Date.Compare(y.Date) })
	return dates
}
