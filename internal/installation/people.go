package installation

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A PeopleFilter chooses people, and says how they are listed. Empty fields
// choose everybody, by user id.
type PeopleFilter struct {
	Text    string // parts of a user id, name, address or group, all of which must be there
	Plan    string
	Holds   string // may use it, by a plan or by itself
	Extra   string // was given it beside a plan
	Login   string // "true", "false" or ""
	SignsIn string // likewise: may sign in today
	Waiting string // likewise: for approval
	Former  string // likewise: has left
	Paid    string // likewise: on a plan that is neither empty nor unrestricted
	Counted string // likewise: takes a seat of anything that is limited
	Kind    string // of account, such as "system"; several with commas between
	Role    string // such as "administrator"; "none": no role
	Group   string // exactly this one
	Profile string // exactly this one
	Active  string // how long ago they were active, such as "longer,never": see [seat.LastActives]
	Deleted bool   // deleted people too

	Sort    string // a column of [PeopleColumns]; "-" before it turns the order around
	GroupBy string // a column of [PeopleGroupings]
	Page    int    // from 1; instead of After
	Limit   int
	After   string
}

// PeopleColumns are what people can be listed by.
var PeopleColumns = []string{"user", "number", "name", "last-name", "email", "group", "plan", "extras", "profile", "role", "kind", "login", byActive}

// byActive is the column of how long ago people were active. It is as coarse in an
// order as it is shown, and there is none where that is not collected.
const byActive = "active"

// PeopleGroupings are what people can be put together by.
var PeopleGroupings = []string{"plan", "role", "group", "profile", "kind", "login"}

// People returns one page of people. Words sort as readers of the language of
// the act look for them; who has nothing in the column stands last.
func (in *Installation) People(ctx context.Context, act Act, f PeopleFilter) (api.PeopleList, error) {
	list := api.PeopleList{List: api.List[api.Person]{Items: []api.Person{}}}
	err := in.eachListed(ctx, act, f, func(v *store.View, l listed) error {
		list.AsOf, list.Seq, list.Total, list.Groups = in.options.Now().UTC(), v.Seq(), len(l.chosen), l.groups
		cut, next, err := f.cut(v, l, act.Language)
		list.Next = next
		for _, at := range cut {
			p := at.who.person
			shown := personOf(v, p, v.Assignments(p.ID), act.Language)
			shown.LastActive = string(l.active.of(p))
			list.Items = append(list.Items, shown)
		}
		return err
	})
	return list, err
}

// listed is everybody a filter chooses, in its order.
type listed struct {
	d      *directory
	chosen []place
	groups []api.PeopleGroup
	active buckets
}

// eachListed hands over everybody a filter chooses.
func (in *Installation) eachListed(ctx context.Context, act Act, f PeopleFilter, do func(v *store.View, l listed) error) error {
	days := in.lastDays(ctx)
	return in.view(func(v *store.View) error {
		d := &in.people
		if in.supposed != nil {
			d = &directory{}
		}
		column, back := strings.CutPrefix(cmp.Or(f.Sort, "user"), "-")
		switch {
		case !slices.Contains(PeopleColumns, column):
			return &BadValueError{Field: "sort", Why: "people have no such column: " + strings.Join(PeopleColumns, ", ")}
		case f.GroupBy != "" && !slices.Contains(PeopleGroupings, f.GroupBy):
			return &BadValueError{Field: "group_by", Why: "people are not put together by it: " + strings.Join(PeopleGroupings, ", ")}
		}
		now := in.clock(v)
		active := days.at(v, in.proven(v))
		if asked := column == byActive || f.Active != ""; asked && slices.Contains(act.Lacks, api.ScopeRead) {
			return &BadValueError{Field: "active", Why: "only who may see all people may ask for it"}
		}
		if !active.on() && (column == byActive || f.Active != "") {
			return &seat.NotCollectedError{}
		}
		keep, err := f.read(v, today(v, now), active)
		if err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.refresh(v)
		var chosen []place
		for _, at := range d.sorted(column, act.Language) {
			if keep(at.who) {
				chosen = append(chosen, at)
			}
		}
		if column == byActive {
			active.sort(chosen)
		}
		if back {
			slices.Reverse(chosen)
		}
		return do(v, listed{d, chosen, d.grouped(chosen, f.GroupBy, act.Language), active})
	})
}

