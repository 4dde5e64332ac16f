package store

import (
	"cmp"
	"context"
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
