package problem_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/roster"
)

// fromOutside are the codes whose reason is at times what somebody else said: the
// operating system, another server, a library. Sentences quote it behind a word in
// the reader's language.
var fromOutside = map[string]string{
	"cli.file":                  "the operating system",
	"cli.contexts-file":         "the operating system, or the reader of JSON",
	"client.bad-answer":         "what stands between us and the server, or the reader of JSON",
	"client.unreachable":        "the network",
	"exchange.bad-signature":    "the reader of signed notes",
	"fetch.refused":             "the license server, by a code",
	"fetch.unreachable":         "the network, or what answers instead of the license server",
	"fsck.cannot-check":         "fsck, whose reasons are known: see below",
	"restore.unchecked":         "fsck, whose reasons are known: see below",
	"host.certificate":          "the operating system, or the reader of certificates",
	"host.config":               "the operating system, or the reader of the file",
	"host.file":                 "the operating system",
	"host.listen":               "the operating system",
	"installation.code-refused": "the license server, by a code",
	"license.bad-name":          "another such error, whose reason is known",
	"message.mail-refused":      "the mail server",
	"message.no-mail-server":    "the network",
	"message.webhook-failed":    "the network, or who is called",
	"provider.unreachable":      "the network, or the provider",
	"set.bad-signature":         "the reader of signed notes",
}

// forEngineers are the codes whose reason names a rule of a file's format, or is told
// to those who run a vendor's license server: it is quoted as it is, because whoever
// can do something about it reads the specification, which is in English.
var forEngineers = map[string]string{
	"archive.broken":           "a rule of the format of archives",
	"archive.no-place":         "a table or column of the database",
	"entitle.bad-answer":       "a rule of the API, told in a program's log",
	"exchange.malformed":       "a rule of what installation and license server say to each other",
	"holdings.bad-format":      "a rule of the format of holdings",
	"holdings.bad-signature":   "a rule of the format of holdings",
	"installation.bad-message": "told to those who run the license server",
	"set.malformed":            "a rule of the format of license files",
}

// printed finds a fact that a sentence prints and that holds a reason.
var printed = regexp.MustCompile(`\{\{\.(Why|Rule)\}\}`)

// A reasoned is an error type that carries a reason into a sentence.
type reasoned struct {
	texts []string // reasons it is made with, as they read with something filled in
	open  []string // where it is made with what the program does not say itself
}

// reasonsOf reads every Go file of a tree and returns by code what errors are made with
// whose sentences print a reason.
func reasonsOf(t *testing.T, tree fs.FS) map[string]*reasoned {
	t.Helper()
	return madeWith(t, tree, []string{"Why", "Rule"}, func(code string) bool {
		text := i18n.Source("en", code)
		return printed.MatchString(text.Title + text.Detail + text.Hint)
	})
}

// madeWith reads every Go file of a tree and returns by code what some fields of errors
// are made with.
func madeWith(t *testing.T, tree fs.FS, keys []string, wanted func(code string) bool) map[string]*reasoned {
	t.Helper()
	found, _ := codes(t, tree)
	byType := map[string]string{} // "dir.Type" → code
	all := map[string]*reasoned{}
	for code, by := range found {
		if !wanted(code) {
			continue
		}
		all[code] = &reasoned{}
		for _, c := range by {
			byType[c.where] = code
		}
	}
	for dir, files := range goFiles(t, tree) {
		m := making{dir: dir, files: files, keys: keys, byType: byType, all: all, consts: constants(files)}
		for name, file := range files {
			m.name = name
			m.read(file)
		}
	}
	return all
}

func goFiles(t *testing.T, tree fs.FS) map[string]map[string]*ast.File {
	t.Helper()
	all := map[string]map[string]*ast.File{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (base[0] == '.' || base == "testdata" || base == "node_modules" || base == "housetest"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go"):
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		if all[dir] == nil {
			all[dir] = map[string]*ast.File{}
		}
		all[dir][name] = file
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// constants are the texts that a package has names for.
func constants(files map[string]*ast.File) map[string]ast.Expr {
	all := map[string]ast.Expr{}
	for _, file := range files {
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
						for i, n := range v.Names {
							all[n.Name] = v.Values[i]
						}
					}
				}
			}
		}
	}
	return all
}

// A making finds where errors of a package are made.
type making struct {
	dir, name string
	files     map[string]*ast.File
	keys      []string // the fields that are looked at
	byType    map[string]string
	all       map[string]*reasoned
	consts    map[string]ast.Expr
}

