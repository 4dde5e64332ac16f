package entitle

import (
	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

// FromWire returns the holder that a change carries.
func FromWire(p *api.PersonHolding) Holder {
	h := Holder{
		Person: p.Person, Number: p.Number, Kind: p.Kind, Login: p.Login, Waiting: p.Waiting,
		ValidThrough: p.ValidThrough, Former: p.Former, Administrator: p.Administrator, Holds: make([]license.Held, len(p.Holds)),
	}
	for i, held := range p.Holds {
		h.Holds[i] = license.Held(held)
	}
	return h
}

// ToWire returns the holder as a change carries it.
func ToWire(h *Holder) api.PersonHolding {
	p := api.PersonHolding{
		Person: h.Person, Number: h.Number, Kind: h.Kind, Login: h.Login, Waiting: h.Waiting,
		ValidThrough: h.ValidThrough, Former: h.Former, Administrator: h.Administrator, Holds: make([]api.Held, len(h.Holds)),
	}
	for i, held := range h.Holds {
		p.Holds[i] = api.Held(held)
	}
	return p
}
