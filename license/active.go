package license

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Active is every set in force in one installation, at most one per issuer. It
// never changes: an activation makes a new one. The nil Active has no sets.
type Active struct {
	sets     []*Set
	licenses map[Name]*License
	plans    map[Name][]Held // what holding a plan gives, itself included, sorted by name
	logins   map[PersonKind][]Name
}

// NewActive returns the view of sets. Nil sets are left out; of two sets of one
// issuer the later in the list counts. The sets may not change afterwards.
func NewActive(sets ...*Set) *Active {
	byIssuer := map[Issuer]*Set{}
	for _, s := range sets {
		if s != nil {
			byIssuer[s.Issuer] = s
		}
	}
	a := &Active{licenses: map[Name]*License{}, plans: map[Name][]Held{}}
	for _, s := range byIssuer {
		a.sets = append(a.sets, s)
		for i := range s.Licenses {
			n := NameOf(s.Issuer, s.Licenses[i].Module)
			a.licenses[n] = &s.Licenses[i]
			if p := s.Licenses[i].Plan; p != nil {
				a.plans[n] = unfold(n, p)
			}
		}
	}
	slices.SortFunc(a.sets, func(x, y *Set) int { return cmp.Compare(x.Issuer, y.Issuer) })
	a.logins = map[PersonKind][]Name{}
	for _, p := range personKinds {
		a.logins[p.kind] = a.loginGives(p.kind)
	}
	return a
}

// LoginGives returns what a person of a kind holds by having login settings,
// without being given it: the one plan of each set that counts [ByLogin], and
// for who is not an employee the hidden modules without a limit that signing in
// needs. The caller may not change the slice.
func (a *Active) LoginGives(kind PersonKind) []Name {
	if a == nil {
		return nil
	}
	return a.logins[kind]
}

func (a *Active) loginGives(kind PersonKind) []Name {
	var names []Name
	for _, s := range a.sets {
		if plan := s.Everyones(); plan != nil && plan.People&kind != 0 {
			names = append(names, NameOf(s.Issuer, plan.Module))
		}
		for _, m := range s.opens(kind) {
			names = append(names, NameOf(s.Issuer, m))
		}
	}
	slices.SortFunc(names, CompareNames)
	return slices.Compact(names)
}

// Sets returns the sets, by issuer. The caller may not change the slice.
func (a *Active) Sets() []*Set {
	if a == nil {
		return nil
	}
	return a.sets
}

// Set returns the set of an issuer, or nil.
func (a *Active) Set(issuer Issuer) *Set {
	for _, s := range a.Sets() {
		if s.Issuer == issuer {
			return s
		}
	}
	return nil
}

// License returns the license of a name, or nil when no set has it.
func (a *Active) License(n Name) *License {
	if a == nil {
		return nil
	}
	return a.licenses[n]
}

// Names returns the names of all licenses: by issuer, then in the issuer's
// order.
func (a *Active) Names() []Name {
	var names []Name
	for _, s := range a.Sets() {
		for i := range s.Licenses {
			names = append(names, NameOf(s.Issuer, s.Licenses[i].Module))
		}
	}
	return names
}

// With returns the view after a set has replaced its issuer's.
func (a *Active) With(set *Set) *Active {
	return NewActive(append(slices.Clone(a.Sets()), set)...)
}

// Resolve reads what a person typed: a whole name ("superoffice.sale-cal") that
// a set has, or a bare module that exactly one issuer has. It is never used to
// answer product code, which must say the issuer.
//
// The error is a [*UnknownModuleError] or an [*AmbiguousModuleError].
func (a *Active) Resolve(text string) (Name, error) {
	if n, err := ParseName(text); err == nil && a.License(n) != nil {
		return n, nil
	}
	var found []Name
	for _, s := range a.Sets() {
		if n := NameOf(s.Issuer, Module(text)); a.License(n) != nil {
			found = append(found, n)
		}
	}
	switch len(found) {
	case 0:
		return Name{}, &UnknownModuleError{Module: text, Near: a.near(text)}
	case 1:
		return found[0], nil
	}
	return Name{}, &AmbiguousModuleError{Module: text, Names: found}
}

