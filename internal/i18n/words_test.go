package i18n_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/i18n"
)

func TestAWordIsFilledInWithFactsByTurns(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("here", 2*3600)
	end := time.Date(2027, 4, 8, 23, 5, 0, 0, time.UTC).In(zone)
	facts := []any{
		"N", 12000, "Of", int64(12001), "Who", "Anna", "End", end, "Never", time.Time{}, "Left", uint8(41),
		"Also", []string{"a", "b", "c"}, "Grace", true, "Nothing", nil,
	}
	for _, test := range []struct{ lang, text, want string }{
		{"en", `{{number .N}} {{plural .N "person" "people"}}`, "12,000 people"},
		{"sv", `{{number .N}} av {{number .Of}}, {{percent .N .Of}}`, "12\u00a0000 av 12\u00a0001, 99\u00a0%"},
		{"sv", `{{.Who}} till {{date .End}}, {{short .End}}, {{moment .End}}, {{clock .End}}`, "Anna till 9 april 2027, 2027-04-09, 2027-04-09 01:05, 01:05"},
		{"da", `{{moment .End}} {{days .Left}}`, "09.04.2027, 01.05 om 41 dage"},
		{"de", `{{list .Also}}{{if .Grace}} noch{{end}}`, "a, b und c noch"},
		{"en", `{{if .Never}}{{date .Never}}{{else}}never{{end}}`, "never"},
		{"en", `{{moment .Who}}{{short .Who}}`, "AnnaAnna"},
		{"en", `{{.Nothing}}`, "{{.Nothing}}"}, // what is not there is not made up
	} {
		if got := i18n.Fill(test.lang, test.text, facts...); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.lang, test.text, got, test.want)
		}
	}
}

func TestAPageNeverFailsForWantOfAWord(t *testing.T) {
	t.Parallel()
	if got := i18n.Word("sv", "no.such-word", "N", 1); got != "no.such-word" {
		t.Error(got)
	}
	if got, want := i18n.Word("fi", "nav.licenses"), i18n.Word("en", "nav.licenses"); got != want {
		t.Errorf("a language nobody wrote: %s", got)
	}
	for _, facts := range [][]any{nil, {"N"}, {1, 2}, {"N", nil}} {
		if got := i18n.Fill("en", "{{number .N}} left", facts...); got != "{{number .N}} left" {
			t.Errorf("%v: %q", facts, got)
		}
	}
}

func TestThePseudoLanguageShowsWhatNoCatalogueKnows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Licenses`: "⟦Lïçéñšéš ẋẋẋ⟧",
		`{{number .N}} {{plural .N "person" "people"}}`:                                      "⟦7 péöplé ẋẋ⟧",
		`{{if eq .State "full"}}Full{{else}}{{.N}} spare{{end}}`:                             "⟦Füll ẋẋẋ⟧",
		`{{range .Also}}{{.}} and {{end}}`:                                                   "⟦a åñd b åñd  ẋ⟧",
		`Sales Premium is nearly full, and somebody ought to look at it before they run out`: "⟦Šåléš Prémïüm ïš ñéårlÿ füll, åñd šömébödÿ öüght tö löök åt ït béföré théÿ rüñ öüt ẋẋẋẋẋẋ ẋẋẋẋẋẋ ẋẋẋẋẋẋ ẋẋẋẋẋ⟧",
	} {
		if got := i18n.Fill(i18n.Pseudo, text, "N", 7, "State", "full", "Also", []string{"a", "b"}); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
	for _, key := range i18n.WordKeys("en") {
		if got := i18n.Word(i18n.Pseudo, key); !strings.HasPrefix(got, "⟦") && !strings.Contains(got, "{{") {
			t.Errorf("%s: %s", key, got)
		}
		if diff := cmp.Diff(i18n.WordFields("en", key), i18n.WordFields(i18n.Pseudo, key)); diff != "" {
			t.Errorf("%s:\n%s", key, diff)
		}
	}
	text, ok := i18n.Sentence(i18n.Pseudo, "internal", nil)
	if !ok || !strings.HasPrefix(text.Title, "⟦") || !strings.HasSuffix(text.Detail, "⟧") {
		t.Errorf("a sentence: %v", text)
	}
	if got := i18n.Match(i18n.Pseudo); got != "en" {
		t.Errorf("a browser that asks for it gets %s", got)
	}
	if got := i18n.Word("en", "nav.licenses"); got != "Licenses" {
		t.Errorf("English is changed by it: %s", got)
	}
}

var wordKey = regexp.MustCompile(`^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)

