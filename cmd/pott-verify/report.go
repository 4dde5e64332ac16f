package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// setReport is what a file or a proof says about a set.
type setReport struct {
	Schema       int           `json:"schema"`
	Verified     bool          `json:"verified"`        // false: nobody has checked who signed
	Proof        bool          `json:"proof,omitempty"` // the license below was in the set; nothing is said about the rest
	Issuer       string        `json:"issuer"`
	IssuerName   string        `json:"issuer_name,omitempty"`
	Company      string        `json:"company,omitempty"`
	Serial       string        `json:"serial"`
	Number       int64         `json:"number"`
	Issued       time.Time     `json:"issued"`
	TimeZone     string        `json:"time_zone"`
	Dates        dates         `json:"dates"`
	Start        license.Date  `json:"start,omitzero"` // first day it may be in force; absent: at once
	End          license.Date  `json:"end,omitzero"`   // last day everything works; absent for none
	Deployment   string        `json:"deployment,omitempty"`
	Product      string        `json:"product,omitempty"`
	Occupancy    string        `json:"occupancy"`
	Previous     string        `json:"previous,omitempty"`
	Installation string        `json:"installation,omitempty"`
	Final        bool          `json:"final,omitempty"`
	Demo         bool          `json:"demo,omitempty"`
	Checkpoint   string        `json:"checkpoint"`
	KeyList      int64         `json:"key_list"`
	Certificate  int64         `json:"certificate"`
	SigningKey   string        `json:"signing_key,omitempty"` // fingerprint; only when verified
	IssuerKey    string        `json:"issuer_key,omitempty"`
	Licenses     []licenseLine `json:"licenses"`
	Optional     []string      `json:"optional,omitempty"` // names of the optional lines
}

type dates struct {
	NextCheck   license.Date `json:"next_check,omitzero"`
	Warning     license.Date `json:"warning,omitzero"`
	Expiry      license.Date `json:"expiry,omitzero"`
	Grace       license.Date `json:"grace,omitzero"`
	Maintenance license.Date `json:"maintenance,omitzero"`
}

type licenseLine struct {
	Module       license.Module `json:"module"`
	Name         string         `json:"name,omitempty"` // in English
	Kind         license.Kind   `json:"kind"`
	Quantity     int64          `json:"quantity"`
	Unrestricted bool           `json:"unrestricted,omitempty"`
	OpenEnded    bool           `json:"open_ended,omitempty"`
	Hidden       bool           `json:"hidden,omitempty"`
	Marker       bool           `json:"marker,omitempty"`
	Plan         bool           `json:"plan,omitempty"`
	Includes     []string       `json:"includes,omitempty"`
}

func reportOn(f *licensefile.File) setReport {
	s := &f.Set
	r := setReport{
		Schema: 1, Issuer: string(s.Issuer), IssuerName: s.IssuerName, Company: s.Company, Serial: s.Serial, Number: s.Number,
		Issued: s.Issued, TimeZone: s.TimeZone, Dates: dates(s.Dates), Start: s.Start, End: s.Dates.End(), Deployment: s.Deployment, Product: s.Product,
		Occupancy: string(s.Occupancy), Previous: s.Previous, Installation: s.Installation, Final: s.Final, Demo: s.Demo,
		Checkpoint: f.Hash, KeyList: int64(len(f.KeyLists)), Certificate: f.Certificate.Number, Licenses: []licenseLine{},
	}
	for i := range s.Licenses {
		r.Licenses = append(r.Licenses, lineOf(&s.Licenses[i]))
	}
	for _, o := range f.Optional {
		r.Optional = append(r.Optional, o.Name)
	}
	return r
}

func lineOf(l *license.License) licenseLine {
	line := licenseLine{
		Module: l.Module, Name: l.Names.In("en"), Kind: l.Kind, Quantity: l.Quantity, Unrestricted: l.Unrestricted,
		OpenEnded: l.OpenEnded, Hidden: l.Hidden, Marker: l.Marker, Plan: l.Plan != nil,
	}
	if l.Plan != nil {
		for _, m := range l.Plan.Includes {
			line.Includes = append(line.Includes, string(m))
		}
	}
	return line
}

// remarks returns the words in the last column of the table.
func (l licenseLine) remarks() string {
	var words []string
	for _, w := range []struct {
		is   bool
		word string
	}{{l.Plan, "plan"}, {l.Unrestricted, "unrestricted"}, {l.OpenEnded, "by use"}, {l.Hidden, "hidden"}, {l.Marker, "marker"}} {
		if w.is {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, ", ")
}

// printTable writes rows with their columns under each other, and without the
// columns that are empty in all rows but the first.
func printTable(w io.Writer, rows [][]string) {
	used := make([]bool, len(rows[0]))
	for _, row := range rows[1:] {
		for i, cell := range row {
			used[i] = used[i] || cell != ""
		}
	}
	var text bytes.Buffer
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		var cells []string
		for i, cell := range row {
			if used[i] {
				cells = append(cells, cell)
			}
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	t.Flush()
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
}

// print writes the report for people.
func (r setReport) print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, value)
		}
	}
	row("set", fmt.Sprintf("%d from %s", r.Number, r.named()))
	row("company", r.Company)
	row("serial", r.Serial)
	row("installation", r.Installation)
	row("issued", r.Issued.UTC().Format("2006-01-02 15:04 UTC"))
	row("begins", r.Start.String())
	row("good through", r.validity())
	row("versions", maintenance(r.Dates.Maintenance))
	row("product", strings.TrimSpace(r.Product+" "+r.Deployment))
	if r.Demo {
		row("demo", "for demo installations only")
	}
	row("checkpoint", r.Checkpoint)
	row("issuer key", r.IssuerKey)
	row("signing key", r.SigningKey)
	row("key list", fmt.Sprint(r.KeyList))
	t.Flush()
	if len(r.Licenses) == 0 {
		return
	}
	fmt.Fprintln(w)
	rows := [][]string{{"MODULE", "KIND", "QUANTITY", "NAME", "REMARKS"}}
	for _, l := range r.Licenses {
		rows = append(rows, []string{string(l.Module), l.Kind.String(), fmt.Sprint(l.Quantity), l.Name, l.remarks()})
	}
	printTable(w, rows)
}

func (r setReport) named() string {
	if r.IssuerName == "" {
		return r.Issuer
	}
	return fmt.Sprintf("%s (%s)", r.Issuer, r.IssuerName)
}

func (r setReport) validity() string {
	switch {
	case r.End.IsZero():
		return "no end"
	case r.End != r.Dates.Expiry:
		return fmt.Sprintf("%s, grace through %s (%s)", r.Dates.Expiry, r.End, r.TimeZone)
	}
	return fmt.Sprintf("%s (%s)", r.End, r.TimeZone)
}

func maintenance(d license.Date) string {
	if d.IsZero() {
		return ""
	}
	return "released through " + d.String()
}

// answer prints a report: as one JSON document, or for people.
func (s *session) answer(doc any, people func(io.Writer)) error {
	if !s.json {
		people(s.stdout)
		return nil
	}
	e := json.NewEncoder(s.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}
