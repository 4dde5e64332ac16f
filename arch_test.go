// Package pott_test holds the rules that no single package can hold: which
// package may reach which, and what may stand nowhere in the tree.
//
// Imports are parsed here, not asked of the go command, so that the test cache
// notices every edit.
package pott_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
)

const module = "github.com/pott-dev/pott"

// arrows lists what must never be reached. A package reaches what it imports,
// and what any package of ours among those imports; test files do not count.
// Both sides also mean the packages below them, and names without a dot or an
// "internal" in front may be ours or the standard library's.
// docs/architecture.md says why each line is here; read it before changing one.
var arrows = []struct{ from, never, because string }{
	{"license", "os net database/sql crypto internal", "the model is values; callers bring time, files and keys"},
	{"internal/seat", "os net database/sql crypto internal/sqldb internal/installation internal/audit", "seat rules decide; they neither fetch nor store"},
	{"internal/roster", "os net database/sql internal", "a list of people is bytes; what becomes of them is for the house"},
	{"internal/message", "os net database/sql crypto internal/installation", "who is told of what follows from what is the case"},
	{"internal/mail", "database/sql internal", "it hands over letters and does not know what they say"},
	{"internal/clock", "os net database/sql crypto internal", "what time it is follows from what was read"},
	{"internal/installation/anchor", "net database/sql internal/sqldb internal/installation/store", "it keeps files, and does not know what they say"},
	{"internal/paper", "os net database/sql license api internal/page internal/i18n internal/installation internal/authority", "it sets documents and knows nothing of what they say"},
	{"internal/installation/printing", "database/sql internal/sqldb internal/installation/store internal/installation/web internal/installation/httpapi", "paper says what the API says"},
	{"internal/locale", "os net database/sql crypto internal", "how a language writes things follows from the language alone"},
	{"internal/incident", "net database/sql internal", "an incident is kept whatever else is broken"},
	{"licensefile", "net database/sql internal", "anyone must be able to check a license file"},
	{"licenseserver", "net/http os database/sql internal", "it is what two houses say to each other, and knows neither"},
	{"auditproof", "net os database/sql internal", "anyone must be able to check an audit trail"},
	{"api", "net os database/sql internal", "it is the words of the JSON API and does nothing"},
	{"entitle", "database/sql internal", "it runs inside other people's programs"},
	{"entitletest", "database/sql internal", "it runs inside other people's tests"},
	{"examples", "internal", "an example may use only what its reader may use"},

	{"cmd/pott", "internal/authority", "what can issue never ships to a customer"},
	{"cmd/pott-authority", "internal/installation", "the vendor's server has no business in a customer's"},
	{"cmd/pott-verify", "internal database/sql", "it needs no server and holds no secret; its page is shown on this machine and calls nobody"},
	{"internal/authority", "internal/installation", "the two houses share words, never rooms"},
	{"internal/installation", "internal/authority", "the two houses share words, never rooms"},
	{"internal/client", "internal/installation internal/authority internal/sqldb database/sql", "it knows only what the API says"},

	{"internal/installation/fsck", "internal/installation/store internal/tamper internal/audit internal/seat", "if it shared the store's code, both could be wrong together"},
	{"internal/installation/archive", "internal/installation/store internal/installation/fsck internal/tamper internal/audit internal/seat license licensefile net/http", "it carries rows and does not know what they mean"},
	{"internal/installation/store", "internal/installation/httpapi internal/installation/fsck net/http", "tables are below the house, not above it"},
	{"internal/signer", "internal/authority internal/installation internal/sqldb database/sql net/http", "it moves texts and signatures and knows nothing of licenses in force"},
	{"internal/sqldb", "license licensefile internal/tamper internal/audit internal/seat internal/installation internal/authority", "it knows SQL, not what the tables mean"},
	{"internal/tamper", "os net database/sql internal", "seals are arithmetic over bytes"},
	{"internal/audit", "os net database/sql internal/sqldb internal/installation", "an entry is a value; the store writes it"},
	{"internal/problem", "license licensefile internal/seat internal/sqldb internal/installation internal/authority", "it knows codes, not packages"},
	{"internal/page", "database/sql internal/sqldb internal/installation internal/authority internal/seat license licensefile api", "it knows no page and no installation"},
	{"internal/i18n", "license licensefile internal/seat internal/sqldb internal/installation internal/authority net", "it knows sentences, not packages"},
}

// doors must not import what stands here themselves; reaching it through the
// house is how it is meant to be.
var doors = []struct{ from, never, because string }{
	{"internal/installation/httpapi", "internal/installation/store internal/sqldb database/sql", "doors call the house, not its store"},
	{"internal/installation/web", "internal/installation/store internal/sqldb database/sql", "doors call the house, not its store"},
	{"internal/authority/httpapi", "internal/authority/store internal/sqldb database/sql", "doors call the house, not its store"},
}

