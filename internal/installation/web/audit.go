package web

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

func auditRoutes() []route {
	return []route{
		get("/audit", api.ScopeRead, showAudit),
		get("/audit.csv", api.ScopeRead, exportAudit),
		get("/audit.json", api.ScopeRead, exportAudit),
		get("/audit/verify", api.ScopeRead, showAuditVerify),
		get("/audit/proof", api.ScopeRead, downloadProof),
		get("/audit/verify/{job}", api.ScopeRead, showAuditJob),
		post("/audit/verify/{job}/cancel", api.ScopeRead, cancelAuditJob).whatever(),
		get("/audit/{n}", api.ScopeRead, showAuditEntry),
	}
}

// auditFilters are the parameters of the list, in the order of its form.
var auditFilters = []string{"who", "person", "action", "door", "request", "from", "to"}

const (
	auditPage   = 50
	auditExport = 5000 // entries of a file
)

// An auditView is one page of the trail, or why it cannot be shown.
type auditView struct {
	list   api.List[api.AuditEntry]
	values map[string]string
	faults page.Faults
}

func (x auditView) filtered() bool {
	return slices.ContainsFunc(auditFilters, func(name string) bool { return x.values[name] != "" })
}

// chosen says what the list is filtered by, in words.
func (x auditView) chosen(v *visit) string {
	var words []string
	for _, name := range auditFilters {
		text := x.values[name]
		switch {
		case text == "":
			continue
		case name == "action":
			text = v.action(text)
		case name == "door":
			for _, o := range v.doorOptions(text) {
				if o.Chosen {
					text = o.Text
				}
			}
		}
		key := cmp.Or(map[string]string{"from": "audit.from", "to": "audit.to", "door": "audit.source", "request": "audit.request"}[name], "audit.filter-"+name)
		words = append(words, v.Say(key)+": "+text)
	}
	return strings.Join(words, ", ")
}

// command is the list as a command.
func (x auditView) command() string {
	words := []string{"pott audit ls"}
	for _, name := range auditFilters {
		if text := x.values[name]; text != "" {
			flag := map[string]string{"person": "user"}[name]
			words = append(words, "--"+cmp.Or(flag, name)+" "+shellWord(text))
		}
	}
	return strings.Join(words, " ")
}

func (v *visit) auditFilter(limit int) installation.AuditFilter {
	return installation.AuditFilter{Who: v.query("who"), Person: v.query("person"), Action: v.query("action"), Door: v.query("door"), Request: v.query("request"),
		From: v.query("from"), To: v.query("to"), After: v.query("after"), Limit: limit}
}

func showAudit(v *visit) error {
	x := auditView{values: map[string]string{}}
	for _, name := range auditFilters {
		x.values[name] = v.query(name)
	}
	list, err := v.in.Audit(v.ctx(), v.act, v.auditFilter(auditPage))
	v.titled("audit", v.Say("audit.title"))
	v.Wide, v.Command = true, x.command()
	if err != nil {
		x.faults = page.Faults{v.auditFault(x.values, err)}
		return v.wrong(auditListPage(v, x))
	}
	x.list, v.AsOf = list, list.AsOf
	return v.show(auditListPage(v, x))
}

// auditFault is why a filter cannot be applied, at the field it is about.
func (v *visit) auditFault(values map[string]string, err error) page.Fault {
	if who := new(installation.UnknownPersonError); errors.As(err, &who) {
		for _, field := range []string{"person", "who"} {
			if values[field] == who.Person {
				return v.fault(field, err)
			}
		}
	}
	return v.faultAt(err, map[string]string{"from": "from", "to": "to", "who": "who", "person": "person", "door": "door", "request": "request"})
}

