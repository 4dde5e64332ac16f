// Package installation is the customer's house: every change of sets, people,
// plans, profiles and tokens goes through it, whole or not at all, and every
// question is answered from what it has stored.
//
// Each use-case that changes something has one shape: read how things stand,
// decide with a pure function, write, all in one update of the store together
// with its audit entry. The doors (pages, JSON, commands) hold no rule.
package installation

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Options are what a house must be told.
type Options struct {
	DB     *sqldb.DB // stays open when the house closes
	Master [32]byte  // seals what is stored; kept outside the database
	// Ring reads all seal keys there are, again whenever one is missing; nil: Master
	// is the only one.
	Ring func() (tamper.Ring, error)
	// Trust returns the pinned root keys of an installation: nothing else makes a
	// set genuine. Key lists learned from sets are stored, and checked again from
	// here.
	Trust func(installation string) (licensefile.Trust, error)
	// Key returns the private key of an installation, which signs its holdings,
	// or nil when this server has none. It may be nil itself.
	Key func(installation string) (ed25519.PrivateKey, error)
	// Blockers is asked, where an installation has no address set, what stands in
	// the way of taking something from people; nil: nobody is.
	Blockers func(ctx context.Context, installation string, questions []api.BlockerQuestion) (api.BlockersAnswer, error)
	// Anchors is the directory in which it is remembered outside the database how
	// far each ledger was; "": nothing is, and no rollback noticed. Incidents is
	// where incidents are kept; "": nowhere.
	Anchors   string
	Incidents string
	// Verify is how long it takes to look at every record once more while the server
	// runs, and the time between two full checks; 0: only when somebody asks. Verified
	// is the directory in which the last full check of each installation is
	// remembered; "": it is forgotten when the house closes.
	Verify   time.Duration
	Verified string
	// Mail hands a letter to a mail server; nil: no mail is sent. Its errors are
	// [*NoMailServerError] and [*MailRefusedError]. URL is where the server is found
	// from outside, for links; "": nobody has said, and there are none.
	Mail func(context.Context, Letter) error
	URL  string
	// Tell is how often it is looked whom to tell of something outside the pages;
	// 0: only when somebody calls for it.
	Tell time.Duration
	// Confirm uses up a one-time code that somebody made at the server's machine,
	// and returns a [*NotConfirmedError] when it is none; nil: there are none.
	Confirm func(installation, code string) error
	// Step is called when a job is about to go on, with how many of its rows it has
	// looked at; it may wait until ctx ends, which it does when the job is
	// cancelled. nil: nothing is called.
	Step func(ctx context.Context, installation string, looked int)

	// Node names this process among those that write the same database at the same
	// time on one machine; "" is "pott".
	Node string
	// Recovered returns the id of a recovery token that is good at an installation
	// at a moment. It must not depend on anything in the database: it is the way in
	// when nothing there can be relied on. nil: there are no such tokens.
	Recovered func(installation, token string, now time.Time) (id string, ok bool)
	// Ask sends a request to the URL of a license server and returns what it
	// answers; nil: none is ever asked. [AskOverHTTP] makes one.
	Ask func(ctx context.Context, url string, request []byte) ([]byte, error)
	// Authorities are where the license servers of issuers are asked; they win over
	// what sets say.
	Authorities map[license.Issuer]string
	Now         func() time.Time // nil: time.Now
	// Uptime is how long the process has run, by a clock nobody can set; nil: as
	// Now says, which is one too where it is time.Now.
	Uptime func() time.Duration
	Log    *slog.Logger // nil: slog.Default()
}

