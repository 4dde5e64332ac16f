package authority

import (
	"slices"
	"time"
	_ "time/tzdata" // a time zone is known on every machine or on none

	"github.com/pott-dev/pott/license"
)

// maxQuantity is the largest quantity a license file can state.
const maxQuantity = 1<<53 - 1

// Before is what was issued last to the same serial number by the same issuer.
// The zero Before says that nothing was.
type Before struct {
	Number     int64
	Checkpoint string // hash of its checkpoint, in lower-case hex
	Company    string
}

// lintOrder returns everything that is wrong with an order, in the order of its
// text. c may be nil when there is no catalogue of the issuer; then only what
// needs none is checked.
func lintOrder(o *Order, c *Catalogue, before Before, now time.Time) []Problem {
	r := &report{where: "order"}
	lintOwner(r, o, before)
	lintDates(r, o, now)
	if before.Number+1 != o.Number && o.Number != 0 {
		r.block(0, &OrderNumberError{o.Number, before.Number + 1})
	}
	if len(o.Lines) == 0 {
		r.block(0, &OrderEmptyError{})
	}
	if c.Issuer.Code != o.Issuer {
		r.block(0, &OrderIssuerError{o.Issuer, c.Issuer.Code})
		return r.problems
	}
	lintSerial(r, o, c, now)
	if o.Generation != "" && c.Generation(o.Generation) == nil {
		r.block(0, &OrderUnknownError{"generation", o.Generation, nearest(o.Generation, c.generationCodes())})
	}
	lintLines(r, o, c)
	lintContents(r, o, c)
	return r.problems
}

func lintOwner(r *report, o *Order, before Before) {
	r.text(0, "company", o.Company)
	if before.Number > 0 && before.Company != o.Company {
		r.warn(0, &OrderCompanyError{o.Company, before.Company})
	}
	for _, f := range []struct{ field, text string }{{"deployment", o.Deployment}, {"product", o.Product}, {"version", o.Version}} {
		if f.text != "" {
			r.text(0, f.field, f.text)
		}
	}
	if o.Installation != "" && !isFingerprint(o.Installation) {
		r.block(0, &OrderTextError{"installation", "is not a fingerprint: eight groups of four hexadecimal digits, joined by hyphens"})
	}
}

func isFingerprint(s string) bool {
	if len(s) != 39 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		digit := '0' <= c && c <= '9' || 'a' <= c && c <= 'f'
		if i%5 == 4 && c != '-' || i%5 != 4 && !digit {
			return false
		}
	}
	return true
}

// lintDates checks that no date stands after one it must not, and that the set
// is not over already.
func lintDates(r *report, o *Order, now time.Time) {
	d := o.Dates
	for _, p := range []struct {
		earlier, later string
		first, second  license.Date
	}{
		{"start", "expiry", o.Start, d.Expiry},
		{"warning", "expiry", d.Warning, d.Expiry},
		{"next_check", "grace", d.NextCheck, license.Dates{Expiry: d.Expiry, Grace: d.Grace}.End()},
	} {
		if !p.first.IsZero() && !p.second.IsZero() && p.first.After(p.second) {
			r.block(0, &OrderDatesError{p.earlier, p.later, p.first, p.second})
		}
	}
	switch {
	case d.Grace.IsZero():
	case d.Expiry.IsZero():
		r.block(0, &OrderDatesError{"grace", "expiry", d.Grace, d.Expiry})
	case d.Grace.Before(d.Expiry):
		r.block(0, &OrderDatesError{"expiry", "grace", d.Expiry, d.Grace})
	}
	if d.Expiry.IsZero() && !d.Warning.IsZero() {
		r.block(0, &OrderDatesError{"warning", "expiry", d.Warning, d.Expiry})
	}
	loc, err := time.LoadLocation(o.TimeZone)
	if err != nil || o.TimeZone == "" || o.TimeZone == "Local" {
		r.block(0, &OrderZoneError{o.TimeZone})
		return
	}
	end := license.Dates{Expiry: d.Expiry, Grace: d.Grace}.End()
	if today := license.DateOf(now.In(loc)); !end.IsZero() && end.Before(today) {
		r.block(0, &OrderPastError{end, today})
	}
}

func lintSerial(r *report, o *Order, c *Catalogue, now time.Time) {
	if f := c.Serial.Fault(o.Serial); f != SerialFine {
		e := &OrderSerialError{Serial: o.Serial, Fault: f, Digits: c.Serial.Digits}
		if f == SerialCheckDigit {
			if d, err := CheckDigit(o.Serial[:len(o.Serial)-1]); err == nil {
				e.Check = string(d)
			}
		}
		r.block(0, e)
		return
	}
	if c.Serial.Check == LuhnCheck && o.Demo != c.Serial.Demo(o.Serial) {
		r.block(0, &OrderDemoError{Serial: o.Serial, Demo: o.Demo})
	}
	end := license.Dates{Expiry: o.Dates.Expiry, Grace: o.Dates.Grace}.End()
	if days := c.Serial.DemoTerm(); o.Demo && (end.IsZero() || end.After(license.DateOf(now.UTC()).Add(days))) {
		r.block(0, &OrderDemoError{Serial: o.Serial, Demo: true, Days: days})
	}
}

