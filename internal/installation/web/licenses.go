package web

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/printing"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func licensesRoutes() []route {
	return []route{
		get("/licenses", api.ScopeRead, showLicenses),
		get("/licenses.csv", api.ScopeRead, exportLicenses),
		get("/licenses.json", api.ScopeRead, exportLicenses),
	}
}

// A licensesView is everything one issuer granted.
type licensesView struct {
	tabs    []page.Link
	set     api.Set
	issuer  string         // what people call it
	status  *api.SetStatus // nil when no set is in force
	server  *api.Authority // nil when none is known
	waiting []api.SetStatus
	fresh   string // where it stands what changed today; "" when the set came in force before
	groups  []licenseGroup
	hidden  int // how many come with plans only
	all     bool
	sort    string
	// withheld is why nothing of it can be given; nil while it can.
	withheld *api.Withheld
}

type licenseGroup struct {
	Key  string // word of the heading
	Rows []licenseRow
}

// A licenseRow is one license with its peak of the last 90 days.
type licenseRow struct {
	api.License
	Peak *int64 `json:"peak_90_days,omitempty"`
}

func (r licenseRow) title() string { return licenseTitle(r.License) }

func licenseTitle(l api.License) string { return cmp.Or(l.DisplayName, l.Name.String()) }

// counted reports whether seats of a license are counted, and shown whether their
// number says anything.
func counted(l api.License) bool { return l.Kind != license.System && !l.Marker }

func bounded(l api.License) bool {
	return counted(l) && l.State != api.PoolNoLimit && l.State != api.PoolByUse
}

func showLicenses(v *visit) error {
	view, err := v.licenses()
	if err != nil {
		return err
	}
	v.titled("licenses", v.Say("licenses.title"))
	if view.status != nil && v.query("issuer") != "" {
		v.Title = v.Say("licenses.caption", "Issuer", view.issuer)
	}
	v.Wide, v.Command = true, "pott license ls"
	if view.all {
		v.Command += " --hidden"
	}
	return v.show(licensesPage(v, view))
}

// kindCode is the kind of a license in the words of the API.
func kindCode(l api.License) string {
	if l.Plan {
		return "plan"
	}
	return l.Kind.String()
}

func exportLicenses(v *visit) error {
	view, err := v.licenses()
	if err != nil {
		return err
	}
	rows := []licenseRow{}
	for _, g := range view.groups {
		rows = append(rows, g.Rows...)
	}
	if v.Path == "/licenses.json" {
		return v.json(api.List[licenseRow]{AsOf: v.AsOf, Total: len(rows), Items: rows})
	}
	s := sheet{name: "licenses", head: slices.Concat(v.words("licenses.name", "licenses.code"), v.withCode("licenses.type"), v.words("licenses.purchased", "licenses.in-use", "licenses.spare", "licenses.peak", "licenses.state"))}
	for _, r := range rows {
		s.rows = append(s.rows, append([]string{r.title(), r.Name.String(), v.licenseKind(r.License), kindCode(r.License)}, append(numbers(r), v.poolMark(r.License).Text)...))
	}
	return v.csv(s)
}

