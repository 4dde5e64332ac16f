package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to edit rows behind the back

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/license"
)

// A clock runs as fast as the true one, ahead of it or behind.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) set(ahead time.Duration) { c.ahead.Store(int64(ahead)) }

// A world is one server on a database of its own.
type world struct {
	dir     string
	config  host.Config
	clock   *clock
	vendors *vendors
	log     *slog.Logger
	host    *host.Host
	gate    *gate
	stop    func() error
	secrets map[string]string // by installation: the first administrator's token
	address string
}

// A template is a stopped world that is copied: making one takes longer than
// copying it.
type template struct {
	dir     string
	dsn     string // of its database on a server; "" when it is a file in dir
	secrets map[string]string
}

func configIn(dir, dsn string) host.Config {
	return host.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Database: dsn, Pseudo: true}
}

var errorsOnly = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))

// found makes all customers in an empty directory, with this many people at
// Northwind, and leaves the server stopped.
func found(ctx context.Context, dir, dsn string, v *vendors, people int) (*template, error) {
	t := &template{dir: dir, dsn: dsn, secrets: map[string]string{}}
	config, c := configIn(dir, dsn), &clock{}
	if _, err := host.Make(config, v.rootFile()); err != nil {
		return nil, err
	}
	daysAgo := func(days int) { c.set(-24 * time.Hour * time.Duration(days)) }
	daysAgo(100)
	h, err := host.Open(ctx, config, c.now, errorsOnly)
	if err != nil {
		return nil, err
	}
	fill := func() error {
		for name, customer := range customers {
			secret, err := h.Add(ctx, audit.Actor{Kind: audit.Host, ID: "browser tests"},
				host.New{Name: name, Company: customer.company, Serial: customer.serial, TimeZone: "Europe/Stockholm"})
			if err != nil {
				return err
			}
			t.secrets[name] = secret
		}
		return populate(ctx, h.House(), v, c, people, daysAgo)
	}
	err = fill()
	return t, errors.Join(err, h.Close())
}

// populate puts sets in force and brings in people.
func populate(ctx context.Context, house *installation.House, v *vendors, c *clock, people int, daysAgo func(int)) error {
	activate := func(customer string, set license.Set) error {
		if hash := before(house.Installation(customer))(set); hash != "" {
			set.Previous = hash
		}
		file, err := v.file(set)
		if err != nil {
			return err
		}
		in := house.Installation(customer)
		loaded, err := in.Load(ctx, byHost, file)
		if err != nil {
			return fmt.Errorf("loading for %s: %w", customer, err)
		}
		if loaded.Activated != nil {
			return nil
		}
		_, err = in.Activate(ctx, byHost, loaded.Set.ID, api.Activate{})
		return err
	}
	daysAgo(99)
	first := setOf("northwind", office, 7, c.now())
	for i := range first.Licenses {
		if first.Licenses[i].Module == "sales-premium" {
			first.Licenses[i].Quantity = 30
		}
	}
	for customer, set := range map[string]license.Set{
		"northwind": large(first, people), "nordlys": setOf("nordlys", cases, 3, c.now()), "fjord": setOf("fjord", office, 2, c.now()),
	} {
		if err := activate(customer, set); err != nil {
			return err
		}
	}
	for _, set := range []license.Set{large(setOf("northwind", office, 8, c.now()), people), setOf("northwind", maps, 4, c.now())} {
		daysAgo(95)
		if err := activate("northwind", set); err != nil {
			return err
		}
	}
	if err := settleNorthwind(ctx, house.Installation("northwind"), people, daysAgo); err != nil {
		return err
	}
	if err := settleNordlys(ctx, house.Installation("nordlys")); err != nil {
		return err
	}
	if err := settleFjord(ctx, house.Installation("fjord")); err != nil {
		return err
	}
	c.set(0)
	return settleNystart(ctx, house.Installation("nystart"))
}

