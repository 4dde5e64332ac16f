// Package softhsmtest gives a test a PKCS#11 token of its own, made of software.
//
// It needs SoftHSM (apt-get install softhsm2). Where that is missing, a test says
// so and does what can be done without; with POTT_TEST_SOFTHSM_REQUIRED=1 it
// fails.
package softhsmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What every token of a test has in common.
const (
	Label = "pott test"
	PIN   = "open sesame 1234"
)

// A Token is a token of its own, with no key on it.
type Token struct {
	Driver  string
	PINFile string // holds the PIN; mode 0600
}

var places = []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"}

// New makes a token that is gone when the test ends. It is nil where there is no
// SoftHSM and none is required. The test must not be parallel to others: the
// driver finds its tokens through the environment.
func New(t *testing.T) *Token {
	t.Helper()
	driver := Driver()
	if driver == "" {
		if os.Getenv("POTT_TEST_SOFTHSM_REQUIRED") != "" {
			t.Fatal("SoftHSM is required and missing: apt-get install softhsm2")
		}
		t.Log("SoftHSM is missing, so no token was tried: apt-get install softhsm2")
		return nil
	}
	dir := t.TempDir()
	tokens, conf, pin := filepath.Join(dir, "tokens"), filepath.Join(dir, "softhsm2.conf"), filepath.Join(dir, "pin")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{conf: "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n", pin: PIN + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	Init(t, Label)
	return &Token{driver, pin}
}

// Init adds a token to those of the test.
func Init(t *testing.T, label string) {
	t.Helper()
	if out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "so "+PIN, "--pin", PIN).CombinedOutput(); err != nil {
		t.Fatalf("making a token: %v\n%s", err, out)
	}
}

// Driver returns SoftHSM's driver, or "".
func Driver() string {
	if _, err := exec.LookPath("softhsm2-util"); err != nil {
		return ""
	}
	for _, path := range places {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
