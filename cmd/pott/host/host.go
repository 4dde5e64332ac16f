package host

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/anchor"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/httpapi"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/installation/web"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
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

// MayMake reports whether a server can be made: that there is none, and that no
// key would be replaced.
func MayMake(c Config) error {
	if _, err := os.Stat(c.root()); err == nil {
		return &AlreadyMadeError{Data: c.Data}
	}
	if _, err := os.Stat(Keys{c.Keys}.path("seal.key")); err == nil {
		return &KeyExistsError{Path: Keys{c.Keys}.path("seal.key")}
	}
	if others, err := anchor.Any(c.AnchorDir()); err != nil {
		return pathError(c.AnchorDir(), err)
	} else if others {
		return &AlreadyMadeError{Data: c.AnchorDir()}
	}
	return nil
}

// Make makes the directories and the seal key, and pins the root keys. It never
// replaces anything. undo takes away what was made, for when the first
// installation could not be; it is to be called before anything was answered.
func Make(c Config, root []byte) (undo func(), err error) {
	if err := MayMake(c); err != nil {
		return nil, err
	}
	made := missingDirs(c.AnchorDir())
	undo = func() {
		forgetAnchors(c.AnchorDir())
		for _, path := range slices.Backward(made) {
			os.Remove(path) // directories go only when they are empty
		}
	}
	for _, dir := range []string{c.Data, c.Keys} {
		made = append(made, missingDirs(dir)...)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			undo()
			return nil, pathError(dir, err)
		}
	}
	keys := Keys{c.Keys}
	if err := keys.Make(); err != nil {
		undo()
		return nil, err
	}
	made = append(made, keys.path("seal.key"))
	made = append(made, c.root())
	if err := writeNew(c.root(), root, 0o644); err != nil {
		undo()
		return nil, pathError(c.root(), err)
	}
	for _, path := range made {
		if err := syncDir(filepath.Dir(path)); err != nil {
			undo()
			return nil, err
		}
	}
	if c.Database == "" {
		made = append(made, c.DSN(), c.DSN()+"-wal", c.DSN()+"-shm")
	}
	return undo, nil
}

// missingDirs returns the directories that have to be made so that dir is there,
// outermost first.
func missingDirs(dir string) (missing []string) {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return missing
		}
		missing = slices.Insert(missing, 0, dir)
		dir = filepath.Dir(dir)
	}
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
	verify := time.Duration(0)
	if h.serves && !lost {
		verify = verifyEvery
	}
	h.house, err = installation.Open(ctx, installation.Options{
		Verify: verify, Verified: h.config.verified(),
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
		return doors(httpapi.New(h.house, h.log), web.New(h.house, web.Options{Version: Version(), Pseudo: h.config.Pseudo, Log: h.log}))
	}
	return httpapi.NewRepair(h.broken.Error(), func(name, token string, now time.Time) bool {
		_, ok := h.keys.Recovered(name, token, now)
		return ok
	}, h.now, h.log)
}

// Recover makes a recovery token of an installation. unrecorded is why the
// records of the installation do not say so; the keys directory does.
func (h *Host) Recover(ctx context.Context, by audit.Actor, name string, good time.Duration) (r Recovery, unrecorded error, err error) {
	if h.house != nil && h.house.Installation(name) == nil {
		return Recovery{}, nil, &store.UnknownInstallationError{Name: name}
	}
	if r, err = h.keys.NewRecovery(name, by.ID, h.now(), good); err != nil {
		return Recovery{}, nil, err
	}
	if h.house == nil {
		return r, h.broken, nil
	}
	return r, h.house.Installation(name).RecordRecovery(ctx, by, r.ID, r.Until), nil
}

// New says what an installation is.
type New struct {
	Name     string
	Company  string
	Serial   string
	TimeZone string
	Demo     bool
	// Administrator is the user id of a person who is to administer it; "": nobody
	// is added.
	Administrator string
}

var nameText = regexp.MustCompile(`^[a-z0-9-]{1,63}$`)

// Check reports what makes no sense of an installation whose name becomes part
// of paths and of a file.
func (n New) Check() error {
	if !nameText.MatchString(n.Name) {
		return &installation.BadValueError{Field: "name", Why: "use 1 to 63 letters a–z, digits and hyphens"}
	}
	if n.Administrator != "" {
		if err := installation.CheckUserID(n.Administrator); err != nil {
			return err
		}
	}
	if n.Serial != "" {
		if err := license.CheckSerial(n.Serial); err != nil {
			return err
		}
	}
	if _, err := time.LoadLocation(n.TimeZone); err != nil {
		return &installation.BadValueError{Field: "time_zone", Why: "it is not known here; write a name such as Europe/Stockholm"}
	}
	return nil
}

// MayAdd reports whether an installation can be added.
func (h *Host) MayAdd(n New) error {
	if err := n.Check(); err != nil {
		return err
	}
	if h.house.Installation(n.Name) != nil {
		return &AlreadyMadeError{Data: n.Name}
	}
	if _, err := os.Stat(h.keys.path(keyFile(n.Name))); err == nil {
		return &KeyExistsError{Path: h.keys.path(keyFile(n.Name))}
	}
	return nil
}

