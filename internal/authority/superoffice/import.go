package superoffice

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
)

// A Reading is what a package does not say and an order must.
type Reading struct {
	TimeZone   string // the zone its dates are read in
	Generation string // whose plans its names stand for; "": the one they fit best
}

// A Draft is an order made of a package. It is worth as much as the word of
// whoever brought the package: the authority checks and signs it like any other
// order, and the package is forgotten.
type Draft struct {
	Order *authority.Order
	// Text is the order as it is written down, with a comment that says where it
	// comes from.
	Text []byte
	// Problems are what the order does not say as the package does. They are
	// warnings with places in the package; what is wrong with the order itself,
	// lint says.
	Problems []authority.Problem
}

// Owner returns the one owner of a package and all its rows, or an
// [*OwnerError].
func (p *Package) Owner() (license.Issuer, error) {
	owner := p.OwnerName
	for i := range p.Modules {
		if owner == "" {
			owner = p.Modules[i].OwnerName
		}
		if o := p.Modules[i].OwnerName; o != "" && o != owner {
			return "", &OwnerError{p.Modules[i].Line, string(o), string(owner)}
		}
	}
	if owner == "" {
		return "", &OwnerError{}
	}
	return owner, nil
}

// Import makes an order of a package, for a catalogue of the same owner. Each row
// becomes a line; a plan's name becomes the code of the plan that includes what
// the row lists. Neither the key nor a signature of the package is looked at.
func Import(p *Package, c *authority.Catalogue, reading Reading) (*Draft, error) {
	owner, err := p.Owner()
	if err != nil {
		return nil, err
	}
	if owner != c.Issuer.Code {
		return nil, &authority.OrderIssuerError{Order: owner, Catalogue: c.Issuer.Code}
	}
	im := &importer{p: p, c: c, left: map[string]*NotImportedError{}}
	im.header(owner, reading)
	im.rows()
	d := &Draft{Order: &im.order, Problems: im.problems}
	d.Text = im.text()
	// What is linted is what was written down.
	if d.Order, err = authority.ParseOrder(d.Text); err != nil {
		return nil, err
	}
	return d, nil
}

type importer struct {
	p        *Package
	c        *authority.Catalogue
	order    authority.Order
	called   []license.Module // per line: the package's name where it is another
	problems []authority.Problem
	left     map[string]*NotImportedError // of rows, by element
}

func (im *importer) warn(line int, err error) {
	im.problems = append(im.problems, authority.Problem{Severity: authority.Warning, Where: "package", Line: line, Err: err})
}

// leave tells, once, of something the package says that the order does not.
func (im *importer) leave(element, value string) {
	if value != "" {
		im.warn(0, &NotImportedError{Element: element, Value: shorten(value)})
	}
}

// leaveRow tells of the first row that has an element that no order has.
func (im *importer) leaveRow(m *Module, element, value string) {
	if value == "" {
		return
	}
	if first := im.left[element]; first != nil {
		first.More++
		return
	}
	if element == "Signature" {
		value = "" // tells nobody anything
	}
	im.left[element] = &NotImportedError{Element: element, Value: shorten(value), Module: m.ModuleName}
	im.warn(m.Line, im.left[element])
}

func (im *importer) header(owner license.Issuer, reading Reading) {
	p := im.p
	im.order = authority.Order{
		Issuer: owner, Company: p.CompanyName, Serial: p.SerialNr, TimeZone: reading.TimeZone, Product: p.ProductType,
		Deployment: deployments[p.DeploymentType], Version: im.version(), Demo: im.c.Serial.Demo(p.SerialNr),
		Dates: authority.OrderDates{
			NextCheck: p.NextCheckDate, Warning: p.AdminWarningDate, Expiry: p.ExpiryDate, Grace: p.GraceDate, Maintenance: p.MaintenanceDate,
		},
	}
	im.order.Generation = reading.Generation
	if reading.Generation == "" {
		im.order.Generation = im.generation()
	}
	if d := p.DeploymentType; d > 0 && deployments[d] == "" {
		im.leave("DeploymentType", strconv.FormatUint(uint64(d), 10))
	}
	if name := im.c.Issuer.Name; p.OwnerDescription != "" && p.OwnerDescription != name {
		im.warn(0, &DiffersError{Element: "OwnerDescription", Package: shorten(p.OwnerDescription), Catalogue: name})
	}
	im.leave("LicenseUrl", p.LicenseURL)
	im.leave("ProductDescription", p.ProductDescription)
	if p.ExtraFlags > 0 {
		im.leave("ExtraFlags", strconv.FormatUint(uint64(p.ExtraFlags), 10))
	}
	im.leave("ExtraInfo", p.ExtraInfo)
	if p.PublicKey != nil {
		im.warn(0, &NotImportedError{Element: "PublicKey"})
	}
	if p.Signature != "" {
		im.warn(0, &NotImportedError{Element: "Signature"})
	}
}

// deployments are the numbers whose meaning is known.
var deployments = map[uint32]string{1: "online"}

// version returns the version of the package, or the one its rows agree on.
func (im *importer) version() string {
	if v := im.p.LicenseVersion; v != "" || len(im.p.Modules) == 0 {
		return v
	}
	v := im.p.Modules[0].ModuleVersion
	for i := range im.p.Modules {
		if im.p.Modules[i].ModuleVersion != v {
			return ""
		}
	}
	return v
}

