// Package paper sets documents as PDF: headings, facts and tables on numbered
// pages, in the letters of six languages. The same document is the same bytes.
//
// It knows no license. What stands in a document is said by whoever makes it, as
// values that a page can show as well; so the two cannot differ.
package paper

import "time"

// A Document is what stands on paper and on the page that is its twin.
type Document struct {
	Lang    string    // such as "sv"
	Title   string    // also its heading
	Author  string    // whose document it is
	Subject string    // what it is about, in a line
	Made    time.Time // stands in the file; nothing else of when it was set does
	Foot    string    // of every page, beside the number
	Lead    []string
	Parts   []Part

	// Page says which page of how many one is.
	Page func(n, of int) string
	// Lacking is said at the end where the letters of something were not at hand.
	Lacking string
}

// A Part is a section with its heading. What it lacks is left out; what it has
// stands in this order.
type Part struct {
	Heading string // "" of the first, under the title
	Says    []Value
	Facts   []Fact
	Table   *Table
	Note    string
}

// A Value is one thing that is said.
type Value struct {
	Text    string
	Sub     string    // under it, smaller
	SubCode bool      // Sub is for programs
	Kind    string    // of a state: "ok", "warn", "crit", "off"; "" is plain
	Code    bool      // to be compared character by character
	At      time.Time // the moment that Text writes; zero: it writes none
	Path    string    // where a page leads from here; paper leads nowhere
	Label   string    // what the link says to somebody who does not see it
	None    bool      // there is no such value: Text says so to those who do not see the dash
}

// shown is what stands on paper.
func (v Value) shown() string {
	if v.None {
		return "–"
	}
	return v.Text
}

// A Fact is a name with its values.
type Fact struct {
	Name   string
	Values []Value
}

// A Table has as many columns as each of its rows has cells.
type Table struct {
	Label   string // of its region on a page
	Caption string
	Columns []Column
	Rows    []Row
}

// A Column of a table.
type Column struct {
	Head   string
	Weight float64 // how wide it is among the others
	Right  bool    // numbers
}

// A Row of a table.
type Row struct {
	Kind  string // "crit" or "warn" where somebody should look; "" otherwise
	Cells []Value
}
