package entitletest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/entitletest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// shop is the set of these tests.
func shop() *entitletest.Set {
	return entitletest.NewSet("ACME").Feature("sale", "sale-cal").
		Plan("sales", "user", "web", "sale-cal").Client("web", "user", "web")
}

func want(t *testing.T, what string, got entitle.Answer, text string) {
	t.Helper()
	if got.String() != text {
		t.Errorf("%s: got %v, want %s", what, got, text)
	}
}

func TestTwoLines(t *testing.T) {
	set := shop()
	inst := entitletest.New(t).Set(set).Person("anna", "sales")
	client := inst.Open(t)

	want(t, "sign in", client.CheckLogin("anna", set.Name("web")), "allow (held)")
	inst.Person("anna", "web", "acme.user")
	want(t, "without the module that edits", client.CheckEdit("anna", set.Name("sale")), "read-only (no-edit)")
	inst.Person("bo")
	want(t, "a new person without a plan", client.CheckLogin("bo", set.Name("web")), "deny (client-needs)")
	inst.Offline().Person("bo", "sales")
	want(t, "what changes while it is offline", client.CheckLogin("bo", set.Name("web")), "deny (client-needs)")
	inst.Online()
	want(t, "and when it is back", client.CheckLogin("bo", set.Name("web")), "allow (held)")
	inst.Kind("bo", license.Technical).Former("anna", true)
	want(t, "a client is for every kind of person", client.CheckLogin("bo", set.Name("web")), "allow (held)")
	want(t, "somebody who left", client.CheckLogin("anna", set.Name("web")), "deny (person-gone)")
	inst.Set(entitletest.NewSet("ACME").On("sale"))
	want(t, "another set", client.CheckLogin("bo", set.Name("web")), "deny (client-unknown)")
}

func TestManyClientsKnowAtOnce(t *testing.T) {
	t.Parallel()
	set := shop()
	inst := entitletest.New(t).Set(set)
	var clients []*entitle.Client
	for range 5 {
		clients = append(clients, inst.Open(t))
	}
	clients[0].Close() // of those that are left, nobody waits for it
	for i := range 30 {
		id := fmt.Sprint("person-", i)
		inst.Person(id, "sales")
		for _, c := range clients[1:] {
			want(t, id, c.Check(id, set.Name("sale-cal")), "allow (included)")
		}
		if i%10 == 5 {
			inst.Offline().Online()
		}
	}
}

func TestOverTheNetwork(t *testing.T) {
	t.Parallel()
	set := shop()
	inst := entitletest.New(t).Set(set).Person("anna", "sales")
	client := inst.Open(t, func(o *entitle.Options) { o.Server, o.HTTP = inst.URL()+"/", http.DefaultClient })
	inst.Person("bo", "sales")
	want(t, "over the network", client.Check("bo", set.Name("sale-cal")), "allow (included)")

	res, err := http.Get(inst.URL() + "/v1/holdings")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: %s", res.Status)
	}
}

// TestTheSetIsASignedFile checks the file of a set as a customer would.
func TestTheSetIsASignedFile(t *testing.T) {
	t.Parallel()
	inst := entitletest.New(t).Set(shop()).Set(shop().Ends("2099-12-31", "2100-01-31")).Set(entitletest.NewSet("HUMBUG").On("spin"))
	files := inst.Files()
	if len(files.Licenses) != 2 {
		t.Fatalf("%d license files, want 2", len(files.Licenses))
	}
	for i, want := range []string{"ACME 2 2099-12-31", "HUMBUG 1 "} {
		v, err := licensefile.Verify(files.Licenses[i], files.Roots, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintln(v.Set.Issuer, v.Set.Number, v.Set.Dates.Expiry); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("set %d is %s, want %s", i, got, want)
		}
	}
}

func TestDaysPassInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		set := shop().Ends(time.Now().Format(time.DateOnly), "").Zone("UTC")
		client := entitletest.New(t).Set(set).Person("anna", "sales").Open(t)
		want(t, "on the last day", client.Check("anna", set.Name("web")), "allow (included) until "+time.Now().Format(time.DateOnly))
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		want(t, "the day after", client.CheckEdit("anna", set.Name("sale")), "read-only (issuer-read-only)")
	})
}

// A failing test calls Fatalf; said records it and ends the goroutine's work as
// a test would.
type said struct{ text string }

func (s *said) Helper()        {}
func (s *said) Cleanup(func()) {}
func (s *said) Fatalf(format string, args ...any) {
	s.text = fmt.Sprintf(format, args...)
	panic(s)
}

func TestWhatIsImpossibleFailsTheTest(t *testing.T) {
	t.Parallel()
	for sentence, row := range map[string]struct {
		do   func(*entitletest.Installation)
		want string
	}{
		"a plan no set has":            {func(in *entitletest.Installation) { in.Person("anna", "marketing") }, `no license set in force has the module "marketing"`},
		"somebody who is not there":    {func(in *entitletest.Installation) { in.Remove("nobody") }, "nobody has the user id nobody"},
		"a day that is none":           {func(in *entitletest.Installation) { in.ValidThrough("anna", "tomorrow") }, "is not a date"},
		"a set that cannot be written": {func(in *entitletest.Installation) { in.Set(entitletest.NewSet("no issuer")) }, "no issuer"},
		"a client that cannot open":    {func(in *entitletest.Installation) { in.Offline().Open(&said{}) }, "the installation is offline"},
	} {
		t.Run(sentence, func(t *testing.T) {
			in := entitletest.New(&said{}).Set(shop())
			defer func() {
				if s, ok := recover().(*said); !ok || !strings.Contains(s.text, row.want) {
					t.Errorf("got %+v, want … %s …", s, row.want)
				}
			}()
			row.do(in)
		})
	}
}
