// Package page is the frame of every page: what stands around the content, and
// the pieces contents are made of. Pages made with it work without JavaScript
// under a policy that allows no inline script and no inline style, in six
// languages, in light, dark and high contrast.
//
// It knows no page and no installation. Whoever shows a page fills in a [Frame]
// and gives its content as a component.
package page

import (
	"cmp"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/pott-dev/pott/internal/i18n"
)

// A Frame is what a page needs to know besides its content.
type Frame struct {
	Lang     string         // of everything on the page, such as "sv"
	Zone     *time.Location // of times; nil is UTC
	Theme    string         // "light", "dark", "contrast"; "" follows the reader's system
	Origin   string         // of its address, such as "https://pott.example.com", for paper; "" leaves it out
	Base     string         // what paths of this installation begin with, such as "/nordlys"; "" is the root
	Org      string         // whose installation it is
	Title    string         // of the page, alone; also its h1
	Foreign  string         // language of the title, where it is not the page's
	Part     string         // which of several pages with that h1, before it in the title; "" where there is one
	Wrong    bool           // the page shows a form that was not accepted
	Section  string         // id of the navigation item the page belongs to
	Nav      []Link         // what the reader may go to; nil when nobody is signed in
	Crumbs   []Link         // the way here, without the page itself
	Strip    string         // what makes this no ordinary system, such as a copy for tests; "" is nothing
	Banner   *Banner        // the one thing that is most wrong; nil is nothing
	Receipt  *Receipt       // what was just done; nil is nothing
	Reader   string         // who is signed in; "" is nobody
	Until    time.Time      // when the reader's session ends if nothing more happens; zero: not known
	Token    string         // goes with every form, so that no other site can send it
	Command  string         // the command that does the same; "" is none
	AsOf     time.Time      // of the numbers on the page; zero when it has none
	Path     string         // of the page, without Base
	Query    string         // of the page, without "?"
	Version  string         // of the program
	Keys     bool           // whether single letters are shortcuts
	Modules  []string       // more scripts of this page, such as "live.js"
	Wide     bool           // tables may use the whole width
	Backdrop bool           // a page on its own, such as signing in: no navigation
	// Closed says whether the form that goes to a path would be refused now; nil: none
	// would. Refused is what the page says of it on top: it is known once the content was gone through.
	Closed  func(path string) Closing
	Refused []string
}

// Say returns a word of the page's language, with facts by name filled in: see
// [i18n.Word].
func (f *Frame) Say(key string, facts ...any) string { return i18n.Word(f.Lang, key, facts...) }

// URL returns the address of a path of this installation. path begins with "/"
// and may have a query.
func (f *Frame) URL(path string) templ.SafeURL { return templ.SafeURL(f.Base + path) }

// FullTitle is what the browser shows: the page, whose installation it is, and the
// part of the site it stands in, as in "Anna Ek · Northwind AB · Users". A page that
// stands in no part, or is a part itself, ends with the name of the program.
func (f *Frame) FullTitle() string {
	name := f.Title
	if f.Part != "" {
		name = f.Part + " – " + name
	}
	if f.Wrong {
		name = f.Say("frame.error") + " " + name
	}
	parts := []string{name}
	if f.Org != "" {
		parts = append(parts, f.Org)
	}
	return strings.Join(append(parts, f.section()), " · ")
}

// section is what the navigation calls the part of the site the page stands in.
func (f *Frame) section() string {
	for _, l := range f.Nav {
		if l.ID == f.Section && l.Text != f.Title {
			return l.Text
		}
	}
	return "Pott"
}

// longestPrinted is how much of an address stands in the margin of a printed page.
const longestPrinted = 200

// printed is what stands in the margin of every printed page: where it is from, and
// as of when.
func (f *Frame) printed() string {
	address := []rune(f.Origin + f.Base)
	if f.Reader != "" { // at the door an address may be a secret
		address = append(address, []rune(back(f))...)
	}
	if len(address) > longestPrinted {
		address = append(address[:longestPrinted-1], '…')
	}
	if f.AsOf.IsZero() {
		return string(address)
	}
	return string(address) + " · " + f.Say("frame.as-of") + " " + f.Time(f.AsOf)
}

// In returns a moment in the zone of the page.
func (f *Frame) In(t time.Time) time.Time {
	if f.Zone == nil {
		return t.UTC()
	}
	return t.In(f.Zone)
}

