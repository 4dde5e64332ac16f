package installation

import (
	"context"
	"errors"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
)

// losses are what a plan takes from people, as the host application is asked
// about it.
func (p *proposal) losses() []Loss {
	var all []Loss
	for _, c := range p.plan.order {
		today := c.standing
		today.Active = p.before
		then := c.standing
		then.Person, then.Current = c.next, c.current
		about := c.action(c.choices[0])
		if c.person.Login && !c.next.Login {
			about = api.ActLoginEnd
		}
		if l, ok := lossOf(today, about, then); ok {
			all = append(all, l)
		}
	}
	return all
}

// An askAll ends an activation that may not go on before the host application
// was asked about what it takes from people.
type askAll struct{ losses []Loss }

func (e *askAll) Error() string { return "the host application is asked first" }

// clear ends the act with [*askAll] when the host application has not been asked
// about a loss, and with [*BlockedError] when something stands in the way of one.
func (p *proposal) clear(v *store.View, in *Installation, asked map[string]bool, said api.Blockers) error {
	if len(p.plan.order) == 0 || !in.hooked(v) {
		return nil
	}
	all := p.losses()
	for _, l := range all {
		if !asked[l.key()] {
			return &askAll{all}
		}
	}
	return blockedBy(said)
}

// blockedBy returns the first of those for whom something stands in the way.
func blockedBy(said api.Blockers) error {
	for _, person := range said.People {
		e := &BlockedError{Person: person.Person}
		for _, b := range person.Blockers {
			if b.Blocks {
				e.Blockers = append(e.Blockers, b.Text)
				if e.Link == "" {
					e.Link = b.Link
				}
			}
		}
		if len(e.Blockers) > 0 {
			return e
		}
	}
	return nil
}

// askingAll performs an activation, and asks the host application outside of it
// where it takes something from people. clear is given to the act.
func (in *Installation) askingAll(ctx context.Context, act Act, do func(tx *store.Tx, clear func(*proposal) error) (bool, error)) (api.Outcome, error) {
	asked, said := map[string]bool{}, api.Blockers{}
	for range 5 { // what is lost may change while the host application thinks
		outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
			return do(tx, func(p *proposal) error { return p.clear(&tx.View, in, asked, said) })
		})
		first := new(askAll)
		if !errors.As(err, &first) {
			return outcome, err
		}
		if said, err = in.Blockers(ctx, act, first.losses); err != nil {
			return api.Outcome{}, err
		}
		clear(asked)
		for _, l := range first.losses {
			asked[l.key()] = true
		}
	}
	return api.Outcome{}, &BlockersUnreachableError{Why: "unreachable"}
}
