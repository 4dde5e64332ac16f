package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// An Event is something people should hear about: that nobody may sign in for a
// while, the message of the day, or what the server tells of itself. It never
// ends by itself.
type Event struct {
	Number    int64             `json:"number,omitempty" doc:"Small and stable; left out while the server could not store it."`
	Type      string            `json:"type" enum:"no-login,message,maintenance,custom,job,notice"`
	Code      string            `json:"code,omitempty" doc:"What the server tells of, such as set-does-not-fit; left out for what people have started."`
	About     string            `json:"about,omitempty" doc:"Which one, such as the id of a set."`
	State     string            `json:"state" enum:"scheduled,running,overdue,ended" doc:"Overdue is one that should be over."`
	Text      string            `json:"text" doc:"What to say, in the language asked for or the one that stands in for it."`
	Texts     license.Texts     `json:"texts,omitempty" doc:"People's own words, by language."`
	Facts     map[string]string `json:"facts,omitempty" doc:"What the server's text is made of."`
	Audience  []string          `json:"audience" doc:"Whom it concerns: administrators, kinds of people; nobody named is everybody."`
	Started   time.Time         `json:"started" doc:"When it was recorded."`
	StartedBy string            `json:"started_by"`
	From      time.Time         `json:"from" doc:"When it takes effect."`
	Expected  time.Time         `json:"expected,omitzero" doc:"When it should be over; left out when nobody said."`
	Ended     time.Time         `json:"ended,omitzero"`
	EndedBy   string            `json:"ended_by,omitempty"`
	EndReason string            `json:"end_reason,omitempty"`
	Ending    string            `json:"ending" enum:"free,guarded,locked" doc:"Who may end it: any administrator; whoever started it, others in an emergency; nobody, because it is over with what it tells of."`
	Locked    string            `json:"locked,omitempty" doc:"Why it cannot be ended by hand, or only in an emergency."`
	Done      int64             `json:"done,omitempty" doc:"Of a job: how far it is, of total."`
	Total     int64             `json:"total,omitempty"`
}

// A NewEvent is an event to start.
type NewEvent struct {
	Type     string        `json:"type" enum:"no-login,message,maintenance,custom,job"`
	From     string        `json:"from,omitempty" doc:"When it takes effect, RFC 3339; at once when left out."`
	Expected string        `json:"expected,omitempty" doc:"When it should be over, RFC 3339."`
	Audience []string      `json:"audience,omitempty" doc:"Everybody when left out."`
	Texts    license.Texts `json:"texts,omitempty" doc:"By language: sv, en, nb, da, de, nl. Needed for message and custom."`
	Guarded  bool          `json:"guarded,omitempty" doc:"Only whoever started it ends it, others only in an emergency. A job always is."`
}

// An EventPatch changes an event; what is left out stays.
type EventPatch struct {
	From     *string        `json:"from,omitempty" doc:"As long as it has not taken effect."`
	Expected *string        `json:"expected,omitempty" doc:"An empty text: nobody says any longer."`
	Audience *[]string      `json:"audience,omitempty"`
	Texts    *license.Texts `json:"texts,omitempty"`
	Done     *int64         `json:"done,omitempty" doc:"Of a job."`
	Total    *int64         `json:"total,omitempty"`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name, such as expected, audience (its words with spaces between them) or texts.sv: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// An EndEvent says why an event is ended.
type EndEvent struct {
	Reason    string `json:"reason,omitempty"`
	Emergency bool   `json:"emergency,omitempty" doc:"End also what somebody else guards."`
}

// A ChangedEvent is the answer to a change of an event.
type ChangedEvent struct {
	Outcome
	Event Event `json:"event"`
}

// An OpenEvent is what a product needs to know of an event that has not ended.
// What the server tells of itself is not among them.
type OpenEvent struct {
	Number   int64         `json:"number"`
	Type     string        `json:"type" enum:"no-login,message,maintenance,custom,job"`
	From     time.Time     `json:"from"`
	Expected time.Time     `json:"expected,omitzero"`
	Audience []string      `json:"audience,omitempty" doc:"Everybody when left out. No-login never keeps an administrator out."`
	Texts    license.Texts `json:"texts,omitempty"`
}

// OpenEvents are all of them.
type OpenEvents struct {
	Open []OpenEvent `json:"open"`
}