// rows makes the lines, in the issuer's order.
func (im *importer) rows() {
	var modules []*Module
	for i := range im.p.Modules {
		modules = append(modules, &im.p.Modules[i])
	}
	// A row that says nothing stands last (0 wraps round), and rows that say the
	// same stand in the order of the text.
	slices.SortStableFunc(modules, func(a, b *Module) int { return cmp.Compare(a.SortOrder-1, b.SortOrder-1) })
	im.lintSortOrder(modules)
	for _, m := range modules {
		if m.ExtraFlags == PlanRow {
			im.plan(m)
		} else {
			im.module(m)
		}
		if m.ModuleVersion != im.order.Version {
			im.leaveRow(m, "ModuleVersion", m.ModuleVersion)
		}
		im.leaveRow(m, "Signature", m.Signature)
	}
}

func (im *importer) lintSortOrder(sorted []*Module) {
	for i, m := range sorted {
		switch {
		case m.SortOrder == 0 && sorted[0].SortOrder > 0:
			im.warn(m.Line, &SortOrderError{Module: m.ModuleName})
		case m.SortOrder > 0 && i > 0 && sorted[i-1].SortOrder == m.SortOrder:
			im.warn(m.Line, &SortOrderError{m.ModuleName, m.SortOrder, sorted[i-1].Line})
		}
	}
}

func (im *importer) add(l authority.OrderLine, called license.Module) {
	if l.Name().Fold() == called.Fold() {
		called = ""
	}
	im.order.Lines = append(im.order.Lines, l)
	im.called = append(im.called, called)
}

func (im *importer) module(m *Module) {
	l := authority.OrderLine{Module: m.ModuleName, Quantity: int64(m.NumberOfLicenses), Line: m.Line}
	im.leaveRow(m, "ExtraInfo", m.ExtraInfo)
	cm := im.c.Module(m.ModuleName)
	if cm == nil {
		// Lint says so, and what was probably meant.
		im.add(l, m.ModuleName)
		return
	}
	l.Module = cm.Module
	l.Hidden = unless(m.IsHidden, cm.Hidden && !im.shows(cm.Module))
	l.Unrestricted = unless(m.Unrestricted, cm.Unrestricted)
	im.add(l, m.ModuleName)
	im.compare(m, m.LicenseType, cm.Kind, mask(cm), cm.Name, cm.Tooltip)
	if m.PrerequisiteModuleName.Fold() != cm.Prerequisite.Fold() {
		im.differs(m, "PrerequisiteModuleName", string(m.PrerequisiteModuleName), string(cm.Prerequisite))
	}
	if marker := m.ExtraFlags == MarkerRow; marker != cm.Marker {
		im.differs(m, "ExtraFlags", strconv.FormatUint(uint64(m.ExtraFlags), 10), flagOf(cm.Marker))
	}
}

func flagOf(marker bool) string {
	if marker {
		return strconv.Itoa(MarkerRow)
	}
	return "0"
}

// shows reports whether the generation of the order shows a module that is
// hidden otherwise.
func (im *importer) shows(m license.Module) bool {
	g := im.c.Generation(im.order.Generation)
	return g != nil && slices.ContainsFunc(g.Show, func(s license.Module) bool { return s.Fold() == m.Fold() })
}

// unless returns what the package says where the catalogue says something else.
func unless(says, catalogue bool) *bool {
	if says == catalogue {
		return nil
	}
	return &says
}

// mask returns who may hold a module of the catalogue.
func mask(m *authority.CatalogueModule) (people license.PersonKind) {
	if m.Kind != license.User {
		return 0
	}
	for _, k := range m.People {
		people |= k
	}
	if people == 0 {
		return license.Internal
	}
	return people
}

// compare warns of what a row says about a license that the catalogue knows
// otherwise. A row that is silent says the ordinary.
func (im *importer) compare(m *Module, kind, wantKind license.Kind, people license.PersonKind, name, tooltip license.Texts) {
	if kind != wantKind {
		im.differs(m, "LicenseType", textOf(licenseTypes, kind), textOf(licenseTypes, wantKind))
	}
	allowed := m.AllowedUserType
	if allowed == 0 && wantKind == license.User {
		allowed = license.Internal
	}
	if allowed != people {
		im.differs(m, "AllowedUserType", textOf(userTypes, allowed), textOf(userTypes, people))
	}
	if m.ModuleDescription != name.In("en") {
		im.differs(m, "ModuleDescription", m.ModuleDescription, name.In("en"))
	}
	if m.ModuleTooltip != tooltip.In("en") {
		im.differs(m, "ModuleTooltip", m.ModuleTooltip, tooltip.In("en"))
	}
}

func (im *importer) differs(m *Module, element, says, catalogue string) {
	im.warn(m.Line, &DiffersError{m.ModuleName, element, shorten(says), catalogue})
}

// textOf returns the words of a value, also of one that is several.
func textOf[V ~uint8](words []word[V], v V) string {
	s := ""
	for _, w := range words {
		if w.value == v {
			return w.text
		}
		if w.value&v != 0 {
			s += " " + w.text
		}
	}
	if s == "" {
		return "Unknown"
	}
	return s[1:]
}
