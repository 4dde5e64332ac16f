package seat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/license"
)

// Compose returns the plan of a group that is made of exactly these tiers of
// lines: of {"sales": "premium", "service": "essentials"} the combination of the
// two. Lines with the tier "" are left out; without any line it is the group's
// empty plan. A choice that no set in force carries is a [*NotInAgreementError].
// Where group is "", every group is looked in.
func Compose(active *license.Active, group string, tiers map[string]string) (license.Name, error) {
	tiers = maps.Clone(tiers)
	maps.DeleteFunc(tiers, func(_, tier string) bool { return tier == "" })
	for _, set := range active.Sets() {
		for i := range set.Licenses {
			l := &set.Licenses[i]
			if l.Plan != nil && (group == "" || l.Plan.Group == group) && composed(l.Plan, tiers) {
				return license.NameOf(set.Issuer, l.Module), nil
			}
		}
	}
	var parts []string
	for _, line := range slices.Sorted(maps.Keys(tiers)) {
		parts = append(parts, line+" "+tiers[line])
	}
	return license.Name{}, &NotInAgreementError{Parts: parts}
}

// composed reports whether a plan has exactly these tiers.
func composed(p *license.Plan, tiers map[string]string) bool {
	if len(tiers) == 0 {
		return p.Empty()
	}
	if len(p.Parts) != len(tiers) {
		return false
	}
	for _, part := range p.Parts {
		if tiers[part.Line] != part.Tier {
			return false
		}
	}
	return true
}

// A NotInAgreementError says that no set in force has a plan made of these
// parts.
type NotInAgreementError struct {
	Parts []string // a line and its tier, such as "sales premium"; none: an empty plan
}

func (e *NotInAgreementError) Error() string {
	if len(e.Parts) == 0 {
		return "no set in force has an empty plan"
	}
	return fmt.Sprintf("no set in force has a plan of %s", strings.Join(e.Parts, " and "))
}

// Code returns the stable code of the error.
func (e *NotInAgreementError) Code() string { return "plan.not-in-agreement" }
