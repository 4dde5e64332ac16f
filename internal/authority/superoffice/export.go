package superoffice

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
)

// Export makes an unsigned package of a set, and says everything of the set that
// a package has no place for. c is a catalogue of the set's issuer; it says what
// a package calls the plans.
//
// What cannot be left out without changing what is granted is refused: a
// [*PlansCollideError] for two licenses that have one name in a package, a
// [*CannotSayError] for a quantity, holders or a text that a package cannot
// state.
func Export(s *license.Set, c *authority.Catalogue) (*Package, []*NotExportedError, error) {
	ex := &exporter{s: s, c: c}
	p := &Package{
		OwnerName: s.Issuer, OwnerDescription: s.IssuerName, CompanyName: s.Company, SerialNr: s.Serial, ProductType: s.Product,
		NextCheckDate: s.Dates.NextCheck, AdminWarningDate: s.Dates.Warning, ExpiryDate: s.Dates.Expiry,
		GraceDate: s.Dates.Grace, MaintenanceDate: s.Dates.Maintenance,
		LicenseVersion: ex.version(), DeploymentType: deploymentNumber(s.Deployment),
	}
	ex.header(p)
	if err := ex.collisions(); err != nil {
		return nil, nil, err
	}
	for _, f := range []struct{ field, text string }{{"issuer_name", s.IssuerName}, {"company", s.Company}, {"product", s.Product}} {
		if err := sayable("", f.field, f.text); err != nil {
			return nil, nil, err
		}
	}
	for i := range s.Licenses {
		m, err := ex.row(&s.Licenses[i])
		if err != nil {
			return nil, nil, err
		}
		m.SortOrder = uint32(i) + 1
		p.Modules = append(p.Modules, m)
	}
	return p, ex.left, nil
}

type exporter struct {
	s    *license.Set
	c    *authority.Catalogue
	left []*NotExportedError
}

// leave tells of a field of the header.
func (ex *exporter) leave(field, value string) {
	if value != "" {
		ex.left = append(ex.left, &NotExportedError{Field: field, Value: value})
	}
}

// leaveRow tells of a field of a license, once for all licenses that have it.
func (ex *exporter) leaveRow(l *license.License, field string) {
	i := slices.IndexFunc(ex.left, func(e *NotExportedError) bool { return e.Modules != nil && e.Field == field })
	if i < 0 {
		i = len(ex.left)
		ex.left = append(ex.left, &NotExportedError{Field: field})
	}
	ex.left[i].Modules = append(ex.left[i].Modules, l.Module)
}

// header tells what the header has that a package has not.
func (ex *exporter) header(p *Package) {
	s := ex.s
	if p.DeploymentType == 0 {
		ex.leave("deployment", s.Deployment)
	}
	ex.leave("number", strconv.FormatInt(s.Number, 10))
	if !s.Issued.IsZero() {
		ex.leave("issued", s.Issued.UTC().Format(time.RFC3339))
	}
	ex.leave("time_zone", s.TimeZone)
	ex.leave("start", s.Start.String())
	if s.Occupancy != license.ByAssignment {
		ex.leave("occupancy", string(s.Occupancy))
	}
	ex.leave("previous", s.Previous)
	ex.leave("installation", s.Installation)
	if s.Final {
		ex.leave("final", "true")
	}
	if s.Demo && !ex.c.Serial.Demo(s.Serial) {
		ex.leave("demo", "true")
	}
	var clients []string
	for _, c := range s.Clients {
		clients = append(clients, c.Name)
	}
	ex.leave("clients", strings.Join(clients, ", "))
}

func deploymentNumber(word string) uint32 {
	for n, w := range deployments {
		if w == word {
			return n
		}
	}
	return 0
}

// version returns the version all licenses were issued for, or "".
func (ex *exporter) version() string {
	if len(ex.s.Licenses) == 0 {
		return ""
	}
	v := ex.s.Licenses[0].Version
	for i := range ex.s.Licenses {
		if ex.s.Licenses[i].Version != v {
			return ""
		}
	}
	return v
}

