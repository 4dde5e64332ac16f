package installation

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A backing is what is known of the keys that a set in force was made with. It
// is asked whenever something is decided or shown; nothing of it is stored, so
// that no row has to change on the day a revocation takes effect.
type backing struct {
	broken bool         // the file does not lead back to the pinned root
	key    string       // fingerprint of a key that is revoked; "" when none is
	drop   license.Date // the first day without the set, in UTC; zero: it runs to its dates
}

// outage returns why the set gives nothing on a day of UTC, or nil.
func (b backing) outage(today license.Date) *seat.Outage {
	switch {
	case b.broken:
		return &seat.Outage{Reason: seat.SetNotGenuine}
	case !b.drop.IsZero() && !today.Before(b.drop):
		return &seat.Outage{Reason: seat.SetDropped, Key: b.key, Since: b.drop}
	}
	return nil
}

// A backedSet is a set as it was read, and the newest key list known then.
type backedSet struct {
	set  *license.Set
	list [sha256.Size]byte
}

// maxBackings bounds what is remembered: sets in force are few.
const maxBackings = 64

// backing checks a set in force again from the pinned root and the key lists
// known. That is done once for each set and list; then it is remembered.
func (in *Installation) backing(v *store.View, issuer license.Issuer) backing {
	at := backedSet{set: v.Active().Set(issuer)}
	if at.set == nil {
		return backing{}
	}
	if lists := v.KeyLists(); len(lists) > 0 {
		at.list = sha256.Sum256(lists[len(lists)-1].Note)
	}
	in.backingMu.Lock()
	defer in.backingMu.Unlock()
	if b, ok := in.backings[at]; ok {
		return b
	}
	b, final := in.inspect(v, issuer)
	if final {
		if in.backings == nil || len(in.backings) >= maxBackings {
			in.backings = map[backedSet]backing{}
		}
		in.backings[at] = b
	}
	return b
}

// inspect reads the stored file of a set in force. final says that another look
// would find the same.
func (in *Installation) inspect(v *store.View, issuer license.Issuer) (b backing, final bool) {
	rows := v.Sets()
	i := slices.IndexFunc(rows, func(r store.Set) bool { return r.Issuer == issuer && r.State == store.SetActive })
	if i < 0 {
		return backing{broken: true}, false
	}
	file, err := v.SetFile(context.Background(), rows[i].File)
	if err != nil {
		return backing{broken: true}, false
	}
	// Asked as of the year 1, no revocation has come to its day: when each will is
	// worked out below.
	f, err := licensefile.VerifyAccepted(file, in.trustAccepted(v), timeOf(rows[i].AcceptedAt), time.Time{})
	if err != nil {
		in.options.Log.Error("a set in force is not genuine", "installation", in.name, "set", setID(issuer, rows[i].Number), "err", err)
		return backing{broken: true}, true
	}
	return revocation(f), true
}

// revocation returns what the newest key list says of the keys of a set: the
// earliest day it is dropped on, if any.
func revocation(f *licensefile.Verified) (b backing) {
	for _, key := range []ed25519.PublicKey{f.Issuer.Key, f.SigningKey.Key} {
		r := f.KeyList.Revocation(key)
		if r == nil {
			continue
		}
		drops := r.Effect == licensefile.DropOn && (b.drop.IsZero() || r.Date.Before(b.drop))
		if drops || b.key == "" {
			b.key, b.drop = licensefile.Fingerprint(key), r.Date
		}
	}
	return b
}

// outages returns which issuers' sets give nothing at a moment.
func (in *Installation) outages(v *store.View, now time.Time) func(license.Issuer) *seat.Outage {
	today := license.DateOf(now.UTC())
	return func(issuer license.Issuer) *seat.Outage { return in.backing(v, issuer).outage(today) }
}

// stops are the sets in force that are out of force, or will be.
func (in *Installation) stops(v *store.View) []entitle.Stop {
	var stops []entitle.Stop
	for _, set := range v.Active().Sets() {
		switch b := in.backing(v, set.Issuer); {
		case b.broken:
			stops = append(stops, entitle.Stop{Issuer: set.Issuer, Number: set.Number, Reason: entitle.SetNotGenuine})
		case !b.drop.IsZero():
			stops = append(stops, entitle.Stop{Issuer: set.Issuer, Number: set.Number, Reason: entitle.SetDropped, From: b.drop})
		}
	}
	return stops
}

// notice says what has become of the keys of a set in force; nil when there is
// nothing to say.
func (in *Installation) notice(v *store.View, set *license.Set, now time.Time, lang string) *api.KeyNotice {
	b := in.backing(v, set.Issuer)
	n := &api.KeyNotice{Key: b.key, On: b.drop}
	switch out := b.outage(license.DateOf(now.UTC())); {
	case out != nil:
		n.Code = out.Reason
	case !b.drop.IsZero():
		n.Code = "set-drops"
	case b.key != "":
		n.Code = "set-reissue"
	default:
		return nil
	}
	n.Text = say(lang, n.Code, struct {
		Set    string
		Issuer license.Issuer
		Key    string
		On     license.Date
	}{setID(set.Issuer, set.Number), set.Issuer, b.key, b.drop})
	return n
}

// say returns the text of a note in a language.
func say(lang, code string, facts any) string {
	text, _ := i18n.Sentence(lang, "note."+code, facts)
	return text.Detail
}
