package entitle

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Options say where answers come from. Only Server is required.
type Options struct {
	// Server is the address of the installation's server, with the
	// installation's name as its path where the server holds several:
	// "https://pott.example.com" or "https://pott.example.com/nordlys".
	Server string
	// Token is sent to the server; it needs the scope "check". TokenFile names a
	// file that holds it, read again at every connection so that it can be
	// exchanged while the program runs.
	Token     string
	TokenFile string

	// InstallationKey is the key the holdings must be signed with. Without one,
	// the first key seen is the one expected from then on, for as long as the
	// program runs, or the cache lives.
	InstallationKey ed25519.PublicKey
	// Roots are the root keys that license files must lead back to. With the
	// zero Trust the server's word for them is taken.
	Roots licensefile.Trust

	// Cache is a folder of the program's own, made if it is missing. Holdings
	// and sets are kept there, so that a program that starts while the server is
	// away answers from what it knew. "" keeps nothing.
	Cache string
	// Refresh is how often the cache is brought up to date while things change.
	// 0 is an hour.
	Refresh time.Duration

	// The rest is for tests and for programs with customs of their own.
	HTTP  *http.Client                         // nil: http.DefaultClient
	Log   *slog.Logger                         // nil: slog.Default()
	Now   func() time.Time                     // nil: time.Now
	After func(time.Duration) <-chan time.Time // nil: time.After
}

// withDefaults returns the options with nothing left nil.
func (o Options) withDefaults() Options {
	if o.HTTP == nil {
		o.HTTP = http.DefaultClient
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Refresh <= 0 {
		o.Refresh = time.Hour
	}
	return o
}

// A Client answers from memory, and keeps its memory up to date. Its methods may
// be called from any number of goroutines; checks take no lock.
type Client struct {
	index atomic.Pointer[Index] // what checks read

	o    Options
	stop context.CancelFunc
	done sync.WaitGroup

	mu     sync.Mutex
	known  known
	status Status // the parts that are not in known
}

// known is what a client knows besides the index. It is owned by mu.
type known struct {
	installation string
	key          ed25519.PublicKey // of the installation
	epoch        string
	seq          int64
	highest      int64  // the highest seq of any epoch seen
	head         string // the furthest head seen, as the server writes it down; "" for none
	headSeq      int64  // its number
	maxAge       int
	fresh        time.Time // when it was last known to be the present truth
	blind        bool      // there are no holdings, so nothing is known about people

	mark   time.Time // a time that has certainly passed,
	markAt time.Time // and what the clock said then

	files map[string]*licensefile.File // of the sets in force, by hash

	changed chan struct{} // closed when anything of this or the status changes

	cached    time.Time // when the cache was written last,
	cachedSeq int64     // and the state in it
}

// Open returns a client that answers from a server. It returns when the first
// answers can be given, or with the reason why none can. ctx bounds the opening
// only; [Client.Close] ends the client.
//
// When the server cannot be reached and there is a cache, the client answers
// from the cache and keeps trying. A server that refuses the token is an error.
func Open(ctx context.Context, o Options) (*Client, error) {
	c := newClient(o)
	c.known.key = o.InstallationKey
	if err := c.begin(ctx); err != nil {
		return nil, err
	}
	c.start(c.follow)
	return c, nil
}

func newClient(o Options) *Client {
	c := &Client{o: o.withDefaults()}
	c.known.files = map[string]*licensefile.File{}
	c.known.changed = make(chan struct{})
	return c
}

// start runs the clock, and what else keeps the client up to date.
func (c *Client) start(also ...func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	for _, f := range append(also, c.watchClock) {
		c.done.Go(func() { f(ctx) })
	}
}

// Close ends the client's work in the background. Checks go on answering from
// what was last known, without looking at the clock any more.
func (c *Client) Close() {
	c.stop()
	c.done.Wait()
	if c.lastHead() != "" {
		c.keepSeen() // the furthest head may have come after the cache was written
	}
	c.fail(ErrClosed)
}

// ErrClosed is the error of the status of a closed client.
var ErrClosed = errors.New("the client is closed")

// Index returns the index that answers at the moment. Ask it when several
// answers must come from one state.
func (c *Client) Index() *Index { return c.index.Load() }

// Changed returns a channel that is closed when the client next learns
// something: about people, sets, the passing of a date, or the server.
func (c *Client) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known.changed
}

