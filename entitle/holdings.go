package entitle

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// Holdings say who holds what in one installation at one moment. With the sets
// in force they are everything a check needs.
type Holdings struct {
	Installation string    // the installation's random id
	Epoch        string    // changes when the installation is restored from a backup
	Seq          int64     // the state they were read from; rises with every change
	Mark         time.Time // a lower bound of the true time, from the installation
	Made         time.Time // when they were read
	MaxAge       int       // days after Made for which they may be used; 0: DefaultMaxAge
	TimeZone     string    // IANA name; the zone a person's last day is read in. "" is UTC
	Sets         []string  // checkpoint hashes of the sets in force, in lower-case hex
	Stops        []Stop    // those of the sets that are out of force or will be; at most one of each
	Events       []Event   // those that have not ended
	People       []Holder  // user ids are unique, letter case aside
}

// DefaultMaxAge is how many days holdings may be used when they do not say.
const DefaultMaxAge = 30

// Expires returns the moment after which the holdings are too old to be used.
func (h *Holdings) Expires() time.Time { return expires(h.Made, h.MaxAge) }

func expires(made time.Time, maxAge int) time.Time {
	if maxAge <= 0 {
		maxAge = DefaultMaxAge
	}
	return made.Add(time.Duration(maxAge) * 24 * time.Hour)
}

// A Holder is a person and what was given to that person.
type Holder struct {
	Person        string             // user id as it is shown; letter case does not count, see [license.FoldUserID]
	Number        int64              // stable and never given to anybody else; 0: not known
	Kind          license.PersonKind // exactly one
	Login         bool               // has login settings
	ValidThrough  license.Date       // last day the login works; zero: no end
	Waiting       bool               // waits for approval: holds, and may do nothing yet
	Former        bool               // has left; may come back
	Administrator bool               // no event keeps the person from signing in
	Holds         []license.Held     // given directly or by a profile; plans not expanded
}
