package command

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

// What is refused for a reason of its own is neither read-only nor full because the set
// it is of is past its grace.
func TestAnOfferSaysReadOnlyOnlyOfWhatIsRefusedForThat(t *testing.T) {
	t.Parallel()
	acme := func(module license.Module) license.Name { return license.NameOf("ACME", module) }
	none := int64(0)
	offer := api.Offer{Person: "anna", Given: []string{}, Issuers: []api.IssuerOffer{{
		Issuer: "ACME", Mode: "plans",
		Withheld: &api.Withheld{Code: "license.read-only", Since: license.Date{Year: 2026, Month: 7, Day: 11}, Text: "Nobody can be given one."},
		Groups: []api.GroupOffer{{Plans: []api.PlanOffer{
			{Name: acme("sales"), Refused: "license.read-only"},
			{Name: acme("partner"), Refused: "seat.person-kind"},
			{Name: acme("crowded"), Free: &none},
		}}},
		Extras: []api.ExtraOffer{
			{Name: acme("scan"), Refused: "license.read-only"},
			{Name: acme("portal"), Refused: "seat.person-kind"},
		},
	}}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(offer)
	}))
	t.Cleanup(s.Close)
	p, stdout, stderr := program(map[string]string{"POTT_SERVER": s.URL, "POTT_TOKEN": "x", "HOME": t.TempDir(), "XDG_CONFIG_HOME": t.TempDir()}, "user", "offer", "anna")
	p.Terminal, p.Width = true, 100
	if exit := p.Run(t.Context()); exit != 0 {
		t.Fatalf("it ends with %d: %s", exit, stderr)
	}
	for line := range strings.Lines(stdout.String()) {
		readOnly, full := strings.Contains(line, "read-only"), strings.Contains(line, "full")
		withheld := strings.HasPrefix(line, "acme.sales") || strings.HasPrefix(line, "acme.scan")
		if readOnly != withheld || full != strings.HasPrefix(line, "acme.crowded") {
			t.Errorf("%s", line)
		}
	}
	if n := strings.Count(stdout.String(), "acme."); n != 5 {
		t.Errorf("%d of it: %s", n, stdout)
	}
}
