package installation

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// maxEventText is the longest text of an event in one language, in characters.
const maxEventText = 400

// Events returns one page of the events, newest first: those that have not
// ended, or all.
func (in *Installation) Events(ctx context.Context, act Act, all bool, limit int, after string) (api.List[api.Event], error) {
	var list api.List[api.Event]
	err := in.view(func(v *store.View) error {
		events := in.notStored(v, act.Language)
		for _, e := range v.Events() {
			if all || e.Ended == 0 {
				events = append(events, in.eventOf(v, e, act.Language))
			}
		}
		// What could not be stored stands first.
		slices.SortStableFunc(events, func(x, y api.Event) int { return cmp.Compare(eventOrder(y), eventOrder(x)) })
		last, err := readCursor(after)
		list = api.List[api.Event]{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Total: len(events)}
		list.Items, list.Next = page(events, func(e api.Event) string { return strconv.FormatInt(e.Number, 10) },
			func(e api.Event) bool { return last == 0 || eventOrder(e) < last }, limit)
		return err
	})
	return list, err
}

func eventOrder(e api.Event) int64 {
	if e.Number == 0 {
		return 1 << 62
	}
	return e.Number
}

// Event returns one event by number.
func (in *Installation) Event(ctx context.Context, act Act, id string) (api.Event, error) {
	var out api.Event
	err := in.view(func(v *store.View) error {
		e, err := findEvent(v, id)
		if err == nil {
			out = in.eventOf(v, e, act.Language)
		}
		return err
	})
	return out, err
}

func findEvent(v *store.View, id string) (store.Event, error) {
	number, err := strconv.ParseInt(strings.TrimPrefix(id, "#"), 10, 64)
	if err == nil {
		if e, ok := v.Event(number); ok {
			return e, nil
		}
	}
	return store.Event{}, &UnknownEventError{Event: id}
}

// StartEvent starts an event. It takes effect at its beginning and goes on until
// somebody ends it.
func (in *Installation) StartEvent(ctx context.Context, act Act, n api.NewEvent) (api.ChangedEvent, error) {
	var answer api.ChangedEvent
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		e, err := newEvent(n, tx.Now(), act.By)
		if err != nil {
			return false, err
		}
		if open := openEvents(&tx.View); len(open) >= seat.MaxEvents {
			return false, &ManyEventsError{Open: len(open), Most: seat.MaxEvents}
		}
		return true, in.putEvent(tx, act, &answer, e, "event.start", nil)
	})
	answer.Outcome = outcome
	return answer, err
}

// newEvent reads an event that somebody wants to start. Its moments are whole
// seconds, as they travel.
func newEvent(n api.NewEvent, now time.Time, by audit.Actor) (store.Event, error) {
	e := store.Event{Event: seat.Event{Type: seat.EventType(n.Type), Ending: seat.Free, StartedBy: by.String(), Started: now.UnixMicro()}}
	if n.Guarded || e.Type == seat.Job {
		e.Ending = seat.Guarded
	}
	if e.Type == seat.Notice {
		e.Type = "" // only the server tells of itself
	}
	return setEvent(e, now, eventParts{from: &n.From, expected: &n.Expected, audience: &n.Audience, texts: &n.Texts})
}

// eventParts are what of an event is set; nil: it stays.
type eventParts struct {
	from, expected *string
	audience       *[]string
	texts          *license.Texts
}

func setEvent(e store.Event, now time.Time, p eventParts) (store.Event, error) {
	var err error
	if p.from != nil {
		from, err := readMoment("from", *p.from)
		if err != nil {
			return e, err
		}
		e.From = max(from, now.Truncate(time.Second).UnixMicro())
	}
	if p.expected != nil {
		if e.Expected, err = readMoment("expected", *p.expected); err != nil {
			return e, err
		}
	}
	if p.audience != nil {
		if e.Audience, err = seat.ParseAudience(*p.audience); err != nil {
			return e, err
		}
	}
	if p.texts != nil {
		if e.Texts, err = readTexts(*p.texts); err != nil {
			return e, err
		}
	}
	if len(e.Texts) == 0 && (e.Type == seat.Message || e.Type == seat.Custom) {
		return e, &BadValueError{Field: "texts", Why: "it says nothing"}
	}
	return e, e.Check()
}

func readTexts(given license.Texts) (license.Texts, error) {
	texts := license.Texts{}
	for _, lang := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(license.Languages, lang) {
			return nil, &BadValueError{Field: "texts", Why: "use the languages sv, en, nb, da, de, nl"}
		}
		if err := checkText("texts."+lang, given[lang], 0, maxEventText); err != nil {
			return nil, err
		}
		if given[lang] != "" {
			texts[lang] = given[lang]
		}
	}
	return texts, nil
}

