package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// Attention is what an administrator should deal with, and what comes next.
type Attention struct {
	AsOf  time.Time       `json:"as_of"`
	Seq   int64           `json:"seq"`
	Items []AttentionItem `json:"items" doc:"The most severe first."`
	Dates []ComingDate    `json:"dates" doc:"What the days to come bring, the nearest first."`
}

// An AttentionItem is one thing that is wrong, or that waits for somebody.
type AttentionItem struct {
	Kind     string       `json:"kind" enum:"rolled-back,tampered,unchecked,suspended,read-only,grace,over,set-refused,expires,set-waiting,full,notice,approval,nearly-full,activated,no-login,maintenance,message"`
	Severity string       `json:"severity" enum:"crit,warn,info"`
	Title    string       `json:"title" doc:"What is the case, in the language asked for."`
	Text     string       `json:"text,omitempty" doc:"What it means."`
	License  license.Name `json:"license,omitzero"`
	Set      string       `json:"set,omitempty"`
	Issuer   string       `json:"issuer,omitempty"`
	Event    int64        `json:"event,omitempty"`
	Count    int64        `json:"count,omitempty"`
	On       license.Date `json:"on,omitzero"`
	Days     int          `json:"days,omitempty" doc:"Calendar days until then; negative after it."`
}

// A ComingDate is a day that brings something.
type ComingDate struct {
	Kind   string       `json:"kind" enum:"set-begins,warning,expiry,grace,maintenance,set-dropped"`
	Date   license.Date `json:"date"`
	Days   int          `json:"days" doc:"Calendar days until then; 0 is today."`
	Issuer string       `json:"issuer"`
	Set    string       `json:"set"`
	Text   string       `json:"text" doc:"What happens, in the language asked for."`
}
