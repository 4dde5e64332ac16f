package command

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

type eventCmd struct {
	Ls     eventLs     `cmd:"" help:"List events that have not ended."`
	Start  eventStart  `cmd:"" help:"Start an event: no-login, message, maintenance, custom or job."`
	Show   eventShow   `cmd:"" help:"Show one event."`
	Change eventChange `cmd:"" help:"Change an event that has not ended."`
	End    eventEnd    `cmd:"" help:"End an event."`
}

type eventLs struct {
	Ended bool `help:"Also those that have ended."`
	paging
}

func (c eventLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Events(s.ctx, c.Ended, client.Page{Limit: c.Limit, After: c.After})
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(e api.Event) string { return fmt.Sprint(e.Number) }), human: func(o *paper) {
		t := &table{columns: []column{{head: "event", right: true}, {head: "kind"}, {head: "status"}, {head: "text", cut: late}, {head: "from"}, {head: "expected"}, {head: "who", cut: late}}}
		for _, e := range list.Items {
			t.add(eventNumber(e), o.s.say("event."+e.Type), o.eventState(e), e.Text, minute(e.From), minute(e.Expected), e.StartedBy)
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

// eventNumber is how an event is addressed; one that could not be stored cannot.
func eventNumber(e api.Event) string {
	if e.Number == 0 {
		return "–"
	}
	return fmt.Sprint(e.Number)
}

// eventState says where an event stands, and how far a job is.
func (o *paper) eventState(e api.Event) string {
	state := o.s.say("event." + e.State)
	if e.State == "running" && e.Total > 0 {
		state += fmt.Sprintf(" %d %%", e.Done*100/e.Total)
	}
	return state
}

// minute prints a moment in UTC, to the minute.
func minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

type eventShow struct {
	Event string `arg:"" help:"The event's number."`
}

func (c eventShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	e, err := cl.Event(s.ctx, c.Event)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: e, ids: []string{fmt.Sprint(e.Number)}, human: func(o *paper) { o.event(e) }})
}

func (o *paper) event(e api.Event) {
	for_ := strings.Join(e.Audience, ", ")
	if for_ == "" {
		for_ = o.s.say("event.everybody")
	}
	ended := minute(e.Ended)
	if e.EndedBy != "" {
		ended = o.s.say("event.by", ended, e.EndedBy)
	}
	rows := [][2]string{
		{"event", eventNumber(e)}, {"kind", o.s.say("event." + e.Type)}, {"status", o.eventState(e)}, {"about", e.Text},
		{"from", minute(e.From)}, {"expected", minute(e.Expected)}, {"for-people", for_},
		{"started", o.s.say("event.by", minute(e.Started), e.StartedBy)}, {"ended", ended}, {"reason", e.EndReason}, {"notice", e.Locked},
	}
	o.pairs(rows...)
	for _, lang := range license.Languages {
		if e.Texts[lang] != "" && len(e.Texts) > 1 {
			o.printf("  %s  %s\n", lang, e.Texts[lang])
		}
	}
}

// timing is when an event begins and should be over.
type timing struct {
	From  string        `placeholder:"MOMENT" help:"When it takes effect, such as 2026-06-10T18:00:00+02:00; at once when left out."`
	Until string        `xor:"end" placeholder:"MOMENT" help:"When it should be over. It never ends by itself."`
	For   time.Duration `xor:"end" placeholder:"TIME" help:"How long it should take from its beginning, such as 90m or 2h."`
}

// expected returns when the event should be over, or "".
func (t timing) expected(now time.Time) (string, error) {
	if t.For == 0 {
		return t.Until, nil
	}
	if t.For < 0 {
		return "", &UsageError{Problem: "--for is a time to come, such as 2h", Help: "pott event start --help"}
	}
	begins := now
	if t.From != "" {
		var err error
		if begins, err = time.Parse(time.RFC3339, t.From); err != nil {
			return "", &UsageError{Problem: "--from is a moment such as 2026-06-10T18:00:00+02:00", Help: "pott event start --help"}
		}
	}
	return begins.Add(t.For).UTC().Format(time.RFC3339), nil
}

// wording is what an event says.
type wording struct {
	Text []string `placeholder:"TEXT" help:"What to say, in your language, or as sv=TEXT; may be given several times."`
}

