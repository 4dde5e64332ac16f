package seat

import (
	"maps"
	"slices"

	"github.com/pott-dev/pott/license"
)

// An Offer is what somebody may be given by hand, of one issuer's set.
type Offer struct {
	Issuer    license.Issuer
	Occupancy license.Occupancy
	Groups    []GroupOffer
	Extras    []ExtraOffer // what is needed stands before what needs it
}

// A GroupOffer is the plans of which a person has one at most. Where every plan
// of it is made of tiers of lines, Lines has them too.
type GroupOffer struct {
	Group string // "": the plans stand by themselves
	Plans []PlanOffer
	Lines []LineOffer
}

// A PlanOffer is one plan, and what putting the person on it would come to.
type PlanOffer struct {
	Name    license.Name
	Held    bool
	Free    *int64         // seats left in the tightest pool it would draw on; nil when no number limits it
	Fits    bool           // whether they are enough
	Refused error          // why it cannot be given whatever is left; nil when it can, or is held
	Gains   []license.Name // hidden and visible modules, plans left out
	Loses   []license.Name
}

// A LineOffer is the choice of one line of products, with the other lines as the
// person has them.
type LineOffer struct {
	Line    string
	Options []TierOffer
}

// A TierOffer is one tier of a line, or none.
type TierOffer struct {
	Tier   string // "": none of the line
	Chosen bool
	Plan   *PlanOffer // what the choice comes to; nil: it is not in the agreement,
	None   bool       // unless it is to be on no plan of the group
}

// An ExtraOffer is a license that may be given beside plans.
type ExtraOffer struct {
	Name       license.Name
	Held       bool           // by hand
	IncludedBy []license.Name // plans the person is on, or the name itself when the profile has it
	Needs      license.Name   // the zero Name: nothing
	NeedsHere  bool           // whether that is among the extras too
	Depth      int            // how many of those it needs stand above it
	Free       *int64         // seats left of what giving it would draw on; nil when no number limits it
	Fits       bool
	Refused    error // why it cannot be given whatever is left; nil when it can, or is held
}

// Offer returns what the person may be given by hand, in the issuers' order.
// What is held and may not be given any longer is offered all the same, so that
// it can be taken back.
func (s Standing) Offer() []Offer {
	w := why{Standing: s, uses: s.Uses()}
	var all []Offer
	for _, set := range s.Active.Sets() {
		o := Offer{Issuer: set.Issuer, Occupancy: set.Occupancy}
		if set.Occupancy != license.ByLogin {
			o.Groups = w.groups(set)
		}
		o.Extras = w.extras(set)
		if len(o.Groups)+len(o.Extras) > 0 || set.Occupancy == license.ByLogin || set.Occupancy == license.ByCredentials {
			all = append(all, o)
		}
	}
	return all
}

func (w why) groups(set *license.Set) []GroupOffer {
	var all []GroupOffer
	for i := range set.Licenses {
		l := &set.Licenses[i]
		name := license.NameOf(set.Issuer, l.Module)
		held := len(w.assigned(name)) > 0
		if _, err := w.assignable(name); l.Plan == nil || err != nil && !held {
			continue
		}
		at := slices.IndexFunc(all, func(g GroupOffer) bool { return g.Group == l.Plan.Group && g.Group != "" })
		if at < 0 {
			all, at = append(all, GroupOffer{Group: l.Plan.Group}), len(all)
		}
		all[at].Plans = append(all[at].Plans, w.planOffer(name))
	}
	for i := range all {
		all[i].Lines = w.lines(set, all[i])
	}
	return all
}

func (w why) planOffer(name license.Name) PlanOffer {
	p := PlanOffer{Name: name, Held: len(w.assigned(name)) > 0}
	roomy := w.Standing
	roomy.Pools = limitless
	change, err := roomy.SetPlan(name)
	if err != nil {
		if !p.Held {
			p.Refused = err
		}
		return p
	}
	p.Free, p.Fits = w.room(change.Takes)
	after := w.Active.Expand(w.after(change))
	p.Gains, p.Loses = w.modules(after, w.uses), w.modules(w.uses, after)
	return p
}

