package printing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/paper"
)

// Record is the record of an activation.
func Record(to Reader, r api.ActivationRecord) paper.Document {
	p := printerFor(to, r.Installation)
	d := p.document(p.Say("record.title", "Set", r.Set.ID), r.Installation, r.AsOf)
	d.Subject = p.Say("record.subject")
	d.Lead = []string{p.Say("report.made", "Name", to.Name, "At", r.AsOf.In(p.zone))}
	d.Parts = []paper.Part{p.came(r), p.recordedSet(r), p.changedFields(r), p.changedLicenses(r), p.changedPeople(r), p.onRecord(r)}
	d.Parts = slices.DeleteFunc(d.Parts, func(p paper.Part) bool { return len(p.Says)+len(p.Facts) == 0 && p.Table == nil })
	return d
}

// came is when and how the set came into force, and by whom.
func (p *printer) came(r api.ActivationRecord) paper.Part {
	a := r.Activation
	until := state(page.Mark{Kind: "ok", Text: p.Say("review.in-force")})
	if !a.Until.IsZero() {
		until = p.moment(a.Until)
	}
	how := dash
	if a.How != "" {
		how = paper.Value{Text: p.Say("history.how." + a.How)}
	}
	part := paper.Part{Facts: []paper.Fact{
		{Name: p.Say("history.from"), Values: []paper.Value{p.moment(a.From)}},
		{Name: p.Say("history.until"), Values: []paper.Value{until}},
		{Name: p.Say("history.by"), Values: []paper.Value{p.text(Actor(p.Lang, a.By, r.Who))}},
		{Name: p.Say("history.how"), Values: []paper.Value{how}},
		{Name: p.Say("history.replaced"), Values: []paper.Value{p.text(a.Replaced)}},
	}}
	if r.AgreedBy != "" {
		part.Facts = append(part.Facts, paper.Fact{Name: p.Say("record.agreed-by"), Values: []paper.Value{{Text: r.AgreedBy}}})
	}
	if a.Reported {
		part.Facts = append(part.Facts, paper.Fact{Name: p.Say("history.reported"), Values: []paper.Value{{Text: p.Say("record.yes")}}})
	}
	if len(r.Acknowledged) > 0 {
		part.Facts = append(part.Facts, paper.Fact{Name: p.Say("record.acknowledged"), Values: []paper.Value{{Text: p.custom.List(r.Acknowledged)}}})
	}
	return part
}

// recordedSet is which set it was, as it was signed.
func (p *printer) recordedSet(r api.ActivationRecord) paper.Part {
	s := r.Set
	valid := p.Say("licenses.no-end")
	if !s.Expiry.IsZero() {
		valid = p.custom.LongDate(s.Expiry.Midnight(p.zone))
	}
	part := paper.Part{Heading: p.Say("record.set"), Facts: []paper.Fact{
		{Name: p.Say("licenses.set"), Values: []paper.Value{p.text(s.ID)}},
		{Name: p.Say("record.fingerprint"), Values: []paper.Value{p.code(s.Checkpoint)}},
		{Name: p.Say("licenses.issuer"), Values: []paper.Value{p.text(cmp.Or(s.IssuerName, s.Issuer))}},
		{Name: p.Say("licenses.owner"), Values: []paper.Value{p.text(s.Company)}},
		{Name: p.Say("licenses.serial"), Values: []paper.Value{p.code(s.Serial)}},
		{Name: p.Say("review.issued"), Values: []paper.Value{p.moment(s.Issued)}},
		{Name: p.Say("licenses.valid"), Values: []paper.Value{{Text: valid}}},
		{Name: p.Say("record.received"), Values: []paper.Value{p.moment(s.Accepted)}},
	}}
	if r.Key != nil {
		part.Facts = append(part.Facts, paper.Fact{Name: p.Say("licenses.signature"), Values: []paper.Value{p.signature(s, r.Key)}})
	}
	return part
}

func (p *printer) changedFields(r api.ActivationRecord) paper.Part {
	if len(r.Difference.Fields) == 0 {
		return paper.Part{}
	}
	t := &paper.Table{Label: p.Say("history.of-set"), Caption: p.Say("history.set-caption"), Columns: []paper.Column{
		{Head: p.Say("history.field"), Weight: 2}, {Head: p.Say("history.earlier"), Weight: 3}, {Head: p.Say("history.later"), Weight: 3},
	}}
	for _, f := range r.Difference.Fields {
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{{Text: f.Field, Code: true}, p.text(f.From), p.text(f.To)}})
	}
	return paper.Part{Heading: p.Say("history.of-set"), Table: t}
}

