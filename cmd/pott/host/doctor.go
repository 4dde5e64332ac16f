package host

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/licensefile"
)

// A Severity is how bad a finding is.
type Severity string

const (
	Fine Severity = "ok"
	Note Severity = "note" // worth knowing
	Warn Severity = "warn" // it will hurt some day
	Fail Severity = "fail" // something does not work, or is not safe
)

// A Finding is one thing that was looked at. Code names the sentence that says
// what was found, and Facts are what it is made of.
type Finding struct {
	Severity Severity
	Code     string
	Facts    []any
}

// A doctor collects findings.
type doctor struct {
	c        Config
	now      time.Time
	findings []Finding
}

func (d *doctor) find(s Severity, code string, facts ...any) {
	d.findings = append(d.findings, Finding{s, code, facts})
}

// Doctor looks at everything around a server on this machine that can be wrong,
// and changes nothing. Whether the rows are good is asked of [Fsck].
func Doctor(ctx context.Context, c Config, now time.Time) []Finding {
	d := &doctor{c: c, now: now}
	d.places()
	d.modes()
	d.keys()
	d.root()
	d.database(ctx)
	d.disk()
	d.backup()
	d.listen()
	return d.findings
}

// places says whether data, keys and anchors are three places.
func (d *doctor) places() {
	dirs := [][2]string{{"data", d.c.Data}, {"keys", d.c.Keys}, {"anchors", d.c.AnchorDir()}}
	fine := true
	for _, outer := range dirs {
		for _, inner := range dirs {
			if outer[0] != inner[0] && within(inner[1], outer[1]) {
				fine = false
				d.find(Fail, "nested", inner[0], outer[0], inner[1])
			}
		}
	}
	if fine {
		d.find(Fine, "places")
	}
}

// within reports whether a directory is in another, or is the same.
func within(inner, outer string) bool {
	resolve := func(path string) string {
		if full, err := filepath.EvalSymlinks(path); err == nil {
			path = full
		}
		if full, err := filepath.Abs(path); err == nil {
			path = full
		}
		return path
	}
	rel, err := filepath.Rel(resolve(outer), resolve(inner))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// modes says whether others can look into what is the server's alone.
func (d *doctor) modes() {
	fine := true
	for _, dir := range []string{d.c.Data, d.c.Keys, d.c.AnchorDir()} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil // gone meanwhile
			}
			if err != nil {
				return err
			}
			open := os.FileMode(0o077)
			if path == d.c.root() {
				open = 0o022 // everybody may read it
			}
			if mode := info.Mode().Perm(); mode&open != 0 {
				fine = false
				d.find(Fail, "mode", path, fmt.Sprintf("%04o", mode))
			}
			return nil
		})
		if err != nil && !(errors.Is(err, fs.ErrNotExist) && dir == d.c.AnchorDir()) {
			fine = false
			d.find(Fail, "unreadable", dir, pathless(err))
		}
	}
	if fine {
		d.find(Fine, "modes")
	}
	for _, dir := range d.leftovers() {
		d.find(Warn, "leftover", dir)
	}
}

// leftovers are the directories in which archives were looked at by a program
// that was killed. They hold what backups hold.
func (d *doctor) leftovers() (dirs []string) {
	entries, err := os.ReadDir(d.c.Data)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), ".pott-") && d.now.Sub(info.ModTime()) > 24*time.Hour {
			dirs = append(dirs, filepath.Join(d.c.Data, e.Name()))
		}
	}
	return dirs
}

func (d *doctor) keys() {
	ring, err := Keys{d.c.Keys}.Ring()
	if err != nil {
		d.find(Fail, "no-key", err.Error())
		return
	}
	d.find(Fine, "keys", len(ring))
	if _, err := os.Stat(Keys{d.c.Keys}.path("recovery.key")); err == nil {
		d.find(Note, "recovery", Keys{d.c.Keys}.path("recovery.log"))
	}
}

