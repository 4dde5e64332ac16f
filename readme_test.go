package pott_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/cmd/pott/command"
)

var update = flag.Bool("update", false, "write the output of the commands into README.md")

// The tour of README.md is run against the demo, on a fixed day, and must print
// what stands there.
func TestTheTourOfTheReadmePrintsWhatItSays(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	d, err := demo.Start(t.Context(), t.TempDir(), func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	tour := &tour{t: t, demo: d, dir: t.TempDir(), now: day}
	got := block.ReplaceAllStringFunc(string(readme), tour.run)
	if *update {
		if err := os.WriteFile("README.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(readme), got); diff != "" && !*update {
		t.Errorf("README.md is not what happens; go test -run Readme . -update writes it anew (-readme +now):\n%s", diff)
	}
}

var block = regexp.MustCompile("(?s)```console\n.*?```\n")

// A tour runs the commands of blocks, one after another, on one demo.
type tour struct {
	t    *testing.T
	demo *demo.Demo
	dir  string // where the reader stands
	now  time.Time
}

// run returns a block with what its commands print now.
func (t *tour) run(block string) string {
	out := "```console\n"
	for line := range strings.Lines(block) {
		if typed, ok := strings.CutPrefix(line, "$ "); ok {
			out += line + t.mask(t.command(strings.TrimSpace(typed)))
		}
	}
	return out + "```\n"
}

func (t *tour) command(typed string) string {
	typed = strings.ReplaceAll(typed, "$DEMO", t.demo.Dir)
	typed, into, redirected := strings.Cut(typed, " > ")
	typed, first, cut := strings.Cut(typed, " | head -")
	words := strings.Fields(typed)
	var out bytes.Buffer
	switch words[0] {
	case "pott":
		p := command.FromOS()
		p.Args, p.Stdin, p.Stdout, p.Stderr = words[1:], strings.NewReader(""), &out, &out
		p.Terminal, p.Asked, p.Width, p.Now = !redirected, false, 110, func() time.Time { return t.now }
		p.Env = func(name string) (string, bool) {
			if name == "POTT_CONTEXTS" {
				return t.demo.Contexts, true
			}
			return "", false
		}
		p.Run(context.Background())
	case "pott-verify":
		for i, w := range words {
			if w == filepath.Base(w) && strings.HasSuffix(w, ".pott") {
				words[i] = filepath.Join(t.dir, w)
			}
		}
		c := exec.Command("go", append([]string{"run", "./cmd/pott-verify"}, append(words[1:], "--at", t.now.Format(time.DateOnly))...)...)
		c.Stdout, c.Stderr = &out, &out
		if err := c.Run(); err != nil {
			t.t.Errorf("%s: %v", typed, err)
		}
	case "curl":
		out.WriteString(t.post(words[1], regexp.MustCompile(`-d '(.*)'`).FindStringSubmatch(typed)[1]))
	default:
		t.t.Errorf("the tour does not know how to run %s", words[0])
	}
	if redirected {
		if err := os.WriteFile(filepath.Join(t.dir, into), out.Bytes(), 0o644); err != nil {
			t.t.Error(err)
		}
		return ""
	}
	if cut {
		n, err := strconv.Atoi(first)
		if err != nil {
			t.t.Fatalf("head -%s: %v", first, err)
		}
		lines := strings.SplitAfter(out.String(), "\n")
		return strings.Join(lines[:min(n, len(lines))], "")
	}
	return out.String()
}

func (t *tour) post(url, body string) string {
	token, err := os.ReadFile(filepath.Join(t.demo.Dir, "designteamet.token"))
	if err != nil {
		t.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", strings.Replace(url, "http://127.0.0.1:7070", t.demo.Server, 1), strings.NewReader(body))
	if err != nil {
		t.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.t.Fatal(err)
	}
	return fmt.Sprintf("%s\n", bytes.TrimSpace(text))
}

var (
	random      = regexp.MustCompile(`\b[0-9a-f]{16,64}\b…?`)
	fingerprint = regexp.MustCompile(`\b[0-9a-f]{4}(-[0-9a-f]{4}){7}\b`)
)

// mask takes out what is different in every demo.
func (t *tour) mask(text string) string {
	text = strings.NewReplacer(t.demo.Dir, "$DEMO", t.dir+"/", "", t.demo.Server, "http://127.0.0.1:7070").Replace(text)
	text = random.ReplaceAllString(text, "…")
	return fingerprint.ReplaceAllString(text, "…")
}

// What the reader copies into a program must compile.
func TestTheGoOfTheReadmeCompiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1) {
		file := filepath.Join(t.TempDir(), fmt.Sprintf("readme%d.go", i))
		text := "package main\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"os\"\n\n\t\"github.com/pott-dev/pott/entitle\"\n\t\"github.com/pott-dev/pott/license\"\n)\n\n" +
			"func main() { fmt.Println(run(context.Background())) }\n\nfunc run(ctx context.Context) error {\n" + string(m[1]) + "return nil\n}\n"
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("go", "vet", file).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
