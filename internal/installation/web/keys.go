package web

import (
	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
	"slices"
)

func keysRoutes() []route {
	return slices.Concat([]route{
		get("/licenses/keys", api.ScopeRead, showKeys),
		post("/licenses/keys/fetch", api.ScopeActivate, fetchSets).granting(),
		post("/licenses/keys/register", api.ScopeAdmin, registerAtIssuer),
	}, exporting("/licenses/keys", api.ScopeRead, keysList))
}

// A keysView is whom the installation believes, and what the license servers of
// issuers said last.
type keysView struct {
	api.Keys
	Servers []api.Authority
	Faults  page.Faults
	Issuer  string // of a registration that was refused
	Serial  string
	Asks    bool // there is somebody to ask
}

func (v *visit) keysView() (keysView, error) {
	var x keysView
	var err error
	if x.Keys, err = v.in.Keys(v.ctx(), v.act); err != nil {
		return x, err
	}
	servers, err := v.in.Authorities(v.ctx(), v.act)
	if err != nil {
		return x, err
	}
	x.Servers = servers.Items
	for _, s := range x.Servers {
		x.Asks = x.Asks || s.Address != ""
	}
	v.titled("licenses", v.Say("keys.title"))
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.AsOf, v.Wide, v.Command = x.AsOf, true, "pott authority ls"
	return x, nil
}

func showKeys(v *visit) error {
	x, err := v.keysView()
	if err != nil {
		return err
	}
	return v.show(keysPage(v, x))
}

// fetchSets asks the issuers' license servers for what is new, and receives it.
func fetchSets(v *visit) error {
	got, err := v.in.Fetch(v.ctx(), v.act, v.form("issuer"))
	if err != nil {
		return v.keysRefused(v.fault("", err), err)
	}
	r := page.Receipt{Title: v.Say("keys.asked")}
	for _, item := range got.Items {
		switch {
		case item.Error != "":
			r.Kind = "warn"
			r.Items = append(r.Items, v.in.IssuerName(item.Issuer)+": "+item.ErrorText)
		case item.Activated != nil:
			r.Items = append(r.Items, v.Say("review.activated", "Set", item.Set.ID))
		case item.Set != nil && !item.Already:
			r.Items = append(r.Items, v.Say("import.received", "Set", item.Set.ID))
			r.Links = append(r.Links, page.Link{Text: v.Say("review.title", "Set", item.Set.ID), Path: reviewPath(item.Set.ID)})
		default:
			r.Items = append(r.Items, v.in.IssuerName(item.Issuer)+": "+item.Authority.StatusText)
		}
	}
	return v.done("/licenses/keys", r)
}

// registerAtIssuer makes the installation known with a one-time code.
func registerAtIssuer(v *visit) error {
	got, err := v.in.Register(v.ctx(), v.act, api.Register{Issuer: v.form("issuer"), Code: v.form("code"), Serial: v.form("serial")})
	if err != nil {
		f := v.faultAt(err, map[string]string{"issuer": "issuer", "serial": "serial"})
		if f.Field == "" {
			f.Field = "code"
		}
		return v.keysRefused(f, err)
	}
	return v.done("/licenses/keys", page.Receipt{Title: v.Say("keys.registered", "Issuer", v.in.IssuerName(got.Authority.Issuer), "Serial", got.Authority.Serial)})
}

// keysRefused shows the page again with what went wrong.
func (v *visit) keysRefused(fault page.Fault, refused error) error {
	x, err := v.keysView()
	if err != nil {
		return refused
	}
	x.Faults = page.Faults{fault}
	x.Issuer, x.Serial = v.form("issuer"), v.form("serial")
	return v.wrong(keysPage(v, x))
}

// authorityMark is a license server's state in a word.
func authorityMark(v *visit, a api.Authority) page.Mark {
	switch {
	case a.Address == "":
		return page.Mark{Text: v.Say("keys.no-server")}
	case a.Error != "" || a.Refused != "":
		return page.Mark{Kind: "warn", Text: v.Say("keys.failed")}
	case a.Registered.IsZero():
		return page.Mark{Text: v.Say("keys.not-registered")}
	}
	return page.Mark{Kind: "ok", Text: v.Say("keys.works")}
}

// issuerOptions are the issuers whose servers can be asked.
func (x keysView) issuerOptions(v *visit) []page.Option {
	var all []page.Option
	for _, s := range x.Servers {
		if s.Address != "" {
			all = append(all, page.Option{Value: s.Issuer, Text: v.in.IssuerName(s.Issuer), Chosen: s.Issuer == x.Issuer})
		}
	}
	return all
}