func (m making) read(file *ast.File) {
	imports := map[string]string{}
	for _, i := range file.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		if dir, ours := strings.CutPrefix(name, "github.com/pott-dev/pott/"); ours {
			local := path.Base(dir)
			if i.Name != nil {
				local = i.Name.Name
			}
			imports[local] = dir
		}
	}
	for _, decl := range file.Decls {
		fn, _ := decl.(*ast.FuncDecl)
		ast.Inspect(decl, func(n ast.Node) bool {
			made, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			where := ""
			switch typ := made.Type.(type) {
			case *ast.Ident:
				where = m.dir + "." + typ.Name
			case *ast.SelectorExpr:
				if pkg, ok := typ.X.(*ast.Ident); ok && imports[pkg.Name] != "" {
					where = imports[pkg.Name] + "." + typ.Sel.Name
				}
			}
			code, ok := m.byType[where]
			if !ok {
				return true
			}
			for _, e := range made.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					if key, ok := pair.Key.(*ast.Ident); ok && slices.Contains(m.keys, key.Name) {
						m.note(m.all[code], pair.Value, fn)
					}
				}
			}
			return true
		})
	}
}

// note keeps what an error is made with.
func (m making) note(r *reasoned, value ast.Expr, in *ast.FuncDecl) {
	if text, ok := m.says(value); ok {
		r.texts = append(r.texts, text)
		return
	}
	if id, ok := value.(*ast.Ident); ok && in != nil {
		if kept := assigned(in, id.Name); len(kept) > 0 {
			for _, e := range kept {
				m.note(r, e, nil)
			}
			return
		}
		if given := m.givenTo(in, id.Name); len(given) > 0 {
			for _, e := range given {
				m.note(r, e, nil)
			}
			return
		}
	}
	r.open = append(r.open, m.name)
}

// assigned returns what a function keeps under a name, "" left out.
func assigned(fn *ast.FuncDecl, name string) (kept []ast.Expr) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i, l := range a.Lhs {
				value, literal := a.Rhs[i].(*ast.BasicLit)
				if id, ok := l.(*ast.Ident); ok && id.Name == name && (!literal || value.Value != `""`) {
					kept = append(kept, a.Rhs[i])
				}
			}
		}
		return true
	})
	return kept
}

// says returns what an expression says, with something filled in where it takes facts.
func (m making) says(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.ParenExpr:
		return m.says(e.X)
	case *ast.Ident:
		if value := m.consts[e.Name]; value != nil {
			return m.says(value)
		}
	case *ast.BinaryExpr:
		x, xok := m.says(e.X)
		y, yok := m.says(e.Y)
		if !xok {
			x = "Xx"
		}
		if !yok {
			y = "Xx"
		}
		return x + y, xok || yok
	case *ast.CallExpr:
		if fn, ok := e.Fun.(*ast.SelectorExpr); ok && fn.Sel.Name == "Sprintf" {
			format, ok := m.says(e.Args[0])
			return verb.ReplaceAllStringFunc(format, func(v string) string {
				if strings.HasSuffix(v, "d") {
					return "7"
				}
				return "Xx"
			}), ok
		}
	}
	return "", false
}

var verb = regexp.MustCompile(`%[-+#0-9.]*[a-zA-Z]`)

// givenTo returns what a function of the package is given for a parameter: itself, or
// a function that it keeps under a name.
func (m making) givenTo(fn *ast.FuncDecl, parameter string) (given []ast.Expr) {
	name, at := fn.Name.Name, place(fn.Type, parameter)
	ast.Inspect(fn, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == 1 && len(a.Rhs) == 1 {
			if lit, ok := a.Rhs[0].(*ast.FuncLit); ok && place(lit.Type, parameter) >= 0 {
				name, at = a.Lhs[0].(*ast.Ident).Name, place(lit.Type, parameter)
			}
		}
		return true
	})
	if at < 0 {
		return nil
	}
	for _, file := range m.files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) <= at {
				return true
			}
			called := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				called = f.Name
			case *ast.SelectorExpr:
				called = f.Sel.Name
			}
			if called == name {
				given = append(given, call.Args[at])
			}
			return true
		})
	}
	return given
}

// place is which parameter a name is; -1 when none.
func place(f *ast.FuncType, name string) int {
	at := 0
	for _, field := range f.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return at
			}
			at++
		}
	}
	return -1
}

