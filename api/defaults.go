package api

// Defaults are how pages are for those who have chosen nothing.
type Defaults struct {
	Language string `json:"language" enum:"sv,en,nb,da,de,nl" doc:"Of pages and messages, where neither the person nor the browser asks for one of the six."`
	Theme    string `json:"theme" enum:"system,light,dark,contrast" doc:"system: as the reader's device is."`
}

// A DefaultsPatch changes defaults; what is left out stays.
type DefaultsPatch struct {
	Language *string `json:"language,omitempty" doc:"sv, en, nb, da, de or nl."`
	Theme    *string `json:"theme,omitempty" doc:"system, light, dark or contrast."`

	Was map[string]string `json:"was,omitempty" doc:"What fields said when the change was made up, by name: refused when one that is changed here says something else by now; one that is left as it was is not changed."`
}

// ChangedDefaults is the answer to a change of defaults.
type ChangedDefaults struct {
	Outcome
	Defaults
	Was Defaults `json:"was"`
}
