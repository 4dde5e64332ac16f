package api

import "time"

// An AuditEntry is one thing somebody did. It holds no personal values: a
// person is named by an opaque id, and by the user id as long as that is known.
type AuditEntry struct {
	Seq     int64             `json:"seq"`
	N       int64             `json:"n" doc:"Its place within the commit."`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor" doc:"Kind and id, such as token ab12cd."`
	Who     string            `json:"who" doc:"The same for people: a user id, the name of a token."`
	Action  string            `json:"action" doc:"Such as plan.set."`
	Subject string            `json:"subject,omitempty" doc:"The opaque id of the person it is about."`
	Person  string            `json:"person,omitempty" doc:"That person's user id, while it is known."`
	Facts   map[string]string `json:"facts,omitempty"`
	Door    string            `json:"door,omitempty" doc:"Through what it came: page, api, command, job (what goes on once somebody has begun it), host (a command on the machine the server runs on) or server (the server by itself). The command pott is recognized by what it says of itself. Left out where it is not on record, as of entries from before it was."`
	Request string            `json:"request,omitempty" doc:"The reference number of the request in which it was asked, which its answer had as X-Request-Id; of a job, of the request that began it."`
}

// An AuditDetail is an entry with what the chain holds of it.
type AuditDetail struct {
	AuditEntry
	Changes  []AuditChange `json:"changes" doc:"What it was and what it became, where the entry says so."`
	Entries  int64         `json:"entries" doc:"How many entries the commit has."`
	Node     string        `json:"node" doc:"The server that wrote it."`
	Epoch    string        `json:"epoch"`
	Content  string        `json:"content" doc:"SHA-256 over the entries of the commit, in hex."`
	Hash     string        `json:"hash" doc:"SHA-256 over the commit and everything before it."`
	Together int           `json:"together,omitempty" doc:"How many other entries came of the same request, as far as they are counted: a thousand at most, among 10,000 commits before this one and as many after it. Listing by request_id finds all."`
	Previous string        `json:"previous,omitempty" doc:"That of the commit before; left out of the first."`
	Before   *AuditEntry   `json:"before,omitempty" doc:"The entry before this one."`
	After    *AuditEntry   `json:"after,omitempty" doc:"The entry after this one."`
}

// An AuditChange is one thing an entry says.
type AuditChange struct {
	Name   string `json:"name"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// An AuditVerdict is the answer to a check of the audit chain.
type AuditVerdict struct {
	Verdict string      `json:"verdict" enum:"intact,broken,cannot-check" doc:"Of the chain of audit entries only; getIntegrity is about everything."`
	From    int64       `json:"from" doc:"The first commit that was asked for."`
	To      int64       `json:"to" doc:"The last."`
	Entries int64       `json:"entries" doc:"How many were checked."`
	Links   int64       `json:"links" doc:"How many commits were checked."`
	Seq     int64       `json:"seq" doc:"The last commit checked."`
	First   time.Time   `json:"first,omitzero" doc:"When the first of the entries was written."`
	Last    time.Time   `json:"last,omitzero" doc:"When the last of them was."`
	Head    string      `json:"head" doc:"Fingerprint of the head of the chain: the first 16 bytes of its hash, in hex."`
	Where   string      `json:"where,omitempty" doc:"The first place that is broken."`
	Broken  *AuditBreak `json:"broken,omitempty"`
	Note    string      `json:"note,omitempty" doc:"Why it cannot be checked, or what is not said."`
}

// An AuditBreak is the first place where the chain is not what was written.
type AuditBreak struct {
	Seq      int64       `json:"seq" doc:"The commit; entries before it are intact."`
	What     string      `json:"what" enum:"edited,deleted,inserted,written anew,rolled back"`
	Record   string      `json:"record" enum:"journal,audit" doc:"What was changed: the chain itself or an entry."`
	Expected string      `json:"expected,omitempty" doc:"A hash in hex, or the number of a commit."`
	Found    string      `json:"found,omitempty"`
	Before   *AuditEntry `json:"before,omitempty" doc:"The last entry before it."`
	After    *AuditEntry `json:"after,omitempty" doc:"The first entry after it."`
	Ask      []string    `json:"ask,omitempty" doc:"Who can do something about it: administrators, by user id."`
}

// An AuditRange is the part of the audit trail to be checked. It may be empty.
type AuditRange struct {
	From string `json:"from,omitempty" doc:"The first commit, or a day."`
	To   string `json:"to,omitempty" doc:"The last commit, or a day."`
}
