package web

import (
	"cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
)

func removeSetRoutes() []route {
	return []route{
		get("/licenses/remove/{id}", api.ScopeAdmin, showRemoveSet),
		post("/licenses/remove/{id}", api.ScopeAdmin, removeSet).granting(),
	}
}

// A removeView is what removing the set of an issuer would come to.
type removeView struct {
	api.RemovedSet
	Issuer string // what people call it
	Faults page.Faults
}

func removePath(id string) string { return "/licenses/remove/" + escape(id) }

// removeView asks what a removal would come to, and begins the page.
func (v *visit) removeView() (removeView, error) {
	would, err := v.in.RemoveSet(v.ctx(), v.dry(), v.r.PathValue("id"))
	if err != nil {
		return removeView{}, err
	}
	x := removeView{RemovedSet: would, Issuer: cmp.Or(would.Set.IssuerName, would.Set.Issuer)}
	v.titled("licenses", v.Say("licenses.remove-title", "Issuer", x.Issuer))
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.Command = "pott set remove " + would.Set.ID + " --dry-run"
	return x, nil
}

func showRemoveSet(v *visit) error {
	x, err := v.removeView()
	if err != nil {
		return err
	}
	return v.show(removeSetPage(v, x))
}

// removeSet removes it, once the organization's name was typed.
func removeSet(v *visit) error {
	x, err := v.removeView()
	if err != nil {
		return err
	}
	if v.Org != "" && v.form("organisation") != v.Org {
		x.Faults = page.Faults{{Field: "organisation", Text: v.Say("offboard.organisation-wrong", "Org", v.Org)}}
		return v.wrong(removeSetPage(v, x))
	}
	done, err := v.in.RemoveSet(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.done("/licenses", page.Receipt{Title: v.Say("licenses.removed", "Set", done.Set.ID, "N", done.People), Links: v.recorded(done.Outcome)})
}
