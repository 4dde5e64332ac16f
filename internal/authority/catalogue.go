package authority

import (
	"fmt"
	"slices"

	"github.com/pott-dev/pott/license"
)

// catalogueFormat is the first thing a catalogue says of itself.
const catalogueFormat = "pott-catalogue/v1"

// A Catalogue is what an issuer sells: modules, and plans that include them.
// examples/README.md says what every field means.
type Catalogue struct {
	Format string `yaml:"format"`
	Issuer struct {
		Code license.Issuer `yaml:"code"`
		Name string         `yaml:"name"`
		// LicenseServer is the address at which installations ask for their sets; ""
		// leaves it out of the sets.
		LicenseServer string `yaml:"license_server"`
	} `yaml:"issuer"`
	Serial            SerialRule        `yaml:"serial"`
	Occupancy         license.Occupancy `yaml:"occupancy"`
	Languages         []string          `yaml:"languages"`
	DefaultGeneration string            `yaml:"default_generation"`
	Generations       []Generation      `yaml:"generations"`
	Clients           []CatalogueClient `yaml:"clients"`
	Modules           []CatalogueModule `yaml:"modules"`
	Plans             []CataloguePlan   `yaml:"plans"`

	modules map[license.Module]*CatalogueModule // by folded name
	plans   map[license.Module]*CataloguePlan
}

// A Generation is one of the price lists an issuer still sells.
type Generation struct {
	Code string           `yaml:"code"`
	Name string           `yaml:"name"`
	Show []license.Module `yaml:"show"` // hidden otherwise, given by hand in this one
	Line int              `yaml:"-"`
}

// A CatalogueClient is a way to sign in, and what it needs.
type CatalogueClient struct {
	Name      string                      `yaml:"name"`
	People    []license.PersonKind        `yaml:"people"`
	User      []license.Module            `yaml:"user"`
	System    []license.Module            `yaml:"system"`
	SystemFor map[string][]license.Module `yaml:"system_for"` // added for a deployment
	Line      int                         `yaml:"-"`
}

// A CatalogueModule is a module that can be sold by itself, or one that only
// plans include.
type CatalogueModule struct {
	Module       license.Module       `yaml:"module"`
	Kind         license.Kind         `yaml:"kind"`
	Group        string               `yaml:"group"` // a heading
	Hidden       bool                 `yaml:"hidden"`
	Unrestricted bool                 `yaml:"unrestricted"`
	Marker       bool                 `yaml:"marker"`
	PlanName     bool                 `yaml:"plan_name"` // only another format's name for plans; cannot be ordered
	Prerequisite license.Module       `yaml:"prerequisite"`
	People       []license.PersonKind `yaml:"people"`
	Edit         license.Module       `yaml:"edit"`
	ReplacedBy   license.Module       `yaml:"replaced_by"`
	Name         license.Texts        `yaml:"name"`
	Tooltip      license.Texts        `yaml:"tooltip"`
	Line         int                  `yaml:"-"`
}

// A CataloguePlan is a plan that can be sold.
type CataloguePlan struct {
	Code         license.Module   `yaml:"code"`
	Generation   string           `yaml:"generation"`
	Name         license.Texts    `yaml:"name"`
	Label        string           `yaml:"label"` // as price lists write it
	Tooltip      license.Texts    `yaml:"tooltip"`
	PackageName  license.Module   `yaml:"package_name"`
	Group        string           `yaml:"group"`
	Unrestricted bool             `yaml:"unrestricted"`
	Hidden       bool             `yaml:"hidden"`
	Parts        []license.Part   `yaml:"parts"`
	Markers      []license.Module `yaml:"markers"`
	Includes     []license.Module `yaml:"includes"`
	Line         int              `yaml:"-"`
}

// ParseCatalogue reads a catalogue. It returns a [*CatalogueMalformedError] for
// a text that is none; what a catalogue says may still be wrong, see
// [Catalogue.Lint].
func ParseCatalogue(text []byte) (*Catalogue, error) {
	c := &Catalogue{}
	root, f := decode(text, c)
	if f != nil {
		return nil, &CatalogueMalformedError{f.Line, f.Why}
	}
	if c.Format != catalogueFormat {
		return nil, &CatalogueMalformedError{1, fmt.Sprintf("its format is %q, and only %q is known", c.Format, catalogueFormat)}
	}
	for i, ls := 0, lines(root, "modules"); i < len(c.Modules); i++ {
		c.Modules[i].Line = at(ls, i)
	}
	for i, ls := 0, lines(root, "plans"); i < len(c.Plans); i++ {
		c.Plans[i].Line = at(ls, i)
	}
	for i, ls := 0, lines(root, "clients"); i < len(c.Clients); i++ {
		c.Clients[i].Line = at(ls, i)
	}
	for i, ls := 0, lines(root, "generations"); i < len(c.Generations); i++ {
		c.Generations[i].Line = at(ls, i)
	}
	c.index()
	return c, nil
}

// index makes the names findable. Of two that are the same, the first counts.
func (c *Catalogue) index() {
	c.modules = make(map[license.Module]*CatalogueModule, len(c.Modules))
	for i := range c.Modules {
		if m := &c.Modules[i]; c.modules[m.Module.Fold()] == nil {
			c.modules[m.Module.Fold()] = m
		}
	}
	c.plans = make(map[license.Module]*CataloguePlan, len(c.Plans))
	for i := range c.Plans {
		if p := &c.Plans[i]; c.plans[p.Code.Fold()] == nil {
			c.plans[p.Code.Fold()] = p
		}
	}
}

// Module returns the module of a name, in any letter case, or nil.
func (c *Catalogue) Module(name license.Module) *CatalogueModule { return c.modules[name.Fold()] }

// Plan returns the plan of a code, in any letter case, or nil.
func (c *Catalogue) Plan(code license.Module) *CataloguePlan { return c.plans[code.Fold()] }

// Generation returns the generation of a code; "" means the default one. It
// returns nil when the catalogue has no such generation.
func (c *Catalogue) Generation(code string) *Generation {
	if code == "" {
		code = c.DefaultGeneration
	}
	i := slices.IndexFunc(c.Generations, func(g Generation) bool { return g.Code == code })
	if i < 0 {
		return nil
	}
	return &c.Generations[i]
}

// PlansOf returns the plans of a generation, in the order of the catalogue.
func (c *Catalogue) PlansOf(generation string) []*CataloguePlan {
	var plans []*CataloguePlan
	for i := range c.Plans {
		if c.Plans[i].Generation == generation {
			plans = append(plans, &c.Plans[i])
		}
	}
	return plans
}

// shows reports whether a module is given by hand in g though it is hidden
// otherwise. A nil generation shows nothing.
func (g *Generation) shows(m license.Module) bool {
	return g != nil && slices.ContainsFunc(g.Show, func(s license.Module) bool { return s.Fold() == m.Fold() })
}

// mask returns the kinds of person of a list; employees alone when it is empty.
func mask(kinds []license.PersonKind) license.PersonKind {
	people := license.PersonKind(0)
	for _, k := range kinds {
		people |= k
	}
	if people == 0 {
		return license.Internal
	}
	return people
}
