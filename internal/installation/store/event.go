package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// Event is a stored event, open or ended.
type Event struct {
	seat.Event
	Texts     license.Texts // in people's own words; nil: the server knows what to say
	Facts     []audit.Fact  // what the server's words are made of
	EndedBy   string        // the actor; "" while it is open
	EndReason string
	Done      int64 // of a job: how far it is, of Total
	Total     int64 // 0: it does not say
}

var eventLayout = tamper.NewLayout("event", "number:i", "type:t code:t about:t ending:t audience:t texts:t facts:t started_by:t started:i "+
	"from_at:i expected:i ended:i ended_by:t end_reason:t done:i total:i")

var eventCodec = codec[int64, Event]{
	layout: eventLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(e *Event) []tamper.Value {
		return []tamper.Value{tamper.Str(string(e.Type)), tamper.Str(e.Code), tamper.Str(e.About), tamper.Str(string(e.Ending)),
			tamper.Str(strings.Join(e.Audience.Words(), " ")), tamper.Str(formatTexts(e.Texts)), tamper.Str(audit.FormatFacts(e.Facts)),
			tamper.Str(e.StartedBy), tamper.Int(e.Started), tamper.Int(e.From), tamper.Int(e.Expected), tamper.Int(e.Ended),
			tamper.Str(e.EndedBy), tamper.Str(e.EndReason), tamper.Int(e.Done), tamper.Int(e.Total)}
	},
	decode: func(k int64, v []tamper.Value) Event {
		audience, _ := seat.ParseAudience(strings.Fields(v[4].Str()))
		facts, _ := audit.ParseFacts(v[6].Str())
		return Event{Event: seat.Event{Number: k, Type: seat.EventType(v[0].Str()), Code: v[1].Str(), About: v[2].Str(),
			Ending: seat.Ending(v[3].Str()), Audience: audience, StartedBy: v[7].Str(), Started: v[8].Int(), From: v[9].Int(),
			Expected: v[10].Int(), Ended: v[11].Int()}, Texts: parseTexts(v[5].Str()), Facts: facts,
			EndedBy: v[12].Str(), EndReason: v[13].Str(), Done: v[14].Int(), Total: v[15].Int()}
	},
}

// Texts are stored as facts are: one line for each language.
func formatTexts(texts license.Texts) string {
	var lines []audit.Fact
	for lang, text := range texts {
		lines = append(lines, audit.F(lang, text))
	}
	return audit.FormatFacts(lines)
}

func parseTexts(text string) license.Texts {
	lines, err := audit.ParseFacts(text)
	if err != nil || len(lines) == 0 {
		return nil
	}
	texts := license.Texts{}
	for _, l := range lines {
		texts[l.Key] = l.Value
	}
	return texts
}

func (b *Book) eventChanged(_, new *Event) {
	b.touched.Events = true
	if new != nil {
		b.last.event = max(b.last.event, new.Number)
	}
}

// Event returns an event by number.
func (v *View) Event(number int64) (Event, bool) {
	e := v.book.events.get(number)
	if v.staged != nil {
		e = v.staged.events.get(number)
	}
	if e == nil {
		return Event{}, false
	}
	return *e, true
}

// Events returns all events, ended ones included, by number.
func (v *View) Events() []Event {
	var list []Event
	for e := range all(v, v.book.events, func(s *staged) *staging[int64, Event] { return s.events }) {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(x, y Event) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// PutEvent stores an event and returns its number; one without a number is new.
// People must hear what is wrong also when nothing may be granted, so this is
// never refused for that.
func (tx *Tx) PutEvent(e Event) (int64, error) {
	if e.Number == 0 {
		tx.staged.last.event++
		e.Number = tx.staged.last.event
	}
	return e.Number, tx.staged.events.put(e.Number, &e)
}