func exportAudit(v *visit) error {
	list, err := v.in.AuditForFile(v.ctx(), v.act, v.auditFilter(auditExport))
	if err != nil {
		return err
	}
	if v.Path == "/audit.json" {
		return v.json(list)
	}
	s := sheet{name: "audit", head: slices.Concat(v.words("audit.number", "audit.time"), v.withCode("audit.kind"), v.withCode("audit.who"),
		v.withCode("audit.what"), v.withCode("audit.object"), v.withCode("audit.summary"), v.withCode("audit.source"), v.words("audit.request"))}
	for _, e := range list.Items {
		s.rows = append(s.rows, []string{entryID(e), isoTime(e.At), v.kind(e), kindOf(e), v.doer(e.Actor).Name, e.Who,
			v.action(e.Action), e.Action, v.object(e).Name, cmp.Or(e.Person, e.Subject), v.summary(e), factsText(e),
			v.cameBy(e), e.Door, e.Request})
	}
	return v.csv(s)
}

// entryID is the number an entry is addressed by.
func entryID(e api.AuditEntry) string {
	if e.N == 1 {
		return fmt.Sprint(e.Seq)
	}
	return fmt.Sprintf("%d-%d", e.Seq, e.N)
}

// A doer is who did something, or what it was done to, as readers know it.
type doer struct {
	Name string
	Code string // what programs call it, or what it was at the server; "" for none
	Path string // where it has a page; "" for none
	Own  bool   // the name is no word of ours
}

// doer says who an actor of a record is: people by name, tokens and whoever was at
// the server's machine by what they are called there.
func (v *visit) doer(actor string) doer {
	kind, id, _ := strings.Cut(actor, " ")
	switch kind {
	case "person":
		return v.somebody(id)
	case "token":
		return doer{Name: strings.TrimPrefix(v.in.ActorName(actor), "token "), Own: true}
	case "host":
		return doer{Name: cmp.Or(id, v.Say("audit.kind-host")), Own: id != ""}
	}
	return doer{Name: v.Say("audit.kind-system"), Code: id}
}

// somebody is the person that an opaque id stands for.
func (v *visit) somebody(id string) doer {
	who, ok := v.in.Called(id)
	if !ok {
		return doer{Name: v.Say("audit.erased"), Code: id}
	}
	return doer{Name: who.Name, Code: unless(who.UserID, who.Name), Path: personPath(who.UserID, who.Number), Own: true}
}

// object is what an entry is about: somebody, or something it names.
func (v *visit) object(e api.AuditEntry) doer {
	if e.Subject == "" {
		return doer{}
	}
	return v.somebody(e.Subject)
}

// changed reports whether something is told with what it was before.
func changed(all []told) bool {
	return slices.ContainsFunc(all, func(t told) bool { return t.Was != nil })
}

// factsText is what an entry says as it is stored, in one line.
func factsText(e api.AuditEntry) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(e.Facts)) {
		parts = append(parts, k+" "+e.Facts[k])
	}
	return strings.Join(parts, " · ")
}

func showAuditEntry(v *visit) error {
	e, err := v.in.AuditEntry(v.ctx(), v.act, v.r.PathValue("n"))
	if err != nil {
		return err
	}
	v.titled("audit", v.Say("audit.entry", "Number", entryID(e.AuditEntry)))
	v.crumbs(page.Link{Text: v.Say("audit.title"), Path: "/audit"})
	v.Command = "pott audit show " + entryID(e.AuditEntry)
	return v.show(auditEntryPage(v, e))
}

// An auditVerifyView is a form and, once it was sent, what came of it.
type auditVerifyView struct {
	from, to  string
	verdict   *api.AuditVerdict
	faults    page.Faults
	key, head string // by which a proof is checked elsewhere; the key may be ""
}

// auditVerifyView is the form as it was sent.
func (v *visit) auditVerifyView() (x auditVerifyView, err error) {
	v.titled("audit", v.Say("audit.verify-title"))
	v.crumbs(page.Link{Text: v.Say("audit.title"), Path: "/audit"})
	v.Command = "pott audit verify"
	for _, name := range []string{"from", "to"} {
		if text := v.query(name); text != "" {
			v.Command += " --" + name + " " + shellWord(text)
		}
	}
	keys, err := v.in.Keys(v.ctx(), v.act)
	return auditVerifyView{from: v.query("from"), to: v.query("to"), key: keys.Own, head: v.in.PrintedHead().Head}, err
}

