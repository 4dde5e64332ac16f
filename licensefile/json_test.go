package licensefile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// FuzzJSON: a line that the strict reader takes for a header or a license is
// what encoding/json reads too, and is written again as the same bytes.
func FuzzJSON(f *testing.F) {
	names, err := filepath.Glob("../spec/vectors/*.txt")
	if err != nil || len(names) == 0 {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "{") && len(line) < 4096 {
				f.Add([]byte(strings.TrimSuffix(line, "\n")))
			}
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if !utf8.Valid(line) || len(line) > MaxLine {
			return // refused before lines are read
		}
		if set, err := readHeader(2, line); err == nil {
			if got := appendHeader(nil, &set); string(got) != string(line) {
				t.Errorf("the header\n%s\nis written again as\n%s", line, got)
			}
			var other struct{ Issuer, Serial, Company string }
			if err := json.Unmarshal(line, &other); err != nil || other.Serial != set.Serial || other.Issuer != string(set.Issuer) || other.Company != set.Company {
				t.Errorf("%s\nis read by others as %+v, %v", line, other, err)
			}
		}
		if index, path, err := readLeaf(2, line); err == nil {
			w := writer{}
			w.open()
			w.integer("index", index)
			var hashes []string
			for _, h := range path {
				hashes = append(hashes, padded.EncodeToString(h[:]))
			}
			list(&w, "path", hashes)
			w.close()
			if string(w.b) != string(line) {
				t.Errorf("the leaf\n%s\nis written again as\n%s", line, w.b)
			}
		}
		if l, err := readLicense(3, line); err == nil {
			if got := appendLicense(nil, &l); string(got) != string(line) {
				t.Errorf("the license\n%s\nis written again as\n%s", line, got)
			}
			var other struct {
				Module   string
				Quantity int64
			}
			if err := json.Unmarshal(line, &other); err != nil || other.Module != string(l.Module) || other.Quantity != l.Quantity {
				t.Errorf("%s\nis read by others as %+v, %v", line, other, err)
			}
		}
	})
}

// Strings of any characters survive, and mean to others what they mean to us.
func TestAnyStringHasOneSpelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		written := appendString(nil, s)
		r := &reader{line: 1, s: string(written)}
		if got := r.str(); got != s || r.end() != nil {
			t.Fatalf("%q is written as %s and read as %q, %v", s, written, got, r.err)
		}
		var other string
		if err := json.Unmarshal(written, &other); err != nil || other != s {
			t.Fatalf("%s is read by others as %q, %v", written, other, err)
		}
	})
}

// Of all two- to six-byte escapes exactly 34 are allowed: the seven short ones,
// and 27 control characters without one.
func TestEveryControlCharacterHasOneEscape(t *testing.T) {
	t.Parallel()
	allowed := map[byte]string{}
	try := func(escape string) {
		c, n := unescape(escape)
		if n == 0 {
			return
		}
		if n != len(escape) {
			return // a shorter one with something behind it
		}
		if other, twice := allowed[c]; twice {
			t.Errorf("%q has the escapes %s and %s", c, other, escape)
		}
		allowed[c] = escape
	}
	for c := range 256 {
		try(`\` + string([]byte{byte(c)}))
	}
	const hex = "0123456789abcdefABCDEF"
	for _, a := range hex {
		for _, b := range hex {
			for _, c := range hex {
				for _, d := range hex {
					try(`\u` + string([]rune{a, b, c, d}))
				}
			}
		}
	}
	if len(allowed) != 34 {
		t.Errorf("there are %d escapes: %v", len(allowed), allowed)
	}
}
