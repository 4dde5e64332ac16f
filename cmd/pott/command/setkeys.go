package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
)

type setKeys struct{}

func (setKeys) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	k, err := cl.Keys(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: k, ids: k.Roots, human: func(o *paper) { o.keys(k) }})
}

// keys prints whom the installation believes.
func (o *paper) keys(k api.Keys) {
	pairs := [][2]string{}
	for _, root := range k.Roots {
		pairs = append(pairs, [2]string{"root", root})
	}
	if k.Threshold > 1 {
		pairs = append(pairs, [2]string{"threshold", fmt.Sprint(k.Threshold)})
	}
	if k.List > 0 {
		pairs = append(pairs, [2]string{"key-list", o.s.say("keys.list", k.List, day(k.Issued))})
	}
	o.pairs(append(pairs, [2]string{"own-key", k.Own})...)
	o.printf("\n")
	t := &table{columns: []column{{head: "issuer"}, {head: "key", cut: early}, {head: "from"}, {head: "until"}, {head: "modules", cut: late}, {head: "state"}}}
	for _, i := range k.Issuers {
		state := o.s.say("keys.good")
		if i.Revoked {
			state = o.s.say("keys.revoked")
		}
		t.add(i.Issuer, i.Key, i.From.String(), i.Through.String(), strings.Join(i.Modules, " "), state)
	}
	o.table(t)
	for _, i := range k.Issuers {
		for _, set := range i.Sets {
			good := "keys.genuine"
			if !set.Good {
				good = "keys.not-genuine"
			}
			o.line(good, set.Set, set.Key, minute(set.Checked))
		}
	}
	for _, r := range k.Revoked {
		o.line("keys."+r.Effect, r.Key, r.On.String())
	}
}
