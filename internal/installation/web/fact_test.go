package web

import (
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

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/message"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/licenseserver"
)

// What entries of the audit trail are made with is what factTable reads, and the
// other way about.
func TestEveryFactOfTheTrailIsRead(t *testing.T) {
	t.Parallel()
	read := map[string]bool{}
	for _, f := range factTable {
		read[f.name] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(writtenFacts(t))), slices.Sorted(maps.Keys(read))); diff != "" {
		t.Errorf("facts (-written in internal/installation +read by factTable):\n%s", diff)
	}
}

func TestEveryFactHasItsWordInEveryLanguage(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, f := range factTable {
		used["fact."+f.key()] = true
	}
	for _, lang := range i18n.Languages {
		for key := range used {
			if i18n.WordSource(lang, key) == "" {
				t.Errorf("%s has no word %s", lang, key)
			}
		}
	}
	for _, key := range i18n.WordKeys("en") {
		name, is := strings.CutPrefix(key, "fact.")
		if is && !strings.Contains(name, ".") && !used[key] && !slices.Contains([]string{"yes", "no", "is-changed"}, name) {
			t.Errorf("no fact has the word %s", key)
		}
	}
}

// Lists that others write down as well must be the same here.
func TestWhatFactsMayBeIsKnown(t *testing.T) {
	t.Parallel()
	words := func(texts ...string) []string { return texts }
	var statuses, refusals, asked, kinds, roles []string
	for _, s := range licenseserver.Statuses {
		statuses = append(statuses, string(s))
	}
	for _, r := range licenseserver.Refusals {
		refusals = append(refusals, string(r))
	}
	for _, k := range licenseserver.Kinds {
		asked = append(asked, string(k))
	}
	for _, k := range message.Kinds {
		kinds = append(kinds, string(k))
	}
	for _, r := range seat.Roles {
		roles = append(roles, string(r))
	}
	v := &visit{}
	v.Lang = "sv"
	for _, test := range []struct {
		action, name string
		values       []string
	}{
		{"set.fetch", "status", statuses}, {"set.fetch", "refused", refusals}, {"set.report", "kind", asked}, {"message.write", "kind", kinds},
		{"role.give", "role", roles}, {"message.rule", "reader", append(roles, "everybody", "webhook")}, {"token.make", "scopes", api.Scopes},
		{"person.add", "kind", words("internal", "external", "system", "anonymous", "resource")},
		{"set.activate", "how", words("by-hand", "automatic", "on-day", "roll-back")},
		{"session.begin", "method", words("password", "passkey", "link", "provider", "recovery")},
		{"job.end", "kind", words("import", "change", "undo", "audit")}, {"job.end", "state", words("done", "cancelled", "failed")},
		{"set.choose", "do", words("switch", "remove", "end-login", "give")}, {"person.wait", "waits", words("true", "false")},
		{"seal.rotate", "compromised", words("yes", "no")}, {"person.change", "personal", words("changed")}, {"event.change", "from", words("changed")},
		{"defaults.set", "theme", words("light -> dark", "system -> contrast")}, {"activity.set", "collected", words("true", "false")},
		{"activity.set", "ground", words("given", "changed")}, {"activity.set", "erased", words("12")}, {"message.deliver", "channel", words("mail", "webhook")},
	} {
		for _, value := range test.values {
			told := v.telling(test.action, test.name, []string{value})
			for _, f := range slices.Concat(told.Was, told.Is) {
				if f.Raw || f.Text == "" || strings.Contains(f.Text, ".") {
					t.Errorf("%s of %s: %q is told as %+v", test.name, test.action, value, f)
				}
			}
		}
	}
}

func TestWhatOnlyANewerVersionKnowsIsShownAsItIsStored(t *testing.T) {
	t.Parallel()
	v := &visit{}
	v.Lang = "de"
	for _, test := range []struct{ action, name, value string }{
		{"later.thing", "later_fact", "a value -> another"}, {"role.give", "role", "emperor"}, {"person.add", "login", "perhaps"}, {"job.end", "changed", "many"},
		{"clock.confirm", "time", "soon"}, {"login.give", "valid_through", "for ever"}, {"set.fetch", "error", "later.error"}, {"event.start", "code", "later"},
		{"repair.accept", "counts", "nonsense"}, {"message.rule", "reader", "neighbour"},
	} {
		told := v.telling(test.action, test.name, []string{test.value})
		if len(told.Is) != 1 || told.Is[0].Text != test.value || !told.Is[0].Raw || told.Was != nil {
			t.Errorf("%s %q is told as %+v", test.name, test.value, told)
		}
	}
}

// elsewhere are functions that make facts of something else than an entry.
var elsewhere = []string{"troubleFacts", "formatTexts", "event"}

// composedFacts are names that are put together where they are written, by the
// expression that stands there.
var composedFacts = map[string][]string{
	"part.name": {"from", "expected", "audience", "texts", "progress"},
	"f.key":     {"name", "to", "holding"},
}

// writtenFacts collects the names of facts from the source: what audit.F is called
// with, and without its number what is one of several.
func writtenFacts(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "web" || d.Name() == "httpapi"):
			return fs.SkipDir // doors write no entries
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && !slices.Contains(elsewhere, f.Name.Name) {
				factsIn(t, f, found)
			}
		}
		return nil
	})
	if err != nil || len(found) < 80 {
		t.Fatalf("%d facts are found: %v", len(found), err)
	}
	return found
}

func factsIn(t *testing.T, f *ast.FuncDecl, found map[string]bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 || text(call.Fun) != "audit.F" {
			return true
		}
		key := call.Args[0]
		if numbered, ok := key.(*ast.CallExpr); ok {
			key = numbered.Args[0]
		}
		switch lit, ok := key.(*ast.BasicLit); {
		case ok:
			if name, _ := strconv.Unquote(lit.Value); name != "" {
				found[name] = true
			}
		case composedFacts[text(key)] == nil:
			t.Errorf("%s: nobody says which facts %s stands for", f.Name.Name, text(key))
		}
		for _, name := range composedFacts[text(key)] {
			found[name] = true
		}
		return true
	})
}

func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	}
	return ""
}
