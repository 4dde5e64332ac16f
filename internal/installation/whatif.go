package installation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/license"
)

// How much may be asked at a time.
const (
	maxSteps = 20
	maxAsked = 100
	maxShown = 100
)

// A supposition is a state that nobody will store. An installation that has one
// reads it and acts in it, with the same use-cases that change the stored state.
type supposition struct {
	tx    *store.Tx
	at    time.Time
	heard *heard
	// boundless says that pools hold as much as is asked for, to know how much
	// that is.
	boundless bool
}

// supposing returns an installation that acts in a supposition.
func (in *Installation) supposing(tx *store.Tx, at time.Time, heard *heard) *Installation {
	s := &Installation{name: in.name, book: in.book, options: in.options, root: in.root, key: in.key, supposed: &supposition{tx: tx, at: at, heard: heard}}
	s.now.Store(in.now.Load())
	return s
}

// suppose runs what a use-case does in a supposition. What is refused leaves
// nothing behind.
func (s *supposition) suppose(run func(tx *store.Tx) error) (api.Outcome, error) {
	err := s.tx.Attempt(func() error { return run(s.tx) })
	if err != nil && !errors.Is(err, errAlready) {
		return api.Outcome{}, err
	}
	return api.Outcome{Changed: err == nil, DryRun: true, Seq: s.tx.Seq()}, nil
}

// WhatIf takes steps that might be taken, one after another and each as it would
// really be, and says what would come of them. Nothing is stored.
func (in *Installation) WhatIf(ctx context.Context, act Act, w api.WhatIf) (api.WhatIfAnswer, error) {
	out := api.WhatIfAnswer{Steps: []api.WhatIfResult{}, Answers: []api.WhatIfChange{}, Pools: []api.PoolChange{}, People: []api.WhatIfPerson{}, Sets: []api.SetStatus{}}
	switch {
	case len(w.Steps) > maxSteps:
		return out, &BadValueError{Field: "steps", Why: "there are more than 20"}
	case len(w.Questions) > maxAsked:
		return out, &BadValueError{Field: "questions", Why: "there are more than 100"}
	}
	heard := &heard{}
	for range maxHeard {
		out, err := in.whatIf(ctx, act, w, heard)
		first := new(unheard)
		if !errors.As(err, &first) {
			return out, err
		}
		// Nobody else waits while the host application thinks.
		if err := heard.ask(ctx, in, act, first.losses); err != nil {
			return out, err
		}
	}
	return out, &BlockersUnreachableError{Why: "unreachable"}
}

// whatIf takes the steps once. The error is an [*unheard] when the host
// application must be asked before one of them can go on.
func (in *Installation) whatIf(ctx context.Context, act Act, w api.WhatIf, heard *heard) (api.WhatIfAnswer, error) {
	out := api.WhatIfAnswer{Steps: []api.WhatIfResult{}, Answers: []api.WhatIfChange{}, Pools: []api.PoolChange{}, People: []api.WhatIfPerson{}, Sets: []api.SetStatus{}}
	err := in.book.Try(ctx, act.By, in.present(), func(tx *store.Tx) error {
		out.Steps = out.Steps[:0]
		s := in.supposing(tx, tx.Now(), heard)
		out.Seq = tx.Seq()
		before, err := s.survey(act, w)
		if err != nil {
			return err
		}
		for _, step := range w.Steps {
			result, err := s.tried(ctx, act, step)
			if err != nil {
				return err
			}
			out.Steps = append(out.Steps, result)
		}
		after, err := s.survey(act, w)
		if err != nil {
			return err
		}
		s.compare(&out, act, w, before, after)
		return nil
	})
	return out, err
}

// tried takes one step. The error is not a refusal of the act but of the
// question.
func (in *Installation) tried(ctx context.Context, act Act, step api.WhatIfStep) (api.WhatIfResult, error) {
	changed, err := in.step(ctx, act, step)
	r := api.WhatIfResult{Act: step.Act, Changed: changed && err == nil}
	if err == nil {
		return r, nil
	}
	p, known := problem.Of(err)
	if !known {
		return r, err
	}
	text, _ := i18n.SentenceNamed(act.Language, p.Code, p.Cause, func(name string) string {
		n, err := license.ParseName(name)
		if err != nil {
			return ""
		}
		return displayName(in.supposed.tx.Active(), n, act.Language)
	})
	r.Refused = &api.Refused{Code: p.Code, Text: text.Detail, Facts: p.Facts}
	return r, nil
}

