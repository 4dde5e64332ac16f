// Package examples holds two complete price lists and two complete customers,
// with what must be counted for each.
//
// The demo and the tests read them, so that what is shown, what is documented
// and what is tested are the same files. README.md explains their formats.
// Everything the customers are made of is invented where it names people.
package examples

import (
	"bytes"
	"embed"
	"fmt"
	"regexp"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/pott-dev/pott/license"
)

// FS holds the catalogues, orders and customers: superoffice/catalogue.yaml,
// amsystem/catalogue.yaml, designteamet/ and nordlys/.
//
//go:embed superoffice/*.yaml amsystem/*.yaml designteamet/*.yaml nordlys/*.yaml
var FS embed.FS

// Bytes returns a file of [FS]. It panics when there is no such file: the files
// are part of the program.
func Bytes(path string) []byte {
	b, err := FS.ReadFile(path)
	if err != nil {
		panic(fmt.Sprintf("examples: %v", err))
	}
	return b
}

// read decodes a file of FS and panics when it is not what v is.
func read[T any](path string) T {
	var v T
	d := yaml.NewDecoder(bytes.NewReader(Bytes(path)))
	d.KnownFields(true)
	if err := d.Decode(&v); err != nil {
		panic(fmt.Sprintf("examples: %s: %v", path, err))
	}
	return v
}

// Day is the day the customers are described on: their "today".
var Day = license.Date{Year: 2026, Month: time.June, Day: 10}

// Moved returns a date of the examples as it lies when their today is another
// day. The zero Date stays zero.
func Moved(d, today license.Date) license.Date {
	if d.IsZero() {
		return d
	}
	return d.Add(Day.DaysUntil(today))
}

