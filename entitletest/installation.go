// Package entitletest gives tests a license server of their own, with throw-away
// keys, in two lines and without a network:
//
//	set := entitletest.NewSet("ACME").Plan("sales", "user", "web").Client("web", "user", "web")
//	inst := entitletest.New(t).Set(set).Person("anna", "sales")
//	client := inst.Open(t)
//
// The server speaks the few endpoints that package entitle needs, with real
// signatures. What is changed on it while a test runs is known to the clients it
// opened before the call returns. It can go offline and come back.
//
// It counts no seats: who holds what is what the test says. For tests of dates,
// run inside [testing/synctest.Test]: the server and its clients live on the
// bubble's clock and use no sockets.
package entitletest

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// TB is what is needed of a [testing.TB].
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// An Installation is a customer's license server. Methods that say something
// impossible, such as a plan no set has, fail the test.
type Installation struct {
	Keys *Keys // that sign its sets

	tb     TB
	signer licensefile.Signer
	id     string
	now    func() time.Time

	mu      sync.Mutex
	epoch   int
	seq     int64
	people  map[string]*entitle.Holder
	numbers int64
	sets    map[license.Issuer]*licensefile.File
	past    map[string]*licensefile.File // every set ever in force, by hash
	log     []api.Change                 // since the beginning of the epoch
	from    int64                        // the seq before the first of log
	wake    chan struct{}                // closed at the next change
	away    chan struct{}                // closed when the server goes offline; nil while it is
	waits   []func()                     // called when it comes back
	clients []*entitle.Client
	server  *httptest.Server
	maxAge  int
}

// New returns a new installation without sets and people, which is closed when
// the test ends.
func New(tb TB) *Installation {
	in := &Installation{
		Keys: NewKeys(), tb: tb, signer: newSigner(), id: "entitletest", now: time.Now,
		epoch: 1, seq: 1, people: map[string]*entitle.Holder{}, sets: map[license.Issuer]*licensefile.File{},
		past: map[string]*licensefile.File{}, from: 1, wake: make(chan struct{}), away: make(chan struct{}),
	}
	tb.Cleanup(in.close)
	return in
}

func (in *Installation) close() {
	in.Offline()
	in.mu.Lock()
	server := in.server
	in.mu.Unlock()
	if server != nil {
		server.Close()
	}
}

// Open returns a client that follows the installation and is closed when the
// test ends. The options are [Installation.Options] after the changes given.
func (in *Installation) Open(tb TB, change ...func(*entitle.Options)) *entitle.Client {
	tb.Helper()
	o := in.Options()
	for _, f := range change {
		f(&o)
	}
	c, err := entitle.Open(context.Background(), o)
	if err != nil {
		tb.Fatalf("opening a client: %v", err)
	}
	in.mu.Lock()
	in.clients = append(in.clients, c)
	in.mu.Unlock()
	tb.Cleanup(func() {
		in.mu.Lock()
		in.clients = slices.DeleteFunc(in.clients, func(other *entitle.Client) bool { return other == c })
		in.mu.Unlock()
		c.Close()
	})
	in.settle()
	return c
}

// Options returns what [entitle.Open] needs to follow the installation: its keys,
// a token, and a way to it that uses no network. A client that waits before it
// tries again tries as soon as the installation can be reached. Nothing is
// logged.
func (in *Installation) Options() entitle.Options {
	return entitle.Options{
		Server:          "http://pott.test",
		Token:           Token,
		InstallationKey: in.signer.Public(),
		Roots:           in.Keys.Trust(),
		HTTP:            &http.Client{Transport: wire{in}},
		Log:             slog.New(slog.DiscardHandler),
		After:           in.after,
	}
}

// after is time.After, except that short waits are those for the server to be
// back, and end when it is.
func (in *Installation) after(d time.Duration) <-chan time.Time {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case d > 30*time.Second:
		return time.After(d)
	case in.away != nil:
		return time.After(min(d, 10*time.Millisecond))
	}
	c := make(chan time.Time, 1)
	end := func() {
		select {
		case c <- time.Now():
		default: // it has ended already
		}
	}
	in.waits = append(in.waits, end)
	time.AfterFunc(d, end)
	return c
}

// URL returns an address on localhost where the installation answers, for
// programs that are not handed options. It is there until the test ends.
func (in *Installation) URL() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.server == nil {
		in.server = httptest.NewServer(in)
	}
	return in.server.URL
}

// Set puts a set in force, instead of the issuer's set before. Later changes of s
// do not show until it is set again.
func (in *Installation) Set(s *Set) *Installation {
	in.tb.Helper()
	return in.change(func() (api.Change, error) {
		next := s.copy()
		next.Number, next.Issued = 1, in.now()
		if before := in.sets[next.Issuer]; before != nil {
			next.Number, next.Previous = before.Set.Number+1, before.Hash
		}
		text, err := in.Keys.File(*next)
		if err != nil {
			return api.Change{}, err
		}
		f, err := licensefile.Parse(text)
		if err != nil {
			return api.Change{}, err
		}
		in.sets[next.Issuer], in.past[f.Hash] = f, f
		return api.Change{Sets: in.hashes()}, nil
	})
}

// Person adds somebody with a login, or changes what somebody holds, to these
// modules and plans and nothing else: full names ("acme.sales"), or bare ones
// that only one issuer has.
func (in *Installation) Person(id string, holds ...string) *Installation {
	in.tb.Helper()
	return in.edit(id, func(h *entitle.Holder) error {
		h.Holds = nil
		for _, text := range holds {
			name, err := in.active().Resolve(text)
			if err != nil {
				return err
			}
			h.Holds = append(h.Holds, license.Held{Name: name, Quantity: 1})
		}
		return nil
	})
}