// step calls the use-case of a step.
func (in *Installation) step(ctx context.Context, act Act, s api.WhatIfStep) (bool, error) {
	person := func(c api.ChangedPerson, err error) (bool, error) { return c.Changed, err }
	switch s.Act {
	case api.IfSetPlan:
		return person(in.SetPlan(ctx, act, s.Person, s.Name, ""))
	case api.IfAddPlan:
		return person(in.AddPlan(ctx, act, s.Person, s.Name, ""))
	case api.IfRemovePlan:
		return person(in.RemovePlan(ctx, act, s.Person, s.Name))
	case api.IfGiveExtra:
		return person(in.GiveExtra(ctx, act, s.Person, s.Name, s.Quantity, ""))
	case api.IfRemoveExtra:
		return person(in.RemoveExtra(ctx, act, s.Person, s.Name))
	case api.IfGiveLogin:
		return person(in.GiveLogin(ctx, act, s.Person, s.ValidThrough))
	case api.IfEndLogin:
		return person(in.EndLogin(ctx, act, s.Person))
	case api.IfSetProfile:
		return person(in.SetProfile(ctx, act, s.Person, s.Name))
	case api.IfActivateSet:
		done, err := in.Activate(ctx, act, s.Set, api.Activate{Acknowledge: s.Acknowledge})
		return done.Changed, err
	case api.IfDate:
		return in.comes(ctx, s.Date)
	}
	return false, &BadValueError{Field: "act", Why: "it is none of the words in the description"}
}

// comes lets a day come: what waits for it takes over.
func (in *Installation) comes(ctx context.Context, text string) (bool, error) {
	day, err := readDay("date", text)
	if err != nil {
		return false, err
	}
	at := day.Midnight(zone(&in.supposed.tx.View))
	if day.IsZero() || !at.After(in.supposed.at) {
		return false, &BadValueError{Field: "date", Why: "it is not a day to come"}
	}
	in.supposed.at, in.supposed.tx = at, in.supposed.tx.Later(at)
	return true, in.SwitchDue(ctx)
}

// A survey is what a supposition is compared by.
type survey struct {
	answers []api.Answer
	taken   map[license.Name]store.License
	uses    map[string][]license.Name // by opaque id, plans left out
}

func (in *Installation) survey(act Act, w api.WhatIf) (survey, error) {
	v := &in.supposed.tx.View
	s := survey{taken: map[license.Name]store.License{}, uses: map[string][]license.Name{}}
	for _, q := range w.Questions {
		full, err := spellOut(v, q)
		if err != nil {
			return s, err
		}
		asked, err := readQuestion(full)
		if err != nil {
			return s, err
		}
		why, err := in.why(v, asked, act)
		if err != nil {
			return s, err
		}
		s.answers = append(s.answers, why.Answer)
	}
	for _, l := range v.Licenses() {
		s.taken[l.Name] = l
	}
	active := v.Active()
	for p := range v.People() {
		if p.Deleted {
			continue
		}
		var names []license.Name
		for _, h := range active.Expand(holdsOf(v, active, p)) {
			if l := active.License(h.Name); l != nil && l.Plan == nil {
				names = append(names, h.Name)
			}
		}
		s.uses[p.ID] = names
	}
	return s, nil
}

// compare says what is different after the steps.
func (in *Installation) compare(out *api.WhatIfAnswer, act Act, w api.WhatIf, before, after survey) {
	v := &in.supposed.tx.View
	out.AsOf = in.clock(v).UTC()
	for i, q := range w.Questions {
		out.Answers = append(out.Answers, api.WhatIfChange{Question: q, Before: before.answers[i], After: after.answers[i]})
	}
	for _, l := range v.Licenses() {
		if was := before.taken[l.Name]; was.Taken != l.Taken {
			out.Pools = append(out.Pools, api.PoolChange{Name: l.Name, DisplayName: displayName(v.Active(), l.Name, act.Language), Seats: l.Seats,
				Before: was.Taken, After: l.Taken, Unrestricted: l.Unrestricted, Hidden: l.Hidden})
		}
	}
	for id, now := range after.uses {
		gains, loses := without(now, before.uses[id]), without(before.uses[id], now)
		if len(gains)+len(loses) == 0 {
			continue
		}
		if p, ok := v.Person(id); ok {
			out.People = append(out.People, api.WhatIfPerson{Person: p.Personal.UserID, Number: p.Number, Gains: gains, Loses: loses})
		}
	}
	slices.SortFunc(out.People, func(x, y api.WhatIfPerson) int {
		return cmp.Or(cmp.Compare(store.FoldUserID(x.Person), store.FoldUserID(y.Person)), cmp.Compare(x.Number, y.Number))
	})
	out.Total = len(out.People)
	out.People = out.People[:min(len(out.People), maxShown)]
	for _, set := range v.Active().Sets() {
		out.Sets = append(out.Sets, in.inForce(v, set, in.clock(v), act.Language))
	}
}

// without returns the names of a list that another lacks; both are sorted.
func without(names, other []license.Name) []license.Name {
	left := []license.Name{}
	for _, n := range names {
		if _, ok := slices.BinarySearchFunc(other, n, license.CompareNames); !ok {
			left = append(left, n)
		}
	}
	return left
}