func TestEveryWordIsThereInEveryLanguageWithTheSameFacts(t *testing.T) {
	t.Parallel()
	keys := i18n.WordKeys("en")
	for _, lang := range i18n.Languages {
		if diff := cmp.Diff(keys, i18n.WordKeys(lang)); diff != "" {
			t.Errorf("words of %s (-en +%s):\n%s", lang, lang, diff)
		}
		for _, key := range i18n.WordKeys(lang) {
			if diff := cmp.Diff(i18n.WordFields("en", key), i18n.WordFields(lang, key)); diff != "" {
				t.Errorf("facts of %s in %s (-en +%s):\n%s", key, lang, lang, diff)
			}
			if want := lang != "en" && lang != "sv"; i18n.UnverifiedWord(lang, key) != want {
				t.Errorf("%s in %s: unverified is not %v", key, lang, want)
			}
		}
	}
	for _, key := range keys {
		if !wordKey.MatchString(key) {
			t.Errorf("%s: a key is room.kebab-words", key)
		}
	}
}

func TestEveryWordKeepsTheTone(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		for _, key := range i18n.WordKeys(lang) {
			for _, fault := range tone(lang, i18n.WordSource(lang, key)) {
				t.Errorf("%s in %s %s", key, lang, fault)
			}
		}
	}
	for text, faults := range map[string]int{"Load the license": 0, "Please load!": 2, "Your " + "licen" + "ce": 1, "": 1, " Load": 1, "Load  it": 1} {
		if got := tone("en", text); len(got) != faults {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// tone says how a text sounds other than it must.
func tone(lang, text string) (faults []string) {
	said := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range []string{"please", "sorry", "oops", "invalid", "illegal", "bitte", "alstublieft", "vennligst", "venligst", "licen" + "ce", "licen" + "ces"} {
		// "licenties" and their like are not English; the spelling is a matter of English.
		if slices.Contains(said, word) && (lang == "en" || !strings.HasPrefix(word, "licen")) {
			faults = append(faults, fmt.Sprintf("says %q", word))
		}
	}
	if strings.Contains(text, "!") {
		faults = append(faults, "shouts")
	}
	if text == "" || strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
		faults = append(faults, fmt.Sprintf("is empty or has spaces too many: %q", text))
	}
	return faults
}

// A key written twice in a file would silently be the second.
func TestNoFileSaysAWordTwice(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("words/*/*.json")
	if err != nil || len(files)%len(i18n.Languages) != 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		d := json.NewDecoder(bytes.NewReader(text))
		for i := 0; ; i++ {
			token, err := d.Token()
			if err != nil {
				break
			}
			if key, ok := token.(string); ok && i%2 == 1 {
				if seen[key] {
					t.Errorf("%s says %s twice", file, key)
				}
				seen[key] = true
			}
		}
	}
}

// pages are where words are said: pages, what is told of an installation, and here.
var pages = []string{"../page", "../installation", "."}

// What pages say is what there are words for, and the other way about. A key is
// used where it stands as a text in the code; keys that are made at run time are
// written as a constant beginning and what is added to it, "state." + s, and
// then all keys that begin like that are used.
func TestPagesSayTheWordsThereAreAndNoOthers(t *testing.T) {
	t.Parallel()
	var c code
	c.readDir(t, pages[0])
	if !c.any {
		return // no pages yet
	}
	for _, dir := range pages[1:] {
		c.readDir(t, dir)
	}
	for _, fault := range c.faults(i18n.WordKeys("en"), func(key string) []string { return i18n.WordFields("en", key) }) {
		t.Error(fault)
	}
}

