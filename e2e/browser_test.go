package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A browser reads pages and sends the forms that stand on them, as one without
// JavaScript does. It makes up nothing: every form it sends came with a page.
type browser struct {
	t    testing.TB
	base string // address of the installation
	http *http.Client
}

func newBrowser(t testing.TB, base string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: base, http: &http.Client{Jar: jar}}
}

// A sheet is a page as it arrived.
type sheet struct {
	status int
	path   string // where the browser is now, without the installation
	query  url.Values
	tree   *html.Node
	text   string
}

// open goes to a page and follows where it leads.
func (b *browser) open(path string) *sheet {
	b.t.Helper()
	return b.read(b.get(path))
}

func (b *browser) get(path string) (*http.Response, error) {
	request, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Language", "en")
	return b.http.Do(request)
}

func (b *browser) read(answer *http.Response, err error) *sheet {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	// Where a name may be broken is no part of what it says.
	tree, err := html.Parse(bytes.NewReader(bytes.ReplaceAll(body, []byte("<wbr/>"), nil)))
	if err != nil {
		b.t.Fatal(err)
	}
	base, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	at := answer.Request.URL
	return &sheet{answer.StatusCode, strings.TrimPrefix(at.EscapedPath(), base.Path), at.Query(), tree, string(body)}
}

// document reads a page that is one, such as a list as a file; false when there
// is none.
func (b *browser) document(path string, into any) bool {
	b.t.Helper()
	answer, err := b.get(path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return false
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		b.t.Errorf("%s: %v", path, err)
	}
	return true
}

// nodes are the elements of a page, or of a part of it, with a tag.
func nodes(under *html.Node, tag string) (all []*html.Node) {
	for n := range under.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			all = append(all, n)
		}
	}
	return all
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func value(n *html.Node, name string) string {
	v, _ := attr(n, name)
	return v
}

func has(n *html.Node, name string) bool {
	_, ok := attr(n, name)
	return ok
}

func words(n *html.Node) string {
	var all []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			all = append(all, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(all, " ")
}

// A blank is a form of a page, filled in as it stands.
type blank struct {
	action, method string
	fields         url.Values
	node           *html.Node
}

// forms are those whose address ends so; a question mark and what follows it
// do not count.
func (s *sheet) forms(end string) (all []*blank) {
	for _, n := range nodes(s.tree, "form") {
		action := value(n, "action")
		if path, _, _ := strings.Cut(action, "?"); strings.HasSuffix(path, end) {
			all = append(all, &blank{action, strings.ToUpper(value(n, "method")), fieldsOf(n), n})
		}
	}
	return all
}

// form is the one whose address ends so, and that has some fields with values:
// names and values alternate. nil when the page has none.
func (s *sheet) form(end string, with ...string) *blank {
	for _, f := range s.forms(end) {
		fits := f.method == http.MethodPost
		for i := 0; i+1 < len(with); i += 2 {
			fits = fits && slices.Contains(f.fields[with[i]], with[i+1])
		}
		if fits {
			return f
		}
	}
	return nil
}

// fieldsOf are the fields of a form as they would be sent.
func fieldsOf(n *html.Node) url.Values {
	fields := url.Values{}
	for _, in := range nodes(n, "input") {
		name, kind := value(in, "name"), value(in, "type")
		if name == "" || kind == "submit" || kind == "file" || (kind == "checkbox" || kind == "radio") && !has(in, "checked") {
			continue
		}
		text, said := attr(in, "value")
		if !said && kind == "checkbox" {
			text = "on"
		}
		fields.Add(name, text)
	}
	for _, area := range nodes(n, "textarea") {
		fields.Add(value(area, "name"), words(area))
	}
	for _, choice := range nodes(n, "select") {
		options := nodes(choice, "option")
		chosen := slices.IndexFunc(options, func(o *html.Node) bool { return has(o, "selected") })
		if len(options) > 0 {
			fields.Add(value(choice, "name"), value(options[max(0, chosen)], "value"))
		}
	}
	return fields
}

// offers reports whether a form has a field that can have a value: a box, a
// button, an option.
func (f *blank) offers(name, v string) bool {
	for _, in := range slices.Concat(nodes(f.node, "input"), nodes(f.node, "button")) {
		if value(in, "name") == name && value(in, "value") == v {
			return true
		}
	}
	for _, choice := range nodes(f.node, "select") {
		if value(choice, "name") == name && slices.ContainsFunc(nodes(choice, "option"), func(o *html.Node) bool { return value(o, "value") == v }) {
			return true
		}
	}
	return false
}

// tick and untick put a value among those of a field, or take it away.
func (f *blank) tick(name, v string) {
	if !slices.Contains(f.fields[name], v) {
		f.fields.Add(name, v)
	}
}

func (f *blank) untick(name, v string) {
	f.fields[name] = slices.DeleteFunc(f.fields[name], func(x string) bool { return x == v })
}

// send sends a form and follows where it leads. What is said instead of what
// stands there alternates names and values.
func (b *browser) send(f *blank, instead ...string) *sheet {
	b.t.Helper()
	for i := 0; i+1 < len(instead); i += 2 {
		f.fields.Set(instead[i], instead[i+1])
	}
	at, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	if at, err = at.Parse(f.action); err != nil {
		b.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, at.String(), strings.NewReader(f.fields.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Accept-Language", "en")
	answer, err := b.http.Do(request)
	return b.read(answer, err)
}

// links are the addresses the page leads to within the installation, beginning
// so.
func (s *sheet) links(begin string) (all []string) {
	for _, a := range nodes(s.tree, "a") {
		if _, rest, ok := strings.Cut(value(a, "href"), begin); ok {
			all = append(all, begin+rest)
		}
	}
	return all
}

// refused is the code of what a page says went wrong, or "".
func (s *sheet) refused() string {
	for n := range s.tree.Descendants() {
		if n.Type == html.ElementNode && has(n, "data-code") {
			return value(n, "data-code")
		}
	}
	if s.status < 400 {
		return ""
	}
	// A page about nothing but a failure ends with its code, for support.
	for _, p := range nodes(s.tree, "code") {
		if code, _, ok := strings.Cut(words(p), " "); ok && strings.Contains(code, ".") {
			return code
		}
	}
	for _, p := range nodes(s.tree, "pre") {
		for _, word := range strings.Fields(words(p)) {
			if strings.HasPrefix(word, "set.") || strings.HasPrefix(word, "file.") {
				return word
			}
		}
	}
	return "page says: " + words(s.tree)
}