// readMoment reads a moment to the second; 0 for "".
func readMoment(field, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return 0, &BadValueError{Field: field, Why: "it is not a moment written as 2026-06-10T12:00:00Z"}
	}
	return at.Truncate(time.Second).UnixMicro(), nil
}

// ChangeEvent changes what the patch names of an event that has not ended.
func (in *Installation) ChangeEvent(ctx context.Context, act Act, id string, patch api.EventPatch) (api.ChangedEvent, error) {
	var answer api.ChangedEvent
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		old, err := findEvent(&tx.View, id)
		if err != nil {
			return false, err
		}
		if err := mayChange(old, patch, tx.Now().UnixMicro()); err != nil {
			return false, err
		}
		parts, err := act.eventParts(old, patch)
		if err != nil {
			return false, err
		}
		next, err := setEvent(old, tx.Now(), parts)
		if err != nil {
			return false, err
		}
		if next, err = progress(next, patch); err != nil {
			return false, err
		}
		facts := eventChanges(old, next)
		if len(facts) == 0 {
			answer.Event = in.eventOf(&tx.View, old, act.Language)
			return false, nil
		}
		return true, in.putEvent(tx, act, &answer, next, "event.change", facts)
	})
	answer.Outcome = outcome
	return answer, err
}

// eventParts are what a patch sets of an event, after others may have changed it.
func (a Act) eventParts(old store.Event, patch api.EventPatch) (eventParts, error) {
	parts := eventParts{from: patch.From}
	fields := []field{}
	if patch.Expected != nil {
		to := *patch.Expected
		if at, err := readMoment("expected", to); err == nil {
			to = writeMoment(at)
		}
		parts.expected = &to
	}
	fields = append(fields, field{"expected", writeMoment(old.Expected), parts.expected})
	var audience *string
	if patch.Audience != nil {
		text := strings.Join(*patch.Audience, " ")
		audience = &text
	}
	fields = append(fields, field{"audience", strings.Join(old.Audience.Words(), " "), audience})
	texts := map[string]*string{}
	for _, lang := range license.Languages {
		if patch.Texts != nil {
			text := (*patch.Texts)[lang]
			texts[lang] = &text
		}
		fields = append(fields, field{"texts." + lang, old.Texts[lang], texts[lang]})
	}
	if err := a.meanwhile(strconv.FormatInt(old.Number, 10), fields...); err != nil {
		return parts, err
	}
	if audience != nil {
		words := strings.Fields(*audience)
		parts.audience = &words
	}
	if patch.Texts != nil {
		next := maps.Clone(*patch.Texts)
		for lang, text := range texts {
			if *text != "" || next[lang] != "" {
				next[lang] = *text
			}
		}
		parts.texts = &next
	}
	return parts, nil
}

// writeMoment writes a moment as readMoment reads it; "" for 0.
func writeMoment(at int64) string {
	if at == 0 {
		return ""
	}
	return timeOf(at).UTC().Format(time.RFC3339)
}

func mayChange(e store.Event, patch api.EventPatch, now int64) error {
	switch {
	case e.Ended != 0:
		return &EventEndedError{Number: e.Number}
	case e.Type == seat.Notice:
		return &seat.EventLockedError{Number: e.Number, About: e.About}
	case patch.From != nil && e.State(now) != seat.EventScheduled:
		return &BadValueError{Field: "from", Why: "it has taken effect"}
	}
	return nil
}

func progress(e store.Event, patch api.EventPatch) (store.Event, error) {
	if patch.Done == nil && patch.Total == nil {
		return e, nil
	}
	if patch.Done != nil {
		e.Done = *patch.Done
	}
	if patch.Total != nil {
		e.Total = *patch.Total
	}
	if e.Type != seat.Job || e.Done < 0 || e.Done > e.Total {
		return e, &BadValueError{Field: "done", Why: "only a job gets on, from 0 to its total"}
	}
	return e, nil
}

// eventChanges are the facts of a change: which parts are different.
func eventChanges(old, next store.Event) []audit.Fact {
	var facts []audit.Fact
	for _, part := range []struct {
		name string
		same bool
	}{
		{"from", old.From == next.From}, {"expected", old.Expected == next.Expected}, {"audience", old.Audience == next.Audience},
		{"texts", maps.Equal(old.Texts, next.Texts)}, {"progress", old.Done == next.Done && old.Total == next.Total},
	} {
		if !part.same {
			facts = append(facts, audit.F(part.name, "changed"))
		}
	}
	return facts
}