func (d *doctor) root() {
	data, err := os.ReadFile(d.c.root())
	if err != nil {
		d.find(Fail, "no-root", d.c.root())
		return
	}
	trust, err := licensefile.ParseRootFile(data)
	if err != nil {
		d.find(Fail, "bad-root", d.c.root())
		return
	}
	for _, r := range trust.Roots {
		d.find(Fine, "root", r.Name, licensefile.Fingerprint(r.Key))
	}
}

// database opens the database without changing it.
func (d *doctor) database(ctx context.Context) {
	if d.c.Database == "" {
		if _, err := os.Stat(d.c.DSN()); err != nil {
			d.find(Fail, "no-database", d.c.DSN())
			return
		}
	}
	db, err := sqldb.Open(ctx, d.c.DSN())
	if err != nil {
		d.find(Fail, "database", d.c.Place(), err.Error())
		return
	}
	defer db.Close()
	d.schema(ctx, db)
	d.ledgers(ctx, db)
	if db.Dialect == sqldb.PostgreSQL {
		d.postgres(ctx, db)
	}
}

func (d *doctor) schema(ctx context.Context, db *sqldb.DB) {
	found, err := db.SchemaVersion(ctx)
	newest := store.NewestSchema()
	switch {
	case err != nil:
		d.find(Fail, "database", d.c.Place(), err.Error())
	case found > newest:
		d.find(Fail, "newer-schema", found, newest)
	case found < newest:
		d.find(Note, "older-schema", found, newest)
	default:
		d.find(Fine, "schema", d.c.Place(), found)
	}
}

// ledgers compares the keys the heads name with those that are here, and the
// clock with the time of the last change.
func (d *doctor) ledgers(ctx context.Context, db *sqldb.DB) {
	ring, _ := Keys{d.c.Keys}.Ring()
	heads, foreign, moved := 0, "", false
	rows, err := db.Query(ctx, "SELECT ledger, key_id FROM head")
	if err != nil {
		d.find(Fail, "database", d.c.Place(), err.Error())
		return
	}
	defer rows.Close()
	for rows.Next() {
		var ledger string
		var id []byte
		if err := rows.Scan(&ledger, &id); err != nil {
			d.find(Fail, "database", d.c.Place(), err.Error())
			return
		}
		heads++
		moved = moved || strings.HasSuffix(ledger, " moved")
		if !slices.ContainsFunc(ring, func(k SealKey) bool { return k.ID() == fmt.Sprintf("%x", id) }) {
			foreign = fmt.Sprintf("%x", id)
		}
	}
	switch {
	case moved:
		d.find(Fail, "moved", d.c.Place())
	case heads == 0:
		d.find(Fail, "no-installation", d.c.Place())
	case foreign != "" && ring != nil:
		d.find(Fail, "other-key", foreign)
	case ring != nil:
		d.find(Fine, "sealed", heads)
	}
	rows.Close()
	var last int64
	if err := db.QueryRow(ctx, "SELECT coalesce(max(at), 0) FROM journal").Scan(&last); err == nil {
		d.clock(time.UnixMicro(last))
	}
}

func (d *doctor) clock(last time.Time) {
	switch {
	case last.After(d.now.Add(time.Minute)):
		d.find(Fail, "clock-behind", last.UTC().Format(time.DateTime))
	case d.now.Year() < 2025:
		d.find(Fail, "clock-unset", d.now.UTC().Format(time.DateTime))
	default:
		d.find(Fine, "clock", d.now.UTC().Format(time.DateTime))
	}
}

// postgres looks at what only PostgreSQL has. Settings that lose changes have
// kept the database from opening.
func (d *doctor) postgres(ctx context.Context, db *sqldb.DB) {
	var at int64
	if err := db.QueryRow(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint").Scan(&at); err == nil {
		if off := time.Since(time.UnixMicro(at)).Abs(); off > 5*time.Second {
			d.find(Warn, "clocks-differ", off.Round(time.Second).String())
		}
	}
	if u, err := url.Parse(d.c.Database); err == nil && !local(u.Hostname()) {
		switch u.Query().Get("sslmode") {
		case "require", "verify-ca", "verify-full":
			d.find(Fine, "database-tls", u.Hostname())
		default:
			d.find(Warn, "database-clear", u.Hostname())
		}
	}
	d.find(Fine, "settings")
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || host == "localhost" || strings.HasPrefix(host, "/") || ip != nil && ip.IsLoopback()
}

