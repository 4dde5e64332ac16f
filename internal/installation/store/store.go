package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

//go:embed migrations
var files embed.FS

// Migrations returns the migrations, a folder for each dialect.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the name is right
	}
	return sub
}

// Keys are what seals rows. They are kept outside the database.
type Keys struct {
	Master [32]byte // random; the only one there is, when Ring is nil
	// Ring reads all keys there are. It is called again when a head names a key
	// that was not there the last time.
	Ring func() (tamper.Ring, error)
}

// Options change how a store works. The zero Options are good.
type Options struct {
	// Node names this server in the journal; "" is "pott".
	Node string
	// MaxBatch is the most acts that share a transaction; 0 is 256.
	MaxBatch int
	// Parse reads a stored license file whose signature was checked when it was
	// accepted. With nil there are never any sets in force.
	Parse func(file []byte) (*license.Set, error)
	// Anchors is the directory in which it is remembered outside the database how
	// far it was; "": nothing is, and no rollback noticed.
	Anchors string
	Log     *slog.Logger // nil: slog.Default()
	// Now is when the store is opened: what opening itself records carries it.
	Now time.Time
}

// Store is all installations of a server. It may be used by any number of
// goroutines.
type Store struct {
	db      *sqldb.DB
	keys    Keys
	masters atomic.Pointer[tamper.Ring] // as last read
	options Options
	teller  *teller // of the server's own ledger and, on SQLite, of every book

	schema  atomic.Pointer[[]Damage] // what is wrong with the catalogue
	stunted bool                     // it was so when the store was opened
	anchors *anchors
	server  ledger
	places  *table[string, place]

	mu    sync.RWMutex
	books map[string]*Book // by name
	sets  sync.Map         // parsed license files by hash
}

