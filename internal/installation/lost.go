package installation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// Lost is what was accepted before and is not here: a restore put back records
// that are older than what is remembered outside of them.
type lost struct {
	sets     []license.Issuer // whose newest set is missing
	keyLists bool             // the newest key list is
}

func (l lost) of(issuer license.Issuer) bool { return l.keyLists || slices.Contains(l.sets, issuer) }

// lost says what is remembered to have been accepted and is not here.
func (in *Installation) lost(v *store.View) lost {
	l := lost{keyLists: v.HighestKeyList() > int64(len(v.KeyLists()))}
	for _, issuer := range in.issuers(v) {
		if highest := v.HighestSet(issuer, v.Info().Serial); highest > 0 && unseen(v, issuer)(highest) {
			l.sets = append(l.sets, issuer)
		}
	}
	return l
}

// unseen returns whether a set of an issuer is one to receive, by its number: it
// is above all that were accepted, or it is the highest and not here.
func unseen(v *store.View, issuer license.Issuer) func(number int64) bool {
	serial := v.Info().Serial
	highest := v.HighestSet(issuer, serial)
	here := slices.ContainsFunc(v.Sets(), func(s store.Set) bool {
		return s.Issuer == issuer && s.Serial == serial && s.Number == highest
	})
	return func(number int64) bool { return number > highest || number == highest && number > 0 && !here }
}

// mayFollow refuses a set that is not newer than all that were accepted. The one
// that was accepted last may come again when a restore has lost it: that it is the
// same is remembered outside the records, or, by an older server that did not, the
// issuer's license server says that it is the newest there is. A lower number never
// comes again.
func mayFollow(v *store.View, f *licensefile.Verified, said licenseserver.Mark) error {
	set := &f.Set
	highest := v.HighestSet(set.Issuer, set.Serial)
	if set.Number > highest {
		return nil
	}
	known := v.HighestCheckpoint(set.Issuer, set.Serial)
	switch same := strings.HasPrefix(f.Hash, known); {
	case set.Number < highest:
	case known != "" && same, known == "" && said == licenseserver.Mark{Number: set.Number, Checkpoint: f.Hash}:
		return nil
	case known != "":
		return &EquivocationError{Issuer: set.Issuer, Number: set.Number, Accepted: fmt.Sprintf("%s…", known), Refused: f.Hash}
	}
	return &OlderSetError{Issuer: set.Issuer, Number: set.Number, Highest: highest}
}
