package api

import "time"

// An Activity says whether it is collected on which day people were last active,
// and why that may be.
type Activity struct {
	Collected bool      `json:"collected"`
	Ground    string    `json:"ground,omitempty" doc:"On what legal ground, in the organisation's own words."`
	Since     time.Time `json:"since,omitzero" doc:"Since when: never means not since then."`
	People    int       `json:"people" doc:"Of how many people a day is kept. Turning it off erases all of them."`
}

// An ActivityPatch turns collecting on or off, or says its ground anew; what is left
// out stays.
type ActivityPatch struct {
	Collected *bool   `json:"collected,omitempty" doc:"true needs a ground; false erases at once what was collected of everybody."`
	Ground    *string `json:"ground,omitempty" doc:"1 to 500 characters. It should name nobody."`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// ChangedActivity is the answer to a change of what is collected.
type ChangedActivity struct {
	Outcome
	Activity
	Erased int `json:"erased,omitempty" doc:"Of how many people a day was erased, or would be."`
}