var dates = regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b`)

// OrderAt returns an order of [FS] with its dates moved so that their today is
// another day: a sample that is issued today must not have ended.
func OrderAt(path string, today license.Date) []byte {
	return dates.ReplaceAllFunc(Bytes(path), func(text []byte) []byte {
		d, err := license.ParseDate(string(text))
		if err != nil {
			return text
		}
		return []byte(Moved(d, today).String())
	})
}

// A Person is somebody of a customer.
type Person struct {
	ID           string           `yaml:"id"`
	First        string           `yaml:"first"`
	Last         string           `yaml:"last"`
	Group        string           `yaml:"group"`    // department or place of work
	Plan         license.Module   `yaml:"plan"`     // "" for none
	Extras       []license.Module `yaml:"extras"`   // given by hand beside the plan
	Role         string           `yaml:"role"`     // "admin-all", "admin-user" or ""
	Username     string           `yaml:"username"` // "" where the id is the user name
	Profile      string           `yaml:"profile"`  // code of a profile; "" for none
	Login        bool             `yaml:"login"`    // has login settings
	ValidThrough license.Date     `yaml:"valid_through"`
	Former       bool             `yaml:"former"`
	Deleted      bool             `yaml:"deleted"`
}

// InUse is what must be counted for one user module.
type InUse struct {
	Module license.Module `yaml:"module"`
	InUse  int64          `yaml:"in_use"`
	Seats  int64          `yaml:"seats"`
	Free   *int64         `yaml:"free"` // nil: unrestricted
}

// A ReviewRow is what must be said of one license when a set is reviewed.
// Numbers that do not apply are nil.
type ReviewRow struct {
	Module   license.Module `yaml:"module"`
	Hidden   bool           `yaml:"hidden"`
	Seats    int64          `yaml:"seats"`
	InUse    *int64         `yaml:"in_use"`
	Free     *int64         `yaml:"free"`
	Change   int64          `yaml:"change"`
	NewSeats int64          `yaml:"new_seats"`
	NewFree  *int64         `yaml:"new_free"`
	Result   string         `yaml:"result"`
	Release  int64          `yaml:"release"` // how many must give it back first
}

// DesignteametExpected is what must be true of Designteamet; expected.yaml says
// what each part means.
type DesignteametExpected struct {
	Today     license.Date             `yaml:"today"`
	CanLogIn  int                      `yaml:"can_log_in"`
	PaidUsers int                      `yaml:"paid_users"`
	Plans     map[license.Module]int64 `yaml:"plans"`
	InUse     []InUse                  `yaml:"in_use"`
	Screen    struct {
		System []license.Module `yaml:"system"`
		User   []license.Module `yaml:"user"`
	} `yaml:"screen"`
	States []struct {
		Day      license.Date `yaml:"day"`
		State    string       `yaml:"state"`
		DaysLeft int          `yaml:"days_left"`
	} `yaml:"states"`
	UpgradeAllowedThrough license.Date `yaml:"upgrade_allowed_through"`
	Renewal               struct {
		Fits      bool             `yaml:"fits"`
		RefusedBy []license.Module `yaml:"refused_by"`
		Rows      []ReviewRow      `yaml:"rows"`
		Dialog    []license.Module `yaml:"dialog"`
	} `yaml:"renewal"`
	AfterRelease struct {
		Release  []string `yaml:"release"` // people to put on the empty plan
		Fits     bool     `yaml:"fits"`
		CanLogIn int      `yaml:"can_log_in"`
		InUse    []InUse  `yaml:"in_use"`
	} `yaml:"after_release"`
	Serials struct {
		Valid []struct {
			Serial string `yaml:"serial"`
			Demo   bool   `yaml:"demo"`
		} `yaml:"valid"`
		Invalid []struct {
			Serial string `yaml:"serial"`
			Reason string `yaml:"reason"` // "check-digit" or "length"
		} `yaml:"invalid"`
	} `yaml:"serials"`
}

// DesignteametPeople returns the 52 people of Designteamet.
func DesignteametPeople() []Person {
	return read[struct{ People []Person }]("designteamet/people.yaml").People
}

// Designteamet returns what must be true of Designteamet.
func Designteamet() DesignteametExpected {
	return read[DesignteametExpected]("designteamet/expected.yaml")
}

// A Profile is a bundle of modules a customer made.
type Profile struct {
	Code    string           `yaml:"code"`
	Name    string           `yaml:"name"`
	Modules []license.Module `yaml:"modules"` // those that take seats
	Free    []string         `yaml:"free"`    // those that do not, and that no installation knows
	Admin   bool             `yaml:"admin"`
}

// NordlysExpected is what must be true of Nordlys Drift before any change.
type NordlysExpected struct {
	Today     license.Date             `yaml:"today"`
	Occupied  map[license.Module]int64 `yaml:"occupied"`
	Available map[license.Module]int64 `yaml:"available"`
	People    []struct {
		ID        string           `yaml:"id"`
		Takes     []license.Module `yaml:"takes"`
		CanSignIn bool             `yaml:"can_sign_in"`
	} `yaml:"people"`
}

// A Change is something done at Nordlys Drift, from the state NordlysExpected
// describes, and its outcome.
type Change struct {
	Code string `yaml:"code"`
	// Do is "set-credentials", "remove-credentials", "set-profile",
	// "set-valid-through", "delete-person", "profile-module-on",
	// "profile-module-off" or "set-pool".
	Do   string `yaml:"do"`
	With struct {
		Person  string         `yaml:"person"`
		Profile string         `yaml:"profile"`
		Module  license.Module `yaml:"module"`
		Date    license.Date   `yaml:"date"`
		To      int64          `yaml:"to"`
	} `yaml:"with"`
	Allowed  bool                     `yaml:"allowed"`
	Short    map[license.Module]int64 `yaml:"short"`    // by how many a pool is too small
	Occupied map[license.Module]int64 `yaml:"occupied"` // afterwards
}

// NordlysPeople returns the nine people of Nordlys Drift.
func NordlysPeople() []Person {
	return read[struct{ People []Person }]("nordlys/people.yaml").People
}

// NordlysProfiles returns the five profiles of Nordlys Drift.
func NordlysProfiles() []Profile {
	return read[struct{ Profiles []Profile }]("nordlys/profiles.yaml").Profiles
}

// NordlysChanges returns the sixteen changes and their outcomes.
func NordlysChanges() []Change {
	return read[struct{ Changes []Change }]("nordlys/changes.yaml").Changes
}

// Nordlys returns what must be true of Nordlys Drift before any change.
func Nordlys() NordlysExpected { return read[NordlysExpected]("nordlys/expected.yaml") }
