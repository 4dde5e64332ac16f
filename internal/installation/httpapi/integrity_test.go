package httpapi_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/httpapi"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// What is changed while the server runs is found by a check that is asked for
// through the door, with the file that tells of it.
func TestACheckThroughTheDoorFindsWhatWasChanged(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorldOn(t, db)
		w.KeepFiles(t)
		w.Reopen(t)
		w.server = httptest.NewServer(httpapi.New(w.House, slog.New(slog.DiscardHandler)))
		t.Cleanup(w.server.Close)
		if _, err := db.Exec(t.Context(), "UPDATE license SET seats = 900 WHERE module = 'sale-cal'"); err != nil {
			t.Fatal(err)
		}
		r := into[api.IntegrityReport](w, ask{method: "POST", path: "/v1/integrity/check"})
		if r.Verdict == "intact" {
			t.Errorf("before anything was read: %+v", r)
		}
		in := w.Installation(w.Names()[0])
		if _, err := in.Verify(t.Context(), installation.Act{By: housetest.Host}); err != nil { // waits for the same one
			t.Fatal(err)
		}
		r = into[api.IntegrityReport](w, ask{method: "GET", path: "/v1/integrity"})
		if r.Verdict != "broken" || r.Rows.State != "broken" || r.Quarantined != 1 || r.Last == nil {
			t.Fatalf("after it: %+v", r)
		}
		damage := into[api.Damage](w, ask{method: "GET", path: "/v1/damage"})
		path := "/v1/damage/" + damage.Items[0].Place + "/incident"
		got := w.do(ask{method: "GET", path: path})
		if got.status != http.StatusOK || !strings.Contains(string(got.body), `"what": "edited"`) || !strings.Contains(got.header.Get("Content-Disposition"), damage.Items[0].Incident) {
			t.Errorf("the incident: %d %s", got.status, got.body)
		}
		if got := w.do(ask{method: "GET", path: "/v1/damage/000000000000/incident"}); got.status != http.StatusNotFound {
			t.Errorf("of another place: %d %s", got.status, got.body)
		}
	})
}
