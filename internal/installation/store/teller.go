package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// Receipt says that a change is stored and will be found again.
type Receipt struct {
	Seq int64 // the batch it is in; for an act that had nothing to change, the latest
}

// Update runs act against the present state and stores what it stages, together
// with what it records, before it returns. What it records came from where ctx says
// (see [audit.Through]). When act returns an error nothing of
// it is stored, and Update returns that error.
//
// Acts run one after another on the teller's goroutine, in batches that share a
// transaction. An act must be quick, may touch only tx, and may be run more than
// once: only its last run counts. A context that ends before the act has run
// calls it off; afterwards Update waits for the outcome.
func (b *Book) Update(ctx context.Context, by audit.Actor, now time.Time, act func(tx *Tx) error) (Receipt, error) {
	r := &request{book: b, ctx: ctx, by: by, now: now, act: act, done: make(chan struct{})}
	if err := b.teller.ask(r); err != nil {
		return Receipt{}, err
	}
	return Receipt{Seq: r.seq}, r.err
}

// Try runs act against the present state and stores nothing. What the database
// itself would refuse is not noticed.
func (b *Book) Try(ctx context.Context, by audit.Actor, now time.Time, act func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.stage().run(ctx, by, now, act)
}

// Refresh takes over what other servers have written. Update does so by itself.
// While there is nothing, it neither writes nor waits for whoever does.
func (b *Book) Refresh(ctx context.Context) error {
	if current, err := b.upToDate(ctx); current || err != nil {
		return err
	}
	_, err := b.Update(ctx, audit.Actor{}, time.UnixMicro(0), func(*Tx) error { return nil })
	return err
}

