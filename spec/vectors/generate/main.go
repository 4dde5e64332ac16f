// Command generate writes the test vectors of the license file format and of
// the license server's protocol, the same bytes every time. It makes files from raw text with its own few lines of
// signing code, so that it can make the ones no correct writer would.
//
// It takes the folder to write to; left out, that is spec/vectors.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:generate go run . ..

func main() {
	dir := filepath.Join("spec", "vectors")
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := errors.Join(write(dir, cases()), writeTalks(dir)); err != nil {
		fmt.Fprintf(os.Stderr, "generate: error: %v\n", err)
		os.Exit(1)
	}
}

// write replaces all vectors in dir.
func write(dir string, cases []vector) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for _, v := range cases {
		if err := os.WriteFile(filepath.Join(dir, v.name+".txt"), []byte(v.text()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A vector is one case: what is expected of a verifier, and the file it gets.
type vector struct {
	name    string
	kind    string // "" for a license file, "proof" or "root"
	expect  string // "ok" or an error code
	spec    string // the section that decides
	line    int    // to blame, for errors of form; 0 when it is not said
	comment string
	headers []string // further header lines
	trust   *pin     // nil for the usual root
	now     string   // "" for the usual time
	file    string
}

// pin is the root file of a verifier.
type pin struct {
	threshold int
	roots     []string
}

const usualNow = "2026-06-10T12:00:00Z"

func (v vector) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "expect: %s\nspec: %s\n", v.expect, v.spec)
	if v.kind != "" {
		fmt.Fprintf(&b, "kind: %s\n", v.kind)
	}
	if v.line > 0 {
		fmt.Fprintf(&b, "line: %d\n", v.line)
	}
	if v.kind != "root" {
		v.writeTrust(&b)
	}
	for _, h := range v.headers {
		fmt.Fprintln(&b, h)
	}
	fmt.Fprintf(&b, "comment: %s\n\n%s", v.comment, v.file)
	return b.String()
}

// writeTrust writes the header lines about what the verifier knows.
func (v vector) writeTrust(b *strings.Builder) {
	trust := v.trust
	if trust == nil {
		trust = &pin{1, []string{"root-1"}}
	}
	for _, r := range trust.roots {
		fmt.Fprintf(b, "root: %s\n", verifierKey(r))
	}
	fmt.Fprintf(b, "threshold: %d\n", trust.threshold)
	now := v.now
	if now == "" {
		now = usualNow
	}
	fmt.Fprintf(b, "now: %s\n", now)
}
