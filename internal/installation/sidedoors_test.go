package installation_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

// busy is a host application in which somebody has something in hand.
func busy(person string) func(context.Context, string, []api.BlockerQuestion) (api.BlockersAnswer, error) {
	return func(_ context.Context, _ string, questions []api.BlockerQuestion) (answer api.BlockersAnswer, err error) {
		for _, q := range questions {
			if q.Person == person {
				answer.People = append(answer.People, api.PersonBlockers{Person: person, Blockers: []api.Blocker{{Text: "7 open requests", Blocks: true}}})
			}
		}
		return answer, nil
	}
}

// Whatever takes something from somebody asks the host application first.
func TestNothingIsTakenPastTheHostApplication(t *testing.T) {
	for what, row := range map[string]struct {
		before func(t *testing.T, m *market)
		take   func(m *market) error
	}{
		"a module is switched off in a profile": {func(t *testing.T, m *market) {
			set := m.sells("case 5", "document 5")
			set.Occupancy = license.ByCredentials
			m.open(set)
			_, err := m.in().PutProfile(t.Context(), admin, "staff", api.ProfileBody{Modules: []string{"case", "document"}})
			must(t, err)
			for _, id := range []string{"anna", "bo"} {
				_, err := m.in().AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true, Profile: "staff"})
				must(t, err)
			}
		}, func(m *market) error {
			_, err := m.in().PutProfile(m.Context(), admin, "staff", api.ProfileBody{Modules: []string{"document"}})
			return err
		}},
		"a set is rolled back": {func(t *testing.T, m *market) { freed(t, m, false) }, func(m *market) error {
			_, err := m.in().RollBack(m.Context(), admin, api.RollBack{})
			return err
		}},
	} {
		t.Run(what, func(t *testing.T) {
			m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			row.before(t, m)
			m.AskHost(busy("anna"))
			m.Reopen(t)
			before := m.seq()
			if err := row.take(m); code(err) != "person.blocked" || m.seq() != before {
				t.Errorf("while anna is busy: %v", err)
			}
			m.AskHost(busy("somebody else"))
			m.Reopen(t)
			if err := row.take(m); err != nil {
				t.Errorf("while anna is not: %v", err)
			}
		})
	}
}

// A change of many people that finds somebody changed since its preview asks the
// host application once more, and goes on.
func TestAJobAsksAgainAboutWhoWasChangedMeanwhile(t *testing.T) {
	for _, partial := range []bool{true, false} {
		m := newMarket(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
		m.open(m.sells(first...))
		m.staff("anna sales", "bo sales", "cy sales")
		m.AskHost(busy("nobody"))
		m.Reopen(t)
		job, err := m.in().RemoveFromAll(t.Context(), admin, "sales", partial, func() {
			_, err := m.in().GiveExtra(t.Context(), admin, "bo", "sale-cal", 1, "")
			must(t, err)
		}, "anna", "bo", "cy")
		must(t, err)
		if job.State != "done" || job.Totals.Changed != 3 || m.plans() != "anna, bo sale-cal, cy" {
			t.Errorf("partial %v: %+v; %s", partial, job, m.plans())
		}
	}
}

// A job that fails says why, also when nobody foresaw it.
func TestAJobThatFailsSaysWhy(t *testing.T) {
	_, in := branch(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	for _, cause := range []error{errors.New("a fault of ours"), &installation.UnknownProfileError{Profile: "gold"}} {
		if why := in.Failure(t.Context(), cause); why == nil || why.Code == "" || why.Text == "" || strings.Contains(why.Text, "a fault of ours") {
			t.Errorf("%v: %+v", cause, why)
		}
	}
}

// Nobody makes oneself a former employee: roles would go with it.
func TestNobodyLeavesByTheOwnHand(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	_, err := in.GiveRole(t.Context(), admin, "björn", "administrator")
	must(t, err)
	anna := signIn(t, in, "anna").Session
	act, former := installation.Act{By: anna.Actor()}, true
	_, err = in.RetirePerson(t.Context(), act, "anna")
	refused(t, "leaving", err, "person.own-account")
	_, err = in.ChangePerson(t.Context(), act, "#1", api.PersonPatch{Former: &former})
	refused(t, "leaving by a change", err, "person.own-account")
	_, err = in.RetirePerson(t.Context(), act, "björn")
	must(t, err)
}