// Sentences that print a reason print it in the reader's language, or quote it as what
// somebody else said.
func TestNoSentencePrintsAReasonOfOursInEnglishOnly(t *testing.T) {
	t.Parallel()
	all := reasonsOf(t, os.DirFS("../.."))
	if len(all) < 30 {
		t.Fatalf("only %d codes print a reason: the walk does not see the tree", len(all))
	}
	for _, code := range slices.Sorted(maps.Keys(all)) {
		for _, fault := range untold(code, all[code]) {
			t.Error(fault)
		}
	}
	for _, list := range []map[string]string{fromOutside, forEngineers} {
		for code := range list {
			if all[code] == nil {
				t.Errorf("%s is excused, and prints no reason", code)
			}
		}
	}
}

// untold returns what is wrong with the reasons of a code, as sentences.
func untold(code string, r *reasoned) (faults []string) {
	if forEngineers[code] != "" {
		return nil
	}
	for _, text := range r.texts {
		var strangers []string
		for _, lang := range i18n.Languages {
			if _, known := i18n.Reason(lang, text); !known {
				strangers = append(strangers, lang)
			}
		}
		if len(strangers) > 0 {
			faults = append(faults, code+": "+strings.Join(strangers, ", ")+" do not know "+strconv.Quote(text)+": see i18n/reasons")
		}
	}
	if len(r.open) > 0 && fromOutside[code] == "" {
		faults = append(faults, code+": made in "+r.open[0]+" with a reason that is no text of the program: say in fromOutside who says it")
	}
	if len(r.open) == 0 && fromOutside[code] != "" {
		faults = append(faults, code+": nobody else says its reason any longer")
	}
	return faults
}

// Why fsck cannot tell is said on pages and by commands.
func TestEveryReasonOfFsckIsKnownInEveryLanguage(t *testing.T) {
	t.Parallel()
	found := 0
	for dir, files := range goFiles(t, os.DirFS("../installation/fsck")) {
		m := making{dir: dir, files: files, consts: constants(files)}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 1 {
					return true
				}
				if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "cannot" {
					return true
				}
				if text, ok := m.says(call.Args[0]); ok {
					found++
					for _, fault := range untold("fsck", &reasoned{texts: []string{text}}) {
						t.Error(fault)
					}
				}
				return true
			})
		}
	}
	if found < 10 {
		t.Errorf("only %d reasons were found in the code", found)
	}
}

func TestAPlantedEnglishReasonIsNamed(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{"room/errors.go": {Data: []byte(`package room
import "fmt"
type BadError struct{ Field, Why string }
func (e *BadError) Error() string { return "" }
func (e *BadError) Code() string { return "request.bad-value" }
const said = "it is empty"
func a() error { return &BadError{Field: "a", Why: said} }
func b() error { return &BadError{Field: "b", Why: fmt.Sprintf("nobody has told it %d times", 3)} }
func c(err error) error { return &BadError{Field: "c", Why: err.Error()} }
func d() error {
	wrong := func(field, why string) error { return &BadError{Field: field, Why: why} }
	return wrong("d", "it is told nowhere")
}
`)}}
	r := reasonsOf(t, tree)["request.bad-value"]
	if r == nil || !slices.Equal(slices.Sorted(slices.Values(r.texts)), []string{"it is empty", "it is told nowhere", "nobody has told it 7 times"}) || len(r.open) != 1 {
		t.Fatalf("found %+v", r)
	}
	got := strings.Join(untold("request.bad-value", r), "\n")
	for _, want := range []string{`sv, nb, da, de, nl do not know "nobody has told it 7 times"`, `sv, nb, da, de, nl do not know "it is told nowhere"`, "made in room/errors.go"} {
		if !strings.Contains(got, want) || strings.Count(got, "\n") != 2 {
			t.Errorf("%q is not among %q", want, got)
		}
	}
}

// The fields that an error about a value may name, on every door of the installation.
var fieldErrors = []string{"request.bad-value", "event.bad"}

// A page and a command name a field as forms do; the API has the code besides.
func TestEveryFieldAnErrorNamesHasItsWord(t *testing.T) {
	t.Parallel()
	names := slices.Clone(roster.Columns)
	for _, r := range madeWith(t, os.DirFS("../.."), []string{"Field"}, func(code string) bool { return slices.Contains(fieldErrors, code) }) {
		names = append(names, r.texts...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < 40 {
		t.Fatalf("only %d fields found: the walk does not see the tree", len(names))
	}
	for _, name := range names {
		if i18n.FieldName("en", name) == name {
			t.Errorf("%s has no word: see i18n/words/*/input.json", name)
		}
	}
}