// Open migrates a database to the newest schema, loads every installation in it
// and checks every row. Damage does not fail it: see [Book.Health]. A ledger
// that an older program wrote is moved to the schema of this one, and says so in
// its journal; that of a newer program is an [*UnknownSchemaError].
func Open(ctx context.Context, db *sqldb.DB, keys Keys, options Options) (*Store, error) {
	if options.Node == "" {
		options.Node = "pott"
	}
	if options.MaxBatch == 0 {
		options.MaxBatch = 256
	}
	options.Log = cmp.Or(options.Log, slog.Default())
	if err := db.Migrate(ctx, Migrations()); err != nil {
		return nil, err
	}
	if err := movedAway(ctx, db, tamper.ServerInstallation, serverLedger); err != nil {
		return nil, err
	}
	s := &Store{db: db, keys: keys, options: options, books: map[string]*Book{}, places: newTable(placeCodec)}
	s.server = ledger{installation: tamper.ServerInstallation, name: serverLedger, node: options.Node,
		texts: texts{}, tables: []sealedTable{s.places}}
	if _, err := s.readRing(); err != nil {
		return nil, err
	}
	if err := s.CheckSchema(ctx); err != nil {
		return nil, err
	}
	var err error
	if s.anchors, err = openAnchors(options.Anchors, options.Node, *s.masters.Load(), options.Log); err != nil {
		return nil, err
	}
	s.server.keyring = s.keyring(tamper.ServerInstallation)
	s.server.misshapen = s.misshapen
	s.teller = newTeller(db, options.MaxBatch)
	err = s.alone(ctx, s.makeServer)
	if err == nil {
		err = s.alone(ctx, s.loadServer)
	}
	if err == nil {
		err = s.upgrade(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store: %w", err), s.Close())
	}
	return s, nil
}

// upgrade moves the ledgers of older programs to the schema of this one.
func (s *Store) upgrade(ctx context.Context) error {
	if len(s.schemaDamage()) > 0 {
		return nil
	}
	if s.server.outdated() {
		if err := s.alone(ctx, s.upgradeServer); err != nil {
			return err
		}
	}
	for _, b := range s.Books() {
		if !b.outdated() {
			continue
		}
		if _, err := b.Update(ctx, audit.Actor{}, s.options.Now, func(tx *Tx) error {
			tx.staged.pressing = true
			return nil
		}); err != nil {
			return fmt.Errorf("installation %s: %w", b.Name(), err)
		}
	}
	return nil
}

func (s *Store) upgradeServer(ctx context.Context, w *sqldb.Writer) error {
	return s.writeServer(ctx, w, func(stage *stage) error {
		stage.at = max(stage.at, micros(s.options.Now))
		return nil
	})
}

// writeServer writes one batch of the server's own ledger.
func (s *Store) writeServer(ctx context.Context, w *sqldb.Writer, do func(*stage) error) error {
	return s.writeServerThen(ctx, w, do, func() error { return nil })
}

// writeServerThen is writeServer with something more in the same transaction,
// once the batch is written.
func (s *Store) writeServerThen(ctx context.Context, w *sqldb.Writer, do func(*stage) error, then func() error) error {
	if err := s.changedSchema(); err != nil {
		return err
	}
	l := &s.server
	var written *stage
	err := s.inTx(ctx, w, func() error {
		if err := l.lock(ctx, w); err != nil {
			return err
		}
		written = newStage(l)
		if err := do(written); err != nil {
			return err
		}
		damages, err := l.writeBatch(ctx, w, written)
		if err := errors.Join(err, joined(damages)); err != nil {
			return err
		}
		return then()
	}, func() (bool, error) { return s.batchIsThere(ctx, w, written) })
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.merge(written)
	l.remember()
	return nil
}

// Close answers what is waiting and stops. It leaves the database open.
func (s *Store) Close() error {
	var errs []error
	for _, b := range s.Books() {
		if b.teller != s.teller {
			errs = append(errs, b.teller.close())
		}
	}
	return errors.Join(append(errs, s.teller.close(), s.anchors.dir.Close())...)
}

// alone runs do on the goroutine that writes the server's ledger.
func (s *Store) alone(ctx context.Context, do func(context.Context, *sqldb.Writer) error) error {
	r := &request{ctx: ctx, solo: do, done: make(chan struct{})}
	if err := s.teller.ask(r); err != nil {
		return err
	}
	return r.err
}

// inTx runs do in one transaction and again when it loses a race. When the
// answer to the commit is lost and took cannot tell whether it took place, the
// error is an [*UnknownOutcomeError].
func (s *Store) inTx(ctx context.Context, w *sqldb.Writer, do func() error, took func() (bool, error)) (err error) {
	for range tries {
		if err = w.Begin(ctx); err != nil {
			return err
		}
		answered := true
		if err = do(); err == nil {
			answered, err = s.teller.commit(ctx)
		} else {
			w.Rollback(ctx)
		}
		if err != nil && !answered {
			if err = s.lookUp(took, err); errors.Is(err, errNotTaken) {
				continue
			}
		}
		if err == nil || !sqldb.Retryable(err) {
			return err
		}
	}
	return err
}

// errNotTaken says that a transaction whose commit was not answered did not take
// place.
var errNotTaken = errors.New("the transaction did not take place")

// lookUp asks whether a transaction took place whose commit was not answered.
func (s *Store) lookUp(took func() (bool, error), lost error) error {
	for range tries {
		yes, err := took()
		switch {
		case err != nil:
			lost = err
		case yes:
			return nil
		default:
			return errNotTaken
		}
	}
	return errors.Join(&UnknownOutcomeError{Seq: s.server.head.Seq + 1}, lost)
}

// headIsThere reports whether a ledger has a head, once every transaction that
// may have made it has ended.
func (s *Store) headIsThere(ctx context.Context, w *sqldb.Writer, installation string) (bool, error) {
	return s.found(ctx, w, "SELECT 1 FROM head WHERE installation = ?", installation)
}

// batchIsThere reports whether a batch of the server's ledger was written, once
// every transaction that may have written it has ended.
func (s *Store) batchIsThere(ctx context.Context, w *sqldb.Writer, b *stage) (bool, error) {
	return s.found(ctx, w, "SELECT 1 FROM journal WHERE installation = ? AND ledger = ? AND seq = ? AND batch = ?",
		tamper.ServerInstallation, serverLedger, b.written.Seq, b.batch[:])
}

// found reports whether a statement finds a row under the server's head: taking
// it waits for a transaction that still holds it.
func (s *Store) found(ctx context.Context, w *sqldb.Writer, text string, args ...any) (there bool, err error) {
	if err := w.Begin(ctx); err != nil {
		return false, err
	}
	defer w.Rollback(ctx)
	if _, err := w.Exec(ctx, "UPDATE head SET seq = seq WHERE installation = ? AND ledger = ?", tamper.ServerInstallation, serverLedger); err != nil {
		return false, err
	}
	err = each(ctx, w, text, args, func(*sql.Rows) error {
		there = true
		return nil
	})
	return there, err
}

// makeServer makes the server's head in a database that has none at all. A head
// that is missing among others is damage, not a new beginning.
func (s *Store) makeServer(ctx context.Context, w *sqldb.Writer) error {
	return s.inTx(ctx, w, func() error {
		var heads int64
		if err := each(ctx, w, "SELECT count(*) FROM head", nil, func(rows *sql.Rows) error { return rows.Scan(&heads) }); err != nil {
			return err
		}
		if heads > 0 || len(s.anchors.of(&s.server)) > 0 { // a database that is remembered was emptied
			return nil
		}
		return s.server.create(ctx, w)
	}, func() (bool, error) { return s.headIsThere(ctx, w, tamper.ServerInstallation) })
}

// create writes the head of a ledger that has no rows yet.
func (l *ledger) create(ctx context.Context, w *sqldb.Writer) error {
	h := tamper.Head{Ledger: l.name, Schema: schemaDigest}
	rand.Read(h.Epoch[:])
	secret := tamper.Secret{Totals: map[tamper.TotalKey]tamper.Total{}, Sets: map[tamper.Owner]uint64{}}
	box := l.keys.SealHead(h, secret)
	_, err := w.Exec(ctx, `INSERT INTO head (installation, ledger, seq, epoch, link, key_id, schema, box)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (installation, ledger) DO NOTHING`,
		l.installation, l.name, h.Seq, h.Epoch[:], h.Link[:], l.keys.ID[:], h.Schema[:], box)
	l.head, l.box, l.secret, l.rollback = h, box, secret, Rollback{Witnessed: true}
	return err
}

func (s *Store) loadServer(ctx context.Context, _ *sqldb.Writer) error {
	if err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		return errors.Join(s.server.load(ctx, tx), s.server.testify(ctx, tx, s.anchors.of(&s.server)))
	}); err != nil {
		return err
	}
	s.anchors.keep(&s.server)
	s.server.remember()
	s.headless()
	places := s.known()
	if s.server.health == Unchecked {
		var err error
		if places, err = s.unchecked(ctx); err != nil {
			return err
		}
	}
	return s.openBooks(ctx, places)
}

