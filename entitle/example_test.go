package entitle_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/entitletest"
	"github.com/pott-dev/pott/license"
)

// A program opens one client when it starts, and says with names of its own
// which modules it asks about.
func Example() {
	var (
		web  = license.NameOf("ACME", "web")
		sale = license.NameOf("ACME", "sale")
	)
	client, err := entitle.Open(context.Background(), options())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	for _, person := range []string{"anna", "bo", "cecilia"} {
		if !client.CheckLogin(person, web).Allowed() {
			fmt.Println(person, "may not sign in")
			continue
		}
		switch a := client.CheckEdit(person, sale); a.Effect {
		case entitle.Allow:
			fmt.Println(person, "edits sales")
		case entitle.ReadOnly:
			fmt.Println(person, "reads sales")
		case entitle.Deny:
			fmt.Println(person, "sees no sales:", a.Reason)
		}
	}
	// Output:
	// anna edits sales
	// bo reads sales
	// cecilia may not sign in
}

// A handler that checks on every request asks for handles: of the module once,
// of the person when a session begins.
func ExampleClient_CheckHandle() {
	client, err := entitle.Open(context.Background(), options())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	saleCal := client.Module(license.NameOf("ACME", "sale-cal"))
	anna, known := client.Person("anna")
	if !known {
		log.Fatal("nobody is called anna")
	}
	fmt.Println(client.CheckHandle(anna, saleCal))
	// Output: allow (included)
}

// A health page shows how much the answers are worth.
func ExampleClient_Status() {
	client, err := entitle.Open(context.Background(), options())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	health := func(w http.ResponseWriter, r *http.Request) {
		s := client.Status()
		switch {
		case s.Stale:
			http.Error(w, "nobody is let in: nothing heard since "+s.AsOf.String(), http.StatusServiceUnavailable)
		case !s.Connected:
			fmt.Fprintln(w, "license server away, answers good until", s.StaleAt)
		default:
			fmt.Fprintln(w, "ok,", s.People, "people")
		}
	}
	health(show{}, nil)
	// Output: ok, 3 people
}

// A session lets a change take effect at the next login.
func ExampleSession() {
	client, err := entitle.Open(context.Background(), options())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	session, a := client.SignIn("anna", license.NameOf("ACME", "web"))
	if session == nil {
		log.Fatal("anna may not sign in: ", a)
	}
	fmt.Println(session.Check(license.NameOf("ACME", "sale-cal")))
	// Output: allow (included)
}

// options are those of a server that knows three people. A real program has the
// address of its server here, a file with a token, and a folder for the cache.
func options() entitle.Options {
	set := entitletest.NewSet("ACME").Feature("sale", "sale-cal").
		Plan("sales", "user", "web", "sale-cal").Plan("reader", "user", "web").
		Client("web", "user", "web")
	return entitletest.New(stage{}).Set(set).
		Person("anna", "sales").Person("bo", "reader").Person("cecilia").Options()
}

// stage stands in for a test.
type stage struct{}

func (stage) Helper()                           {}
func (stage) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }
func (stage) Cleanup(func())                    {}

// show is a ResponseWriter that prints.
type show struct{}

func (show) Header() http.Header         { return http.Header{} }
func (show) Write(b []byte) (int, error) { return os.Stdout.Write(b) }
func (show) WriteHeader(int)             {}
