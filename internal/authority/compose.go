package authority

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// compose turns an order into the licenses and clients of a set, in the order
// of its lines. What the catalogue does not have is left out; lintLines reports
// it.
func compose(o *Order, c *Catalogue) ([]license.License, []license.Client) {
	g := c.Generation(o.Generation)
	var licenses []license.License
	for _, l := range complete(o, c) {
		switch {
		case l.Plan != "" && c.Plan(l.Plan) != nil:
			licenses = append(licenses, planLicense(c.Plan(l.Plan), l, o.Version))
		case l.Module != "" && c.Module(l.Module) != nil:
			licenses = append(licenses, moduleLicense(c.Module(l.Module), g, l, o.Version))
		}
	}
	clients, _ := clientsOf(o, c, licenses)
	return licenses, clients
}

// complete returns the lines of an order and, when its quantities are derived,
// a line for everything else its plans include or are counted by, in the order
// of the catalogue.
func complete(o *Order, c *Catalogue) []OrderLine {
	lines := slices.Clone(o.Lines)
	if o.Quantities != Derived {
		return lines
	}
	sums := planSums(o, c, true)
	for i := range o.Lines {
		delete(sums, o.Lines[i].Name().Fold())
	}
	for i := range c.Modules {
		m := &c.Modules[i]
		if n, ok := sums[m.Module.Fold()]; ok && n > 0 {
			lines = append(lines, OrderLine{Module: m.Module, Quantity: n})
			delete(sums, m.Module.Fold())
		}
	}
	return lines
}

// planSums returns, per module that the plans of an order include, the sum of
// the quantities of these plans; with markers, also per marker of the plans.
func planSums(o *Order, c *Catalogue, markers bool) map[license.Module]int64 {
	sums := map[license.Module]int64{}
	for _, l := range o.Lines {
		p := c.Plan(l.Plan)
		if l.Plan == "" || p == nil {
			continue
		}
		modules := p.Includes
		if markers {
			modules = slices.Concat(p.Includes, p.Markers)
		}
		for _, m := range modules {
			sums[m.Fold()] = min(sums[m.Fold()]+max(l.Quantity, 0), maxQuantity)
		}
	}
	return sums
}

func moduleLicense(m *CatalogueModule, g *Generation, l OrderLine, version string) license.License {
	out := license.License{
		Module: m.Module, Kind: m.Kind, Quantity: l.Quantity, OpenEnded: l.OpenEnded,
		Unrestricted: or(l.Unrestricted, m.Unrestricted),
		Hidden:       or(l.Hidden, m.Hidden && !g.shows(m.Module)),
		Marker:       m.Marker, Prerequisite: m.Prerequisite, Edit: m.Edit,
		Version: version, Names: m.Name, Tooltips: m.Tooltip,
	}
	if m.Kind == license.User {
		out.People = mask(m.People)
	}
	return out
}

func planLicense(p *CataloguePlan, l OrderLine, version string) license.License {
	return license.License{
		Module: p.Code, Kind: license.User, Quantity: l.Quantity, OpenEnded: l.OpenEnded,
		Unrestricted: or(l.Unrestricted, p.Unrestricted), Hidden: or(l.Hidden, p.Hidden),
		People: license.Internal, Version: version, Names: p.Name, Tooltips: p.Tooltip,
		Plan: &license.Plan{Includes: p.Includes, Group: p.Group, Parts: p.Parts},
	}
}

// or returns what the order says, or what the catalogue does when it is silent.
func or(order *bool, catalogue bool) bool {
	if order != nil {
		return *order
	}
	return catalogue
}

// clientsOf returns the clients a set carries: those whose user modules it has.
// It also returns, per client, the system modules that are missing for it.
func clientsOf(o *Order, c *Catalogue, licenses []license.License) (clients []license.Client, missing map[string][]license.Module) {
	has := map[license.Module]bool{}
	for _, l := range licenses {
		has[l.Module.Fold()] = true
	}
	missing = map[string][]license.Module{}
	for _, cl := range c.Clients {
		if slices.ContainsFunc(cl.User, func(m license.Module) bool { return !has[m.Fold()] }) {
			continue
		}
		system := slices.Concat(cl.System, cl.SystemFor[o.Deployment])
		for _, m := range system {
			if !has[m.Fold()] {
				missing[cl.Name] = append(missing[cl.Name], m)
			}
		}
		clients = append(clients, license.Client{Name: cl.Name, People: mask(cl.People), User: cl.User, System: system})
	}
	return clients, missing
}