// large is the set with room for everybody in a large house.
func large(s license.Set, people int) license.Set {
	for i := range s.Licenses {
		if s.Licenses[i].Quantity == 300 {
			s.Licenses[i].Quantity = max(300, int64(people))
		}
	}
	return s
}

// start opens a world in a directory and serves it on a free port. A round through
// all its records takes as long as verify says; 0 is as usual. authority is where
// Kontoret's license server is, if anywhere.
func start(dir, dsn string, v *vendors, secrets map[string]string, verify time.Duration, authority string) (*world, error) {
	w := &world{dir: dir, config: configIn(dir, dsn), clock: &clock{}, vendors: v, log: errorsOnly, secrets: secrets, gate: &gate{at: -1}}
	w.config.Verify, w.config.Step = verify, w.gate.pass
	if authority != "" {
		w.config.Authorities = map[license.Issuer]string{office: authority}
	}
	return w, w.serve()
}

// serve opens the server and answers requests, at the address it had before.
func (w *world) serve() error {
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	if w.host, err = host.OpenToServe(ctx, w.config, w.clock.now, w.log); err != nil {
		cancel()
		return err
	}
	address := w.address
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		cancel()
		return errors.Join(err, w.host.Close())
	}
	w.address = listener.Addr().String()
	done := make(chan error, 1)
	h := w.host
	go func() { done <- h.Serve(ctx, listener, nil) }()
	w.stop = func() error {
		cancel()
		return errors.Join(<-done, h.Close())
	}
	return nil
}

// copyTo copies a template into a new directory.
func (t *template) copyTo(dir string) error {
	err := os.CopyFS(dir, os.DirFS(t.dir))
	if err != nil {
		return err
	}
	// CopyFS drops the modes, and a server refuses keys that others may read.
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
}

// before returns which set an installation has that another follows: the hash of
// the one with the number before it, or "".
func before(in *installation.Installation) func(license.Set) string {
	return func(s license.Set) string {
		sets, err := in.Sets(context.Background(), byHost)
		if err != nil {
			return ""
		}
		for _, have := range sets.Items {
			if have.Issuer == string(s.Issuer) && have.Number == s.Number-1 {
				return have.Checkpoint
			}
		}
		return ""
	}
}

func (w *world) before(customer string) func(license.Set) string {
	return before(w.host.House().Installation(customer))
}

// behind opens the database without the server.
func (w *world) behind() (*sql.DB, error) {
	if w.config.Database != "" {
		return sql.Open("pgx", w.config.Database)
	}
	return sql.Open("sqlite", w.config.DSN())
}

// spoken is a statement with "?" for its arguments as the database wants it.
func (w *world) spoken(statement string) string {
	if w.config.Database == "" {
		return statement
	}
	parts := strings.Split(statement, "?")
	for i := range parts[1:] {
		parts[i] += fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(parts, "")
}

// edit runs a statement on the database behind the server's back and returns how
// many rows it changed.
func (w *world) edit(ctx context.Context, statement string, args []any) (int64, error) {
	db, err := w.behind()
	if err != nil {
		return 0, err
	}
	defer db.Close()
	done, err := db.ExecContext(ctx, w.spoken(statement), args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// rows reads from the database behind the server's back.
func (w *world) rows(ctx context.Context, query string, args []any) ([]map[string]any, error) {
	db, err := w.behind()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found, err := db.QueryContext(ctx, w.spoken(query), args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		return nil, err
	}
	all := []map[string]any{}
	for found.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		one := map[string]any{}
		for i, name := range names {
			one[name] = values[i]
		}
		all = append(all, one)
	}
	return all, found.Err()
}

// says is what the tests are told about a world.
func (w *world) says(id string) any {
	return map[string]any{"id": id, "url": "http://localhost:" + port(w.address), "tokens": w.secrets, "dir": w.dir, "now": w.clock.now().UTC()}
}

func port(address string) string {
	_, p, _ := net.SplitHostPort(address)
	return p
}
