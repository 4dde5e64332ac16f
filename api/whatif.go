package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// A WhatIf asks what would become of things. The steps are taken one after
// another by the very rules that the acts use, and nothing is stored.
type WhatIf struct {
	Steps     []WhatIfStep `json:"steps" doc:"At most 20."`
	Questions []Check      `json:"questions,omitempty" doc:"Asked before the steps and after them, at most 100. Names may be typed as people type them."`
}

// What a step may do. Which fields it needs follows from its words.
const (
	IfSetPlan     = "set-plan"
	IfAddPlan     = "add-plan"
	IfRemovePlan  = "remove-plan"
	IfGiveExtra   = "give-extra"
	IfRemoveExtra = "remove-extra"
	IfGiveLogin   = "give-login"
	IfEndLogin    = "end-login"
	IfSetProfile  = "set-profile"
	IfActivateSet = "activate-set"
	IfDate        = "date" // the day comes: what waits for it takes over
)

// A WhatIfStep is one thing that might be done, or a day that might come.
type WhatIfStep struct {
	Act          string   `json:"act" enum:"set-plan,add-plan,remove-plan,give-extra,remove-extra,give-login,end-login,set-profile,activate-set,date"`
	Person       string   `json:"person,omitempty" doc:"User id, or # and the number."`
	Name         string   `json:"name,omitempty" doc:"The plan, extra or profile."`
	Quantity     int64    `json:"quantity,omitempty" doc:"Of an extra; 1 when left out."`
	ValidThrough string   `json:"valid_through,omitempty" doc:"Of a login."`
	Set          string   `json:"set,omitempty" doc:"The id of a set that was received."`
	Acknowledge  []string `json:"acknowledge,omitempty" doc:"Of a set: licenses that it may turn off for everyone."`
	Date         string   `json:"date,omitempty" doc:"The day that comes."`
}

// A WhatIfAnswer says what would become of things.
type WhatIfAnswer struct {
	AsOf    time.Time      `json:"as_of" doc:"When it would be, after the last step."`
	Seq     int64          `json:"seq" doc:"The state it began from."`
	Steps   []WhatIfResult `json:"steps" doc:"What each step would come to; the next is taken all the same."`
	Answers []WhatIfChange `json:"answers" doc:"In the order of the questions."`
	Pools   []PoolChange   `json:"pools" doc:"Those that would be taken otherwise."`
	People  []WhatIfPerson `json:"people" doc:"Those who would gain or lose something, by user id; at most 100."`
	Total   int            `json:"total" doc:"How many people that would be."`
	Sets    []SetStatus    `json:"sets" doc:"The sets in force, as they would be."`
}

// A WhatIfResult is what one step would come to.
type WhatIfResult struct {
	Act     string   `json:"act"`
	Changed bool     `json:"changed" doc:"False when it is already so, or refused."`
	Refused *Refused `json:"refused,omitempty" doc:"Why it would be refused."`
}

// Refused is a refusal, as the act itself would give it.
type Refused struct {
	Code  string         `json:"code"`
	Text  string         `json:"text"`
	Facts map[string]any `json:"facts,omitempty"`
}

// A WhatIfChange is an answer before and after.
type WhatIfChange struct {
	Question Check  `json:"question"`
	Before   Answer `json:"before"`
	After    Answer `json:"after"`
}

// A WhatIfPerson is somebody who would gain or lose something.
type WhatIfPerson struct {
	Person string         `json:"person" doc:"User id."`
	Number int64          `json:"number"`
	Gains  []license.Name `json:"gains"`
	Loses  []license.Name `json:"loses"`
}
