package installation

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/anchor"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/tamper"
)

// theVerifier is who checks all records when nobody asks for it.
var theVerifier = audit.Actor{Kind: audit.System, ID: "verify"}

// A pass is a full check that is over, as it is remembered beside the database.
type pass struct {
	Installation string      `json:"installation"` // id
	Started      time.Time   `json:"started"`
	Ended        time.Time   `json:"ended"`
	By           string      `json:"by"`
	Report       fsck.Report `json:"report"`
}

// A run is a full check that goes on.
type run struct {
	started  time.Time
	by       audit.Actor
	hurry    func()        // somebody waits for it
	hurried  chan struct{} // closed by hurry
	read     atomic.Int64
	expected int64
	done     chan struct{} // closed when it is over
	err      error         // why there is no new pass; to be read when done is closed
}

// verification is what an installation knows of the checks of its records.
type verification struct {
	mu      sync.Mutex
	last    *pass
	running *run
	round   round
}

// checks are the full checks of a house.
type checks struct {
	ctx  context.Context // ends with the house
	slow chan struct{}   // full while a check goes on that nobody waits for: one at a time

	mu     sync.Mutex
	closed bool
	wait   sync.WaitGroup
	file   time.Time // when SQLite last looked at its whole file
}

func newChecks(ctx context.Context) *checks { return &checks{ctx: ctx, slow: make(chan struct{}, 1)} }

// begin runs do on a goroutine of its own, unless the house is closed.
func (c *checks) begin(do func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.wait.Go(do)
	}
	return !c.closed
}

func (c *checks) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wait.Wait()
}

// fileSeen reports whether SQLite has looked at its file within a time; if not,
// it is about to.
func (c *checks) fileSeen(within time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.file) < within {
		return true
	}
	c.file = time.Now()
	return false
}

// StartVerify has all records checked from the raw rows, while everything goes on,
// and returns at once. Where that goes on already, it is not begun again but goes
// on faster.
func (in *Installation) StartVerify(ctx context.Context, act Act) (api.IntegrityReport, error) {
	if !act.DryRun {
		in.startCheck(act.By, true)
	}
	return in.Integrity(ctx, act)
}

// Verify is [Installation.StartVerify], and waits until it is over.
func (in *Installation) Verify(ctx context.Context, act Act) (api.IntegrityReport, error) {
	r := in.startCheck(act.By, true)
	select {
	case <-r.done:
	case <-ctx.Done():
		return api.IntegrityReport{}, ctx.Err()
	}
	if r.err != nil {
		return api.IntegrityReport{}, r.err
	}
	return in.Integrity(ctx, act)
}

// startCheck begins a full check, or returns the one that goes on.
func (in *Installation) startCheck(by audit.Actor, hurry bool) *run {
	v, rows := &in.verified, in.book.Counted() // the book's lock is never taken under this one
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.running == nil {
		r := newRun(in.options.Now(), by)
		if r.expected = rows; v.last != nil {
			r.expected += int64(v.last.Report.Checked.Batches + v.last.Report.Checked.Entries)
		}
		if !in.checks.begin(func() { in.run(r) }) {
			r.err = &store.ClosedError{}
			close(r.done)
			return r
		}
		v.running = r
	}
	if hurry {
		v.running.hurry()
	}
	return v.running
}

func newRun(now time.Time, by audit.Actor) *run {
	r := &run{started: now, by: by, hurried: make(chan struct{}), done: make(chan struct{})}
	r.hurry = sync.OnceFunc(func() { close(r.hurried) })
	return r
}

// checkAgain has everything checked when the last full check found something that
// may have been repaired.
func (in *Installation) checkAgain() {
	if last := in.lastPass(); last != nil && last.Report.Verdict == fsck.Broken {
		in.startCheck(theVerifier, true)
	}
}

func (in *Installation) run(r *run) {
	defer close(r.done)
	select {
	case <-in.checks.ctx.Done():
	case <-r.hurried:
	case in.checks.slow <- struct{}{}:
		defer func() { <-in.checks.slow }()
	}
	report, err := in.fsck(in.checks.ctx, r)
	if err == nil && report.Verdict == fsck.Broken {
		// What is wrong with rows is put out of use by the store, with its own eyes.
		if _, err := in.book.CheckAll(in.checks.ctx); err != nil {
			in.options.Log.Warn("what a check has found could not be looked at", "installation", in.name, "err", err)
		}
	}
	v := &in.verified
	v.mu.Lock()
	if r.err, v.running = err, nil; err == nil {
		v.last = &pass{Installation: in.book.ID(), Started: r.started, Ended: in.options.Now(), By: r.by.String(), Report: report}
		in.keepPass(v.last)
	}
	v.mu.Unlock()
	switch {
	case err == nil:
		in.Discover(in.checks.ctx)
	case in.checks.ctx.Err() == nil:
		in.options.Log.Warn("the records could not be checked", "installation", in.name, "err", err)
	}
}

// fsck reads everything, in one snapshot, with anchors that are older than it.
// While nobody waits it rests as long as it works.
func (in *Installation) fsck(ctx context.Context, r *run) (fsck.Report, error) {
	masters := tamper.Ring{{Key: in.options.Master}}
	if in.options.Ring != nil {
		var err error
		if masters, err = in.options.Ring(); err != nil {
			return fsck.Report{}, err
		}
	}
	options := fsck.Options{Only: in.book.ID()}
	for _, m := range masters {
		options.Keys = append(options.Keys, fsck.Key{Master: m.Key, Retired: m.Retired})
	}
	if in.options.Anchors != "" {
		var err error
		if options.Anchors, err = anchor.Read(in.options.Anchors); err != nil {
			return fsck.Report{}, err
		}
	}
	select {
	case <-r.hurried:
	default:
		options.WithoutFile = in.checks.fileSeen(in.options.Verify / 2)
	}
	since := time.Now()
	options.Pace = func(read int) {
		r.read.Store(int64(read))
		rest(ctx, r.hurried, time.Since(since))
		since = time.Now()
	}
	return fsck.Check(ctx, in.options.DB, options)
}

