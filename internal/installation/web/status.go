package web

import (
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/printing"
	"github.com/pott-dev/pott/internal/page"
)

func statusRoutes() []route {
	return slices.Concat([]route{
		get("/status", api.ScopeRead, showStatus),
		post("/status/check", api.ScopeRead, checkRecords).whatever(),
		get("/status/live", api.ScopeRead, followEvents).byItself(),
		get("/status/live.json", api.ScopeRead, askEvents).byItself(),
		get("/status/events/new", api.ScopeAdmin, showNewEvent),
		post("/status/events/new", api.ScopeAdmin, startEvent),
		get("/status/events/{id}", api.ScopeRead, showEvent),
		post("/status/events/{id}", api.ScopeAdmin, changeEvent).showing(),
		post("/status/events/{id}/end", api.ScopeAdmin, endEvent),
		get("/status/damage", api.ScopeRead, showDamage),
		get("/status/damage/{place}", api.ScopeAdmin, showDamagedPlace),
		post("/status/damage/{place}", api.ScopeAdmin, repairPlace).whatever(),
		get("/status/damage/{place}/incident", api.ScopeAdmin, serveIncident),
	}, exporting("/status/events", api.ScopeRead, eventsList), exporting("/status/damage", api.ScopeRead, damageList))
}

// A statusView is how the installation is.
type statusView struct {
	status    api.Status
	integrity api.IntegrityReport
	people    []peopleNumber
	databases int
	messages  api.Messages
	events    []api.Event
	ended     bool // ended events are listed too
	newest    int64
}

func showStatus(v *visit) error {
	x := statusView{ended: v.query("ended") != ""}
	var err error
	if x.status, err = v.in.Status(v.ctx(), v.act); err != nil {
		return err
	}
	if x.people, err = v.peopleNumbers(); err != nil {
		return err
	}
	databases, err := v.in.Databases(v.ctx(), v.act, false)
	if err != nil {
		return err
	}
	x.databases = len(databases.Items)
	if x.messages, err = v.in.Messages(v.ctx(), v.act); err != nil {
		return err
	}
	if x.integrity, err = v.in.Integrity(v.ctx(), v.act); err != nil {
		return err
	}
	list, err := v.in.Events(v.ctx(), v.act, x.ended, 100, "")
	if err != nil {
		return err
	}
	x.events = list.Items
	if x.newest, err = v.newestEvent(); err != nil {
		return err
	}
	v.titled("status", v.Say("status.title"))
	v.Wide, v.Command, v.AsOf, v.Modules = true, "pott status", v.now, []string{"live.js"}
	return v.show(statusPage(v, x))
}

// checkRecords begins a full check, which goes on beside everything else.
func checkRecords(v *visit) error {
	if _, err := v.in.StartVerify(v.ctx(), v.act); err != nil {
		return err
	}
	return v.done("/status#integrity", page.Receipt{Title: v.Say("status.check-began"), Text: v.Say("status.check-began-says"),
		Links: []page.Link{{Text: v.Say("status.refresh"), Path: "/status#integrity"}}})
}

// An integrityLine is one of the questions a full check answers.
type integrityLine struct {
	name   string
	answer api.IntegrityAnswer
}

func (v *visit) integrityLines(r api.IntegrityReport) []integrityLine {
	return []integrityLine{{v.Say("status.rows"), r.Rows}, {v.Say("status.totals"), r.Totals}, {v.Say("status.chain"), r.Chain},
		{v.Say("status.rollback"), r.Rollback}, {v.Say("status.counts"), r.Counts}}
}

// integrityMark is an answer as a state: what cannot be checked is grey.
func (v *visit) integrityMark(state string) page.Mark { return printing.IntegrityMark(v.Lang, state) }

func (v *visit) clockMark(c api.Clock) page.Mark {
	switch c.State {
	case api.ClockRight:
		return page.Mark{Kind: "ok", Text: v.Say("status.clock-right")}
	case api.ClockUnconfirmed:
		return page.Mark{Kind: "warn", Text: v.Say("status.clock-unconfirmed")}
	}
	return page.Mark{Kind: "warn", Text: v.Say("status.clock-behind")}
}

// mailMark says whether letters can be sent.
func (v *visit) mailMark(m api.Messages) page.Mark {
	if !m.Mail {
		return page.Mark{Kind: "off", Text: v.Say("status.mail-none")}
	}
	return page.Mark{Kind: "ok", Text: v.Say("status.mail-set")}
}

func (v *visit) serverMark(a api.Authority) page.Mark {
	switch {
	case a.Failures > 0:
		return page.Mark{Kind: "warn", Text: v.Say("status.fails", "N", a.Failures)}
	case a.Answered.IsZero():
		return page.Mark{Kind: "off", Text: v.Say("status.never-asked")}
	}
	return page.Mark{Kind: "ok", Text: v.Say("status.answered", "At", v.In(a.Answered))}
}

// eventMark is where an event stands.
func (v *visit) eventMark(e api.Event) page.Mark {
	switch e.State {
	case "scheduled":
		return page.Mark{Kind: "info", Text: v.Say("status.is-scheduled")}
	case "overdue":
		return page.Mark{Kind: "warn", Text: v.Say("status.is-overdue")}
	case "ended":
		return page.Mark{Kind: "off", Text: v.Say("status.is-ended")}
	}
	return page.Mark{Kind: "ok", Text: v.Say("status.is-running")}
}

func (v *visit) eventType(kind string) string {
	word := map[string]string{"no-login": "status.type-no-login", "message": "status.type-message", "maintenance": "status.type-maintenance",
		"custom": "status.type-custom", "job": "status.type-job"}[kind]
	if word == "" {
		word = "status.type-notice"
	}
	return v.words(word)[0]
}

// audience says whom an event concerns.
func (v *visit) audience(words []string) string {
	if len(words) == 0 {
		return v.Say("status.everybody")
	}
	var all []string
	for _, w := range words {
		if word := audienceWords[w]; word != "" {
			w = v.words(word)[0]
		}
		all = append(all, w)
	}
	return strings.Join(all, ", ")
}

var audienceWords = map[string]string{"administrators": "status.audience-administrators", "internal": "status.audience-internal", "external": "status.audience-external"}

// newestEvent is the number of the newest event that has not ended.
func (v *visit) newestEvent() (newest int64, err error) {
	list, err := v.in.Events(v.ctx(), v.act, false, 1000, "")
	for _, e := range list.Items {
		newest = max(newest, e.Number)
	}
	return newest, err
}

// freshEvents counts the events that have begun since one.
func (v *visit) freshEvents(after int64) (n int, err error) {
	list, err := v.in.Events(v.ctx(), v.act, false, 1000, "")
	fresh := slices.DeleteFunc(list.Items, func(e api.Event) bool { return e.Number <= after })
	return len(fresh), err
}
