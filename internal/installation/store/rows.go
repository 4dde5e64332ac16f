package store

import (
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Info says whose installation it is.
type Info struct {
	ID      string // random, never reused
	Number  int64  // small and stable on this server
	Name    string // host name or first path segment; unique on this server
	Created int64  // microseconds since 1970 UTC
	// Suspended says that the host lets nothing be changed, and Reason why.
	Suspended bool
	Reason    string
	Owner
}

// Owner is the part of Info that the installation's own ledger keeps.
type Owner struct {
	Company  string
	Serial   string
	TimeZone string // IANA name
	Demo     bool
	Test     bool   // a copy for tests: it calls nobody outside
	Language string // "sv", "en", "nb", "da", "de" or "nl"
	SiteKey  []byte // public Ed25519 key of the installation; nil when it has none
}

// Person is somebody who can be given licenses.
type Person struct {
	seat.Person
	Number   int64 // small and stable within the installation; given by the store
	Personal Personal
	Created  int64 // microseconds since 1970 UTC; given by the store
	Erased   int64 // when the personal values were erased; 0: they were not
}

// Personal are the values that name a person. They can be erased, and stand
// neither in the chain nor in any entry.
type Personal struct {
	UserID string // what products and administrators call the person; unique among people who are not deleted
	First  string
	Last   string
	Email  string
	Group  string
}

func (p Personal) fields() []string { return []string{p.UserID, p.First, p.Last, p.Email, p.Group} }

// FoldUserID returns the spelling that all letter cases of a user id share.
func FoldUserID(id string) string { return license.FoldUserID(id) }

// Assignment is a stored assignment, current or ended.
type Assignment struct {
	seat.Assignment
	EndedBy   string // the actor that ended it; "" while it is current
	EndReason string
}

// License is a license of the active sets and the counter of its pool.
type License struct {
	Name         license.Name
	Number       int64 // small and stable within the installation; given by the store
	SetNumber    int64 // of the set it stands in
	Line         int64 // its place in the set, from 1; 0: the active set does not have it any more
	Kind         license.Kind
	Seats        int64
	Taken        int64
	Unrestricted bool
	OpenEnded    bool
	Hidden       bool
}

// Pool returns how full the license is.
func (l License) Pool() seat.Pool {
	return seat.Pool{Seats: l.Seats, Taken: l.Taken, Unrestricted: l.Unrestricted}
}

// SetState is how far a set has come in this installation.
type SetState string

const (
	SetLoaded   SetState = "loaded"   // stored, waiting to be activated
	SetActive   SetState = "active"   // in force; at most one of each issuer
	SetReplaced SetState = "replaced" // was in force before

	SetWithdrawn  SetState = "withdrawn"  // does not wait any longer; somebody may still activate it
	SetSuperseded SetState = "superseded" // waited until a newer one was loaded
)

// Set is a set this installation has taken in.
type Set struct {
	Checkpoint   string // hash of the checkpoint text, lower-case hex: its identity
	Issuer       license.Issuer
	Number       int64
	Serial       string
	State        SetState
	File         string   // hash of the file as received, see [FileHash]
	Certificates []string // hashes of the certificates it was accepted with
	LoadedAt     int64    // microseconds since 1970 UTC
	AcceptedAt   int64    // when its validity was first judged; 0: not yet
	From         int64    // when it came in force; 0: never
	Until        int64    // when it was replaced, exclusive; 0: it was not
}

// KeyList is a key list this installation has learned.
type KeyList struct {
	Number    int64
	Note      []byte
	LearnedAt int64 // microseconds since 1970 UTC
}

// Profile is a bundle of modules made by the customer.
type Profile struct {
	Code    string
	Name    string
	Modules []license.Name
}

// Token lets a program in. Only the hash of its secret is kept.
type Token struct {
	ID        string
	Name      string
	Hash      [32]byte // SHA-256 of the secret
	Scopes    []string
	Created   int64 // microseconds since 1970 UTC
	CreatedBy string
	Expires   int64 // exclusive; 0: never
	Revoked   int64 // when it was; 0: it was not
}
