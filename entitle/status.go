package entitle

import (
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A Status says how much a client's answers are worth, for a health page.
type Status struct {
	Connected bool  // the server was there when it was last needed, and its changes are followed
	Err       error // why not; nil while connected, and for files
	// WentBack is true once the server showed an earlier state than was seen
	// before: a backup was restored, or another server took its place. Answers
	// follow the server; somebody should ask why.
	WentBack bool

	// OtherSets is true when holdings from a file were made under a set that is
	// not among the license files.
	OtherSets bool

	Installation string
	Key          string    // fingerprint of the key the holdings are signed with
	Epoch        string    // changes when the installation is restored from a backup
	Seq          int64     // the state answers come from
	Highest      int64     // the highest ever seen
	Head         string    // the furthest head seen, which is told to the server with every connection
	AsOf         time.Time // when that state was last known to be the present one
	StaleAt      time.Time // when people are denied unless it is confirmed before
	Stale        bool      // people are denied with the reason TooOld
	People       int
	Sets         []SetStatus // by issuer
}

// A SetStatus is what the dates of one set say.
type SetStatus struct {
	Issuer license.Issuer
	Number int64
	Hash   string // of its checkpoint
	State  license.State
	End    license.Date // last day everything works; zero: no end
}

// Status returns how the client is doing.
func (c *Client) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, k, x := c.status, &c.known, c.index.Load()
	s.Installation, s.Epoch, s.Seq, s.Highest, s.Head = k.installation, k.epoch, k.seq, k.highest, k.head
	if k.key != nil {
		s.Key = licensefile.Fingerprint(k.key)
	}
	if !k.blind {
		s.AsOf, s.StaleAt = k.fresh.Round(0), c.staleAt().Round(0)
	}
	s.Stale, s.People = x.tooOld, x.People()
	for hash, f := range k.files {
		today := license.DateOf(x.now.In(location(f.Set.TimeZone)))
		s.Sets = append(s.Sets, SetStatus{f.Set.Issuer, f.Set.Number, hash, f.Set.Dates.State(today), f.Set.Dates.End()})
	}
	slices.SortFunc(s.Sets, func(a, b SetStatus) int {
		return strings.Compare(string(a.Issuer), string(b.Issuer))
	})
	return s
}
