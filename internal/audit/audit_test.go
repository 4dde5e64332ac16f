package audit

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCanonicalEntry(t *testing.T) {
	e := Entry{Seq: 2, N: 1, At: 3, Actor: Actor{Person, "p"}, Action: "a", Subject: "", Facts: []Fact{F("n", 12)}}
	want := "\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03" +
		"\x00\x00\x00\x06person\x00\x00\x00\x01p\x00\x00\x00\x01a\x00\x00\x00\x00\x00\x00\x00\x05n=12\n"
	if got := e.Append(nil); !bytes.Equal(got, []byte(want)) {
		t.Errorf("canonical form %q, want %q", got, want)
	}
	if e.Fact("n") != "12" || e.Fact("m") != "" {
		t.Errorf("facts %q and %q", e.Fact("n"), e.Fact("m"))
	}
}

func TestActorsReadAsWords(t *testing.T) {
	if got := (Actor{Token, "7f3a"}).String() + ", " + (Actor{}).String(); got != "token 7f3a, nobody" {
		t.Error(got)
	}
}

func TestFactsAreSortedLines(t *testing.T) {
	facts := []Fact{{"b", "two\nlines"}, {"a", `back\slash\n`}, {"c", "x=y"}, {"d", ""}}
	const want = "a=back\\\\slash\\\\n\nb=two\\nlines\nc=x=y\nd=\n"
	if diff := cmp.Diff(want, FormatFacts(facts)); diff != "" {
		t.Error(diff)
	}
	got, err := ParseFacts(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Fact{facts[1], facts[0], facts[2], facts[3]}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFactsThatAreNotCanonicalAreRefused(t *testing.T) {
	for _, text := range []string{"a", "a=1", "b=1\na=1\n", "a=\\x\n", "\n"} {
		if facts, err := ParseFacts(text); err == nil {
			t.Errorf("%q is read as %v", text, facts)
		}
	}
}

func FuzzParseFacts(f *testing.F) {
	f.Add("a=1\nb=two\\nlines\n")
	f.Add("a=\\\\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		if facts, err := ParseFacts(text); err == nil && FormatFacts(facts) != text {
			t.Errorf("%q is written again as %q", text, FormatFacts(facts))
		}
	})
}
