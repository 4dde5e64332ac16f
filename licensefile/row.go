package licensefile

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

var licenseFields = []string{
	"module", "kind", "quantity", "unrestricted", "open_ended", "hidden", "marker", "people",
	"prerequisite", "edit", "plan", "version", "names", "tooltips",
}

var (
	planFields = []string{"includes", "group", "parts"}
	partFields = []string{"line", "tier"}
)

// appendLicense writes the line of a license.
func appendLicense(b []byte, l *license.License) []byte {
	w := writer{b}
	w.open()
	w.must("module", string(l.Module))
	w.must("kind", l.Kind.String())
	w.integer("quantity", l.Quantity)
	w.flag("unrestricted", l.Unrestricted)
	w.flag("open_ended", l.OpenEnded)
	w.flag("hidden", l.Hidden)
	w.flag("marker", l.Marker)
	writePeople(&w, l.People)
	w.may("prerequisite", string(l.Prerequisite))
	w.may("edit", string(l.Edit))
	if l.Plan != nil {
		writePlan(&w, l.Plan)
	}
	w.may("version", l.Version)
	writeTexts(&w, "names", l.Names)
	writeTexts(&w, "tooltips", l.Tooltips)
	w.close()
	return w.b
}

func writePlan(w *writer, p *license.Plan) {
	w.name("plan")
	w.open()
	list(w, "includes", p.Includes)
	w.may("group", p.Group)
	if len(p.Parts) > 0 {
		w.name("parts")
		w.b = append(w.b, '[')
		for i, part := range p.Parts {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.open()
			w.must("line", part.Line)
			w.must("tier", part.Tier)
			w.close()
		}
		w.b = append(w.b, ']')
	}
	w.close()
}

func writeTexts(w *writer, name string, texts license.Texts) {
	if len(texts) == 0 {
		return
	}
	w.name(name)
	w.open()
	for _, lang := range license.Languages {
		w.may(lang, texts[lang])
	}
	w.close()
}

// readLicense reads the line of a license.
func readLicense(line int, text []byte) (license.License, error) {
	r := &reader{line: line, s: string(text)}
	var l license.License
	r.open()
	r.need("module", licenseFields)
	l.Module = r.module()
	r.need("kind", licenseFields)
	l.Kind = word(r, func(s string) (k license.Kind, err error) { return k, k.UnmarshalText([]byte(s)) })
	r.need("quantity", licenseFields)
	l.Quantity = r.integer(1)
	for _, f := range []struct {
		name string
		to   *bool
	}{{"unrestricted", &l.Unrestricted}, {"open_ended", &l.OpenEnded}, {"hidden", &l.Hidden}, {"marker", &l.Marker}} {
		if r.field(f.name) {
			*f.to = r.yes()
		}
	}
	readHolding(r, &l)
	if r.field("version") {
		l.Version = r.text()
	}
	if r.field("names") {
		l.Names = readTexts(r)
	}
	if r.field("tooltips") {
		l.Tooltips = readTexts(r)
	}
	r.close(licenseFields)
	return l, r.end()
}

// readHolding reads the fields that say who may hold a license and what it
// brings, each allowed on one kind of license only.
func readHolding(r *reader, l *license.License) {
	if l.Kind == license.User {
		l.People = license.Internal
	}
	if at := r.i; r.field("people") {
		l.People = readPeople(r)
		onlyOn(r, at, l, "people", license.User)
	}
	if at := r.i; r.field("prerequisite") {
		l.Prerequisite = r.module()
		if r.err == nil && l.Prerequisite.Fold() == l.Module.Fold() {
			r.fail(at, "a license cannot need itself")
		}
	}
	if at := r.i; r.field("edit") {
		l.Edit = r.module()
		onlyOn(r, at, l, "edit", license.System)
	}
	if at := r.i; r.field("plan") {
		l.Plan = readPlan(r)
		onlyOn(r, at, l, "plan", license.User)
		if l.Plan != nil && slices.ContainsFunc(l.Plan.Includes, func(m license.Module) bool { return m.Fold() == l.Module.Fold() }) {
			r.fail(at, "a plan cannot include itself")
		}
	}
}

func onlyOn(r *reader, at int, l *license.License, field string, kind license.Kind) {
	if r.err == nil && l.Kind != kind {
		r.fail(at, "only a %s license has the field %q", kind, field)
	}
}

func readPlan(r *reader) *license.Plan {
	p := &license.Plan{}
	r.open()
	if r.field("includes") {
		p.Includes = readModules(r)
	}
	if r.field("group") {
		p.Group = word(r, parseWord)
	}
	if r.field("parts") {
		var lines once
		r.array(func() {
			at := r.i
			var part license.Part
			r.open()
			r.need("line", partFields)
			part.Line = word(r, parseWord)
			r.need("tier", partFields)
			part.Tier = word(r, parseWord)
			r.close(partFields)
			if r.err == nil && lines.again(part.Line) {
				r.fail(at, "the line %q stands twice among the parts of the plan", part.Line)
			}
			p.Parts = append(p.Parts, part)
		})
	}
	r.close(planFields)
	return p
}

func readTexts(r *reader) license.Texts {
	at := r.i
	texts := license.Texts{}
	r.open()
	for _, lang := range license.Languages {
		if r.field(lang) {
			texts[lang] = r.text()
		}
	}
	r.close(license.Languages)
	if r.err == nil && len(texts) == 0 {
		r.fail(at, "texts without any are left out")
	}
	return texts
}
