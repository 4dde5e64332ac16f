package seat_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func TestAnEventNeverEndsByItself(t *testing.T) {
	t.Parallel()
	e := seat.Event{Type: seat.Message, From: 10, Expected: 20}
	for now, want := range map[int64]seat.EventState{
		9: seat.EventScheduled, 10: seat.EventRunning, 19: seat.EventRunning, 20: seat.EventOverdue, 1 << 60: seat.EventOverdue,
	} {
		if got := e.State(now); got != want {
			t.Errorf("at %d it is %s, want %s", now, got, want)
		}
	}
	if !e.InEffect(1 << 60) {
		t.Error("an overdue event is no longer in effect")
	}
	e.Ended = 15
	if e.State(12) != seat.EventEnded || e.InEffect(12) {
		t.Error("an event that was ended goes on")
	}
	if e := (seat.Event{From: 10}); e.State(1<<60) != seat.EventRunning {
		t.Error("an event without an expected end is overdue")
	}
}

func TestNoLoginKeepsOutWhomItConcernsAndNeverAnAdministrator(t *testing.T) {
	t.Parallel()
	all := seat.Event{Number: 1, Type: seat.NoSignIn, From: 10, Expected: 50}
	guests := seat.Event{Number: 2, Type: seat.NoSignIn, From: 10, Audience: seat.Audience{Kinds: license.External}}
	for _, row := range []struct {
		what   string
		events []seat.Event
		kind   license.PersonKind
		admin  bool
		now    int64
		want   int64
	}{
		{"before it begins everybody gets in", []seat.Event{all}, license.Internal, false, 9, 0},
		{"while it is in effect nobody does", []seat.Event{all}, license.Internal, false, 10, 1},
		{"also when it should be over", []seat.Event{all}, license.Internal, false, 51, 1},
		{"an administrator always gets in", []seat.Event{all, guests}, license.Internal, true, 10, 0},
		{"whom it does not concern gets in", []seat.Event{guests}, license.Internal, false, 10, 0},
		{"of two the longer is named", []seat.Event{all, guests}, license.External, false, 10, 2},
		{"a message keeps nobody out", []seat.Event{{Type: seat.Message}}, license.Internal, false, 10, 0},
		{"what was ended keeps nobody out", []seat.Event{{Type: seat.NoSignIn, Ended: 5}}, license.Internal, false, 10, 0},
		{"of equals the oldest is named", []seat.Event{{Number: 9, Type: seat.NoSignIn}, {Number: 7, Type: seat.NoSignIn}}, license.Internal, false, 10, 7},
	} {
		number := int64(0)
		if e := seat.Closed(row.events, row.kind, row.admin, row.now); e != nil {
			number = e.Number
		}
		if number != row.want {
			t.Errorf("%s: event %d, want %d", row.what, number, row.want)
		}
	}
}

func TestWhoMayEndAnEvent(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		ending    seat.Ending
		by        string
		emergency bool
		want      string
	}{
		{seat.Free, "token b", false, ""},
		{seat.Guarded, "token a", false, ""},
		{seat.Guarded, "token b", false, "event.guarded"},
		{seat.Guarded, "token b", true, ""},
		{seat.Locked, "token a", true, "event.locked"},
	} {
		err := seat.Event{Ending: row.ending, StartedBy: "token a"}.MayEnd(row.by, row.emergency)
		got := ""
		if c := (interface{ Code() string })(nil); errors.As(err, &c) {
			got = c.Code()
		}
		if got != row.want {
			t.Errorf("%s, ended by %s (emergency %v): %q, want %q", row.ending, row.by, row.emergency, got, row.want)
		}
	}
}

func TestAnAudienceIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{nil, {"administrators"}, {"internal", "external"}, {"administrators", "internal"}} {
		a, err := seat.ParseAudience(words)
		if err != nil || !slices.Equal(a.Words(), words) {
			t.Errorf("%v is read as %v, %v", words, a.Words(), err)
		}
	}
	if _, err := seat.ParseAudience([]string{"everybody"}); err == nil {
		t.Error("a word that means nothing is an audience")
	}
	only := seat.Audience{Administrators: true}
	if only.Has(license.Internal, false) || !only.Has(license.Internal, true) || !(seat.Audience{}).Has(license.Resource, false) {
		t.Error("an audience has whom it should not, or lacks whom it should have")
	}
}

func TestAnEventThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for field, e := range map[string]seat.Event{
		"type":     {Type: "party"},
		"audience": {Type: seat.NoSignIn, Audience: seat.Audience{Administrators: true}},
		"expected": {Type: seat.Message, From: 10, Expected: 10},
	} {
		var bad *seat.EventError
		if err := e.Check(); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := (seat.Event{Type: seat.Message, From: 10, Expected: 11}).Check(); err != nil {
		t.Error(err)
	}
}
