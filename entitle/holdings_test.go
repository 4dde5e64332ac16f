package entitle_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// signer returns the same key for the same name, everywhere.
func signer(name string) licensefile.Signer {
	seed := sha256.Sum256([]byte("entitle test key: " + name))
	return licensefile.NewSigner(ed25519.NewKeyFromSeed(seed[:]))
}

func sampleHoldings() *entitle.Holdings {
	plan := license.NameOf("SUPEROFFICE", "sales-premium")
	return &entitle.Holdings{
		Installation: "3f0c9a52", Epoch: "e1", Seq: 42, MaxAge: 14, TimeZone: "Europe/Stockholm",
		Mark: time.Date(2026, 6, 10, 9, 0, 0, 0, time.UTC), Made: time.Date(2026, 6, 10, 10, 0, 0, 0, time.UTC),
		Sets: []string{strings.Repeat("0f", 32)},
		People: []entitle.Holder{
			{Person: "anna", Number: 1, Kind: license.Internal, Login: true, Holds: []license.Held{{Name: plan, Quantity: 1}, {Name: license.NameOf("SUPEROFFICE", "visible for"), Quantity: 3}}},
			{Person: "bo \"b\" \\ ö\t\x01", Kind: license.External, Former: true, Waiting: true, ValidThrough: date("2026-12-31")},
		},
	}
}