// public are the packages that other people's programs may import, and outside
// is what they may bring along besides the standard library.
var (
	public  = []string{"license", "licensefile", "licenseserver", "auditproof", "api", "entitle", "entitletest"}
	outside = []string{"golang.org/x/mod", "filippo.io/edwards25519"}
)

func TestArrows(t *testing.T) {
	tree := readTree(t, os.DirFS("."))
	for _, a := range arrows {
		if len(tree.under(a.from)) == 0 {
			t.Errorf("no package %s: the arrow from it guards nothing", a.from)
		}
	}
	for _, fault := range tree.faults() {
		t.Error(fault)
	}
}

func TestAPlantedFaultIsNamed(t *testing.T) {
	file := func(name string, imports ...string) *fstest.MapFile {
		text := "package " + name + "\n"
		for _, i := range imports {
			text += fmt.Sprintf("import %q\n", i)
		}
		return &fstest.MapFile{Data: []byte(text)}
	}
	tree := readTree(t, fstest.MapFS{
		"license/set.go":                        file("license", "time", module+"/internal/timer"),
		"internal/timer/timer.go":               file("timer", "os/exec"),
		"internal/seat/seat.go":                 file("seat", "time"),
		"internal/seat/seat_test.go":            file("seat", "os"),
		"internal/installation/inst.go":         file("installation", module+"/internal/installation/store"),
		"internal/installation/store/a.go":      file("store", "database/sql"),
		"internal/installation/httpapi/door.go": file("httpapi", module+"/internal/installation"),
		"internal/authority/httpapi/door.go":    file("httpapi", module+"/internal/authority/store"),
		"internal/authority/store/store.go":     file("store"),
	})
	want := []string{
		"internal/authority/httpapi imports internal/authority/store: doors call the house, not its store",
		"license reaches internal/timer: the model is values; callers bring time, files and keys",
		"license reaches os/exec through internal/timer: the model is values; callers bring time, files and keys",
	}
	if diff := cmp.Diff(want, tree.faults()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// faults returns every arrow that points the wrong way, as sentences, sorted.
func (tr tree) faults() []string {
	var faults []string
	for _, a := range arrows {
		for _, from := range tr.under(a.from) {
			for dep, via := range tr.reach(from) {
				if matches(dep, a.never) {
					faults = append(faults, fmt.Sprintf("%s reaches %s%s: %s", from, dep, via, a.because))
				}
			}
		}
	}
	for _, d := range doors {
		for _, from := range tr.under(d.from) {
			for dep := range tr[from].imports {
				if matches(dep, d.never) {
					faults = append(faults, fmt.Sprintf("%s imports %s: %s", from, dep, d.because))
				}
			}
		}
	}
	slices.Sort(faults)
	return faults
}

func TestPublicPackagesBringNothingAlong(t *testing.T) {
	tree := readTree(t, os.DirFS("."))
	for _, name := range public {
		for _, from := range tree.under(name) {
			for dep, via := range tree.reach(from) {
				foreign := strings.Contains(strings.Split(dep, "/")[0], ".")
				if _, ours := tree[dep]; ours && !matches(dep, strings.Join(public, " ")) {
					t.Errorf("%s reaches %s%s: a public package imports only public packages", from, dep, via)
				} else if foreign && !matches(dep, strings.Join(outside, " ")) {
					t.Errorf("%s reaches %s%s: whoever imports it would have to fetch that too", from, dep, via)
				}
			}
		}
	}
}

func TestTestKitsAreInNoBinary(t *testing.T) {
	tree := readTree(t, os.DirFS("."))
	for _, from := range tree.under("cmd") {
		for dep, via := range tree.reach(from) {
			_, ours := tree[dep]
			if dep == "testing" || ours && strings.HasSuffix(dep, "test") {
				t.Errorf("%s reaches %s%s: test kits are for tests", from, dep, via)
			}
		}
	}
}

// drawers are names that say nothing about what is inside.
var drawers = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "core", "types", "misc", "shared", "base", "service", "manager", "pkg", "lib"}

func TestEveryPackageIsNamedForAThingAndSaysWhatItDoes(t *testing.T) {
	for dir, p := range readTree(t, os.DirFS(".")) {
		if slices.Contains(drawers, path.Base(dir)) || slices.Contains(drawers, p.name) {
			t.Errorf("%s: a package is named for a thing in the business, not for a drawer", dir)
		}
		if !p.documented {
			t.Errorf("%s: no package comment", dir)
		}
	}
}

// The driver is generated against one exact version of its C library; any other
// may corrupt memory. Upgrades of the two go together.
func TestTheCLibraryIsTheOneTheSQLiteDriverWasMadeFor(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatalf("asking for the driver's go.mod: %v", err)
	}
	const libc = "modernc.org/libc"
	ours, theirs := required(t, "go.mod", libc), required(t, strings.TrimSpace(string(out)), libc)
	if ours != theirs {
		t.Errorf("go.mod has %s %s, the SQLite driver was made for %s", libc, ours, theirs)
	}
}

