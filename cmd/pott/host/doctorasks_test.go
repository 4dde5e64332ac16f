package host

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// What a doctor says of a license server, by what that answers.
func TestADoctorAsksLicenseServers(t *testing.T) {
	vendors := housetest.NewVendors(t)
	say := func(*licenseserver.Reply) {}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		q, err := licenseserver.ParseRequest(body)
		if err != nil {
			t.Error(err)
			return
		}
		reply := licenseserver.ReplyTo(q, time.Now())
		say(reply)
		text, err := vendors.Reply(reply)
		if err != nil {
			t.Error(err)
		}
		w.Write(text)
	}))
	defer server.Close()
	c := made(t, "", "acme")
	c.Authorities = map[license.Issuer]string{"SUPEROFFICE": server.URL}
	found := func() (of []string) {
		t.Helper()
		for _, f := range Doctor(t.Context(), c, time.Now()) {
			if len(f.Code) >= 9 && f.Code[:9] == "authority" {
				of = append(of, string(f.Severity)+" "+f.Code)
			}
		}
		return of
	}
	if got := found(); got != nil {
		t.Errorf("where nothing has to do with an issuer: %v", got)
	}
	h := opened(t, c)
	in := h.House().Installation("acme")
	if _, err := in.Load(t.Context(), byTester, second(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Activate(t.Context(), byTester, "superoffice-2", api.Activate{}); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := ReadAnchors(c)
	if err != nil {
		t.Fatal(err)
	}
	report := intact(t, c)
	for _, row := range []struct {
		name string
		say  func(*licenseserver.Reply)
		want []string
	}{
		{"it is fine", func(*licenseserver.Reply) {}, []string{"ok authority"}},
		{"it knows nobody", func(r *licenseserver.Reply) { r.Refused, r.Status = licenseserver.NotRegistered, licenseserver.Problem }, []string{"warn authority-unknown"}},
		{"it knows another", func(r *licenseserver.Reply) { r.Refused, r.Status = licenseserver.Replaced, licenseserver.Problem }, []string{"fail authority-replaced"}},
		{"it has nothing", func(r *licenseserver.Reply) { r.Refused, r.Status = licenseserver.NothingIssued, licenseserver.Problem }, []string{"warn authority-refuses"}},
		{"it has found a clone", func(r *licenseserver.Reply) { r.Status = licenseserver.Problem }, []string{"fail authority-problem"}},
		{"its clock is an hour ahead", func(r *licenseserver.Reply) { r.Made = r.Made.Add(time.Hour) }, []string{"ok authority", "warn authority-clock"}},
		{"it answers another question", func(r *licenseserver.Reply) { r.Nonce = licenseserver.NewNonce() }, []string{"warn authority-wrong"}},
	} {
		say = row.say
		if got := found(); !slices.Equal(got, row.want) {
			t.Errorf("when %s: %v, want %v", row.name, got, row.want)
		}
	}
	server.Close()
	if got := found(); !slices.Equal(got, []string{"warn authority-away"}) {
		t.Errorf("when it is away: %v", got)
	}
	after, err := ReadAnchors(c)
	if err != nil || len(after) != len(before) || intact(t, c).Checked != report.Checked {
		t.Errorf("a doctor has changed something: %v", err)
	}
}
