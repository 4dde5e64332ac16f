// Package superoffice reads and writes the license packages of SuperOffice CRM,
// and nothing in a package is ever believed: what it reads becomes a draft that
// the authority checks and signs like any other order.
//
// [Parse] and [Package.Bytes] are the format, [Import] makes an order of a
// package, and [Export] makes a package of a set. The vendor's words live here
// and in docs/compat/superoffice-package.md, which says field by field what
// becomes what.
package superoffice

import "github.com/pott-dev/pott/license"

// Limits of what is read. Anything above is refused before it is looked at.
const (
	MaxBytes   = 8 << 20  // of the whole text
	MaxModules = 10_000   // rows
	MaxValue   = 16 << 10 // bytes of one value
)

// A Package is the text of a license package, unchecked: what it says of itself.
// The zero value of a field means that the package says nothing.
type Package struct {
	OwnerName          license.Issuer // in capitals, whatever the package has
	OwnerDescription   string
	CompanyName        string
	SerialNr           string
	LicenseVersion     string
	LicenseURL         string
	DeploymentType     uint32 // 1: online; no other number is published
	ProductType        string
	ProductDescription string
	NextCheckDate      license.Date
	AdminWarningDate   license.Date
	ExpiryDate         license.Date
	GraceDate          license.Date
	MaintenanceDate    license.Date
	ExtraFlags         uint32
	ExtraInfo          string
	Modules            []Module // in the order of the text
	PublicKey          *PublicKey
	Signature          string // carried as it is, never checked, never believed
}

// Extra flags of a row.
const (
	PlanRow   = 1 // its ExtraInfo lists what the plan includes
	MarkerRow = 2 // describes what was bought
)

// A Module is one row of a package.
type Module struct {
	OwnerName              license.Issuer // "": the package's
	LicenseType            license.Kind   // 0: not said
	AllowedUserType        license.PersonKind
	ModuleName             license.Module
	ModuleDescription      string
	ModuleTooltip          string
	ModuleVersion          string
	NumberOfLicenses       uint32
	Unrestricted           bool
	IsHidden               bool
	ExtraFlags             uint32
	ExtraInfo              string
	SortOrder              uint32 // 0: not said
	PrerequisiteModuleName license.Module
	Signature              string // as that of the package
	Line                   int    // where the row begins; 0 when it was not read
}

// A PublicKey is what a package says about a key. It is carried as opaque text.
type PublicKey struct {
	OwnerName, SignDate, ExpiryDate string
	Key                             *Key
	Signature                       string
}

// A Key is the numbers of a DSA key, as opaque text.
type Key struct{ P, Q, G, Y, J, Seed, Counter string }

// Signed reports whether the package carries a key or a signature. Neither is
// ever checked.
func (p *Package) Signed() bool {
	if p.PublicKey != nil || p.Signature != "" {
		return true
	}
	for i := range p.Modules {
		if p.Modules[i].Signature != "" {
			return true
		}
	}
	return false
}