// grouped puts people together by a column, in place, and says how many there
// are of each. Within a group they stay in their order; who has nothing in the
// column is the last group.
func (d *directory) grouped(chosen []place, by, lang string) []api.PeopleGroup {
	if by == "" {
		return nil
	}
	type heap struct {
		api.PeopleGroup
		key  []byte
		list []place
	}
	var heaps []*heap
	byKey := map[string]*heap{}
	for _, at := range chosen {
		label := at.who.label(by)
		h := byKey[label]
		if h == nil {
			h = &heap{PeopleGroup: api.PeopleGroup{Key: label}}
			if by == "plan" {
				h.Name = d.planLabel(at.who, lang)
			}
			o := order{column: by, lang: lang}
			h.key = o.placeOf(d, at.who).key
			byKey[label], heaps = h, append(heaps, h)
		}
		h.list, h.People = append(h.list, at), h.People+1
	}
	slices.SortFunc(heaps, func(x, y *heap) int { return cmp.Or(bytes.Compare(x.key, y.key), cmp.Compare(x.Key, y.Key)) })
	groups, at := []api.PeopleGroup{}, 0
	for _, h := range heaps {
		groups = append(groups, h.PeopleGroup)
		at += copy(chosen[at:], h.list)
	}
	return groups
}

// cut returns the page that is asked for, and what asks for the next.
func (f PeopleFilter) cut(v *store.View, l listed, lang string) (cut []place, next string, err error) {
	limit, start, chosen := cmp.Or(max(f.Limit, 0), defaultPage), 0, l.chosen
	switch {
	case f.Page > 0 && f.After != "":
		return nil, "", &BadValueError{Field: "page", Why: "after says already where the page begins"}
	case f.Page > 0:
		start = min((f.Page-1)*limit, len(chosen))
	default:
		if start, err = f.behind(v, l, lang); err != nil {
			return nil, "", err
		}
	}
	cut = chosen[start:min(start+limit, len(chosen))]
	if start+limit < len(chosen) {
		next = strconv.FormatInt(cut[len(cut)-1].who.person.Number, 10)
	}
	return cut, next, nil
}

// behind returns where the page begins that comes after somebody, who need not
// be chosen any longer.
func (f PeopleFilter) behind(v *store.View, l listed, lang string) (int, error) {
	d, chosen := l.d, l.chosen
	n, err := readCursor(f.After)
	if err != nil || n == 0 {
		return 0, err
	}
	if at := slices.IndexFunc(chosen, func(p place) bool { return p.who.person.Number == n }); at >= 0 {
		return at + 1, nil
	}
	column, back := strings.CutPrefix(cmp.Or(f.Sort, "user"), "-")
	last, ok := v.PersonByNumber(n)
	e := d.entries[last.ID]
	if !ok || e == nil || f.GroupBy != "" {
		return 0, &BadValueError{Field: "after", Why: "it is not the next of a page"}
	}
	o := order{column: column, lang: lang}
	end := o.placeOf(d, e)
	if column == byActive {
		end.key = l.active.key(last)
	}
	at := slices.IndexFunc(chosen, func(p place) bool { return back != (p.compare(end) > 0) })
	if at < 0 {
		at = len(chosen)
	}
	return at, nil
}

