package web_test

import (
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
)

func TestWhySaysInTheReadersLanguageWhoGaveAndWhoseSetItIs(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	made, err := acme.MakeToken(t.Context(), host, api.NewToken{Name: "intranet", Scopes: []string{api.ScopeAssign}})
	w.must(err)
	program := installation.Act{By: audit.Actor{Kind: audit.Token, ID: made.Token.ID}}
	_, err = acme.GiveExtra(t.Context(), program, "bo", "gadget", 1, "")
	w.must(err)
	r := w.as("karin")
	r.get("/users/bo/uses?why=superoffice.gadget").says(t, "by token intranet", "License set 1 from SuperOffice AS")
	r.get("/users/bo/uses?why=superoffice.gadget&lang=sv").says(t, "av API-nyckeln intranet", "Licenspaket 1 från SuperOffice AS")
}

// Nobody reads how records write who is nobody of the house.
func TestWhySaysInWordsThatSomebodyAtTheServerGaveIt(t *testing.T) {
	w := newWorld(t)
	r := w.as("karin")
	r.get("/users/anna/uses?why=superoffice.sales").says(t, "by somebody at the server’s machine (")
	r.get("/users/anna/uses?why=superoffice.sales&lang=sv").says(t, "av någon vid serverns dator (")
	r.last.lacks(t, "av host ")
}

func TestWhatNoNumberLimitsIsNotFreed(t *testing.T) {
	w := newWorld(t)
	r := w.as("uma")
	r.get("/users/bo/offboard").says(t, "frees 1 The sales")
	r.get("/users/karin/offboard").lacks(t, "frees 1 The none")
}
