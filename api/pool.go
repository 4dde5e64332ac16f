package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// How full a license is, in a word: see the field state of a license.
const (
	PoolOver    = "over"
	PoolFull    = "full"
	PoolNearly  = "nearly-full"
	PoolSpare   = "spare"
	PoolNone    = "none"
	PoolNoLimit = "no-limit"
	PoolByUse   = "by-use"
	PoolOn      = "on"
	PoolMarker  = "marker"
)

// A NamedLicense is a license with what people call it.
type NamedLicense struct {
	Name        license.Name `json:"name"`
	DisplayName string       `json:"display_name,omitempty"`
}

// A LicenseDetail is one license with what it has to do with others.
type LicenseDetail struct {
	License
	ComesWith []NamedLicense `json:"comes_with,omitempty" doc:"The plans that give it."`
	Contents  []NamedLicense `json:"contents,omitempty" doc:"What the plan gives, with names."`
	Needs     []NamedLicense `json:"needs,omitempty" doc:"What must be held first, and what that needs in its turn."`
	NeededBy  []NamedLicense `json:"needed_by,omitempty" doc:"What may be held only by those who hold it."`
	If        *LicenseIf     `json:"if,omitempty" doc:"How it would be with the number of seats asked about; left out where seats are not counted."`
}

// A LicenseIf is how full a license would be with another number of seats.
type LicenseIf struct {
	Seats int64  `json:"seats"`
	Free  int64  `json:"free"`
	Over  int64  `json:"over" doc:"How many would have to give theirs back first."`
	State string `json:"state" enum:"over,full,nearly-full,spare,none"`
}

// A Course is how many seats of a license were taken, stretch by stretch.
type Course struct {
	AsOf  time.Time   `json:"as_of"`
	Seq   int64       `json:"seq"`
	By    string      `json:"by" enum:"day,week,month"`
	Items []CourseRow `json:"items" doc:"In the order of time, from the first stretch in which the license was in force."`

	Damage *PastDamage `json:"damage,omitempty" doc:"When not all of it is known."`
}

// A CourseRow is one day, week (from Monday) or month where the installation is.
type CourseRow struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to" doc:"The first moment after it; of the last one, now."`
	Peak  int64     `json:"peak" doc:"Most seats taken at a time."`
	At    time.Time `json:"at" doc:"The first moment it was so."`
	Seats *int64    `json:"seats,omitempty" doc:"Bought at the end of it; left out when paid by use, not enforced or not in force."`
}
