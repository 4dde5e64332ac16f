package command

import (
	"strings"

	"github.com/pott-dev/pott/api"
)

type providerCmd struct {
	Ls   providerLs   `cmd:"" help:"List who else says who people are."`
	Add  providerAdd  `cmd:"" help:"Add an OpenID Connect provider, or change one."`
	Rm   providerRm   `cmd:"" help:"Remove a provider."`
	Test providerTest `cmd:"" help:"Ask a provider what it says of itself."`
}

type providerLs struct{}

func (providerLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Providers(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(p api.Provider) string { return p.Code }), human: func(o *paper) {
		t := &table{columns: []column{{head: "code"}, {head: "title", cut: late}, {head: "issuer", cut: late}, {head: "match"}}}
		for _, p := range list.Items {
			t.add(p.Code, p.Name, p.Issuer, s.say("provider."+p.Match, p.Claim))
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

type providerAdd struct {
	Code       string `arg:"" help:"A short name for it: letters a to z, digits, hyphen. It stands in addresses."`
	Issuer     string `required:"" placeholder:"URL" help:"The provider's address, such as https://id.example.com."`
	ClientID   string `required:"" placeholder:"ID" help:"What this installation is called there."`
	Name       string `placeholder:"TEXT" help:"What stands on the button; the code when left out."`
	SecretFile string `placeholder:"FILE" help:"File with the client secret; - reads it from standard input."`
	Match      string `default:"user-id" enum:"user-id,email" help:"What finds the person: user-id or email."`
	Claim      string `placeholder:"NAME" help:"Where the provider says the user id; preferred_username when left out."`
	New        bool   `help:"Refuse when there is a provider of this code already."`
	seen
	preview
}

// Help says what kong's one line cannot.
func (providerAdd) Help() string {
	return "Register the redirect address at the provider first: the address of the installation with /signin/provider/CODE/callback behind it. People are matched, never made. An address counts only when the provider says that it is verified."
}

func (c providerAdd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	body := api.ProviderBody{Name: either(c.Name, c.Code), Issuer: c.Issuer, ClientID: c.ClientID, Match: c.Match, Claim: c.Claim, New: c.New, Was: c.Was}
	if c.SecretFile != "" {
		text, err := s.read(c.SecretFile)
		if err != nil {
			return err
		}
		body.Secret = strings.TrimSpace(string(text))
	}
	done, err := cl.PutProvider(s.ctx, c.Code, body, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Provider.Code}, human: func(o *paper) {
		switch {
		case !done.Changed && !done.DryRun:
			o.line("did.already", done.Provider.Code, done.Provider.Issuer)
		case done.DryRun:
			o.line("did.would", s.say("provider.added", done.Provider.Code, done.Provider.Issuer))
		default:
			o.line("provider.added", done.Provider.Code, done.Provider.Issuer)
		}
		o.line("provider.callback", s.address()+done.Provider.Callback)
		if done.Changed && !done.DryRun {
			s.remark("provider.next", done.Provider.Code)
		}
	}})
}

type providerRm struct {
	Code string `arg:"" help:"The provider's code."`
	preview
}

func (c providerRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RemoveProvider(s.ctx, c.Code, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Provider.Code}, human: func(o *paper) {
		if done.DryRun {
			o.line("did.would", s.say("provider.removed", done.Provider.Code))
			return
		}
		o.line("provider.removed", done.Provider.Code)
	}})
}

type providerTest struct {
	Code string `arg:"" help:"The provider's code."`
}

func (c providerTest) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	found, err := cl.TestProvider(s.ctx, c.Code)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: found, ids: []string{found.Provider.Code}, human: func(o *paper) {
		o.line("provider.answers", found.Provider.Issuer, found.Keys)
		o.line("provider.authorization", found.Authorization)
		o.line("provider.token", found.Token)
		if !found.PKCE {
			s.remark("provider.no-pkce")
		}
	}})
}
