package superoffice

import (
	"slices"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
)

// The names of plans. A catalogue says what a package calls each of its plans
// (package_name); several may share a name, and then the list of what the plan
// includes tells them apart.

// packageName returns what a package calls a plan.
func packageName(p *authority.CataloguePlan) license.Module {
	if p.PackageName != "" {
		return p.PackageName
	}
	return p.Code
}

// candidates returns the plans of a generation that go by a name.
func candidates(c *authority.Catalogue, generation string, name license.Module) []*authority.CataloguePlan {
	return slices.DeleteFunc(c.PlansOf(generation), func(p *authority.CataloguePlan) bool {
		return packageName(p).Fold() != name.Fold()
	})
}

// match returns the plan of a generation that a row stands for, or nil when it
// cannot be told. exact says that it includes just what the row lists.
func match(c *authority.Catalogue, generation string, m *Module) (plan *authority.CataloguePlan, exact bool) {
	all := candidates(c, generation, m.ModuleName)
	list, has, _ := m.includes()
	if has {
		same := slices.DeleteFunc(slices.Clone(all), func(p *authority.CataloguePlan) bool {
			gained, lost := difference(list, p.Includes)
			return len(gained)+len(lost) > 0
		})
		if p := one(same, m); p != nil {
			return p, true
		}
	}
	return one(all, m), false
}

// one returns the only plan there is, or the only one with the row's name for
// people.
func one(plans []*authority.CataloguePlan, m *Module) *authority.CataloguePlan {
	if len(plans) > 1 {
		plans = slices.DeleteFunc(slices.Clone(plans), func(p *authority.CataloguePlan) bool {
			return p.Name.In("en") != m.ModuleDescription
		})
	}
	if len(plans) != 1 {
		return nil
	}
	return plans[0]
}

// generation returns the code of the generation whose plans fit the rows best:
// the default one unless another fits more rows.
func (im *importer) generation() string {
	best, most := im.c.DefaultGeneration, -1
	codes := []string{im.c.DefaultGeneration}
	for _, g := range im.c.Generations {
		codes = append(codes, g.Code)
	}
	for _, code := range codes {
		score := 0
		for i := range im.p.Modules {
			m := &im.p.Modules[i]
			if m.ExtraFlags != PlanRow {
				continue
			}
			if p, exact := match(im.c, code, m); exact {
				score += 2
			} else if p != nil {
				score++
			}
		}
		if score > most {
			best, most = code, score
		}
	}
	return best
}

func (im *importer) plan(m *Module) {
	l := authority.OrderLine{Plan: m.ModuleName, Quantity: int64(m.NumberOfLicenses), Line: m.Line}
	p, exact := match(im.c, im.order.Generation, m)
	if p == nil {
		// Lint names the plans that go by the name.
		im.add(l, m.ModuleName)
		return
	}
	l.Plan = p.Code
	l.Hidden = unless(m.IsHidden, p.Hidden)
	l.Unrestricted = unless(m.Unrestricted, p.Unrestricted)
	im.add(l, m.ModuleName)
	list, has, _ := m.includes()
	if !has {
		im.leaveRow(m, "ExtraInfo", m.ExtraInfo)
	} else if !exact {
		gained, lost := difference(list, p.Includes)
		im.warn(m.Line, &PlanDiffersError{Module: m.ModuleName, Plan: p.Code, Gained: gained, Lost: lost})
	}
	im.compare(m, m.LicenseType, license.User, license.Internal, p.Name, p.Tooltip)
	if m.PrerequisiteModuleName != "" {
		im.differs(m, "PrerequisiteModuleName", string(m.PrerequisiteModuleName), "")
	}
}

// difference returns what only is and what only was, in their orders; how often
// a name stands in a list does not matter, and neither does its letter case.
func difference(was, is []license.Module) (gained, lost []license.Module) {
	return without(is, was), without(was, is)
}

func without(list, other []license.Module) []license.Module {
	has := make(map[license.Module]bool, len(other))
	for _, m := range other {
		has[m.Fold()] = true
	}
	var out []license.Module
	for _, m := range list {
		if !has[m.Fold()] {
			has[m.Fold()] = true
			out = append(out, m)
		}
	}
	return out
}
