package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// Damage is what was found that is not as the server left it, and what can be
// decided about it.
type Damage struct {
	AsOf     time.Time      `json:"as_of"`
	Seq      int64          `json:"seq"`
	Health   string         `json:"health" enum:"sound,damaged,read-only,rolled-back,unchecked" doc:"Read-only: nothing is given until the places are repaired."`
	Writable bool           `json:"writable"`
	Items    []DamagedPlace `json:"items"`
	Total    int            `json:"total"`
}

// A DamagedPlace is a record that gives nothing until it is repaired, or
// something of the database itself.
type DamagedPlace struct {
	Place   string   `json:"place,omitempty" doc:"What names it in a repair; left out for what is repaired in the database itself."`
	Table   string   `json:"table"`
	Key     string   `json:"key,omitempty" doc:"Of the record, its columns joined with /."`
	What    string   `json:"what" doc:"What happened: edited, deleted, inserted, old copy put back, or in other words."`
	Columns []string `json:"columns,omitempty" doc:"That were edited, when that can be told."`
	Repairs []string `json:"repairs" doc:"What can be decided: accept, remove, restore."`

	Incident string `json:"incident,omitempty" doc:"The file on the server's machine in which it was kept what was found."`
}

// DamageDetail is a damaged place and what stands there now.
type DamageDetail struct {
	DamagedPlace
	Found         map[string]string `json:"found,omitempty" doc:"The record as it stands, by column: numbers, texts, and bytes in hex; left out when there is none. Personal values are never in it."`
	Seal          map[string]string `json:"seal,omitempty" doc:"Its ver, layout, seal and colsum."`
	WantedVersion int64             `json:"wanted_version,omitempty" doc:"The change that wrote the record that should stand there; left out when there should be none."`
	Seq           int64             `json:"seq"`
}

// A Repair is a decision about a damaged place.
type Repair struct {
	Action string            `json:"action" enum:"accept,remove,restore" doc:"Accept: what stands there is right. Remove: nothing belongs there. Restore: what stood there before is right."`
	Reason string            `json:"reason" doc:"Why, for the incident file."`
	Code   string            `json:"code,omitempty" doc:"The one-time code that pott server confirm prints on the server's machine; not needed for a dry run."`
	Values map[string]string `json:"values,omitempty" doc:"Of a record to restore, by column, as a detail shows them; what is left out is taken from what stands there. A license record needs none: it is made again from its file. A set's file is the value file."`
}

// Repaired is what a repair did.
type Repaired struct {
	Outcome
	Place     DamagedPlace `json:"place"`
	Recounted []Recounted  `json:"recounted" doc:"Pools whose count was another than what the records give."`
	Incident  string       `json:"incident,omitempty" doc:"The file on the server's machine that keeps what was found."`
	Left      int          `json:"left" doc:"Places that are still damaged."`
}

// Recounted is a pool that was counted anew from records that were checked.
type Recounted struct {
	Name  license.Name `json:"name"`
	Was   int64        `json:"was"`
	Taken int64        `json:"taken"`
}