// A Link leads somewhere in this installation.
type Link struct {
	ID      string // what [Frame.Section] names
	Text    string
	Path    string // with "/", without the base; a query may follow
	Count   string // a number beside it; "" is none
	Current bool
}

// current says what a link is to a reader who does not see it.
func (l Link) current(section string) string {
	if l.Current || l.ID != "" && l.ID == section {
		return "page"
	}
	return "false"
}

// A Banner is the most severe thing that is the case.
type Banner struct {
	Kind   string // "crit", "warn" or "info"
	Title  string
	Text   string
	Lang   string // of Text, where it is not the page's
	Rest   string // what follows Text, in the page's own language
	Links  []Link
	Snooze *Act // puts it off; nil where it cannot be
	Fold   *Act // folds it to one line, or opens it again; nil where it always says all
	Folded bool
	// Now and Until are the moment the page was made, and when it should be over: how
	// long is left is counted down. Until is zero where nobody waits for it.
	Now, Until time.Time
}

// A Receipt says what was just done.
type Receipt struct {
	Title string   `json:"t"`
	Text  string   `json:"x,omitempty"`
	Items []string `json:"i,omitempty"`
	Links []Link   `json:"l,omitempty"`
	Undo  *Act     `json:"u,omitempty"` // nil where it cannot be undone
	Kind  string   `json:"k,omitempty"` // "" is ok; "warn" when part of it was not done
}

// An Act is a form with nothing to fill in.
type Act struct {
	Text   string      `json:"t"` // of the button
	Path   string      `json:"p"`
	Fields [][2]string `json:"f,omitempty"`
}

// A Fault is something wrong with a form, and where.
type Fault struct {
	Field string // id of the field; "" is the whole form
	Text  string
	Code  string // the stable code of the reason; "" where a page found it by itself

	Foreign string // what stands in the text as it came from elsewhere, in English; "" when nothing does
}

// Faults are all that is wrong with a form.
type Faults []Fault

// Of returns what is wrong with a field, "" when nothing is.
func (fs Faults) Of(field string) string {
	for _, f := range fs {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// A Mark is a state in one word, with a colour and a shape that say the same.
type Mark struct {
	Kind string // "ok", "warn", "crit", "info", or "" for plain
	Text string
}

// A Pager leads through a long list.
type Pager struct {
	Page  int // from 1
	Size  int // items on a page
	Total int
	Link  func(page int) string // the path of a page
}

// Pages is how many pages there are, at least one.
func (p Pager) Pages() int { return max(1, (p.Total+max(1, p.Size)-1)/max(1, p.Size)) }

// First and Last are the numbers of the items on the page, from 1.
func (p Pager) First() int { return min(p.Total, (p.Page-1)*p.Size+1) }

// Last is the number of the last item on the page.
func (p Pager) Last() int { return min(p.Total, p.Page*p.Size) }

// near are the pages worth a link of their own; 0 stands for those between.
func (p Pager) near() []int {
	var near []int
	last := 0
	for n := 1; n <= p.Pages(); n++ {
		if n != 1 && n != p.Pages() && (n < p.Page-1 || n > p.Page+1) {
			continue
		}
		if last != 0 && n > last+1 {
			near = append(near, 0)
		}
		near, last = append(near, n), n
	}
	return near
}

// A Field is one control of a form with everything that belongs to it.
type Field struct {
	ID       string
	Name     string // as it is sent; "" is the ID
	Label    string
	Hint     string
	Fault    string
	Value    string
	Type     string // of the input; "" is text
	Auto     string // autocomplete; "" is off
	Mode     string // inputmode
	Required bool
	Options  []Option // of a select
	Rows     int      // more than 0: several lines
	Most     int      // characters; 0 is no limit
	Lang     string   // of the value where it is not the page's
}

// described lists what tells more about the control.
func (f Field) described() string {
	var ids []string
	if f.Fault != "" {
		ids = append(ids, f.ID+"-fault")
	}
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	return strings.Join(ids, " ")
}

func (f Field) name() string { return cmp.Or(f.Name, f.ID) }
func (f Field) kind() string { return cmp.Or(f.Type, "text") }
func (f Field) auto() string { return cmp.Or(f.Auto, "off") }

// An Option is one choice.
type Option struct {
	Value, Text, Hint string
	Chosen            bool
	Group             string // heading it stands under; "" is none
	Lang              string // of the text, where it is not the page's
}
