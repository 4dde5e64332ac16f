package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
)

// Who is changed with a set that begins later is chosen before its day, on the
// same pages; until then nothing happens.
func TestWhoIsChangedOnTheDayOfASetIsChosenAndShownBefore(t *testing.T) {
	w := newWorld(t)
	next := w.offer(map[license.Module]int64{"sales": 1})
	next.Start = license.Date{Year: 2026, Month: 7, Day: 1}
	w.waits(next)
	r := w.host()
	const review = "/licenses/review/superoffice-2"
	bo := "c=switch~superoffice.sales~superoffice.service~" + w.number("bo")

	s := r.get(review + "?" + bo)
	s.says(t, "Go on to the summary", "1 person changes with it")
	s = r.get(review + "/apply?" + bo)
	s.says(t, "Set superoffice-2 takes over on 1 July 2026, and 1 person is changed in the same step", "Store it for 1 July 2026")
	s = r.send(review+"/apply", s.fields(t, "Store it for")...)
	s.says(t, "Set superoffice-2 takes over on 1 July 2026; 1 person changes with it, if it is then as it was shown.",
		"Stored for 1 July 2026", "1 person changes on that day, if it is then exactly as shown here.", "Agreed: it takes over on 1 July 2026")
	if w.holds("superoffice.sales") != 2 {
		t.Errorf("%d have sales before the day", w.holds("superoffice.sales"))
	}

	// Somebody who opens the review sees what is stored, and can start over.
	s = r.get(review)
	s.says(t, "Stored for 1 July 2026", "1 person changes with it", "Leave all choices out")
	s.lacks(t, "would not take over")
	s = r.get(review + "?own=1")
	s.says(t, "Stored for 1 July 2026", "1 too many")
	s.lacks(t, "1 person changes with it")

	// What has changed since is said, person by person.
	acme, host := w.Installation("acme"), installation.Act{By: housetest.Host}
	_, err := acme.SetPlan(t.Context(), host, "olle", "superoffice.sales", "")
	w.must(err)
	r.get(review).says(t, "the set would not take over with these choices")
	_, err = acme.RemovePlan(t.Context(), host, "olle", "superoffice.sales")
	w.must(err)
	r.get(review).lacks(t, "would not take over")

	w.Set(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC))
	w.reopen()
	w.must(w.Installation("acme").SwitchDue(t.Context()))
	if w.inForce() != "superoffice-2" || w.holds("superoffice.sales") != 1 || w.holds("superoffice.service") != 1 {
		t.Errorf("on its day %s is in force, %d have sales, %d service", w.inForce(), w.holds("superoffice.sales"), w.holds("superoffice.service"))
	}
}

func TestForWhomTheDayWouldBeAnotherThanShownIsSaidByName(t *testing.T) {
	w := newWorld(t)
	next := w.offer(map[license.Module]int64{"sales": 1})
	next.Start = license.Date{Year: 2026, Month: 7, Day: 1}
	w.waits(next)
	r := w.host()
	const review = "/licenses/review/superoffice-2"
	s := r.get(review + "/apply?c=switch~superoffice.sales~superoffice.none~all")
	r.send(review+"/apply", s.fields(t, "Store it for")...)
	_, err := w.Installation("acme").SetPlan(t.Context(), installation.Act{By: housetest.Host}, "uma", "superoffice.sales", "")
	w.must(err)
	r.get(review).says(t, "As things stand, the set would not take over with these choices, and nobody would be changed:",
		"for 1 person something else would happen now than was agreed to",
		"uma – shown: nothing; now: gives back The sales, gets The none")
	w.Set(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC))
	w.reopen()
	w.must(w.Installation("acme").SwitchDue(t.Context()))
	if w.inForce() != "superoffice-1" {
		t.Errorf("on its day %s is in force", w.inForce())
	}
	if text := r.w.host().get("/status").text(); !strings.Contains(text, "for 1 person something else would happen now than was agreed to") {
		t.Errorf("administrators are not told: %s", text)
	}
}
