package installation_test

import (
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// Somebody who was given three seats of a license gives back three.
func TestASuggestionCountsSeatsAndNotPeople(t *testing.T) {
	t.Parallel()
	m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	m.open(m.sells("none 9 plan", "gadget 6"))
	m.staff("anna none", "bo none", "cy none")
	for person, n := range map[string]int64{"anna": 1, "bo": 1} {
		_, err := m.in().GiveExtra(t.Context(), admin, person, "gadget", n, "")
		must(t, err)
	}
	m.Set(m.Clock().Add(time.Hour)) // who was given it last is asked first
	_, err := m.in().GiveExtra(t.Context(), admin, "cy", "gadget", 3, "")
	must(t, err)
	m.load(m.sells("none 9 plan", "gadget 2"))
	s, err := m.in().Superfluous(t.Context(), admin, "superoffice-2", "gadget", api.SuperfluousQuestion{Suggest: true})
	must(t, err)
	if s.Left != 3 {
		t.Fatalf("%d are to be freed", s.Left)
	}
	after, err := m.in().Superfluous(t.Context(), admin, "superoffice-2", "gadget", api.SuperfluousQuestion{Choices: api.Choices{Choices: s.Suggested}})
	must(t, err)
	if after.Left != 0 {
		t.Errorf("with what is suggested %d are still to be freed: %+v", after.Left, s.Suggested)
	}
	if len(s.Suggested) != 1 {
		t.Errorf("one person holds what is to be freed, suggested are %+v", s.Suggested)
	}
}
