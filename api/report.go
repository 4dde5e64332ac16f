package api

import "time"

// A Report is what an auditor or an issuer is shown on paper: what is owned, what
// is used, and whether the records are whole. All of it is of one state.
type Report struct {
	Status    Status          `json:"status"`
	Sets      []Set           `json:"sets" doc:"In force."`
	Keys      []SetKeys       `json:"keys" doc:"How each of them leads back to the pinned roots; checked for this report."`
	Licenses  []ReportLicense `json:"licenses" doc:"Those that are counted: more in use than bought first, then by name. What comes with plans only is left out unless there is too much of it in use."`
	Over      int             `json:"over" doc:"How many licenses have more in use than was bought."`
	People    ReportPeople    `json:"people"`
	Databases []Database      `json:"databases"`
	Integrity IntegrityReport `json:"integrity"`
	Head      Head            `json:"head" doc:"Where the audit trail stands."`
}

// A ReportLicense is a license with its peak of the last 90 days.
type ReportLicense struct {
	License
	Peak PeakRow `json:"peak_90_days"`
}

// ReportPeople are numbers of people.
type ReportPeople struct {
	All     int  `json:"all"`
	SignIn  int  `json:"sign_in" doc:"Who may sign in today."`
	OnPlans int  `json:"on_plans" doc:"Who is on a plan that is neither empty nor unrestricted."`
	Counted int  `json:"counted" doc:"Who takes a seat of anything that is limited."`
	Plans   bool `json:"plans" doc:"Whether there are plans to be on."`
}

// An ActivationRecord is one time a set came into force: what it changed, by whom,
// what became of people in the same step, and where it is on record.
type ActivationRecord struct {
	AsOf         time.Time      `json:"as_of"`
	Seq          int64          `json:"seq"`
	Installation Installation   `json:"installation"`
	Activation   Activation     `json:"activation"`
	Who          string         `json:"who" doc:"Who did it, as people know them."`
	AgreedBy     string         `json:"agreed_by,omitempty" doc:"Of a set that took over on its day: who had agreed to it."`
	Set          Set            `json:"set"`
	Key          *SetKeys       `json:"key,omitempty" doc:"While it is in force: how it leads back to the pinned roots."`
	Difference   SetDifference  `json:"difference" doc:"From the set it replaced; of one that replaced none, everything was added."`
	Acknowledged []string       `json:"acknowledged" doc:"System licenses of which somebody said that they may be turned off."`
	People       []RecordPerson `json:"people" doc:"Whom it has changed, by number."`
	Entry        *AuditDetail   `json:"entry,omitempty" doc:"The entry of the audit trail; left out when there is none."`
	Head         Head           `json:"head" doc:"Where the audit trail stands today."`
}

// A RecordPerson is what an activation has changed of a person.
type RecordPerson struct {
	Number     int64     `json:"number"`
	Person     string    `json:"person,omitempty" doc:"User id; left out of somebody who was forgotten."`
	Name       string    `json:"name,omitempty" doc:"First and last name."`
	Released   []Holding `json:"released" doc:"What was taken back."`
	Given      []Holding `json:"given"`
	LoginEnded bool      `json:"login_ended,omitempty"`
}
