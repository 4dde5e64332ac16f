package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
)

// The modules this product asks about. It never asks for plans: which plan
// includes what is the vendor's business.
var (
	web    = license.NameOf("SUPEROFFICE", "web")        // the client people sign in to
	orders = license.NameOf("SUPEROFFICE", "sale")       // the feature this page is
	export = license.NameOf("SUPEROFFICE", "report-cal") // what it takes to download the list
)

// A gate says what one person may do. It is asked anew in every request, so a
// change takes effect at once; a product in which it should take effect at the
// next login keeps an [entitle.Session] with its own.
type gate struct {
	SignIn entitle.Answer
	Edit   entitle.Answer // of orders: allow, only reading, or neither
	Export entitle.Answer
}

func ask(client *entitle.Client, person string) gate {
	return gate{
		SignIn: client.CheckLogin(person, web),
		Edit:   client.CheckEdit(person, orders),
		Export: client.Check(person, export),
	}
}

// guard lets a request through when the answer allows it, and otherwise says why
// not.
func (s *shop) guard(may func(gate) entitle.Answer, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g := ask(s.client, person(r))
		if !g.SignIn.Allowed() {
			http.Error(w, "You may not sign in: "+g.SignIn.Reason.String(), http.StatusForbidden)
			return
		}
		if a := may(g); !a.Allowed() {
			http.Error(w, "You may not do that: "+a.Reason.String(), http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

// health tells the operator how much the answers are worth.
func (s *shop) health(w http.ResponseWriter, r *http.Request) {
	switch status := s.client.Status(); {
	case status.Stale:
		http.Error(w, "closed: nothing was heard of the license server since "+day(status.AsOf), http.StatusServiceUnavailable)
	case !status.Connected:
		fmt.Fprintln(w, "ok: the license server is away, answers are good until", day(status.StaleAt))
	default:
		fmt.Fprintf(w, "ok: %d people, state %d\n", status.People, status.Seq)
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
