package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/hsm/softhsmtest"
	"github.com/pott-dev/pott/internal/signer"
	"github.com/pott-dev/pott/licensefile"
)

var moment = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

// run runs the program and returns what it printed.
func run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	p := &program{args: args, stdout: &out, stderr: &err, now: func() time.Time { return moment }}
	return p.run(context.Background()), out.String(), err.String()
}

// on returns arguments with the place of the token behind them.
func on(t *softhsmtest.Token, args ...string) []string {
	return append(args, "--module", t.Driver, "--token", softhsmtest.Label, "--pin-file", t.PINFile)
}

// serve runs the signer until the test ends and returns its socket and record.
func serve(t *testing.T, token *softhsmtest.Token, keys ...string) (socket, record string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pott")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, record = filepath.Join(dir, "socket"), filepath.Join(dir, "record")
	args := on(token, "serve", "--socket", socket, "--log", record)
	for _, k := range keys {
		args = append(args, "--key", k)
	}
	said, stderr := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan int, 1)
	p := &program{args: args, stdout: io.Discard, stderr: stderr, now: func() time.Time { return moment }}
	go func() {
		code := p.run(ctx)
		stderr.Close()
		done <- code
	}()
	line := make([]byte, 4096)
	n, _ := said.Read(line) // the first thing it says is that it is ready
	go io.Copy(io.Discard, said)
	t.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			t.Errorf("serve ends with %d", code)
		}
	})
	if !strings.Contains(string(line[:n]), "msg=ready") {
		t.Fatalf("serve says %s", line[:n])
	}
	return socket, record
}

func TestKeysAreMadeListedAndExported(t *testing.T) {
	token := softhsmtest.New(t)
	if token == nil {
		return
	}
	if code, out, _ := run(on(token, "generate", "root-1", "--dry-run")...); code != 0 || out != "would make the key root-1 on pott test\n" {
		t.Errorf("dry run: %d, %s", code, out)
	}
	if code, out, _ := run(on(token, "list")...); code != 0 || out != "" {
		t.Errorf("list of none: %d, %q", code, out)
	}
	code, out, _ := run(on(token, "generate", "root-1")...)
	if code != 0 || !regexp.MustCompile(`^made the key root-1 on pott test\n[0-9a-f-]{39}\n$`).MatchString(out) {
		t.Fatalf("generate: %d, %s", code, out)
	}
	fingerprint := strings.Fields(out)[7]
	if code, out, _ := run(on(token, "list")...); code != 0 || strings.Join(strings.Fields(out), " ") != "root-1 "+fingerprint {
		t.Errorf("list: %d, %q", code, out)
	}
	_, out, _ = run(on(token, "export-public", "root-1")...)
	root, err := licensefile.ParseRootKey(strings.TrimSuffix(out, "\n"))
	if err != nil || root.Name != "root-1" || licensefile.Fingerprint(root.Key) != fingerprint {
		t.Errorf("export-public: %s, %v", out, err)
	}
	_, out, _ = run(on(token, "ls", "--json")...)
	var list struct{ Items []shownKey }
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Items) != 1 || list.Items[0].Fingerprint != fingerprint || list.Items[0].MayLeave {
		t.Errorf("list --json: %s, %v", out, err)
	}
	for _, row := range []struct {
		want int
		args []string
		say  string
	}{
		{6, on(token, "generate", "root-1"), "never replaced"},
		{6, on(token, "generate", "root-1", "--dry-run"), "never replaced"},
		{2, on(token, "generate", "../root"), "cannot name a key"},
		{2, on(token, "generate", "../root", "--dry-run"), "cannot name a key"},
		{3, on(token, "export-public", "nobody"), "pott-signer generate makes one"},
		{2, on(token, "serve", "--socket", "x", "--log", "y"), "missing flags: --key"},
		{2, on(token, "serve", "--socket", "x", "--log", "y", "--key", "root-1"), "does not say what the key may sign"},
		{2, on(token, "serve", "--socket", "x", "--log", filepath.Join(t.TempDir(), "y"), "--key", "root-1=all"), "is no type of text"},
		{3, on(token, "serve", "--socket", "x", "--log", "y", "--key", "nobody=set"), "no Ed25519 key called"},
		{1, on(token, "serve", "--socket", "x", "--log", "/none/y", "--key", "root-1=set"), "cannot be written"},
	} {
		if code, out, said := run(row.args...); code != row.want || out != "" || !strings.Contains(said, row.say) {
			t.Errorf("%q: %d, want %d; %s", row.args, code, row.want, said)
		}
	}
	// The PIN: wrong, open to others, and nowhere.
	os.Chmod(token.PINFile, 0o640)
	if code, _, said := run(on(token, "list")...); code != 5 || !strings.Contains(said, "others can read the PIN") {
		t.Errorf("a PIN others can read: %d, %s", code, said)
	}
	os.Chmod(token.PINFile, 0o600)
	os.WriteFile(token.PINFile, []byte("wrong\n"), 0o600)
	if code, _, said := run(on(token, "list")...); code != 5 || !strings.Contains(said, "the PIN is wrong") || strings.Contains(said, softhsmtest.PIN) {
		t.Errorf("a wrong PIN: %d, %s", code, said)
	}
	os.WriteFile(token.PINFile, nil, 0o600)
	if code, _, said := run(on(token, "list")...); code != 5 || !strings.Contains(said, "--pin-fd") {
		t.Errorf("no PIN: %d, %s", code, said)
	}
}

