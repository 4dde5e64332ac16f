// Package e2e runs the real programs against real servers: every command, every
// door, both databases, and what happens when many want the last seat or the
// server is killed.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/cmd/pott/command"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/client"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"pott": func() { os.Exit(command.Main()) },
	})
}

// proof reports whether the full sizes are asked for.
func proof() bool { return os.Getenv("POTT_PROOF") == "1" }

// designteamet and nordlys are the two example customers.
var (
	designteamet = host.New{Name: demo.Designteamet, Company: "Designteamet", Serial: "1600070120", TimeZone: "Europe/Stockholm"}
	nordlys      = host.New{Name: demo.Nordlys, Company: "Nordlys Drift AB", Serial: "NORDLYS-01", TimeZone: "Europe/Stockholm"}
)

// A world is both vendors and one server with some installations.
type world struct {
	dir     string
	config  host.Config
	vendors *demo.Vendors
	secrets map[string]string // by installation: the first administrator's token
	host    *host.Host
	server  string // address
	stop    func()
	accepts map[string][]string // by set: the system licenses that it may turn off
	ahead   atomic.Int64        // of the true time, in nanoseconds: the server's clock
}

// start makes a server on a fresh database and starts it.
func start(t testing.TB, dsn string, installations ...host.New) *world {
	t.Helper()
	w := build(t, dsn, installations...)
	w.serve(t)
	return w
}

// build makes a server and leaves it stopped.
func build(t testing.TB, dsn string, installations ...host.New) *world {
	t.Helper()
	w := &world{dir: t.TempDir(), secrets: map[string]string{}}
	var err error
	if w.vendors, err = demo.OpenVendors(t.Context(), w.dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.vendors.Close() })
	w.config = host.Config{Data: filepath.Join(w.dir, "data"), Keys: filepath.Join(w.dir, "keys"), Database: dsn}
	if _, err := host.Make(w.config, w.vendors.RootFile()); err != nil {
		t.Fatal(err)
	}
	w.write(t, "root.pub", w.vendors.RootFile())
	w.open(t)
	for _, n := range installations {
		if w.secrets[n.Name], err = w.host.Add(t.Context(), audit.Actor{Kind: audit.Host, ID: "test"}, n); err != nil {
			t.Fatal(err)
		}
		w.write(t, n.Name+".token", []byte(w.secrets[n.Name]+"\n"))
	}
	if err := w.host.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) open(t testing.TB) {
	t.Helper()
	var err error
	if w.host, err = host.Open(context.Background(), w.config, w.now, slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelError}))); err != nil {
		t.Fatal(err)
	}
}

// serve starts the server in this process, where it was before if it has run
// already; it stops when the test ends, or sooner when w.stop is called.
func (w *world) serve(t testing.TB) {
	t.Helper()
	w.open(t)
	listener := listen(t, strings.TrimPrefix(w.server, "http://"))
	w.server = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	h := w.host
	go func() { done <- h.Serve(ctx, listener, nil) }()
	stopped := false
	w.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serving: %v", err)
		}
		if err := h.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	}
	t.Cleanup(w.stop)
}

// listen takes an address, or any when it is empty: one below those that the
// system hands out, so that nobody is given it between a stop and a start.
func listen(t testing.TB, address string) net.Listener {
	t.Helper()
	if address != "" {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		return listener
	}
	for range 100 {
		if listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))); err == nil {
			return listener
		}
	}
	t.Fatal("no port is free")
	return nil
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Logf("server: %s", bytes.TrimSpace(p))
	return len(p), nil
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(w.path(name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// issue signs an order and returns the file.
func (w *world) issue(t testing.TB, order string) []byte {
	t.Helper()
	file, err := w.vendors.IssueExample(t.Context(), order, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// client returns a client for the administrator of an installation.
func (w *world) client(t testing.TB, installation string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{Server: w.server, Installation: installation, Token: w.secrets[installation]})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A run is what became of a command.
type run struct {
	stdout, stderr string
	exit           int
}

// pott runs a command in this process, for the administrator of an
// installation.
func (w *world) pott(installation string, args ...string) run {
	var stdout, stderr bytes.Buffer
	env := map[string]string{
		"POTT_SERVER": w.server, "POTT_INSTALLATION": installation, "POTT_TOKEN": w.secrets[installation],
		"HOME": w.dir, "XDG_CONFIG_HOME": filepath.Join(w.dir, "config"),
	}
	p := command.Program{
		Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Now: time.Now,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	code := p.Run(context.Background())
	return run{stdout.String(), stderr.String(), code}
}

// refusal reads the error object a command with --json ends with.
func (r run) refusal(t testing.TB) (e struct {
	Code    string
	Message string
	Hint    string
	Details map[string]any
	Exit    int
}) {
	t.Helper()
	var doc map[string]json.RawMessage
	if err := json.Unmarshal([]byte(r.stderr), &doc); err != nil || len(doc) != 1 {
		t.Errorf("stderr is not one error object: %q (%v)", r.stderr, err)
		return e
	}
	if err := json.Unmarshal(doc["error"], &e); err != nil {
		t.Errorf("%v: %s", err, r.stderr)
	}
	return e
}

// fsck checks every record from the raw rows.
func (w *world) fsck(t testing.TB) {
	t.Helper()
	report, err := host.Fsck(context.Background(), w.config)
	if err != nil {
		t.Errorf("fsck: %v", err)
		return
	}
	for _, place := range report.Broken() {
		t.Errorf("fsck: %s", place)
	}
	if report.Rows.State != "intact" || report.Totals.State != "intact" || report.Chain.State != "intact" || report.Counts.State != "intact" || report.Checked.Rows == 0 {
		t.Errorf("fsck is not content: rows %v, totals %v, chain %v, counts %v", report.Rows, report.Totals, report.Chain, report.Counts)
	}
}
