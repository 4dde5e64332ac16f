package host

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/httpapi"
	"github.com/pott-dev/pott/internal/installation/web"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/licensefile"
)

// A Host is an open server: its database, its keys and the house over them.
type Host struct {
	config Config
	node   string
	keys   Keys
	db     *sqldb.DB
	house  *installation.House
	log    *slog.Logger
	now    func() time.Time
	broken error // why the house could not be opened; nil: it is
	serves bool  // it goes on for long, so that records are looked at again
}

// openDatabase opens the database of a server that was made.
func openDatabase(ctx context.Context, c Config) (*sqldb.DB, error) {
	if _, err := os.Stat(c.root()); err != nil {
		return nil, &NotMadeError{Data: c.Data}
	}
	return sqldb.Open(ctx, c.DSN())
}

// Open opens a server that was made, and checks what it reads.
//
// Without its seal key, or with a damaged one, it opens all the same: nothing can
// be checked then and nothing is written, and only the repair door is of use.
func Open(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) (*Host, error) {
	return closedOnError(open(ctx, c, "", now, log))
}

// OpenBeside is [Open] for an act of its own beside a server that may be running
// on the same database.
func OpenBeside(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) (*Host, error) {
	return closedOnError(open(ctx, c, beside, now, log))
}

// beside is the node of acts at the machine: it has anchors of its own, since
// two processes cannot write the same.
const beside = "host"

func closedOnError(h *Host, err error) (*Host, error) {
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// OpenToServe is [Open] for a server that must start: when the database cannot
// be read because it is damaged, the server it returns answers every request with
// that, and tells whoever comes with a recovery token why.
func OpenToServe(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) (*Host, error) {
	h := &Host{config: c, keys: Keys{c.Keys}, log: log, now: now, serves: true}
	return orRepair(h, h.openAll(ctx))
}

// OpenToRecover is [OpenToServe] beside a server that may be running.
func OpenToRecover(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) (*Host, error) {
	return orRepair(open(ctx, c, beside, now, log))
}

func orRepair(h *Host, err error) (*Host, error) {
	if err == nil {
		return h, nil
	}
	if !sqldb.Damaged(err) {
		return nil, errors.Join(err, h.Close())
	}
	h.log.Error("the database cannot be read: only the repair door is open", "database", h.config.Place(), "err", err)
	h.broken = err
	return h, nil
}

func open(ctx context.Context, c Config, node string, now func() time.Time, log *slog.Logger) (*Host, error) {
	h := &Host{config: c, node: node, keys: Keys{c.Keys}, log: log, now: now}
	return h, h.openAll(ctx)
}

func (h *Host) openAll(ctx context.Context) (err error) {
	if h.db, err = openDatabase(ctx, h.config); err != nil {
		return err
	}
	return h.open(ctx)
}

// verifyEvery is how long a round through all records takes while a server runs,
// and how often it makes a full check.
const verifyEvery = time.Hour

func (h *Host) open(ctx context.Context) error {
	root, err := os.ReadFile(h.config.root())
	if err != nil {
		return pathError(h.config.root(), err)
	}
	trust, err := licensefile.ParseRootFile(root)
	if err != nil {
		return err
	}
	ring, lost, err := h.ring(ctx)
	if err != nil {
		return err
	}
	anchors := h.config.AnchorDir()
	if lost {
		anchors = "" // another key's are not read, and certainly not written
	}
	verify, tell := time.Duration(0), time.Duration(0)
	if h.serves && !lost {
		verify, tell = cmp.Or(h.config.Verify, verifyEvery), tellEvery
	}
	h.house, err = installation.Open(ctx, installation.Options{
		Mail: h.config.mailer(), URL: h.config.URL, Tell: tell,
		Verify: verify, Verified: h.config.verified(), Step: h.config.Step,
		DB: h.db, Ring: ring, Key: h.signingKey, Now: h.now, Log: h.log, Recovered: h.keys.Recovered, Node: h.node,
		Anchors: anchors, Incidents: h.config.incidents(), Confirm: h.confirm,
		Ask: installation.AskOverHTTP(nil), Authorities: h.config.Authorities,
		// One set of roots for the whole server: whoever runs it trusts them.
		Trust: func(string) (licensefile.Trust, error) { return trust, nil },
	})
	return err
}

// ring returns what reads the seal keys. When they are lost it is one that no
// record was sealed with, so that every record is one that cannot be checked, and
// none is written. An empty database is not begun like that.
func (h *Host) ring(ctx context.Context) (read func() (tamper.Ring, error), lost bool, err error) {
	if _, err = h.keys.Ring(); err == nil {
		return h.keys.Masters, false, nil
	}
	missing, bad := new(NoKeyError), new(BadKeyError)
	if !errors.As(err, &missing) && !errors.As(err, &bad) {
		return nil, false, err
	}
	var heads int
	if h.db.QueryRow(ctx, "SELECT count(*) FROM head").Scan(&heads) != nil || heads == 0 {
		return nil, false, err
	}
	h.log.Error("the seal key cannot be read: only the repair door is open", "err", err)
	var stranger tamper.Master
	rand.Read(stranger.Key[:])
	return func() (tamper.Ring, error) { return tamper.Ring{stranger}, nil }, true, nil
}

// signingKey returns the key of an installation, or nil when it is lost: then
// its holdings cannot be signed, and everything else goes on.
func (h *Host) signingKey(name string) (ed25519.PrivateKey, error) {
	key, err := h.keys.Installation(name)
	if lost := new(NoKeyError); errors.As(err, &lost) {
		h.log.Error("the holdings of an installation cannot be signed", "installation", name, "err", err)
		return nil, nil
	}
	return key, err
}

// House returns the installations of the server.
func (h *Host) House() *installation.House { return h.house }

// Names returns the names of the installations; none when the database cannot be
// read.
func (h *Host) Names() []string {
	if h.house == nil {
		return nil
	}
	return h.house.Names()
}

// Broken returns why the database cannot be read, or nil.
func (h *Host) Broken() error { return h.broken }

// Door returns what answers requests.
func (h *Host) Door() http.Handler {
	if h.house != nil {
		return doors(httpapi.New(h.house, h.log), web.New(h.house, web.Options{Version: Version(), Pseudo: h.config.Pseudo, Proxies: h.config.proxies(), Log: h.log}))
	}
	return httpapi.NewRepair(h.broken.Error(), func(name, token string, now time.Time) bool {
		_, ok := h.keys.Recovered(name, token, now)
		return ok
	}, h.now, h.log)
}

// Close closes everything; what was answered is stored.
func (h *Host) Close() error {
	if h.house != nil {
		h.house.Close()
	}
	if h.db == nil {
		return nil
	}
	return h.db.Close()
}

// Migrate brings the database to this version, which opening it does.
func Migrate(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) error {
	h, err := Open(ctx, c, now, log)
	if err != nil {
		return err
	}
	return h.Close()
}
