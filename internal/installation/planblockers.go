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
		about := arrangement(p.before, c.change)
		if len(c.choices) > 0 {
			about = c.action(c.choices[0])
		}
		if c.person.Login && !c.next.Login {
			about = api.ActLoginEnd
		}
		if l, ok := lossOf(today, about, then); ok {
			all = append(all, l)
		}
	}
	return all
}

// An askAll ends an act that may not go on before the host application was asked
// about what it takes from people.
type askAll struct{ losses []Loss }

func (e *askAll) Error() string { return "the host application is asked first" }

// A clearing is what the host application has said so far about an act that takes
// something from many people.
type clearing struct {
	in    *Installation
	tx    *store.Tx
	asked map[string]bool // losses, by their keys
	said  api.Blockers
}

// clear ends the act with [*askAll] when the host application has not been asked
// about a loss, and with [*BlockedError] when something stands in the way of one.
func (c *clearing) clear(all []Loss) error {
	if len(all) == 0 || !c.in.hooked(&c.tx.View) {
		return nil
	}
	for _, l := range all {
		if !c.asked[l.key()] {
			return &askAll{all}
		}
	}
	return blockedBy(c.said)
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

// askingAll performs an act that may take something from many people, and asks the
// host application outside of it. What is taken the act hands to the clearing.
func (in *Installation) askingAll(ctx context.Context, act Act, do func(tx *store.Tx, c *clearing) (bool, error)) (api.Outcome, error) {
	c := clearing{in: in, asked: map[string]bool{}}
	for range 5 { // what is lost may change while the host application thinks
		outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
			c.tx = tx
			return do(tx, &c)
		})
		first := new(askAll)
		if !errors.As(err, &first) {
			return outcome, err
		}
		if c.said, err = in.Blockers(ctx, act, first.losses); err != nil {
			return api.Outcome{}, err
		}
		clear(c.asked)
		for _, l := range first.losses {
			c.asked[l.key()] = true
		}
	}
	return api.Outcome{}, &BlockersUnreachableError{Why: "unreachable"}
}
