package authority

import (
	"fmt"
	"slices"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// Lint returns everything that is wrong with the catalogue, in the order of its
// text.
func (c *Catalogue) Lint() []Problem {
	r := &report{where: "catalogue"}
	c.lintHead(r)
	for i := range c.Generations {
		c.lintGeneration(r, i)
	}
	for i := range c.Clients {
		c.lintClient(r, i)
	}
	for i := range c.Modules {
		c.lintModule(r, &c.Modules[i])
	}
	c.lintCircles(r)
	for i := range c.Plans {
		c.lintPlan(r, &c.Plans[i])
	}
	return r.problems
}

func (c *Catalogue) lintHead(r *report) {
	if _, err := license.ParseIssuer(string(c.Issuer.Code)); err != nil {
		r.block(0, &CatalogueNameError{string(c.Issuer.Code), err.(*license.BadNameError).Why})
	}
	r.text(0, "the name of the issuer", c.Issuer.Name)
	if address := c.Issuer.LicenseServer; address != "" && licenseserver.CheckAddress(address) != nil {
		r.block(0, &CatalogueFieldError{string(c.Issuer.Code), "issuer.license_server", "is written as https://licenses.example"})
	}
	if !slices.Contains([]license.Occupancy{license.ByAssignment, license.ByCredentials, license.ByLogin}, c.Occupancy) {
		r.block(0, &CatalogueFieldError{string(c.Issuer.Code), "occupancy", "is assignment, credentials or login"})
	}
	if !slices.Contains([]SerialCheck{NoCheck, LuhnCheck}, c.Serial.Check) {
		r.block(0, &CatalogueFieldError{string(c.Issuer.Code), "serial.check", "is none or luhn"})
	}
	for _, l := range c.Languages {
		if !slices.Contains(license.Languages, l) {
			r.block(0, &CatalogueFieldError{string(c.Issuer.Code), "languages", fmt.Sprintf("has %q, which no set carries", l)})
		}
	}
	if c.DefaultGeneration != "" && c.Generation("") == nil {
		r.block(0, &CatalogueUnknownError{"generation", c.DefaultGeneration, "default_generation"})
	}
}

func (c *Catalogue) lintGeneration(r *report, i int) {
	g := &c.Generations[i]
	for _, other := range c.Generations[:i] {
		if other.Code == g.Code {
			r.block(g.Line, &CatalogueDuplicateError{"generation", g.Code, other.Line})
		}
	}
	in := fmt.Sprintf("the generation %s", g.Code)
	for _, m := range g.Show {
		c.lintName(r, g.Line, in, m, license.User)
	}
}

func (c *Catalogue) lintClient(r *report, i int) {
	cl := &c.Clients[i]
	if !isWord(cl.Name) {
		r.block(cl.Line, &CatalogueNameError{cl.Name, "a client is written with 1 to 32 letters a–z, digits and hyphens"})
	}
	for _, other := range c.Clients[:i] {
		if other.Name == cl.Name {
			r.block(cl.Line, &CatalogueDuplicateError{"client", cl.Name, other.Line})
		}
	}
	in := fmt.Sprintf("the client %s", cl.Name)
	for _, m := range cl.User {
		c.lintName(r, cl.Line, in, m, license.User)
	}
	system := slices.Clone(cl.System)
	for _, more := range cl.SystemFor {
		system = append(system, more...)
	}
	for _, m := range system {
		c.lintName(r, cl.Line, in, m, license.System)
	}
}

// lintName checks that a name somewhere in the catalogue is a module of a kind;
// kind 0 stands for any.
func (c *Catalogue) lintName(r *report, line int, in string, name license.Module, kind license.Kind) {
	switch m := c.Module(name); {
	case m == nil:
		r.block(line, &CatalogueUnknownError{"module", string(name), in})
	case kind != 0 && m.Kind != kind:
		r.block(line, &CatalogueKindError{m.Module, m.Kind, kind, in})
	}
}

func (c *Catalogue) lintModule(r *report, m *CatalogueModule) {
	name := string(m.Module)
	if _, err := license.ParseModule(name); err != nil {
		r.block(m.Line, &CatalogueNameError{name, err.(*license.BadNameError).Why})
	}
	if first := c.Module(m.Module); first != m {
		r.block(m.Line, &CatalogueDuplicateError{"module", name, first.Line})
	}
	if m.Kind == 0 {
		r.block(m.Line, &CatalogueFieldError{name, "kind", "is missing: system, site or user"})
	}
	if len(m.People) > 0 && m.Kind != license.User {
		r.block(m.Line, &CatalogueFieldError{name, "people", "belongs to user modules only"})
	}
	if m.Marker && m.Kind != license.System {
		r.block(m.Line, &CatalogueFieldError{name, "marker", "belongs to system modules only"})
	}
	if m.PlanName && m.Kind != license.User {
		r.block(m.Line, &CatalogueFieldError{name, "plan_name", "belongs to user modules only"})
	}
	if m.Prerequisite != "" {
		c.lintName(r, m.Line, "the prerequisite of "+name, m.Prerequisite, 0)
	}
	if m.Edit != "" && m.Kind != license.System {
		r.block(m.Line, &CatalogueFieldError{name, "edit", "belongs to system modules only"})
	} else if m.Edit != "" {
		c.lintName(r, m.Line, "edit of "+name, m.Edit, license.User)
	}
	if m.ReplacedBy != "" {
		c.lintName(r, m.Line, "replaced_by of "+name, m.ReplacedBy, 0)
	}
	c.lintTexts(r, m.Line, name, m.Name, m.Tooltip)
}

// lintTexts checks names and tooltips, in the order their languages are written.
func (c *Catalogue) lintTexts(r *report, line int, name string, texts ...license.Texts) {
	for _, t := range texts {
		n := 0
		for _, lang := range license.Languages {
			if s, ok := t[lang]; ok {
				n++
				r.text(line, fmt.Sprintf("the %s text of %q", lang, name), s)
				if !slices.Contains(c.Languages, lang) {
					r.block(line, &CatalogueFieldError{name, lang, "is not among the languages of the catalogue"})
				}
			}
		}
		if n < len(t) {
			r.block(line, &CatalogueFieldError{name, "a text", "is in a language no set carries"})
		}
	}
}

// text blocks a text that cannot stand in a set; an empty one is left out there
// and never written.
func (r *report) text(line int, field, s string) {
	why := textFault(s)
	if s == "" {
		why = "is empty: leave it out"
	}
	if why == "" {
		return
	}
	if r.where == "order" {
		r.block(line, &OrderTextError{field, why})
	} else {
		r.block(line, &CatalogueTextError{field, why})
	}
}

// lintCircles finds modules that need each other. Each circle is reported once,
// at its first module.
func (c *Catalogue) lintCircles(r *report) {
	done := map[license.Module]bool{}
	for i := range c.Modules {
		var path []license.Module
		for m := &c.Modules[i]; m != nil && !done[m.Module.Fold()]; m = c.Module(m.Prerequisite) {
			if at := slices.Index(path, m.Module); at >= 0 {
				r.block(m.Line, &CatalogueCircleError{path[at:]})
				break
			}
			path = append(path, m.Module)
		}
		for _, m := range path {
			done[m.Fold()] = true
		}
	}
}

func (c *Catalogue) lintPlan(r *report, p *CataloguePlan) {
	code := string(p.Code)
	if _, err := license.ParseModule(code); err != nil {
		r.block(p.Line, &CatalogueNameError{code, err.(*license.BadNameError).Why})
	}
	if first := c.Plan(p.Code); first != p {
		r.block(p.Line, &CatalogueDuplicateError{"plan", code, first.Line})
	}
	if m := c.Module(p.Code); m != nil && !m.PlanName {
		r.block(p.Line, &CatalogueDuplicateError{"module", code, m.Line})
	}
	if c.Generation(p.Generation) == nil && len(c.Generations)+len(p.Generation) > 0 {
		r.block(p.Line, &CatalogueUnknownError{"generation", p.Generation, "the plan " + code})
	}
	if p.Group != "" && !isWord(p.Group) {
		r.block(p.Line, &CatalogueNameError{p.Group, "a group is written with 1 to 32 letters a–z, digits and hyphens"})
	}
	if p.PackageName != "" {
		if m := c.Module(p.PackageName); m == nil {
			r.block(p.Line, &CatalogueUnknownError{"module", string(p.PackageName), "package_name of " + code})
		} else if !m.PlanName {
			r.block(p.Line, &CatalogueFieldError{code, "package_name", "names a module that is not marked plan_name"})
		}
	}
	c.lintParts(r, p)
	c.lintIncludes(r, p)
	c.lintTexts(r, p.Line, code, p.Name, p.Tooltip)
}

func (c *Catalogue) lintParts(r *report, p *CataloguePlan) {
	for i, part := range p.Parts {
		if !isWord(part.Line) || !isWord(part.Tier) {
			r.block(p.Line, &CatalogueNameError{part.Line + " " + part.Tier, "a line and a tier are written with 1 to 32 letters a–z, digits and hyphens"})
		}
		if slices.ContainsFunc(p.Parts[:i], func(q license.Part) bool { return q.Line == part.Line }) {
			r.block(p.Line, &CatalogueDuplicateError{"line of products", part.Line, p.Line})
		}
	}
	for _, name := range p.Markers {
		c.lintName(r, p.Line, "the plan "+string(p.Code), name, license.System)
		if m := c.Module(name); m != nil && !m.Marker {
			r.block(p.Line, &CatalogueFieldError{string(p.Code), "markers", fmt.Sprintf("names %q, which is not a marker", name)})
		}
	}
}

func (c *Catalogue) lintIncludes(r *report, p *CataloguePlan) {
	in := "the plan " + string(p.Code)
	seen := map[license.Module]bool{}
	for _, name := range p.Includes {
		if seen[name.Fold()] {
			r.block(p.Line, &CatalogueDuplicateError{"module", string(name), p.Line})
		}
		seen[name.Fold()] = true
		c.lintName(r, p.Line, in, name, license.User)
		if m := c.Module(name); m != nil && m.PlanName {
			r.block(p.Line, &CatalogueFieldError{string(p.Code), "includes", fmt.Sprintf("names the plan %q: a plan includes modules only", name)})
		}
	}
	for _, name := range p.Includes {
		m := c.Module(name)
		if m == nil || m.Prerequisite == "" {
			continue
		}
		if need := c.Module(m.Prerequisite); need != nil && need.Kind == license.User && !seen[need.Module.Fold()] {
			r.block(p.Line, &CataloguePrerequisiteError{p.Code, m.Module, need.Module})
		}
	}
}
