package entitle

import (
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

// A Stop takes one set out of force: the installation has learned that a key it
// was made with is revoked, or that it does not lead back to the pinned root.
// Everything of the set is denied with the stop's reason until another set of
// the issuer takes its place.
type Stop struct {
	Issuer license.Issuer
	Number int64        // of the set
	Reason Reason       // [SetDropped] or [SetNotGenuine]
	From   license.Date // the first day without it, in UTC; zero: it is out already
}

// MaxStops is how many stops holdings may carry: one for each set.
const MaxStops = MaxSets

// StoppedBy returns an index of the same people, sets and moment in which these
// stops count and no others. Those whose day is to come take effect in the
// [Index.At] of that day.
func (x *Index) StoppedBy(stops []Stop) *Index {
	c := *x
	c.stops = stops
	c.read(c.now)
	return &c
}

// stopped returns why a set is out of force at the moment, or NoReason, and
// takes care that a day to come is looked at.
func (x *Index) stopped(s *license.Set) Reason {
	for _, stop := range x.stops {
		if stop.Issuer != s.Issuer || stop.Number != s.Number {
			continue
		}
		if stop.From.IsZero() || !license.DateOf(x.now.UTC()).Before(stop.From) {
			return stop.Reason
		}
		if next := midnightAfter(x.now, time.UTC); next.Before(x.next) {
			x.next = next
		}
	}
	return NoReason
}

// stop denies everything of a set that has been read.
func (x *Index) stop(s *license.Set, reason Reason) {
	for i := range s.Licenses {
		r := &x.rules[x.deck.numbers[license.NameOf(s.Issuer, s.Licenses[i].Module)]]
		r.answer, r.end = deny(reason), never
	}
	for i := range s.Clients {
		c := x.clients[license.NameOf(s.Issuer, license.Module(s.Clients[i].Name))]
		c.answer, c.end = deny(reason), never
	}
}

// appendStops writes the stops of the header of a holdings file.
func appendStops(b []byte, stops []Stop) []byte {
	for i, s := range stops {
		b = append(b, []string{`,"stops":[`, `,`}[min(i, 1)]...)
		b = appendText(append(b, `{"issuer":`...), string(s.Issuer))
		b = strconv.AppendInt(append(b, `,"number":`...), s.Number, 10)
		b = appendText(append(b, `,"reason":`...), s.Reason.String())
		if !s.From.IsZero() {
			b = appendText(append(b, `,"from":`...), s.From.String())
		}
		b = append(b, '}')
	}
	if len(stops) > 0 {
		b = append(b, ']')
	}
	return b
}

// readStops reads the stops of a header, if it has any.
func readStops(c *scanner) (stops []Stop) {
	if !c.next(`,"stops":[`) {
		return nil
	}
	for more := true; more; more = c.next(`,`) {
		var s Stop
		c.must(`{"issuer":`)
		s.Issuer = license.Issuer(read(c, parseIssuer).string)
		c.must(`,"number":`)
		s.Number = c.positive()
		c.must(`,"reason":`)
		s.Reason = read(c, parseStopReason)
		if c.next(`,"from":`) {
			s.From = read(c, license.ParseDate)
		}
		c.must(`}`)
		stops = append(stops, s)
	}
	c.must(`]`)
	if len(stops) > MaxStops {
		c.fail("there are more than %d stops", MaxStops)
	}
	return stops
}

func parseIssuer(s string) (plain, error) {
	i, err := license.ParseIssuer(s)
	return plain{string(i)}, err
}

func parseStopReason(s string) (r Reason, err error) {
	err = r.UnmarshalText([]byte(s))
	if err == nil && r != SetDropped && r != SetNotGenuine {
		err = &license.BadWordError{Word: s, Of: "reason", Allowed: "set-dropped, set-not-genuine"}
	}
	return r, err
}

// StopsFromWire returns the stops that a stream carries. A reason that is not
// known here stops as well.
func StopsFromWire(wire []api.Stop) []Stop {
	stops := make([]Stop, len(wire))
	for i, w := range wire {
		stops[i] = Stop{Issuer: license.Issuer(w.Issuer), Number: w.Number, Reason: SetDropped, From: w.From}
		if r, err := parseStopReason(w.Reason); err == nil {
			stops[i].Reason = r
		}
	}
	return stops
}

// StopsToWire returns the stops as a stream carries them.
func StopsToWire(stops []Stop) []api.Stop {
	wire := make([]api.Stop, len(stops))
	for i, s := range stops {
		wire[i] = api.Stop{Issuer: string(s.Issuer), Number: s.Number, Reason: s.Reason.String(), From: s.From}
	}
	return wire
}
