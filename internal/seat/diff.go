package seat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/license"
)

// A Field is one thing that two sets, or two of their licenses, say differently.
type Field struct {
	Field string // as license files spell it, such as "quantity" or "expiry"
	From  string // "" when there was nothing
	To    string // "" when there is nothing any longer
}

// What a [Difference] says became of a license.
const (
	LicenseAdded   = "added"
	LicenseRemoved = "removed"
	LicenseChanged = "changed"
)

// A Difference is one license that two sets do not have alike.
type Difference struct {
	Name   license.Name
	Became string  // added, removed or changed
	Fields []Field // in the order of the file format; of a license that was added or removed, all that it says
}

// A SetDifference is everything two sets say differently.
type SetDifference struct {
	Fields   []Field // of the set itself: owner, dates, clients
	Licenses []Difference
	Same     int // how many licenses both have alike
}

// Diff compares two sets of one issuer; from may be nil. The licenses stand in
// the order of the later set, those it lacks where they stood.
func Diff(from, to *license.Set) SetDifference {
	var d SetDifference
	if from == nil {
		from = &license.Set{Issuer: to.Issuer}
	}
	d.Fields = differ(setFields(from), setFields(to))
	for _, n := range merge(modules(from), modules(to)) {
		before, after := from.License(n.Module), to.License(n.Module)
		fields := differ(licenseFields(n.Issuer, before), licenseFields(n.Issuer, after))
		switch {
		case before == nil:
			d.Licenses = append(d.Licenses, Difference{n, LicenseAdded, fields})
		case after == nil:
			d.Licenses = append(d.Licenses, Difference{n, LicenseRemoved, fields})
		case len(fields) > 0:
			d.Licenses = append(d.Licenses, Difference{n, LicenseChanged, fields})
		default:
			d.Same++
		}
	}
	return d
}

// differ returns the fields of two lists, which have the same fields in the same
// order, that are not alike.
func differ(from, to []Field) []Field {
	var fields []Field
	for i := range from {
		if from[i].To != to[i].To {
			fields = append(fields, Field{from[i].Field, from[i].To, to[i].To})
		}
	}
	return fields
}

func setFields(s *license.Set) []Field {
	return []Field{
		{Field: "issuer_name", To: s.IssuerName}, {Field: "company", To: s.Company}, {Field: "serial", To: s.Serial},
		{Field: "time_zone", To: s.TimeZone}, {Field: "next_check", To: s.Dates.NextCheck.String()}, {Field: "warning", To: s.Dates.Warning.String()},
		{Field: "expiry", To: s.Dates.Expiry.String()}, {Field: "grace", To: s.Dates.Grace.String()},
		{Field: "maintenance", To: s.Dates.Maintenance.String()}, {Field: "start", To: s.Start.String()},
		{Field: "deployment", To: s.Deployment}, {Field: "product", To: s.Product}, {Field: "occupancy", To: string(s.Occupancy)},
		{Field: "installation", To: s.Installation}, {Field: "final", To: flag(s.Final)}, {Field: "demo", To: flag(s.Demo)},
		{Field: "clients", To: clients(s.Clients)},
	}
}

// licenseFields spells what a license says; one that is not there says nothing.
func licenseFields(issuer license.Issuer, l *license.License) []Field {
	if l == nil {
		l = &license.License{}
	}
	f := []Field{
		{Field: "kind"}, {Field: "quantity"}, {Field: "unrestricted", To: flag(l.Unrestricted)}, {Field: "open_ended", To: flag(l.OpenEnded)},
		{Field: "hidden", To: flag(l.Hidden)}, {Field: "marker", To: flag(l.Marker)}, {Field: "people", To: strings.Join(l.People.Words(), ", ")},
		{Field: "prerequisite", To: string(l.Prerequisite)}, {Field: "edit", To: string(l.Edit)},
		{Field: "includes"}, {Field: "group"}, {Field: "parts"}, {Field: "version", To: l.Version},
		{Field: "names", To: texts(l.Names)}, {Field: "tooltips", To: texts(l.Tooltips)},
	}
	if l.Kind != 0 {
		f[0].To, f[1].To = l.Kind.String(), fmt.Sprint(l.Quantity)
	}
	if l.Plan != nil {
		f[9].To, f[10].To, f[11].To = "nothing", l.Plan.Group, parts(l.Plan.Parts)
		if len(l.Plan.Includes) > 0 {
			f[9].To = join(l.Plan.Includes)
		}
	}
	return f
}

func flag(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

func join(modules []license.Module) string {
	words := make([]string, len(modules))
	for i, m := range modules {
		words[i] = string(m)
	}
	return strings.Join(words, ", ")
}

func parts(all []license.Part) string {
	words := make([]string, len(all))
	for i, p := range all {
		words[i] = p.Line + " " + p.Tier
	}
	return strings.Join(words, ", ")
}

func texts(t license.Texts) string {
	var words []string
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		words = append(words, lang+": "+t[lang])
	}
	return strings.Join(words, "; ")
}

func clients(all []license.Client) string {
	words := make([]string, len(all))
	for i, c := range all {
		words[i] = fmt.Sprintf("%s (%s: %s; %s)", c.Name, strings.Join(c.People.Words(), ", "), join(c.System), join(c.User))
	}
	return strings.Join(words, ", ")
}
