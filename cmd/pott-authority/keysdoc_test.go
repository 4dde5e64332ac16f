package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	samples "github.com/pott-dev/pott/examples"
)

var update = flag.Bool("update", false, "write what the commands of the pages answer into the pages")

// pages hold walks through the commands that were really taken.
var pages = []string{"../../docs/operate/keys.md"}

var (
	console = regexp.MustCompile("(?s)```console\n(.*?)```\n")
	word    = regexp.MustCompile(`'([^']*)'|(\S+)`)
	// chance is what differs from run to run: fingerprints, hashes and sizes.
	chance = regexp.MustCompile(`[0-9a-f]{64}|[0-9a-f]{4}(-[0-9a-f]{4}){7}|\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}|[0-9]+ bytes`)
)

func TestThePagesShowWhatTheCommandsAnswer(t *testing.T) {
	for _, page := range pages {
		path, err := filepath.Abs(page)
		if err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		walk := newWalk(t)
		after := console.ReplaceAllStringFunc(string(before), func(block string) string {
			var out strings.Builder
			for line := range strings.Lines(console.FindStringSubmatch(block)[1]) {
				if command, ok := strings.CutPrefix(line, "$ "); ok {
					out.WriteString(line)
					out.WriteString(walk.run(strings.TrimSpace(command)))
				}
			}
			return "```console\n" + out.String() + "```\n"
		})
		if chance.ReplaceAllString(after, "*") == chance.ReplaceAllString(string(before), "*") {
			continue
		}
		if !*update {
			t.Errorf("%s is not what the commands answer; look at the difference after go test -run Pages -update\n%s", page, after)
			continue
		}
		if err := os.WriteFile(path, []byte(after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A walk runs the commands of a page one after another in one folder.
type walk struct {
	t   *testing.T
	now time.Time
}

func newWalk(t *testing.T) *walk {
	t.Chdir(t.TempDir())
	for name, text := range map[string][]byte{
		"superoffice.yaml": samples.Bytes("superoffice/catalogue.yaml"), "order.yaml": samples.Bytes("designteamet/order-1.yaml"),
		"pass": []byte("open sesame\n"), "root.pass": []byte("another one\n"), "anna.pass": []byte("anna\n"), "bo.pass": []byte("bo\n"),
		"cy.pass": []byte("cy\n"), "acme.pass": []byte("acme\n"),
		"acme.yaml": []byte("format: pott-catalogue/v1\nissuer: {code: ACME, name: Acme AB}\nserial: {check: none}\noccupancy: assignment\n" +
			"languages: [en]\nmodules:\n  - {module: acme-spin, kind: user, name: {en: Spin}, tooltip: {en: Spins}}\n"),
		"acme-fence.yaml": []byte("kinds: [user]\nmodules: [acme-*]\nmax_quantity: 500\nmax_total: 2000\nunrestricted: false\nclients: false\n"),
		"reported.txt":    []byte("SUPEROFFICE/1600070120/1 " + strings.Repeat("0", 64) + "\nSUPEROFFICE/1600070120/7 " + strings.Repeat("1", 64) + "\n"),
	} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &walk{t, time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)}
}

// run returns what a command prints: its answer, then what it says beside it.
func (w *walk) run(command string) string {
	var args []string
	for _, m := range word.FindAllStringSubmatch(command, -1) {
		args = append(args, m[1]+m[2])
	}
	var stdout, stderr bytes.Buffer
	to := &stdout
	if i := slices.Index(args, ">"); i >= 0 {
		to = &bytes.Buffer{}
		defer func(path string) {
			if err := os.WriteFile(path, to.Bytes(), 0o644); err != nil {
				w.t.Error(err)
			}
		}(args[i+1])
		args = args[:i]
	}
	if args[0] != "pott-authority" {
		w.t.Fatalf("the page runs %s", args[0])
	}
	// Passphrases that cost a second each are for those who keep the keys.
	if parsed := strings.Join(args[1:], " "); makesKeys.MatchString(parsed) {
		args = append(args, "--work", "4")
	}
	p := &program{
		args: args[1:], stdin: strings.NewReader(""), stdout: to, stderr: &stderr, now: func() time.Time { return w.now },
		env: func(name string) (string, bool) { return map[string]string{"LANG": "en_US.UTF-8"}[name], true },
	}
	p.run(context.Background())
	return stdout.String() + stderr.String()
}

var makesKeys = regexp.MustCompile(`(^| )(init|key generate|key request --|key rotate (signing|issuer|root)) ?`)
