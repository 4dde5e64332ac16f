package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/message"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A telling is what a server knows of the messages outside the pages of one
// installation.
type telling struct {
	busy atomic.Bool // the house is at it
	mu   sync.Mutex  // one look at a time
	seq  int64       // of the state that was looked at last
	day  int64
	rest time.Time // by the wall; before it nobody looks again

	lane time.Duration // how long messages to one address are tried in a row; 0: laneTime

	// What could not be written is delivered all the same where it tells of the
	// records themselves: by id. It is forgotten when the server stops.
	unwritten map[string]*parcel
}

// messenger is who writes messages and delivers them.
var messenger = audit.Actor{Kind: audit.System, ID: "messenger"}

const (
	// everybodyAtOnce is how many people are looked at in one transaction when
	// everybody is told.
	everybodyAtOnce = 500
	// remembersTold is how long it is remembered that something was told that is
	// over.
	remembersTold = 60 * 24 * time.Hour
	// fetchFailsFor is how long a license server cannot be asked before anybody is
	// told outside the pages.
	fetchFailsFor = 48 * time.Hour
	// restAfter is how much longer than a look took nobody looks again.
	restAfter = 50
)

// tellAll tells people outside the pages what is the case, again and again, until
// ctx ends.
func (h *House) tellAll(ctx context.Context) {
	defer close(h.told)
	if h.options.Tell <= 0 {
		return
	}
	tick := time.NewTicker(h.options.Tell)
	defer tick.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	room := make(chan struct{}, toldAtOnce)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, name := range h.Names() {
			in := h.Installation(name)
			if in == nil || ctx.Err() != nil || !in.telling.busy.CompareAndSwap(false, true) {
				continue // it is still at it
			}
			room <- struct{}{}
			all.Go(func() {
				defer func() { <-room }()
				defer in.telling.busy.Store(false)
				if err := guarded(func() error { in.tell(ctx, true); return nil }); err != nil {
					in.options.Log.Error("telling people met a fault", "installation", in.name, "err", err)
				}
			})
		}
	}
}

// toldAtOnce is for how many installations people are told side by side: those
// whose addresses answer slowly delay no others.
const toldAtOnce = 8

// Tell looks at what is the case, writes down who is to be told of it outside the
// pages, and delivers what is due. A server calls it by itself. It may be called
// by any number of servers on one database: each level of each thing is told
// once.
func (in *Installation) Tell(ctx context.Context) { in.tell(ctx, false) }

func (in *Installation) tell(ctx context.Context, sparing bool) {
	in.telling.mu.Lock()
	defer in.telling.mu.Unlock()
	if !in.tells() {
		return
	}
	if begun := time.Now(); !sparing || in.looksAgain(begun) {
		if err := in.writeMessages(ctx); err != nil && ctx.Err() == nil {
			in.options.Log.Warn("what people are to be told of could not be written", "installation", in.name, "err", err)
		}
		in.telling.rest = time.Now().Add(restAfter * time.Since(begun))
	}
	in.deliver(ctx)
}

// looksAgain reports whether anything can be different since the last look.
func (in *Installation) looksAgain(wall time.Time) bool {
	t := &in.telling
	if wall.Before(t.rest) {
		return false
	}
	seq, hour := in.now.Load().seq, in.present().Unix()/3600
	if seq == t.seq && hour == t.day && !in.unwell() {
		return false
	}
	t.seq, t.day = seq, hour
	return true
}

func (in *Installation) unwell() (unwell bool) {
	in.view(func(v *store.View) error {
		unwell = v.Health() != store.Sound
		return nil
	})
	return unwell
}

// tells reports whether this server has any way to tell somebody, and the
// installation is not a copy for tests, which writes to nobody.
func (in *Installation) tells() (tells bool) {
	in.view(func(v *store.View) error {
		tells = !v.Info().Test && (in.options.Mail != nil || len(messageHooks(v)) > 0 || v.AwaitsMessages())
		return nil
	})
	return tells
}