func marshal(t testing.TB, h *entitle.Holdings) []byte {
	t.Helper()
	b, err := entitle.MarshalHoldings(h, signer("installation"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestHoldingsText is the example of the specification.
func TestHoldingsText(t *testing.T) {
	t.Parallel()
	got := string(marshal(t, sampleHoldings()))
	want := `pott-holdings/v1
{"installation":"3f0c9a52","key":"KEY","epoch":"e1","seq":42,"mark":"2026-06-10T09:00:00Z","made":"2026-06-10T10:00:00Z","max_age":14,"time_zone":"Europe/Stockholm","sets":["0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"]}
{"person":"anna","number":1,"kind":"internal","login":true,"holds":[{"name":"superoffice.sales-premium"},{"name":"superoffice.visible for","quantity":3}]}
{"person":"bo \"b\" \\ ö\t\u0001","kind":"external","waiting":true,"valid_through":"2026-12-31","former":true}

pott-holdings/v1
3f0c9a52
4
HASH

— 3f0c9a52 SIGNATURE
`
	key, _, _ := strings.Cut(strings.SplitAfter(got, `"key":"`)[1], `"`)
	want = strings.Replace(want, "KEY", key, 1)
	lines, wanted := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range wanted {
		if wanted[i] == "HASH" || strings.HasSuffix(wanted[i], "SIGNATURE") {
			continue // reading checks them
		}
		if i >= len(lines) || lines[i] != wanted[i] {
			t.Errorf("line %d\n got %s\nwant %s", i+1, lines[i], wanted[i])
		}
	}
}

func TestHoldingsRoundTrip(t *testing.T) {
	t.Parallel()
	h := sampleHoldings()
	slices.Reverse(h.People) // people are sorted for the caller
	got, err := entitle.ParseHoldings(marshal(t, h), signer("installation").Public())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sampleHoldings(), got); diff != "" {
		t.Errorf("holdings changed on the way (-want +got):\n%s", diff)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		h := sampleHoldings()
		h.People = nil
		for _, id := range some(r, ids[1:]) {
			p := randomHolder(r, id)
			p.Number = int64(r.IntN(3))
			p.Holds = slices.DeleteFunc(p.Holds, func(h license.Held) bool { return h.Quantity == 0 })
			if len(p.Holds) == 0 {
				p.Holds = nil
			}
			h.People = append(h.People, p)
		}
		slices.SortFunc(h.People, func(a, b entitle.Holder) int { return strings.Compare(a.Person, b.Person) })
		got, err := entitle.ParseHoldings(marshal(t, h), signer("installation").Public())
		if err != nil {
			t.Fatal(err)
		}
		if len(got.People) == 0 {
			got.People = nil
		}
		if diff := cmp.Diff(h, got); diff != "" {
			t.Fatalf("holdings changed on the way (-want +got):\n%s", diff)
		}
	}
}

// TestEveryByteOfHoldingsCounts changes each byte of a file in turn.
func TestEveryByteOfHoldingsCounts(t *testing.T) {
	t.Parallel()
	file, key := marshal(t, sampleHoldings()), signer("installation").Public()
	for i := range file {
		for _, flip := range []byte{0x01, 0x20, 0x80} {
			b := bytes.Clone(file)
			b[i] ^= flip
			if _, err := entitle.ParseHoldings(b, key); err == nil {
				t.Errorf("byte %d may be changed from %q to %q", i, file[i], b[i])
			}
		}
	}
	for i := range file {
		if _, err := entitle.ParseHoldings(file[:i], key); err == nil {
			t.Errorf("the file may be cut off after %d bytes", i)
		}
	}
	if _, err := entitle.ParseHoldings(append(bytes.Clone(file), '\n'), key); err == nil {
		t.Error("something may follow the file")
	}
}

func TestHoldingsAreRefused(t *testing.T) {
	t.Parallel()
	good := string(marshal(t, sampleHoldings()))
	for _, row := range []struct{ sentence, old, new, code, why string }{
		{"another version", "pott-holdings/v1\n{", "pott-holdings/v2\n{", "holdings.bad-format", "line 1 of the holdings: the first line must be pott-holdings/v1"},
		{"an unknown field", `"seq":42`, `"sequence":42`, "holdings.bad-format", `,"seq": must stand here`},
		{"a field twice", `"login":true,`, `"login":true,"login":true,`, "holdings.bad-format", "line 3"},
		{"a flag that is false", `"login":true,`, `"login":false,`, "holdings.bad-format", "line 3"},
		{"a leading zero", `"seq":42`, `"seq":042`, "holdings.bad-format", "without leading zeros"},
		{"a number beyond 2^53", `"seq":42`, `"seq":9007199254740992`, "holdings.bad-format", "an integer from 0 to 9007199254740991"},
		{"a number of 0", `"number":1`, `"number":0`, "holdings.bad-format", "0 is left out"},
		{"a quantity of 1", `"quantity":3`, `"quantity":1`, "holdings.bad-format", "a quantity of 1 is left out"},
		{"no issuer", `superoffice.sales-premium`, `sales-premium`, "holdings.bad-format", "it has no issuer"},
		{"a module in capitals", `superoffice.sales-premium`, `superoffice.Sales-premium`, "holdings.bad-format", `is written "superoffice.sales-premium"`},
		{"a day that is none", `2026-12-31`, `2026-12-32`, "holdings.bad-format", "is not a date"},
		{"an unknown kind", `"external"`, `"alien"`, "holdings.bad-format", "is not a kind of person"},
		{"an escape that need not be", `anna`, `\u0061nna`, "holdings.bad-format", "only where they must be"},
		{"a slash escaped", `anna`, `an\/na`, "holdings.bad-format", "only where they must be"},
		{"space between fields", `{"person":"anna",`, `{"person": "anna",`, "holdings.bad-format", "column 11"},
		{"a carriage return", "}\n{", "}\r\n{", "holdings.bad-format", "a control character"},
		{"text that is not UTF-8", "anna", "ann\xff", "holdings.bad-format", "not UTF-8"},
		{"people out of order", "anna", "xnna", "holdings.bad-format", "people are sorted"},
		{"somebody without a user id", `"anna"`, `""`, "holdings.bad-format", "an empty text is left out"},
		{"a maximum age of years", `"max_age":14`, `"max_age":10000`, "holdings.bad-format", "more than 366 days"},
		{"a name that is too long", "anna", strings.Repeat("a", 1025), "holdings.bad-format", "at most 1024 bytes"},
		{"a hash that is none", "0f0f", "0F0F", "holdings.bad-format", "is not a hash"},
		{"another person signed for", "anna", "anne", "holdings.bad-signature", "some of it was changed"},
		{"another installation", "3f0c9a52", "3f0c9a53", "holdings.bad-signature", "some of it was changed"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			text := strings.Replace(good, row.old, row.new, 1)
			if text == good {
				t.Fatal("the row changes nothing")
			}
			_, err := entitle.ParseHoldings([]byte(text), signer("installation").Public())
			wantError(t, err, row.code, row.why)
		})
	}
	_, err := entitle.ParseHoldings([]byte(good), signer("somebody else").Public())
	wantError(t, err, "holdings.bad-signature", "which is not that of the installation expected here")
	_, err = entitle.ParseHoldings([]byte(good), make(ed25519.PublicKey, 32))
	wantError(t, err, "holdings.bad-signature", "small order")
	theirs, err := entitle.MarshalHoldings(sampleHoldings(), signer("somebody else"))
	if err != nil {
		t.Fatal(err)
	}
	if key, err := entitle.HoldingsKey(theirs); err != nil || !key.Equal(signer("somebody else").Public()) {
		t.Errorf("the file says it is signed with %x, %v", key, err)
	}
	// A thief may write the right key into the header, and cannot sign with it.
	mine, _, _ := strings.Cut(string(good), "\n\n")
	_, seal, _ := strings.Cut(string(theirs), "\n\n")
	_, err = entitle.ParseHoldings([]byte(mine+"\n\n"+seal), signer("installation").Public())
	wantError(t, err, "holdings.bad-signature", "")
}

func TestHoldingsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for sentence, change := range map[string]func(*entitle.Holdings){
		"one user id twice":             func(h *entitle.Holdings) { h.People[1].Person = "anna" },
		"an empty user id":              func(h *entitle.Holdings) { h.People[0].Person = "" },
		"a user id that is not UTF-8":   func(h *entitle.Holdings) { h.People[0].Person = "\xff" },
		"no kind of person":             func(h *entitle.Holdings) { h.People[0].Kind = 0 },
		"two kinds at once":             func(h *entitle.Holdings) { h.People[0].Kind = 3 },
		"a quantity of nothing":         func(h *entitle.Holdings) { h.People[0].Holds[0].Quantity = 0 },
		"an installation with no name":  func(h *entitle.Holdings) { h.Installation = "" },
		"an installation with a space":  func(h *entitle.Holdings) { h.Installation = "a b" },
		"a negative state":              func(h *entitle.Holdings) { h.Seq = -1 },
		"a maximum age of many years":   func(h *entitle.Holdings) { h.MaxAge = 3650 },
		"a set without a hash":          func(h *entitle.Holdings) { h.Sets[0] = "" },
		"a module spelled with capital": func(h *entitle.Holdings) { h.People[0].Holds[0].Name.Module = "Sale" },
	} {
		h := sampleHoldings()
		change(h)
		if _, err := entitle.MarshalHoldings(h, signer("installation")); err == nil {
			t.Errorf("%s is written", sentence)
		}
	}
}

