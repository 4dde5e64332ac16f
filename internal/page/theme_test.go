package page

import (
	"regexp"
	"strings"
	"testing"
)

// Whoever looks at a page in one theme has seen its structure in all of them.
// Browser tests rely on this: rules about structure are asked once for each width,
// and only those about colours and boxes once for each theme.
func TestAThemeChangesColoursAndLinesOnly(t *testing.T) {
	sheet := assets().files["style.css"].plain
	themed := map[string]bool{} // custom properties that a theme sets
	for _, d := range declarations(string(sheet)) {
		if !strings.Contains(d.where, "data-theme") && !strings.Contains(d.where, "prefers-color-scheme") {
			continue
		}
		if d.property != "color-scheme" && !strings.HasPrefix(d.property, "--") {
			t.Errorf("%s sets %s: a theme sets tokens, and what is drawn with them is the same in all", d.where, d.property)
		}
		themed[d.property] = true
	}
	if !themed["--bg"] || !themed["--line"] || len(themed) < 20 {
		t.Fatalf("the themes were not read: %d tokens", len(themed))
	}
	drawn := regexp.MustCompile(`^(--.*|color|background(-color)?|border(-(top|right|bottom|left|block|inline))?(-color|-width)?|outline(-color)?|fill|stroke|box-shadow|accent-color|text-decoration(-color)?)$`)
	used := 0
	for _, d := range declarations(string(sheet)) {
		for token := range themed {
			if strings.Contains(d.value, "var("+token+")") {
				used++
				if !drawn.MatchString(d.property) {
					t.Errorf("%s: %s depends on %s, which differs between themes", d.where, d.property, token)
				}
			}
		}
	}
	if used < 50 {
		t.Errorf("only %d uses of tokens were found", used)
	}
}

// A declaration of the sheet: where is its selector with the at-rules around it.
type declaration struct{ where, property, value string }

// declarations reads a sheet that has no braces or semicolons in its strings.
func declarations(sheet string) (all []declaration) {
	sheet = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(sheet, "")
	var within []string
	text := ""
	flush := func() {
		if property, value, ok := strings.Cut(text, ":"); ok {
			all = append(all, declaration{strings.Join(within, " "), strings.TrimSpace(property), strings.TrimSpace(value)})
		}
		text = ""
	}
	for _, c := range sheet {
		switch c {
		case '{':
			within = append(within, strings.TrimSpace(text))
			text = ""
		case '}':
			flush()
			within = within[:len(within)-1]
		case ';':
			flush()
		default:
			text += string(c)
		}
	}
	return all
}
