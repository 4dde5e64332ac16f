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