func TestAWordThatPagesAndCatalogueDisagreeAboutIsNamed(t *testing.T) {
	t.Parallel()
	var c code
	c.read(t, "pages.go", `package web
var columns = []string{"list.name", "list.nobody-says"}
func show(v *visit, state string, more []any) {
	v.Say("list.title")
	v.Say("list.count", "N", 1)
	v.Say("list.count", "M", 1)
	v.Say("list.count")
	v.Say("list.count", more...)
	v.Say("list.lost", "N", 1)
	i18n.Word(lang, "list.lost-too")
	v.Say("state." + state)
	v.Say("fate." + state)
	v.Say(columns[0])
}`)
	got := c.faults([]string{"list.count", "list.name", "list.never", "list.title", "state.full", "state.over"}, func(key string) []string {
		if key == "list.count" {
			return []string{"N"}
		}
		return nil
	})
	want := []string{
		`list.never is said nowhere`,
		`pages.go:10: there is no word list.lost-too`,
		`pages.go:12: no word begins with "fate."`,
		`pages.go:6: list.count names the facts [N], not [M]`,
		`pages.go:7: list.count names the facts [N], not []`,
		`pages.go:9: there is no word list.lost`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// code is what Go files say about words.
type code struct {
	any      bool
	literals map[string]bool
	prefixes map[string]string // to where they stand
	calls    []call
}

type call struct {
	key, at string
	facts   []string
	open    bool // facts that only running tells
}

func (c *code) readDir(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		c.read(t, name, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (c *code) read(t *testing.T, name, text string) {
	t.Helper()
	if c.literals == nil {
		c.literals, c.prefixes = map[string]bool{}, map[string]string{}
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	c.any = true
	ast.Inspect(file, func(n ast.Node) bool {
		at := func() string { return fmt.Sprintf("%s:%d", name, files.Position(n.Pos()).Line) }
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, ok := literal(n); ok {
				c.literals[text] = true
			}
		case *ast.CallExpr:
			c.sees(n, at())
		}
		return true
	})
}

// sees notes a call that says a word.
func (c *code) sees(n *ast.CallExpr, at string) {
	args, said := n.Args, ""
	switch f := n.Fun.(type) {
	case *ast.SelectorExpr:
		said = f.Sel.Name
	case *ast.Ident:
		said = f.Name
	}
	switch {
	case said == "Word" && len(args) > 1:
		args = args[1:]
	case said != "Say" || len(args) == 0:
		return
	}
	if sum, ok := args[0].(*ast.BinaryExpr); ok {
		if prefix, ok := literal(sum.X); ok {
			c.prefixes[prefix] = at
		}
		return
	}
	key, ok := literal(args[0])
	if !ok {
		return
	}
	found := call{key: key, at: at, open: n.Ellipsis.IsValid()}
	for i := 1; i < len(args); i += 2 {
		name, ok := literal(args[i])
		found.open = found.open || !ok
		found.facts = append(found.facts, name)
	}
	slices.Sort(found.facts)
	c.calls = append(c.calls, found)
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// faults says where pages and words disagree, sorted.
func (c *code) faults(keys []string, fields func(string) []string) (faults []string) {
	used := map[string]bool{}
	for prefix, at := range c.prefixes {
		found := false
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				found, used[key] = true, true
			}
		}
		if !found {
			faults = append(faults, fmt.Sprintf("%s: no word begins with %q", at, prefix))
		}
	}
	for _, call := range c.calls {
		if !slices.Contains(keys, call.key) {
			faults = append(faults, fmt.Sprintf("%s: there is no word %s", call.at, call.key))
		} else if want := fields(call.key); !call.open && !slices.Equal(want, call.facts) {
			faults = append(faults, fmt.Sprintf("%s: %s names the facts %v, not %v", call.at, call.key, want, call.facts))
		}
	}
	for _, key := range keys {
		if !used[key] && !c.literals[key] {
			faults = append(faults, key+" is said nowhere")
		}
	}
	slices.Sort(faults)
	return faults
}
