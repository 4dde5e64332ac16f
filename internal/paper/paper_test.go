package paper_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/paper"
	"github.com/pott-dev/pott/internal/paper/papertest"
)

func plain() paper.Document {
	return paper.Document{
		Lang: "sv", Title: "Licensrapport", Author: "Nordlys AS", Subject: "Vad som ägs", Made: time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 3600)),
		Foot: "Nordlys AS · 1600070120", Lead: []string{"Skapad för Karin Öst."},
		Page: func(n, of int) string { return fmt.Sprintf("Sida %d av %d", n, of) }, Lacking: "Rutor är tecken utan bokstav.",
	}
}

func set(t *testing.T, d paper.Document) []byte {
	t.Helper()
	file, err := paper.Set(d)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// table has so many rows of a name and a number.
func table(rows int) *paper.Table {
	t := &paper.Table{Caption: "Köpta", Columns: []paper.Column{{Head: "Licens", Weight: 3}, {Head: "Antal", Weight: 1, Right: true}}}
	for i := range rows {
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{{Text: fmt.Sprintf("Licens %d", i), Sub: fmt.Sprintf("nordlys.m%d", i)}, {Text: fmt.Sprint(1000 + i)}}})
	}
	return t
}

func TestTheSameDocumentIsTheSameBytesAndSaysWhatItIs(t *testing.T) {
	t.Parallel()
	d := plain()
	d.Parts = []paper.Part{{Heading: "Köpt", Table: table(60)}, {Heading: "Nyckel", Facts: []paper.Fact{{Name: "Nyckel", Values: []paper.Value{{Text: "0123-4567", Code: true}}}}}}
	first := set(t, d)
	var all sync.WaitGroup
	for range 4 { // also beside one another
		all.Go(func() {
			if again, err := paper.Set(d); err != nil || !bytes.Equal(first, again) {
				t.Errorf("set again it is other bytes (%v)", err)
			}
		})
	}
	all.Wait()
	p := papertest.Read(t, first)
	want := map[string]string{"Title": "Licensrapport", "Author": "Nordlys AS", "Subject": "Vad som ägs", "CreationDate": "D:20261122110000", "ModDate": "D:20261122110000", "Creator": "Pott", "Producer": "Pott"}
	for key, value := range want {
		if p.Info[key] != value {
			t.Errorf("%s is %q, want %q", key, p.Info[key], value)
		}
	}
	if p.Lang != "sv" {
		t.Errorf("the language is %q", p.Lang)
	}
	d.Made = d.Made.Add(time.Second)
	if bytes.Equal(first, set(t, d)) {
		t.Error("another moment is the same bytes")
	}
}

func TestALongTableGoesOnWithItsHeadsAndNumberedPages(t *testing.T) {
	t.Parallel()
	d := plain()
	d.Parts = []paper.Part{{Heading: "Köpt", Table: table(500)}}
	p := papertest.Read(t, set(t, d))
	if len(p.Pages) < 10 {
		t.Fatalf("500 rows are on %d pages", len(p.Pages))
	}
	for i, page := range p.Pages {
		var lines []string
		for _, text := range page {
			lines = append(lines, text.Text)
			if text.X < 40 || text.X > 560 || text.Y < 20 || text.Y > 800 {
				t.Errorf("page %d: %q stands at %.0f, %.0f", i+1, text.Text, text.X, text.Y)
			}
		}
		for _, want := range []string{"Licens", "Antal", "Nordlys AS · 1600070120", fmt.Sprintf("Sida %d av %d", i+1, len(p.Pages))} {
			if !slices.Contains(lines, want) {
				t.Errorf("page %d lacks %q", i+1, want)
			}
		}
	}
	lines := p.Lines()
	for i := range 500 {
		for _, want := range []string{fmt.Sprintf("Licens %d", i), fmt.Sprintf("nordlys.m%d", i), fmt.Sprint(1000 + i)} {
			if n := len(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l != want })); n != 1 {
				t.Errorf("%q stands %d times", want, n)
			}
		}
	}
}

// Digits of numbers stand under one another, whatever there are of them.
func TestNumbersEndAtOneEdgeAndWordsBeginAtOne(t *testing.T) {
	t.Parallel()
	tb := table(0)
	tb.Rows = []paper.Row{{Cells: []paper.Value{{Text: "a"}, {Text: "1"}}}, {Cells: []paper.Value{{Text: "abcdef"}, {Text: "1234567"}}}}
	d := plain()
	d.Parts = []paper.Part{{Table: tb}}
	at := map[string]float64{}
	for _, text := range papertest.Read(t, set(t, d)).Pages[0] {
		at[text.Text] = text.X
	}
	if at["a"] != at["abcdef"] || at["1234567"] > at["1"]-10 {
		t.Errorf("they stand at %v", at)
	}
}

