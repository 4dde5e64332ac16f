package installation

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/clock"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// An Installation is one customer's system: its book, and beside it what checks
// are answered from. Everything a check needs is one value that is swapped as a
// whole after each commit.
type Installation struct {
	name    string
	book    *store.Book
	options *Options
	root    licensefile.Trust
	key     ed25519.PrivateKey // nil when the server has none

	backingMu sync.Mutex
	backings  map[backedSet]backing

	shown     shownReviews
	recent    atomic.Pointer[recentPeaks]
	courses   recentCourses
	usedSince atomic.Int64    // the change that was the last to touch who uses what
	askMu     sync.Mutex      // held while a license server is asked
	addresses sync.Map        // of license servers, by the hash of the file that says so
	admin     atomic.Bool     // an administrator was here since license servers were asked
	wake      chan<- struct{} // has the house look whom to ask

	checks     *checks
	verified   verification
	faultFiles faultFiles
	telling    telling

	noticeMu sync.Mutex
	unstored map[string]store.Event // notices that could not be stored; under noticeMu

	now    atomic.Pointer[moment]
	mu     sync.Mutex        // held while now is replaced
	ids    map[string]string // user ids by opaque id, as checks know them; under mu
	feed   feed
	people directory // what lists are made from

	collecting atomic.Pointer[collection] // nil: it is not collected when people are active

	jobs   jobs      // that run here
	audits auditJobs // checks of the audit trail that took long here
	stop   func()    // following the book
	day    *time.Timer

	closed bool // under mu

	forgotten  forgotten
	gate       gatekeeper
	discovered sync.Map // of providers, by code
	// discovering are the locks of those that are being asked, by code.
	discovering sync.Map

	supposed *supposition // nil: what is stored

	clockMu   sync.Mutex
	time      clock.Clock   // under clockMu
	lastUp    time.Duration // likewise
	watching  sync.Mutex    // one look at a time
	noticed   bool          // that the clock is unconfirmed; under watching
	remembers time.Time     // the proven time last remembered; likewise
}

// A moment is what checks and tokens are answered from.
type moment struct {
	seq    int64
	id     string // of the installation
	epoch  string
	head   string    // as it is written down
	mark   time.Time // a lower bound of the true time
	index  *entitle.Index
	sets   []string // checkpoint hashes of the sets in force
	stops  []entitle.Stop
	events []entitle.Event
	tokens map[string]knownToken
}

func newInstallation(name string, book *store.Book, o *Options, wake chan<- struct{}, checks *checks) (*Installation, error) {
	in := &Installation{name: name, book: book, options: o, wake: wake, checks: checks}
	in.verified.last = in.recallPass()
	in.feed.start()
	in.gate.init()
	var err error
	if in.root, err = o.Trust(name); err != nil {
		return nil, err
	}
	if in.key, err = o.Key(name); err != nil {
		return nil, err
	}
	// A change made between the two calls waits for mu and is taken after.
	in.mu.Lock()
	defer in.mu.Unlock()
	book.Proves(func(mark time.Time, seq int64) time.Time { return in.readClock(mark, seq).Proven })
	in.stop = book.Watch(in.take)
	err = in.view(func(v *store.View) error {
		in.now.Store(in.wholeMoment(v))
		in.collect(v)
		return nil
	})
	if err != nil {
		in.stop()
		return nil, err
	}
	in.day = time.AfterFunc(in.untilNextDay(), in.nextDay)
	return in, nil
}

// Name returns the name in paths.
func (in *Installation) Name() string { return in.name }

func (in *Installation) close() {
	in.jobs.close()
	in.stop()
	in.mu.Lock()
	in.closed = true
	in.day.Stop()
	in.mu.Unlock()
	in.feed.close()
}

// nextDay looks at the same state again once a day has ended somewhere, and lets
// the sets take over whose day has come.
func (in *Installation) nextDay() {
	in.lookAgain()
	in.switchOver()
}

// switchOver is [Installation.SwitchDue] where nobody waits for the outcome.
func (in *Installation) switchOver() {
	err := in.SwitchDue(context.Background())
	if closed := new(store.ClosedError); err != nil && !errors.As(err, &closed) {
		in.options.Log.Error("a set whose day has come could not take over", "installation", in.name, "err", err)
	}
}

func (in *Installation) lookAgain() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return // it had begun before, and would wind itself up for ever
	}
	m := *in.now.Load()
	now := in.present()
	if next := m.index.NextChange(); !next.IsZero() && !now.Before(next) {
		m.index = m.index.At(now)
		in.now.Store(&m)
	}
	in.day.Reset(in.untilNextDay())
}

// untilNextDay is when to look at the clock again. It is never long: the timer
// stands still while the machine sleeps, and does not see the clock being set.
func (in *Installation) untilNextDay() time.Duration {
	next := in.now.Load().index.NextChange()
	if next.IsZero() || in.readClock(in.now.Load().mark, 0).Unconfirmed {
		return time.Minute
	}
	return min(max(next.Sub(in.options.Now()), 10*time.Millisecond), time.Minute)
}

