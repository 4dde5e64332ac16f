package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheDemoStartsAddsUpAnswersWhatItSuggestsAndLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	begin := time.Now()
	if err := run(t.Context(), &out, true, false); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	t.Logf("figure: the demo starts, checks itself and runs its commands in %.1f s", time.Since(begin).Seconds())
	for _, says := range []string{"no difference", "export POTT_CONTEXTS=", "allowed, until", "BLOCKED", "3 of 3"} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("the demo does not say %q:\n%s", says, out.String())
		}
	}
	if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatIsKeptCanBeCheckedAndServedAgain(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	if err := run(t.Context(), &out, true, true); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"data/pott.db", "data/root.pub", "keys/seal.key", "designteamet.token", "contexts.json"} {
		if found, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "pott-demo-*", file)); len(found) != 1 {
			t.Errorf("%s was not kept", file)
		}
	}
}