// lines returns the choice of each line, nil when a plan of the group is made of
// none.
func (w why) lines(set *license.Set, g GroupOffer) []LineOffer {
	var lines []LineOffer
	have := map[string]string{}
	for _, p := range g.Plans {
		plan := w.Active.License(p.Name).Plan
		if len(plan.Parts) == 0 && !plan.Empty() {
			return nil
		}
		for _, part := range plan.Parts {
			at := slices.IndexFunc(lines, func(l LineOffer) bool { return l.Line == part.Line })
			if at < 0 {
				lines, at = append(lines, LineOffer{Line: part.Line, Options: []TierOffer{{}}}), len(lines)
			}
			if !slices.ContainsFunc(lines[at].Options, func(t TierOffer) bool { return t.Tier == part.Tier }) {
				lines[at].Options = append(lines[at].Options, TierOffer{Tier: part.Tier})
			}
			if p.Held {
				have[part.Line] = part.Tier
			}
		}
	}
	for i := range lines {
		for j := range lines[i].Options {
			w.tier(g, &lines[i].Options[j], lines[i].Line, have)
		}
	}
	return lines
}

// tier fills in what one choice comes to.
func (w why) tier(g GroupOffer, t *TierOffer, line string, have map[string]string) {
	t.Chosen = have[line] == t.Tier
	tiers := map[string]string{line: t.Tier}
	for l, tier := range have {
		if l != line {
			tiers[l] = tier
		}
	}
	name, err := Compose(w.Active, g.Group, tiers)
	if err != nil {
		t.None = !slices.ContainsFunc(slices.Collect(maps.Values(tiers)), func(tier string) bool { return tier != "" })
		return
	}
	if i := slices.IndexFunc(g.Plans, func(p PlanOffer) bool { return p.Name == name }); i >= 0 {
		t.Plan = &g.Plans[i]
	}
}

// extras returns what may be given beside plans, as a tree that is written down
// from top to bottom.
func (w why) extras(set *license.Set) []ExtraOffer {
	var all []ExtraOffer
	for i := range set.Licenses {
		l := &set.Licenses[i]
		name := license.NameOf(set.Issuer, l.Module)
		held := len(w.assigned(name)) > 0
		_, err := w.assignable(name)
		if l.Plan != nil || l.Kind != license.User || l.Marker || !held && (err != nil || set.Occupancy == license.ByCredentials) {
			continue
		}
		e := ExtraOffer{Name: name, Held: held, Needs: prerequisite(w.Active, name)}
		e.IncludedBy = slices.DeleteFunc(w.sources(name), func(n license.Name) bool { return n == name && held })
		roomy := w.Standing
		roomy.Pools = limitless
		if change, err := roomy.Assign(name, 1); err == nil {
			e.Free, e.Fits = w.room(change.Takes)
		} else if !held {
			e.Refused = err
		}
		all = append(all, e)
	}
	return asTree(all)
}

// asTree puts what needs another below it.
func asTree(flat []ExtraOffer) []ExtraOffer {
	here := func(n license.Name) bool {
		return slices.ContainsFunc(flat, func(e ExtraOffer) bool { return e.Name == n })
	}
	var tree []ExtraOffer
	var below func(parent license.Name, depth int)
	below = func(parent license.Name, depth int) {
		for _, e := range flat {
			under := license.Name{}
			if e.NeedsHere = here(e.Needs); e.NeedsHere {
				under = e.Needs
			}
			if under != parent || slices.ContainsFunc(tree, func(t ExtraOffer) bool { return t.Name == e.Name }) {
				continue
			}
			e.Depth = depth
			tree = append(tree, e)
			below(e.Name, depth+1)
		}
	}
	below(license.Name{}, 0)
	for _, e := range flat { // those that need each other in a circle hang nowhere
		if !slices.ContainsFunc(tree, func(t ExtraOffer) bool { return t.Name == e.Name }) {
			e.NeedsHere = true
			tree = append(tree, e)
			below(e.Name, 1)
		}
	}
	return tree
}
