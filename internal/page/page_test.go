package page

import (
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

func TestTheWholeSheetAndAllScriptsFitTheBudget(t *testing.T) {
	scripts := 0
	for name, a := range assets().files {
		if strings.HasSuffix(name, ".js") {
			scripts += len(a.packed)
		}
	}
	if sheet := len(assets().files["style.css"].packed); sheet > 20<<10 || sheet < 1000 {
		t.Errorf("the sheet has %d bytes packed", sheet)
	}
	if scripts > 30<<10 || scripts == 0 {
		t.Errorf("the scripts have %d bytes packed", scripts)
	}
}

func TestAFileIsServedUnderTheAddressOfItsBytesOnly(t *testing.T) {
	ask := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		Static(w, r)
		return w
	}
	good := ask(Asset("app.js"), "")
	if good.Code != http.StatusOK || good.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || good.Body.Len() < 1000 {
		t.Errorf("app.js: %d %s, %d bytes", good.Code, good.Header(), good.Body.Len())
	}
	if packed := ask(Asset("app.js"), "br, gzip"); packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() >= good.Body.Len() {
		t.Errorf("packed: %s, %d bytes", packed.Header(), packed.Body.Len())
	}
	for _, path := range []string{"/_/", "/_/000000000000/app.js", Asset("app.js") + "/", Asset("../page.go"), Asset("nothing.js"), "/_/" + assets().hash} {
		if w := ask(path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// Everything allowed on a page is in the sheet and the scripts: a style or a
// script in a page itself would not run.
func TestNoPartHasAScriptOrAStyleOfItsOwn(t *testing.T) {
	f := &Frame{Lang: "en", Title: "Parts", Reader: "Karin", Banner: &Banner{Kind: "crit", Title: "T"}, Receipt: &Receipt{Title: "R", Undo: &Act{Text: "Undo", Path: "/x"}},
		Crumbs: []Link{{Text: "Up", Path: "/"}}, Command: "pott status", Nav: []Link{{ID: "a", Text: "A", Path: "/a"}}}
	var b strings.Builder
	if err := Layout(f, templ.NopComponent).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{`\sstyle="`, `\son[a-z]+="`, `<script[^>]*>[^<]`, `<style`, `javascript:`, `http-equiv="refresh"`} {
		if found := regexp.MustCompile(pattern).FindString(b.String()); found != "" {
			t.Errorf("the page has %s", found)
		}
	}
	order := []string{`class="skip"`, "<header", "banner crit", "<main", "crumbs", `role="status"`, "<footer"}
	at := 0
	for _, part := range order {
		next := strings.Index(b.String()[at:], part)
		if next < 0 {
			t.Fatalf("%s is missing or too early", part)
		}
		at += next
	}
}

func TestATitleNamesThePageTheOrganisationAndThePartOfTheSite(t *testing.T) {
	nav := []Link{{ID: "home", Text: "Home"}, {ID: "users", Text: "Users"}}
	for _, row := range []struct {
		frame Frame
		want  string
	}{
		{Frame{Title: "Anna Ek", Org: "Northwind AB", Section: "users", Nav: nav}, "Anna Ek · Northwind AB · Users"},
		{Frame{Title: "Anna Ek", Part: "Plans", Org: "Northwind AB", Section: "users", Nav: nav}, "Plans – Anna Ek · Northwind AB · Users"},
		{Frame{Title: "Anna Ek", Part: "Plans", Wrong: true, Org: "Northwind AB", Section: "users", Nav: nav}, "Error: Plans – Anna Ek · Northwind AB · Users"},
		{Frame{Title: "Users", Org: "Northwind AB", Section: "users", Nav: nav}, "Users · Northwind AB · Pott"},
		{Frame{Title: "Users", Part: "Page 2", Org: "Northwind AB", Section: "users", Nav: nav}, "Page 2 – Users · Northwind AB · Pott"},
		{Frame{Title: "Home", Org: "Northwind AB", Section: "home", Nav: nav}, "Home · Northwind AB · Pott"},
		{Frame{Title: "Help", Org: "Northwind AB", Nav: nav}, "Help · Northwind AB · Pott"},
		{Frame{Title: "Not found"}, "Not found · Pott"},
	} {
		row.frame.Lang = "en"
		if got := row.frame.FullTitle(); got != row.want {
			t.Errorf("the title is %q, and should be %q", got, row.want)
		}
	}
}

// pairs are the colours that stand on each other, and how far they must be
// apart: 4.5 for words, 3 for shapes.
var pairs = []struct {
	on   []string
	of   []string
	want float64
}{
	{[]string{"text", "muted", "accent"}, []string{"bg", "surface", "raised", "accent-tint"}, 4.5},
	{[]string{"text", "muted", "accent"}, []string{"ok-tint", "warn-tint", "crit-tint"}, 4.5},
	{[]string{"ok"}, []string{"bg", "surface", "raised", "ok-tint"}, 4.5},
	{[]string{"warn"}, []string{"bg", "surface", "raised", "warn-tint"}, 4.5},
	{[]string{"crit"}, []string{"bg", "surface", "raised", "crit-tint"}, 4.5},
	{[]string{"on-accent"}, []string{"accent"}, 4.5},
	{[]string{"border", "bar-ok", "bar-warn", "bar-crit"}, []string{"bg", "surface", "raised"}, 3},
}

func TestEveryPairOfColoursIsFarEnoughApart(t *testing.T) {
	themes := readThemes(t)
	if len(themes) != 4 {
		t.Fatalf("%d themes", len(themes))
	}
	for name, theme := range themes {
		for _, p := range pairs {
			for _, on := range p.on {
				for _, of := range p.of {
					if got := contrast(theme[on], theme[of]); !(got >= p.want) { // a colour that is missing is no number
						t.Errorf("%s: %s on %s is %.2f, and must be %.1f", name, on, of, got, p.want)
					}
				}
			}
		}
	}
}

// readThemes reads the colours of each block of the sheet; a block begins with
// those of the first.
func readThemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	text := string(read("static/css/10-tokens.css"))
	themes := map[string]map[string]string{}
	colour := regexp.MustCompile(`--([a-z-]+):\s*(#[0-9a-f]{3,6})`)
	for i, block := range regexp.MustCompile(`(?s):root[^{]*\{.*?\}`).FindAllString(text, -1) {
		theme := map[string]string{}
		for _, m := range colour.FindAllStringSubmatch(block, -1) {
			theme[m[1]] = m[2]
		}
		themes[strconv.Itoa(i)] = theme
		if len(theme) < 15 {
			t.Errorf("block %d has %d colours", i, len(theme))
		}
	}
	return themes
}

func contrast(a, b string) float64 {
	l := []float64{luminance(a), luminance(b)}
	slices.Sort(l)
	return (l[1] + .05) / (l[0] + .05)
}

func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return math.NaN()
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&255) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*part(16) + .7152*part(8) + .0722*part(0)
}

