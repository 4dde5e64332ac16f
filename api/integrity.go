package api

import "time"

// An IntegrityReport says whether the records are as the server wrote them. What
// was not checked is never called intact.
type IntegrityReport struct {
	AsOf     time.Time       `json:"as_of"`
	Seq      int64           `json:"seq"`
	Verdict  string          `json:"verdict" enum:"intact,broken,cannot-be-checked" doc:"Broken if any answer is, intact if all are and nothing was found since."`
	Why      string          `json:"why,omitempty" doc:"Why it cannot be checked."`
	Rows     IntegrityAnswer `json:"rows" doc:"Whether every record is as it was written."`
	Totals   IntegrityAnswer `json:"totals" doc:"Whether no record is missing, added, or older than it should be."`
	Chain    IntegrityAnswer `json:"chain" doc:"Whether the journal and the audit trail have no gap and no edit."`
	Rollback IntegrityAnswer `json:"rollback" doc:"Whether the whole database is not an older copy."`
	Counts   IntegrityAnswer `json:"counts" doc:"Whether seats in use and licenses are what assignments and license files say."`

	Last    *IntegrityPass `json:"last,omitempty" doc:"The last full check; left out when there was none."`
	Running *IntegrityRun  `json:"running,omitempty" doc:"A full check that goes on now."`
	Round   IntegrityRound `json:"round" doc:"The look at one record after the other that always goes on."`

	Quarantined int `json:"quarantined" doc:"Records that give nothing until repaired, found at any time."`
}

// An IntegrityAnswer is the answer to one question.
type IntegrityAnswer struct {
	State  string           `json:"state" enum:"intact,broken,cannot-be-checked"`
	Why    string           `json:"why,omitempty" doc:"Why it cannot be checked."`
	Places []IntegrityPlace `json:"places,omitempty" doc:"Where it is broken, at most 100."`
	More   int              `json:"more,omitempty" doc:"Places beyond those."`
}

// An IntegrityPlace is where something is wrong.
type IntegrityPlace struct {
	Table   string   `json:"table"`
	Row     string   `json:"row,omitempty" doc:"Its key, such as number=12."`
	Columns []string `json:"columns,omitempty" doc:"As far as they are known."`
	What    string   `json:"what" doc:"Edited, inserted, deleted, or in other words."`
}

// An IntegrityPass is a full check that is over.
type IntegrityPass struct {
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	By      string    `json:"by" doc:"Who asked for it; system verify when nobody did."`
	Rows    int       `json:"rows" doc:"Sealed records that were read."`
	Batches int       `json:"batches" doc:"Changes of the journal that were followed."`
	Entries int       `json:"entries" doc:"Entries of the audit trail that were read."`
}

// An IntegrityRun is a full check that goes on.
type IntegrityRun struct {
	Started  time.Time `json:"started"`
	By       string    `json:"by"`
	Read     int       `json:"read" doc:"Records, changes and entries read so far."`
	Expected int       `json:"expected" doc:"About how many there are."`
}

// An IntegrityRound is a look at one record after the other, a few every second:
// it finds what was edited sooner than the next full check, and calls nothing
// intact.
type IntegrityRound struct {
	Rows  int64     `json:"rows" doc:"Records looked at in this round so far."`
	Of    int64     `json:"of" doc:"Records there are."`
	Ended time.Time `json:"ended,omitzero" doc:"When the round before was over; left out when this is the first."`
}
