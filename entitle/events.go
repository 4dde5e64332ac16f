package entitle

import (
	"math/bits"
	"slices"
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

// An Event is something people should hear about: that nobody may sign in for a
// while, or the message of the day. It goes on until somebody ends it, also past
// its expected end.
type Event struct {
	Number         int64
	Type           string             // "no-login", "message", "maintenance", "custom" or "job"
	From           time.Time          // when it takes effect
	Expected       time.Time          // when it should be over; zero: nobody said
	Kinds          license.PersonKind // whom it concerns: people of these kinds; 0: of any
	Administrators bool               // it concerns only administrators
	Texts          license.Texts      // what to say; may be nil
}

// NoLoginType is the type of an event that keeps people from signing in.
const NoLoginType = "no-login"

// MaxEvents is how many events holdings may carry.
const MaxEvents = 100

// kinds is how many kinds of people there can be.
const kinds = 8

// Announcing returns an index of the same people, sets and moment with these
// events and no others. One that is yet to begin takes effect in the [Index.At]
// of its moment.
func (x *Index) Announcing(events []Event) *Index {
	c := *x
	c.events = events
	c.read(c.now)
	return &c
}

// Events returns the events that concern a person at the moment, in the order
// they were started: what a product shows at sign-in. Of somebody the index does
// not know they are those that concern everybody.
func (x *Index) Events(person string) []Event {
	kind, admin := x.standing(person)
	var all []Event
	for _, e := range x.events {
		if x.inEffect(&e) && (e.Kinds == 0 || e.Kinds&kind != 0) && (admin || !e.Administrators) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b Event) int { return int(min(1, max(-1, a.Number-b.Number))) })
	return all
}

// Closed returns the event that keeps a person from signing in at the moment,
// and whether there is one: of several the one expected to last longest.
func (x *Index) Closed(person string) (Event, bool) {
	found := x.people.find(x.line.seed, person)
	if found == 0 {
		return Event{}, false
	}
	if e := x.closes(x.row(x.people.lot(found))[0]); e != nil {
		return *e, true
	}
	return Event{}, false
}

func (x *Index) standing(person string) (license.PersonKind, bool) {
	found := x.people.find(x.line.seed, person)
	if found == 0 {
		return 0, false
	}
	word := x.row(x.people.lot(found))[0]
	return license.PersonKind(word >> 32), word&administrator != 0
}

func (x *Index) inEffect(e *Event) bool { return !x.now.Before(e.From) }

// settleEvents works out who is kept from signing in at the moment, and takes care
// that an event to come is looked at.
func (x *Index) settleEvents() {
	x.closed = [kinds]*Event{}
	for i := range x.events {
		e := &x.events[i]
		if !x.inEffect(e) {
			if e.From.Before(x.next) {
				x.next = e.From
			}
			continue
		}
		if e.Type != NoLoginType {
			continue
		}
		for kind := range x.closed {
			if (e.Kinds == 0 || e.Kinds&(1<<kind) != 0) && (x.closed[kind] == nil || e.outlasts(x.closed[kind])) {
				x.closed[kind] = e
			}
		}
	}
}

// outlasts reports whether an event is expected to last longer than another; one
// that does not say, longer than any that does.
func (e *Event) outlasts(other *Event) bool {
	switch {
	case e.Expected.Equal(other.Expected):
		return e.Number < other.Number
	case e.Expected.IsZero() || other.Expected.IsZero():
		return e.Expected.IsZero()
	}
	return e.Expected.After(other.Expected)
}

// closes returns what keeps somebody from signing in, by the first word of the
// row, or nil.
func (x *Index) closes(word uint64) *Event {
	kind := uint8(word >> 32)
	if kind == 0 || word&administrator != 0 {
		return nil
	}
	return x.closed[bits.TrailingZeros8(kind)]
}

// shut is the answer while an event keeps somebody out.
func (x *Index) shut(e *Event) Answer {
	a := deny(NoLoginEvent)
	if e.Expected.After(x.now) {
		a.Until = license.DateOf(e.Expected.In(x.loc))
	}
	return a
}

