package entitletest_test

import (
	"testing"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/entitletest"
)

func TestTwoLines(t *testing.T) {
	set := entitletest.NewSet("ACME").Feature("sale", "sale-cal").Plan("sales", "user", "web", "sale-cal").Client("web", "user", "web")
	inst := entitletest.New(t).Set(set).Person("anna", "sales")
	client := inst.Open(t)
	want := func(what string, got entitle.Answer, effect entitle.Effect, reason entitle.Reason) {
		t.Helper()
		if got.Effect != effect || got.Reason != reason {
			t.Errorf("%s: %v, want %v (%v)", what, got, effect, reason)
		}
	}
	want("sign in", client.CheckLogin("anna", set.Name("web")), entitle.Allow, entitle.Held)
	want("edit", client.CheckEdit("anna", set.Name("sale")), entitle.Allow, entitle.Included)
	inst.Person("anna", "web", "user")
	want("edit without the module", client.CheckEdit("anna", set.Name("sale")), entitle.ReadOnly, entitle.NoEdit)
	inst.Person("bo")
	want("a new person without a plan", client.CheckLogin("bo", set.Name("web")), entitle.Deny, entitle.ClientNeeds)
	inst.Offline().Person("bo", "sales")
	want("not heard of yet", client.CheckLogin("bo", set.Name("web")), entitle.Deny, entitle.ClientNeeds)
	inst.Online()
	want("back online", client.CheckLogin("bo", set.Name("web")), entitle.Allow, entitle.Held)
	inst.Offline().Remove("bo").Forget().Online()
	want("after a reset", client.CheckLogin("bo", set.Name("web")), entitle.Deny, entitle.PersonUnknown)
	inst.Set(entitletest.NewSet("ACME").Plan("sales", "user"))
	want("another set", client.CheckSystem(set.Name("sale")), entitle.Deny, entitle.FeatureOff)
	inst.Restore(2)
	want("restored", client.Check("anna", set.Name("user")), entitle.Deny, entitle.PersonUnknown)
	if s := client.Status(); !s.WentBack {
		t.Errorf("the server went back and the status does not say so: %+v", s)
	}
}