// Add adds an installation with a key of its own, and returns the secret of its
// first administrator's token: it is not kept anywhere.
func (h *Host) Add(ctx context.Context, by audit.Actor, n New) (secret string, err error) {
	if err := h.MayAdd(n); err != nil {
		return "", err
	}
	if err := h.keys.MakeInstallation(n.Name); err != nil {
		return "", err
	}
	in, err := h.house.Create(ctx, by, installation.New{
		Name: n.Name, Company: n.Company, Serial: n.Serial, TimeZone: n.TimeZone, Demo: n.Demo,
	})
	if err != nil {
		if surelyNotMade(err, h.house.Has(n.Name)) {
			h.keys.Remove(keyFile(n.Name))
		}
		return "", err
	}
	made, err := in.MakeToken(ctx, installation.Act{By: by}, api.NewToken{Name: "first administrator", Scopes: []string{api.ScopeAdmin}})
	return made.Secret, err
}

// FirstAdministrator adds a person with a login and the role of an administrator,
// and returns the path of a one-time link, from the installation's address on.
func (h *Host) FirstAdministrator(ctx context.Context, by audit.Actor, name, user string) (path string, err error) {
	in := h.house.Installation(name)
	if in == nil {
		return "", &store.UnknownInstallationError{Name: name}
	}
	act := installation.Act{By: by}
	if _, err := in.AddPerson(ctx, act, api.NewPerson{UserID: user, Login: true}); err != nil {
		return "", err
	}
	if _, err := in.GiveRole(ctx, act, user, "administrator"); err != nil {
		return "", err
	}
	link, err := in.MakeLink(ctx, act, user)
	return link.Path, err
}

// surelyNotMade reports whether an installation that could not be made is
// certainly not there. Otherwise its key is kept: whoever finds the installation
// after all needs it.
func surelyNotMade(err error, there bool) bool {
	unknown := new(store.UnknownOutcomeError)
	return !there && !errors.As(err, &unknown)
}

// drain is how long requests that have begun may take when the server stops.
const drain = 10 * time.Second

// ListenAndServe answers requests until ctx ends, then answers those it has
// begun. ready is called with the address when requests are let in.
func (h *Host) ListenAndServe(ctx context.Context, ready func(address string)) error {
	listener, err := net.Listen("tcp", h.config.Listen)
	if err != nil {
		return &ListenError{Address: h.config.Listen, Why: reason(err)}
	}
	return h.Serve(ctx, listener, ready)
}

// Serve is like [Host.ListenAndServe], on a listener the caller has opened.
func (h *Host) Serve(ctx context.Context, listener net.Listener, ready func(address string)) error {
	ending, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	server := httpapi.NewServer("", untilEnding(ending, h.Door()))
	server.ErrorLog = slog.NewLogLogger(h.log.Handler(), slog.LevelDebug)
	scheme, serve := "http", func() error { return server.Serve(listener) }
	if h.config.TLSCert != "" {
		c, err := loadCertificate(h.config.TLSCert, h.config.TLSKey, h.log)
		if err != nil {
			listener.Close()
			return err
		}
		server.TLSConfig = &tls.Config{GetCertificate: c.current, MinVersion: tls.VersionTLS12}
		scheme, serve = "https", func() error { return server.ServeTLS(listener, "", "") }
	}
	served := make(chan error, 1)
	go func() { served <- serve() }()
	if ready != nil {
		ready(scheme + "://" + listener.Addr().String())
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	end()
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		server.Close() // what is still asked gets no answer, so nothing was promised
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// untilEnding ends change streams, which never end by themselves, when the server
// does. Everything else is answered first.
func untilEnding(ending context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/v1/changes") || strings.HasSuffix(r.URL.Path, "/status/live") {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(ending, cancel)()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

func reason(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
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

// FsckOptions say what a check looks at.
type FsckOptions struct {
	Heads          []string // printed heads, as somebody wrote them down
	Installation   string   // name or id of the only one to check, beside the list of all; "" is all
	WithoutAnchors bool     // what is remembered outside the database is not read
}

// Fsck checks every record from the raw rows, without the house or its store,
// against what is remembered outside the database.
func Fsck(ctx context.Context, c Config) (fsck.Report, error) {
	return FsckWith(ctx, c, FsckOptions{})
}

// FsckWith is [Fsck] with options.
func FsckWith(ctx context.Context, c Config, o FsckOptions) (fsck.Report, error) {
	ring, err := Keys{c.Keys}.Ring()
	if err != nil {
		return fsck.Report{}, err
	}
	var anchors map[string][]byte
	if !o.WithoutAnchors {
		// Before the database: it is normal to be ahead of them.
		if anchors, err = ReadAnchors(c); err != nil {
			return fsck.Report{}, err
		}
	}
	db, err := openDatabase(ctx, c)
	if err != nil {
		return fsck.Report{}, err
	}
	report, err := fsck.Check(ctx, db, fsck.Options{Keys: ring.forFsck(), Anchors: anchors, Heads: o.Heads, Only: o.Installation})
	return report, errors.Join(err, db.Close())
}
