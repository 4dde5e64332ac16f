package installation

import (
	"context"
	"maps"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// mostSnoozes is how many things one person hides at a time.
const mostSnoozes = 20

// folded begins what stands for a banner that is folded to one line, before the item
// it tells of.
const folded = "fold:"

// Snoozed returns what the person of a session does not want to see on top of the
// pages, by item: until when.
func (in *Installation) Snoozed(s *Session, now time.Time) (items map[string]time.Time) {
	items = map[string]time.Time{}
	if s.Recovered {
		return items
	}
	in.view(func(v *store.View) error { // nothing here fails
		for item, until := range v.Snooze(s.Person).Until {
			if until > now.UnixMicro() {
				items[item] = timeOf(until)
			}
		}
		return nil
	})
	return items
}

// FoldOf is what a banner folded to one line is kept as, in what [Installation.Snoozed]
// returns.
func FoldOf(item string) string { return folded + item }

// Snooze hides one of the things a page could tell the person of a session of first,
// in every browser, for as long as the rule allows. What has become more severe is
// another item, and shown again. Items that are not told of, or that cannot be hidden,
// change nothing.
func (in *Installation) Snooze(ctx context.Context, s *Session, ask BannerAsk, item string) error {
	return in.hide(ctx, s, "banner.snooze", item, func(v *store.View, items map[string]int64, now time.Time) {
		for _, t := range in.troubles(v, ask) {
			if days := t.Snooze(); days > 0 && t.Item() == item {
				items[item] = now.AddDate(0, 0, days).UnixMicro()
			}
		}
	})
}

// Fold folds what cannot be hidden to one line for the person of a session, in every
// browser, for [seat.FoldDays]; or opens it again.
func (in *Installation) Fold(ctx context.Context, s *Session, ask BannerAsk, item string) error {
	return in.hide(ctx, s, "banner.fold", item, func(v *store.View, items map[string]int64, now time.Time) {
		key := FoldOf(item)
		if items[key] > 0 {
			delete(items, key)
			return
		}
		for _, t := range in.troubles(v, ask) {
			if t.Folds() && t.Item() == item {
				items[key] = now.AddDate(0, 0, seat.FoldDays).UnixMicro()
			}
		}
	})
}

// hide changes what a person hides; what is over is forgotten by the way.
func (in *Installation) hide(ctx context.Context, s *Session, action, item string, change func(v *store.View, items map[string]int64, now time.Time)) error {
	if s.Recovered {
		return &UnknownPersonError{}
	}
	_, err := in.perform(ctx, Act{By: s.Actor()}, func(tx *store.Tx) (bool, error) {
		was := tx.Snooze(s.Person).Until
		next := map[string]int64{}
		for item, until := range was {
			if until > tx.Now().UnixMicro() {
				next[item] = until
			}
		}
		kept := maps.Clone(next)
		change(&tx.View, next, tx.Now())
		if maps.Equal(kept, next) || len(next) > mostSnoozes {
			return false, nil
		}
		tx.Entry(action, s.Person, audit.F("item", item))
		return true, tx.PutSnooze(store.Snooze{Person: s.Person, Until: next})
	})
	return err
}
