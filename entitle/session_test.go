package entitle_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/entitletest"
)

func TestASessionPinsWhatWasHeldAtSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme()).Person("anna", "sales").Person("bo", "reader")
		c := inst.Open(t)
		anna, a := c.SignIn("anna", web)
		want(t, "signing in", a, "allow (held)")
		bo, _ := c.SignIn("bo", web)
		inst.Person("anna", "reader").Person("bo", "sales")
		want(t, "the present truth", c.CheckEdit("anna", sale), "read-only (no-edit)")
		want(t, "what was held at sign-in", anna.CheckEdit(sale), "allow (included)")
		want(t, "the same by a handle", anna.CheckHandle(c.Module(saleCal)), "allow (included)")
		want(t, "what was not held at sign-in", bo.Check(saleCal), "deny (not-held)")
		want(t, "refreshing", anna.Refresh(), "allow (held)")
		want(t, "after refreshing", anna.CheckEdit(sale), "read-only (no-edit)")
		inst.Person("anna")
		want(t, "a session goes on when the client's modules are taken away", anna.Check(web), "allow (included)")
		want(t, "until it is refreshed", anna.Refresh(), "deny (client-needs)")
		want(t, "and then it has ended", anna.Check(web), "deny (client-needs)")
	})
}

func TestASessionEndsWithTheLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inst := entitletest.New(t).Set(acme())
		c := inst.Open(t)
		today := time.Now().Format(time.DateOnly)
		for _, row := range []struct {
			sentence   string
			lose, back func()
			want       string
		}{
			{"when the login is taken away", func() { inst.Login("anna", false) }, func() { inst.Login("anna", true) }, "deny (no-login)"},
			{"when the person waits for approval", func() { inst.Waiting("anna", true) }, func() { inst.Waiting("anna", false) }, "deny (waiting-for-approval)"},
			{"when the person leaves", func() { inst.Former("anna", true) }, func() { inst.Former("anna", false) }, "deny (person-gone)"},
			{"when the login ends", func() { inst.ValidThrough("anna", today); later(days) }, func() { inst.ValidThrough("anna", "") }, "deny (valid-through-passed)"},
		} {
			inst.Person("anna", "sales")
			s, a := c.SignIn("anna", web)
			if s == nil {
				t.Fatalf("%s: cannot sign in: %v", row.sentence, a)
			}
			row.lose()
			want(t, row.sentence, s.Check(saleCal), row.want)
			want(t, row.sentence+", editing", s.CheckEdit(sale), row.want)
			row.back()
			want(t, row.sentence+" and comes back", s.Check(saleCal), row.want)
			want(t, row.sentence+" and comes back, refreshed", s.Refresh(), "allow (held)")
			want(t, row.sentence+" and comes back, after that", s.Check(saleCal), "allow (included)")
		}
		s, _ := c.SignIn("anna", web)
		inst.Remove("anna").Person("anna", "sales")
		want(t, "when the user id passes to somebody else", s.Check(saleCal), "deny (person-gone)")
		want(t, "and it is refreshed", s.Refresh(), "deny (person-gone)")
		if s, a := c.SignIn("nobody", web); s != nil || a.Reason != entitle.PersonUnknown {
			t.Errorf("a stranger signs in: %v", a)
		}
	})
}

func TestASessionLivesUnderThePresentSets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
		inst := entitletest.New(t).Set(acme().Ends(day(1), day(2))).MaxAge(2).Person("anna", "sales")
		c := inst.Open(t)
		s, _ := c.SignIn("anna", web)
		inst.Set(acme().Ends(day(1), day(2)).Plan("sales", "user", "web", "more"))
		want(t, "what the plan no longer includes", s.Check(saleCal), "deny (not-held)")
		want(t, "what it includes now", s.Check(acme().Name("more")), "allow (included) until "+day(2))
		later(2 * days)
		want(t, "in grace", s.Check(acme().Name("more")), "allow (included) until "+day(2)+", in grace")
		later(1 * days)
		want(t, "after grace", s.Check(acme().Name("more")), "read-only (issuer-read-only)")
		want(t, "a feature", s.Check(sale), "read-only (issuer-read-only)")
		want(t, "a module no set has", s.Check(acme().Name("none")), "deny (module-unknown)")
		inst.Offline()
		later(2*days + time.Minute)
		want(t, "when nothing is known any more", s.Check(saleCal), "deny (stale)")
		inst.Online()
		want(t, "when it is known again", s.Check(web), "allow (included)")
	})
}

// What is pinned is what was given, and what that gives is of the present: also
// when a new set knows nothing of it any longer, and when that set is taken out
// again.
func TestASetThatMakesPlansAnewTakesEffectInPinnedSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		without := func() *entitletest.Set {
			return entitletest.NewSet("ACME").On("server").Feature("sale", "sale-cal").User("extra").
				Plan("reader", "user", "web").Plan("nothing").Client("web", "server", "user", "web")
		}
		inst := entitletest.New(t).Set(acme().User("extra")).Person("anna", "sales", "extra")
		c := inst.Open(t)
		s, a := c.SignIn("anna", web)
		want(t, "signing in", a, "allow (held)")
		inst.Set(without()).Person("anna", "reader", "extra") // she is moved as the set comes in force
		want(t, "the present truth", c.Check("anna", web), "allow (included)")
		want(t, "a plan that is gone gives nothing", s.Check(saleCal), "deny (not-held)")
		want(t, "not even what the plan she is on now gives", s.Check(web), "deny (not-held)")
		want(t, "editing", s.CheckEdit(sale), "read-only (no-edit)")
		want(t, "what was given beside it stays", s.Check(acme().Name("extra")), "allow (held)")
		inst.Set(acme().User("extra"))
		want(t, "after going back to the set before", s.CheckEdit(sale), "allow (included)")
		inst.Set(without())
		want(t, "refreshed under the new set", s.Refresh(), "allow (held)")
		want(t, "she has what she was moved to", s.Check(web), "allow (included)")
		want(t, "and not what she had", s.Check(saleCal), "deny (not-held)")
	})
}