// rest waits, unless ctx ends or somebody is in a hurry.
func rest(ctx context.Context, hurried <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-hurried:
	case <-t.C:
	}
}

// passFile is where the last full check is remembered; "" when nothing is.
func (in *Installation) passFile() string {
	if in.options.Verified == "" {
		return ""
	}
	return filepath.Join(in.options.Verified, in.book.ID()+".json")
}

// lastPass returns the last full check, or nil.
func (in *Installation) lastPass() *pass {
	in.verified.mu.Lock()
	defer in.verified.mu.Unlock()
	return in.verified.last
}

// keepPass remembers a pass outside the database: whoever can write that must not
// be able to write that it is intact.
func (in *Installation) keepPass(p *pass) {
	path := in.passFile()
	if path == "" {
		return
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err == nil {
		err = os.MkdirAll(in.options.Verified, 0o700)
	}
	if err == nil {
		err = os.WriteFile(path+".new", append(text, '\n'), 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		in.options.Log.Warn("the last check of the records is not remembered", "installation", in.name, "err", err)
	}
}

// recallPass reads back what keepPass wrote. Anything else is as good as nothing.
func (in *Installation) recallPass() *pass {
	path := in.passFile()
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	var p pass
	if err != nil || json.Unmarshal(text, &p) != nil || p.Installation != in.book.ID() || p.Ended.IsZero() || p.Report.Verdict == "" {
		return nil
	}
	return &p
}

// A round is how far the look at one record after the other has come.
type round struct {
	at    store.Cursor
	rows  int64
	ended time.Time
}

func (r round) shown(of int64) api.IntegrityRound {
	return api.IntegrityRound{Rows: min(r.rows, of), Of: of, Ended: r.ended.UTC()}
}

// A verifier goes through the records of a house again and again by itself.
type verifier struct {
	every time.Duration // how long a round and the time between two full checks are
	turn  int           // which installation is looked at next
	due   map[string]time.Time
	turns int
	list  store.Health // of the list of installations, as it was last seen
}

const (
	// sliceLeast is how many records are looked at every second where there are few.
	sliceLeast = 100
	// firstCheck is when the first full check begins after the start: what was
	// loaded was checked then.
	firstCheck = time.Minute
	// listTurns is how many seconds lie between two looks at the list of installations.
	listTurns = 60
)

// second looks at the next records, as many as it takes to have seen all after
// one round, and begins the full checks that are due.
func (y *verifier) second(ctx context.Context, h *House, now time.Time) {
	if y.turns++; y.turns%listTurns == 0 {
		y.list = h.LookAtList(ctx, y.list)
	}
	names := h.Names()
	var all int64
	for _, name := range names {
		if in := h.Installation(name); in != nil {
			all += in.book.Counted()
			y.checkDue(in, now)
		}
	}
	left := max(sliceLeast, int(all/max(1, int64(y.every/time.Second)))+1)
	for range names {
		in := h.Installation(names[y.turn%len(names)])
		for left > 0 && in != nil {
			rows, over, err := in.look(ctx, left)
			if left -= rows; over || err != nil {
				break
			}
		}
		if left <= 0 {
			break
		}
		y.turn++
	}
	for _, name := range names {
		if in := h.Installation(name); in != nil {
			in.Discover(ctx)
		}
	}
}

// LookAtList looks at all rows of the server's list of installations, and tells
// the log when it is worse than it was. It returns how it is.
func (h *House) LookAtList(ctx context.Context, was store.Health) store.Health {
	if _, err := h.store.CheckList(ctx); err != nil && ctx.Err() == nil {
		h.options.Log.Warn("the list of installations could not be looked at", "err", err)
	}
	health, damages := h.store.Health()
	if health > was {
		h.options.Log.Error("the list of installations was changed behind the server's back", "health", health.String(), "damage", damages)
	}
	return health
}

// checkDue begins the full check of an installation when it is due.
func (y *verifier) checkDue(in *Installation, now time.Time) {
	if y.due == nil {
		y.due = map[string]time.Time{}
	}
	at, known := y.due[in.name]
	switch {
	case !known: // not all at the same time
		y.due[in.name] = now.Add(firstCheck + time.Duration(len(y.due)%60)*time.Second)
	case !now.Before(at):
		y.due[in.name] = now.Add(y.every)
		in.startCheck(theVerifier, false)
	}
}

// look looks at the next records of the round. over is true when the round is.
func (in *Installation) look(ctx context.Context, limit int) (rows int, over bool, err error) {
	in.verified.mu.Lock()
	at := in.verified.round.at
	in.verified.mu.Unlock()
	next, rows, err := in.book.CheckSome(ctx, at, limit)
	in.verified.mu.Lock()
	defer in.verified.mu.Unlock()
	r := &in.verified.round
	if !at.Began() {
		r.rows = 0
	}
	r.at, r.rows = next, r.rows+int64(rows)
	if over = err == nil && !next.Began(); over {
		r.ended = in.options.Now()
	}
	return rows, over, err
}

// LookOnce looks at all records of an installation once, as a server does by
// itself within an hour, and tells of what it finds.
func (in *Installation) LookOnce(ctx context.Context) error {
	for {
		if _, over, err := in.look(ctx, sliceLeast); over || err != nil {
			in.Discover(ctx)
			return err
		}
	}
}
