package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// Peaks are the most seats that were taken of each license in a period.
type Peaks struct {
	AsOf  time.Time `json:"as_of"`
	Seq   int64     `json:"seq"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to" doc:"The first moment after the period."`
	Items []PeakRow `json:"items" doc:"By name; licenses of which no seat was taken are left out."`

	Damage *PastDamage `json:"damage,omitempty" doc:"When not all of it is known."`
}

// PastDamage says that a past is not known whole, because records are out of use.
// The seats they keep today are counted since the earliest moment at which they can
// have been taken, so that no number is too small; who had them is not known.
type PastDamage struct {
	Records int       `json:"records" doc:"Records of what was that are out of use."`
	Since   time.Time `json:"since,omitzero" doc:"The earliest moment that is concerned; left out when any may be."`
	Text    string    `json:"text" doc:"The same in the language asked for."`
}

// A PeakRow is the peak of one license.
type PeakRow struct {
	Name        license.Name `json:"name"`
	DisplayName string       `json:"display_name,omitempty"`
	Hidden      bool         `json:"hidden,omitempty"`
	Plan        bool         `json:"plan,omitempty"`
	Peak        int64        `json:"peak" doc:"Most seats taken at a time."`
	At          time.Time    `json:"at" doc:"The first moment it was so."`
	Seats       *int64       `json:"seats,omitempty" doc:"Bought at that moment; left out when paid by use or not enforced."`
}