// name returns what a package calls a module of the set.
func (ex *exporter) name(m license.Module) license.Module {
	if p := ex.c.Plan(m); p != nil && ex.isPlan(m) {
		return packageName(p)
	}
	return m
}

func (ex *exporter) isPlan(m license.Module) bool {
	l := ex.s.License(m)
	return l != nil && l.Plan != nil
}

// collisions refuses two licenses that a package calls the same.
func (ex *exporter) collisions() error {
	first := map[license.Module]license.Module{}
	for i := range ex.s.Licenses {
		m := ex.s.Licenses[i].Module
		name := ex.name(m)
		if other, ok := first[name.Fold()]; ok {
			return &PlansCollideError{name, other, m}
		}
		first[name.Fold()] = m
	}
	return nil
}

func (ex *exporter) row(l *license.License) (Module, error) {
	m := Module{
		OwnerName: ex.s.Issuer, LicenseType: l.Kind, ModuleName: ex.name(l.Module), ModuleVersion: l.Version,
		NumberOfLicenses: uint32(l.Quantity), Unrestricted: l.Unrestricted, IsHidden: l.Hidden,
		ModuleDescription: l.Names.In("en"), ModuleTooltip: l.Tooltips.In("en"),
	}
	if l.Quantity < 1 || l.Quantity > math.MaxUint32 {
		return m, &CannotSayError{l.Module, "quantity", strconv.FormatInt(l.Quantity, 10)}
	}
	if l.Kind == license.User {
		m.AllowedUserType = l.People
		if len(l.People.Words()) != 1 {
			return m, &CannotSayError{l.Module, "people", strings.Join(l.People.Words(), ", ")}
		}
	}
	for _, f := range []struct{ field, text string }{{"version", l.Version}, {"names.en", m.ModuleDescription}, {"tooltips.en", m.ModuleTooltip}} {
		if err := sayable(l.Module, f.field, f.text); err != nil {
			return m, err
		}
	}
	if l.Prerequisite != "" {
		m.PrerequisiteModuleName = ex.name(l.Prerequisite)
	}
	if l.Marker {
		m.ExtraFlags = MarkerRow
	}
	if l.Plan != nil {
		ex.plan(&m, l)
	}
	if n := len(m.ExtraInfo); n > maxExtraInfo {
		return m, &CannotSayError{l.Module, "plan.includes", fmt.Sprintf("of %d characters", n)}
	}
	ex.leaveFields(l)
	return m, nil
}

// maxExtraInfo is how much of a plan's list the readers of packages can keep, in
// characters.
const maxExtraInfo = 3999

// sayable refuses a text with a character that a license file has and XML has
// not. Anything else instead of it would be another text.
func sayable(m license.Module, field, text string) error {
	for _, r := range text {
		if r < ' ' && !strings.ContainsRune(space, r) || r == 0xfffe || r == 0xffff {
			return &CannotSayError{m, field, fmt.Sprintf("with %U", r)}
		}
	}
	return nil
}

func (ex *exporter) plan(m *Module, l *license.License) {
	m.ExtraFlags = PlanRow
	var list []license.Module
	for _, included := range l.Plan.Includes {
		list = append(list, ex.name(included))
	}
	m.ExtraInfo = setOf(list)
	if ex.c.Plan(l.Module) == nil {
		// The catalogue is another than the set was made from, so nobody knows
		// what a package calls the plan.
		ex.leaveRow(l, "plan.package_name")
	}
	if l.Plan.Group != "" {
		ex.leaveRow(l, "plan.group")
	}
	if len(l.Plan.Parts) > 0 {
		ex.leaveRow(l, "plan.parts")
	}
}

// leaveFields tells what a license has that a row has not.
func (ex *exporter) leaveFields(l *license.License) {
	if l.OpenEnded {
		ex.leaveRow(l, "open_ended")
	}
	if l.Edit != "" {
		ex.leaveRow(l, "edit")
	}
	for _, lang := range license.Languages {
		if lang != "en" && l.Names[lang] != "" {
			ex.leaveRow(l, "names."+lang)
		}
		if lang != "en" && l.Tooltips[lang] != "" {
			ex.leaveRow(l, "tooltips."+lang)
		}
	}
}
