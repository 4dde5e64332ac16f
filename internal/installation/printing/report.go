package printing

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/paper"
)

// Report is the license report.
func Report(to Reader, r api.Report) paper.Document {
	p := printerFor(to, r.Status.Installation)
	d := p.document(p.Say("report.title"), r.Status.Installation, r.Status.Now)
	d.Subject = p.Say("report.subject")
	d.Lead = []string{p.Say("report.made", "Name", to.Name, "At", r.Status.Now.In(p.zone))}
	d.Parts = []paper.Part{p.owner(r), p.sets(r), p.licenses(r), p.databases(r), p.records(r)}
	return d
}

func (p *printer) owner(r api.Report) paper.Part {
	part := paper.Part{Facts: []paper.Fact{
		{Name: p.Say("licenses.owner"), Values: []paper.Value{p.text(r.Status.Installation.Company)}},
		{Name: p.Say("licenses.serial"), Values: []paper.Value{p.code(r.Status.Installation.Serial)}},
	}}
	type number struct {
		word, path string
		n          int
	}
	last := number{p.Say("home.people-plans"), "/users?plan=%2A", r.People.OnPlans}
	if !r.People.Plans {
		last = number{p.Say("home.people-seats"), "/users?counted=1", r.People.Counted}
	}
	for _, n := range []number{{p.Say("home.people-all"), "/users", r.People.All}, {p.Say("home.people-login"), "/users?signs_in=1", r.People.SignIn}, last} {
		value := p.number(int64(n.n))
		value.Path = n.path
		part.Facts = append(part.Facts, paper.Fact{Name: p.Say("home.people") + ": " + n.word, Values: []paper.Value{value}})
	}
	return part
}

func (p *printer) sets(r api.Report) paper.Part {
	part := paper.Part{Heading: p.Say("report.sets")}
	if len(r.Sets) == 0 {
		part.Says = []paper.Value{{Text: p.Say("status.no-set")}}
		return part
	}
	part.Table = &paper.Table{Label: p.Say("report.sets"), Caption: p.Say("report.sets-caption"), Columns: []paper.Column{
		{Head: p.Say("licenses.set"), Weight: 3.6}, {Head: p.Say("licenses.issuer"), Weight: 2}, {Head: p.Say("review.issued"), Weight: 1.7},
		{Head: p.Say("licenses.valid"), Weight: 2}, {Head: p.Say("licenses.signature"), Weight: 3.2},
	}}
	for _, s := range r.Sets {
		part.Table.Rows = append(part.Table.Rows, paper.Row{Cells: []paper.Value{
			{Text: s.ID, Sub: s.Checkpoint, SubCode: true}, p.text(cmp.Or(s.IssuerName, s.Issuer)), p.moment(s.Issued), p.validity(r, s.ID), p.signature(s, keyOf(r.Keys, s.ID)),
		}})
	}
	return part
}

func (p *printer) validity(r api.Report, set string) paper.Value {
	i := slices.IndexFunc(r.Status.Sets, func(s api.SetStatus) bool { return s.ID == set })
	if i < 0 {
		return dash
	}
	return state(Validity(p.Lang, &r.Status.Sets[i]))
}

// signature says whether a set is genuine, and beneath it which key has signed it.
func (p *printer) signature(s api.Set, key *api.SetKeys) paper.Value {
	value := state(page.Mark{Kind: "ok", Text: p.Say("licenses.signed")})
	switch {
	case s.Notice != nil:
		value = state(page.Mark{Kind: "crit", Text: s.Notice.Text})
	case key != nil && !key.Good:
		value = state(page.Mark{Kind: "crit", Text: p.Say("keys.not-genuine")})
	}
	if key != nil && key.Key != "" {
		value.Sub = p.Say("report.key", "Key", key.Key)
	}
	return value
}

func keyOf(keys []api.SetKeys, set string) *api.SetKeys {
	i := slices.IndexFunc(keys, func(k api.SetKeys) bool { return k.Set == set })
	if i < 0 {
		return nil
	}
	return &keys[i]
}

func (p *printer) licenses(r api.Report) paper.Part {
	verdict := page.Mark{Kind: "ok", Text: p.Say("report.nothing-over")}
	if r.Over > 0 {
		verdict = page.Mark{Kind: "crit", Text: p.Say("report.over-says", "N", r.Over)}
	}
	t := &paper.Table{Label: p.Say("licenses.title"), Caption: p.Say("report.licenses-caption"), Columns: []paper.Column{
		{Head: p.Say("licenses.name"), Weight: 3.9}, {Head: p.Say("licenses.purchased"), Weight: 1.6, Right: true}, {Head: p.Say("licenses.in-use"), Weight: 1.4, Right: true},
		{Head: p.Say("licenses.spare"), Weight: 1.3, Right: true}, {Head: p.Say("report.over"), Weight: 1.3, Right: true},
		{Head: p.Say("licenses.peak"), Weight: 2.1, Right: true}, {Head: p.Say("report.peak-at"), Weight: 2.3},
	}}
	for _, l := range r.Licenses {
		t.Rows = append(t.Rows, p.license(l))
	}
	return paper.Part{Heading: p.Say("licenses.title"), Says: []paper.Value{state(verdict)}, Table: t}
}

