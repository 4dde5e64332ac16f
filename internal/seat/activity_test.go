package seat

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/license"
)

func TestHowLongAgoSomebodyWasActive(t *testing.T) {
	t.Parallel()
	today := license.Date{Year: 2026, Month: time.March, Day: 29}
	for _, row := range []struct {
		what string
		day  license.Date
		want LastActive
	}{
		{"on the day itself", today, ActiveToday},
		{"on a day that has not come, after the zone was changed", today.Add(1), ActiveToday},
		{"the day before", today.Add(-1), ActiveWeek},
		{"seven days ago", today.Add(-7), ActiveWeek},
		{"eight days ago", today.Add(-8), ActiveMonth},
		{"thirty days ago, over the end of February", license.Date{Year: 2026, Month: time.February, Day: 27}, ActiveMonth},
		{"thirty-one days ago", license.Date{Year: 2026, Month: time.February, Day: 26}, ActiveQuarter},
		{"ninety days ago, last year", license.Date{Year: 2025, Month: time.December, Day: 29}, ActiveQuarter},
		{"ninety-one days ago", license.Date{Year: 2025, Month: time.December, Day: 28}, ActiveLonger},
		{"centuries ago", license.Date{Year: 1, Month: time.January, Day: 1}, ActiveLonger},
		{"never", license.Date{}, ActiveNever},
	} {
		if got := LastActiveOn(row.day, today); got != row.want {
			t.Errorf("%s: %s, want %s", row.what, got, row.want)
		}
	}
}

// Whoever was active later is never said to have been so earlier, and the words in
// their order are the ranks.
func TestALaterDayIsNeverShownAsAnEarlierOne(t *testing.T) {
	t.Parallel()
	today := license.Date{Year: 2028, Month: time.February, Day: 29}
	before := LastActiveOn(today.Add(1), today).Rank()
	for ago := range 400 {
		a := LastActiveOn(today.Add(-ago), today)
		if a.Rank() < before {
			t.Fatalf("%d days ago is %s, and the day after it was less", ago, a)
		}
		if lately := ago <= 30; a.Lately() != lately {
			t.Errorf("%d days ago is lately: %v", ago, !lately)
		}
		before = a.Rank()
	}
	if ActiveNever.Rank() <= before || ActiveNever.Lately() {
		t.Error("never is not the longest ago")
	}
}

func TestItIsCollectedOnlyOnAGround(t *testing.T) {
	t.Parallel()
	yes, no, ground, other, blank := true, false, "agreement with the works council", "interest", " \u00a0"
	on, off := Collection{On: true, Ground: ground}, Collection{}
	for _, row := range []struct {
		what   string
		was    Collection
		on     *bool
		ground *string
		want   Collection
		err    any
	}{
		{"turned on with a ground", off, &yes, &ground, on, nil},
		{"turned on without one", off, &yes, nil, off, new(*NoGroundError)},
		{"turned on with a blank one", off, &yes, &blank, off, new(*NoGroundError)},
		{"turned on again", on, &yes, nil, on, nil},
		{"the ground said anew", on, nil, &other, Collection{On: true, Ground: other}, nil},
		{"the ground taken away", on, nil, &blank, on, new(*NoGroundError)},
		{"turned off", on, &no, nil, off, nil},
		{"turned off, the ground sent along", on, &no, &ground, off, nil},
		{"turned off twice", off, &no, nil, off, nil},
		{"a ground where nothing is collected", off, nil, &ground, off, new(*NotCollectedError)},
		{"a ground for turning it off", off, &no, &ground, off, new(*NotCollectedError)},
		{"nothing said", off, nil, nil, off, nil},
	} {
		got, err := row.was.Becomes(row.on, row.ground)
		if got != row.want || (err != nil) != (row.err != nil) || err != nil && !errors.As(err, row.err) {
			t.Errorf("%s: %+v, %v", row.what, got, err)
		}
	}
}

func FuzzParseLastActives(f *testing.F) {
	for _, text := range []string{"", "today", "longer,never", "never,never", ",", "today,", "Today", "90-days,\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ParseLastActives(text)
		if err != nil {
			return
		}
		words := []string{}
		for _, a := range all {
			if a.Rank() < 0 {
				t.Fatalf("%q is read as %q, which is none", text, a)
			}
			words = append(words, string(a))
		}
		if strings.Join(words, ",") != text {
			t.Errorf("%q is read as %q", text, words)
		}
	})
}
