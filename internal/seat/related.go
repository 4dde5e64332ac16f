package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// PlansWith returns the plans of a set that give a module, in the set's order.
func PlansWith(set *license.Set, module license.Module) []license.Name {
	return plansWith(set, module.Fold())
}

// Needs returns what somebody must hold before a module, the nearest first: what
// it needs, what that needs, and so on.
func Needs(set *license.Set, module license.Module) []license.Name {
	var needs []license.Name
	for next := prerequisiteIn(set, module); next != ""; next = prerequisiteIn(set, next) {
		n := license.NameOf(set.Issuer, next)
		if slices.Contains(needs, n) {
			break // in a circle, which no issuer's catalogue allows
		}
		needs = append(needs, n)
	}
	return needs
}

func prerequisiteIn(set *license.Set, module license.Module) license.Module {
	for i := range set.Licenses {
		if set.Licenses[i].Module.Fold() == module.Fold() {
			return set.Licenses[i].Prerequisite
		}
	}
	return ""
}

// NeededBy returns what may be held only by those who hold a module, in the set's
// order: what names it itself.
func NeededBy(set *license.Set, module license.Module) []license.Name {
	var by []license.Name
	for i := range set.Licenses {
		if p := set.Licenses[i].Prerequisite; p != "" && p.Fold() == module.Fold() {
			by = append(by, license.NameOf(set.Issuer, set.Licenses[i].Module))
		}
	}
	return by
}