func TestAServedTokenSignsWhatItsKeysAreFor(t *testing.T) {
	token := softhsmtest.New(t)
	if token == nil {
		return
	}
	for _, name := range []string{"root-1", "acme-signing-1"} {
		if code, _, said := run(on(token, "generate", name)...); code != 0 {
			t.Fatal(said)
		}
	}
	socket, record := serve(t, token, "root-1=pott-key-list/v1", "acme-signing-1=set,pott-issuer-certificate/v1")
	k, err := signer.Open(t.Context(), signer.Reference{Socket: socket, Name: "root-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign([]byte("pott-key-list/v1\n")); err != nil {
		t.Error(err)
	}
	if _, err := k.Sign([]byte("pott-issuer-certificate/v1\n")); err == nil || !strings.Contains(err.Error(), string(signer.TypeNotAllowed)) {
		t.Errorf("a certificate with the root key: %v", err)
	}
	text, err := os.ReadFile(record)
	if err != nil || bytes.Count(text, []byte("\n")) != 1 || !bytes.Contains(text, []byte(`"at":"2026-06-10T12:00:00Z","act":"sign","key":"root-1"`)) {
		t.Errorf("the record holds %s, %v", text, err)
	}
	// A second signer neither takes the socket nor writes the record.
	_, err = signer.Listen(socket)
	if exit, _ := explain(err); exit != 6 {
		t.Errorf("a second signer at the socket: %d, %v", exit, err)
	}
	_, err = signer.OpenRecord(record)
	if exit, hint := explain(err); exit != 1 || !strings.Contains(hint, "stop the other signer") {
		t.Errorf("a second signer with the record: %d, %v; %s", exit, err, hint)
	}
}

func TestWithoutATokenTheReasonIsNamed(t *testing.T) {
	pin := filepath.Join(t.TempDir(), "pin")
	os.WriteFile(pin, []byte("1234\n"), 0o600)
	for _, row := range []struct {
		want int
		args []string
		say  string
	}{
		{1, []string{"list", "--module", "/none.so", "--token", "x", "--pin-file", pin}, "hint: --module is the path"},
		{2, []string{"list", "--token", "x", "--pin-file", pin}, "missing flags: --module"},
		{5, []string{"list", "--module", "/none.so", "--token", "x", "--pin-file", pin + "2"}, "no such file"},
		{2, []string{"list", "--module", "/none.so", "--token", "x", "--pin", "1234"}, "unknown flag --pin"},
		{2, []string{"everything"}, "unexpected argument everything"},
	} {
		if code, out, said := run(row.args...); code != row.want || out != "" || !strings.Contains(said, row.say) {
			t.Errorf("%q: %d, want %d; %s", row.args, code, row.want, said)
		}
	}
	code, _, said := run("--json", "list", "--module", "/none.so", "--token", "x", "--pin-file", pin)
	var e struct {
		Error struct{ Message, Hint string }
	}
	if err := json.Unmarshal([]byte(said), &e); err != nil || code != 1 || e.Error.Hint == "" {
		t.Errorf("--json: %d, %s", code, said)
	}
	if code, out, _ := run("version"); code != 0 || !strings.HasPrefix(out, "pott-signer ") {
		t.Errorf("version: %d, %s", code, out)
	}
}

func TestEveryCommandHasAnExampleThatItsParserReads(t *testing.T) {
	k, err := newParser(&program{stdout: io.Discard, stderr: io.Discard}, &tree{})
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range k.Model.Leaves(true) {
		if len(shownExamples[leaf.Name]) == 0 {
			t.Errorf("pott-signer %s has no example", leaf.Name)
		}
		if _, out, _ := run(leaf.Name, "--help"); len(shownExamples[leaf.Name]) > 0 && !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(shownExamples[leaf.Name][0]), " ")) {
			t.Errorf("pott-signer %s --help does not show its example:\n%s", leaf.Name, out)
		}
		for _, example := range shownExamples[leaf.Name] {
			line, _, _ := strings.Cut(example, " > ")
			k, _ := newParser(&program{stdout: io.Discard, stderr: io.Discard}, &tree{})
			parsed, err := k.Parse(strings.Fields(line)[1:])
			if err != nil || parsed.Selected().Name != leaf.Name {
				t.Errorf("%s: %v", example, err)
			}
		}
	}
}
