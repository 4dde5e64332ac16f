package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/hsm/softhsmtest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// build builds a program of one of the two modules into a folder, and returns
// where it is.
func build(t *testing.T, folder, module, program, cgo string) string {
	t.Helper()
	path := filepath.Join(folder, program)
	cmd := exec.Command("go", "build", "-o", path, "./cmd/"+program)
	cmd.Dir, cmd.Env = module, append(os.Environ(), "CGO_ENABLED="+cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", program, err, out)
	}
	return path
}

// put writes the catalogue and order of the examples into a folder.
func put(t *testing.T, folder string) {
	t.Helper()
	for name, text := range map[string][]byte{
		"catalogue.yaml": examples.Bytes("superoffice/catalogue.yaml"),
		"order.yaml":     examples.OrderAt("designteamet/order-1.yaml", license.DateOf(time.Now().UTC())),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// accept fails unless a customer with the authority's root file takes set.pott.
func accept(t *testing.T, folder string) {
	t.Helper()
	root, err := os.ReadFile(filepath.Join(folder, "authority", "root.pub"))
	if err != nil {
		t.Fatal(err)
	}
	trust, err := licensefile.ParseRootFile(root)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(folder, "set.pott"))
	if err != nil {
		t.Fatal(err)
	}
	verified, err := licensefile.Verify(file, trust, time.Now())
	if err != nil {
		t.Fatalf("the customer refuses: %v", err)
	}
	if got := verified.Set.Serial; got != "1600070120" {
		t.Errorf("the set is for %s", got)
	}
}

// The static program of the vendor, with all its keys on a token, issues a set
// that a customer's verifier accepts.
func TestAnAuthorityWithAllKeysOnATokenIssuesWhatCustomersAccept(t *testing.T) {
	token := softhsmtest.New(t)
	if token == nil {
		return
	}
	for _, name := range []string{"root-1", "so-issuer-1", "so-signing-1", "so-signing-2"} {
		if code, _, said := run(on(token, "generate", name)...); code != 0 {
			t.Fatal(said)
		}
	}
	socket, record := serve(t, token, "root-1=pott-key-list/v1", "so-issuer-1=pott-issuer-certificate/v1", "so-signing-1=set", "so-signing-2=set")
	dir := t.TempDir()
	authority := build(t, dir, "../../..", "pott-authority", "0")
	put(t, dir)
	ref := "signer:" + socket + "#"
	for _, args := range [][]string{
		{"init", "--catalogue", "catalogue.yaml", "--root-key", ref + "root-1",
			"--issuer-key", "SUPEROFFICE=" + ref + "so-issuer-1", "--signing-key", "SUPEROFFICE=" + ref + "so-signing-1"},
		{"key", "certify", "SUPEROFFICE", ref + "so-signing-2", "--issuer-key", ref + "so-issuer-1"},
		{"key", "list-sign", "--root", ref + "root-1"},
		{"set", "issue", "order.yaml", "--key", ref + "so-signing-2", "--out", "set.pott"},
	} {
		cmd := exec.Command(authority, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("pott-authority %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	accept(t, dir)
	text, _ := os.ReadFile(record)
	for part, want := range map[string]int{`"act":"sign"`: 5, `"pott-key-list/v1"`: 2, `"pott-issuer-certificate/v1"`: 2, `"set"`: 1} {
		if got := bytes.Count(text, []byte(part)); got != want {
			t.Errorf("the record has %s %d times, want %d:\n%s", part, got, want, text)
		}
	}
}

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// What the page for operators says is typed here, word for word.
func TestThePageForOperatorsWorksAsItIsWritten(t *testing.T) {
	page, err := os.ReadFile("../../../docs/operate/keys-on-a-token.md")
	if err != nil {
		t.Fatal(err)
	}
	driver := softhsmtest.Driver()
	script := "set -euo pipefail\n"
	for _, m := range shellBlock.FindAllStringSubmatch(string(page), -1) {
		script += m[1]
	}
	// A person would see that it is ready before going on.
	script = strings.Replace(script, "=set &\n", "=set &\nsigner=$!\ntrap 'kill $signer; wait $signer' EXIT\nuntil [ -S run/socket ]; do kill -0 $signer; done\n", 1)
	if strings.Count(script, "pott-signer ") != 5 || !strings.Contains(script, "until") {
		t.Fatalf("the page says something else now:\n%s", script)
	}
	if token := softhsmtest.New(t); token == nil {
		return
	}
	script = strings.ReplaceAll(script, "/usr/lib/softhsm/libsofthsm2.so", driver)

	// Short, because a socket will be in it.
	dir, err := os.MkdirTemp("", "pott")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	bin := t.TempDir()
	build(t, bin, "../../..", "pott-authority", "0")
	build(t, bin, "../..", "pott-signer", "1")
	put(t, dir)
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "PWD="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	accept(t, dir)
	if !bytes.HasSuffix(bytes.TrimSpace(regexp.MustCompile(`(?m)^time=.*\n`).ReplaceAll(out, nil)), []byte("\n3")) {
		t.Errorf("the log does not hold three signatures:\n%s", out)
	}
}
