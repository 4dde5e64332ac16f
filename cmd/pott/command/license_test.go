package command

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

// twoIssuers is a server whose sets in force are of ACME, out of force, and of
// SUPEROFFICE.
func twoIssuers(t *testing.T) *httptest.Server {
	t.Helper()
	out := &api.KeyNotice{Code: "set-dropped", Key: "aaaa", Text: "Set acme-1 counts for nothing since 1 July 2026."}
	answers := map[string]any{
		"/v1/licenses": api.List[api.License]{Total: 3, Items: []api.License{
			{Name: license.NameOf("ACME", "scan"), DisplayName: "Scan", Kind: license.User, Seats: 3, Free: 3, State: "spare", Set: "acme-1", OutOfForce: out},
			{Name: license.NameOf("SUPEROFFICE", "sale"), DisplayName: "Sale", Kind: license.System, Seats: 1, State: "on", Set: "superoffice-2"},
			{Name: license.NameOf("SUPEROFFICE", "scan"), DisplayName: "Scanner", Kind: license.User, Seats: 2, Free: 2, State: "spare", Set: "superoffice-2"},
		}},
		"/v1/status": api.Status{Installation: api.Installation{Company: "Acme AB"}, State: api.OutOfForce, Sets: []api.SetStatus{
			{ID: "acme-1", Issuer: "ACME", State: api.OutOfForce, Notice: out}, {ID: "superoffice-2", Issuer: "SUPEROFFICE", State: "ok"},
		}},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answers[r.URL.Path])
	}))
	t.Cleanup(s.Close)
	return s
}

func run(t *testing.T, terminal bool, args ...string) string {
	t.Helper()
	p, stdout, stderr := program(map[string]string{"POTT_SERVER": twoIssuers(t).URL, "POTT_TOKEN": "x", "HOME": t.TempDir(), "XDG_CONFIG_HOME": t.TempDir()}, args...)
	p.Terminal, p.Width = terminal, 100
	if exit := p.Run(t.Context()); exit != 0 {
		t.Fatalf("pott %v ends with %d: %s", args, exit, stderr)
	}
	return stdout.String()
}

func TestLicensesStandByIssuerOnATerminalAndInOneTableInAPipe(t *testing.T) {
	onTerminal := run(t, true, "license", "ls")
	acme, superoffice, scanner := strings.Index(onTerminal, "ACME · set acme-1"), strings.Index(onTerminal, "SUPEROFFICE · set superoffice-2"), strings.Index(onTerminal, "superoffice.scan")
	if acme != 0 || superoffice < strings.Index(onTerminal, "acme.scan") || scanner < superoffice || !strings.Contains(onTerminal, "out of force") {
		t.Errorf("on a terminal:\n%s", onTerminal)
	}
	if piped := run(t, false, "license", "ls"); strings.Count(piped, "\n") != 3 || strings.Contains(piped, "·") {
		t.Errorf("in a pipe:\n%s", piped)
	}
}

func TestTheStatusSaysWhichSetIsOutOfForceAndWhy(t *testing.T) {
	got := run(t, false, "status")
	if !strings.Contains(got, "set acme-1 · out of force\n  Set acme-1 counts for nothing since 1 July 2026.\n") {
		t.Errorf("the status is:\n%s", got)
	}
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	for _, text := range []string{"one", "two"} {
		if err := writeWhole(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("it holds %q, %v", got, err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o755); err != nil {
		t.Fatal(err)
	}
	if writeWhole(filepath.Join(dir, "taken"), nil) == nil || writeWhole(filepath.Join(dir, "no", "x"), nil) == nil {
		t.Error("a file is written where none can be")
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("there is left %v", left)
	}
}
