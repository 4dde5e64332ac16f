package audit

import (
	"context"
	"regexp"
	"slices"
)

// A Door is what an act came in through.
type Door string

// The doors there are. A newer version may write others.
const (
	ByPage    Door = "page"    // a page in a browser
	ByAPI     Door = "api"     // a program at the JSON API
	ByCommand Door = "command" // the command pott at the JSON API, as it says of itself
	ByJob     Door = "job"     // a job that goes on by itself, once somebody has begun it
	ByHost    Door = "host"    // a command on the machine the server runs on
	ByServer  Door = "server"  // the server by itself, by the clock or when it starts
)

// Doors are all there are, in the order they are offered in.
var Doors = []Door{ByPage, ByAPI, ByCommand, ByJob, ByHost, ByServer}

// NoDoor is what filters call the door of entries that do not say one.
const NoDoor Door = "none"

// An Origin says through which door an act came, and in which request. The zero
// Origin says nothing, as entries do that were written before there was one.
type Origin struct {
	Door Door
	// Request is the reference number of the request the act was asked in; of a job,
	// of the request that began it. "" where there was none.
	Request string
}

// MostRequest is the most bytes of a reference number.
const MostRequest = 40

var requestPattern = regexp.MustCompile(`^[0-9a-z]+(-[0-9a-z]+)*$`)

// IsRequest reports whether a text can be a reference number: lower-case letters
// and digits, with single hyphens between them.
func IsRequest(text string) bool {
	return len(text) <= MostRequest && requestPattern.MatchString(text)
}

type originKey struct{}

// Through returns a context in which everything that is done came from o. Doors
// say it once, where a request arrives, so that no act can forget it.
func Through(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns what [Through] said last, or the zero Origin.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}

// InJob returns a context for what goes on by itself after the request of ctx was
// answered.
func InJob(ctx context.Context) context.Context {
	return Through(ctx, Origin{Door: ByJob, Request: OriginOf(ctx).Request})
}

// Of returns the origin of what an actor did. Where no door has said anything, the
// server did it by itself, or somebody at its machine; of people and programs
// nothing is known then.
func (o Origin) Of(a Actor) Origin {
	switch {
	case o.Door != "":
	case a.Kind == System:
		o.Door = ByServer
	case a.Kind == Host:
		o.Door = ByHost
	}
	return o
}

// The facts that an entry's origin is stored as. Nothing else is stored under
// these names.
const (
	FactDoor    = "door"
	FactRequest = "request_id"
)

func reserved(f Fact) bool { return f.Key == FactDoor || f.Key == FactRequest }

// facts are the facts an origin is stored as.
func (o Origin) facts() []Fact {
	var facts []Fact
	for _, f := range []Fact{{FactDoor, string(o.Door)}, {FactRequest, o.Request}} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// FactsText returns what an entry says as it is stored: facts and origin, one line
// for each. What stands among the facts under the names of the origin is left out.
func (e Entry) FactsText() string {
	said := e.Origin.facts()
	if len(said) == 0 && !slices.ContainsFunc(e.Facts, reserved) {
		return FormatFacts(e.Facts)
	}
	return FormatFacts(slices.Concat(slices.DeleteFunc(slices.Clone(e.Facts), reserved), said))
}

// ReadFacts takes over what [Entry.FactsText] returned.
func (e *Entry) ReadFacts(text string) error {
	facts, err := ParseFacts(text)
	if err != nil {
		return err
	}
	e.Origin = Origin{}
	for _, f := range facts {
		switch f.Key {
		case FactDoor:
			e.Origin.Door = Door(f.Value)
		case FactRequest:
			e.Origin.Request = f.Value
		}
	}
	e.Facts = slices.DeleteFunc(facts, reserved)
	if e.FactsText() != text { // said twice, or empty: nobody has written that
		return &BadFactsError{Line: text}
	}
	return nil
}
