package installation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

func TestAnAdministratorIsToldWhatNeedsAttentionAndWhatComes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := housetest.New(t, db, "acme")
		in := f.Installation("acme")
		look := func(lang string) (kinds []string, a api.Attention) {
			t.Helper()
			a, err := in.Attention(t.Context(), installation.Act{By: admin.By, Language: lang})
			must(t, err)
			for _, item := range a.Items {
				kinds = append(kinds, item.Severity+" "+item.Kind)
				if item.Title == "" || item.Text == "" || strings.Contains(item.Title+item.Text, "{{") || strings.HasPrefix(item.Title, "attention.") {
					t.Errorf("%s in %s: %q, %q", item.Kind, lang, item.Title, item.Text)
				}
			}
			for _, d := range a.Dates {
				if strings.Contains(d.Text, "{{") || strings.HasPrefix(d.Text, "attention.") {
					t.Errorf("%s in %s: %q", d.Kind, lang, d.Text)
				}
			}
			return kinds, a
		}
		if kinds, a := look("en"); len(kinds)+len(a.Dates) != 0 {
			t.Errorf("a new installation needs %v", kinds)
		}
		set := smallSet("SUPEROFFICE", 1)
		set.Dates.Warning, set.Dates.Grace = license.Date{Year: 2026, Month: 7, Day: 1}, license.Date{Year: 2027, Month: 6, Day: 24}
		enforce(t, f, in, set)
		for _, id := range []string{"a", "b", "c"} {
			_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: id, Login: true})
			must(t, err)
			_, err = in.GiveExtra(t.Context(), admin, id, "scan", 1, "")
			must(t, err)
		}
		_, err := in.StartEvent(t.Context(), admin, api.NewEvent{Type: "message", Texts: license.Texts{"en": "Lunch at 12"}})
		must(t, err)

		kinds, a := look("en")
		if diff := cmp.Diff([]string{"warn full", "info message"}, kinds); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if got := a.Items[0]; got.Title != "SUPEROFFICE.scan is full: 3 of 3 in use" && got.Title != "superoffice.scan is full: 3 of 3 in use" {
			t.Errorf("%q", got.Title)
		}
		if got := a.Items[1].Text; got != "Lunch at 12" {
			t.Errorf("the message says %q", got)
		}
		var dates []string
		for _, d := range a.Dates {
			dates = append(dates, d.Kind+" "+d.Date.String())
		}
		if diff := cmp.Diff([]string{"warning 2026-07-01", "expiry 2027-06-10", "grace 2027-06-24"}, dates); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}

		f.Set(time.Date(2027, 6, 12, 12, 0, 0, 0, time.UTC))
		for _, lang := range i18n.Languages {
			kinds, a = look(lang)
			if diff := cmp.Diff([]string{"warn grace", "warn full", "info message"}, kinds); diff != "" {
				t.Fatalf("in grace, %s (-want +got):\n%s", lang, diff)
			}
			if len(a.Dates) != 1 || a.Dates[0].Days != 12 {
				t.Errorf("in grace, %s: %v", lang, a.Dates)
			}
		}
	})
}
