package superoffice

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/license"
)

// A field is an element that holds one value: how it is read into a T, and what
// it says there. A field that says "" is not written.
type field[T any] struct {
	name string
	set  func(*T, string) error // says only why; the reader knows where
	get  func(*T) string
}

func text[T any](name string, of func(*T) *string) field[T] {
	return field[T]{
		name,
		func(t *T, s string) error { *of(t) = s; return nil },
		func(t *T) string { return *of(t) },
	}
}

func number[T any](name string, of func(*T) *uint32) field[T] {
	return field[T]{
		name,
		func(t *T, s string) error {
			n, err := strconv.ParseUint(s, 10, 32)
			if err != nil {
				return errors.New("it is a whole number from 0 to 4294967295")
			}
			*of(t) = uint32(n)
			return nil
		},
		func(t *T) string {
			if *of(t) == 0 {
				return ""
			}
			return strconv.FormatUint(uint64(*of(t)), 10)
		},
	}
}

func truth[T any](name string, of func(*T) *bool) field[T] {
	return field[T]{
		name,
		func(t *T, s string) error {
			switch s {
			case "true", "1":
				*of(t) = true
			case "false", "0":
			default:
				return errors.New("it is true or false")
			}
			return nil
		},
		func(t *T) string { return strconv.FormatBool(*of(t)) },
	}
}

func date[T any](name string, of func(*T) *license.Date) field[T] {
	return field[T]{
		name,
		func(t *T, s string) (err error) { *of(t), err = parseDate(s); return err },
		func(t *T) string {
			if of(t).IsZero() {
				return ""
			}
			return of(t).String() + "T00:00:00"
		},
	}
}

// parseDate reads a date at midnight. The first day of year 1 is how the format
// writes "never".
func parseDate(s string) (license.Date, error) {
	day, clock, timed := strings.Cut(s, "T")
	if s == "0" {
		return license.Date{}, nil
	}
	if whole, fraction, ok := strings.Cut(clock, "."); ok && fraction != "" && strings.Trim(fraction, "0") == "" {
		clock = whole
	}
	if timed && clock != "00:00:00" {
		return license.Date{}, errors.New("it is a date at midnight without a time zone, such as 2027-03-27T00:00:00")
	}
	d, err := license.ParseDate(day)
	if err != nil {
		return license.Date{}, errors.New("it is no date, such as 2027-03-27T00:00:00")
	}
	if d == (license.Date{Year: 1, Month: time.January, Day: 1}) {
		return license.Date{}, nil
	}
	return d, nil
}

func owner[T any](name string, of func(*T) *license.Issuer) field[T] {
	return field[T]{
		name,
		func(t *T, s string) (err error) {
			// ASCII only: Unicode has other letters whose capitals are ASCII.
			up := strings.Map(func(r rune) rune {
				if 'a' <= r && r <= 'z' {
					r -= 'a' - 'A'
				}
				return r
			}, s)
			if *of(t), err = license.ParseIssuer(up); err != nil {
				return errors.New("an owner is written with 1 to 32 letters A–Z and digits")
			}
			return nil
		},
		func(t *T) string { return string(*of(t)) },
	}
}

func module[T any](name string, of func(*T) *license.Module) field[T] {
	return field[T]{
		name,
		func(t *T, s string) (err error) {
			*of(t), err = license.ParseModule(s)
			return why(err)
		},
		func(t *T) string { return string(*of(t)) },
	}
}

// why returns the reason of a name that is none, without the name.
func why(err error) error {
	if bad := (*license.BadNameError)(nil); errors.As(err, &bad) {
		return errors.New(bad.Why)
	}
	return err
}

// The words of the format. The number of a word is its place, except that old
// data counts user licenses as 4 too.
var (
	licenseTypes = []word[license.Kind]{{"SiteLicense", license.System}, {"SatelliteLicense", license.Site}, {"UserLicense", license.User}}
	userTypes    = []word[license.PersonKind]{
		{"InternalAssociate", license.Internal}, {"ResourceAssociate", license.Resource}, {"ExternalAssociate", license.External},
		{"AnonymousAssociate", license.Anonymous}, {"SystemAssociate", license.Technical},
	}
)

type word[V comparable] struct {
	text  string
	value V
}

// oneWord is a field whose value is one of a list of words.
func oneWord[T any, V comparable](name string, words []word[V], of func(*T) *V) field[T] {
	return field[T]{
		name,
		func(t *T, s string) error {
			var none V
			*of(t) = none
			if s == "Unknown" {
				return nil
			}
			var all []string
			for _, w := range words {
				if w.text == s {
					*of(t) = w.value
					return nil
				}
				all = append(all, w.text)
			}
			return fmt.Errorf("it is one of %s", strings.Join(all, ", "))
		},
		func(t *T) string {
			for _, w := range words {
				if w.value == *of(t) {
					return w.text
				}
			}
			return ""
		},
	}
}