// texts returns the texts by language; one without a language is in the
// person's own.
func (w wording) texts(lang string) license.Texts {
	texts := license.Texts{}
	for _, given := range w.Text {
		code, text, ok := strings.Cut(given, "=")
		if !ok || !slices.Contains(license.Languages, code) {
			code, text = lang, given
		}
		texts[code] = text
	}
	return texts
}

type eventStart struct {
	Type string `arg:"" enum:"no-login,message,maintenance,custom,job" help:"no-login keeps everybody but administrators from signing in; message, maintenance and custom are shown; job is a program's long job."`
	wording
	timing
	Audience []string `placeholder:"WHO" help:"Whom it concerns: administrators, internal, external, system, anonymous, resource; everybody when left out."`
	Guarded  bool     `help:"Only whoever started it ends it, others only in an emergency."`
	preview
}

func (c eventStart) Run(s *session) error {
	expected, err := c.expected(s.p.Now())
	if err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.StartEvent(s.ctx, api.NewEvent{Type: c.Type, From: c.From, Expected: expected, Audience: c.Audience,
		Texts: c.texts(s.language()), Guarded: c.Guarded}, c.DryRun)
	if err != nil {
		return err
	}
	return s.eventChanged(done, "event.did-start", fmt.Sprint("pott event end ", done.Event.Number))
}

type eventChange struct {
	Event string `arg:"" help:"The event's number."`
	wording
	timing
	Audience []string `placeholder:"WHO" help:"Whom it concerns from now on."`
	Done     *int64   `placeholder:"N" help:"Of a job: how far it is."`
	Total    *int64   `placeholder:"N" help:"Of a job: how far it has to go."`
	seen
	preview
}

func (c eventChange) Run(s *session) error {
	patch := api.EventPatch{Done: c.Done, Total: c.Total, Was: c.Was}
	if c.From != "" {
		patch.From = &c.From
	}
	expected, err := c.expected(s.p.Now())
	if err != nil {
		return err
	}
	if expected != "" {
		patch.Expected = &expected
	}
	if len(c.Audience) > 0 {
		patch.Audience = &c.Audience
	}
	if len(c.Text) > 0 {
		texts := c.texts(s.language())
		patch.Texts = &texts
	}
	if c.From+expected == "" && c.Done == nil && c.Total == nil && patch.Audience == nil && patch.Texts == nil {
		return &UsageError{Problem: "nothing to change was given", Help: "pott event change --help"}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.ChangeEvent(s.ctx, c.Event, patch, c.DryRun)
	if err != nil {
		return err
	}
	return s.eventChanged(done, "event.did-change", "")
}

type eventEnd struct {
	Event     string `arg:"" help:"The event's number."`
	Reason    string `placeholder:"TEXT" help:"Why, for the record."`
	Emergency bool   `help:"End also what somebody else guards."`
	preview
}

func (c eventEnd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.EndEvent(s.ctx, c.Event, api.EndEvent{Reason: c.Reason, Emergency: c.Emergency}, c.DryRun)
	if err != nil {
		return err
	}
	return s.eventChanged(done, "event.did-end", "")
}

func (s *session) eventChanged(done api.ChangedEvent, key, undo string) error {
	return s.answer(answer{doc: done, ids: []string{fmt.Sprint(done.Event.Number)}, human: func(o *paper) {
		e := done.Event
		switch {
		case !done.Changed:
			o.line("event.already", e.Number)
			return
		case done.DryRun:
			o.line("did.would", s.say(key, e.Number, s.say("event."+e.Type), e.Text))
			return
		}
		o.line(key, e.Number, s.say("event."+e.Type), e.Text)
		if undo != "" {
			s.remark("undo", undo)
		}
	}})
}

// statusEvents prints what people should hear about.
func (o *paper) statusEvents(events []api.Event) {
	if len(events) == 0 {
		return
	}
	t := &table{columns: []column{{head: "event", right: true}, {head: "kind"}, {head: "status"}, {head: "text", cut: late}, {head: "expected"}}}
	for _, e := range events {
		t.add(eventNumber(e), o.s.say("event."+e.Type), o.eventState(e), e.Text, minute(e.Expected))
	}
	o.table(t)
	o.printf("\n")
}
