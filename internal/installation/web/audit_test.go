package web_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/pott-dev/pott/auditproof"
)

func TestTheAuditPageListsFiltersAndExports(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/audit").says(t, "Audit", "person.add", "host")
	r.get("/audit?action=plan.set").lacks(t, "person.add")
	r.get("/audit?person=nobody")
	if r.last.status != http.StatusUnprocessableEntity {
		t.Errorf("a person who is not there: %d", r.last.status)
	}
	r.last.says(t, "thing to correct")
	r.get("/audit?from=2030-01-01").says(t, "Nothing matches the filter", "Clear filters")
	rows, err := csv.NewReader(strings.NewReader(r.get("/audit.csv?action=role.give").body)).ReadAll()
	if err != nil || len(rows) != 4 || len(rows[0]) != 15 || rows[1][13] != "host" {
		t.Errorf("%d rows of roles: %v %v", len(rows), rows, err)
	}
	if s := r.get("/audit.json?action=role.give"); !strings.Contains(s.body, `"items"`) || strings.Contains(s.body, "person.add") {
		t.Errorf("%s", s.body)
	}
}

func TestAnEntryShowsItsHashesAndNeighbours(t *testing.T) {
	w := newWorld(t)
	s := w.host().get("/audit/3")
	s.says(t, "Entry 3", "In the chain", "Hash before it", "#2", "#4")
	if got := w.host().get("/audit/9999"); got.status != http.StatusNotFound {
		t.Errorf("an entry that is not there: %d", got.status)
	}
}

func TestVerifyingSaysOneOfThreeThings(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/audit/verify").says(t, "Verify the range")
	r.last.lacks(t, "Result")
	r.get("/audit/verify?run=1").says(t, "Intact", "entries checked")
	r.get("/audit/verify?run=1&from=9999").says(t, "Cannot be checked", "not one entry in this range")
	if s := r.last; strings.Contains(s.body, `class="state ok"`) || !strings.Contains(s.body, `class="state off"`) {
		t.Error("what cannot be checked is not grey")
	}
	if s := r.get("/audit/verify?run=1&from=soon"); s.status != http.StatusUnprocessableEntity {
		t.Errorf("nonsense: %d", s.status)
	}
	if s := r.get("/audit/verify?run=1&from=2&to=soon"); !strings.Contains(s.body, `href="#to"`) || strings.Contains(s.body, `href="#from"`) {
		t.Error("the fault of one field stands at another")
	}
	r.get("/audit/verify?run=1&from=2&to=3&lang=sv").says(t, "Intakt", "poster kontrollerade")
	w.attack("UPDATE audit SET action = 'x' WHERE ledger = 'seats' AND seq = 4")
	r.get("/audit/verify?run=1").says(t, "Broken at #4", "Expected", "Found", "Entry before", "Karin Lind")
}

func TestAProofIsDownloadedBesideTheVerification(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/audit/verify?from=2&to=3").says(t, "Proof for somebody else", "Download the proof", "Fingerprint of the key", "/seats/", "pott-verify audit")
	if s := r.last; !strings.Contains(s.body, `name="from" value="2"`) || !strings.Contains(s.body, `name="to" value="3"`) {
		t.Error("the proof is not of the range above it")
	}
	s := r.get("/audit/proof?from=2&to=3")
	if s.status != http.StatusOK || !strings.HasPrefix(s.body, "pott-audit-proof/v1\n") || !strings.Contains(s.header.Get("Content-Disposition"), "-2-3.proof") {
		t.Errorf("%d %v %.200s", s.status, s.header, s.body)
	}
	p, err := auditproof.Parse([]byte(s.body))
	if err != nil || len(p.People) != 0 || p.From != 2 || p.To != 3 {
		t.Errorf("%v", err)
	}
	if p, err := auditproof.Parse([]byte(r.get("/audit/proof?names=on").body)); err != nil || len(p.People) == 0 {
		t.Errorf("with names: %v", err)
	}
	if s := r.get("/audit/proof?from=soon"); s.status != http.StatusUnprocessableEntity || !strings.Contains(s.body, `href="#from"`) {
		t.Errorf("nonsense: %d", s.status)
	}
	if s := w.nobody().get("/audit/proof"); s.status == http.StatusOK && strings.HasPrefix(s.body, "pott-audit-proof") {
		t.Error("somebody without a role has a proof of the trail")
	}
}

func TestWhoHasNoRoleDoesNotSeeTheTrail(t *testing.T) {
	w := newWorld(t)
	if s := w.nobody().get("/audit"); strings.HasPrefix(s.path, "/audit") && s.status == http.StatusOK {
		t.Errorf("nobody sees %s", s.text())
	}
}

func TestALongCheckOfTheTrailHasAPageOfItsOwn(t *testing.T) {
	w := newWorld(t)
	gate := make(chan struct{})
	w.HoldJobs(t, func(ctx context.Context, _ string, _ int) {
		select {
		case <-gate:
		case <-ctx.Done():
		}
	})
	w.restart()
	olle := w.as("olle")
	page := olle.get("/audit/verify?run=1")
	if !strings.HasPrefix(page.path, "/audit/verify/") {
		t.Fatalf("a long check leads to %s", page.path)
	}
	page.says(t, "Checking the audit trail", "Running", "Refresh", "Stop checking")
	if !strings.Contains(page.body, `role="progressbar"`) || strings.Contains(page.body, "http-equiv") {
		t.Error("it shows no progress, or moves by itself")
	}
	olle.send(page.path+"/cancel").says(t, "The check was stopped.", "Cancelled")
	if got := olle.get("/audit/verify/nosuch"); got.status != http.StatusNotFound {
		t.Errorf("a check there is not is answered %d", got.status)
	}
	page = olle.get("/audit/verify?run=1")
	close(gate)
	for strings.Contains(olle.get(page.path).text(), "Running") {
	}
	olle.last.says(t, "Result", "Check again, or another range")
}
