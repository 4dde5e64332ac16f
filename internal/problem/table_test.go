package problem_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/problem"
)

// A coded is an error type with a code, found in the tree.
type coded struct {
	where  string // directory and type
	fields []string
	sample reflect.Type // a struct with these fields, or nil
}

// codes reads every Go file of a tree and returns the errors that have a code,
// by code, and a sentence for every Code method that cannot be read here.
func codes(t *testing.T, tree fs.FS) (map[string][]coded, []string) {
	t.Helper()
	found, unclear := map[string][]coded{}, []string(nil)
	packages := map[string][]*ast.File{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(name); name != "." && (base[0] == '.' || base == "testdata" || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
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
		packages[path.Dir(name)] = append(packages[path.Dir(name)], file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range packages {
		p := readPackage(files)
		for _, method := range p.codes {
			typ := receiver(method)
			if !p.errors[typ] {
				continue
			}
			all, clear := literals(method)
			if !clear {
				unclear = append(unclear, dir+"."+typ+": Code() returns something else than a literal")
			}
			for _, code := range all {
				found[code] = append(found[code], coded{dir + "." + typ, p.all(typ), p.sample(typ)})
			}
		}
	}
	return found, unclear
}

// A pkg is what one package declares that matters here.
type pkg struct {
	codes  []*ast.FuncDecl
	errors map[string]bool     // types with an Error method
	fields map[string][]string // exported fields of struct types
	embeds map[string][]string // types that struct types embed
	types  map[string]ast.Expr // of fields, by type and field: "PoolFullError.Seats"
}

func readPackage(files []*ast.File) pkg {
	p := pkg{errors: map[string]bool{}, fields: map[string][]string{}, embeds: map[string][]string{}, types: map[string]ast.Expr{}}
	for _, file := range files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				switch {
				case d.Recv == nil:
				case d.Name.Name == "Code":
					p.codes = append(p.codes, d)
				case d.Name.Name == "Error":
					p.errors[receiver(d)] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					p.readType(spec)
				}
			}
		}
	}
	return p
}

func (p pkg) readType(spec ast.Spec) {
	typ, ok := spec.(*ast.TypeSpec)
	if !ok {
		return
	}
	body, ok := typ.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range body.Fields.List {
		if embedded, ok := field.Type.(*ast.Ident); ok && field.Names == nil {
			p.embeds[typ.Name.Name] = append(p.embeds[typ.Name.Name], embedded.Name)
		}
		for _, name := range field.Names {
			if name.IsExported() {
				p.fields[typ.Name.Name] = append(p.fields[typ.Name.Name], name.Name)
				p.types[typ.Name.Name+"."+name.Name] = field.Type
			}
		}
	}
}

// all returns the exported fields of a type, those of what it embeds included.
func (p pkg) all(typ string) []string {
	fields := p.fields[typ]
	for _, e := range p.embeds[typ] {
		fields = append(fields, p.all(e)...)
	}
	return fields
}

// sample returns a struct type with the exported fields of a type, as sentences
// see them: what has a text form is a text.
func (p pkg) sample(typ string) reflect.Type {
	var fields []reflect.StructField
	for _, of := range append([]string{typ}, p.embeds[typ]...) {
		for _, name := range p.fields[of] {
			fields = append(fields, reflect.StructField{Name: name, Type: p.plain(p.types[of+"."+name])})
		}
	}
	return reflect.StructOf(fields)
}

func (p pkg) plain(expr ast.Expr) reflect.Type {
	switch e := expr.(type) {
	case *ast.ArrayType:
		return reflect.SliceOf(p.plain(e.Elt))
	case *ast.StarExpr:
		return reflect.PointerTo(p.plain(e.X))
	case *ast.Ident:
		switch {
		case strings.HasPrefix(e.Name, "int") || strings.HasPrefix(e.Name, "uint"):
			return reflect.TypeFor[int64]()
		case e.Name == "bool":
			return reflect.TypeFor[bool]()
		case p.fields[e.Name] != nil:
			return p.sample(e.Name)
		}
	}
	return reflect.TypeFor[string]()
}

func receiver(d *ast.FuncDecl) string {
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// literals returns the texts a method returns, and whether it returns nothing
// but literals.
func literals(d *ast.FuncDecl) (all []string, clear bool) {
	clear = true
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			lit, ok := r.Results[0].(*ast.BasicLit)
			if _, field := r.Results[0].(*ast.SelectorExpr); field {
				// A code that somebody else's server sent has its row there.
				return false
			}
			if !ok {
				clear = false
				return false
			}
			text, _ := strconv.Unquote(lit.Value)
			all = append(all, text)
		}
		return true
	})
	return all, clear
}