// upToDate reports whether nobody has written anything since.
func (b *Book) upToDate(ctx context.Context) (bool, error) {
	if b.Health() == Unchecked {
		return false, b.sealed // no change of others could be read
	}
	found, err := b.readHead(ctx, b.store.db, headText)
	if damaged := new(DamagedError); errors.As(err, &damaged) {
		return false, nil // the teller says so, and stops
	} else if err != nil {
		return false, &UnavailableError{cause: err}
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return !b.unsettled && found.Head == b.head && bytes.Equal(found.box, b.box) && tamper.KeyID(found.keyID) == b.keys.ID, nil
}

// request is an act that waits at the teller.
type request struct {
	book *Book
	ctx  context.Context
	by   audit.Actor
	now  time.Time
	act  func(*Tx) error
	solo func(context.Context, *sqldb.Writer) error // instead of act: wants the writer for itself

	seq  int64
	err  error
	done chan struct{}
}

func (r *request) answer() { close(r.done) }

// teller writes the batches of one or more books, one after another, on a
// goroutine of its own.
type teller struct {
	writer *sqldb.Writer
	max    int // acts in a batch
	queue  chan *request
	quit   chan struct{}
	over   chan struct{}
	stop   sync.Once

	// commit ends the transaction; tests make it lose the answer.
	commit func(context.Context) (answered bool, err error)
}

func newTeller(db *sqldb.DB, max int) *teller {
	t := &teller{writer: db.Writer(), max: max, queue: make(chan *request, 4*max), quit: make(chan struct{}), over: make(chan struct{})}
	t.commit = t.writer.Commit
	go t.work()
	return t
}

// ask queues a request and waits for its answer.
func (t *teller) ask(r *request) error {
	select {
	case <-t.quit:
		return &ClosedError{}
	case <-r.ctx.Done():
		return r.ctx.Err()
	case t.queue <- r:
	}
	select {
	case <-r.done:
		return nil
	case <-t.over:
	}
	select {
	case <-r.done:
		return nil
	default:
		return &ClosedError{}
	}
}

// close answers what is queued and stops.
func (t *teller) close() error {
	t.stop.Do(func() { close(t.quit) })
	<-t.over
	return t.writer.Close()
}

func (t *teller) work() {
	defer close(t.over)
	batch := make([]*request, 0, t.max)
	for {
		batch = batch[:0]
		select {
		case r := <-t.queue:
			batch = append(batch, r)
		case <-t.quit:
			batch = t.waiting(batch)
			if len(batch) == 0 {
				return
			}
		}
		t.serve(t.settled(batch))
	}
}

// settled is waiting, and lets those who are about to ask do so first: whoever
// has just been answered often asks again, and a larger batch costs hardly more.
// It stops when nobody has come although others had the chance to run.
func (t *teller) settled(batch []*request) []*request {
	for quiet := 0; quiet < 3 && len(batch) < t.max; quiet++ {
		before := len(batch)
		if batch = t.waiting(batch); len(batch) > before {
			quiet = 0
		}
		runtime.Gosched()
	}
	return batch
}

// waiting adds the requests that are queued, without waiting for more.
func (t *teller) waiting(batch []*request) []*request {
	for len(batch) < t.max {
		select {
		case r := <-t.queue:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// serve answers every request of a batch.
func (t *teller) serve(batch []*request) {
	ctx := context.Background() // a batch belongs to many callers
	acts := batch[:0:0]
	for _, r := range batch {
		switch {
		case r.ctx.Err() != nil:
			r.err = r.ctx.Err()
			r.answer()
		case r.solo != nil:
			r.err = r.solo(ctx, t.writer)
			r.answer()
		default:
			acts = append(acts, r)
		}
	}
	t.settle(ctx, acts)
}

// tries is how often a batch that loses races is run.
const tries = 20

// settle runs acts in one transaction, again and again until all are answered.
func (t *teller) settle(ctx context.Context, acts []*request) {
	for n := 0; len(acts) > 0; n++ {
		left, err := t.try(ctx, acts)
		if err != nil && (!sqldb.Retryable(err) || n >= tries) {
			refuse(left, &UnavailableError{cause: err})
			return
		}
		acts = left
	}
}

func refuse(acts []*request, err error) {
	for _, r := range acts {
		r.err = err
		r.answer()
	}
}

// counter is the acts of a batch that are for one book.
type counter struct {
	book  *Book
	acts  []*request
	stage *staged
}

func group(acts []*request) []*counter {
	var counters []*counter
	byBook := map[*Book]*counter{}
	for _, r := range acts {
		c := byBook[r.book]
		if c == nil {
			c = &counter{book: r.book}
			byBook[r.book] = c
			counters = append(counters, c)
		}
		c.acts = append(c.acts, r)
	}
	// One order for all, so that two servers never wait for each other.
	slices.SortFunc(counters, func(x, y *counter) int { return cmp.Compare(x.book.installation, y.book.installation) })
	return counters
}

// try runs acts in one transaction. It returns the acts that are to be run again
// and, when that is because the database failed, the error.
func (t *teller) try(ctx context.Context, acts []*request) (left []*request, err error) {
	if err := t.writer.Begin(ctx); err != nil {
		return acts, err
	}
	counters := group(acts)
	for _, c := range counters {
		if err := c.book.lock(ctx, t.writer); err != nil {
			t.writer.Rollback(ctx)
			return t.without(acts, c, err)
		}
	}
	idle := true
	for _, c := range counters {
		c.stage = c.book.stage()
		for i, r := range c.acts {
			c.stage.act = i
			r.err = c.stage.run(r.ctx, r.by, r.now, r.act)
		}
		idle = idle && c.stage.empty()
	}
	if idle {
		t.writer.Rollback(ctx)
		finish(counters)
		return nil, nil
	}
	for _, c := range counters {
		damages, err := t.write(ctx, c)
		if err != nil {
			t.writer.Rollback(ctx)
			return t.apart(ctx, acts, err)
		}
		if len(damages) > 0 {
			t.writer.Rollback(ctx)
			return t.blame(acts, c, damages), nil
		}
	}
	if answered, err := t.commit(ctx); err != nil {
		if answered {
			return t.apart(ctx, acts, err)
		}
		return t.lookUp(ctx, counters, acts, err)
	}
	finish(counters)
	return nil, nil
}

// blame refuses the acts that were to write over damaged rows, and returns the
// others, which are to be run again: for them the rows are out of use now.
func (t *teller) blame(acts []*request, c *counter, damages []blamed) []*request {
	c.book.tell()
	for _, d := range damages {
		r := c.acts[d.act]
		if i := slices.Index(acts, r); i >= 0 {
			acts = slices.Delete(slices.Clone(acts), i, i+1)
			refuse([]*request{r}, d.DamagedError)
		}
	}
	return acts
}

func (t *teller) write(ctx context.Context, c *counter) ([]blamed, error) {
	if !c.stage.empty() {
		return c.book.writeBatch(ctx, t.writer, c.stage.stage)
	}
	_, err := t.writer.Exec(ctx, "UPDATE head SET seq = seq - 1 WHERE installation = ? AND ledger = ?", c.book.installation, c.book.name)
	return nil, err
}

// without refuses the acts of a book whose head cannot be taken; the others are
// to be run again.
func (t *teller) without(acts []*request, c *counter, err error) ([]*request, error) {
	switch e := err.(type) {
	case *DamagedError:
		c.book.stop(e)
	case *UnknownSchemaError:
	case *CannotCheckError:
		err = e.of(c.book.Name())
	default:
		return acts, err
	}
	refuse(c.acts, err)
	return slices.DeleteFunc(slices.Clone(acts), func(r *request) bool { return r.book == c.book }), nil
}

// apart runs the acts of a batch one by one when the database refused something
// that one of them did.
func (t *teller) apart(ctx context.Context, acts []*request, err error) ([]*request, error) {
	name, refused := sqldb.Constraint(err)
	switch {
	case refused && len(acts) == 1:
		refuse(acts, &ConstraintError{Constraint: name})
		return nil, nil
	case len(acts) == 1, !refused && !sqldb.BadValue(err):
		return acts, err
	}
	for _, r := range acts {
		t.settle(ctx, []*request{r})
	}
	return nil, nil
}

// finish makes committed stages the state of their books and answers.
func finish(counters []*counter) {
	for _, c := range counters {
		if !c.stage.empty() {
			c.book.merge(c.stage)
		}
		c.book.remember() // before anybody hears of it
		c.book.tell()
		for _, r := range c.acts {
			r.seq = c.book.head.Seq
			r.answer()
		}
	}
}

// merge makes a batch that was committed the state of the book.
func (b *Book) merge(s *staged) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for hash, file := range s.files {
		b.files[hash] = file
	}
	b.ledger.merge(s.stage)
	if b.unsettled { // readers never see sets without what they bring
		b.settleSets()
	}
}

// stop lists damage of the whole ledger; nothing is granted any more.
func (b *Book) stop(e *DamagedError) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.health = max(b.health, ReadOnly)
	if strings.HasPrefix(e.What, "rolled back") {
		b.rollback.Back, b.rollback.Highest = true, b.head.Seq
		b.health = max(b.health, RolledBack)
	}
	b.note(e.Damage)
}

// note lists damage, once. The caller holds mu.
func (l *ledger) note(d Damage) {
	if !slices.ContainsFunc(l.damages, func(known Damage) bool { return d.Table == known.Table && d.Key == known.Key }) {
		l.damages = append(l.damages, d)
	}
}

// lookUp finds out whether a transaction took place whose commit was not
// answered. Taking the head again waits for the lost transaction to end.
func (t *teller) lookUp(ctx context.Context, counters []*counter, acts []*request, lost error) ([]*request, error) {
	for range tries {
		took, err := t.tookPlace(ctx, counters)
		if err != nil {
			continue
		}
		if took {
			finish(counters)
			return nil, nil
		}
		return acts, nil
	}
	for _, c := range counters {
		refuse(c.acts, &UnknownOutcomeError{Seq: c.book.head.Seq + 1})
	}
	return nil, nil
}

func (t *teller) tookPlace(ctx context.Context, counters []*counter) (bool, error) {
	if err := t.writer.Begin(ctx); err != nil {
		return false, err
	}
	defer t.writer.Rollback(ctx)
	for _, c := range counters {
		if c.stage.empty() {
			continue
		}
		if _, err := t.writer.Exec(ctx, "UPDATE head SET seq = seq WHERE installation = ? AND ledger = ?", c.book.installation, c.book.name); err != nil {
			return false, err
		}
		rows, err := t.writer.Query(ctx, "SELECT 1 FROM journal WHERE installation = ? AND ledger = ? AND seq = ? AND batch = ?",
			c.book.installation, c.book.name, c.stage.written.Seq, c.stage.batch[:])
		if err != nil {
			return false, err
		}
		took := rows.Next()
		rows.Close()
		return took, rows.Err()
	}
	return false, nil
}

func newPanicError(value any) error { return &PanicError{value: value, stack: debug.Stack()} }
