package web_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/i18n"
)

func TestWhatWasDoneIsSaidInTheReadersLanguage(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/audit?action=person.add").says(t, "Person added", "person.add")
	if !strings.Contains(r.last.body, `<code class="sub">person.add</code>`) || !strings.Contains(r.last.body, `<option value="person.add" selected>Person added</option>`) {
		t.Error("the code does not stand beneath, or the filter does not say what is chosen")
	}
	// The words stand in the filter too, so the row is looked for with its code.
	for lang, want := range map[string]string{"en": "Person added person.add", "sv": "Person tillagd person.add"} {
		r.get("/audit?action=person.add&lang="+lang).says(t, want)
	}
	home := fmt.Sprint(r.get("/?lang=en").table("Latest entries"))
	if !strings.Contains(home, "Role given") || strings.Contains(home, "role.give") {
		t.Errorf("home: %s", home)
	}
	// What only an address asks for is not lost by the form.
	r.get("/audit?action=person.&lang=en").says(t, "Person added person.add")
	if !strings.Contains(r.last.body, `<option value="person." selected>person.</option>`) {
		t.Error("the filter forgets a beginning")
	}
	r.get("/audit/3").says(t, "What")
	if !strings.Contains(r.last.body, `<code class="sub">`) {
		t.Error("an entry does not show its code")
	}
}

func TestAnActionWithoutWordsIsShownAsItsCode(t *testing.T) {
	w := newWorld(t)
	w.attack("UPDATE audit SET action = 'later.thing' WHERE ledger = 'seats' AND seq = 4")
	s := w.host().get("/audit?action=later.thing")
	s.says(t, "later.thing later.thing")
	s.lacks(t, "action.later")
}

// What is written into the audit trail is what there are words for, and the other
// way about.
func TestEveryActionOfTheTrailHasWords(t *testing.T) {
	t.Parallel()
	written := writtenActions(t)
	var want, got []string
	for code := range written {
		want = append(want, "action."+strings.ReplaceAll(code, ".", "-"))
	}
	slices.Sort(want)
	for _, key := range i18n.WordKeys("en") {
		if strings.HasPrefix(key, "action.") {
			got = append(got, key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words of actions (-written in internal/installation +in the catalogue):\n%s", diff)
	}
}

// composed are the codes that are put together where they are written, by the
// part that stands there.
var composed = map[string][]string{
	"repair.": {"repair.accept", "repair.remove", "repair.restore"},
	".remove": {"passkey.remove", "password.remove"},
}

// actions collects codes of actions from the source: what entries are made with,
// what is called an action on its way there, and what api names as acts.
type actions struct {
	t      *testing.T
	params map[string]int // functions with a parameter called action, and which it is
	found  map[string]bool
}

func writtenActions(t *testing.T) map[string]bool {
	t.Helper()
	a := actions{t, map[string]int{}, map[string]bool{}}
	var files []*ast.File
	for _, dir := range []string{"..", "../../../api"} {
		files = append(files, parseDir(t, dir)...)
	}
	for _, f := range files {
		ast.Inspect(f, a.seesFunc)
	}
	for _, f := range files {
		ast.Inspect(f, a.sees)
	}
	if len(a.found) < 50 {
		t.Fatalf("only %d actions are found: %v", len(a.found), slices.Sorted(maps.Keys(a.found)))
	}
	return a.found
}

func parseDir(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "web" || d.Name() == "httpapi"):
			return fs.SkipDir // doors write no entries
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (a *actions) seesFunc(n ast.Node) bool {
	f, ok := n.(*ast.FuncDecl)
	if !ok {
		return true
	}
	i := 0
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == "action" {
				a.params[f.Name.Name] = i
			}
			i++
		}
	}
	return true
}

func (a *actions) sees(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if i, ok := a.params[nameOf(n.Fun)]; ok && i < len(n.Args) {
			a.add(n.Args[i])
		}
	case *ast.KeyValueExpr:
		if strings.EqualFold(nameOf(n.Key), "action") {
			a.add(n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if nameOf(left) == "action" && len(n.Rhs) == len(n.Lhs) {
				a.add(n.Rhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if strings.HasPrefix(name.Name, "Act") && i < len(n.Values) {
				a.add(n.Values[i])
			}
		}
	case *ast.FuncDecl:
		if n.Name.Name == "action" {
			ast.Inspect(n, func(n ast.Node) bool {
				if back, ok := n.(*ast.ReturnStmt); ok {
					a.add(back.Results[0])
				}
				return true
			})
		}
	}
	return true
}

// add takes up what an expression says of an action; a variable says it elsewhere.
func (a *actions) add(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if code, err := strconv.Unquote(e.Value); err == nil && strings.Contains(code, ".") {
			a.found[code] = true
		}
	case *ast.BinaryExpr:
		for _, side := range []ast.Expr{e.X, e.Y} {
			if part, ok := side.(*ast.BasicLit); ok {
				text, _ := strconv.Unquote(part.Value)
				if composed[text] == nil {
					a.t.Errorf("nobody says what %q is put together with", text)
				}
				for _, code := range composed[text] {
					a.found[code] = true
				}
			}
		}
	}
}

// nameOf is what a variable, field, or function is called, without what it is of.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