// lintLines checks each line by itself.
func lintLines(r *report, o *Order, c *Catalogue) {
	first := map[license.Module]int{}
	for i := range o.Lines {
		l := &o.Lines[i]
		if at, ok := first[l.Name().Fold()]; ok {
			r.block(l.Line, &OrderDuplicateError{l.Name(), at})
		} else {
			first[l.Name().Fold()] = l.Line
		}
		if l.Quantity < 1 || l.Quantity > maxQuantity {
			r.block(l.Line, &OrderQuantityError{l.Name(), l.Quantity, 1, maxQuantity})
		}
		if l.Plan != "" {
			lintPlanLine(r, o, c, l)
		} else {
			lintModuleLine(r, c, l)
		}
	}
}

func lintPlanLine(r *report, o *Order, c *Catalogue, l *OrderLine) {
	p := c.Plan(l.Plan)
	if p == nil {
		if m := c.Module(l.Plan); m != nil && m.PlanName {
			r.block(l.Line, &OrderPlanNameError{m.Module, c.plansNamed(m.Module)})
			return
		}
		r.block(l.Line, &OrderUnknownError{"plan", string(l.Plan), nearest(string(l.Plan), c.planCodes())})
		return
	}
	g := o.Generation
	if g == "" {
		g = c.DefaultGeneration
	}
	if p.Generation != g {
		r.block(l.Line, &OrderGenerationError{p.Code, p.Generation, g})
	}
}

func lintModuleLine(r *report, c *Catalogue, l *OrderLine) {
	switch m := c.Module(l.Module); {
	case m == nil:
		r.block(l.Line, &OrderUnknownError{"module", string(l.Module), nearest(string(l.Module), c.moduleNames())})
	case m.PlanName:
		r.block(l.Line, &OrderPlanNameError{m.Module, c.plansNamed(m.Module)})
	}
}

// lintContents checks what the lines say about each other, on the complete
// order.
func lintContents(r *report, o *Order, c *Catalogue) {
	lines := complete(o, c)
	has := map[license.Module]*OrderLine{}
	for i := range lines {
		has[lines[i].Name().Fold()] = &lines[i]
	}
	sums := planSums(o, c, false)
	for i := range lines {
		l := &lines[i]
		if p := c.Plan(l.Plan); l.Plan != "" && p != nil {
			for _, m := range p.Includes {
				if has[m.Fold()] == nil {
					r.block(l.Line, &OrderIncludedError{p.Code, m})
				}
			}
		}
		m := c.Module(l.Module)
		if l.Module == "" || m == nil {
			continue
		}
		if m.Prerequisite != "" && has[m.Prerequisite.Fold()] == nil {
			r.block(l.Line, &OrderPrerequisiteError{m.Module, m.Prerequisite})
		}
		lintPool(r, o, c, l, m, sums)
	}
	licenses, _ := compose(o, c)
	if n := plansThatGive(licenses); c.Occupancy == license.ByLogin && n != 1 {
		r.block(0, &OrderOnePlanError{n})
	}
	_, missing := clientsOf(o, c, licenses)
	for _, cl := range c.Clients {
		if len(missing[cl.Name]) > 0 {
			r.warn(0, &OrderClientError{cl.Name, missing[cl.Name]})
		}
	}
}

// plansThatGive counts the plans that include something.
func plansThatGive(licenses []license.License) (n int) {
	for i := range licenses {
		if p := licenses[i].Plan; p != nil && !p.Empty() {
			n++
		}
	}
	return n
}

// lintPool warns of a pool that cannot be used as it was bought.
func lintPool(r *report, o *Order, c *Catalogue, l *OrderLine, m *CatalogueModule, sums map[license.Module]int64) {
	hidden := or(l.Hidden, m.Hidden && !c.Generation(o.Generation).shows(m.Module))
	if !hidden || m.Kind != license.User {
		return
	}
	sum, included := sums[m.Module.Fold()]
	switch {
	case !included:
		r.warn(l.Line, &OrderHiddenError{m.Module})
	case l.Quantity < sum && !or(l.Unrestricted, m.Unrestricted):
		r.warn(l.Line, &OrderShortError{m.Module, l.Quantity, sum})
	}
}

func (c *Catalogue) plansNamed(packageName license.Module) []license.Module {
	var codes []license.Module
	for _, p := range c.Plans {
		if p.PackageName.Fold() == packageName.Fold() {
			codes = append(codes, p.Code)
		}
	}
	return codes
}

func (c *Catalogue) moduleNames() []string {
	return texts(c.Modules, func(m CatalogueModule) string { return string(m.Module) })
}

func (c *Catalogue) planCodes() []string {
	return texts(c.Plans, func(p CataloguePlan) string { return string(p.Code) })
}

func (c *Catalogue) generationCodes() []string {
	return texts(c.Generations, func(g Generation) string { return g.Code })
}

func texts[T any](list []T, text func(T) string) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, text(v))
	}
	return slices.Clip(out)
}