func (p *printer) license(l api.ReportLicense) paper.Row {
	title := cmp.Or(l.DisplayName, l.Name.String())
	name := paper.Value{Text: title, Sub: l.Name.String(), SubCode: true, Path: licensePath(l.Name)}
	used := p.number(l.Taken)
	used.Path, used.Label = licensePath(l.Name)+"#holders", p.Say("licenses.who", "N", l.Taken, "Name", title)
	seats, free, over := paper.Value{Text: PoolMark(p.Lang, l.License).Text}, p.none(), p.none()
	if l.State != api.PoolNoLimit && l.State != api.PoolByUse {
		seats, free, over = p.number(l.Seats), p.number(l.Free), p.number(l.Over)
	}
	if l.Over > 0 {
		over.Kind = "crit"
	}
	return paper.Row{Kind: RowKind(l.License), Cells: []paper.Value{name, seats, used, free, over, p.number(l.Peak.Peak), p.moment(l.Peak.At)}}
}

// RowKind says whether somebody should look at a license.
func RowKind(l api.License) string {
	switch {
	case l.OutOfForce != nil, l.Withheld != nil && !l.Withheld.SignIn, l.Damaged, l.State == api.PoolOver:
		return "crit"
	case l.State == api.PoolFull:
		return "warn"
	}
	return ""
}

func (p *printer) databases(r api.Report) paper.Part {
	t := &paper.Table{Label: p.Say("databases.title"), Caption: p.Say("report.databases-caption"), Columns: []paper.Column{
		{Head: p.Say("databases.name"), Weight: 3}, {Head: p.Say("report.site-licenses"), Weight: 5},
	}}
	for _, db := range r.Databases {
		kind := p.Say("databases.central")
		if db.Number != 0 {
			kind = p.Say("databases.satellite", "N", db.Number)
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{{Text: db.Name, Sub: kind}, p.holdings(db.Licenses)}})
	}
	return paper.Part{Heading: p.Say("databases.title"), Table: t}
}

// holdings are licenses that somebody holds, in one value.
func (p *printer) holdings(all []api.Holding) paper.Value {
	var names []string
	for _, h := range all {
		name := cmp.Or(h.DisplayName, h.Name.String())
		if h.Quantity > 1 {
			name += " × " + p.custom.Number(h.Quantity)
		}
		names = append(names, name)
	}
	return p.text(p.custom.List(names))
}

func (p *printer) records(r api.Report) paper.Part {
	verdict := state(IntegrityMark(p.Lang, r.Integrity.Verdict))
	if r.Integrity.Why != "" {
		verdict.Text += ". " + r.Integrity.Why
	}
	part := paper.Part{Heading: p.Say("report.records"), Says: []paper.Value{verdict}, Note: p.Say("report.head-how")}
	for _, q := range []struct {
		word   string
		answer api.IntegrityAnswer
	}{{p.Say("status.rows"), r.Integrity.Rows}, {p.Say("status.totals"), r.Integrity.Totals}, {p.Say("status.chain"), r.Integrity.Chain},
		{p.Say("status.rollback"), r.Integrity.Rollback}, {p.Say("status.counts"), r.Integrity.Counts}} {
		part.Facts = append(part.Facts, paper.Fact{Name: q.word, Values: []paper.Value{state(IntegrityMark(p.Lang, q.answer.State))}})
	}
	last := p.Say("status.never")
	if l := r.Integrity.Last; l != nil {
		last = p.Say("status.last-says", "At", l.Ended.In(p.zone), "Rows", l.Rows, "Batches", l.Batches, "Entries", l.Entries)
	}
	part.Facts = append(part.Facts, paper.Fact{Name: p.Say("status.last"), Values: []paper.Value{{Text: last}}},
		paper.Fact{Name: p.Say("report.head"), Values: []paper.Value{p.code(r.Head.Head)}})
	if own := r.Status.Installation.Fingerprint; own != "" {
		part.Facts = append(part.Facts, paper.Fact{Name: p.Say("keys.own"), Values: []paper.Value{p.code(own)}})
	}
	part.Facts = append(part.Facts, paper.Fact{Name: p.Say("keys.roots"), Values: p.codes(r.Status.Installation.Roots)})
	return part
}
