package api

import "time"

// An AuditEntry is one thing somebody did. It holds no personal values: a
// person is named by an opaque id, and by the user id as long as that is known.
type AuditEntry struct {
	Seq     int64             `json:"seq"`
	N       int64             `json:"n" doc:"Its place within the commit."`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor" doc:"Kind and id, such as token ab12cd."`
	Action  string            `json:"action" doc:"Such as plan.set."`
	Subject string            `json:"subject,omitempty" doc:"The opaque id of the person it is about."`
	Person  string            `json:"person,omitempty" doc:"That person's user id, while it is known."`
	Facts   map[string]string `json:"facts,omitempty"`
}

// An AuditVerdict is the answer to a check of the audit chain.
type AuditVerdict struct {
	Verdict string `json:"verdict" enum:"intact,broken,cannot-check" doc:"Of the chain of audit entries only; pott fsck checks everything."`
	Entries int64  `json:"entries" doc:"How many were checked."`
	Links   int64  `json:"links" doc:"How many commits were checked."`
	Seq     int64  `json:"seq" doc:"The last commit checked."`
	Where   string `json:"where,omitempty" doc:"The first place that is broken."`
	Note    string `json:"note,omitempty"`
}
