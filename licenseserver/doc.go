// Package licenseserver is the language an installation and the license server
// of its issuer speak: what the installation asks is signed with its own key,
// what the server answers is signed for exactly that question, and neither is
// believed otherwise. spec/license-server.md is the exact definition.
//
// The package reads and writes texts. It opens no connection, stores nothing and
// decides nothing but whether a text is genuine and answers what was asked.
package licenseserver

// Path is where a license server is asked, below its address.
const Path = "/license-server/v1"

// AddressLine is the name of the optional line of a license file whose text is the
// address of the issuer's license server.
const AddressLine = "license-server"

// FieldsHeader is the header of an HTTP request that names optional fields of the
// reply, with commas: a server gives them only to who can read them.
const FieldsHeader = "Pott-Reply-Fields"

// FieldLast asks for [Reply.Last].
const FieldLast = "last"

// MediaType is the type of requests and replies.
const MediaType = "text/plain; charset=utf-8"

// Limits of the protocol, in bytes.
const (
	MaxRequest = 16 << 10
	MaxReply   = 10 << 20 // with the license file it may bring
	maxLine    = 4 << 10
	maxText    = 1000 // a message or a company
)

// A Kind is what an installation asks for or reports.
type Kind string

// The kinds of request.
const (
	Register   Kind = "register"    // make this installation known, with a one-time code
	Ping       Kind = "ping"        // is there anything new?
	Fetch      Kind = "fetch"       // send me my set
	Accepted   Kind = "accepted"    // this set is in force now
	RolledBack Kind = "rolled-back" // this set is in force again, and that one is not
	Change     Kind = "change"      // give me another serial number, with a one-time code
)

// Kinds are all kinds of request.
var Kinds = []Kind{Register, Ping, Fetch, Accepted, RolledBack, Change}

// A Status is what a license server says of an installation.
type Status string

// The status words.
const (
	OK                Status = "ok"
	NewSet            Status = "new-set"             // a newer set can be fetched
	NewCompanyName    Status = "new-company-name"    // the newest set names the company differently
	NewSerial         Status = "new-serial"          // the installation should change its serial number
	Message           Status = "message"             // there is a message to show
	MessageAndAddress Status = "message-and-address" // and an address to show with it
	Activated         Status = "activated"           // what was reported is on record
	Problem           Status = "problem"             // something is wrong that people must look at
	UnknownError      Status = "unknown-error"       // the server could not answer
)

// Statuses are all status words.
var Statuses = []Status{OK, NewSet, NewCompanyName, NewSerial, Message, MessageAndAddress, Activated, Problem, UnknownError}

// A Refusal is why a license server does not do what it was asked.
type Refusal string

// The refusals. A signed reply carries them, so that nobody between the two can
// make one up.
const (
	UnknownCode   Refusal = "unknown-code"   // no such one-time code, or it is for another issuer or serial number
	CodeUsed      Refusal = "code-used"      // another installation has used it
	CodeExpired   Refusal = "code-expired"   //
	NotRegistered Refusal = "not-registered" // the key is not known for this issuer and serial number
	Replaced      Refusal = "replaced"       // another installation has been registered in its place
	Replayed      Refusal = "replayed"       // the nonce was used before
	NothingIssued Refusal = "nothing-issued" // no set has been signed for this serial number
)

// Refusals are all refusals.
var Refusals = []Refusal{UnknownCode, CodeUsed, CodeExpired, NotRegistered, Replaced, Replayed, NothingIssued}
