package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// clock is the variable that holds the time of a script: sets end, and the
// examples must not.
const clock = "SCRIPT_NOW"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pott-authority": func() {
		now, err := time.Parse(time.RFC3339, os.Getenv(clock))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		p := &program{args: os.Args[1:], env: os.LookupEnv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: func() time.Time { return now }}
		os.Exit(p.run(ctx))
	}})
}

func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv(clock, "2026-06-10T12:00:00Z")
			e.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"signer": serveSigner,
			// exits CODE COMMAND… runs a command that must end with that code.
			"exits": func(ts *testscript.TestScript, neg bool, args []string) {
				err := ts.Exec(args[1], args[2:]...)
				if got := exitOf(err); got != args[0] {
					ts.Fatalf("exit code %s, want %s", got, args[0])
				}
			},
			// replace FILE OLD NEW writes a file with one text replaced by another.
			"replace": func(ts *testscript.TestScript, neg bool, args []string) {
				text := ts.ReadFile(args[0])
				if !strings.Contains(text, args[1]) {
					ts.Fatalf("%s does not hold %q", args[0], args[1])
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
			},
			// only FILE… fails unless the folder holds exactly these, hidden ones
			// among them: nothing was left behind.
			"only": func(ts *testscript.TestScript, neg bool, args []string) {
				entries, err := os.ReadDir(ts.MkAbs("."))
				ts.Check(err)
				var got []string
				for _, e := range entries {
					if e.Name() != ".tmp" { // testscript's own
						got = append(got, e.Name())
					}
				}
				if strings.Join(got, " ") != strings.Join(args, " ") {
					ts.Fatalf("the folder holds %q, want %q", got, args)
				}
			},
			// verifies ROOTFILE FILE fails unless a customer who trusts the root file
			// accepts the license file. "refused CODE ROOTFILE FILE" is for those
			// that are refused with a code.
			"verifies": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Check(verify(ts, args[0], args[1]))
			},
			"refused": func(ts *testscript.TestScript, neg bool, args []string) {
				err := verify(ts, args[1], args[2])
				var coded interface{ Code() string }
				if !errors.As(err, &coded) || coded.Code() != args[0] {
					ts.Fatalf("%s: %v, want %s", args[2], err, args[0])
				}
				ts.Logf("%v", err)
			},
			// report SHOWN FILE writes what set show said as a customer reports it.
			"report": func(ts *testscript.TestScript, neg bool, args []string) {
				text := ts.ReadFile(args[0])
				field := func(name string) string {
					_, rest, _ := strings.Cut(text, name)
					return strings.Fields(rest)[0]
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(field("set ")+" "+field("hash ")+"\n"), 0o644))
			},
			// request FILE SERIAL writes what an installation asks with, as a file.
			"request": func(ts *testscript.TestScript, neg bool, args []string) {
				signer := licensefile.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
				q := &licenseserver.Request{Kind: licenseserver.Fetch, Issuer: "SUPEROFFICE", Serial: args[1], Company: "Designteamet", Nonce: licenseserver.NewNonce(),
					Made: time.Date(2026, 6, 10, 11, 0, 0, 0, time.UTC), Epoch: "e1", Seq: 42, Head: strings.Repeat("9a", 32)}
				body, err := licenseserver.SignRequest(q, signer)
				ts.Check(err)
				ts.Setenv("KEY", q.Installation())
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), body, 0o644))
			},
			// mode PERM FILE… fails unless the files have these permissions.
			"mode": func(ts *testscript.TestScript, neg bool, args []string) {
				for _, path := range args[1:] {
					info, err := os.Stat(ts.MkAbs(path))
					ts.Check(err)
					if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
						ts.Fatalf("%s has mode %s, want %s", path, got, args[0])
					}
				}
			},
		},
	})
}

// verify checks a file as a customer does at the time of the script.
func verify(ts *testscript.TestScript, root, file string) error {
	trust, err := licensefile.ParseRootFile([]byte(ts.ReadFile(root)))
	ts.Check(err)
	now, err := time.Parse(time.RFC3339, ts.Getenv(clock))
	ts.Check(err)
	_, err = licensefile.Verify([]byte(ts.ReadFile(file)), trust, now)
	return err
}

func exitOf(err error) string {
	if err == nil {
		return "0"
	}
	return strings.TrimPrefix(err.Error(), "exit status ")
}

func leaves(t *testing.T) []*kong.Node {
	t.Helper()
	k, err := newParser(&program{stdout: os.Stdout, stderr: os.Stderr}, &tree{})
	if err != nil {
		t.Fatal(err)
	}
	return k.Model.Leaves(true)
}

func TestEveryCommandHasAnExampleThatItsParserReads(t *testing.T) {
	known := map[string]bool{}
	for _, leaf := range leaves(t) {
		path := pathOf(leaf)
		known[path] = true
		if len(examples[path]) == 0 {
			t.Errorf("pott-authority %s has no example", path)
		}
		for _, example := range examples[path] {
			line, _, _ := strings.Cut(strings.Split(example, " > ")[0], " < ")
			var words []string
			for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
				words = append(words, m[1]+m[2])
			}
			k, err := newParser(&program{stdout: os.Stdout, stderr: os.Stderr}, &tree{})
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := k.Parse(words[1:])
			if err != nil {
				t.Errorf("%s: %v", example, err)
			} else if got := pathOf(parsed.Selected()); got != path {
				t.Errorf("%s is read as pott-authority %s", example, got)
			}
		}
	}
	for path := range examples {
		if !known[path] {
			t.Errorf("there are examples of pott-authority %s, which is no command", path)
		}
	}
}

func TestTheHelpShowsExamplesAndEveryFlagSaysWhatItDoes(t *testing.T) {
	for _, leaf := range leaves(t) {
		path := pathOf(leaf)
		var stdout, stderr bytes.Buffer
		p := &program{args: append(strings.Fields(path), "--help"), env: os.LookupEnv, stdout: &stdout, stderr: &stderr}
		if code := p.run(t.Context()); code != 0 || stderr.Len() > 0 {
			t.Errorf("pott-authority %s --help exits with %d and says %q", path, code, &stderr)
		}
		words := strings.Join(strings.Fields(stdout.String()), " ")
		for _, example := range examples[path] {
			if !strings.Contains(words, strings.Join(strings.Fields(example), " ")) {
				t.Errorf("pott-authority %s --help does not show %q:\n%s", path, example, &stdout)
			}
		}
		for _, group := range leaf.AllFlags(true) {
			for _, f := range group {
				if f.Help == "" {
					t.Errorf("pott-authority %s --%s says nothing about itself", path, f.Name)
				}
			}
		}
	}
}

// Commands that change nothing, and the one that runs rather than changes.
var unchanging = regexp.MustCompile(`(^| )(ls|show|public|key root|lint|plans|verify|completion|version|serve)$`)

func TestEverythingThatChangesSomethingHasADryRun(t *testing.T) {
	for _, leaf := range leaves(t) {
		has := false
		for _, f := range leaf.Flags {
			has = has || f.Name == "dry-run"
			if strings.HasSuffix(f.Name, "passphrase") || f.Name == "token" {
				t.Errorf("pott-authority %s --%s would show a secret to everybody on the machine", pathOf(leaf), f.Name)
			}
		}
		if path := pathOf(leaf); !leaf.Hidden && has == unchanging.MatchString(path) {
			t.Errorf("pott-authority %s: dry run is %v", path, has)
		}
	}
}