func TestEveryCodeHasARowAndSixSentences(t *testing.T) {
	t.Parallel()
	found, unclear := codes(t, os.DirFS("../.."))
	for _, sentence := range unclear {
		t.Error(sentence)
	}
	if len(found) < 20 {
		t.Fatalf("only %d codes found: the walk does not see the tree", len(found))
	}
	for _, code := range slices.Sorted(maps.Keys(found)) {
		for _, fault := range faults(code, found[code]) {
			t.Error(fault)
		}
	}
}

// A template may still stumble over what a fact is: a date of a number, a list of
// a text.
func TestEverySentenceCanBeFilledIn(t *testing.T) {
	t.Parallel()
	found, _ := codes(t, os.DirFS("../.."))
	for code, by := range found {
		for _, e := range by {
			for _, facts := range []reflect.Value{reflect.New(e.sample), filled(e.sample)} {
				for _, lang := range i18n.Languages {
					text, _ := i18n.Sentence(lang, code, facts.Interface())
					if all := text.Title + text.Detail + text.Hint; strings.Contains(all, "{{") || strings.Contains(all, "%!") {
						t.Errorf("%s of %s in %s: %q", code, e.where, lang, all)
					}
				}
			}
		}
	}
}

// filled returns a pointer to a struct in which everything is something.
func filled(typ reflect.Type) reflect.Value {
	v := reflect.New(typ)
	fill(v.Elem())
	return v
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("2027-03-08")
	case reflect.Int64:
		v.SetInt(1234)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 7, 7))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

// faults returns what is missing for a code, as sentences.
func faults(code string, by []coded) []string {
	var all []string
	if _, ok := problem.Lookup(code); !ok {
		all = append(all, code+" ("+by[0].where+"): no row in problem/table.go")
	}
	for _, lang := range i18n.Languages {
		if !slices.Contains(i18n.Codes(lang), code) {
			all = append(all, code+" ("+by[0].where+"): no sentence in i18n/catalogue/"+lang)
			continue
		}
		for _, field := range i18n.Fields(lang, code) {
			for _, e := range by {
				if !slices.Contains(e.fields, field) {
					all = append(all, code+": the "+lang+" sentence names ."+field+", which "+e.where+" does not have")
				}
			}
		}
	}
	return all
}

func TestNoRowAndNoSentenceIsLeftBehind(t *testing.T) {
	t.Parallel()
	found, _ := codes(t, os.DirFS("../.."))
	used := func(code string) bool { return len(found[code]) > 0 || code == problem.Internal }
	for _, code := range problem.Codes() {
		if !used(code) {
			t.Errorf("%s: a row in problem/table.go, and nothing returns it", code)
		}
	}
	for _, lang := range i18n.Languages {
		for _, code := range i18n.Codes(lang) {
			// Texts that are not about errors begin with the name of what says them.
			if !used(code) && !strings.HasPrefix(code, "why.") && !strings.HasPrefix(code, "note.") {
				t.Errorf("%s: a sentence in %s, and nothing returns it", code, lang)
			}
		}
	}
}

func TestAPlantedErrorWithoutARowIsNamed(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{"room/errors.go": {Data: []byte(`package room
type LostError struct{ Key string; secret int }
func (e *LostError) Error() string { return "" }
func (e *LostError) Code() string { return "room.lost" }
type Ticket struct{}
func (Ticket) Code() string { return "not an error" }
type VagueError struct{}
func (VagueError) Error() string { return "" }
func (VagueError) Code() string { return prefix + "x" }
`)}}
	found, unclear := codes(t, tree)
	if len(unclear) != 1 || !strings.Contains(unclear[0], "room.VagueError") {
		t.Errorf("unclear: %q, want VagueError", unclear)
	}
	lost := found["room.lost"]
	if len(lost) != 1 || !slices.Equal(lost[0].fields, []string{"Key"}) || found["not an error"] != nil {
		t.Fatalf("found %+v", found)
	}
	if got := faults("room.lost", lost); len(got) != 1+len(i18n.Languages) {
		t.Errorf("faults: %q, want a row and a sentence per language", got)
	}
	if got := faults("seat.pool-full", lost); !strings.Contains(strings.Join(got, "\n"), "names .Module, which room.LostError does not have") {
		t.Errorf("a sentence that names what is not there was not found: %q", got)
	}
}