// EndEvent ends an event now. What tells of a state of the server is not ended by
// hand, and what somebody else guards only in an emergency.
func (in *Installation) EndEvent(ctx context.Context, act Act, id string, e api.EndEvent) (api.ChangedEvent, error) {
	if err := checkText("reason", e.Reason, 0, maxReason); err != nil {
		return api.ChangedEvent{}, err
	}
	var answer api.ChangedEvent
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		event, err := findEvent(&tx.View, id)
		if err != nil {
			return false, err
		}
		if event.Ended != 0 {
			answer.Event = in.eventOf(&tx.View, event, act.Language)
			return false, nil
		}
		if err := event.MayEnd(act.By.String(), e.Emergency); err != nil {
			return false, err
		}
		var facts []audit.Fact
		if e.Emergency && event.Ending == seat.Guarded && event.StartedBy != act.By.String() {
			facts = append(facts, audit.F("emergency", true))
		}
		event.Ended, event.EndedBy, event.EndReason = max(tx.Now().UnixMicro(), event.Started), act.By.String(), e.Reason
		return true, in.putEvent(tx, act, &answer, event, "event.end", facts)
	})
	answer.Outcome = outcome
	return answer, err
}

// putEvent stages an event with its entry. What it says stays out of the entry,
// which is kept for ever: people may name people.
func (in *Installation) putEvent(tx *store.Tx, act Act, answer *api.ChangedEvent, e store.Event, action string, facts []audit.Fact) error {
	var err error
	if e.Number, err = tx.PutEvent(e); err != nil {
		return err
	}
	answer.Event = in.eventOf(&tx.View, e, act.Language)
	tx.Entry(action, "", append(facts, audit.F("number", e.Number), audit.F("type", e.Type))...)
	return nil
}

// openEvents are the events of people that have not ended.
func openEvents(v *store.View) []store.Event {
	return slices.DeleteFunc(v.Events(), func(e store.Event) bool { return e.Ended != 0 || e.Type == seat.Notice })
}

// announced are the events that checks and products must know of.
func announced(v *store.View) []entitle.Event {
	var events []entitle.Event
	for _, e := range openEvents(v) {
		events = append(events, entitle.Event{Number: e.Number, Type: string(e.Type), From: timeOf(e.From), Expected: timeOf(e.Expected),
			Kinds: e.Audience.Kinds, Administrators: e.Audience.Administrators, Texts: e.Texts})
	}
	return events[:min(len(events), entitle.MaxEvents)]
}

// closedFor returns the event that keeps a person from signing in at a moment,
// as the rules see it, or nil.
func closedFor(v *store.View, p store.Person, now time.Time) *seat.Closing {
	var events []seat.Event
	for _, e := range openEvents(v) {
		events = append(events, e.Event)
	}
	e := seat.Closed(events, p.Kind, administers(v, p), now.UnixMicro())
	if e == nil {
		return nil
	}
	c := &seat.Closing{Number: e.Number, Expected: e.Expected}
	if e.Expected > now.UnixMicro() {
		c.Until = license.DateOf(timeOf(e.Expected).In(zone(v)))
	}
	return c
}

// eventOf shows an event as it stands.
func (in *Installation) eventOf(v *store.View, e store.Event, lang string) api.Event {
	now := in.clock(v).UnixMicro()
	out := api.Event{
		Number: e.Number, Type: string(e.Type), Code: e.Code, About: e.About, State: string(e.State(now)), Text: eventText(v, e, lang), Texts: e.Texts,
		Audience: append([]string{}, e.Audience.Words()...), Started: timeOf(e.Started), StartedBy: teller{v: v, lang: lang}.actor(e.StartedBy),
		From: timeOf(e.From), Expected: timeOf(e.Expected), Ended: timeOf(e.Ended), EndedBy: teller{v: v, lang: lang}.actor(e.EndedBy),
		EndReason: e.EndReason, Ending: string(e.Ending), Done: e.Done, Total: e.Total,
	}
	for _, f := range e.Facts {
		if out.Facts == nil {
			out.Facts = map[string]string{}
		}
		out.Facts[f.Key] = f.Value
	}
	if e.Ended == 0 && e.Ending != seat.Free {
		out.Locked = say(lang, "event."+string(e.Ending), nil)
	}
	return out
}

// eventText says what an event is about: in people's own words, in the language
// or the one that stands in for it, or in the server's.
func eventText(v *store.View, e store.Event, lang string) string {
	if l := eventLanguage(v, e, lang); l != "" {
		return e.Texts[l]
	}
	if e.Code != "" {
		return noticeText(e, lang)
	}
	text, _ := i18n.Sentence(lang, "note.event."+string(e.Type), nil)
	return text.Detail
}

// eventLanguage is the language of people's own words that an event is told in when
// it is asked for in one; "" where there are none.
func eventLanguage(v *store.View, e store.Event, lang string) string {
	for _, l := range append([]string{cmp.Or(lang, "en"), "en", v.Info().Language}, license.Languages...) {
		if e.Texts[l] != "" {
			return l
		}
	}
	return ""
}

// administers reports whether a person is an administrator, whom no event keeps
// from signing in.
func administers(v *store.View, p store.Person) bool { return v.HasRole(p.ID, seat.Administrator) }
