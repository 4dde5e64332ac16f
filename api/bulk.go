package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// A Bulk is what a change of many people would do, or did: an import of a list,
// the same change for everybody chosen, or the undoing of either.
type Bulk struct {
	Outcome
	Kind      string         `json:"kind" enum:"import,change,undo"`
	Mode      string         `json:"mode,omitempty" enum:"add,replace,remove" doc:"Of an import: whether rows are added to what is there, take its place, or say what is taken back."`
	Partial   bool           `json:"partial" doc:"Whether rows without errors are applied although others have some; otherwise all rows or none."`
	Read      *ImportReading `json:"read,omitempty" doc:"Of an import: how the list was understood."`
	Totals    BulkTotals     `json:"totals"`
	Pools     []BulkPool     `json:"pools" doc:"Every pool whose count would change if every row without another error got its seats."`
	Rows      []BulkRow      `json:"rows" doc:"In the order of the list. Of an act: left out, see its job."`
	PlanToken string         `json:"plan_token,omitempty" doc:"Of a preview: applied with it, exactly this is done or nothing."`
	Errors    string         `json:"errors,omitempty" doc:"Of the preview of an import: the rows with errors as a list of the same columns and the reason, which can be imported again."`
	Job       *Job           `json:"job,omitempty" doc:"What does it; it may still be running."`
}

// BulkTotals count rows.
type BulkTotals struct {
	Rows     int `json:"rows"`
	Changed  int `json:"changed" doc:"Rows that change something, or did."`
	Already  int `json:"already" doc:"Rows of people who are so already."`
	Warnings int `json:"warnings" doc:"Rows with something one should know."`
	Errors   int `json:"errors" doc:"Rows that cannot be applied."`
	Left     int `json:"left,omitempty" doc:"Rows a job did not come to."`
}

// A BulkPool is a pool before and after, and how many seats it lacks.
type BulkPool struct {
	PoolChange
	Short int64 `json:"short,omitempty" doc:"How many seats are missing."`
}

// A BulkRow is what becomes of one row.
type BulkRow struct {
	Row      int            `json:"row" doc:"The line of the list it begins on, or its place among the people chosen, from 1."`
	Person   string         `json:"person,omitempty" doc:"User id; left out once the person was erased."`
	Number   int64          `json:"number,omitempty"`
	Result   string         `json:"result" enum:"added,changed,already,error,left"`
	Given    []license.Name `json:"given,omitempty"`
	Released []license.Name `json:"released,omitempty"`
	Problem  *Refused       `json:"problem,omitempty" doc:"Why it cannot be applied."`
	Warnings []Refused      `json:"warnings,omitempty"`
}

// An ImportReading is how a list was understood.
type ImportReading struct {
	Delimiter string         `json:"delimiter" enum:"comma,semicolon,tab"`
	Encoding  string         `json:"encoding" enum:"utf-8,utf-8-bom,windows-1252"`
	Language  string         `json:"language,omitempty" doc:"Of the header; left out when it has the words of the API."`
	Columns   []ImportColumn `json:"columns" doc:"From the left."`
	First     []ImportLine   `json:"first" doc:"The first five rows as they were understood."`
	Rows      int            `json:"rows"`
}

// An ImportLine is a row of a list.
type ImportLine struct {
	Row   int      `json:"row"`
	Cells []string `json:"cells" doc:"As many as there are columns, empty for those that are not read."`
}

// An ImportColumn is a column of a list.
type ImportColumn struct {
	Header string `json:"header" doc:"As it stands in the list."`
	Column string `json:"column,omitempty" enum:"user_id,first_name,last_name,email,group,kind,login,valid_through,profile,plans,extras,reason" doc:"What it was taken for; left out when it is not read."`
}

// A BulkChange is the body that does the same for many people.
type BulkChange struct {
	People  []string `json:"people,omitempty" doc:"User ids, or # and numbers; at most 10,000."`
	Query   string   `json:"query,omitempty" doc:"Instead: the query of a list of people, such as group=Sales&login=true; everybody on it."`
	Act     string   `json:"act" enum:"give,switch,remove,end-login,give-login,retire,delete,approve,refuse" doc:"give: plans and extras beside what is held; switch: a plan in place of the one of its group; remove: plans and extras."`
	Names   []string `json:"names,omitempty" doc:"Of give, switch and remove: what. name*3 gives three seats of an extra."`
	Partial bool     `json:"partial,omitempty"`

	PlanToken string `json:"plan_token,omitempty"`
}

// A PlanToken is the body of what may be tied to a preview. It may be empty.
type PlanToken struct {
	PlanToken string `json:"plan_token,omitempty" doc:"Of a preview: exactly that is done, or nothing."`
}

// A Job is a change of many people that runs, or has run, by itself.
type Job struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind" enum:"import,change,undo,audit"`
	Act      string        `json:"act" doc:"The mode of an import, or the act of a change."`
	Names    []string      `json:"names,omitempty" doc:"What was given or taken."`
	State    string        `json:"state" enum:"draft,running,done,cancelled,failed,interrupted" doc:"interrupted: the server stopped in between; rows it did not come to are left."`
	Partial  bool          `json:"partial"`
	By       string        `json:"by"`
	Created  time.Time     `json:"created"`
	Finished time.Time     `json:"finished,omitzero"`
	Rows     int           `json:"rows"`
	Done     int           `json:"done" doc:"Rows that were looked at."`
	Totals   BulkTotals    `json:"totals"`
	Problem  *Refused      `json:"problem,omitempty" doc:"Why it failed."`
	File     string        `json:"file,omitempty" doc:"SHA-256 of the list."`
	Undo     time.Time     `json:"undo,omitzero" doc:"Until when it can be undone; left out when it cannot."`
	UndoneBy string        `json:"undone_by,omitempty" doc:"The job that undid it."`
	Undoes   string        `json:"undoes,omitempty" doc:"The job it undoes."`
	Audit    *AuditVerdict `json:"audit,omitempty" doc:"What a check of the audit trail found."`
}

// A SavedView is a list somebody comes back to.
type SavedView struct {
	ID     string `json:"id"`
	Page   string `json:"page" doc:"Which list it is of."`
	Name   string `json:"name"`
	Query  string `json:"query" doc:"What the list's address says."`
	Shared bool   `json:"shared" doc:"Whether others see it."`
	Mine   bool   `json:"mine" doc:"Whether whoever asks has saved it."`
}

// A NewView is a list to come back to.
type NewView struct {
	Page   string `json:"page" enum:"users" doc:"Which list it is of."`
	Name   string `json:"name" doc:"1 to 60 characters; a view of this name that was saved before is replaced."`
	Query  string `json:"query" doc:"What the list's address says behind its question mark, such as plan=SUPEROFFICE.sales-premium&login=may."`
	Shared bool   `json:"shared,omitempty" doc:"Whether others see it; needs the scope assign."`
}

// A ChangedView is the answer to a view that was saved or removed.
type ChangedView struct {
	Outcome
	View SavedView `json:"view"`
}
