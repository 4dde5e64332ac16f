package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

func homeRoutes() []route {
	return []route{
		get("/", member, showHome),
		post("/guide", api.ScopeActivate, hideGuide),
	}
}

// A homeView is what somebody sees first: what the reader's roles have a use for.
type homeView struct {
	guide     *guide
	attention *api.Attention // of those who may look at the installation
	pools     []licenseRow
	status    *api.Status
	people    []peopleNumber
	every     bool // everything that needs attention, not only the first
	entries   []api.AuditEntry
	mine      *api.PersonDetail // nil for who came in by the recovery door
}

// A guide leads through the first steps, until all are done or it is put away.
type guide struct {
	Loaded    bool   // a set was received
	Set       string // the one that waits to be reviewed; "" when none does
	Confirmed bool   // and came in force
	People    bool   // somebody besides the administrators is there
}

func (g guide) done() bool { return g.Loaded && g.Confirmed && g.People }

const (
	guideCookie = "pott_guide"
	// mostAttention, mostDates and mostEntries are how much of each is shown.
	mostAttention = 7
	mostDates     = 5
	mostEntries   = 8
	mostPools     = 10
)

func showHome(v *visit) error {
	x := homeView{}
	v.titled("home", v.Say("home.title"))
	v.Wide = true
	if err := v.readMine(&x); err != nil {
		return err
	}
	if v.may(api.ScopeRead) {
		v.Command = "pott attention"
		if err := v.readHome(&x); err != nil {
			return err
		}
	} else if x.mine != nil {
		status, err := v.in.Status(v.ctx(), v.act)
		if err != nil {
			return err
		}
		x.status = &status
	}
	return v.show(homePage(v, x))
}

// readMine reads what the reader has, where the reader is a person.
func (v *visit) readMine(x *homeView) error {
	if v.session.UserID == "" {
		return nil
	}
	mine, err := v.in.Person(v.ctx(), v.act, v.session.UserID)
	x.mine = &mine
	return err
}

// readHome reads how the installation is.
func (v *visit) readHome(x *homeView) error {
	status, attention, err := v.in.Overview(v.ctx(), v.act)
	if err != nil {
		return err
	}
	x.status, x.attention, v.AsOf = &status, &attention, status.Now
	if x.pools, err = v.tightest(); err != nil {
		return err
	}
	if x.people, err = v.peopleNumbers(); err != nil {
		return err
	}
	x.every = v.query("all") != ""
	entries, err := v.in.Audit(v.ctx(), v.act, installation.AuditFilter{Limit: mostEntries})
	if err != nil {
		return err
	}
	x.entries = entries.Items
	return v.guideOf(x)
}

// A peopleNumber is how many people a list has, and where it is.
type peopleNumber struct {
	Word, Path string
	N          int
}

// peopleNumbers counts the very lists they lead to.
func (v *visit) peopleNumbers() ([]peopleNumber, error) {
	all := []peopleNumber{{Word: "home.people-all", Path: "/users"}, {Word: "home.people-login", Path: "/users?signs_in=1"}, {Word: "home.people-plans", Path: "/users?plan=%2A"}}
	if !v.in.HasPlans() {
		all[2] = peopleNumber{Word: "home.people-seats", Path: "/users?counted=1"}
	}
	for i := range all {
		_, query, _ := strings.Cut(all[i].Path, "?")
		q, err := url.ParseQuery(query)
		if err != nil {
			return nil, err
		}
		f := filterOf(q)
		f.Limit = 1
		list, err := v.in.People(v.ctx(), v.act, f)
		if err != nil {
			return nil, err
		}
		all[i].N = list.Total
	}
	return all, nil
}

// tightest are the licenses of all issuers that are counted, those that need
// somebody first.
func (v *visit) tightest() ([]licenseRow, error) {
	list, err := v.in.Licenses(v.ctx(), v.act, false)
	if err != nil {
		return nil, err
	}
	var rows []licenseRow
	for _, l := range list.Items {
		if counted(l) {
			rows = append(rows, licenseRow{License: l})
		}
	}
	v.sortLicenses(rows, "")
	return rows[:min(len(rows), mostPools)], nil
}

// guideOf decides whether the first steps are shown.
func (v *visit) guideOf(x *homeView) error {
	if !v.may(api.ScopeActivate) || v.cookie(guideCookie) != "" {
		return nil
	}
	sets, err := v.in.Sets(v.ctx(), v.act)
	if err != nil {
		return err
	}
	g := guide{Loaded: len(sets.Items) > 0, Confirmed: len(x.status.Sets) > 0}
	if len(x.status.Waiting) > 0 {
		g.Set = x.status.Waiting[0].ID
	}
	administrators, err := v.in.Roles(v.ctx(), v.act)
	g.People = x.status.People.Total > administrators.Total
	if !g.done() {
		x.guide = &g
	}
	return err
}

// hideGuide puts the first steps away in this browser.
func hideGuide(v *visit) error {
	v.setCookie(guideCookie, "off", year)
	return v.goTo("/")
}

// attentionAct is where something that needs attention is dealt with, and what
// that is called.
func (v *visit) attentionAct(item api.AttentionItem) (page.Link, bool) {
	act := func(key, path, scope string) (page.Link, bool) {
		return page.Link{Text: v.Say(key), Path: path}, v.may(scope)
	}
	switch item.Kind {
	case "over", "full", "nearly-full":
		return act("home.see-who", licensePath(item.License)+"#holders", api.ScopeRead)
	case "set-waiting", "set-refused":
		return act("home.review", "/licenses/review/"+escape(item.Set), api.ScopeActivate)
	case "activated":
		return act("licenses.see-changes", "/licenses/history", api.ScopeRead)
	case "expires", "grace", "read-only":
		load, may := act("home.load", "/licenses/import", api.ScopeActivate)
		return load, may && v.takes(load.Path)
	case "approval":
		return act("home.approve", "/users?waiting=true", api.ScopeRead)
	case "notice", "no-login", "maintenance", "message":
		return act("home.see-event", "/status", api.ScopeRead)
	}
	return act("home.see-status", "/status", api.ScopeRead)
}

// next says what the nearest day brings.
func (v *visit) next(a *api.Attention) string {
	if len(a.Dates) == 0 {
		return v.Say("home.no-dates")
	}
	d := a.Dates[0]
	return v.Say("home.next-date", "Text", d.Text, "On", d.Date, "Days", d.Days)
}

// plansOf are the plans somebody has, and the rest of what may be used.
func plansOf(p *api.PersonDetail) (plans, others []api.License) {
	for _, l := range p.Uses {
		if l.Plan {
			plans = append(plans, l)
		} else if l.Tooltip != "" || !l.Hidden {
			others = append(others, l)
		}
	}
	return plans, others
}

// names are what people call licenses.
func titles(list []api.License) []string {
	all := make([]string, len(list))
	for i, l := range list {
		all[i] = licenseTitle(l)
	}
	return all
}

// endOf returns the last day on which all of these licenses work, in an
// installation that is so; the zero time when nothing ends.
func endOf(status *api.Status, list []api.License) (first time.Time) {
	for _, s := range status.Sets {
		mine := slices.ContainsFunc(list, func(l api.License) bool { return string(l.Name.Issuer) == s.Issuer })
		if end := s.End.Midnight(time.UTC); mine && !s.End.IsZero() && (first.IsZero() || end.Before(first)) {
			first = end
		}
	}
	return first
}

// entryAbout is whom or what an entry of the record is about.
func entryAbout(e api.AuditEntry) string {
	return cmp.Or(e.Person, e.Facts["license"], e.Facts["name"], e.Facts["set"])
}