// Reached waits until answers come from the state seq or a later one. A program
// that has just changed something over the JSON API waits for the seq of the
// outcome before it relies on its own change. The error is that of ctx.
func (c *Client) Reached(ctx context.Context, seq int64) error {
	for {
		c.mu.Lock()
		known, changed := c.known.seq, c.known.changed
		c.mu.Unlock()
		if known >= seq {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell wakes those who wait for a change. The caller holds mu.
func (c *Client) tell() {
	close(c.known.changed)
	c.known.changed = make(chan struct{})
}

// Check answers whether a person may use a module; see [Index.Check].
func (c *Client) Check(person string, name license.Name) Answer {
	return c.index.Load().Check(person, name)
}

// CheckHandle is [Client.Check] by handles.
func (c *Client) CheckHandle(p PersonHandle, m ModuleHandle) Answer {
	return c.index.Load().CheckHandle(p, m)
}

// CheckLogin answers whether a person may sign in to a client; see
// [Index.CheckLogin].
func (c *Client) CheckLogin(person string, client license.Name) Answer {
	return c.index.Load().CheckLogin(person, client)
}

// CheckEdit answers whether a person may edit where a feature is; see
// [Index.CheckEdit].
func (c *Client) CheckEdit(person string, feature license.Name) Answer {
	return c.index.Load().CheckEdit(person, feature)
}

// CheckSystem answers whether a feature is on for the installation.
func (c *Client) CheckSystem(feature license.Name) Answer {
	return c.index.Load().CheckSystem(feature)
}

// Person returns the handle of a user id, and whether it is known.
func (c *Client) Person(id string) (PersonHandle, bool) { return c.index.Load().Person(id) }

// Module returns the handle of a module, which stays good for the life of the
// client.
func (c *Client) Module(name license.Name) ModuleHandle { return c.index.Load().Module(name) }

// now returns the effective time: what the clock says, or what has certainly
// passed when the clock is behind. The caller holds mu.
func (c *Client) now() time.Time {
	wall := c.o.Now()
	passed := c.known.mark.Add(max(0, wall.Sub(c.known.markAt)))
	if passed.After(wall) {
		return passed
	}
	return wall
}

// learnMark takes in a time that has certainly passed. The caller holds mu.
func (c *Client) learnMark(mark time.Time) {
	if mark.After(c.known.mark) {
		c.known.mark, c.known.markAt = mark, c.o.Now()
	}
}

// staleAt returns when the holdings become too old; the caller holds mu.
func (c *Client) staleAt() time.Time { return expires(c.known.fresh, c.known.maxAge) }

// look brings the index up to date with the clock. The caller holds mu.
func (c *Client) look() {
	now := c.now()
	x := c.index.Load()
	tooOld := c.known.blind || now.After(c.staleAt())
	if tooOld == x.tooOld && now.Before(x.next) && !now.Before(x.now) {
		return
	}
	if tooOld && !x.tooOld {
		c.o.Log.Warn("entitle: the holdings are too old, people are denied", "as_of", c.known.fresh)
	}
	c.index.Store(x.at(now, tooOld))
	c.tell()
}

// tick is how long the clock is left alone at most. Timers count the time a
// machine is awake; looking now and then finds out about the rest.
const tick = time.Minute

// watchClock looks whenever a date may pass.
func (c *Client) watchClock(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.o.After(c.nextLook()):
		}
		c.mu.Lock()
		c.look()
		c.mu.Unlock()
	}
}

func (c *Client) nextLook() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	wait := min(tick, c.index.Load().next.Sub(now))
	if until := c.staleAt().Sub(now); until >= 0 && !c.known.blind {
		wait = min(wait, until+time.Nanosecond)
	}
	return max(wait, time.Millisecond)
}
