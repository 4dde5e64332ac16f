package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

// An eventForm is what was typed about an event.
type eventForm struct {
	kind, from, expected string
	audience             []string
	texts                map[string]string
	guarded              bool
	faults               page.Faults
	preview              *api.Event // what it would look like
}

var (
	eventTypes     = []string{"no-login", "message", "maintenance", "custom"}
	eventAudiences = []string{"administrators", "internal", "external"}
)

func (v *visit) eventForm() eventForm {
	f := eventForm{kind: v.form("type"), from: v.form("from"), expected: v.form("expected"), guarded: v.ticked("guarded"), texts: map[string]string{}}
	for _, a := range eventAudiences {
		if v.ticked("audience-" + a) {
			f.audience = append(f.audience, a)
		}
	}
	for _, lang := range license.Languages {
		f.texts[lang] = v.form("text-" + lang)
	}
	return f
}

// moment reads what a browser sends for a date and a time, in the zone of the
// installation, as the API takes it. Anything else is left for the use-case to
// refuse.
func (v *visit) moment(text string) string {
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(form, text, v.about.Zone); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	return text
}

// typed writes a moment as a browser wants it in a field.
func (v *visit) typed(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return v.In(at).Format("2006-01-02T15:04")
}

func (f eventForm) given() license.Texts {
	texts := license.Texts{}
	for lang, text := range f.texts {
		if text != "" {
			texts[lang] = text
		}
	}
	return texts
}

// writes is the language somebody most likely writes in.
func (v *visit) writes() string {
	if slices.Contains(license.Languages, v.Lang) {
		return v.Lang
	}
	return "en"
}

// saysMore reports whether there are texts in other languages than one.
func (f eventForm) saysMore(than string) bool {
	for lang, text := range f.texts {
		if text != "" && lang != than {
			return true
		}
	}
	return false
}

func (v *visit) titledEvents(title string) {
	v.titled("status", title)
	v.crumbs(page.Link{Text: v.Say("status.title"), Path: "/status"})
}

func showNewEvent(v *visit) error {
	v.titledEvents(v.Say("status.add"))
	v.Command = "pott event start no-login --for 2h"
	return v.show(newEventPage(v, eventForm{kind: "no-login", texts: map[string]string{}}))
}

func startEvent(v *visit) error {
	f := v.eventForm()
	v.titledEvents(v.Say("status.add"))
	event := api.NewEvent{Type: f.kind, From: v.moment(f.from), Expected: v.moment(f.expected), Audience: f.audience, Texts: f.given(), Guarded: f.guarded}
	act := v.act
	act.DryRun = v.form("do") != "start"
	done, err := v.in.StartEvent(v.ctx(), act, event)
	if err != nil {
		f.faults = page.Faults{v.faultAt(err, v.eventFields())}
		return v.wrong(newEventPage(v, f))
	}
	if act.DryRun {
		f.preview = &done.Event
		return v.show(newEventPage(v, f))
	}
	return v.done("/status#notifications", page.Receipt{Title: v.Say("status.started"), Text: done.Event.Text, Links: append(v.eventLinks(done.Event), v.recorded(done.Outcome)...)})
}

// eventFields are the fields of the form about an event. A text that is missing is
// missing in the reader's own language.
func (v *visit) eventFields() map[string]string {
	return map[string]string{"from": "from", "expected": "expected", "texts": "text-" + v.writes()}
}

func (v *visit) eventLinks(e api.Event) []page.Link {
	return []page.Link{{Text: v.Say("status.event-number", "N", e.Number), Path: eventPath(e)}}
}

func eventPath(e api.Event) string { return "/status/events/" + strconv.FormatInt(e.Number, 10) }

// An eventView is one event, and the form that changes it.
type eventView struct {
	event  api.Event
	form   eventForm
	reason string
	faults page.Faults // of ending it
}

func (v *visit) eventView() (eventView, error) {
	e, err := v.in.Event(v.ctx(), v.act, v.r.PathValue("id"))
	x := eventView{event: e, form: eventForm{kind: e.Type, from: v.typed(e.From), expected: v.typed(e.Expected), audience: e.Audience, texts: e.Texts}}
	v.titledEvents(v.Say("status.event-number", "N", e.Number))
	v.Command = "pott event show " + strconv.FormatInt(e.Number, 10)
	return x, err
}

func showEvent(v *visit) error {
	x, err := v.eventView()
	if err != nil {
		return err
	}
	return v.show(eventPage(v, x))
}

func changeEvent(v *visit) error {
	x, err := v.eventView()
	if err != nil {
		return err
	}
	x.form = v.eventForm()
	patch, act := v.eventPatch(x)
	done, err := v.in.ChangeEvent(v.ctx(), act, v.r.PathValue("id"), patch)
	if changed := new(installation.ChangedMeanwhileError); errors.As(err, &changed) {
		return v.eventConflict(x, changed.Fields)
	} else if err != nil {
		x.form.faults = page.Faults{v.faultAt(err, v.eventFields())}
		return v.wrong(eventPage(v, x))
	}
	return v.done(eventPath(x.event), page.Receipt{Title: v.Say("status.saved"), Links: v.recorded(done.Outcome)})
}