func (p *printer) changedLicenses(r api.ActivationRecord) paper.Part {
	part := paper.Part{Heading: p.Say("history.of-licenses")}
	if len(r.Difference.Licenses) == 0 {
		part.Says = []paper.Value{{Text: p.Say("review.no-rows-why")}}
		return part
	}
	part.Table = &paper.Table{Label: p.Say("history.of-licenses"), Caption: p.Say("history.diff-caption", "N", len(r.Difference.Licenses), "Same", r.Difference.Same),
		Columns: []paper.Column{{Head: p.Say("review.license"), Weight: 3.6}, {Head: p.Say("history.became"), Weight: 1.6},
			{Head: p.Say("history.earlier"), Weight: 1.3, Right: true}, {Head: p.Say("history.later"), Weight: 1.3, Right: true}, {Head: p.Say("record.else"), Weight: 3.4}}}
	for _, l := range r.Difference.Licenses {
		part.Table.Rows = append(part.Table.Rows, p.changedLicense(l))
	}
	return part
}

func (p *printer) changedLicense(l api.LicenseDifference) paper.Row {
	before, after, other := p.none(), p.none(), []string{}
	for _, f := range l.Fields {
		switch {
		case f.Field == "quantity":
			before, after = p.figure(f.From), p.figure(f.To)
		case l.Became == "changed":
			other = append(other, fmt.Sprintf("%s: %s → %s", f.Field, cmp.Or(f.From, "–"), cmp.Or(f.To, "–")))
		}
	}
	return paper.Row{Cells: []paper.Value{{Text: cmp.Or(l.DisplayName, string(l.Name.Module)), Sub: l.Name.String(), SubCode: true}, {Text: p.Say("history.became." + l.Became)},
		before, after, p.text(strings.Join(other, "\n"))}}
}

func (p *printer) changedPeople(r api.ActivationRecord) paper.Part {
	part := paper.Part{Heading: p.Say("review.people")}
	if len(r.People) == 0 {
		part.Says = []paper.Value{{Text: p.Say("record.nobody")}}
		return part
	}
	part.Table = &paper.Table{Label: p.Say("review.people-table"), Caption: p.Say("review.people-caption"), Columns: []paper.Column{
		{Head: p.Say("review.person"), Weight: 3}, {Head: p.Say("review.gives-back"), Weight: 3}, {Head: p.Say("review.gets"), Weight: 3}, {Head: p.Say("review.login"), Weight: 1.5},
	}}
	for _, who := range r.People {
		number := "#" + fmt.Sprint(who.Number)
		person := paper.Value{Text: cmp.Or(who.Name, who.Person, number), Sub: cmp.Or(who.Person, number)}
		if person.Sub == person.Text {
			person.Sub = ""
		}
		login := dash
		if who.LoginEnded {
			login = paper.Value{Text: p.Say("record.login-ended")}
		}
		part.Table.Rows = append(part.Table.Rows, paper.Row{Cells: []paper.Value{person, p.holdings(who.Released), p.holdings(who.Given), login}})
	}
	return part
}

// onRecord is where the audit trail has it, and what shows later that it still is
// as it was.
func (p *printer) onRecord(r api.ActivationRecord) paper.Part {
	part := paper.Part{Heading: p.Say("record.trail"), Note: p.Say("report.head-how")}
	if e := r.Entry; e == nil {
		part.Says = []paper.Value{{Text: p.Say("record.no-entry"), Kind: "warn"}}
	} else {
		number := fmt.Sprint(e.Seq)
		if e.N > 1 {
			number += "-" + fmt.Sprint(e.N)
		}
		part.Facts = append(part.Facts,
			paper.Fact{Name: p.Say("record.entry"), Values: []paper.Value{{Text: "#" + number, Path: "/audit/" + number}}},
			paper.Fact{Name: p.Say("record.link"), Values: []paper.Value{p.code(e.Hash)}},
		)
	}
	part.Facts = append(part.Facts, paper.Fact{Name: p.Say("report.head"), Values: []paper.Value{p.code(r.Head.Head)}})
	if own := r.Installation.Fingerprint; own != "" {
		part.Facts = append(part.Facts, paper.Fact{Name: p.Say("keys.own"), Values: []paper.Value{p.code(own)}})
	}
	return part
}
