package command

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// program returns a program that touches nothing of the machine's.
func program(env map[string]string, args ...string) (*Program, *bytes.Buffer, *bytes.Buffer) {
	var stdout, stderr bytes.Buffer
	p := FromOS()
	p.Args, p.Stdin, p.Stdout, p.Stderr = args, strings.NewReader(""), &stdout, &stderr
	p.Terminal, p.Asked = false, false
	p.Env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	return p, &stdout, &stderr
}

func leaves(t *testing.T) []*kong.Node {
	t.Helper()
	p, _, _ := program(nil)
	k, err := newParser(p, &tree{})
	if err != nil {
		t.Fatal(err)
	}
	return k.Model.Leaves(true)
}

func TestEveryCommandHasAnExampleThatItsParserReads(t *testing.T) {
	known := map[string]bool{}
	for _, leaf := range leaves(t) {
		path := pathOf(leaf)
		known[path] = true
		if len(examples[path]) == 0 {
			t.Errorf("pott %s has no example", path)
		}
		for _, example := range examples[path] {
			words := shellWords(t, example)
			if words[0] != "pott" || !strings.HasPrefix(example, "pott "+path) {
				t.Errorf("%q is no example of pott %s", example, path)
			}
			p, _, _ := program(nil)
			k, err := newParser(p, &tree{})
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := k.Parse(words[1:])
			if err != nil {
				t.Errorf("%s: %v", example, err)
			} else if got := pathOf(parsed.Selected()); got != path {
				t.Errorf("%s is read as pott %s", example, got)
			}
		}
	}
	for path := range examples {
		if !known[path] {
			t.Errorf("there are examples of pott %s, which is no command", path)
		}
	}
}

// shellWords splits an example as a shell does, as far as the examples go.
func shellWords(t *testing.T, line string) []string {
	t.Helper()
	line, _, _ = strings.Cut(line, " > ")
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2])
	}
	return words
}

func TestTheHelpOfEveryCommandShowsItsExamplesAndEveryFlagHasText(t *testing.T) {
	for _, leaf := range leaves(t) {
		path := pathOf(leaf)
		p, stdout, stderr := program(nil, append(strings.Fields(path), "--help")...)
		if code := p.Run(context.Background()); code != 0 || stderr.Len() > 0 {
			t.Errorf("pott %s --help exits with %d and says %q", path, code, stderr)
		}
		for _, example := range examples[path] {
			if !strings.Contains(strings.Join(strings.Fields(stdout.String()), " "), strings.Join(strings.Fields(example), " ")) {
				t.Errorf("pott %s --help does not show %q:\n%s", path, example, stdout)
			}
		}
		for _, flags := range leaf.AllFlags(true) {
			for _, f := range flags {
				if f.Help == "" {
					t.Errorf("pott %s --%s says nothing about itself", path, f.Name)
				}
			}
		}
		for _, arg := range leaf.Positional {
			if arg.Help == "" {
				t.Errorf("pott %s <%s> says nothing about itself", path, arg.Name)
			}
		}
	}
}

// Commands that change nothing, and those that run rather than change.
var unchanging = regexp.MustCompile(`(^| )(ls|show|holders|licenses|review|diff|history|inspect|verify|doctor|why|check|status|count|peaks|what-if|fsck|completion|version|serve|migrate|check-config|audit head|server head|clock|ask|may-upgrade|attention|signin|provider test|user export|template|wait|errors|offer|audit proof|keys|superfluous|incident|report|set record)$`)

func TestEverythingThatChangesSomethingHasADryRun(t *testing.T) {
	for _, leaf := range leaves(t) {
		has := false
		for _, f := range leaf.Flags {
			has = has || f.Name == "dry-run"
		}
		if path := pathOf(leaf); has == unchanging.MatchString(path) {
			t.Errorf("pott %s: dry run is %v", path, has)
		}
	}
}

func TestWrongUsageNamesTheProblemAndTheHelp(t *testing.T) {
	for _, row := range []struct {
		args, problem, help string
	}{
		{"user pln", `did you mean`, "pott user --help"},
		{"user plan set anna", "neither a plan nor a line", "pott user plan set --help"},
		{"--lang fi status", `there is no language "fi"`, "pott --help"},
		{"status --wat", "unknown flag --wat", "pott status --help"},
		{"user why anna", "ask about one thing", "pott user why --help"},
		{"user change anna", "nothing to change", "pott user change --help"},
	} {
		p, stdout, stderr := program(nil, strings.Fields(row.args)...)
		code := p.Run(context.Background())
		if code != 2 || stdout.Len() > 0 || !strings.Contains(stderr.String(), row.problem) || !strings.Contains(stderr.String(), row.help) {
			t.Errorf("pott %s: exit %d, stdout %q, stderr %q", row.args, code, stdout, stderr)
		}
	}
}

func TestEveryWordIsThereInBothLanguagesWithTheSameFacts(t *testing.T) {
	verb := regexp.MustCompile(`%\[\d\][a-z]`)
	en, sv := words()["en"], words()["sv"]
	for key, text := range en {
		other, ok := sv[key]
		if !ok {
			t.Errorf("%s has no Swedish", key)
			continue
		}
		facts := map[string]bool{}
		for _, v := range verb.FindAllString(text, -1) {
			facts[v] = true
		}
		for _, v := range verb.FindAllString(other, -1) {
			if !facts[v] {
				t.Errorf("%s: the Swedish names %s, the English does not", key, v)
			}
		}
		for v := range facts {
			if !strings.Contains(other, v) {
				t.Errorf("%s: the Swedish leaves out %s", key, v)
			}
		}
	}
	for key := range sv {
		if _, ok := en[key]; !ok {
			t.Errorf("%s has no English", key)
		}
	}
}

func TestNothingIsSaidThatTheCataloguesDoNotHave(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	look := func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		fun, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch fun.Sel.Name {
		case "say", "line", "remark", "counted", "holdings":
		default:
			return true
		}
		if text, ok := call.Args[0].(*ast.BasicLit); ok {
			key, _ := strconv.Unquote(text.Value)
			if said++; words()["en"][key] == "" && !strings.HasSuffix(key, ".") {
				t.Errorf("nothing is written for %q", key)
			}
		}
		return true
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, look)
	}
	if said < 60 {
		t.Errorf("only %d sentences were found: the walk is wrong", said)
	}
}
