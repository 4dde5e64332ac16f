package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pott-verify": main})
}

const vectors = "../../spec/vectors"

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			return samples(env.WorkDir)
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit": exitCode, "onejson": oneJSON,
		},
	})
}

// samples writes the vectors as the files a user has, and their root file.
func samples(dir string) error {
	names, err := filepath.Glob(filepath.Join(vectors, "*.txt"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("no vectors in %s: %v", vectors, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		head, file, _ := bytes.Cut(text, []byte("\n\n"))
		base := strings.TrimSuffix(filepath.Base(name), ".txt")
		if base == "ok-usual" {
			base = "nordlys-1"
			_, root, _ := strings.Cut(string(head), "root: ")
			root, _, _ = strings.Cut(root, "\n")
			if err := os.WriteFile(filepath.Join(dir, "acme.root"), []byte("pott-root/v1\nthreshold 1\n"+root+"\n"), 0o600); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, base+".pott"), file, 0o600); err != nil {
			return err
		}
	}
	return proofs(dir)
}

// proofs writes a proof of an audit trail, and what it is checked against.
func proofs(dir string) error {
	text, err := os.ReadFile(filepath.Join(vectors, "storage", "proof-both.txt"))
	if err != nil {
		return err
	}
	head, proof, _ := bytes.Cut(text, []byte("\n\n"))
	files := map[string]string{"nordlys.proof": string(proof)}
	for line := range strings.Lines(string(head) + "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "head":
			files["heads.txt"] = "# kept elsewhere\n" + value
		case "key":
			files["key.txt"] = value
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// exitCode runs the program and demands an exit code: exit 8 verify FILE ...
// What it prints is left for stdout and stderr.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE ARGUMENT...")
	}
	err := ts.Exec("pott-verify", args[1:]...)
	code := "0"
	if err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("the exit code is %s, want %s", code, args[0])
	}
}

// oneJSON demands that a stream of the last command holds exactly one JSON
// document: onejson stderr.
func oneJSON(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		ts.Fatalf("%s is not one JSON document: %v\n%s", args[0], err, text)
	}
}

var example = regexp.MustCompile(`(?m)^ +pott-verify (.*)$`)

// The examples in the help are commands that work.
func TestExamplesInHelpRun(t *testing.T) {
	dir := t.TempDir()
	if err := samples(dir); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	var help bytes.Buffer
	if code := run([]string{"--help"}, nil, &help, &help); code != 0 {
		t.Fatalf("help exits with %d", code)
	}
	found := example.FindAllStringSubmatch(help.String(), -1)
	if len(found) < 5 {
		t.Fatalf("%d examples in\n%s", len(found), help.String())
	}
	for _, m := range found {
		args := strings.Fields(m[1])
		if args[0] == "proof" && args[1] == "check" {
			args = append(args, "--at", "2026-06-10")
		}
		// The sample is as old as the test: whether it is still good today is
		// asked in the scripts.
		if args[0] == "verify" && !strings.Contains(m[1], "--at") {
			args = append(args, "--at", "2026-06-10")
		}
		var out, errs bytes.Buffer
		if code := run(args, nil, &out, &errs); code != 0 || out.Len() == 0 {
			t.Errorf("%s exits with %d and prints %d bytes: %s", m[0], code, out.Len(), errs.String())
		}
		// What one example makes is what the next one checks.
		if args[0] == "proof" && args[1] == "make" {
			if err := os.WriteFile(args[3]+".proof", out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whatever the vectors expect of a verifier, this program says, with a hint.
func TestVectorsEndWithTheRightCode(t *testing.T) {
	dir := t.TempDir()
	names, err := filepath.Glob(filepath.Join(vectors, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head, file, _ := strings.Cut(string(text), "\n\n")
		var kind, expect, now, list, roots, threshold string
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch key {
			case "expect":
				expect = value
			case "now":
				now = value
			case "kind":
				kind = value
			case "highest-key-list":
				list = value
			case "root":
				roots += value + "\n"
			case "threshold":
				threshold = value
			}
		}
		if strings.Contains(head, "highest-certificate") && expect != "ok" || strings.Contains(head, "today: ") || file == "" {
			continue // the program remembers no certificates; the end is asked in the scripts
		}
		if kind == "root" {
			endsAsRootFile(t, name, expect, file)
			continue
		}
		root := filepath.Join(dir, "root")
		if err := os.WriteFile(root, []byte("pott-root/v1\nthreshold "+threshold+"\n"+roots), 0o600); err != nil {
			t.Fatal(err)
		}
		command := []string{"verify"}
		if kind == "proof" && isA([]byte(file), proofKind) {
			command = []string{"proof", "check"}
		}
		args := append(command, "-", "--root", root, "--at", now, "--json")
		if list != "" {
			args = append(args, "--key-list", list)
		}
		var out, errs bytes.Buffer
		code := run(args, strings.NewReader(file), &out, &errs)
		if expect == "ok" {
			if code != 0 || errs.Len() != 0 {
				t.Errorf("%s: exit code %d: %s", name, code, errs.String())
			}
			continue
		}
		var answer struct{ Error failure }
		if err := json.Unmarshal(errs.Bytes(), &answer); err != nil || answer.Error.Code != expect || answer.Error.Hint == "" || code != exitNotVerified || answer.Error.Exit != code || out.Len() != 0 {
			t.Errorf("%s: exit code %d, %s%s, want %s", name, code, out.String(), errs.String(), expect)
		}
	}
}

// endsAsRootFile shows the keys of a vector that is a root file.
func endsAsRootFile(t *testing.T, name, expect, file string) {
	t.Helper()
	var out, errs bytes.Buffer
	// Whatever does not begin as a root file is read as a license file.
	code := run([]string{"keys", "-", "--json"}, strings.NewReader(file), &out, &errs)
	var answer struct{ Error failure }
	if expect != "ok" {
		if err := json.Unmarshal(errs.Bytes(), &answer); err != nil {
			t.Errorf("%s: %v: %s", name, err, errs.String())
		}
	}
	got := answer.Error.Code
	if got == "verify.bad-root-file" {
		got, _ = answer.Error.Details["cause"].(string)
	}
	if expect == "ok" && code != 0 || expect != "ok" && (code == 0 || got != expect || out.Len() != 0) {
		t.Errorf("%s: exit code %d, %s, want %s", name, code, errs.String(), expect)
	}
}
