package web

import (
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/printing"
	"github.com/pott-dev/pott/internal/paper"
)

func reportRoutes() []route {
	return []route{
		get("/licenses/report", api.ScopeRead, showReport),
		get("/licenses/report.json", api.ScopeRead, showReport),
		get("/licenses/report.pdf", api.ScopeRead, showReport),
		get("/licenses/history/records/{number}", api.ScopeRead, showRecord),
		get("/licenses/history/records/{number}/record.json", api.ScopeRead, showRecord),
		get("/licenses/history/records/{number}/record.pdf", api.ScopeRead, showRecord),
	}
}

// recordPath is where the record of an activation stands.
func recordPath(a api.Activation) string {
	return "/licenses/history/records/" + itoa(a.Number)
}

// A paperView is a page that is on paper as well.
type paperView struct {
	paper.Document
	PDF, JSON string // where it is as a file
}

func (v *visit) printed() printing.Reader {
	name := v.Reader
	if name == "" {
		name = v.actor(v.act.By.String())
	}
	return printing.Reader{Lang: v.Lang, Name: name}
}

func showReport(v *visit) error {
	r, err := v.in.Report(v.ctx(), v.act)
	if err != nil {
		return err
	}
	if v.wantsJSON() {
		return v.json(r)
	}
	d := printing.Report(v.printed(), r)
	if strings.HasSuffix(v.Path, ".pdf") {
		return v.pdf("report", d)
	}
	v.titled("licenses", d.Title)
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.AsOf, v.Command = r.Status.Now, "pott report"
	return v.paper(paperView{Document: d, PDF: "/licenses/report.pdf", JSON: "/licenses/report.json"})
}

func showRecord(v *visit) error {
	r, err := v.in.ActivationRecord(v.ctx(), v.act, v.r.PathValue("number"))
	if err != nil {
		return err
	}
	if v.wantsJSON() {
		v.in.RecordLeaves(v.ctx(), v.act, r)
		return v.json(r)
	}
	d := printing.Record(v.printed(), r)
	if strings.HasSuffix(v.Path, ".pdf") {
		v.in.RecordLeaves(v.ctx(), v.act, r)
		return v.pdf("record-"+itoa(r.Activation.Number), d)
	}
	v.titled("licenses", d.Title)
	v.crumbs(v.crumb("nav.licenses", "/licenses"), v.crumb("history.title", "/licenses/history"))
	v.AsOf, v.Command = r.AsOf, "pott set record "+itoa(r.Activation.Number)
	path := recordPath(r.Activation)
	return v.paper(paperView{Document: d, PDF: path + "/record.pdf", JSON: path + "/record.json"})
}

func (v *visit) paper(x paperView) error {
	v.Wide = true
	return v.show(paperPage(v, x))
}

// pdf answers with a document on paper.
func (v *visit) pdf(name string, d paper.Document) error {
	text, err := paper.Set(d)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Language", d.Lang)
	return v.download(name+".pdf", "application/pdf", text)
}

// paperLines are the lines of a value.
func paperLines(text string) []string { return strings.Split(text, "\n") }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