// withDefaults returns the options with nothing left nil. Without Trust no set
// is genuine.
func (o Options) withDefaults() Options {
	if o.Trust == nil {
		o.Trust = func(string) (licensefile.Trust, error) { return licensefile.Trust{Threshold: 1}, nil }
	}
	if o.Key == nil {
		o.Key = func(string) (ed25519.PrivateKey, error) { return nil, nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Uptime == nil {
		now, start := o.Now, o.Now()
		o.Uptime = func() time.Duration { return now().Sub(start) }
	}
	if o.Step == nil {
		o.Step = func(context.Context, string, int) {}
	}
	o.Log = cmp.Or(o.Log, slog.Default())
	return o
}

// A House is all installations of one server.
type House struct {
	store   *store.Store
	options Options
	mu      sync.RWMutex
	byName  map[string]*Installation
	stop    context.CancelFunc // following other servers
	stopped chan struct{}

	checks *checks // of all records

	wake      chan struct{} // look now whom to ask
	attending sync.Mutex    // while license servers are asked
	attended  chan struct{} // closed when license servers are asked no longer
	told      chan struct{} // closed when nobody is told of anything any longer
}

// behind is how far this server may be behind others on the same database while
// nobody changes anything here.
const behind = time.Second

// Open opens the house in a database, and every installation in it.
func Open(ctx context.Context, o Options) (*House, error) {
	o = o.withDefaults()
	st, err := store.Open(ctx, o.DB, store.Keys{Master: o.Master, Ring: o.Ring}, store.Options{Node: o.Node, Parse: ReadSet, Now: o.Now(), Anchors: o.Anchors, Log: o.Log})
	if err != nil {
		return nil, err
	}
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	h := &House{store: st, options: o, byName: map[string]*Installation{}, stop: stop, stopped: make(chan struct{}),
		checks: newChecks(following), wake: make(chan struct{}, 1), attended: make(chan struct{}), told: make(chan struct{})}
	h.reportRollback()
	for _, name := range st.Names() {
		if err := h.open(name); err != nil {
			close(h.stopped)
			close(h.attended)
			close(h.told)
			return nil, errors.Join(err, h.Close())
		}
	}
	go h.follow(following)
	go h.attend(following)
	go h.tellAll(following)
	return h, nil
}

// follow takes over what others write to the same database.
func (h *House) follow(ctx context.Context) {
	defer close(h.stopped)
	tick := time.NewTicker(behind)
	defer tick.Stop()
	said := ""
	var keeper keeper
	verifier := verifier{every: h.options.Verify}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		keeper.turn(ctx, h)
		h.watchClocks(ctx)
		h.recordRefusals(ctx)
		if verifier.every > 0 {
			verifier.second(ctx, h, time.Now())
		}
		err := h.Refresh(ctx)
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said: // not every second
			said = err.Error()
			h.options.Log.Warn("what other servers have written cannot be read", "err", err)
		}
	}
}

// Refresh takes over what others have written to the same database: changes, and
// installations that are new.
func (h *House) Refresh(ctx context.Context) error {
	errs := []error{h.store.Refresh(ctx)}
	for _, name := range h.store.Names() {
		if h.Installation(name) == nil {
			errs = append(errs, h.open(name))
		}
	}
	h.letGo()
	return errors.Join(errs...)
}

func (h *House) open(name string) error {
	book, err := h.store.Book(name)
	if err != nil {
		return err
	}
	in, err := newInstallation(name, book, &h.options, h.wake, h.checks)
	if err != nil {
		return err
	}
	h.mu.Lock()
	known := h.byName[name] != nil // somebody else was quicker
	if !known {
		h.byName[name] = in
	}
	h.mu.Unlock()
	if known {
		in.close()
		return nil
	}
	in.switchOver() // what came due while no server ran
	return nil
}

// Close waits for the acts that were begun, ends all change streams, and lets
// go of the database.
func (h *House) Close() error {
	h.stop()
	<-h.stopped
	<-h.attended
	<-h.told
	h.checks.close()
	h.writeLastDays()
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.store.Close()
	for _, in := range h.byName {
		in.close()
	}
	h.byName = map[string]*Installation{}
	return err
}

// A New installation is what its first administrator says of it.
type New struct {
	Name     string // host name or first path segment: 1 to 63 letters a–z, digits and hyphens
	Company  string // the owner; the first set may say it instead
	Serial   string // the serial number sets must carry; "" binds the first that is activated
	TimeZone string // IANA name; "" is UTC
	Language string // of the installation; "" is English
	Demo     bool   // accepts demo sets
}