// A row and the name beneath it stay on one page.
func TestARowThatFitsAPageIsNotBroken(t *testing.T) {
	t.Parallel()
	d := plain()
	d.Parts = []paper.Part{{Table: table(120)}}
	for i, page := range papertest.Read(t, set(t, d)).Pages {
		names, subs := 0, 0
		for _, text := range page {
			if strings.HasPrefix(text.Text, "Licens ") {
				names++
			}
			if strings.HasPrefix(text.Text, "nordlys.m") {
				subs++
			}
		}
		if names != subs {
			t.Errorf("page %d has %d names and %d beneath", i+1, names, subs)
		}
	}
}

func TestLettersOfSixLanguagesStandAsTheyAreAndOthersAsABox(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"Åäöøæßéïëüñ ÅÄÖØÆẞ", "Åäöøæßéïëüñ ÅÄÖØÆ□"},
		{"−5 1\u00a0234,50\u00a0€ “a” ’ – … ·", "−5 1\u00a0234,50\u00a0€ “a” ’ – … ·"},
		{"Zoë A\u030asa", "Zoë Åsa"}, // an A and a ring are an Å
		{"Ελληνικά Кирилица Łódź", "Ελληνικά Кирилица Łódź"},
		{"漢字", "□□"}, {"😀", "□"},
		{"a\u202eb\u200bc\x00d\x1b[0m", "abcd[0m"}, // nothing turns others around
		{"a\xffb", "a\ufffdb"},
		{`(a\)b)`, `(a\)b)`},
		{"a\tb\r\nc", "a b"},
	} {
		d := plain()
		d.Parts = []paper.Part{{Says: []paper.Value{{Text: test.text}}, Facts: []paper.Fact{{Name: "x", Values: []paper.Value{{Text: test.text, Code: true}}}}}}
		p := papertest.Read(t, set(t, d))
		if lines := p.Lines(); len(slices.DeleteFunc(lines, func(l string) bool { return l != test.want })) != 2 {
			t.Errorf("%q: want %q twice in %q", test.text, test.want, p.Lines())
		}
		if said := p.Says(d.Lacking); said != strings.Contains(test.want, "□") {
			t.Errorf("%q: that letters are not at hand is said: %v", test.text, said)
		}
	}
}

func TestLongWordsAndTextsAreBrokenAndEndSomewhere(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789abcdef", 20)
	d := plain()
	d.Title = strings.Repeat("Mycket långt namn ", 30)
	d.Foot = strings.Repeat("fot ", 100)
	tb := &paper.Table{Columns: []paper.Column{{Head: strings.Repeat("Huvud", 30), Weight: 1}, {Head: "b", Weight: 0}}}
	tb.Rows = []paper.Row{{Cells: []paper.Value{{Text: long}, {Text: "b"}}}, {Cells: []paper.Value{{Text: strings.Repeat("många ord ", 3000)}}}, {Cells: []paper.Value{{Text: strings.Repeat("rad\n", 3000)}}}, {}}
	d.Parts = []paper.Part{{Facts: []paper.Fact{{Name: strings.Repeat("namn", 40), Values: []paper.Value{{Text: long, Code: true}, {Text: strings.Repeat("x", 1_000_000)}}}}, Table: tb}}
	p := papertest.Read(t, set(t, d))
	if !p.Says(long) {
		t.Error("a long word is not there")
	}
	if len(p.Pages) > 40 {
		t.Errorf("%d pages", len(p.Pages))
	}
	if !slices.Contains(p.Lines(), "…") {
		t.Error("a text that is not said to its end does not say so")
	}
	for i, page := range p.Pages {
		for _, text := range page {
			if text.Y < 20 || text.X < 40 {
				t.Errorf("page %d: %.20q stands at %.0f, %.0f", i+1, text.Text, text.X, text.Y)
			}
		}
	}
}

func TestADocumentThatSaysNothingIsAPage(t *testing.T) {
	t.Parallel()
	if p := papertest.Read(t, set(t, paper.Document{})); len(p.Pages) != 0 {
		t.Errorf("%q", p.Lines())
	}
}

func FuzzWhateverIsSaidIsSet(f *testing.F) {
	for _, text := range []string{"", " ", "Åsa", "a\u202eb", "\xff\xfe", strings.Repeat("漢", 300), "(\\)", "\n\n", "a b\u00a0c"} {
		f.Add(text, 1.0)
	}
	f.Fuzz(func(t *testing.T, text string, weight float64) {
		if len(text) > 2000 {
			return
		}
		d := plain()
		d.Title, d.Lead, d.Foot = text, []string{text}, text
		v := paper.Value{Text: text, Sub: text}
		d.Parts = []paper.Part{{Heading: text, Says: []paper.Value{v}, Facts: []paper.Fact{{Name: text, Values: []paper.Value{v}}}, Note: text,
			Table: &paper.Table{Caption: text, Columns: []paper.Column{{Head: text, Weight: weight}, {Head: text, Weight: 1, Right: true}}, Rows: []paper.Row{{Cells: []paper.Value{v, v}}}}}}
		file, err := paper.Set(d)
		if err != nil {
			t.Fatal(err)
		}
		papertest.Read(t, file)
	})
}