// Kind says what kind of account somebody has.
func (in *Installation) Kind(id string, kind license.PersonKind) *Installation {
	in.tb.Helper()
	return in.edit(id, func(h *entitle.Holder) error { h.Kind = kind; return nil })
}

// Login gives somebody a login or takes it away.
func (in *Installation) Login(id string, has bool) *Installation {
	in.tb.Helper()
	return in.edit(id, func(h *entitle.Holder) error { h.Login = has; return nil })
}

// ValidThrough sets the last day of somebody's login, as "2026-06-10"; "" for no
// end.
func (in *Installation) ValidThrough(id, day string) *Installation {
	in.tb.Helper()
	return in.edit(id, func(h *entitle.Holder) (err error) {
		h.ValidThrough, err = license.ParseDate(day)
		return err
	})
}

// Waiting says that somebody waits for approval, or is approved.
func (in *Installation) Waiting(id string, waits bool) *Installation {
	in.tb.Helper()
	return in.edit(id, func(h *entitle.Holder) error { h.Waiting = waits; return nil })
}

// Former says that somebody has left, or has come back.
func (in *Installation) Former(id string, left bool) *Installation {
	in.tb.Helper()
	return in.edit(id, func(h *entitle.Holder) error { h.Former = left; return nil })
}

// Remove deletes somebody. Whoever gets the user id later is somebody else.
func (in *Installation) Remove(id string) *Installation {
	in.tb.Helper()
	return in.change(func() (api.Change, error) {
		if in.people[id] == nil {
			return api.Change{}, fmt.Errorf("nobody has the user id %s", id)
		}
		delete(in.people, id)
		return api.Change{Removed: []string{id}}, nil
	})
}

// MaxAge sets for how many days holdings may be used.
func (in *Installation) MaxAge(days int) *Installation {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.maxAge = days
	return in
}

// Seq returns the state the installation is in.
func (in *Installation) Seq() int64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.seq
}

// Key returns the key the installation signs holdings with, as a signer.
func (in *Installation) Key() licensefile.Signer { return in.signer }

// Holdings returns who holds what now.
func (in *Installation) Holdings() *entitle.Holdings {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.holdings()
}

// Active returns the sets in force.
func (in *Installation) Active() *license.Active {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.active()
}

// Files returns the installation as files, for [entitle.OpenFiles].
func (in *Installation) Files() entitle.Files {
	in.mu.Lock()
	defer in.mu.Unlock()
	f := entitle.Files{Roots: in.Keys.Trust(), InstallationKey: in.signer.Public()}
	for _, hash := range in.hashes() {
		f.Licenses = append(f.Licenses, in.past[hash].Bytes())
	}
	text, err := entitle.MarshalHoldings(in.holdings(), in.signer)
	if err != nil {
		in.tb.Fatalf("writing the holdings: %v", err)
	}
	f.Holdings = text
	return f
}

// edit changes one person and tells everybody.
func (in *Installation) edit(id string, f func(*entitle.Holder) error) *Installation {
	in.tb.Helper()
	return in.change(func() (api.Change, error) {
		h := in.people[id]
		if h == nil {
			in.numbers++
			h = &entitle.Holder{Person: id, Number: in.numbers, Kind: license.Internal, Login: true}
		}
		next := *h
		if err := f(&next); err != nil {
			return api.Change{}, err
		}
		in.people[id] = &next
		return api.Change{People: []api.PersonHolding{entitle.ToWire(&next)}}, nil
	})
}

// change does one thing, and returns when the clients that can know it do.
func (in *Installation) change(act func() (api.Change, error)) *Installation {
	in.tb.Helper()
	in.mu.Lock()
	c, err := act()
	if err == nil {
		in.seq++
		c.Epoch, c.Seq, c.Mark = in.epochName(), in.seq, in.now()
		in.log = append(in.log, c)
		close(in.wake)
		in.wake = make(chan struct{})
	}
	in.mu.Unlock()
	if err != nil {
		in.tb.Fatalf("entitletest: %v", err)
	}
	in.settle()
	return in
}

// settle waits until the clients know the present state, if the server can be
// reached.
func (in *Installation) settle() {
	in.tb.Helper()
	in.mu.Lock()
	epoch, seq, clients, away := in.epochName(), in.seq, slices.Clone(in.clients), in.away
	in.mu.Unlock()
	if away == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, c := range clients {
		for {
			changed := c.Changed()
			s := c.Status()
			if s.Connected && s.Epoch == epoch && s.Seq == seq || s.Err == entitle.ErrClosed {
				break
			}
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				in.tb.Fatalf("entitletest: a client does not follow: %+v", c.Status())
			}
			break
		}
	}
}

func (in *Installation) epochName() string { return fmt.Sprintf("epoch-%d", in.epoch) }

func (in *Installation) active() *license.Active {
	var sets []*license.Set
	for _, f := range in.sets {
		sets = append(sets, &f.Set)
	}
	return license.NewActive(sets...)
}

func (in *Installation) hashes() []string {
	hashes := []string{}
	for _, i := range slices.Sorted(maps.Keys(in.sets)) {
		hashes = append(hashes, in.sets[i].Hash)
	}
	return hashes
}

func (in *Installation) holdings() *entitle.Holdings {
	h := &entitle.Holdings{
		Installation: in.id, Epoch: in.epochName(), Seq: in.seq, Mark: in.now(), Made: in.now(),
		MaxAge: in.maxAge, TimeZone: "UTC", Sets: in.hashes(),
	}
	for _, id := range slices.Sorted(maps.Keys(in.people)) {
		h.People = append(h.People, *in.people[id])
	}
	return h
}
