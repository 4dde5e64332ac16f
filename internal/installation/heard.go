package installation

import (
	"context"
	"errors"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
)

// maxHeard is how often the steps of a supposition are taken anew because the
// host application had to be asked about one of them. A step asks once, and again
// when what it takes has changed meanwhile.
const maxHeard = 2*maxSteps + 1

// heard is what the host application has said about acts that are only supposed.
// It is asked as the acts themselves ask it, but not while the supposition holds
// up everybody else: that is given up, and begun again with the answer.
type heard struct {
	answers map[string]hearing // by the losses asked about
}

type hearing struct {
	said api.Blockers
	err  error // a [*BlockersUnreachableError]
}

// An unheard gives up a supposition until somebody was asked.
type unheard struct{ losses []Loss }

func (e *unheard) Error() string { return "the host application is asked first" }

// about returns what was said about losses; the error is an [*unheard] when nobody
// was asked yet.
func (h *heard) about(losses []Loss) (api.Blockers, error) {
	a, ok := h.answers[keyOf(losses)]
	if !ok {
		return api.Blockers{}, &unheard{losses}
	}
	return a.said, a.err
}

// ask asks the host application. That it does not answer is an answer too.
func (h *heard) ask(ctx context.Context, in *Installation, act Act, losses []Loss) error {
	said, err := in.Blockers(ctx, act, losses)
	if unreachable := new(BlockersUnreachableError); err != nil && !errors.As(err, &unreachable) {
		return err
	}
	if h.answers == nil {
		h.answers = map[string]hearing{}
	}
	h.answers[keyOf(losses)] = hearing{said, err}
	return nil
}

// before does something that may have to ask the host application first: as long
// as it says so, the answers are fetched and it is done anew.
func (h *heard) before(ctx context.Context, in *Installation, act Act, do func() error) error {
	for range 5 { // what is lost may change while the host application thinks
		err := do()
		first := new(unheard)
		if !errors.As(err, &first) {
			return err
		}
		if err := h.askEach(ctx, in, act, first.losses); err != nil {
			return err
		}
	}
	return &BlockersUnreachableError{Why: "unreachable"}
}

func keyOf(losses []Loss) string {
	keys := make([]string, len(losses))
	for i, l := range losses {
		keys[i] = l.key()
	}
	return strings.Join(keys, "\n")
}

// askEach asks the host application once about many losses, each of which is
// asked about alone later on.
func (h *heard) askEach(ctx context.Context, in *Installation, act Act, losses []Loss) error {
	if err := h.ask(ctx, in, act, losses); err != nil {
		return err
	}
	all := h.answers[keyOf(losses)]
	return in.view(func(v *store.View) error {
		for _, l := range losses {
			one := all
			one.said.People = nil
			if p, ok := v.Person(l.Person); ok {
				for _, said := range all.said.People {
					if sameName(said.Person, p.Personal.UserID) {
						one.said.People = append(one.said.People, said)
					}
				}
			}
			h.answers[keyOf([]Loss{l})] = one
		}
		return nil
	})
}