func TestAPagerLeadsEverywhereInFewSteps(t *testing.T) {
	for _, test := range []struct {
		p     Pager
		near  []int
		first int
		last  int
	}{
		{Pager{Page: 1, Size: 50, Total: 0}, []int{1}, 0, 0},
		{Pager{Page: 1, Size: 50, Total: 50}, []int{1}, 1, 50},
		{Pager{Page: 2, Size: 50, Total: 51}, []int{1, 2}, 51, 51},
		{Pager{Page: 5, Size: 50, Total: 500}, []int{1, 0, 4, 5, 6, 0, 10}, 201, 250},
	} {
		if got := test.p.near(); !slices.Equal(got, test.near) || test.p.First() != test.first || test.p.Last() != test.last {
			t.Errorf("%+v: %v, %d to %d", test.p, got, test.p.First(), test.p.Last())
		}
	}
}

func TestAPrintedPageSaysWhereItIsFrom(t *testing.T) {
	at := time.Date(2026, 6, 10, 23, 30, 0, 0, time.UTC)
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	render := func(t *testing.T, f *Frame, content templ.Component) string {
		var b strings.Builder
		if err := Layout(f, content).Render(t.Context(), &b); err != nil {
			t.Error(err)
		}
		return b.String()
	}
	f := &Frame{Lang: "en", Zone: stockholm, Origin: "https://pott.example", Base: "/acme", Path: "/users", Query: `q="x"`, Reader: "Karin", AsOf: at}
	if got := render(t, f, Head(f)); !strings.Contains(got, `data-printed="https://pott.example/acme/users?q=&#34;x&#34; · As of 11 Jun 2026, 01:30"`) {
		t.Errorf("%.400s", got)
	}
	f.AsOf, f.Query = time.Time{}, strings.Repeat("a", 500)
	if got := render(t, f, Head(f)); !strings.Contains(got, `aaa…"`) || strings.Contains(got, "As of") {
		t.Errorf("%.900s", got)
	}
	f.Reader = ""
	if got := render(t, f, Head(f)); !strings.Contains(got, `data-printed="https://pott.example/acme"`) {
		t.Errorf("at the door: %.400s", got)
	}
}

func TestAMomentOfARecordTellsUTC(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	f := &Frame{Lang: "sv", Zone: stockholm}
	for at, want := range map[time.Time]string{
		time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC):  `<time datetime="2026-06-10T12:00:00Z">2026-06-10 14:00 <span class="utc">12:00 UTC</span></time>`,
		time.Date(2026, 6, 10, 23, 30, 0, 0, time.UTC): `<time datetime="2026-06-10T23:30:00Z">2026-06-11 01:30 <span class="utc">2026-06-10 23:30 UTC</span></time>`,
		{}: "",
	} {
		var b strings.Builder
		if err := Instant(f, at).Render(t.Context(), &b); err != nil || b.String() != want {
			t.Errorf("%v, %v: %s", at, err, b.String())
		}
	}
}

func TestANameBreaksBehindADotAndADayNowhere(t *testing.T) {
	for _, c := range []struct {
		what templ.Component
		want string
	}{
		{CodeName("kontoret.sales-premium"), `<code class="sub">kontoret.<wbr/>sales-premium</code>`},
		{Softly("Europe/Stockholm"), "Europe/<wbr/>Stockholm"},
		{Softly("a<b>.c"), "a&lt;b&gt;.<wbr/>c"},
		{Unbroken("The set kontoret-9 ends on 2027-03-03."), `The set <span class="when">kontoret-9</span> ends on <span class="when">2027-03-03</span>.`},
		{Fold("Filter", "Group: Sales", false), `<details class="fold"><summary>Filter <strong>Group: Sales</strong></summary></details>`},
	} {
		var b strings.Builder
		if err := c.what.Render(t.Context(), &b); err != nil || b.String() != c.want {
			t.Errorf("%s, %v; want %s", b.String(), err, c.want)
		}
	}
}
