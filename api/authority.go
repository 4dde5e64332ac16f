package api

import "time"

// An Authority is the license server of an issuer, as this installation knows it.
type Authority struct {
	Issuer string `json:"issuer"`
	// Address is where it is asked: from the host's settings or the set in force; ""
	// when neither says.
	Address    string    `json:"address,omitempty"`
	Serial     string    `json:"serial,omitempty" doc:"Serial number this installation is registered under; left out when it is not."`
	Registered time.Time `json:"registered,omitzero"`
	Asked      time.Time `json:"asked,omitzero" doc:"When it was asked last, whatever came of it."`
	Answered   time.Time `json:"answered,omitzero" doc:"When it answered last."`
	Next       time.Time `json:"next,omitzero" doc:"When it is asked next by itself; left out for never."`
	Failures   int       `json:"failures,omitempty" doc:"How often it was asked in vain since it answered."`
	Error      string    `json:"error,omitempty" doc:"Code of the last failure; left out when the last question was answered."`
	ErrorText  string    `json:"error_text,omitempty"`
	Refused    string    `json:"refused,omitempty" doc:"Why it did not do what it was asked last."`
	Status     string    `json:"status,omitempty" enum:"ok,new-set,new-company-name,new-serial,message,message-and-address,activated,problem,unknown-error" doc:"What it said last."`
	StatusText string    `json:"status_text,omitempty"`
	Message    string    `json:"message,omitempty" doc:"To show to administrators, signed by the issuer."`
	// MessageAddress is shown beside the message. Nothing here ever opens it.
	MessageAddress  string `json:"message_address,omitempty"`
	Newest          string `json:"newest,omitempty" doc:"The newest set it has."`
	Reported        string `json:"reported,omitempty" doc:"The set in force that was reported last."`
	NewSerial       string `json:"new_serial,omitempty" doc:"Serial number the installation should change to."`
	NewCompany      string `json:"new_company,omitempty"`
	ClockDifference int64  `json:"clock_difference_seconds,omitempty" doc:"Its clock minus this server's, in seconds."`
}

// Register is a one-time code for the license server of an issuer.
type Register struct {
	Issuer string `json:"issuer"`
	Code   string `json:"code" doc:"The one-time code of the agreement; spaces and hyphens do not matter."`
	Serial string `json:"serial,omitempty" doc:"The serial number of the agreement, where the installation has none yet."`
}

// Registered is what became of it.
type Registered struct {
	Outcome
	Authority Authority `json:"authority"`
}

// Fetch asks license servers for what is new.
type Fetch struct {
	Issuer string `json:"issuer,omitempty" doc:"Whose license server is asked; all when left out."`
}

// Fetched is what came of it.
type Fetched struct {
	Outcome
	Items []FetchedSet `json:"items"`
}

// FetchedSet is what the license server of one issuer had.
type FetchedSet struct {
	Issuer    string     `json:"issuer"`
	Authority Authority  `json:"authority"`
	Set       *Set       `json:"set,omitempty" doc:"The set that was received; left out when there was none."`
	Already   bool       `json:"already,omitempty" doc:"The set had been received before."`
	Activated *Activated `json:"activated,omitempty" doc:"When the set came in force at once, because it only raises, adds or extends."`
	Notes     []Note     `json:"notes,omitempty"`
	Error     string     `json:"error,omitempty" doc:"Code of what went wrong with this issuer."`
	ErrorText string     `json:"error_text,omitempty"`
}

// NewRequestFile is what a request file is for.
type NewRequestFile struct {
	Issuer  string `json:"issuer"`
	Code    string `json:"code,omitempty" doc:"A one-time code, where this installation is not registered yet or changes its serial number."`
	Serial  string `json:"serial,omitempty" doc:"The serial number to change to."`
	Company string `json:"company,omitempty" doc:"The company that goes with it."`
}

// RequestFile is a request to be carried to a license server as a file.
type RequestFile struct {
	Outcome
	Kind         string `json:"kind" enum:"fetch,register,change"`
	File         string `json:"file,omitempty" doc:"The text of the file, byte for byte; left out of a preview."`
	Spoken       string `json:"spoken,omitempty" doc:"Six groups of five digits that both ends see, to compare by telephone."`
	Installation string `json:"installation" doc:"Fingerprint of this installation's key."`
}

// ChangeOwner changes the serial number of the installation, such as when a demo
// becomes real. Either the code goes to the license server, or the file is the
// set that was answered to a request file.
type ChangeOwner struct {
	Issuer  string `json:"issuer,omitempty" doc:"Whose license server is asked; not needed with a file."`
	Serial  string `json:"serial"`
	Company string `json:"company,omitempty" doc:"The company that goes with it; when it is said, the set must name it."`
	Code    string `json:"code,omitempty" doc:"The one-time code of the purchase."`
	File    string `json:"file,omitempty" doc:"The set that names this installation's key, instead of a code."`

	Choices     []Choice `json:"choices,omitempty" doc:"What is done to people in the same step, as when a set is activated."`
	Acknowledge []string `json:"acknowledge,omitempty" doc:"System licenses that may be turned off for everyone."`
}

// ChangedOwner is what became of it.
type ChangedOwner struct {
	Outcome
	Installation Installation `json:"installation"`
	Was          string       `json:"was" doc:"The serial number before."`
	Set          *Set         `json:"set,omitempty" doc:"The set that came in force in the same step; left out of a preview with a code, which is not used up for it."`
	Notes        []Note       `json:"notes"`

	Effects []PersonEffect `json:"effects,omitempty" doc:"What the choices did, by user id."`
}
