package command

import (
	"os"
	"strings"

	"github.com/pott-dev/pott/api"
)

type tokenCmd struct {
	Ls  tokenLs  `cmd:"" help:"List tokens, without their secrets."`
	Add tokenAdd `cmd:"" help:"Make a token; its secret is shown once."`
	Rm  tokenRm  `cmd:"" help:"Revoke a token."`
}

type tokenLs struct{}

func (tokenLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Tokens(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(t api.Token) string { return t.ID }), human: func(o *paper) {
		t := &table{columns: []column{{head: "token"}, {head: "title", cut: late}, {head: "scopes"}, {head: "made"}, {head: "state"}}}
		for _, x := range list.Items {
			t.add(x.ID, x.Name, strings.Join(x.Scopes, ","), day(x.Created), o.tokenState(x))
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

func (o *paper) tokenState(t api.Token) string {
	switch {
	case !t.Revoked.IsZero():
		return o.s.say("token.revoked-on", day(t.Revoked))
	case t.Expires.IsZero():
		return o.s.say("token.good")
	case t.Expires.Before(o.s.p.Now()):
		return o.s.say("token.expired", day(t.Expires))
	}
	return o.s.say("token.until", day(t.Expires))
}

type tokenAdd struct {
	Name    string   `arg:"" help:"What it is for."`
	Scope   []string `placeholder:"SCOPE" default:"read" help:"check, read, assign, activate or admin; may be given several times."`
	Expires string   `placeholder:"DAY" help:"When it stops working; never when left out."`
	Out     string   `placeholder:"FILE" help:"Write the secret to this new file instead of showing it."`
	preview
}

func (c tokenAdd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var out *os.File
	if c.Out != "" && !c.DryRun {
		// Before the token is made: a secret that has no place would be lost.
		if out, err = os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			return fileError(c.Out, err)
		}
		defer out.Close()
	}
	made, err := cl.AddToken(s.ctx, api.NewToken{Name: c.Name, Scopes: c.Scope, Expires: c.Expires}, c.DryRun)
	if err != nil {
		if out != nil {
			os.Remove(c.Out)
		}
		return err
	}
	if out != nil {
		if _, err := out.WriteString(made.Secret + "\n"); err != nil {
			return fileError(c.Out, err)
		}
		made.Secret = ""
	}
	return s.answer(answer{doc: made, ids: []string{either(made.Secret, made.Token.ID)}, human: func(o *paper) {
		switch {
		case made.DryRun:
			o.line("token.would", c.Name, strings.Join(c.Scope, ", "))
		case c.Out != "":
			o.line("token.written", made.Token.ID, c.Out)
		default:
			o.printf("%s\n", made.Secret)
			s.remark("token.once")
		}
		if !made.DryRun {
			s.remark("undo", "pott token rm "+made.Token.ID)
		}
	}})
}

type tokenRm struct {
	Token string `arg:"" help:"The token's id, as pott token ls shows it."`
	preview
}

func (c tokenRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RevokeToken(s.ctx, c.Token, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Token.ID}, human: func(o *paper) {
		switch {
		case !done.Changed && !done.DryRun:
			o.line("token.already", done.Token.ID)
		case done.DryRun:
			o.line("did.would", s.say("token.revoked", done.Token.ID, done.Token.Name))
		default:
			o.line("token.revoked", done.Token.ID, done.Token.Name)
		}
	}})
}
