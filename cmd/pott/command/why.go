package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
)

// question is what is asked about a person: a license, a way to sign in, or
// editing somewhere.
type question struct {
	User    string `arg:"" help:"The person's user id."`
	License string `arg:"" optional:"" help:"May the person use this license?"`
	Client  string `xor:"what" placeholder:"CLIENT" help:"May the person sign in this way? Such as superoffice.web."`
	Feature string `xor:"what" placeholder:"LICENSE" help:"May the person edit here? A system license, such as superoffice.sale."`
}

func (q question) check() (api.Check, error) {
	given := 0
	for _, v := range []string{q.License, q.Client, q.Feature} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		return api.Check{}, &UsageError{Problem: "ask about one thing: a license, --client or --feature", Help: "pott user why --help"}
	}
	return api.Check{Person: q.User, Module: q.License, Client: q.Client, Feature: q.Feature}, nil
}

type userWhy struct {
	question
	Proof string `placeholder:"FILE" help:"Write the proof that the license that decides is in the set in force; - prints it and nothing else. Check it with pott-verify proof check."`
}

func (c userWhy) Run(s *session) error {
	q, err := c.check()
	if err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	why, err := c.ask(s, cl, q)
	if err != nil {
		return err
	}
	if c.Proof == "-" && !s.g.JSON {
		return s.answerText(why.Proof.Text)
	}
	return s.answer(answer{doc: why, ids: []string{why.Effect}, human: func(o *paper) {
		o.why(why, func(f api.Fix) string { return fixing(c.User, f) })
	}})
}

// why prints an answer with everything that led to it; command returns what does
// a fix, or "".
func (o *paper) why(why api.Why, command func(api.Fix) string) {
	o.verdict(why.Answer)
	for i, p := range why.Paths {
		if i > 0 {
			o.line("why.also")
		}
		o.steps(p.Steps)
	}
	for _, m := range why.Missing {
		o.line("why.missing", m.Text)
		for _, f := range m.Fixes {
			o.line("why.fix", f.Text)
			if does := command(f); does != "" {
				o.printf("         %s\n", does)
			}
		}
	}
	for _, d := range why.Damage {
		o.line("why.damage", d.Text)
		o.printf("         pott damage show %s\n", d.Place)
	}
}

// ask asks, and writes the proof where it is wanted.
func (c userWhy) ask(s *session, cl *client.Client, q api.Check) (api.Why, error) {
	if c.Proof == "" {
		return cl.Why(s.ctx, q)
	}
	why, err := cl.WhyProved(s.ctx, q)
	if err != nil || c.Proof == "-" {
		return why, err
	}
	if why.Proof == nil {
		return why, &FileError{Path: c.Proof, Why: "the server sent no proof"}
	}
	if err := writeWhole(c.Proof, []byte(why.Proof.Text)); err != nil {
		return why, fileError(c.Proof, err)
	}
	s.remark("why.proof", why.Proof.License, why.Proof.Set, c.Proof)
	return why, nil
}

// fixing returns the command that does what would help, or "" when there is none
// or no seat is left for it or it is not for the asker to do.
func fixing(user string, f api.Fix) string {
	if f.Forbidden || f.Free != nil && *f.Free < 1 {
		return ""
	}
	switch f.Act {
	case "set-plan":
		return "pott user plan set " + quoted(user) + " " + quoted(f.Name.String())
	case "give-extra":
		return "pott user extra add " + quoted(user) + " " + quoted(f.Name.String())
	case "give-login":
		return "pott user login set " + quoted(user)
	case "bring-back":
		return "pott user change " + quoted(user) + " --no-former"
	}
	return ""
}

// verdict prints the answer in one line: what, until when, and why.
func (o *paper) verdict(a api.Answer) {
	o.printf("%s", o.s.say("effect."+a.Effect))
	if !a.Until.IsZero() {
		o.printf(", %s", o.s.say("effect.until", a.Until))
	}
	if a.Grace {
		o.printf(", %s", o.s.say("effect.grace"))
	}
	if a.Effect != api.Allow {
		o.printf(": %s", o.s.say("reason."+a.Reason))
	}
	o.printf("\n")
}

func (o *paper) steps(steps []api.Step) {
	t := &table{columns: []column{{right: true}, {cut: late}}}
	for i, step := range steps {
		t.add(fmt.Sprintf("  %d", i+1), step.Text)
	}
	o.table(t)
}

type userCheck struct{ question }

func (c userCheck) Run(s *session) error {
	q, err := c.check()
	if err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	a, err := s.ask(cl, q)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: a, ids: []string{a.Effect}, human: func(o *paper) { o.verdict(a) }})
}

// ask asks a question. Product code writes names in full, and the server's check
// insists on it; what a person typed without an issuer is found as for why.
func (s *session) ask(cl *client.Client, q api.Check) (api.Answer, error) {
	if strings.Contains(q.Module+q.Client+q.Feature, ".") {
		return cl.Check(s.ctx, q)
	}
	why, err := cl.Why(s.ctx, q)
	return why.Answer, err
}
