package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

type whatIfCmd struct {
	Steps  []string `arg:"" name:"step" help:"A step in quotes, one after another: 'remove-plan USER PLAN', 'set-plan USER PLAN', 'add-plan USER PLAN', 'give-extra USER LICENSE', 'remove-extra USER LICENSE', 'give-login USER [DAY]', 'end-login USER', 'set-profile USER PROFILE', 'activate-set SET' or 'date DAY'."`
	Ask    []string `placeholder:"'USER LICENSE'" help:"Whether the person may use the license, before and after; may be given several times."`
	SignIn []string `placeholder:"'USER CLIENT'" help:"Whether the person may sign in this way, before and after; may be given several times."`
}

func (c whatIfCmd) Run(s *session) error {
	var w api.WhatIf
	for _, text := range c.Steps {
		step, ok := readStep(text)
		if !ok {
			return &UsageError{Problem: fmt.Sprintf("%q is no step", text), Help: "pott what-if --help"}
		}
		w.Steps = append(w.Steps, step)
	}
	for _, of := range []struct {
		texts  []string
		client bool
	}{{c.Ask, false}, {c.SignIn, true}} {
		for _, text := range of.texts {
			person, name, ok := strings.Cut(text, " ")
			switch {
			case !ok:
				return &UsageError{Problem: fmt.Sprintf("%q does not name a user and a license", text), Help: "pott what-if --help"}
			case of.client:
				w.Questions = append(w.Questions, api.Check{Person: person, Client: name})
			default:
				w.Questions = append(w.Questions, api.Check{Person: person, Module: name})
			}
		}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.WhatIf(s.ctx, w)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: idsOf(done.People, func(p api.WhatIfPerson) string { return p.Person }), human: func(o *paper) { o.whatIf(c.Steps, done) }})
}

// readStep reads a step as it is typed: its word, then what it is about.
func readStep(text string) (api.WhatIfStep, bool) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return api.WhatIfStep{}, false
	}
	step := api.WhatIfStep{Act: words[0]}
	switch words[0] {
	case api.IfActivateSet:
		step.Set, step.Acknowledge = words[1], words[2:]
		return step, true
	case api.IfDate:
		step.Date = words[1]
		return step, len(words) == 2
	}
	step.Person = words[1]
	rest := strings.Join(words[2:], " ")
	switch words[0] {
	case api.IfGiveLogin:
		step.ValidThrough = rest
		return step, true
	case api.IfEndLogin:
		return step, rest == ""
	}
	step.Name = rest
	return step, rest != "" || words[0] == api.IfSetProfile
}

func (o *paper) whatIf(steps []string, w api.WhatIfAnswer) {
	t := &table{columns: []column{{right: true}, {}, {cut: late}}}
	for i, r := range w.Steps {
		came := o.s.say("what-if.done")
		switch {
		case r.Refused != nil:
			came = o.s.say("what-if.refused", r.Refused.Text)
		case !r.Changed:
			came = o.s.say("what-if.already")
		}
		t.add(fmt.Sprintf("  %d", i+1), steps[i], came)
	}
	o.table(t)
	for _, a := range w.Answers {
		o.printf("\n%s %s%s\n", a.Question.Person, a.Question.Module, a.Question.Client)
		o.printf("  %s ", o.s.say("what-if.before"))
		o.verdict(a.Before)
		o.printf("  %s ", o.s.say("what-if.after"))
		o.verdict(a.After)
	}
	if len(w.Pools) > 0 {
		o.printf("\n")
		o.pools(w.Pools)
	}
	if w.Total > 0 {
		o.printf("\n")
		o.line("what-if.people", w.Total)
		t := &table{columns: []column{{}, {cut: late}, {cut: late}}}
		for _, p := range w.People {
			t.add("  "+p.Person, o.named("what-if.gains", p.Gains), o.named("what-if.loses", p.Loses))
		}
		o.table(t)
	}
}

// named says something of a list of names, and nothing of none.
func (o *paper) named(key string, list []license.Name) string {
	if len(list) == 0 {
		return ""
	}
	return o.s.say(key, names(list))
}