func wantError(t *testing.T, err error, code, why string) {
	t.Helper()
	var coded interface{ Code() string }
	if !errors.As(err, &coded) || coded.Code() != code || !strings.Contains(err.Error(), why) {
		t.Errorf("got %v, want %s: … %s …", err, code, why)
	}
}

// FuzzParseHoldings looks for a text that is read and written back differently.
func FuzzParseHoldings(f *testing.F) {
	key := signer("installation")
	good := string(marshal(f, sampleHoldings()))
	f.Add(good)
	f.Add(strings.Replace(good, "anna", `a\u0001`, 1))
	f.Add(string(marshal(f, &entitle.Holdings{Installation: "i", Epoch: "e"})))
	f.Fuzz(func(t *testing.T, text string) {
		// The signature would stop nearly everything: sign what is to be read.
		body, _, _ := strings.Cut(text, "\n\n")
		text = entitle.Resign(body+"\n", key)
		h, err := entitle.ParseHoldings([]byte(text), key.Public())
		if err != nil {
			return
		}
		if again := string(marshal(t, h)); again != text {
			t.Errorf("read\n%s\nwritten\n%s", text, again)
		}
	})
}

func BenchmarkHoldings(b *testing.B) {
	c := crowds[1_000_000]()
	h := *c.holdings
	h.Installation, h.Epoch = "i", "e"
	file := marshal(b, &h)
	b.Run("write a million people", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		for b.Loop() {
			marshal(b, &h)
		}
	})
	b.Run("read a million people", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		for b.Loop() {
			if _, err := entitle.ParseHoldings(file, signer("installation").Public()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