func (s *Store) known() []place {
	var list []place
	for _, row := range s.places.rows {
		if row.row != nil {
			list = append(list, *row.row)
		}
	}
	return list
}

// unchecked returns the installations of a server whose key is another, so that
// each can say that it cannot be checked.
func (s *Store) unchecked(ctx context.Context) (list []place, err error) {
	err = each(ctx, s.db, "SELECT id, name FROM installation WHERE installation = ?", []any{tamper.ServerInstallation}, func(rows *sql.Rows) error {
		var p place
		err := rows.Scan(&p.id, &p.name)
		list = append(list, p)
		return err
	})
	return list, err
}

func (s *Store) openBooks(ctx context.Context, places []place) error {
	if err := s.settlePlaces(places); err != nil {
		return err
	}
	for _, p := range places {
		s.mu.RLock()
		known := s.books[p.name] != nil
		s.mu.RUnlock()
		if known || p.state == StateDeleted {
			continue
		}
		b := newBook(s, p)
		err := b.open(ctx)
		if err != nil && sqldb.Damaged(err) && ctx.Err() == nil {
			b.unreadable(err)
		} else if err != nil {
			return fmt.Errorf("installation %s: %w", p.name, err)
		}
		s.add(b)
	}
	return nil
}

// add makes a book reachable. On SQLite one teller serves the whole file; on
// PostgreSQL the books do not wait for each other.
func (s *Store) add(b *Book) {
	b.notifiedAt, b.touched = b.head.Seq, Commit{}
	b.standing.Store(&b.place)
	b.teller = s.teller
	if s.db.Dialect == sqldb.PostgreSQL {
		b.teller = newTeller(s.db, s.options.MaxBatch)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books[b.place.name] = b
}

// Names returns the names of all installations, sorted.
func (s *Store) Names() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.books))
}

// Books returns all installations, by name.
func (s *Store) Books() []*Book {
	var list []*Book
	for _, name := range s.Names() {
		s.mu.RLock()
		list = append(list, s.books[name])
		s.mu.RUnlock()
	}
	return list
}

// Book returns an installation by name, or an [*UnknownInstallationError].
func (s *Store) Book(name string) (*Book, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if b := s.books[name]; b != nil {
		return b, nil
	}
	return nil, &UnknownInstallationError{Name: name}
}

// Health says how far the list of installations can be trusted.
func (s *Store) Health() (Health, []Damage) {
	s.server.mu.RLock()
	defer s.server.mu.RUnlock()
	return s.server.health, slices.Clone(s.server.damages)
}

