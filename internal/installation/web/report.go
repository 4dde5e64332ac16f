package web

import (
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/locale"
)

func reportRoutes() []route {
	return []route{
		get("/licenses/report", api.ScopeRead, showReport),
		get("/licenses/report.json", api.ScopeRead, showReport),
	}
}

// A reportView is what an auditor or an issuer is shown on paper: what is owned,
// what is used, and that the records are whole. All of it is of one state.
type reportView struct {
	Status    api.Status          `json:"status"`
	Sets      []api.Set           `json:"sets"`
	Licenses  []reportLine        `json:"licenses"`
	Over      int                 `json:"over"`
	People    []peopleNumber      `json:"-"`
	Integrity api.IntegrityReport `json:"integrity"`
	Head      api.Head            `json:"head"`
}

// A reportLine is one license that is counted, with its peak of the last 90 days.
type reportLine struct {
	api.License
	Peak api.PeakRow `json:"peak_90_days"`
}

func (l reportLine) title() string { return licenseTitle(l.License) }

// reportTries is how often the report is read again because somebody changed
// something meanwhile; after that it is shown as it was read last.
const reportTries = 5

func showReport(v *visit) error {
	var x reportView
	for range reportTries {
		again, err := v.readReport(&x)
		if err != nil {
			return err
		}
		if !again {
			break
		}
	}
	if v.wantsJSON() {
		return v.json(x)
	}
	v.titled("licenses", v.Say("report.title"))
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.Wide, v.AsOf, v.Command = true, x.Status.Now, "pott status"
	return v.show(reportPage(v, x))
}

// readReport reads everything once, and reports whether it must be read again to be
// of one state.
func (v *visit) readReport(x *reportView) (again bool, err error) {
	*x = reportView{}
	if x.Status, err = v.in.Status(v.ctx(), v.act); err != nil {
		return false, err
	}
	for _, s := range x.Status.Sets {
		set, err := v.in.Set(v.ctx(), v.act, s.ID)
		if err != nil {
			return false, err
		}
		x.Sets = append(x.Sets, set)
	}
	list, err := v.in.Licenses(v.ctx(), v.act, true)
	if err != nil {
		return false, err
	}
	peaks, err := v.in.RecentPeaks(v.ctx(), v.act)
	if err != nil {
		return false, err
	}
	for _, l := range list.Items {
		// What comes with plans is named only where there are too many of it.
		if !counted(l) || l.Hidden && l.Over == 0 {
			continue
		}
		if l.Over > 0 {
			x.Over++
		}
		x.Licenses = append(x.Licenses, reportLine{License: l, Peak: peaks[l.Name]})
	}
	locale.Sort(locale.For(v.Lang), x.Licenses, reportLine.title)
	slices.SortStableFunc(x.Licenses, func(a, b reportLine) int { return int(min(1, b.Over) - min(1, a.Over)) })
	if x.People, err = v.peopleNumbers(); err != nil {
		return false, err
	}
	if x.Integrity, err = v.in.Integrity(v.ctx(), v.act); err != nil {
		return false, err
	}
	x.Head = v.in.PrintedHead()
	return x.Head.Seq != x.Status.Seq, nil
}

// setOf is a set in force as its dates say.
func (x reportView) setOf(id string) *api.SetStatus {
	i := slices.IndexFunc(x.Status.Sets, func(s api.SetStatus) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &x.Status.Sets[i]
}
