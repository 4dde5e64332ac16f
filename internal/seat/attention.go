package seat

import (
	"cmp"
	"slices"
)

// What waits for an administrator though no banner tells of it.
const (
	WaitsSetRefused TroubleKind = "set-refused" // About: a set that could not take over on its day
	WaitsSet        TroubleKind = "set-waiting" // About: a set that waits to be reviewed
	WaitsFull       TroubleKind = "full"        // About: a license with nothing spare; Count: its seats
	WaitsNotice     TroubleKind = "notice"      // Event: something the server tells of itself
	WaitsApproval   TroubleKind = "approval"    // Count: people who wait to be approved
	WaitsNearly     TroubleKind = "nearly-full" // About: a license with little spare; Count: how much
	NewsActivated   TroubleKind = "activated"   // About: a set that came in force by itself; Event: its notice
)

// attention is the order in which what is wrong and what waits is dealt with.
var attention = slices.Concat(severity[:slices.Index(severity, TroubleExpires)],
	[]TroubleKind{WaitsSetRefused, TroubleExpires, WaitsSet, WaitsFull, WaitsNotice, WaitsApproval, WaitsNearly, NewsActivated},
	severity[slices.Index(severity, TroubleExpires)+1:])

// Attention sorts what is wrong and what waits, the most severe first; of one
// kind what ends soonest, then what is largest, then by name.
func Attention(items []Trouble) {
	slices.SortStableFunc(items, func(x, y Trouble) int {
		return cmp.Or(cmp.Compare(slices.Index(attention, x.Kind), slices.Index(attention, y.Kind)),
			cmp.Compare(x.Days, y.Days), cmp.Compare(y.Count, x.Count), cmp.Compare(x.About, y.About), cmp.Compare(x.Event, y.Event))
	})
}

// Severity returns how loudly something is said: "crit", "warn" or "info".
func (t *Trouble) Severity() string {
	switch t.Kind {
	case TroubleRolledBack, TroubleTampered, TroubleUnchecked, TroubleSuspended, TroubleReadOnly, TroubleOver:
		return "crit"
	case TroubleGrace, TroubleNoSignIn, WaitsSetRefused, WaitsFull, WaitsNearly, WaitsNotice:
		return "warn"
	case TroubleExpires:
		if t.Days <= soonDays {
			return "warn"
		}
	}
	return "info"
}
