package host

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/licensefile"
)

// A Restore says what is put where.
type Restore struct {
	From       string
	Identities []age.Identity // that open an encrypted backup
	Root       []byte         // root file to pin, where none is pinned yet
	Replace    bool           // also where there is something; it is kept beside
	Anyway     bool           // also what is broken, or cannot be checked
	DryRun     bool
}

// Restored is what became of a backup.
type Restored struct {
	File     string            `json:"file"`
	Database string            `json:"database"`
	Kept     string            `json:"kept,omitempty"` // where what was there before is now
	Manifest *archive.Manifest `json:"manifest"`
	Check    *fsck.Report      `json:"check,omitempty"`
	DryRun   bool              `json:"dry_run,omitempty"`
}

// RestoreBackup puts a backup in place of the database, or where there is none.
// The backup is read to its end and gone through row by row before anything is
// touched; what was there before is kept. Afterwards the database is behind what
// its anchors remember, and changes wait until that has been accepted.
//
// A backup that does not check is refused beside the answer, see [BackedUp.Verdict],
// and a place where something is with an [*OccupiedError].
func RestoreBackup(ctx context.Context, c Config, now time.Time, r Restore) (*Restored, error) {
	if err := r.mayPin(c); err != nil {
		return nil, err
	}
	f, err := os.Open(r.From)
	if err != nil {
		return nil, pathError(r.From, err)
	}
	defer f.Close()
	from, err := archive.NewReader(f, r.Identities)
	if err != nil {
		return nil, err
	}
	if from.Header.Of != archive.Server {
		return nil, &NotABackupError{File: r.From, Installation: from.Header.Name}
	}
	if err := makeDir(c.Data); err != nil {
		return nil, err
	}
	s, err := newStaging(c)
	if err != nil {
		return nil, err
	}
	defer s.remove()
	done := &Restored{File: r.From, Database: c.Place(), DryRun: r.DryRun}
	if done.Manifest, err = s.load(ctx, from); err != nil {
		return nil, err
	}
	if done.Check, err = s.check(ctx, c); err != nil {
		return nil, err
	}
	if err := verdict(r.From, done.Check); err != nil && !r.Anyway {
		return done, err
	}
	if c.Database == "" {
		done.Kept, err = r.intoFile(ctx, c, now, s)
	} else {
		done.Kept, err = r.intoServer(ctx, c, now, s)
	}
	if err != nil || r.DryRun {
		return done, err
	}
	return done, r.pin(c)
}

// mayPin reports whether there is, or will be, a pinned root. It never comes from
// the backup: whoever could exchange the backup could exchange the root.
func (r *Restore) mayPin(c Config) error {
	_, err := os.Stat(c.root())
	switch {
	case err == nil && r.Root != nil:
		return &FileError{Path: c.root(), Why: "a root is pinned already, and it is not replaced"}
	case err != nil && r.Root == nil:
		return &NoRootError{Path: c.root()}
	case r.Root != nil:
		_, err := licensefile.ParseRootFile(r.Root)
		return err
	}
	return nil
}

func (r *Restore) pin(c Config) error {
	if r.Root == nil {
		return nil
	}
	if err := writeNew(c.root(), r.Root, 0o644); err != nil {
		return pathError(c.root(), err)
	}
	return syncDir(c.Data)
}

// makeDir makes a directory for the server's user alone, if it is not there.
func makeDir(dir string) error {
	missing := missingDirs(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return pathError(dir, err)
	}
	for _, d := range missing {
		if err := syncDir(filepath.Dir(d)); err != nil {
			return err
		}
	}
	return nil
}

// keptName is what is put aside is called by.
func keptName(path string, now time.Time) string {
	return path + ".replaced-" + now.UTC().Format("20060102T150405Z")
}

// intoFile makes the staging the database file. A file that was there gets
// another name, also when it cannot be read at all.
func (r *Restore) intoFile(ctx context.Context, c Config, now time.Time, s *staging) (kept string, err error) {
	path := c.DSN()
	if _, err := os.Stat(path); err == nil {
		if !r.Replace {
			return "", &OccupiedError{Database: c.Place()}
		}
		kept = keptName(path, now)
		err := sqldb.Settle(ctx, path)
		if err != nil && !sqldb.Damaged(err) {
			return "", err
		}
	}
	if r.DryRun {
		return kept, nil
	}
	if err := s.close(); err != nil {
		return "", err
	}
	if err := sqldb.Settle(ctx, s.path()); err != nil {
		return "", err
	}
	if kept != "" {
		for _, beside := range []string{"-wal", "-shm", ""} { // the file itself last: a restore cut short goes on from there
			if err := os.Rename(path+beside, kept+beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", pathError(path+beside, err)
			}
		}
	}
	if err := os.Rename(s.path(), path); err != nil {
		return "", pathError(path, err)
	}
	return kept, syncDir(c.Data)
}

// intoServer puts the rows of the staging into a PostgreSQL database, in one
// transaction. Rows that were there are first kept in an archive.
func (r *Restore) intoServer(ctx context.Context, c Config, now time.Time, s *staging) (kept string, err error) {
	db, err := sqldb.Open(ctx, c.DSN())
	if err != nil {
		return "", err
	}
	defer db.Close()
	tables, err := db.Tables(ctx)
	if err != nil {
		return "", err
	}
	occupied := false
	for _, name := range store.Tables() {
		occupied = occupied || tables[name] != nil && !isEmpty(ctx, db, name)
	}
	if occupied && !r.Replace {
		return "", &OccupiedError{Database: c.Place()}
	}
	if occupied {
		kept = keptName(filepath.Join(c.Data, "postgres"), now) + ".backup"
	}
	if r.DryRun {
		return kept, nil
	}
	if occupied {
		if err := keepRows(ctx, db, kept, now); err != nil {
			return "", err
		}
	}
	if err := db.Migrate(ctx, store.Migrations()); err != nil {
		return "", err
	}
	_, err = fill(ctx, s.db, db)
	return kept, err
}

func isEmpty(ctx context.Context, db *sqldb.DB, table string) bool {
	var one int
	return db.QueryRow(ctx, "SELECT 1 FROM "+table+" LIMIT 1").Scan(&one) != nil
}

// keepRows writes everything in a database into an archive, as it is, and reads
// it back.
func keepRows(ctx context.Context, db *sqldb.DB, path string, now time.Time) error {
	return writeArchive(path, nil, &BackedUp{}, func(w io.Writer) error {
		h := archive.Header{Of: archive.Server, Made: now.UTC().Truncate(time.Second)}
		_, err := archive.Write(ctx, w, db, h, archive.Selection{Tables: store.Tables()}, nil)
		return err
	}, func(read io.Reader) error {
		back, err := archive.NewReader(read, nil)
		if err == nil {
			_, err = back.Read(archive.Into{})
		}
		return err
	})
}

// fill copies all rows of one database into the tables of another, which are
// emptied first, in one transaction.
func fill(ctx context.Context, from, to *sqldb.DB) (rows int64, err error) {
	err = from.View(ctx, func(read *sqldb.Tx) error {
		rows, err = refill(ctx, read, from, to)
		return err
	})
	return rows, err
}