func required(t *testing.T, file, module string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.ParseLax(file, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Require {
		if r.Mod.Path == module {
			return r.Mod.Version
		}
	}
	t.Fatalf("%s does not require %s", file, module)
	return ""
}

// Every module we ask for ourselves has a line that says what for.
func TestEveryDependencyHasItsLine(t *testing.T) {
	data, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	const page = "docs/adr/0007-dependencies.md"
	lines, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Require {
		if !r.Indirect && !bytes.Contains(lines, []byte("`"+r.Mod.Path+"`")) {
			t.Errorf("%s has no line in %s", r.Mod.Path, page)
		}
	}
}

var (
	misspelt = regexp.MustCompile(`(?i)licen` + `ce`)
	leftOver = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
	document = regexp.MustCompile(`[A-Za-z0-9_][A-Za-z0-9_./-]*\.md\b`)
	webPage  = regexp.MustCompile(`https?://[^\s)>"'\x60]+`)
)

func TestOneSpellingNothingLeftOverAndEveryDocumentMentionedExists(t *testing.T) {
	tree := os.DirFS(".")
	walkText(t, tree, func(file string, text []byte) {
		for n, line := range bytes.Split(text, []byte("\n")) {
			if misspelt.Match(line) {
				t.Errorf("%s:%d: the word is spelled license everywhere", file, n+1)
			}
			if leftOver.Match(line) {
				t.Errorf("%s:%d: an open end; do it or write an issue", file, n+1)
			}
			for _, name := range document.FindAllString(string(webPage.ReplaceAll(line, nil)), -1) {
				if !exists(tree, file, name) {
					t.Errorf("%s:%d: no document %s", file, n+1, name)
				}
			}
		}
	})
}

// exists looks for a document from the root, beside the file that mentions it,
// and where documents are.
func exists(tree fs.FS, mentionedIn, name string) bool {
	for _, dir := range []string{".", path.Dir(mentionedIn), "docs", "docs/adr", "spec"} {
		if _, err := fs.Stat(tree, path.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// walkText calls act with every text file a reader of the repository meets.
func walkText(t *testing.T, tree fs.FS, act func(file string, text []byte)) {
	t.Helper()
	err := fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin", "dist", "scratch", "screenshots"}, file) || d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err == nil && !bytes.ContainsRune(text, 0) {
			act(file, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pkg is what the rules need to know about one package of ours.
type pkg struct {
	name       string
	documented bool
	imports    map[string]bool // ours without the module path: "internal/seat"
}

// tree is all packages of ours, by folder.
type tree map[string]*pkg

// readTree parses the imports of all files that are not tests.
func readTree(t *testing.T, files fs.FS) tree {
	t.Helper()
	found := tree{}
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if file != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || file == "tools" || file == "bin" || file == "scratch") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		return found.add(files, file)
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (tr tree) add(files fs.FS, file string) error {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return fmt.Errorf("parsing %s: %w", file, err)
	}
	dir := path.Dir(file)
	p := tr[dir]
	if p == nil {
		p = &pkg{imports: map[string]bool{}}
		tr[dir] = p
	}
	p.name = f.Name.Name
	p.documented = p.documented || says(f.Doc)
	for _, i := range f.Imports {
		name := strings.Trim(i.Path.Value, `"`)
		if rest, ours := strings.CutPrefix(name, module+"/"); ours {
			name = rest
		}
		p.imports[name] = true
	}
	return nil
}

func says(doc *ast.CommentGroup) bool { return doc != nil && len(strings.Fields(doc.Text())) > 3 }

// under returns the packages that are name or lie below it.
func (tr tree) under(name string) []string {
	var found []string
	for dir := range tr {
		if matches(dir, name) {
			found = append(found, dir)
		}
	}
	slices.Sort(found)
	return found
}

// reach returns all that from reaches, each with the way there: "" when from
// imports it, else " through a, b".
func (tr tree) reach(from string) map[string]string {
	reached := map[string]string{}
	var follow func(dir string, way []string)
	follow = func(dir string, way []string) {
		for dep := range tr[dir].imports {
			if _, seen := reached[dep]; seen {
				continue
			}
			reached[dep] = ""
			if len(way) > 0 {
				reached[dep] = " through " + strings.Join(way, ", ")
			}
			if _, ours := tr[dep]; ours {
				follow(dep, append(slices.Clip(way), dep))
			}
		}
	}
	follow(from, nil)
	return reached
}

// matches reports whether dep is one of the names in a list separated by
// spaces, or lies below one.
func matches(dep, names string) bool {
	for _, name := range strings.Fields(names) {
		if dep == name || strings.HasPrefix(dep, name+"/") {
			return true
		}
	}
	return false
}