// numbers are what is purchased, in use, spare and the peak, where that says
// anything.
func numbers(r licenseRow) []string {
	text := func(so bool, n int64) string {
		if !so {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	peak := int64(0)
	if r.Peak != nil {
		peak = *r.Peak
	}
	return []string{text(bounded(r.License), r.Seats), text(counted(r.License), r.Taken), text(bounded(r.License), r.Free), text(r.Peak != nil, peak)}
}

// licenses gathers what the page of an issuer shows.
func (v *visit) licenses() (licensesView, error) {
	status, err := v.in.Status(v.ctx(), v.act)
	if err != nil {
		return licensesView{}, err
	}
	v.AsOf = status.Now
	view := licensesView{all: v.query("hidden") != "", sort: v.query("sort"), waiting: status.Waiting}
	issuer := v.query("issuer")
	if err := v.largestFirst(status.Sets); err != nil {
		return view, err
	}
	for i := range status.Sets {
		s := &status.Sets[i]
		if view.status == nil && (issuer == "" || s.Issuer == issuer) {
			view.status = s
		}
	}
	if view.status == nil {
		if issuer != "" {
			return view, &NoSuchPageError{Path: v.Path + "?issuer=" + issuer}
		}
		return view, nil
	}
	for _, s := range status.Sets {
		view.tabs = append(view.tabs, page.Link{Text: cmp.Or(s.IssuerName, s.Issuer), Path: "/licenses?issuer=" + escapeQuery(s.Issuer), Current: s.Issuer == view.status.Issuer})
	}
	for i := range status.Authorities {
		if status.Authorities[i].Issuer == view.status.Issuer {
			view.server = &status.Authorities[i]
		}
	}
	view.waiting = slices.DeleteFunc(view.waiting, func(s api.SetStatus) bool { return s.Issuer != view.status.Issuer })
	if view.set, err = v.in.Set(v.ctx(), v.act, view.status.ID); err != nil {
		return view, err
	}
	if !view.set.From.IsZero() && sameDay(v.In(view.set.From), v.In(status.Now)) {
		if view.fresh, err = v.changesOf(view.set.ID); err != nil {
			return view, err
		}
	}
	view.issuer = cmp.Or(view.set.IssuerName, view.status.Issuer)
	return view, v.fill(&view)
}

// changesOf is where it stands what the set in force says otherwise than the one it
// replaced.
func (v *visit) changesOf(set string) (string, error) {
	history, err := v.in.SetHistory(v.ctx(), v.act)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(history.Items, func(a api.Activation) bool { return a.Set == set && a.Until.IsZero() })
	if i < 0 || history.Items[i].Replaced == "" {
		return "/licenses/history", nil
	}
	return diffPath(history.Items[i].Replaced, set), nil
}

// largestFirst puts the set with most licenses first: it is the one most readers
// come for.
func (v *visit) largestFirst(sets []api.SetStatus) error {
	count := map[string]int{}
	for _, s := range sets {
		set, err := v.in.Set(v.ctx(), v.act, s.ID)
		if err != nil {
			return err
		}
		count[s.ID] = set.Licenses
	}
	slices.SortStableFunc(sets, func(a, b api.SetStatus) int { return cmp.Compare(count[b.ID], count[a.ID]) })
	return nil
}

// fill puts the licenses of the issuer in groups, sorted.
func (v *visit) fill(view *licensesView) error {
	list, err := v.in.Licenses(v.ctx(), v.act, true)
	if err != nil {
		return err
	}
	peaks, err := v.in.RecentPeaks(v.ctx(), v.act)
	if err != nil {
		return err
	}
	byGroup := map[string][]licenseRow{}
	for _, l := range list.Items {
		if string(l.Name.Issuer) != view.status.Issuer {
			continue
		}
		if l.Withheld != nil && (view.withheld == nil || view.withheld.SignIn) {
			view.withheld = l.Withheld
		}
		if l.Hidden {
			view.hidden++
			if !view.all {
				continue
			}
		}
		row := licenseRow{License: l}
		if counted(l) {
			peak := peaks[l.Name].Peak
			row.Peak = &peak
		}
		key := groupOf(l)
		byGroup[key] = append(byGroup[key], row)
	}
	for _, key := range []string{"licenses.plans", "licenses.extras", "licenses.user-others", "licenses.systems", "licenses.sites", "licenses.markers"} {
		if rows := byGroup[key]; len(rows) > 0 {
			v.sortLicenses(rows, view.sort)
			view.groups = append(view.groups, licenseGroup{key, rows})
		}
	}
	return nil
}

// groupOf says under which heading a license stands.
func groupOf(l api.License) string {
	switch {
	case l.Marker:
		return "licenses.markers"
	case l.Kind == license.System:
		return "licenses.systems"
	case l.Kind == license.Site:
		return "licenses.sites"
	case l.Plan:
		return "licenses.plans"
	case l.Hidden:
		return "licenses.user-others"
	}
	return "licenses.extras"
}

// urgency is how early a state stands in a list.
var urgency = []string{api.PoolOver, api.PoolFull, api.PoolNearly}

// sortLicenses sorts rows by name, and then by what was asked for: what needs
// somebody first, unless something else.
func (v *visit) sortLicenses(rows []licenseRow, by string) {
	locale.Sort(locale.For(v.Lang), rows, licenseRow.title)
	key := map[string]func(licenseRow) int64{
		"purchased": func(r licenseRow) int64 { return -r.Seats },
		"in-use":    func(r licenseRow) int64 { return -r.Taken },
		"spare":     func(r licenseRow) int64 { return r.Free },
		"peak": func(r licenseRow) int64 {
			if r.Peak == nil {
				return 1
			}
			return -*r.Peak
		},
		"": func(r licenseRow) int64 {
			if i := slices.Index(urgency, r.State); i >= 0 {
				return int64(i)
			}
			return int64(len(urgency))
		},
	}[by]
	if key != nil {
		slices.SortStableFunc(rows, func(x, y licenseRow) int { return cmp.Compare(key(x), key(y)) })
	}
}

// poolMark says how full a license is.
func (v *visit) poolMark(l api.License) page.Mark { return printing.PoolMark(v.Lang, l) }

// rowKind colours a row that needs somebody.
func rowKind(l api.License) string { return printing.RowKind(l) }

func barKind(l api.License) string {
	return map[string]string{api.PoolOver: "crit", api.PoolFull: "warn", api.PoolNearly: "warn"}[l.State]
}

// licenseKind is the type of a license, in a word.
func (v *visit) licenseKind(l api.License) string {
	kind := l.Kind.String()
	if l.Plan {
		kind = "plan"
	}
	return v.Say("licenses.kind." + kind)
}

// validity says until when a set is good.
func (v *visit) validity(s *api.SetStatus) page.Mark { return printing.Validity(v.Lang, s) }

func sameDay(a, b time.Time) bool { return license.DateOf(a) == license.DateOf(b) }

// sortOrder is which way a list is sorted by a column.
func sortOrder(by string) string {
	switch by {
	case "purchased", "in-use", "peak":
		return "descending"
	}
	return "ascending"
}

// file returns the address of this very list as a file.
func (v *visit) file(path string, pairs ...string) string {
	was := v.Path
	v.Path = path
	defer func() { v.Path = was }()
	return v.with(append(slices.Clone(pairs), "page", "")...)
}
