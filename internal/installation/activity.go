package installation

import (
	"context"
	"strconv"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// maxGround is how long the words may be on why it is collected when people were
// active, in characters.
const maxGround = 500

// Activity says whether it is collected on which day people were last active.
func (in *Installation) Activity(ctx context.Context, act Act) (api.Activity, error) {
	days := in.lastDays(ctx)
	var a api.Activity
	err := in.view(func(v *store.View) error {
		a = activityOf(v, days)
		return nil
	})
	return a, err
}

func activityOf(v *store.View, days *lastDays) api.Activity {
	p, on := v.Activity()
	if !on {
		return api.Activity{}
	}
	return api.Activity{Collected: true, Ground: p.Ground, Since: timeOf(p.From), People: days.count(v)}
}

// CollectsActivity reports whether it is collected when people were active.
func (in *Installation) CollectsActivity() (on bool) {
	_ = in.view(func(v *store.View) error {
		_, on = v.Activity()
		return nil
	})
	return on
}

// PutActivity turns on or off that it is collected on which day people were last
// active. Turning it off erases what was collected of everybody, in the same
// update; it works in a suspended installation too.
//
// The ground is kept beside the days and not on record: it may name somebody, and
// a record is for ever.
func (in *Installation) PutActivity(ctx context.Context, act Act, patch api.ActivityPatch) (api.ChangedActivity, error) {
	if patch.Ground != nil {
		if err := checkText("ground", *patch.Ground, 0, maxGround); err != nil {
			return api.ChangedActivity{}, err
		}
	}
	days := in.lastDays(ctx)
	var answer api.ChangedActivity
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		answer = api.ChangedActivity{}
		p, on := tx.Activity()
		was := seat.Collection{On: on, Ground: p.Ground}
		collected, ground := strconv.FormatBool(on), p.Ground
		if patch.Collected != nil {
			collected = strconv.FormatBool(*patch.Collected)
		}
		if patch.Ground != nil {
			ground = *patch.Ground
		}
		if err := act.meanwhile(tx.Info().Company, changing("collected", strconv.FormatBool(on), patch.Collected != nil, &collected),
			changing("ground", p.Ground, patch.Ground != nil, &ground)); err != nil {
			return false, err
		}
		next, err := was.Becomes(wanted(patch.Collected != nil, collected == "true"), wanted(patch.Ground != nil, ground))
		if err != nil || next == was {
			answer.Activity = activityOf(&tx.View, days)
			return false, err
		}
		if on && !next.On {
			answer.Erased = days.count(&tx.View)
		}
		err = collect(tx, was, next, answer.Erased)
		answer.Activity = activityOf(&tx.View, days)
		return true, err
	})
	answer.Outcome = outcome
	return answer, err
}

// wanted is a value that was asked for, or nil.
func wanted[T any](asked bool, value T) *T {
	if !asked {
		return nil
	}
	return &value
}

// collect stages that something else is collected from now on.
func collect(tx *store.Tx, was, next seat.Collection, people int) error {
	if !next.On {
		tx.Protects()
		tx.Entry("activity.set", "", audit.F("collected", false), audit.F("erased", people))
		return tx.ForgetActivity()
	}
	p := store.ActivityPolicy{Ground: next.Ground, From: tx.Now().UnixMicro()}
	facts := []audit.Fact{audit.F("ground", "given")}
	if was.On {
		old, _ := tx.Activity()
		p.From, facts[0] = old.From, audit.F("ground", "changed")
	} else {
		facts = append(facts, audit.F("collected", true))
	}
	tx.Entry("activity.set", "", facts...)
	return tx.CollectActivity(p)
}

// LastActive says how long ago somebody was active, as it may be shown: "" where
// that is not collected.
func (in *Installation) LastActive(ctx context.Context, person string) (seat.LastActive, error) {
	days := in.lastDays(ctx)
	var a seat.LastActive
	err := in.view(func(v *store.View) error {
		p, err := findPerson(v, person)
		if err == nil {
			a = days.at(v, in.proven(v)).of(p)
		}
		return err
	})
	return a, err
}