var installationName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// reserved are what paths begin with that name no installation: one of that name
// would take the pages from all the others.
var reserved = []string{"v1", "healthz", "readyz", "audit", "choose", "fold", "guide", "help", "language", "licenses", "me", "search", "settings",
	"signin", "signout", "snooze", "status", "users"}

// CheckName refuses a name no installation may be given.
func CheckName(name string) error {
	switch {
	case !installationName.MatchString(name):
		return &BadValueError{Field: "name", Why: "use 1 to 63 letters a–z, digits and hyphens, a letter or digit first and last"}
	case slices.Contains(reserved, name):
		return &BadValueError{Field: "name", Why: "the addresses of pages begin with it"}
	}
	return nil
}

// Create adds an installation. Only somebody at the host does that.
func (h *House) Create(ctx context.Context, by audit.Actor, n New) (*Installation, error) {
	if err := CheckName(n.Name); err != nil {
		return nil, err
	}
	n.TimeZone, n.Language = cmp.Or(n.TimeZone, "UTC"), cmp.Or(n.Language, "en")
	if _, err := time.LoadLocation(n.TimeZone); err != nil || n.TimeZone == "Local" {
		return nil, &BadValueError{Field: "time_zone", Why: "it is not known here; write a name such as Europe/Stockholm"}
	}
	if !slices.Contains(license.Languages, n.Language) {
		return nil, &BadValueError{Field: "language", Why: "use one of sv, en, nb, da, de, nl"}
	}
	owner := store.Owner{Company: n.Company, Serial: n.Serial, TimeZone: n.TimeZone, Demo: n.Demo, Language: n.Language}
	key, err := h.options.Key(n.Name)
	if err != nil {
		return nil, err
	}
	if key != nil {
		owner.SiteKey = key.Public().(ed25519.PublicKey)
	}
	if _, err := h.store.CreateInstallation(ctx, by, h.Now(), store.NewInstallation{Name: n.Name, Owner: owner}); err != nil {
		return nil, err
	}
	if err := h.open(n.Name); err != nil {
		return nil, err
	}
	return h.Installation(n.Name), nil
}

// Installation returns the installation of a name, or nil.
func (h *House) Installation(name string) *Installation {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byName[name]
}

// Has reports whether the records name an installation, also when it could not
// be opened.
func (h *House) Has(name string) bool {
	_, err := h.store.Book(name)
	return err == nil
}

// Names returns the names of all installations, sorted.
func (h *House) Names() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	names := make([]string, 0, len(h.byName))
	for n := range h.byName {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// NameFor returns which installation a request without a name in its path is
// for: the one its host's first label names, else the only one, else "".
func (h *House) NameFor(label string) string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.byName[label] != nil {
		return label
	}
	if len(h.byName) == 1 {
		for name := range h.byName {
			return name
		}
	}
	return ""
}

// NameForHost is [House.NameFor] the first label of a request's host, in any
// letter case.
func (h *House) NameForHost(host string) string {
	if end := strings.IndexAny(host, ".:"); end >= 0 {
		host = host[:end]
	}
	return h.NameFor(strings.ToLower(host))
}

// Ready reports whether the house can answer checks and changes.
func (h *House) Ready() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, in := range h.byName {
		if in.now.Load() == nil {
			return false
		}
	}
	return len(h.byName) > 0
}

// Now returns the time.
func (h *House) Now() time.Time { return h.options.Now() }

// Knows reports whether a token is good at any installation.
func (h *House) Knows(secret string, now time.Time) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, in := range h.byName {
		if in.Admit(secret, now) != nil {
			return true
		}
	}
	return false
}

// ReadSet reads a stored set file. It is what the store is opened with, so that
// rows and file can be compared.
func ReadSet(file []byte) (*license.Set, error) {
	f, err := licensefile.Parse(file)
	if err != nil {
		return nil, err
	}
	return &f.Set, nil
}
