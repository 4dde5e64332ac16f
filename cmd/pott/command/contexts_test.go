package command

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFlagBeatsEnvironmentBeatsContextBeatsDefault(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"XDG_CONFIG_HOME": dir}
	run := func(args ...string) string {
		t.Helper()
		p, stdout, stderr := program(env, args...)
		if code := p.Run(context.Background()); code != 0 {
			t.Fatalf("pott %s: %s", strings.Join(args, " "), stderr)
		}
		return stdout.String()
	}
	shown := func(args ...string) connection {
		t.Helper()
		var c connection
		if err := json.Unmarshal([]byte(run(append([]string{"context", "show", "--json"}, args...)...)), &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if got := shown().Server; got != (setting{defaultServer, "default"}) {
		t.Errorf("nothing said: %v", got)
	}
	run("context", "add", "work", "--server", "http://work:7070", "--installation", "nordlys", "--token-file", "/secret/token")
	if got := shown(); got.Server != (setting{"http://work:7070", "context work"}) || got.Token != (setting{"/secret/token", "context work"}) {
		t.Errorf("a context: %v", got)
	}
	env["POTT_SERVER"], env["POTT_TOKEN"] = "http://env:1", "pott_x_y"
	got := shown()
	if got.Server != (setting{"http://env:1", "$POTT_SERVER"}) || got.Token != (setting{"", "$POTT_TOKEN"}) || got.Installation.Value != "nordlys" {
		t.Errorf("the environment: %v", got)
	}
	if got := shown("--server", "http://flag:1").Server; got != (setting{"http://flag:1", "--server"}) {
		t.Errorf("a flag: %v", got)
	}
}

func TestContextsNeverHoldATokenAndAreReadByNobodyElse(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"XDG_CONFIG_HOME": dir, "POTT_TOKEN": "pott_id_secret"}
	p, _, stderr := program(env, "context", "add", "work", "--server", "http://work:7070")
	if code := p.Run(context.Background()); code != 0 {
		t.Fatal(stderr)
	}
	path := filepath.Join(dir, "pott", "contexts.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "secret") {
		t.Errorf("the token is in the file: %s", data)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	p, _, stderr = program(env, "context", "add", "work", "--token-file", "-")
	if code := p.Run(context.Background()); code != 2 {
		t.Errorf("a token from standard input cannot be remembered: exit %d, %s", code, stderr)
	}
}

func TestADryRunOfAContextChangesNothing(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"XDG_CONFIG_HOME": dir}
	p, stdout, _ := program(env, "context", "add", "work", "--dry-run", "-q")
	if code := p.Run(context.Background()); code != 0 || stdout.String() != "work\n" {
		t.Errorf("exit %d, %q", code, stdout)
	}
	if _, err := os.Stat(filepath.Join(dir, "pott")); err == nil {
		t.Error("something was written")
	}
}

func TestAContextsFileNobodyUnderstandsIsRefused(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(filepath.Join(dir, "pott"), 0o700)
	os.WriteFile(filepath.Join(dir, "pott", "contexts.json"), []byte(`{"contexts":{},"tokens":1}`), 0o600)
	p, _, stderr := program(map[string]string{"XDG_CONFIG_HOME": dir}, "context", "ls")
	if code := p.Run(context.Background()); code != 1 || !strings.Contains(stderr.String(), "tokens") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestTheLocaleChoosesTheLanguageAndTheFirstVariableThatSpeaksDecides(t *testing.T) {
	for _, row := range []struct {
		env  map[string]string
		lang string
		want string
	}{
		{map[string]string{}, "", "en"},
		{map[string]string{"LANG": "sv_SE.UTF-8"}, "", "sv"},
		{map[string]string{"LC_ALL": "C", "LANG": "sv_SE.UTF-8"}, "", "en"},
		{map[string]string{"LC_MESSAGES": "de_AT@euro", "LANG": "sv_SE"}, "", "de"},
		{map[string]string{"LANG": "no_NO"}, "", "nb"},
		{map[string]string{"LANG": "fi_FI"}, "", "en"},
		{map[string]string{"LANG": "nl"}, "da", "da"},
	} {
		p, _, _ := program(row.env)
		s := &session{p: p, g: &globals{Lang: row.lang}}
		if got := s.language(); got != row.want {
			t.Errorf("%v --lang %q: %s, want %s", row.env, row.lang, got, row.want)
		}
	}
}

func TestATableIsAlignedAndCutOnlyForATerminal(t *testing.T) {
	tb := &table{columns: []column{{head: "license", cut: late}, {head: "spare", right: true}}}
	tb.add("Försäljning Premium", "2")
	tb.add("Web", "1200")
	for _, row := range []struct {
		header bool
		width  int
		want   string
	}{
		{false, 0, "Försäljning Premium     2\nWeb                  1200\n"},
		{true, 18, "LICENSE      SPARE\nFörsäljnin…      2\nWeb           1200\n"},
		{true, 10, "LICENSE   SPARE\nFörsälj…      2\nWeb        1200\n"},
	} {
		var b strings.Builder
		tb.write(&b, row.header, row.width)
		if b.String() != row.want {
			t.Errorf("got\n%swant\n%s", b.String(), row.want)
		}
	}
}

func TestCompletionNeedsNoServerForCommandsAndIsSilentWithoutOne(t *testing.T) {
	for _, row := range []struct {
		words string
		want  string
	}{
		{"user pl", "plan"},
		{"user plan ", "add rm set"},
		{"user plan set anna p --dr", "--dry-run"},
		{"token add x --scope ac", "activate"},
		{"completion ", "bash fish zsh"},
		{"user show ", ""},
		{"--server http://127.0.0.1:1 user show ", ""},
	} {
		words := strings.Split(row.words, " ")
		p, stdout, stderr := program(map[string]string{"POTT_TOKEN": "pott_a_b"}, append([]string{"__complete", "--"}, words...)...)
		code := p.Run(context.Background())
		got := strings.Fields(stdout.String())
		if strings.Join(sorted(got), " ") != row.want || code != 0 || stderr.Len() > 0 {
			t.Errorf("%q: %q, exit %d, %s", row.words, got, code, stderr)
		}
	}
}

func sorted(words []string) []string {
	slices.Sort(words)
	return words
}

func TestCodeNamesAreCutBeforeTheTitlesTheyExplain(t *testing.T) {
	tb := &table{columns: []column{{cut: late}, {cut: early}}}
	tb.add(strings.Repeat("t", 30), strings.Repeat("c", 40))
	for width, want := range map[int][]int{80: {30, 40}, 60: {30, 28}, 48: {30, 16}, 42: {24, 16}, 36: {24, 10}, 20: {10, 8}, 5: {8, 8}} {
		if got := tb.widths(tb.rows, width); !slices.Equal(got, want) {
			t.Errorf("on %d columns they have %v, want %v", width, got, want)
		}
	}
}
