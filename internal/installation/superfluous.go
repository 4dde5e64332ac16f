package installation

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Superfluous returns who uses a license under a set that may come in force, what
// would free each one's seat, and how far the choices made so far have come. What
// the host application says of the people on the page is asked for, so that it is
// known before anybody is chosen. Nothing is changed.
//
// The errors are those of [Installation.Review], and an unknown module's.
func (in *Installation) Superfluous(ctx context.Context, act Act, id, module string, q api.SuperfluousQuestion) (api.Superfluous, error) {
	var out api.Superfluous
	var shown, possible []option
	days := in.lastDays(ctx)
	err := in.view(func(v *store.View) error {
		c, err := in.crowd(ctx, v, act, id, module, q.Choices)
		if err != nil {
			return err
		}
		if !slices.Contains(act.Lacks, api.ScopeRead) {
			c.idle(days.at(v, in.proven(v)))
		}
		out = c.numbers()
		out.From = c.from()
		cut := c.page(q)
		out.AsOf, out.Seq, out.Total = in.clock(v).UTC(), v.Seq(), c.matching
		out.Items = make([]api.Candidate, 0, len(cut))
		for _, m := range cut {
			o := c.option(m, in.hooked(v))
			out.Items, shown = append(out.Items, c.candidate(o)), append(shown, o)
		}
		if q.Suggest {
			possible = c.possible(out.Left, in.hooked(v))
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	said, warning, err := in.handsOf(ctx, act, append(shown, possible...))
	if err != nil {
		return out, err
	}
	out.Warning = warning
	for i := range out.Items {
		out.Items[i].Blockers = said[out.Items[i].Person]
		out.Items[i].Blocked = busy(out.Items[i].Blockers)
	}
	if q.Suggest {
		out.Suggested = suggested(out.Name, possible, out.Left, said)
	}
	return out, nil
}

// crowd finds everybody who uses a license under a set.
func (in *Installation) crowd(ctx context.Context, v *store.View, act Act, id, module string, choices api.Choices) (*crowd, error) {
	now := in.clock(v)
	plain, err := in.propose(ctx, v, id, api.Choices{}, now)
	if err != nil {
		return nil, err
	}
	chosen := plain
	if len(choices.Choices)+len(choices.Acknowledge) > 0 {
		if chosen, err = in.propose(ctx, v, id, choices, now); err != nil {
			return nil, err
		}
	}
	name, err := plain.resolve(module)
	if err != nil {
		return nil, err
	}
	c := &crowd{v: v, plain: plain, p: chosen, name: name, lang: act.Language, today: today(v, now), base: in.standingUnder(v, plain, now)}
	c.gather()
	return c, nil
}

// A crowd is everybody who uses a license under a proposed set.
type crowd struct {
	v        *store.View
	plain    *proposal // without any choice
	p        *proposal // with what was chosen
	name     license.Name
	lang     string
	today    license.Date
	base     seat.Standing // of anybody, before anything is chosen
	members  []*member
	matching int // how many the text of the question matches
	active   buckets
}

// A member is one of a crowd.
type member struct {
	person store.Person
	given  []seat.Assignment // those that give the license
	name   string
}

// numbers are those of the license, before and after the choices.
func (c *crowd) numbers() api.Superfluous {
	plain := c.plain
	out := api.Superfluous{Set: setID(plain.set.Issuer, plain.set.Number), Name: c.name, DisplayName: plain.displayName(c.name, c.lang)}
	of := func(p *proposal) *seat.ReviewRow {
		i := slices.IndexFunc(p.review.Rows, func(r seat.ReviewRow) bool { return r.Name == c.name })
		if i < 0 {
			return nil
		}
		return &p.review.Rows[i]
	}
	if r := of(plain); r != nil {
		out.InUse, out.Room, out.Limited, out.Over = r.Need, r.NewTotal, !r.Unrestricted && !r.Marker, c.over(r)
		out.Databases = len(slices.DeleteFunc(slices.Clone(r.Holders), func(h string) bool { return !strings.HasPrefix(h, databaseHolder) }))
	}
	if r := of(c.p); r != nil {
		out.Left = c.over(r)
	}
	return out
}

// over is how many seats a row needs to have freed.
func (c *crowd) over(r *seat.ReviewRow) int64 {
	if r.Result == seat.RemovedInUse {
		return max(r.Release, r.Need, int64(len(r.Holders)))
	}
	return r.Release
}

// gather finds everybody who would use the license if nothing were chosen.
func (c *crowd) gather() {
	next := c.base.Active
	uses := map[string]bool{}
	var key strings.Builder
	for p := range c.v.People() {
		if p.Gone() {
			continue
		}
		current := c.v.Assignments(p.ID)
		held := seat.Holds(next, p.Person, current, profileModules(c.v, p.Profile))
		key.Reset()
		for _, h := range held {
			key.WriteString(h.Name.String())
			key.WriteByte(' ')
		}
		used, known := uses[key.String()]
		if !known {
			used = holdsName(next.Expand(held), c.name)
			uses[key.String()] = used
		}
		if !used {
			continue
		}
		m := &member{person: p, name: personName(p.Personal)}
		for _, a := range current {
			if c.gives(a.Name) {
				m.given = append(m.given, a)
			}
		}
		c.members = append(c.members, m)
	}
	locale.Sort(locale.For(c.lang), c.members, func(m *member) string { return m.name })
}

// idle puts first who was active longest ago, where that is collected; those of whom
// the same is shown stay by name.
func (c *crowd) idle(active buckets) {
	c.active = active
	if active.on() {
		slices.SortStableFunc(c.members, func(x, y *member) int {
			return cmp.Compare(active.of(y.person).Rank(), active.of(x.person).Rank())
		})
	}
}

func holdsName(held []license.Held, name license.Name) bool {
	return slices.ContainsFunc(held, func(h license.Held) bool { return h.Name == name })
}

// gives reports whether who is given a name may use the license.
func (c *crowd) gives(given license.Name) bool {
	return holdsName(c.base.Active.Expand([]license.Held{{Name: given, Quantity: 1}}), c.name)
}

// from counts what gives the license, in the order of names.
func (c *crowd) from() []api.GivenFrom {
	counts := map[license.Name]int{}
	for _, m := range c.members {
		for _, a := range m.given {
			counts[a.Name]++
		}
	}
	from := []api.GivenFrom{}
	for name, n := range counts {
		f := api.GivenFrom{Name: name, DisplayName: c.p.displayName(name, c.lang), People: n, To: []api.SwitchTarget{}}
		for _, to := range c.targets(name) {
			f.To = append(f.To, api.SwitchTarget{Name: to, DisplayName: c.p.displayName(to, c.lang), Spare: c.spare(to)})
		}
		from = append(from, f)
	}
	slices.SortFunc(from, func(x, y api.GivenFrom) int { return license.CompareNames(x.Name, y.Name) })
	return from
}

// targets are the plans of the set that somebody on a plan might be switched to
// and that do not give the license: those of its group, or of any where it has
// none. Those that include most stand first, for they take the least.
func (c *crowd) targets(from license.Name) []license.Name {
	was := cmp.Or(c.p.before.License(from), c.base.Active.License(from))
	if was == nil || was.Plan == nil {
		return nil
	}
	var all []license.Name
	for i := range c.p.set.Licenses {
		l := &c.p.set.Licenses[i]
		to := license.NameOf(c.p.set.Issuer, l.Module)
		if l.Plan == nil || l.Hidden || l.Marker || to == from || c.gives(to) || was.Plan.Group != "" && l.Plan.Group != was.Plan.Group {
			continue
		}
		all = append(all, to)
	}
	slices.SortStableFunc(all, func(x, y license.Name) int {
		return cmp.Compare(len(c.base.Active.License(y).Plan.Includes), len(c.base.Active.License(x).Plan.Includes))
	})
	return all
}

// spare is how many seats of a license are left under the set, after the choices;
// nil: no limit.
func (c *crowd) spare(name license.Name) *int64 {
	for _, r := range c.p.review.Rows {
		if r.Name == name && !r.Unrestricted && r.NewFree != nil {
			n := max(0, *r.NewFree)
			return &n
		}
	}
	return nil
}

// page cuts one page out of those that a text matches.
func (c *crowd) page(q api.SuperfluousQuestion) []*member {
	words := strings.Fields(strings.ToLower(q.Text))
	var found []*member
	for _, m := range c.members {
		text := strings.ToLower(m.name + " " + m.person.Personal.UserID + " " + m.person.Personal.Group)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			found = append(found, m)
		}
	}
	c.matching = len(found)
	limit := cmp.Or(max(0, min(q.Limit, 1000)), defaultPage)
	start := min((max(1, q.Page)-1)*limit, len(found))
	return found[start:min(start+limit, len(found))]
}

// An option is somebody whose seat could be freed, and how.
type option struct {
	*member
	ways    []api.Choice
	spare   []*int64 // seats left of the plan each way leads to; nil: no limit
	signsIn bool
	loss    *Loss // what the host application is asked about; nil: nothing
}

func (c *crowd) option(m *member, ask bool) option {
	o := option{member: m, ways: c.ways(m), signsIn: m.person.CanSignIn(c.today)}
	for _, w := range o.ways {
		to, _ := license.ParseName(w.To)
		o.spare = append(o.spare, c.spare(to))
	}
	if ask {
		if l, ok := c.loss(m); ok {
			o.loss = &l
		}
	}
	return o
}

// candidate says what would free somebody's seat.
func (c *crowd) candidate(o option) api.Candidate {
	m := o.member
	out := api.Candidate{Person: m.person.Personal.UserID, Number: m.person.Number, Name: m.name, Group: m.person.Personal.Group,
		LastActive: string(c.active.of(m.person)), GivenBy: []api.Holding{}, Ways: o.ways}
	for _, a := range m.given {
		out.GivenBy = append(out.GivenBy, holdingOf(c.p.before, a, c.lang))
		if out.GivenBy[len(out.GivenBy)-1].DisplayName == "" {
			out.GivenBy[len(out.GivenBy)-1].DisplayName = c.p.displayName(a.Name, c.lang)
		}
	}
	if len(m.given) == 0 {
		out.Profile = m.person.Profile
	}
	if ch := c.p.plan.people[m.person.ID]; ch != nil && !c.uses(m, ch.next, ch.current) {
		for _, choice := range ch.choices {
			out.Chosen = append(out.Chosen, choiceFor(m.person, choice))
		}
	}
	return out
}

// uses reports whether somebody, as changed, would still use the license.
func (c *crowd) uses(m *member, person seat.Person, current []seat.Assignment) bool {
	return holdsName(c.base.Active.Expand(seat.Holds(c.base.Active, person, current, profileModules(c.v, m.person.Profile))), c.name)
}

func choiceFor(person store.Person, c seat.Choice) api.Choice {
	out := api.Choice{Do: string(c.Do), Person: "#" + strconv.FormatInt(person.Number, 10)}
	if c.Name != (license.Name{}) {
		out.Name = c.Name.String()
	}
	if c.To != (license.Name{}) {
		out.To = c.To.String()
	}
	return out
}

// ways are the single choices that free somebody's seat: to another plan, taking
// back what gives it, ending the login.
func (c *crowd) ways(m *member) []api.Choice {
	ways := []api.Choice{}
	try := func(choice seat.Choice) {
		s := c.standing(m)
		next, change, err := s.Choose([]seat.Choice{choice})
		if err == nil && !c.uses(m, next, s.Apply(change)) {
			ways = append(ways, choiceFor(m.person, choice))
		}
	}
	for _, a := range m.given {
		for _, to := range c.targets(a.Name) {
			try(seat.Choice{Do: seat.SwitchPlan, Name: a.Name, To: to})
		}
		try(seat.Choice{Do: seat.TakeBack, Name: a.Name})
	}
	if m.person.Login {
		try(seat.Choice{Do: seat.EndLogin})
	}
	return ways
}

func (c *crowd) standing(m *member) seat.Standing {
	s := c.base
	s.Person, s.Current, s.Profile = m.person.Person, c.v.Assignments(m.person.ID), profileModules(c.v, m.person.Profile)
	return s
}

// loss is what the host application is asked about somebody: the plan, the extra
// or the login that would be taken.
func (c *crowd) loss(m *member) (Loss, bool) {
	s := c.standing(m)
	s.Active = c.p.before
	choice, about := seat.Choice{Do: seat.EndLogin}, api.ActLoginEnd
	if len(m.given) > 0 {
		choice, about = seat.Choice{Do: seat.TakeBack, Name: m.given[0].Name}, api.ActExtraRemove
		if l := c.p.before.License(choice.Name); l != nil && l.Plan != nil {
			about = api.ActPlanRemove
		}
	}
	next, change, err := s.Choose([]seat.Choice{choice})
	if err != nil {
		return Loss{}, false
	}
	then := s
	then.Person, then.Current = next, s.Apply(change)
	return lossOf(s, about, then)
}

// handsOf returns what people have in hand, by user id.
func (in *Installation) handsOf(ctx context.Context, act Act, people []option) (map[string][]api.Blocker, string, error) {
	var losses []Loss
	asked := map[string]bool{}
	for _, o := range people {
		if o.loss != nil && !asked[o.loss.Person] {
			asked[o.loss.Person], losses = true, append(losses, *o.loss)
		}
	}
	if len(losses) == 0 {
		return nil, "", nil
	}
	found, err := in.Blockers(ctx, act, losses)
	said := map[string][]api.Blocker{}
	for _, p := range found.People {
		said[p.Person] = p.Blockers
	}
	return said, found.Warning, err
}

func busy(blockers []api.Blocker) bool {
	return slices.ContainsFunc(blockers, func(b api.Blocker) bool { return b.Blocks })
}

// possible are those who might be suggested, and some more, should the host
// application speak for some of them: first those who cannot sign in, then those who
// were active longest ago, where that is collected, then those who were given it
// last. Nobody is among them for whom something was chosen.
func (c *crowd) possible(wanted int64, ask bool) []option {
	order := slices.DeleteFunc(slices.Clone(c.members), func(m *member) bool { return c.p.plan.people[m.person.ID] != nil })
	slices.SortStableFunc(order, func(x, y *member) int {
		if xs, ys := x.person.CanSignIn(c.today), y.person.CanSignIn(c.today); xs != ys {
			if ys {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(c.active.of(y.person).Rank(), c.active.of(x.person).Rank()), cmp.Compare(y.since(), x.since()))
	})
	var all []option
	for _, m := range order[:min(int64(len(order)), wanted+maxQuestions)] {
		all = append(all, c.option(m, ask))
	}
	return all
}

// since is when somebody was given the license last, in microseconds since 1970.
func (m *member) since() (last int64) {
	for _, a := range m.given {
		last = max(last, a.From)
	}
	return last
}

// seats is how many seats of a license somebody gives back with it: what was given by
// itself may be more than one.
func (m *member) seats(name license.Name) int64 {
	n := int64(1)
	for _, a := range m.given {
		if a.Name == name {
			n = max(n, a.Quantity)
		}
	}
	return n
}

// suggested chooses for as many as must give up their seats. Who cannot sign in gives
// them back; others are switched to a plan that has seats left, where there is one.
func suggested(name license.Name, possible []option, wanted int64, said map[string][]api.Blocker) []api.Choice {
	used := map[string]int64{}
	var chosen []api.Choice
	for _, o := range possible {
		if wanted <= 0 {
			break
		}
		if len(o.ways) > 0 && !busy(said[o.person.Personal.UserID]) {
			chosen = append(chosen, o.gentlest(used))
			wanted -= o.seats(name)
		}
	}
	return chosen
}

// gentlest is the way that takes the least from somebody.
func (o option) gentlest(used map[string]int64) api.Choice {
	for i, w := range o.ways {
		if o.signsIn && w.Do == api.ChooseSwitch && (o.spare[i] == nil || used[w.To] < *o.spare[i]) {
			used[w.To]++
			return w
		}
	}
	back := slices.IndexFunc(o.ways, func(w api.Choice) bool { return w.Do == api.ChooseRemove })
	return o.ways[max(0, back)]
}
