package licensefile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

const vectors = "../spec/vectors"

// A vector is one case of the specification.
type vector struct {
	name         string
	kind         string // "" for a license file, "proof" or "root"
	expect, spec string
	line         int
	trust        licensefile.Trust
	now          time.Time
	today        license.Date
	certificate  int64 // the newest accepted before from every key of the issuer; 0 for none
	file         []byte
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(vectors, "*.txt"))
	if err != nil || len(names) < 40 {
		t.Fatalf("%d vectors in %s, %v", len(names), vectors, err)
	}
	var all []vector
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, readVector(t, strings.TrimSuffix(filepath.Base(name), ".txt"), text))
	}
	return all
}

func readVector(t testing.TB, name string, text []byte) (v vector) {
	t.Helper()
	head, file, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		t.Fatalf("%s: no blank line after the header", name)
	}
	v = vector{name: name, file: file}
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return n
	}
	defer func() { v.trust.HighestCertificates = everyKey(v.file, v.certificate) }()
	for line := range strings.Lines(string(head) + "\n") {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch key {
		case "expect":
			v.expect = value
		case "spec":
			v.spec = value
		case "line":
			v.line = int(number(value))
		case "root":
			root, err := licensefile.ParseRootKey(value)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			v.trust.Roots = append(v.trust.Roots, root)
		case "threshold":
			v.trust.Threshold = int(number(value))
		case "now":
			v.now = moment(value)
		case "today":
			v.today = date(value)
		case "highest-key-list":
			v.trust.HighestKeyList = number(value)
		case "highest-certificate":
			v.certificate = number(value)
		case "kind":
			v.kind = value
		case "comment", "knows-ml-dsa-65":
		default:
			t.Fatalf("%s: header line %q", name, line)
		}
	}
	return v
}

// everyKey says that the newest certificate accepted before from each key of the
// file's issuer had a number.
func everyKey(file []byte, number int64) map[string]int64 {
	f, err := licensefile.Parse(file)
	if err != nil || number == 0 {
		return nil
	}
	highest := map[string]int64{}
	for _, g := range f.KeyLists[len(f.KeyLists)-1].Issuers {
		if g.Issuer == f.Set.Issuer {
			highest[licensefile.Fingerprint(g.Key)] = number
		}
	}
	return highest
}

// verify is everything a verifier decides about a vector.
func (v vector) verify() error {
	switch v.kind {
	case "proof":
		_, err := licensefile.VerifyProof(v.file, v.trust, v.now)
		return err
	case "root":
		_, err := licensefile.ParseRootFile(v.file)
		return err
	}
	verified, err := licensefile.Verify(v.file, v.trust, v.now)
	if err != nil || v.today.IsZero() {
		return err
	}
	return licensefile.CheckNew(verified.Set, v.today)
}

func code(err error) string {
	var coded interface{ Code() string }
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &coded):
		return coded.Code()
	}
	return "no code: " + err.Error()
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t) {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			err := v.verify()
			if got := code(err); got != v.expect {
				t.Errorf("the verdict is %s, want %s: %v", got, v.expect, err)
			}
			if err != nil {
				t.Log(err)
			}
			if format := new(licensefile.FormatError); errors.As(err, &format) && format.Line != v.line {
				t.Errorf("line %d is to blame, want %d: %v", format.Line, v.line, err)
			}
		})
	}
}

func TestEveryParsableVectorIsWrittenAgainAsTheSameBytes(t *testing.T) {
	t.Parallel()
	parsed := 0
	for _, v := range readVectors(t) {
		var got []byte
		if f, err := licensefile.Parse(v.file); err == nil {
			got = f.Bytes()
		} else if trust, err := licensefile.ParseRootFile(v.file); err == nil {
			got = trust.RootFile()
		} else if p, err := licensefile.ParseProof(v.file); err == nil {
			got = p.Bytes()
		} else {
			continue
		}
		parsed++
		if !bytes.Equal(got, v.file) {
			t.Errorf("%s: written again as\n%s", v.name, got)
		}
	}
	if parsed < 40 {
		t.Errorf("only %d vectors can be parsed", parsed)
	}
}

// Every section of the specification that a vector names must exist, and no
// code may be without a vector.
func TestVectorsCoverTheSpecification(t *testing.T) {
	t.Parallel()
	spec, err := os.ReadFile("../spec/license-file.md")
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, v := range readVectors(t) {
		covered[v.expect] = true
		if !bytes.Contains(spec, []byte("# "+v.spec+" ")) && !bytes.Contains(spec, []byte("# "+v.spec+". ")) {
			t.Errorf("%s: the specification has no section %s", v.name, v.spec)
		}
	}
	for line := range strings.Lines(string(spec)) {
		if rest, ok := strings.CutPrefix(line, "| `set."); ok {
			name, _, _ := strings.Cut(rest, "`")
			// What was accepted before does not fit in a vector's header.
			if name = "set." + name; !covered[name] && name != "set.forked-key-list" {
				t.Errorf("no vector expects %s", name)
			}
		}
	}
}
