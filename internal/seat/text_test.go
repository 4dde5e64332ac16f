package seat_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// texts are everything a trace may hold, with the struct its text is about.
func texts() map[string]any {
	all := map[string]any{"why.person-unknown": seat.Missing{}, "why.database-unknown": seat.Missing{}, "why.not-yours": seat.Fix{}}
	for _, code := range []string{"person", "somebody", "holding", "anybody", "profile", "license", "set"} {
		all["why.damaged-"+code] = seat.Missing{}
	}
	for _, how := range []seat.How{seat.ByHand, seat.ByPlan, seat.ByProfile, seat.ByLogin} {
		all["why.own."+string(how)] = seat.Own{}
	}
	for _, f := range []seat.Fact{
		seat.PersonHolds, seat.ProfileHas, seat.LoginGives, seat.PlanIncludes, seat.PrerequisiteHeld, seat.PrerequisiteMissing,
		seat.SystemOn, seat.MaySignIn, seat.SetInForce, seat.DatabaseHolds,
	} {
		all["why."+string(f)] = seat.Step{}
	}
	for _, r := range []string{
		seat.Held, seat.Included, seat.SystemIsOn, seat.NotHeld, seat.ModuleUnknown, seat.FeatureOff, seat.NoEdit, seat.PersonGone,
		seat.NoLogin, seat.WaitingForApproval, seat.ValidThroughPassed, seat.ClientUnknown, seat.ClientKind, seat.ClientNeeds, seat.IssuerReadOnly, seat.SetDropped, seat.SetNotGenuine,
		seat.NoLoginEvent, seat.DatabaseLacks, seat.DatabaseRemoved, seat.ForPeople,
	} {
		all["why."+r] = seat.Missing{}
	}
	for _, a := range []seat.Act{
		seat.DoSetPlan, seat.DoGiveExtra, seat.DoChangeProfile, seat.DoGiveLogin, seat.DoApprove, seat.DoExtendLogin, seat.DoBringBack, seat.DoActivateSet,
		seat.DoEndEvent, seat.DoAssignSite,
	} {
		all["why.do."+string(a)] = seat.Fix{}
	}
	return all
}

func TestEverythingInATraceCanBeSaidInSixLanguages(t *testing.T) {
	t.Parallel()
	all := texts()
	for _, lang := range i18n.Languages {
		for code, about := range all {
			text, ok := i18n.Sentence(lang, code, about)
			if !ok || text.Title == "" || text.Detail == "" || strings.Contains(text.Detail, "{{") {
				t.Errorf("%s in %s: %+v", code, lang, text)
			}
			for _, field := range i18n.Fields(lang, code) {
				if _, ok := reflect.TypeOf(about).FieldByName(field); !ok {
					t.Errorf("%s in %s names .%s, which %T does not have", code, lang, field, about)
				}
			}
		}
		for _, code := range i18n.Codes(lang) {
			if _, ok := all[code]; !ok && strings.HasPrefix(code, "why.") {
				t.Errorf("%s in %s: no trace has it", code, lang)
			}
		}
	}
}

// What the index may answer about a person and a set, a trace may answer too.
func TestTheReasonsAreThoseOfTheIndex(t *testing.T) {
	t.Parallel()
	own := []string{"maintenance-ended", "no-set", "stale", "handle-unknown"} // of a copy of the index far from here
	for _, r := range entitle.Reasons() {
		if _, ok := texts()["why."+r.String()]; !ok && !slices.Contains(own, r.String()) {
			t.Errorf("%s has no text", r)
		}
	}
}

func TestATraceReadsWell(t *testing.T) {
	t.Parallel()
	free := int64(2)
	display := func(name string) string {
		return map[string]string{"superoffice.sales": "Sales Premium", "superoffice.sale-cal": "Sale Editing"}[name]
	}
	for _, test := range []struct {
		lang, code string
		about      any
		want       string
	}{
		{"en", "why.person-holds", seat.Step{Name: so("sales"), By: "karin"}, "The person was given Sales Premium by karin."},
		{"de", "why.person-holds", seat.Step{Name: so("sales"), By: "karin", Since: 1780000000000000}, "Die Person hat Sales Premium von karin am 28. Mai 2026 erhalten."},
		{"sv", "why.plan-includes", seat.Step{Name: so("sale-cal"), Of: so("sales")}, "Sales Premium innehåller Sale Editing."},
		{"sv", "why.set-in-force", seat.Step{Issuer: "SUPEROFFICE", Number: 2, State: license.Grace, Until: today}, "Licenspaket 2 från SUPEROFFICE har löpt ut men fungerar till och med 10 juni 2026."},
		{"de", "why.set-in-force", seat.Step{Issuer: "SUPEROFFICE", Number: 2}, "Lizenzpaket 2 von SUPEROFFICE gilt."},
		{"en", "why.do.set-plan", seat.Fix{Name: so("sales"), Free: &free, Loses: []license.Name{so("web")}}, "Set the plan Sales Premium (2 spare). It takes away superoffice.web."},
		{"en", "why.do.set-plan", seat.Fix{Name: so("sales"), Free: new(int64)}, "Set the plan Sales Premium (0 spare)."},
		{"en", "why.do.set-plan", seat.Fix{Name: so("sales")}, "Set the plan Sales Premium."},
	} {
		if text, _ := i18n.SentenceNamed(test.lang, test.code, test.about, display); text.Detail != test.want {
			t.Errorf("%s %s\n got: %s\nwant: %s", test.lang, test.code, text.Detail, test.want)
		}
	}
}