// Refresh takes over what other servers have written: new installations, and
// changes of every installation.
//
// What is damaged is an error, and keeps nothing else behind.
func (s *Store) Refresh(ctx context.Context) error {
	errs := []error{s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		if err := s.db.View(ctx, func(tx *sqldb.Tx) error {
			found, err := s.server.readHead(ctx, tx, headText)
			if err != nil {
				return err
			}
			return s.server.follow(ctx, tx, found)
		}); err != nil {
			return err
		}
		s.server.remember()
		return s.openBooks(ctx, s.known())
	})}
	for _, b := range s.Books() {
		if err := b.Refresh(ctx); err != nil {
			errs = append(errs, fmt.Errorf("installation %s: %w", b.Name(), err))
		}
	}
	return errors.Join(errs...)
}

// NewInstallation is what a new installation is made of.
type NewInstallation struct {
	Name string // host name or first path segment; unique on this server
	Owner
}

// CreateInstallation makes an installation, in the server's ledger and in its
// own, in one transaction. A name that is taken is an
// [*InstallationExistsError]. After an [*UnknownOutcomeError] it may or may not
// be there.
func (s *Store) CreateInstallation(ctx context.Context, by audit.Actor, now time.Time, n NewInstallation) (*Book, error) {
	return s.createFrom(ctx, by, now, n, nil)
}

// createFrom is CreateInstallation with something that is in it from the
// beginning: fill stages it in the first batch.
func (s *Store) createFrom(ctx context.Context, by audit.Actor, now time.Time, n NewInstallation, fill func(*staged) error) (*Book, error) {
	var made *Book
	err := s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		var merge func()
		err := s.inTx(ctx, w, func() (err error) {
			made, merge, err = s.create(ctx, w, by, now, n, fill)
			return err
		}, func() (bool, error) { return s.headIsThere(ctx, w, made.installation) })
		if err != nil {
			return err
		}
		merge()
		if fill != nil {
			if err := made.open(ctx); err != nil {
				return err
			}
			made.rollback = Rollback{Witnessed: true}
		}
		s.anchors.keep(&made.ledger)
		made.remember()
		s.server.remember()
		s.add(made)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (s *Store) create(ctx context.Context, w *sqldb.Writer, by audit.Actor, now time.Time, n NewInstallation, fill func(*staged) error) (b *Book, merge func(), err error) {
	l := &s.server
	if err := s.mayList(n.Name); err != nil {
		return nil, nil, err
	}
	if err := l.lock(ctx, w); err != nil {
		return nil, nil, err
	}
	p := place{id: NewID(), name: n.Name, created: max(micros(now), l.secret.Clock), state: StateOpen}
	for _, other := range s.known() {
		if other.name == n.Name {
			return nil, nil, &InstallationExistsError{Name: n.Name}
		}
		p.number = max(p.number, other.number)
	}
	p.number++
	stage := newStage(l)
	stage.at = p.created
	if err := newStaging(s.places, stage).put(p.id, &p); err != nil {
		return nil, nil, err
	}
	stage.entries = []audit.Entry{{At: p.created, Actor: by, Action: "installation.create", Facts: []audit.Fact{audit.F("id", p.id), audit.F("name", p.name)}}}
	if damages, err := l.writeBatch(ctx, w, stage); err != nil || len(damages) > 0 {
		return nil, nil, errors.Join(err, joined(damages))
	}
	b = newBook(s, p)
	b.keys = b.ring.Key(l.keys.ID) // as the server's own: it may not have reached the newest yet
	if err := b.create(ctx, w); err != nil {
		return nil, nil, err
	}
	if err := b.lock(ctx, w); err != nil {
		return nil, nil, err
	}
	first := b.stage()
	if err := first.run(by, now, func(tx *Tx) error {
		tx.Entry("installation.create", "", audit.F("name", p.name), audit.F("serial", n.Serial), audit.F("demo", n.Demo))
		return tx.SetOwner(n.Owner)
	}); err != nil {
		return nil, nil, err
	}
	if fill != nil {
		if err := fill(first); err != nil {
			return nil, nil, err
		}
	}
	if _, err := b.writeBatch(ctx, w, first.stage); err != nil {
		return nil, nil, err
	}
	return b, func() {
		b.merge(first)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.merge(stage)
	}, nil
}

func joined(damages []blamed) error {
	var errs []error
	for _, d := range damages {
		errs = append(errs, d.DamagedError)
	}
	return errors.Join(errs...)
}

// parsed returns the set in a file, or nil when it cannot be read: its issuer
// then has no set in force.
func (s *Store) parsed(hash string, file []byte) *license.Set {
	if set, ok := s.sets.Load(hash); ok {
		return set.(*license.Set)
	}
	if s.options.Parse == nil {
		return nil
	}
	set, err := s.options.Parse(file)
	if err != nil {
		return nil
	}
	s.sets.Store(hash, set)
	return set
}