// appendEvents writes the events of the header of a holdings file.
func appendEvents(b []byte, events []Event) []byte {
	for i, e := range events {
		b = append(b, []string{`,"events":[`, `,`}[min(i, 1)]...)
		b = strconv.AppendInt(append(b, `{"number":`...), e.Number, 10)
		b = appendText(append(b, `,"type":`...), e.Type)
		b = appendText(append(b, `,"from":`...), moment{e.From}.String())
		if !e.Expected.IsZero() {
			b = appendText(append(b, `,"expected":`...), moment{e.Expected}.String())
		}
		b = appendTexts(appendWords(b, e.audience()), e.Texts)
		b = append(b, '}')
	}
	if len(events) > 0 {
		b = append(b, ']')
	}
	return b
}

func appendWords(b []byte, words []string) []byte {
	for i, w := range words {
		b = append(b, []string{`,"audience":[`, `,`}[min(i, 1)]...)
		b = appendText(b, w)
	}
	if len(words) > 0 {
		b = append(b, ']')
	}
	return b
}

func appendTexts(b []byte, texts license.Texts) []byte {
	some := false
	for _, lang := range license.Languages {
		if texts[lang] == "" {
			continue
		}
		b = append(b, map[bool]string{false: `,"texts":{`, true: `,`}[some]...)
		b = append(appendText(b, lang), ':')
		b = appendText(b, texts[lang])
		some = true
	}
	if some {
		b = append(b, '}')
	}
	return b
}

const wordAdministrators = "administrators"

// audience returns whom the event concerns, as words; none is everybody.
func (e *Event) audience() []string {
	var words []string
	if e.Administrators {
		words = append(words, wordAdministrators)
	}
	return append(words, e.Kinds.Words()...)
}

// hear takes in one word of the audience and reports whether it is known.
func (e *Event) hear(word string) bool {
	var kind license.PersonKind
	if word == wordAdministrators {
		e.Administrators = true
		return true
	}
	err := kind.UnmarshalText([]byte(word))
	e.Kinds |= kind
	return err == nil
}

// readHeaderEvents reads the events of a header, if it has any.
func readHeaderEvents(c *scanner) (events []Event) {
	if !c.next(`,"events":[`) {
		return nil
	}
	for more := true; more; more = c.next(`,`) {
		events = append(events, readEvent(c))
	}
	c.must(`]`)
	if len(events) > MaxEvents {
		c.fail("there are more than %d events", MaxEvents)
	}
	return events
}

func readEvent(c *scanner) (e Event) {
	c.must(`{"number":`)
	e.Number = c.positive()
	c.must(`,"type":`)
	e.Type = read(c, parsePlain).string
	c.must(`,"from":`)
	e.From = read(c, parseMoment).Time
	if c.next(`,"expected":`) {
		e.Expected = read(c, parseMoment).Time
	}
	if c.next(`,"audience":[`) {
		var words []string
		for more := true; more; more = c.next(`,`) {
			words = append(words, c.text())
			if !e.hear(words[len(words)-1]) {
				c.fail("%q is no audience", words[len(words)-1])
			}
		}
		c.must(`]`)
		if c.why == "" && !slices.Equal(words, e.audience()) {
			c.fail("an audience is written in one order: administrators, then kinds of people")
		}
	}
	e.Texts = readTexts(c)
	c.must(`}`)
	return e
}

func readTexts(c *scanner) license.Texts {
	if !c.next(`,"texts":{`) {
		return nil
	}
	texts := license.Texts{}
	for _, lang := range license.Languages {
		if len(texts) > 0 && !c.next(`,"`+lang+`":`) || len(texts) == 0 && !c.next(`"`+lang+`":`) {
			continue
		}
		texts[lang] = c.text()
	}
	if len(texts) == 0 {
		c.fail("a text must stand here: sv, en, nb, da, de, nl, in this order")
	}
	c.must(`}`)
	return texts
}

// EventsFromWire returns the events that a stream carries.
func EventsFromWire(wire []api.OpenEvent) []Event {
	events := make([]Event, len(wire))
	for i, w := range wire {
		events[i] = Event{Number: w.Number, Type: w.Type, From: w.From, Expected: w.Expected, Texts: w.Texts}
		for _, word := range w.Audience {
			events[i].hear(word)
		}
	}
	return events
}

// EventsToWire returns the events as a stream carries them.
func EventsToWire(events []Event) []api.OpenEvent {
	wire := make([]api.OpenEvent, len(events))
	for i, e := range events {
		wire[i] = api.OpenEvent{Number: e.Number, Type: e.Type, From: e.From.UTC(), Expected: e.Expected, Audience: e.audience(), Texts: e.Texts}
	}
	return wire
}