// read returns who is chosen on a day.
func (f PeopleFilter) read(v *store.View, today license.Date, active buckets) (func(*entry) bool, error) {
	lately, err := seat.ParseLastActives(f.Active)
	if err != nil {
		return nil, err
	}
	named := map[string]license.Name{}
	for field, text := range map[string]string{"plan": f.Plan, "holds": f.Holds, "extra": f.Extra} {
		if text == "" {
			continue
		}
		name, err := v.Active().Resolve(text)
		if err != nil {
			return nil, err
		}
		named[field] = name
	}
	var kinds license.PersonKind
	for word := range strings.SplitSeq(f.Kind, ",") {
		var kind license.PersonKind
		if word == "" {
			continue
		}
		if err := kind.UnmarshalText([]byte(word)); err != nil {
			return nil, err
		}
		kinds |= kind
	}
	role := seat.Role("")
	if f.Role != "" && f.Role != "none" {
		if role, err = seat.ParseRole(f.Role); err != nil {
			return nil, err
		}
	}
	words := strings.Fields(strings.ToLower(f.Text))
	has := func(held []license.Held, n license.Name) bool {
		return slices.ContainsFunc(held, func(h license.Held) bool { return h.Name == n })
	}
	sets := v.Active()
	differs := func(want string, is bool) bool { return want != "" && strconv.FormatBool(is) != want }
	return func(e *entry) bool {
		p := &e.person
		switch {
		case p.Deleted && !f.Deleted,
			differs(f.Login, p.Login), differs(f.Waiting, p.Waiting), differs(f.Former, p.Former),
			differs(f.SignsIn, p.CanSignIn(today)),
			kinds != 0 && p.Kind&kinds == 0,
			f.Role == "none" && len(e.roles) > 0, role != "" && !e.hasRole(role),
			f.Group != "" && p.Personal.Group != f.Group, f.Profile != "" && p.Profile != f.Profile,
			f.Plan != "" && !has(e.given.held, named["plan"]),
			f.Holds != "" && !e.given.uses[named["holds"]],
			len(lately) > 0 && !slices.Contains(lately, active.of(*p)),
			f.Extra != "" && !has(e.given.held, named["extra"]),
			f.Paid != "" && differs(f.Paid, !p.Gone() && seat.Paid(sets, e.given.held)),
			f.Counted != "" && differs(f.Counted, !p.Gone() && e.given.counted):
			return false
		}
		for _, w := range words {
			if !strings.Contains(e.text, w) {
				return false
			}
		}
		return true
	}, nil
}

// FindPeople returns at most n people for what somebody has begun to type: first
// those one of whose words begins with it. Deleted people are left out.
func (in *Installation) FindPeople(ctx context.Context, act Act, text string, n int) ([]api.FoundPerson, error) {
	found := []api.FoundPerson{}
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return found, nil
	}
	err := in.eachListed(ctx, act, PeopleFilter{Text: text, Sort: "name"}, func(v *store.View, l listed) error {
		best := slices.Clone(l.chosen)
		slices.SortStableFunc(best, func(x, y place) int { return cmp.Compare(rank(x.who.text, words), rank(y.who.text, words)) })
		for _, at := range best[:min(n, len(best))] {
			p := at.who.person
			found = append(found, api.FoundPerson{UserID: p.Personal.UserID, Number: p.Number, Name: strings.TrimSpace(p.Personal.First + " " + p.Personal.Last),
				Group: p.Personal.Group, Plans: l.d.planLabel(at.who, act.Language), SignsIn: p.CanSignIn(today(v, in.clock(v)))})
		}
		return nil
	})
	return found, err
}

// rank is lower the better a text answers to words.
func rank(text string, words []string) int {
	missed := 0
	for _, w := range words {
		at := strings.Index(text, w)
		if at > 0 && !strings.ContainsRune(" \n.@-_", rune(text[at-1])) {
			missed++
		}
	}
	return missed
}

// Groups returns the groups people are in, as readers of the language of the act
// look for them.
func (in *Installation) Groups(ctx context.Context, act Act) ([]string, error) {
	groups := []string{}
	err := in.eachListed(ctx, act, PeopleFilter{}, func(_ *store.View, l listed) error {
		seen := map[string]bool{"": true}
		for _, at := range l.chosen {
			if g := at.who.person.Personal.Group; !seen[g] {
				seen[g], groups = true, append(groups, g)
			}
		}
		return nil
	})
	locale.Sort(locale.For(act.Language), groups, func(g string) string { return g })
	return groups, err
}

// ChosenPeople returns the numbers of everybody a filter chooses, in its order,
// for an act on all of them.
func (in *Installation) ChosenPeople(ctx context.Context, act Act, f PeopleFilter) (numbers []int64, asOf time.Time, err error) {
	err = in.eachListed(ctx, act, f, func(v *store.View, l listed) error {
		for _, at := range l.chosen {
			numbers = append(numbers, at.who.person.Number)
		}
		asOf = in.clock(v)
		return nil
	})
	return numbers, asOf, err
}