// occasions are what people are told of outside the pages now.
func (in *Installation) occasions(ctx context.Context, v *store.View) ([]message.Occasion, error) {
	list := in.troubles(v, BannerAsk{Administrator: true})
	var s api.Status
	if err := in.addWaiting(ctx, v, &s); err != nil {
		return nil, err
	}
	now := in.clock(v)
	s.Events = in.notStored(v, "")
	for _, e := range v.Events() {
		if e.Ended == 0 && e.Type == seat.Notice {
			s.Events = append(s.Events, in.eventOf(v, e, ""))
		}
	}
	list = append(list, waitingTroubles(&s)...)
	list = append(list, poolTroubles(v)...)
	day := license.Date{Year: 1970, Month: 1, Day: 1}.DaysUntil(today(v, now))
	all := message.Occasions(list, int64(day))
	for _, e := range s.Events {
		t := seat.Trouble{Kind: seat.WaitsNotice, Event: e.Number, About: e.Code}
		switch {
		case e.Code == NoticeWitness:
			all = append(all, message.Of(message.Damage, e.Code+" "+e.About, t))
		case e.Code == NoticeFetchFails && now.Sub(e.Started) >= fetchFailsFor:
			all = append(all, message.Of(message.Fetch, e.About, t))
		}
	}
	message.Sort(all)
	return all, nil
}

