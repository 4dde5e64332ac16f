package entitle

import (
	"sync/atomic"

	"github.com/pott-dev/pott/license"
)

// A Session is one person's work between signing in and out, for products in
// which a change takes effect at the next login: what the person holds is pinned
// when the session begins and stays so until [Session.Refresh].
//
// What is pinned is what was given. What plans include, what the dates of the
// sets say and whether a feature is on are of the present, so a new set takes
// effect for everybody at once: a plan it lacks gives a pinned session nothing any
// longer, until a Refresh pins what the person was moved to. And a session does not outlive the right to sign
// in: when the person leaves or loses the login, the next check ends it, with the
// reason why, and only a Refresh that finds the login back begins it again.
//
// A session is of one person: it does not pass to somebody who is given the same
// user id later.
//
// A program that wants the present truth asks the [Client] and needs no session.
type Session struct {
	c      *Client
	person uint32
	client license.Name
	lot    atomic.Uint32 // what is pinned
	ended  atomic.Uint32 // the reason it ended
}

// SignIn begins a session for a person who signs in to a client, such as
// "superoffice.web", and returns the answer to [Client.CheckLogin]. The session
// is nil when the answer is to deny.
func (c *Client) SignIn(person string, client license.Name) (*Session, Answer) {
	x := c.index.Load()
	s := &Session{c: c, person: x.people.find(x.line.seed, person), client: client}
	a := s.Refresh()
	if a.Effect == Deny {
		return nil, a
	}
	return s, a
}

// Refresh pins what the person holds now, as a new login would, and returns the
// answer to [Client.CheckLogin]. When that is to deny, the session has ended.
func (s *Session) Refresh() Answer {
	x := s.c.index.Load()
	a := x.login(s.person, s.client)
	if a.Effect != Deny {
		s.lot.Store(x.people.lot(s.person))
		s.ended.Store(uint32(NoReason))
	} else if a.Reason != TooOld {
		s.ended.Store(uint32(a.Reason))
	}
	return a
}

// load returns what is pinned, and an index that knows it: in this order,
// because another goroutine may refresh in between.
func (s *Session) load() (lot uint32, x *Index) {
	lot = s.lot.Load()
	return lot, s.c.index.Load()
}

// Check answers whether the person may use a module, from what is pinned; see
// [Index.Check].
func (s *Session) Check(name license.Name) Answer {
	lot, x := s.load()
	number, ok := x.deck.numbers[name]
	if !ok {
		return deny(ModuleUnknown)
	}
	return s.check(x, lot, number)
}

// CheckHandle is [Session.Check] by a handle.
func (s *Session) CheckHandle(m ModuleHandle) Answer {
	lot, x := s.load()
	if m.line != x.line.id {
		return deny(HandleUnknown)
	}
	if m.module >= uint32(len(x.rules)) {
		return deny(ModuleUnknown)
	}
	return s.check(x, lot, m.module)
}

func (s *Session) check(x *Index, lot, module uint32) Answer {
	r := &x.rules[module]
	if r.kind != license.User {
		return r.system()
	}
	last, a := s.present(x)
	if a.Effect == Deny {
		return a
	}
	return x.holds(r, x.row(lot), last)
}

// CheckEdit answers whether the person may edit where a feature is, from what is
// pinned; see [Index.CheckEdit].
func (s *Session) CheckEdit(feature license.Name) Answer {
	lot, x := s.load()
	number, ok := x.deck.numbers[feature]
	if !ok || x.rules[number].kind != license.System {
		return deny(FeatureOff)
	}
	last, a := s.present(x)
	if a.Effect == Deny {
		return a
	}
	return x.edits(&x.rules[number], x.row(lot), last)
}

// present returns the last day of the person's login as it is now; or the
// refusal, which ends the session unless it is only that nothing is known.
func (s *Session) present(x *Index) (day, Answer) {
	if reason := Reason(s.ended.Load()); reason != NoReason {
		return never, deny(reason)
	}
	row := x.row(x.people.lot(s.person))
	if last := day(row[0]); last >= x.today {
		return last, Answer{Effect: Allow}
	}
	a := x.refuse(row)
	if a.Reason != TooOld {
		s.ended.Store(uint32(a.Reason))
	}
	return never, a
}
