package installation

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// A Notice is what the server tells administrators of its own state, or of a
// long job it does. It is an event like any other; its sentence stands in the
// catalogues under "note.event." and the code.
type Notice struct {
	Code     string    // one of the codes below
	About    string    // which one of its kind: a code or a number, never a name; "" where there is only one
	Why      string    // a code or a number that the sentence may show
	Count    int64     // likewise
	Expected time.Time // when it should be over; zero: nobody can say
}

// The codes of notices. Those of states are over when the state is; those of
// jobs are ended by the job, and by others only in an emergency.
const (
	NoticeSetDoesNotFit    = "set-does-not-fit"  // About: the set's id; Count: rows that are too small
	NoticeSetActivated     = "set-activated"     // About: the set's id. Anybody ends it
	NoticeFetchFails       = "fetch-fails"       // About: the issuer; Why: the code of the refusal
	NoticeDamage           = "damage"            // Count: records that are out of use
	NoticeClockUnconfirmed = "clock-unconfirmed" // the clock jumped and nobody has confirmed it
	NoticeRolledBack       = "rolled-back"       // Why: "900 -> 850", the states before and after
	NoticeWitness          = "witness"           // About: the token that remembers something else; Why: the number of the change. Anybody ends it
	NoticeMessagesFail     = "messages-fail"     // Count: messages that were given up. Anybody ends it
	JobBackup              = "backup"
	JobVerification        = "verification"
	JobMove                = "move" // to another database
	JobReseal              = "reseal"
)

// noticeEndings says of every code who may end it.
var noticeEndings = map[string]seat.Ending{
	NoticeSetDoesNotFit: seat.Locked, NoticeSetActivated: seat.Free, NoticeFetchFails: seat.Locked, NoticeDamage: seat.Locked,
	NoticeClockUnconfirmed: seat.Locked, NoticeRolledBack: seat.Locked,
	NoticeWitness:      seat.Free, // it is one's word, and nothing that the server sees
	NoticeMessagesFail: seat.Free,
	JobBackup:          seat.Guarded, JobVerification: seat.Guarded, JobMove: seat.Guarded, JobReseal: seat.Guarded,
}

// theServer is who raises notices that nobody asked for.
var theServer = audit.Actor{Kind: audit.System, ID: "notice"}

// Raise tells administrators of a state. While the same is open already, nothing
// changes but what is different. A notice that cannot be stored is shown all the
// same for as long as the server runs. It may not be called while the store
// tells of a commit.
func (in *Installation) Raise(ctx context.Context, n Notice) {
	_, err := in.perform(ctx, Act{By: theServer}, func(tx *store.Tx) (bool, error) { return raise(tx, n) })
	in.noticeMu.Lock()
	defer in.noticeMu.Unlock()
	delete(in.unstored, n.key())
	if err != nil {
		in.options.Log.Error("a notice could not be stored", "installation", in.name, "notice", n.Code, "about", n.About, "err", err)
		if in.unstored == nil {
			in.unstored = map[string]store.Event{}
		}
		in.unstored[n.key()] = n.event(in.options.Now().UnixMicro(), theServer)
	}
}

// Clear ends a notice, because the state it tells of or the job is over. It does
// nothing when there is none.
func (in *Installation) Clear(ctx context.Context, code, about string) {
	n := Notice{Code: code, About: about}
	in.noticeMu.Lock()
	delete(in.unstored, n.key())
	in.noticeMu.Unlock()
	_, err := in.perform(ctx, Act{By: theServer}, func(tx *store.Tx) (bool, error) { return settle(tx, code, about) })
	if err != nil {
		in.options.Log.Error("a notice could not be ended", "installation", in.name, "notice", code, "about", about, "err", err)
	}
}

// raise stages a notice within an act that does more, with its entry. It reports
// whether anything changed.
func raise(tx *store.Tx, n Notice) (bool, error) {
	next, action := n.event(tx.Now().UnixMicro(), tx.By()), "event.start"
	if old, ok := openNotice(&tx.View, n.Code, n.About); ok {
		if slices.Equal(old.Facts, next.Facts) && old.Expected == next.Expected {
			return false, nil
		}
		old.Facts, old.Expected = next.Facts, next.Expected
		next, action = old, "event.change"
	}
	return true, putNotice(tx, next, action)
}

// settle ends a notice within an act that does more, with its entry. It reports
// whether there was one.
func settle(tx *store.Tx, code, about string) (bool, error) {
	e, ok := openNotice(&tx.View, code, about)
	if !ok {
		return false, nil
	}
	e.Ended, e.EndedBy = max(tx.Now().UnixMicro(), e.Started), tx.By().String()
	return true, putNotice(tx, e, "event.end")
}

func putNotice(tx *store.Tx, e store.Event, action string) error {
	number, err := tx.PutEvent(e)
	if err != nil {
		return err
	}
	facts := []audit.Fact{audit.F("number", number), audit.F("type", e.Type), audit.F("code", e.Code)}
	if e.About != "" {
		facts = append(facts, audit.F("about", e.About))
	}
	tx.Entry(action, "", facts...)
	return nil
}

func openNotice(v *store.View, code, about string) (store.Event, bool) {
	events := v.Events()
	i := slices.IndexFunc(events, func(e store.Event) bool { return e.Ended == 0 && e.Code == code && e.About == about })
	if i < 0 {
		return store.Event{}, false
	}
	return events[i], true
}

func (n Notice) key() string { return n.Code + " " + n.About }

func (n Notice) event(now int64, by audit.Actor) store.Event {
	e := store.Event{Event: seat.Event{Type: seat.Notice, Code: n.Code, About: n.About, Ending: noticeEndings[n.Code],
		Audience: seat.Audience{Administrators: true}, StartedBy: by.String(), Started: now, From: now}}
	if e.Ending == "" {
		panic("installation: nobody says how the notice " + n.Code + " ends")
	}
	if !n.Expected.IsZero() {
		e.Expected = n.Expected.UnixMicro()
	}
	if n.Count != 0 {
		e.Facts = append(e.Facts, audit.F("count", n.Count))
	}
	if n.Why != "" {
		e.Facts = append(e.Facts, audit.F("why", n.Why))
	}
	return e
}

// noticeText is the server's sentence of a notice.
func noticeText(e store.Event, lang string) string {
	var facts struct {
		About, Why string
		Count      int64
		Since      int64
	}
	facts.About, facts.Since = e.About, e.From
	for _, f := range e.Facts {
		switch f.Key {
		case "why":
			facts.Why = f.Value
		case "count":
			facts.Count, _ = strconv.ParseInt(f.Value, 10, 64)
		}
	}
	text, _ := i18n.Sentence(lang, "note.event."+e.Code, facts)
	return text.Detail
}

// notStored shows the notices that could not be stored.
func (in *Installation) notStored(v *store.View, lang string) []api.Event {
	in.noticeMu.Lock()
	defer in.noticeMu.Unlock()
	events := []api.Event{}
	for _, e := range in.unstored {
		events = append(events, in.eventOf(v, e, lang))
	}
	slices.SortFunc(events, func(x, y api.Event) int { return x.Started.Compare(y.Started) })
	return events
}
