package i18n_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/i18n"
)

func TestAReasonIsToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ lang, english, want string }{
		{"sv", "it is empty", "det är tomt"},
		{"en", "it is empty", "it is empty"},
		{"de", "there are more than 20", "es sind mehr als 20"},
		{"nb", "it has 70 characters, and 64 are allowed", "det har 70 tegn, og 64 er tillatt"},
		{"nl", "people have no such column: name, plan", "personen hebben zo’n kolom niet: name, plan"},
		{"da", "it is none of add, replace and remove", "det er hverken add, replace eller remove"},
		{"da", "it is none of give, switch", "det er ingen af give, switch"},
		{"sv", "read tcp 10.0.0.1: connection reset", "read tcp 10.0.0.1: connection reset"},
		{"fi", "it is empty", "it is empty"},
		{"sv", "", ""},
		{"sv", "*", "*"},
	} {
		if got, _ := i18n.Reason(test.lang, test.english); got != test.want {
			t.Errorf("%s of %q: %q, want %q", test.lang, test.english, got, test.want)
		}
	}
	bad := struct{ Field, Why string }{"user_id", "it is empty"}
	text, _ := i18n.Sentence("sv", "request.bad-value", bad)
	if text.Detail != "Fältet ”Användar-ID” stämmer inte: det är tomt." {
		t.Error(text.Detail)
	}
}

// What is wrong with a value is said on pages, beside the field.
func TestEveryReasonAgainstAValueIsKnownInEveryLanguage(t *testing.T) {
	t.Parallel()
	found := 0
	for _, why := range reasonsAgainstValues(t, "../installation") {
		found++
		for _, lang := range i18n.Languages {
			if _, known := i18n.Reason(lang, why); !known {
				t.Errorf("%s does not know %q: see reasons/%s.json", lang, why, lang)
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d reasons were found in the code", found)
	}
}

func TestEveryLanguageKnowsTheSameReasons(t *testing.T) {
	t.Parallel()
	swedish, _ := i18n.Reasons("sv")
	for _, lang := range i18n.Languages {
		if lang == "en" {
			continue
		}
		said, unverified := i18n.Reasons(lang)
		if unverified != (lang != "sv") {
			t.Errorf("reasons of %s: unverified is %v", lang, unverified)
		}
		if len(said) != len(swedish) {
			t.Errorf("%s knows %d reasons, Swedish %d", lang, len(said), len(swedish))
		}
		for english, text := range said {
			if swedish[english] == "" || strings.Count(english, "#") != strings.Count(text, "#") || strings.Count(english, "*") != strings.Count(text, "*") {
				t.Errorf("%s of %s: %q", english, lang, text)
			}
		}
	}
}

// reasonsAgainstValues are the reasons that BadValueErrors are made with in a
// folder and those below, as they read with some fact filled in.
func reasonsAgainstValues(t *testing.T, root string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "BadValueError{") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if made, ok := n.(*ast.CompositeLit); ok && strings.HasSuffix(nameOf(made.Type), "BadValueError") {
				for _, e := range made.Elts {
					if pair, ok := e.(*ast.KeyValueExpr); ok && nameOf(pair.Key) == "Why" {
						if why, err := spoken(pair.Value); err == nil {
							found = append(found, why)
						}
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// spoken returns what an expression says, with facts of its own where it takes
// some; an error for what is no text of the program.
func spoken(e ast.Expr) (string, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return strconv.Unquote(e.Value)
	case *ast.BinaryExpr:
		begin, err := spoken(e.X)
		return begin + "x", err
	case *ast.CallExpr:
		if nameOf(e.Fun) == "Sprintf" {
			format, err := spoken(e.Args[0])
			return strings.NewReplacer("%d", "7", "%04X", "200E", "%s", "x").Replace(format), err
		}
	}
	return "", errors.New("no text")
}
