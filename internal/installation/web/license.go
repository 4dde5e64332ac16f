package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func licenseRoutes() []route {
	return []route{
		get("/licenses/{issuer}/{module}", api.ScopeRead, showLicense),
		get("/licenses/holders.csv", api.ScopeRead, exportHolders),
		get("/licenses/holders.json", api.ScopeRead, exportHolders),
	}
}

// A licenseView is one license and everybody who holds it.
type licenseView struct {
	api.LicenseDetail
	path    string
	holders api.List[api.Holder]
	pager   page.Pager
	via     string
	course  api.Course
	peak    *api.PeakRow // of the last 90 days; nil when nobody held it
	seats   string       // what was typed under "what if"
	faults  page.Faults
}

// holdersOnPage is how many rows of a list a page has.
const holdersOnPage = 50

// ways are how somebody may have come by a license.
var ways = []string{"plan", "direct", "profile", "import"}

func (v *visit) licenseName() string {
	return v.r.PathValue("issuer") + "." + v.r.PathValue("module")
}

func showLicense(v *visit) error {
	x := licenseView{seats: v.query("seats"), via: v.query("via")}
	var seats *int64
	if x.seats != "" {
		if n, ok := locale.For(v.Lang).ParseNumber(x.seats); ok && n >= 0 {
			seats = &n
		} else {
			x.faults = page.Faults{{Field: "seats", Text: v.Say("license.no-number", "Text", x.seats)}}
		}
	}
	if err := v.readLicense(&x, seats); err != nil {
		return err
	}
	v.titled("licenses", licenseTitle(x.License))
	v.onPage(x.pager)
	v.Foreign = v.foreign(x.Name)
	v.crumbs(v.crumb("nav.licenses", "/licenses"), page.Link{Text: v.in.IssuerName(string(x.Name.Issuer)), Path: "/licenses?issuer=" + escapeQuery(string(x.Name.Issuer))})
	v.Wide, v.Command = true, "pott license show "+x.Name.String()
	if len(x.faults) > 0 {
		return v.wrong(licensePage(v, x))
	}
	return v.show(licensePage(v, x))
}

func (v *visit) readLicense(x *licenseView, seats *int64) error {
	name := v.licenseName()
	var err error
	if x.LicenseDetail, err = v.in.LicenseDetail(v.ctx(), v.act, name, seats); err != nil {
		return err
	}
	x.path = licensePath(x.Name)
	number := v.pageNumber()
	x.holders, err = v.in.HoldersByName(v.ctx(), v.act, name, installation.HolderQuery{Via: x.via, Page: number, Size: holdersOnPage})
	if err != nil {
		return err
	}
	v.AsOf = x.holders.AsOf
	x.pager = page.Pager{Page: number, Size: holdersOnPage, Total: x.holders.Total, Link: func(n int) string { return v.with("page", strconv.Itoa(n)) + "#holders" }}
	if !counted(x.License) {
		return nil
	}
	if x.course, err = v.in.RecentCourse(v.ctx(), v.act, name, v.query("by")); err != nil {
		return err
	}
	peaks, err := v.in.RecentPeaks(v.ctx(), v.act)
	if peak, ok := peaks[x.Name]; ok {
		x.peak = &peak
	}
	return err
}

// howCode is how somebody has a license, in the words of the API: its source, or what
// it comes with.
func howCode(h api.Holder) string {
	if h.Source != "" {
		return h.Source
	}
	return joinedNames(h.Via)
}

func joinedNames(names []license.Name) string {
	var all []string
	for _, n := range names {
		all = append(all, n.String())
	}
	return strings.Join(all, " ")
}

// exportHolders gives the list of a license's page as a file, all of it.
func exportHolders(v *visit) error {
	name := v.query("license")
	list, err := v.in.HoldersForFile(v.ctx(), v.act, name, v.query("via"))
	if err != nil {
		return err
	}
	if strings.HasSuffix(v.Path, ".json") {
		return v.json(list)
	}
	s := sheet{name: strings.ToLower(name), head: slices.Concat(v.words("license.holder", "license.user-id", "license.quantity"), v.withCode("license.how"), v.words("license.since"))}
	for _, h := range list.Items {
		s.rows = append(s.rows, []string{holderName(h), h.Person, strconv.FormatInt(h.Quantity, 10), v.how(h), howCode(h), isoTime(h.Since)})
	}
	return v.csv(s)
}

func holderName(h api.Holder) string { return cmp.Or(h.Name, h.Person, h.Database) }

// holderPath is where the holder has a page of its own; "" for a database.
func holderPath(h api.Holder) string {
	if h.Person == "" {
		return ""
	}
	return personPath(h.Person, h.Number)
}

// how says in words by what way somebody has a license.
func (v *visit) how(h api.Holder) string {
	var ways []string
	for _, plan := range h.Via {
		ways = append(ways, v.Say("license.by-plan", "Plan", v.called(plan)))
	}
	if h.Source != "" {
		ways = append(ways, v.Say("license.by."+h.Source))
	}
	return strings.Join(ways, " · ")
}

// called is what people call a license.
func (v *visit) called(n license.Name) string {
	return cmp.Or(v.in.DisplayName(n.String(), v.Lang), n.String())
}

// stretchName says which day, week or month a row of a history is.
func (v *visit) stretchName(by string, from time.Time) string {
	l, at := locale.For(v.Lang), v.In(from)
	switch by {
	case "month":
		return l.Month(at)
	case "week":
		return v.Say("license.week-of", "On", at)
	}
	return l.Date(at)
}

// wayTabs choose holders by how they came by the license.
func (v *visit) wayTabs(now string) []page.Link {
	tabs := []page.Link{{Text: v.Say("license.everybody"), Path: v.with("via", "", "page", "") + "#holders", Current: now == ""}}
	for _, way := range ways {
		tabs = append(tabs, page.Link{Text: v.Say("license.way." + way), Path: v.with("via", way, "page", "") + "#holders", Current: now == way})
	}
	return tabs
}

// stretchTabs choose what a history is made of.
func (v *visit) stretchTabs(now string) []page.Link {
	var tabs []page.Link
	for _, by := range []string{"day", "week", "month"} {
		tabs = append(tabs, page.Link{Text: v.Say("license.stretch." + by), Path: v.with("by", by) + "#history", Current: now == by})
	}
	return tabs
}
