package message_test

import (
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/message"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func TestEveryLevelIsToldOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	told := func(level int64, ago, over time.Duration) message.Told {
		w := message.Told{Level: level, At: now.Add(-ago)}
		if over > 0 {
			w.Over = now.Add(-over)
		}
		return w
	}
	for _, test := range []struct {
		what  string
		was   message.Told
		level int64
		due   bool
	}{
		{"what nobody was told of", message.Told{}, 1, true},
		{"what was told a minute ago", told(1, time.Minute, 0), 1, false},
		{"what was told a year ago and goes on", told(1, 365*24*time.Hour, 0), 1, false},
		{"what got worse", told(1, time.Minute, 0), 2, true},
		{"what got better", told(2, time.Minute, 0), 1, false},
		{"what was over and is the case again", told(1, 24*time.Hour, time.Minute), 1, true},
	} {
		if got := test.was.Due(message.Occasion{Level: test.level}, now); got != test.due {
			t.Errorf("%s: due %v", test.what, got)
		}
	}
}

// Pools that are full one minute and not the next fill nobody's mailbox.
func TestNothingIsOverOnTheDayItWasTold(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]bool{time.Minute: false, 24*time.Hour - 1: false, 24 * time.Hour: true} {
		if got := (message.Told{Level: 1, At: at}).Settled(at.Add(after)); got != want {
			t.Errorf("after %v: %v", after, got)
		}
	}
	if (message.Told{Level: 1, At: at, Over: at}).Settled(at.Add(48 * time.Hour)) {
		t.Error("it is over a second time")
	}
}

func TestTheEndOfLicensesIsToldOnFiveDaysAndEverybodyThreeDaysBefore(t *testing.T) {
	t.Parallel()
	levels := map[int]int64{61: 0, 60: 1, 31: 1, 30: 2, 15: 2, 14: 3, 4: 3, 3: 4, 1: 4, 0: 5}
	for days, want := range levels {
		var level int64
		people := false
		for _, o := range message.Occasions([]seat.Trouble{{Kind: seat.TroubleExpires, About: "SO", Days: days, Ends: days + 10}}, 7) {
			if o.People {
				people = true
			} else {
				level = o.Level
			}
		}
		if level != want || people {
			t.Errorf("%d days before: level %d, want %d; everybody %v though there is grace", days, level, want, people)
		}
	}
	for ends, want := range map[int]bool{4: false, 3: true, 0: true, -1: false} {
		people := false
		for _, o := range message.Occasions([]seat.Trouble{{Kind: seat.TroubleGrace, About: "SO", Ends: ends}}, 7) {
			people = people || o.People
		}
		if people != want {
			t.Errorf("%d days before something is lost: everybody %v", ends, people)
		}
	}
	if got := message.Occasions([]seat.Trouble{{Kind: seat.TroubleExpires, On: license.Date{Year: 2026, Month: 6, Day: 20}, Days: 70, Ends: 70}}, 7); len(got) != 0 {
		t.Errorf("70 days before: %v", got)
	}
}

func TestWhoIsToldOfWhat(t *testing.T) {
	t.Parallel()
	admin, auditor, people := []seat.Role{seat.Administrator}, []seat.Role{seat.Auditor}, []seat.Role(nil)
	off := message.Choice{{message.Pool, message.Reader(seat.Administrator)}: false, {message.Pool, message.Reader(seat.Auditor)}: true}
	for _, test := range []struct {
		what   string
		choice message.Choice
		kind   message.Kind
		all    bool
		roles  []seat.Role
		off    []message.Kind
		want   bool
	}{
		{"an administrator of a full pool", nil, message.Pool, false, admin, nil, true},
		{"an auditor not", nil, message.Pool, false, auditor, nil, false},
		{"an auditor of damage", nil, message.Damage, false, auditor, nil, true},
		{"somebody without a role of nothing", nil, message.Damage, false, people, nil, false},
		{"but of what is lost soon", nil, message.Expiry, true, people, nil, true},
		{"who does not want it is not", nil, message.Expiry, true, people, []message.Kind{message.Expiry}, false},
		{"a rule that is switched off", off, message.Pool, false, admin, nil, false},
		{"and one that is switched on", off, message.Pool, false, auditor, nil, true},
	} {
		if got := test.choice.Reaches(test.kind, test.all, test.roles, test.off); got != test.want {
			t.Errorf("%s: %v", test.what, got)
		}
	}
	for _, r := range message.Rules() {
		if r.Reader == message.Webhook && !r.Default() {
			t.Errorf("addresses are not called for %s", r.Kind)
		}
	}
	if (message.Choice{{message.Pool, message.Everybody}: true}).On(message.Rule{Kind: message.Pool, Reader: message.Everybody}) {
		t.Error("everybody is told of a full pool")
	}
}

func TestTriesEndAfterTwoDays(t *testing.T) {
	t.Parallel()
	var all, before time.Duration
	for n := 1; n < message.Tries; n++ {
		pause, more := message.Pause(n)
		if !more || pause <= before {
			t.Errorf("after try %d: %v, more %v", n, pause, more)
		}
		all, before = all+pause, pause
	}
	if _, more := message.Pause(message.Tries); more || all < 40*time.Hour || all > 50*time.Hour {
		t.Errorf("tries go on for %v, more %v", all, more)
	}
}
