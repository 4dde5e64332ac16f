package seat_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/seat"
)

func TestWhenALicenseServerIsAsked(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 7, 10, 0, 0, 0, 0, time.UTC)
	asked := day.Add(8 * time.Hour)
	for _, row := range []struct {
		name string
		a    seat.Asking
		now  time.Time
		due  bool
	}{
		{"before the day", seat.Asking{From: day}, day.Add(-time.Second), false},
		{"some hours into it", seat.Asking{From: day}, day.Add(6 * time.Hour), true},
		{"weeks after it, when the server was off", seat.Asking{From: day}, day.AddDate(0, 0, 20), true},
		{"when it was asked that day", seat.Asking{From: day, Last: asked}, asked.Add(23 * time.Hour), false},
		{"a day later", seat.Asking{From: day, Last: asked}, asked.Add(25 * time.Hour), true},
		{"when it was asked before the day, by hand", seat.Asking{From: day, Last: day.Add(-time.Hour)}, day.Add(6 * time.Hour), true},
		{"when something was lost, long before the day", seat.Asking{From: day, Last: asked.AddDate(0, -1, 0), Lost: true}, day.AddDate(0, -1, 0).Add(12 * time.Hour), true},
		{"some minutes after that", seat.Asking{From: day, Last: asked, Lost: true}, asked.Add(9 * time.Minute), false},
		{"and again, until it is back", seat.Asking{Last: asked, Lost: true}, asked.Add(10 * time.Minute), true},
		{"without a day", seat.Asking{Last: asked}, asked.AddDate(1, 0, 0), false},
	} {
		if got := row.a.Due(row.now); got != row.due {
			t.Errorf("%s: due %v, next %v", row.name, got, row.a.Next())
		}
	}
}

func TestInstallationsDoNotAskAllAtOnce(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 7, 10, 0, 0, 0, 0, time.UTC)
	hours, minutes := map[int]int{}, map[int]int{}
	for i := range 600 {
		a := seat.Asking{From: day, Of: fmt.Sprint("installation ", i)}
		first := a.Next()
		if first.Before(day) || !first.Before(day.Add(6*time.Hour)) || first != a.Next() {
			t.Fatalf("the first question comes at %v, then at %v", first, a.Next())
		}
		hours[first.Hour()]++
		a.Last = day.Add(7 * time.Hour)
		again := a.Next().Sub(a.Last)
		if again < 24*time.Hour || again >= 25*time.Hour {
			t.Fatalf("the next question comes %v later", again)
		}
		minutes[int(again.Minutes())/10]++
	}
	for h := range 6 {
		if hours[h] < 60 || minutes[24*6+h] < 60 {
			t.Errorf("hour %d of six: %d of 600 first questions; ten minutes %d of six: %d second ones", h, hours[h], h, minutes[24*6+h])
		}
	}
}

func TestAnAdministratorMakesItAskOnceADay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 10, 9, 0, 0, 0, time.UTC)
	for last, due := range map[time.Time]bool{{}: true, now.Add(-time.Hour): false, now.Add(-24 * time.Hour): true, now.Add(time.Hour): true} {
		if got := (seat.Asking{Last: last}).DueForAdministrator(now); got != due {
			t.Errorf("asked %v: %v", last, got)
		}
	}
}

func TestWhenASetInForceIsReported(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 10, 9, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		name string
		r    seat.Reporting
		due  bool
	}{
		{"when it came in force", seat.Reporting{}, true},
		{"not twice", seat.Reporting{Same: true}, false},
		{"when another follows within the minute, a little later", seat.Reporting{Last: now.Add(-59 * time.Second)}, false},
		{"then", seat.Reporting{Last: now.Add(-time.Minute)}, true},
		{"after a failure not for a day", seat.Reporting{Failed: true, Last: now.Add(-23 * time.Hour)}, false},
		{"and then again", seat.Reporting{Failed: true, Last: now.Add(-24 * time.Hour)}, true},
		{"when the clock was set back", seat.Reporting{Failed: true, Last: now.Add(time.Hour)}, true},
	} {
		if got := row.r.Due(now); got != row.due {
			t.Errorf("%s: %v", row.name, got)
		}
	}
}