// eventPatch is what the form changes of what its reader saw. Fields hold minutes: a
// moment that was left alone is not sent.
func (v *visit) eventPatch(x eventView) (api.EventPatch, installation.Act) {
	var patch api.EventPatch
	act := v.act
	act.Was = map[string]string{}
	if saw := v.saw("expected", writtenMoment(x.event.Expected)); v.form("expected") != v.minutes(saw) {
		expected := v.moment(v.form("expected"))
		patch.Expected, act.Was["expected"] = &expected, saw
	}
	saw := v.saw("audience", joinedWords(x.event.Audience))
	if !slices.Equal(x.form.audience, strings.Fields(saw)) {
		patch.Audience, act.Was["audience"] = &x.form.audience, saw
	}
	texts := x.form.given()
	patch.Texts = &texts
	for _, lang := range license.Languages {
		act.Was["texts."+lang] = v.saw("text-"+lang, x.event.Texts[lang])
	}
	return patch, act
}

// wasEvent is what the form about an event carries along.
func (v *visit) wasEvent(e api.Event) [][2]string {
	fields := v.wasFields("expected", writtenMoment(e.Expected), "audience", joinedWords(e.Audience))
	for _, lang := range license.Languages {
		fields = append(fields, v.wasFields("text-"+lang, e.Texts[lang])...)
	}
	return fields
}

func (v *visit) eventConflict(x eventView, fields []string) error {
	audience := func(words string) string { return v.audience(strings.Fields(words)) }
	all := []contested{
		{Field: "expected", Label: v.Say("status.expected"), Yours: v.moment(x.form.expected), Now: writtenMoment(x.event.Expected), Say: v.saidMoment},
		{Field: "audience", Label: v.Say("status.applies"), Yours: joinedWords(x.form.audience), Now: joinedWords(x.event.Audience), Say: audience},
	}
	for _, lang := range license.Languages {
		all = append(all, contested{Field: "text-" + lang, Label: languageName(lang), Yours: x.form.texts[lang], Now: x.event.Texts[lang]})
	}
	for i, f := range fields {
		if lang, is := strings.CutPrefix(f, "texts."); is {
			fields[i] = "text-" + lang
		}
	}
	number := strconv.FormatInt(x.event.Number, 10)
	v.crumbs(v.crumb("nav.status", "/status"), page.Link{Text: v.Say("status.event-number", "N", x.event.Number), Path: eventPath(x.event)})
	return v.meanwhile(meanwhileView{What: v.Say("status.event-number", "N", x.event.Number), By: v.lastWho("event.", "number", number),
		Caption: v.Say("status.change-it"), Action: eventPath(x.event), Back: eventPath(x.event)}, contestedOf(fields, all...))
}

// saidMoment writes a moment as readers do.
func (v *visit) saidMoment(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return v.Time(at)
}

// minutes is a moment of the API as a browser wants it in a field.
func (v *visit) minutes(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return v.typed(at)
}

// writtenMoment is a moment as the API takes it; "" for none.
func writtenMoment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func joinedWords(words []string) string { return strings.Join(words, " ") }

func endEvent(v *visit) error {
	x, err := v.eventView()
	if err != nil {
		return err
	}
	x.reason = v.form("reason")
	done, err := v.in.EndEvent(v.ctx(), v.act, v.r.PathValue("id"), api.EndEvent{Reason: x.reason, Emergency: v.ticked("emergency")})
	if err != nil {
		x.faults = page.Faults{v.faultAt(err, map[string]string{"reason": "reason"})}
		return v.wrong(eventPage(v, x))
	}
	if !done.Changed {
		return v.done("/status#notifications", page.Receipt{Title: v.Say("status.ended-already", "By", v.actor(done.Event.EndedBy)), Text: done.Event.Text, Links: v.eventLinks(done.Event)})
	}
	return v.done("/status#notifications", page.Receipt{Title: v.Say("status.ended"), Text: done.Event.Text, Links: append(v.eventLinks(done.Event), v.recorded(done.Outcome)...)})
}

// eventTypeOptions are the types people may start.
func (v *visit) eventTypeOptions(chosen string) []page.Option {
	var all []page.Option
	for _, kind := range eventTypes {
		all = append(all, page.Option{Value: kind, Text: v.eventType(kind), Chosen: kind == chosen})
	}
	return all
}

// changeable reports whether the reader may change an event by hand.
func (v *visit) changeable(e api.Event) bool {
	return v.may(api.ScopeAdmin) && e.State != "ended" && e.Type != "notice"
}
