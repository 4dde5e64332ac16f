package host

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// Losing the key one customer's holdings are signed with stops neither that
// customer nor the others: only the signed holdings are missing.
func TestALostInstallationKeyStopsNobodyElse(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Listen: "127.0.0.1:0"}
	if _, err := Make(c, housetest.NewVendors(t).Trust().RootFile()); err != nil {
		t.Fatal(err)
	}
	by := audit.Actor{Kind: audit.Host, ID: "root"}
	h, err := Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"acme", "birka"} {
		if _, err := h.Add(t.Context(), by, New{Name: name, TimeZone: "UTC"}); err != nil {
			t.Fatal(err)
		}
	}
	h.Close()
	if err := os.Remove(Keys{c.Keys}.path(keyFile("acme"))); err != nil {
		t.Fatal(err)
	}
	if h, err = Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatalf("the server does not start: %v", err)
	}
	defer h.Close()
	for name, missing := range map[string]bool{"acme": true, "birka": false} {
		in := h.House().Installation(name)
		if in == nil {
			t.Fatalf("%s is not there", name)
		}
		if _, err := in.Holdings(t.Context(), installation.Act{By: by}); (err != nil) != missing {
			t.Errorf("the holdings of %s: %v", name, err)
		}
	}
}
