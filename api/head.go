package api

// Head is where the record of an installation stands, to be kept elsewhere and
// compared later.
type Head struct {
	Head string `json:"head" doc:"As it is written down: id/ledger/number/fingerprint."`
	Seq  int64  `json:"seq"`
}

// CompareHead is a head that somebody kept.
type CompareHead struct {
	Head string `json:"head"`
}

// What comparing a head comes to.
const (
	HeadAgrees         = "agrees"          // the record goes on from it
	HeadBehind         = "behind"          // the record ends before it
	HeadAnotherHistory = "another-history" // the record has something else there
)

// ComparedHead is what comparing a head came to.
type ComparedHead struct {
	Outcome
	Verdict string `json:"verdict" enum:"agrees,behind,another-history"`
	Kept    int64  `json:"kept" doc:"The number of the head that was kept."`
}
