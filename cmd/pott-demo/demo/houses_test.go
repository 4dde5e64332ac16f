package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

// started returns both houses on this machine, and a client for Designteamet.
func started(t *testing.T) (*Demo, *client.Client) {
	t.Helper()
	d, err := Start(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	c, err := d.Client(Designteamet)
	if err != nil {
		t.Fatal(err)
	}
	return d, c
}

func only(t *testing.T, c *client.Client) api.Authority {
	t.Helper()
	st, err := c.Status(t.Context())
	if err != nil || len(st.Authorities) != 1 {
		t.Fatalf("%+v, %v", st.Authorities, err)
	}
	return st.Authorities[0]
}

func TestBothHousesSpeakOverHTTP(t *testing.T) {
	d, c := started(t)
	house, now := d.vendors.Authority, time.Now()
	a := only(t, c)
	if a.Serial != "1600070120" || a.Newest != d.Renewal || a.Failures != 0 || !strings.HasPrefix(a.Address, "http://127.0.0.1:") {
		t.Errorf("the license server at the customer's: %+v", a)
	}
	k, reports, err := house.FindInstallation(t.Context(), "superoffice/1600070120", 20)
	if err != nil || len(k.Alarms) != 0 || len(reports) < 4 {
		t.Fatalf("the customer at the vendor's: %+v, %d reports, %v", k, len(reports), err)
	}
	st, err := c.Status(t.Context())
	if err != nil || k.Installation() != st.Installation.Fingerprint {
		t.Errorf("the key is %s here and %s there, %v", st.Installation.Fingerprint, k.Installation(), err)
	}
	err = house.Say(t.Context(), authority.Message{Issuer: "SUPEROFFICE", Serial: "1600070120", Texts: license.Texts{"en": "We move on Friday."}, At: now, By: "anna"})
	if err != nil {
		t.Fatal(err)
	}
	fetched, err := c.Fetch(t.Context(), api.Fetch{}, false)
	if err != nil || len(fetched.Items) != 1 || fetched.Items[0].Authority.Message != "We move on Friday." {
		t.Errorf("a message arrives as %+v, %v", fetched.Items, err)
	}
	// The vendors' other customer is not asked about, and asks nobody else.
	if list, err := c.Authorities(t.Context()); err != nil || len(list.Items) != 2 || slices.ContainsFunc(list.Items, func(x api.Authority) bool { return x.Issuer == "AMSYSTEM" && !x.Asked.IsZero() }) {
		t.Errorf("license servers: %+v, %v", list.Items, err)
	}
}
