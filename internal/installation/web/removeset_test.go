package web_test

import (
	"net/http"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

func TestThePartnersLicensesAreRemovedByThoseWhoTypeTheNameOfTheOrganization(t *testing.T) {
	w := newWorld(t)
	acme, host := w.Installation("acme"), installation.Act{By: housetest.Host}
	partner := smallSet()
	partner.Issuer, partner.IssuerName = "ACME", "Acme Tools"
	_, err := acme.Load(t.Context(), host, w.Vendors.File(t, partner))
	w.must(err)
	_, err = acme.Activate(t.Context(), host, "acme-1", api.Activate{})
	w.must(err)
	_, err = acme.SetPlan(t.Context(), host, "anna", "acme.service", "")
	w.must(err)
	r := w.as("karin")
	r.get("/licenses?issuer=SUPEROFFICE").lacks(t, "Remove these licenses")
	r.get("/licenses?issuer=ACME").says(t, "Remove these licenses")
	page := r.get("/licenses/remove/acme-1")
	page.says(t, "Remove the licenses from Acme Tools", "acme-1 is taken out of force", "anna", "The service", "Type Acme AB to agree")
	r.send("/licenses/remove/acme-1", "organisation", "Acme").says(t, "What was typed is not Acme AB.")
	r.send("/licenses/remove/acme-1", "organisation", "Acme AB").says(t, "acme-1 is no longer in force")
	if s := r.get("/licenses/remove/acme-1"); s.status != http.StatusConflict {
		t.Errorf("once more: %d", s.status)
	}
	if s := r.get("/licenses/remove/superoffice-1"); s.status != http.StatusConflict {
		t.Errorf("the vendor's own: %d", s.status)
	}
	if s := w.as("uma").get("/licenses/remove/acme-1"); s.status != http.StatusForbidden {
		t.Errorf("a user administrator: %d", s.status)
	}
}