// licenseType also reads the numbers that stand for the words.
func licenseType() field[Module] {
	f := oneWord("LicenseType", licenseTypes, func(m *Module) *license.Kind { return &m.LicenseType })
	words := f.set
	f.set = func(m *Module, s string) error {
		switch s {
		case "0":
			s = "Unknown"
		case "1", "2", "3":
			s = licenseTypes[s[0]-'1'].text
		case "4":
			s = "UserLicense"
		}
		return words(m, s)
	}
	return f
}

// packageFields, keyFields and moduleFields are the elements that hold a value,
// in the order they are written.
var packageFields = []field[Package]{
	date("AdminWarningDate", func(p *Package) *license.Date { return &p.AdminWarningDate }),
	text("CompanyName", func(p *Package) *string { return &p.CompanyName }),
	number("DeploymentType", func(p *Package) *uint32 { return &p.DeploymentType }),
	date("ExpiryDate", func(p *Package) *license.Date { return &p.ExpiryDate }),
	number("ExtraFlags", func(p *Package) *uint32 { return &p.ExtraFlags }),
	text("ExtraInfo", func(p *Package) *string { return &p.ExtraInfo }),
	date("GraceDate", func(p *Package) *license.Date { return &p.GraceDate }),
	text("LicenseUrl", func(p *Package) *string { return &p.LicenseURL }),
	text("LicenseVersion", func(p *Package) *string { return &p.LicenseVersion }),
	date("MaintenanceDate", func(p *Package) *license.Date { return &p.MaintenanceDate }),
	{name: "ModuleLicenses"}, // its place; it holds rows
	date("NextCheckDate", func(p *Package) *license.Date { return &p.NextCheckDate }),
	text("OwnerDescription", func(p *Package) *string { return &p.OwnerDescription }),
	owner("OwnerName", func(p *Package) *license.Issuer { return &p.OwnerName }),
	text("ProductDescription", func(p *Package) *string { return &p.ProductDescription }),
	text("ProductType", func(p *Package) *string { return &p.ProductType }),
	{name: "PublicKey"},
	text("SerialNr", func(p *Package) *string { return &p.SerialNr }),
	text("Signature", func(p *Package) *string { return &p.Signature }),
}

var moduleFields = []field[Module]{
	owner("OwnerName", func(m *Module) *license.Issuer { return &m.OwnerName }),
	licenseType(),
	oneWord("AllowedUserType", userTypes, func(m *Module) *license.PersonKind { return &m.AllowedUserType }),
	module("ModuleName", func(m *Module) *license.Module { return &m.ModuleName }),
	text("ModuleDescription", func(m *Module) *string { return &m.ModuleDescription }),
	text("ModuleTooltip", func(m *Module) *string { return &m.ModuleTooltip }),
	text("ModuleVersion", func(m *Module) *string { return &m.ModuleVersion }),
	number("NumberOfLicenses", func(m *Module) *uint32 { return &m.NumberOfLicenses }),
	truth("Unrestricted", func(m *Module) *bool { return &m.Unrestricted }),
	truth("IsHidden", func(m *Module) *bool { return &m.IsHidden }),
	rowFlags(),
	text("ExtraInfo", func(m *Module) *string { return &m.ExtraInfo }),
	number("SortOrder", func(m *Module) *uint32 { return &m.SortOrder }),
	module("PrerequisiteModuleName", func(m *Module) *license.Module { return &m.PrerequisiteModuleName }),
	text("Signature", func(m *Module) *string { return &m.Signature }),
}

// rowFlags reads the three values that have a meaning. Another one would have
// one that we do not know.
func rowFlags() field[Module] {
	f := number("ExtraFlags", func(m *Module) *uint32 { return &m.ExtraFlags })
	any32 := f.set
	f.set = func(m *Module, s string) error {
		if err := any32(m, s); err != nil || m.ExtraFlags > MarkerRow {
			return errors.New("it is 0, 1 (a plan) or 2 (a marker)")
		}
		return nil
	}
	return f
}

var publicKeyFields = []field[PublicKey]{
	text("OwnerName", func(k *PublicKey) *string { return &k.OwnerName }),
	text("SignDate", func(k *PublicKey) *string { return &k.SignDate }),
	text("ExpiryDate", func(k *PublicKey) *string { return &k.ExpiryDate }),
	{name: "Key"},
	text("Signature", func(k *PublicKey) *string { return &k.Signature }),
}

var keyFields = []field[Key]{
	text("P", func(k *Key) *string { return &k.P }),
	text("Q", func(k *Key) *string { return &k.Q }),
	text("G", func(k *Key) *string { return &k.G }),
	text("Y", func(k *Key) *string { return &k.Y }),
	text("J", func(k *Key) *string { return &k.J }),
	text("Seed", func(k *Key) *string { return &k.Seed }),
	text("Counter", func(k *Key) *string { return &k.Counter }),
}