// near returns up to three names whose module resembles what was typed.
func (a *Active) near(text string) []Name {
	text = foldLower(text)
	if n, err := ParseName(text); err == nil && a.Set(n.Issuer) != nil {
		text = string(n.Module)
	}
	var near []Name
	for _, n := range a.Names() {
		m := string(n.Module)
		if len(near) < 3 && len(text) >= 3 && (strings.Contains(m, text) || strings.Contains(text, m)) {
			near = append(near, n)
		}
	}
	return near
}

// Held is a module somebody holds, and how many seats of it. A person who has
// it once holds a quantity of 1.
type Held struct {
	Name     Name
	Quantity int64
}

// Expand returns what somebody who is given these may use: what was given and
// what the plans among it include, each name once, sorted by name.
//
// The largest quantity of a name wins; a plan gives one of each. A plan's list
// is followed one step: a plan listed by a plan is held, and gives nothing. A
// module that a plan lists and the set lacks is returned too: whoever counts
// sees a pool of none. The caller may not change the slice.
func (a *Active) Expand(given []Held) []Held {
	var all []Held
	for _, h := range given {
		plan := a.plan(h.Name)
		if plan == nil || h.Quantity != 1 {
			all = merge(all, []Held{h})
		}
		all = merge(all, plan)
	}
	return all
}

func (a *Active) plan(n Name) []Held {
	if a == nil {
		return nil
	}
	return a.plans[n]
}

// unfold returns what holding a plan gives.
func unfold(n Name, p *Plan) []Held {
	all := []Held{{n, 1}}
	for _, m := range p.Includes {
		all = append(all, Held{NameOf(n.Issuer, m), 1})
	}
	slices.SortFunc(all, func(x, y Held) int { return CompareNames(x.Name, y.Name) })
	return slices.Compact(all)
}

// merge returns the names of two sorted lists, sorted, each with the larger of
// its quantities. It may return one of the lists, which are never written to.
func merge(x, y []Held) []Held {
	if len(x) == 0 {
		return slices.Clip(y)
	}
	if len(y) == 0 {
		return x
	}
	all := make([]Held, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		switch c := CompareNames(x[0].Name, y[0].Name); {
		case c < 0:
			all, x = append(all, x[0]), x[1:]
		case c > 0:
			all, y = append(all, y[0]), y[1:]
		default:
			all = append(all, Held{x[0].Name, max(x[0].Quantity, y[0].Quantity)})
			x, y = x[1:], y[1:]
		}
	}
	return append(append(all, x...), y...)
}

// CompareNames orders names by issuer, then by folded module, byte by byte.
func CompareNames(x, y Name) int {
	return cmp.Or(cmp.Compare(x.Issuer, y.Issuer), cmp.Compare(x.Module, y.Module))
}

// An UnknownModuleError says that no set in force has a module.
type UnknownModuleError struct {
	Module string // what was asked for
	Near   []Name // what may have been meant; nil when nothing resembles it
}

func (e *UnknownModuleError) Error() string {
	return fmt.Sprintf("no license set in force has the module %q", e.Module)
}

// Code returns the stable code of the error.
func (e *UnknownModuleError) Code() string { return "license.unknown-module" }

// An AmbiguousModuleError says that more than one issuer has a module.
type AmbiguousModuleError struct {
	Module string
	Names  []Name // the names it may stand for
}

func (e *AmbiguousModuleError) Error() string {
	return fmt.Sprintf("%q is a module of more than one issuer: write the issuer before a dot", e.Module)
}

// Code returns the stable code of the error.
func (e *AmbiguousModuleError) Code() string { return "license.ambiguous-module" }
