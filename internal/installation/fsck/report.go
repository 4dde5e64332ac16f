package fsck

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A State is the answer to one question.
type State string

const (
	Intact          State = "intact"
	Broken          State = "broken"
	CannotBeChecked State = "cannot-be-checked"
	placesPerList         = 1000
)

// A Report is what a check found. What was not checked is never intact.
type Report struct {
	Verdict  State  `json:"verdict"`  // broken if any answer is, intact if all are
	Rows     Answer `json:"rows"`     // every row is as it was written
	Totals   Answer `json:"totals"`   // no row is missing, added or older than it should be
	Chain    Answer `json:"chain"`    // the journal and the audit trail have no gap and no edit
	Rollback Answer `json:"rollback"` // the whole database is not an older copy
	Counts   Answer `json:"counts"`   // seats in use and licenses are what assignments and files say

	Checked Checked `json:"checked"`
}

// Checked is how much was looked at.
type Checked struct {
	Installations int `json:"installations"`
	Rows          int `json:"rows"`
	Batches       int `json:"batches"`
	Entries       int `json:"entries"`
}

// An Answer says what one of the questions came to.
type Answer struct {
	State State   `json:"state"`
	Why   string  `json:"why,omitempty"`  // why it cannot be checked
	At    []Place `json:"at,omitempty"`   // where it is broken, by installation, table and row, at most 1,000
	More  int     `json:"more,omitempty"` // places beyond those
}

// A Place is where something is wrong.
type Place struct {
	Installation string   `json:"installation"`   // id; "server" for the list of installations, "" for the whole database
	Name         string   `json:"name,omitempty"` // of the installation
	Table        string   `json:"table"`
	Row          string   `json:"row,omitempty"`     // key of the row: "number=12"
	Columns      []string `json:"columns,omitempty"` // as far as they are known
	What         string   `json:"what"`              // "edited", "inserted", "deleted" …
}

// String returns one line: "assignment number=12: edited (module)".
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.Table)
	if p.Row != "" {
		b.WriteString(" " + p.Row)
	}
	b.WriteString(": " + p.What)
	if len(p.Columns) > 0 {
		b.WriteString(" (" + strings.Join(p.Columns, ", ") + ")")
	}
	return b.String()
}

// Broken returns every place of every answer: nothing, unless something is
// wrong.
func (r Report) Broken() []Place {
	var places []Place
	for _, a := range r.answers() {
		places = append(places, a.answer.At...)
	}
	return places
}

type named struct {
	name   string
	answer *Answer
}

func (r *Report) answers() []named {
	return []named{{"rows", &r.Rows}, {"totals", &r.Totals}, {"chain", &r.Chain}, {"rollback", &r.Rollback}, {"counts", &r.Counts}}
}

// WriteText writes the report as people read it, one line for each answer and
// place.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, a := range r.answers() {
		fmt.Fprintf(&b, "%-9s %s\n", a.name, sentence(a.answer))
		for _, p := range a.answer.At {
			if r.Checked.Installations > 1 && p.Name != "" {
				fmt.Fprintf(&b, "  %s: %s\n", p.Name, p)
				continue
			}
			fmt.Fprintf(&b, "  %s\n", p)
		}
		if a.answer.More > 0 {
			fmt.Fprintf(&b, "  and %d more\n", a.answer.More)
		}
	}
	fmt.Fprintf(&b, "%-9s %d rows, %d batches, %d audit entries, %d installations\n", "read",
		r.Checked.Rows, r.Checked.Batches, r.Checked.Entries, r.Checked.Installations)
	_, err := io.WriteString(w, b.String())
	return err
}

func sentence(a *Answer) string {
	words := strings.ReplaceAll(string(a.State), "-", " ")
	if a.Why != "" {
		words += ": " + a.Why
	}
	return words
}

// at adds a place, and with it says that the answer is broken.
func (a *Answer) at(p Place) {
	a.State, a.Why = Broken, ""
	if len(a.At) >= placesPerList {
		a.More++
		return
	}
	a.At = append(a.At, p)
}

// cannot says why something cannot be checked, unless it is known to be broken
// or another reason has been given.
func (a *Answer) cannot(why string) {
	if a.State != Broken && a.State != CannotBeChecked {
		a.State, a.Why = CannotBeChecked, why
	}
}

// conclude sets the verdict from the answers, and says which installations the
// places are in.
func (r *Report) conclude(names map[string]string) {
	for _, a := range r.answers() {
		slices.SortStableFunc(a.answer.At, comparePlaces)
		for i := range a.answer.At {
			a.answer.At[i].Name = names[a.answer.At[i].Installation]
		}
	}
	r.Verdict = Intact
	for _, a := range r.answers() {
		switch a.answer.State {
		case Broken:
			r.Verdict = Broken
			return
		case CannotBeChecked:
			r.Verdict = CannotBeChecked
		}
	}
}

// comparePlaces orders places by installation, table and row, so that number=9
// stands before number=12.
func comparePlaces(x, y Place) int {
	return cmp.Or(cmp.Compare(x.Installation, y.Installation), cmp.Compare(x.Table, y.Table),
		cmp.Compare(len(x.Row), len(y.Row)), cmp.Compare(x.Row, y.Row))
}