// Less room than this is not enough for a backup beside a database of any size.
const (
	leastRoom = 100 << 20
	someRoom  = 1 << 30
)

// disk says how much room there is, and how long bringing a change to the disk
// takes: the least time of every answered change.
func (d *doctor) disk() {
	if free, ok := freeBytes(d.c.Data); ok {
		switch mib := free >> 20; {
		case free < leastRoom:
			d.find(Fail, "disk", d.c.Data, mib)
		case free < someRoom:
			d.find(Warn, "disk", d.c.Data, mib)
		default:
			d.find(Fine, "disk-room", d.c.Data, mib)
		}
	}
	f, err := os.CreateTemp(d.c.Data, ".fsync-*")
	if err != nil {
		d.find(Fail, "unwritable", d.c.Data)
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var took []time.Duration
	for range 5 {
		begun := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil || fsync(f) != nil {
			d.find(Fail, "unwritable", d.c.Data)
			return
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	d.find(Note, "fsync", took[2].Round(10*time.Microsecond).String())
}

// oldBackup is how old the newest backup may be.
const oldBackup = 7 * 24 * time.Hour

func (d *doctor) backup() {
	text, err := os.ReadFile(d.c.lastBackup())
	var last LastBackup
	if err != nil || json.Unmarshal(text, &last) != nil {
		d.find(Warn, "no-backup")
		return
	}
	age := d.now.Sub(last.At)
	shown := last.At.Format(time.DateTime)
	switch {
	case !last.Intact:
		d.find(Warn, "bad-backup", shown, last.File)
	case age > oldBackup:
		d.find(Warn, "old-backup", shown, int(age.Hours()/24))
	default:
		d.find(Fine, "backup", shown, last.File)
	}
}

// listen looks at the door: whether what passes through it can be read by others,
// and whether its certificate is good for a while.
func (d *doctor) listen() {
	host, _, err := net.SplitHostPort(d.c.Listen)
	if err != nil {
		d.find(Fail, "bad-listen", d.c.Listen)
		return
	}
	if d.c.TLSCert == "" {
		if local(host) && host != "" {
			d.find(Fine, "listen-local", d.c.Listen)
		} else {
			d.find(Warn, "listen-clear", d.c.Listen)
		}
		return
	}
	c, err := loadCertificate(d.c.TLSCert, d.c.TLSKey, nil)
	if err != nil {
		d.find(Fail, "certificate", err.Error())
		return
	}
	if info, err := os.Stat(d.c.TLSKey); err == nil && info.Mode().Perm()&0o077 != 0 {
		d.find(Fail, "mode", d.c.TLSKey, fmt.Sprintf("%04o", info.Mode().Perm()))
	}
	leaf, err := x509.ParseCertificate(c.loaded.Certificate[0])
	if err != nil {
		d.find(Fail, "certificate", err.Error())
		return
	}
	switch left, day := leaf.NotAfter.Sub(d.now), leaf.NotAfter.UTC().Format(time.DateOnly); {
	case left <= 0:
		d.find(Fail, "certificate-ended", day)
	case left < 21*24*time.Hour:
		d.find(Warn, "certificate-ends", day)
	default:
		d.find(Fine, "certificate-good", day)
	}
}

// UnwellError is returned beside findings of which some say that something does
// not work.
type UnwellError struct{ Failed int }

func (e *UnwellError) Error() string { return fmt.Sprintf("%d findings need somebody now", e.Failed) }

// Code returns the stable code of the error.
func (e *UnwellError) Code() string { return "host.unwell" }
