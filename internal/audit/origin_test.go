package audit

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnEntrySaysWhereItCameFromAmongItsFacts(t *testing.T) {
	for _, test := range []struct {
		name   string
		facts  []Fact
		origin Origin
		want   string
	}{
		{"an entry from before", []Fact{F("plan", "a.b")}, Origin{}, "plan=a.b\n"},
		{"a page", []Fact{F("plan", "a.b")}, Origin{ByPage, "4f1c-17"}, "door=page\nplan=a.b\nrequest_id=4f1c-17\n"},
		{"no request", []Fact{F("zone", "x")}, Origin{Door: ByServer}, "door=server\nzone=x\n"},
		{"no facts", nil, Origin{ByJob, "4f1c-17"}, "door=job\nrequest_id=4f1c-17\n"},
		{"a request of its own", []Fact{F("request", "hash")}, Origin{ByAPI, "4f1c-17"}, "door=api\nrequest=hash\nrequest_id=4f1c-17\n"},
		{"a value that looks like one", []Fact{F("reason", "x\ndoor=host")}, Origin{Door: ByPage}, "door=page\nreason=x\\ndoor=host\n"},
	} {
		e := Entry{Facts: test.facts, Origin: test.origin}
		if diff := cmp.Diff(test.want, e.FactsText()); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		var read Entry
		if err := read.ReadFacts(test.want); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(Entry{Facts: test.facts, Origin: test.origin}, Entry{Facts: append([]Fact(nil), read.Facts...), Origin: read.Origin}); diff != "" {
			t.Errorf("%s, read:\n%s", test.name, diff)
		}
	}
}

// The chain is made of these bytes: an entry from before must have those it had.
func TestAnEntryWithoutOriginHasTheBytesItAlwaysHad(t *testing.T) {
	e := Entry{Seq: 2, N: 1, At: 3, Actor: Actor{Person, "p"}, Action: "a", Facts: []Fact{F("n", 12)}}
	plain := e.Append(nil)
	e.Origin = Origin{ByPage, "r-1"}
	e.Origin = Origin{}
	if !bytes.Equal(e.Append(nil), plain) || !bytes.HasSuffix(plain, []byte("n=12\n")) {
		t.Errorf("%q", plain)
	}
}

func TestAnActCannotSayItselfWhereItCameFrom(t *testing.T) {
	e := Entry{Facts: []Fact{F("door", "host"), F("n", 1), F("request_id", "mine")}, Origin: Origin{ByAPI, "r-1"}}
	if got := e.FactsText(); got != "door=api\nn=1\nrequest_id=r-1\n" {
		t.Errorf("%q", got)
	}
	e.Origin = Origin{}
	if got := e.FactsText(); got != "n=1\n" {
		t.Errorf("%q", got)
	}
}

// What is read and written again must be what was stored, or somebody could edit an
// entry without its hash being another.
func TestAnOriginThatWasNotWrittenHereIsNotRead(t *testing.T) {
	for _, text := range []string{"door=\n", "request_id=\nn=1\n", "n=1\nrequest_id=\n", "door=api\ndoor=page\n", "door=page\ndoor=page\n", "request_id=a\nrequest_id=b\n", "door=\ndoor=page\n", "n=1\ndoor=page\n"} {
		var e Entry
		if err := e.ReadFacts(text); err == nil {
			t.Errorf("%q is read as %+v", text, e)
		}
	}
}

func TestTheOriginOfWhatNoDoorHasSaid(t *testing.T) {
	for _, test := range []struct {
		actor Actor
		said  Origin
		want  Origin
	}{
		{Actor{System, "calendar"}, Origin{}, Origin{Door: ByServer}},
		{Actor{Host, "root"}, Origin{}, Origin{Door: ByHost}},
		{Actor{Person, "p"}, Origin{}, Origin{}},
		{Actor{Token, "t"}, Origin{}, Origin{}},
		{Actor{Host, "recovery 1"}, Origin{ByPage, "r-1"}, Origin{ByPage, "r-1"}},
		{Actor{System, "messages"}, Origin{ByAPI, "r-1"}, Origin{ByAPI, "r-1"}},
	} {
		if got := test.said.Of(test.actor); got != test.want {
			t.Errorf("%v, %+v: %+v, want %+v", test.actor, test.said, got, test.want)
		}
	}
}

func TestAJobKeepsTheRequestThatBeganIt(t *testing.T) {
	ctx := Through(context.Background(), Origin{ByPage, "r-1"})
	if got := OriginOf(InJob(ctx)); got != (Origin{ByJob, "r-1"}) {
		t.Errorf("%+v", got)
	}
	if got := OriginOf(context.Background()); got != (Origin{}) {
		t.Errorf("%+v", got)
	}
}

func TestWhatCanBeAReferenceNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"4f1c20aa93be-17": true, "abc": true, "": false, "-": false, "a-": false, "-a": false, "a--b": false, "A-1": false, "a b": false, "a\n": false,
		"%": false, "a_b": false, strings.Repeat("a", MostRequest): true, strings.Repeat("a", MostRequest+1): false, "é": false,
	} {
		if got := IsRequest(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzReadFacts(f *testing.F) {
	f.Add("door=page\nn=1\nrequest_id=4f1c-17\n")
	f.Add("door=\n")
	f.Fuzz(func(t *testing.T, text string) {
		var e Entry
		if e.ReadFacts(text) == nil && e.FactsText() != text {
			t.Errorf("%q is written again as %q", text, e.FactsText())
		}
	})
}