// writeMessages writes down who is to be told of what is the case, and that what
// is no longer the case is over.
func (in *Installation) writeMessages(ctx context.Context) error {
	var all, due []message.Occasion
	var over []store.ToldMessage
	half := false // somebody is still to be written to
	err := in.view(func(v *store.View) (err error) {
		if all, err = in.occasions(ctx, v); err != nil {
			return err
		}
		now := in.clock(v)
		for _, o := range all {
			if was, damaged := v.ToldMessage(string(o.Kind), o.About); !damaged && toldOf(was).Due(o, now) {
				due = append(due, o)
			}
		}
		for _, m := range v.ToldMessages() {
			half = half || m.Next != 0
			if ended(m, all, now) {
				over = append(over, m)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(due)+len(over) > 0 {
		_, err = in.perform(ctx, Act{By: messenger}, func(tx *store.Tx) (bool, error) { return in.writeDue(tx, due, over) })
		if err != nil {
			in.keepUnwritten(due)
			return err
		}
	}
	for half = half || len(due) > 0; half && err == nil && ctx.Err() == nil; {
		half, err = in.writeToEverybody(ctx)
	}
	return err
}

// ended reports whether what is remembered is to be changed because it is over,
// or has been for long.
func ended(m store.ToldMessage, all []message.Occasion, now time.Time) bool {
	if m.Over != 0 {
		return now.Sub(timeOf(m.Over)) > remembersTold
	}
	return toldOf(m).Settled(now) && !slices.ContainsFunc(all, func(o message.Occasion) bool { return string(o.Kind) == m.Kind && o.About == m.About })
}

func toldOf(m store.ToldMessage) message.Told {
	return message.Told{Level: m.Level, At: timeOf(m.At), Over: timeOf(m.Over)}
}

func (in *Installation) writeDue(tx *store.Tx, due []message.Occasion, over []store.ToldMessage) (changed bool, err error) {
	tx.Protects()
	for _, o := range due {
		wrote, err := in.writeOccasion(tx, o)
		if changed = changed || wrote; err != nil {
			return false, err
		}
	}
	for _, was := range over {
		m, damaged := tx.ToldMessage(was.Kind, was.About)
		if damaged || m.Level == 0 || m.Over != was.Over {
			continue // another server was quicker
		}
		changed = true
		tx.Entry("message.over", "", audit.F("kind", m.Kind), audit.F("about", m.About))
		if m.Over != 0 {
			err = tx.DropToldMessage(m.Kind, m.About)
		} else {
			m.Over, m.Next = tx.Now().UnixMicro(), 0
			err = tx.PutToldMessage(m)
		}
		if err != nil {
			return false, err
		}
	}
	return changed, nil
}

// writeOccasion writes a message for each of those who are to be told, unless
// another server has done so. It reports whether it did.
func (in *Installation) writeOccasion(tx *store.Tx, o message.Occasion) (bool, error) {
	was, damaged := tx.ToldMessage(string(o.Kind), o.About)
	if damaged || !toldOf(was).Due(o, tx.Now()) {
		return false, nil
	}
	m := store.ToldMessage{Kind: string(o.Kind), About: o.About, Level: o.Level, At: tx.Now().UnixMicro(), Facts: troubleFacts(o)}
	if o.People {
		m.Next = 1
	}
	outs := in.addressees(&tx.View, o, m.At)
	tx.Entry("message.write", "", audit.F("kind", m.Kind), audit.F("about", m.About), audit.F("level", m.Level), audit.F("messages", len(outs)))
	for _, out := range outs {
		if err := tx.PutOutMessage(out); err != nil {
			return false, err
		}
	}
	return true, tx.PutToldMessage(m)
}

// addressees are the messages that tell of an occasion: to those with a role, in
// the order of their ids, and to the addresses that are called.
func (in *Installation) addressees(v *store.View, o message.Occasion, at int64) (outs []store.OutMessage) {
	choice := choiceOf(v)
	out := store.OutMessage{Kind: string(o.Kind), About: o.About, Level: o.Level, Made: at, Due: at}
	if choice.On(message.Rule{Kind: o.Kind, Reader: message.Webhook}) && !o.People {
		for _, h := range messageHooks(v) {
			outs = append(outs, outTo(v, out, channelWebhook, h.Name))
		}
	}
	if o.People || in.options.Mail == nil {
		return outs
	}
	roles := rolesByPerson(v)
	for _, id := range slices.Sorted(maps.Keys(roles)) {
		if p, ok := v.Person(id); ok && in.reachedByMail(v, p, o, roles[id], choice) {
			outs = append(outs, outTo(v, out, channelMail, id))
		}
	}
	return outs
}

func rolesByPerson(v *store.View) map[string][]seat.Role {
	roles := map[string][]seat.Role{}
	for _, r := range v.Roles() {
		roles[r.Person] = append(roles[r.Person], r.Role)
	}
	return roles
}

// reachedByMail reports whether a person is told of an occasion by mail.
func (in *Installation) reachedByMail(v *store.View, p store.Person, o message.Occasion, roles []seat.Role, choice message.Choice) bool {
	if p.Gone() || p.Waiting || p.Personal.Email == "" {
		return false
	}
	var off []message.Kind
	for _, k := range v.MessageChoice(p.ID).Off {
		off = append(off, message.Kind(k))
	}
	if !choice.Reaches(o.Kind, o.People, roles, off) {
		return false
	}
	return !o.People || p.Login && slices.ContainsFunc(holdsOf(v, v.Active(), p), func(h license.Held) bool {
		return string(h.Name.Issuer) == o.Trouble.About
	})
}

// writeToEverybody writes to the next people whom something concerns that is told
// to everybody. It reports whether there are more.
func (in *Installation) writeToEverybody(ctx context.Context) (more bool, err error) {
	_, err = in.perform(ctx, Act{By: messenger}, func(tx *store.Tx) (bool, error) {
		tx.Protects()
		more = false
		told := tx.ToldMessages()
		i := slices.IndexFunc(told, func(m store.ToldMessage) bool { return m.Next != 0 })
		if i < 0 {
			return false, nil
		}
		m := told[i]
		o, choice, wrote := occasionOf(m), choiceOf(&tx.View), 0
		end := min(m.Next+everybodyAtOnce, tx.LastPersonNumber()+1)
		for n := m.Next; n < end && in.options.Mail != nil; n++ {
			p, ok := tx.PersonByNumber(n)
			if !ok || !in.reachedByMail(&tx.View, p, o, nil, choice) {
				continue
			}
			out := store.OutMessage{Kind: m.Kind, About: m.About, Level: m.Level, Made: m.At, Due: m.At}
			if err := tx.PutOutMessage(outTo(&tx.View, out, channelMail, p.ID)); err != nil {
				return false, err
			}
			wrote++
		}
		if m.Next = end; end > tx.LastPersonNumber() {
			m.Next = 0
		}
		more = m.Next != 0 || slices.ContainsFunc(told[i+1:], func(m store.ToldMessage) bool { return m.Next != 0 })
		tx.Entry("message.write", "", audit.F("kind", m.Kind), audit.F("about", m.About), audit.F("level", m.Level), audit.F("messages", wrote))
		return true, tx.PutToldMessage(m)
	})
	return more, err
}

// keepUnwritten keeps what tells of the records where it cannot be written down,
// so that people hear of it all the same. The id of such a message does not
// depend on when it was made: whoever reads the mail of two servers, or of one
// that was started again, can tell that it is the same.
func (in *Installation) keepUnwritten(due []message.Occasion) {
	t := &in.telling
	in.view(func(v *store.View) error {
		for _, o := range due {
			if o.Kind != message.Damage {
				continue
			}
			for _, out := range in.addressees(v, o, 0) {
				if t.unwritten == nil {
					t.unwritten = map[string]*parcel{}
				}
				if t.unwritten[out.ID] == nil {
					t.unwritten[out.ID] = &parcel{OutMessage: out, occasion: o}
				}
			}
		}
		return nil
	})
}

// troubleFacts keep what an occasion is about.
func troubleFacts(o message.Occasion) []audit.Fact {
	t := o.Trouble
	facts := []audit.Fact{audit.F("about", t.About), audit.F("count", t.Count), audit.F("event", t.Event), audit.F("kind", string(t.Kind)), audit.F("people", o.People)}
	if !t.On.IsZero() {
		facts = append(facts, audit.F("on", t.On))
	}
	return facts
}

// occasionOf is the occasion that was told.
func occasionOf(m store.ToldMessage) message.Occasion {
	o := message.Occasion{Kind: message.Kind(m.Kind), About: m.About, Level: m.Level}
	for _, f := range m.Facts {
		switch f.Key {
		case "about":
			o.Trouble.About = f.Value
		case "count":
			o.Trouble.Count, _ = strconv.ParseInt(f.Value, 10, 64)
		case "event":
			o.Trouble.Event, _ = strconv.ParseInt(f.Value, 10, 64)
		case "kind":
			o.Trouble.Kind = seat.TroubleKind(f.Value)
		case "people":
			o.People = f.Value == fmt.Sprint(true)
		case "on":
			o.Trouble.On, _ = license.ParseDate(f.Value)
		}
	}
	return o
}

func choiceOf(v *store.View) message.Choice {
	c := message.Choice{}
	for _, r := range v.MessageRules() {
		c[message.Rule{Kind: message.Kind(r.Kind), Reader: message.Reader(r.Reader)}] = r.On
	}
	return c
}

const hookPrefix = "message/"

// messageHooks are the addresses that are called, by name.
func messageHooks(v *store.View) []store.Hook {
	return slices.DeleteFunc(v.Hooks(), func(h store.Hook) bool { return !strings.HasPrefix(h.Name, hookPrefix) })
}

// idOf names a message by what it tells whom of: the same gets the same id.
func idOf(installation string, m store.OutMessage) string {
	h := sha256.New()
	for _, part := range []string{installation, m.Kind, m.About, strconv.FormatInt(m.Level, 10), strconv.FormatInt(m.Made, 10), m.Channel, m.Target} {
		fmt.Fprintf(h, "%d %s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

var errNoLongerWanted = errors.New("it is for nobody any more")
