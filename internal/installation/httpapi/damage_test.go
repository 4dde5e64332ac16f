package httpapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/httpapi"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// A row that was edited behind the server's back is listed, shown and repaired
// through the door, as the document says.
func TestDamageIsRepairedThroughTheDoor(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorldOn(t, db)
		doc := readDocument(t)
		if _, err := db.Exec(t.Context(), "UPDATE license SET seats = 900 WHERE module = 'sale-cal'"); err != nil {
			t.Fatal(err)
		}
		w.Reopen(t)
		w.server = httptest.NewServer(httpapi.New(w.House, slog.New(slog.DiscardHandler)))
		t.Cleanup(w.server.Close)
		list := asDocumented(t, w, doc, ask{method: "GET", path: "/v1/damage"}, "/v1/damage")
		damage := decoded[api.Damage](t, list)
		if damage.Total != 1 || damage.Items[0].What != "edited" || damage.Items[0].Columns[0] != "seats" || !damage.Writable {
			t.Fatalf("%+v", damage)
		}
		place := "/v1/damage/" + damage.Items[0].Place
		detail := decoded[api.DamageDetail](t, asDocumented(t, w, doc, ask{method: "GET", path: place}, "/v1/damage/{place}"))
		if detail.Found["seats"] != "900" || detail.WantedVersion == 0 {
			t.Errorf("%+v", detail)
		}
		repair := place + "/repair"
		for body, status := range map[string]int{
			`{"action":"restore","reason":"by hand"}`:                                                  http.StatusForbidden,
			`{"action":"restore","reason":"by hand","code":"BAD"}`:                                     http.StatusForbidden,
			`{"action":"restore","reason":""}`:                                                         http.StatusUnprocessableEntity,
			`{"action":"forget","reason":"by hand"}`:                                                   http.StatusUnprocessableEntity,
			`{"action":"restore","reason":"x","code":"` + housetest.Code + `","values":{"seats":"7"}}`: http.StatusConflict,
		} {
			if got := w.do(ask{method: "POST", path: repair, body: body}); got.status != status {
				t.Errorf("%s: %d %s", body, got.status, got.body)
			}
		}
		tried := decoded[api.Repaired](t, asDocumented(t, w, doc, ask{method: "POST", path: repair + "?dry_run=true", body: `{"action":"restore","reason":"by hand"}`}, "/v1/damage/{place}/repair"))
		if !tried.DryRun || tried.Left != 0 {
			t.Errorf("%+v", tried)
		}
		good := `{"action":"restore","reason":"by hand","code":"` + housetest.Code + `"}`
		done := decoded[api.Repaired](t, asDocumented(t, w, doc, ask{method: "POST", path: repair, body: good}, "/v1/damage/{place}/repair"))
		if !done.Changed || done.Left != 0 {
			t.Errorf("%+v", done)
		}
		if got := w.do(ask{method: "POST", path: repair, body: good}); got.status != http.StatusNotFound {
			t.Errorf("again: %d %s", got.status, got.body)
		}
		if after := decoded[api.Damage](t, w.do(ask{method: "GET", path: "/v1/damage"}).body); after.Total != 0 || after.Health != "sound" {
			t.Errorf("%+v", after)
		}
	})
}

// asDocumented asks and returns the answer's body, which must be as the document
// says.
func asDocumented(t *testing.T, w *world, doc document, a ask, template string) []byte {
	t.Helper()
	got := w.do(a)
	if got.status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", a.method, a.path, got.status, got.body)
	}
	schema, _ := schemaOf(t, doc, a.method, template, "200")
	if errs := conforms(t, doc, schema, got.body); len(errs) > 0 {
		t.Errorf("%s %s: %v in %s", a.method, a.path, errs, got.body)
	}
	return got.body
}

func decoded[T any](t *testing.T, body []byte) (out T) {
	t.Helper()
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