// take brings the present moment to a commit and tells those who follow. The
// store calls it before it answers the acts of the commit, so that whoever has
// made a change finds it in the next check.
func (in *Installation) take(v *store.View, commit store.Commit) {
	in.mu.Lock()
	defer in.mu.Unlock()
	now, m := in.clock(v), *in.now.Load()
	lowered := v.Mark().Before(m.mark)
	m.seq, m.epoch, m.mark, m.tokens = commit.Seq, v.Epoch(), v.Mark(), tokens(v)
	m.head = in.headIn(v)
	change := api.Change{Epoch: m.epoch, Seq: m.seq, Mark: m.mark, Head: m.head}
	if commit.Sets || commit.KeyLists {
		m.stops, m.sets = in.stops(v), checkpoints(v)
		m.index = m.index.StoppedBy(m.stops).Under(v.Active(), now)
		change.Sets, change.Stops = m.sets, entitle.StopsToWire(m.stops)
	}
	if commit.Events {
		m.events = announced(v)
		m.index = m.index.Announcing(m.events).At(now)
		change.Events = &api.OpenEvents{Open: entitle.EventsToWire(m.events)}
	}
	changed, removed := in.changedPeople(v, commit, in.now.Load().index.Active())
	if len(changed)+len(removed) > 0 {
		m.index = m.index.With(changed, removed)
	}
	for i := range changed {
		change.People = append(change.People, entitle.ToWire(&changed[i]))
	}
	change.Removed = removed
	in.people.changed(commit)
	if r := in.collecting.Load(); r != nil && len(removed) > 0 {
		r.forget()
	}
	if commit.Activity || commit.Installation {
		in.collect(v)
	}
	if len(commit.People) > 0 || commit.Sets || commit.KeyLists || commit.Licenses || commit.Profiles || commit.Installation {
		in.usedSince.Store(commit.Seq)
	}
	if next := m.index.NextChange(); lowered || !next.IsZero() && !now.Before(next) { // somebody said what time it is
		m.index = m.index.At(now)
	}
	in.now.Store(&m)
	in.day.Reset(in.untilNextDay())
	in.feed.publish(change)
}

// changedPeople are the people of a commit as they are now, and the user ids
// nobody has any longer.
func (in *Installation) changedPeople(v *store.View, commit store.Commit, before *license.Active) (changed []entitle.Holder, removed []string) {
	for id := range affected(v, commit, before) {
		p, ok := v.Person(id)
		was, known := in.ids[id]
		if known && (!ok || p.Deleted || store.FoldUserID(p.Personal.UserID) != store.FoldUserID(was)) {
			removed = append(removed, was)
			delete(in.ids, id)
		}
		if ok && !p.Deleted {
			changed = append(changed, holderOf(v, p))
			in.ids[id] = p.Personal.UserID
		}
	}
	return changed, removed
}

// affected are the people a commit may have changed something for: those it
// names, and, when profiles or the rule of a set for them changed, everybody on
// one, and everybody whose login gives something else since. before is the sets
// that were in force.
func affected(v *store.View, commit store.Commit, before *license.Active) iter.Seq[string] {
	byLogin := otherLogins(before, v.Active())
	return func(yield func(string) bool) {
		for _, id := range commit.People {
			if !yield(id) {
				return
			}
		}
		if !commit.Profiles && !commit.Sets {
			return
		}
		for p := range v.People() {
			if (p.Profile != "" || p.Login && byLogin&p.Kind != 0) && !yield(p.ID) {
				return
			}
		}
	}
}

// otherLogins returns the kinds of people whose login gives something else under
// other sets.
func otherLogins(before, after *license.Active) (kinds license.PersonKind) {
	if before == after {
		return 0
	}
	for _, kind := range []license.PersonKind{license.Internal, license.External, license.Technical, license.Anonymous, license.Resource} {
		if !slices.Equal(before.LoginGives(kind), after.LoginGives(kind)) {
			kinds |= kind
		}
	}
	return kinds
}

// wholeMoment reads everything from the book.
func (in *Installation) wholeMoment(v *store.View) *moment {
	m := &moment{seq: v.Seq(), id: v.Info().ID, epoch: v.Epoch(), head: in.headIn(v), mark: v.Mark(), sets: checkpoints(v), tokens: tokens(v)}
	h := in.holdings(v)
	m.stops, m.events = h.Stops, h.Events
	in.ids = map[string]string{}
	for p := range v.People() {
		if !p.Deleted {
			in.ids[p.ID] = p.Personal.UserID
		}
	}
	m.index = entitle.NewIndex(v.Active(), &h, in.clock(v))
	return m
}

func (in *Installation) holdings(v *store.View) entitle.Holdings {
	info := v.Info()
	h := entitle.Holdings{
		Installation: info.ID, Epoch: v.Epoch(), Seq: v.Seq(), Mark: v.Mark(), Made: in.options.Now(),
		MaxAge: entitle.DefaultMaxAge, TimeZone: info.TimeZone, Sets: checkpoints(v), Stops: in.stops(v), Events: announced(v),
	}
	for p := range v.People() {
		if !p.Deleted {
			h.People = append(h.People, holderOf(v, p))
		}
	}
	return h
}

func holderOf(v *store.View, p store.Person) entitle.Holder {
	return entitle.Holder{
		Person: p.Personal.UserID, Number: p.Number, Kind: p.Kind, Login: p.Login, ValidThrough: p.ValidThrough,
		Waiting: p.Waiting, Former: p.Former, Administrator: administers(v, p), Holds: holdsOf(v, v.Active(), p),
	}
}

// checkpoints identifies the sets in force.
func checkpoints(v *store.View) []string {
	var hashes []string
	for _, row := range v.Sets() {
		if row.State == store.SetActive {
			hashes = append(hashes, row.Checkpoint)
		}
	}
	slices.SortFunc(hashes, cmp.Compare[string])
	return hashes
}