// wrongSpan shows the form again with what is wrong with its span.
func (v *visit) wrongSpan(x auditVerifyView, err error) error {
	field := "from"
	if bad := new(installation.BadValueError); errors.As(err, &bad) {
		field = bad.Field
	}
	x.faults = page.Faults{v.fault(field, err)}
	return v.wrong(auditVerifyPage(v, x))
}

func showAuditVerify(v *visit) error {
	x, err := v.auditVerifyView()
	if err != nil {
		return err
	}
	if v.query("run") == "" {
		return v.show(auditVerifyPage(v, x))
	}
	job, err := v.in.CheckAudit(v.ctx(), v.act, installation.AuditSpan{From: x.from, To: x.to})
	if err == nil && job.State == "running" {
		return v.goTo(auditJobPath(job))
	}
	if err != nil {
		return v.wrongSpan(x, err)
	}
	x.verdict, v.AsOf = job.Audit, v.now
	v.Part = v.verdictMark(x.verdict).Text
	return v.show(auditVerifyPage(v, x))
}

func auditJobPath(j api.Job) string { return "/audit/verify/" + escape(j.ID) }

// auditJob is the check of the audit trail the address names.
func (v *visit) auditJob() (api.Job, error) {
	id := v.r.PathValue("job")
	job, err := v.in.Job(v.ctx(), v.act, id)
	if err == nil && job.Kind != "audit" {
		err = &installation.UnknownJobError{Job: id}
	}
	return job, err
}

// showAuditJob says how far a check that takes long is, and what it found.
func showAuditJob(v *visit) error {
	job, err := v.auditJob()
	if err != nil {
		return err
	}
	v.titled("audit", v.Say("audit.job-title"))
	v.crumbs(page.Link{Text: v.Say("audit.title"), Path: "/audit"}, page.Link{Text: v.Say("audit.verify-title"), Path: "/audit/verify"})
	v.Command, v.AsOf = "pott job wait "+job.ID, v.now
	return v.show(auditJobPage(v, job))
}

func cancelAuditJob(v *visit) error {
	job, err := v.auditJob()
	if err != nil {
		return err
	}
	if job, err = v.in.CancelJob(v.ctx(), v.act, job.ID); err != nil {
		return err
	}
	r := page.Receipt{Title: v.Say("audit.cancelled")}
	if job.State == "running" {
		r.Title = v.Say("audit.cancelling")
	}
	return v.done(auditJobPath(job), r)
}

// downloadProof answers with a proof that somebody without access to the server
// can check.
func downloadProof(v *visit) error {
	x, err := v.auditVerifyView()
	if err != nil {
		return err
	}
	proof, err := v.in.AuditProof(v.ctx(), v.act, installation.ProofAsked{AuditSpan: installation.AuditSpan{From: x.from, To: x.to}, Names: v.query("names") != ""})
	if err != nil {
		return v.wrongSpan(x, err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", proof.Name()))
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Time{}) // a long trail takes longer than a page may
	if err := proof.Write(v.ctx(), v.w); err != nil {
		panic(http.ErrAbortHandler) // half of it has been sent: it must not look whole
	}
	return nil
}

// verdictMark is a verdict as a state: what cannot be checked is grey, never green.
func (v *visit) verdictMark(x *api.AuditVerdict) page.Mark {
	switch x.Verdict {
	case "intact":
		return page.Mark{Kind: "ok", Text: v.Say("audit.intact")}
	case "broken":
		return page.Mark{Kind: "crit", Text: v.Say("audit.broken", "Seq", x.Broken.Seq)}
	}
	return page.Mark{Kind: "off", Text: v.Say("audit.cannot")}
}

// breakText says in words what was done to the trail.
func (v *visit) breakText(what string) string {
	word := map[string]string{"edited": "audit.edited", "deleted": "audit.deleted", "inserted": "audit.inserted", "written anew": "audit.anew", "rolled back": "audit.rolled-back"}[what]
	if word == "" {
		return what
	}
	return v.words(word)[0]
}
