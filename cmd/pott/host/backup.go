package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
)

// A Backup says where a backup goes, and for whom.
type Backup struct {
	To         string          // a directory, or a file that is not there yet
	Recipients []age.Recipient // who can open it; none: it is not encrypted
	DryRun     bool            // only say where it would go
}

// BackedUp is a backup that was written, read back and checked.
type BackedUp struct {
	File      string            `json:"file"`
	Encrypted bool              `json:"encrypted"`
	Bytes     int64             `json:"bytes,omitempty"`
	SHA256    string            `json:"sha256,omitempty"` // of the file, hex
	Manifest  *archive.Manifest `json:"manifest,omitempty"`
	Check     *fsck.Report      `json:"check,omitempty"` // of the rows in it
	DryRun    bool              `json:"dry_run,omitempty"`
}

// MakeBackup writes a consistent copy of everything in the database, also while
// a server runs, and checks it: what was written is read again, put into a
// database of its own and gone through row by row. Damaged rows are kept as they
// are, and the check says so. Nothing that exists is written over, and no key is
// in it.
func MakeBackup(ctx context.Context, c Config, now time.Time, b Backup) (*BackedUp, error) {
	path, err := backupPath(b, now)
	if err != nil {
		return nil, err
	}
	done := &BackedUp{File: path, Encrypted: len(b.Recipients) > 0, DryRun: b.DryRun}
	if b.DryRun {
		return done, nil
	}
	db, err := openDatabase(ctx, c)
	if err != nil {
		return nil, err
	}
	err = writeArchive(path, b.Recipients, done, func(w io.Writer) error {
		h := archive.Header{Of: archive.Server, Made: now.UTC().Truncate(time.Second)}
		_, err := archive.Write(ctx, w, db, h, archive.Selection{Tables: store.Tables()}, nil)
		return err
	}, func(r io.Reader) error {
		done.Manifest, done.Check, _, err = checkArchive(ctx, c, r, nil)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return done, c.rememberBackup(done, now)
}

// backupPath returns the file a backup goes to, which is not there yet.
func backupPath(b Backup, now time.Time) (string, error) {
	path := b.To
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "pott-"+now.UTC().Format("20060102T150405Z")+".backup")
		if len(b.Recipients) > 0 {
			path += ".age"
		}
	}
	if _, err := os.Lstat(path); err == nil {
		return "", &FileError{Path: path, Why: "it exists already, and a backup is never written over"}
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return "", pathError(filepath.Dir(path), err)
	}
	return path, nil
}

// writeArchive writes a file that only its owner may read. It gets its name once
// it is on the disk, was read back, and what it holds was looked at by check.
func writeArchive(path string, to []age.Recipient, done *BackedUp, write func(io.Writer) error, check func(io.Reader) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return pathError(path, err)
	}
	defer func() {
		f.Close()
		os.Remove(f.Name()) // under this name; a finished one has another
	}()
	sum := sha256.New()
	if len(to) == 0 {
		err = write(io.MultiWriter(f, sum))
	} else {
		// Nobody here can open it: what goes into it is looked at on its way.
		err = encrypted(io.MultiWriter(f, sum), to, write, check)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(fsync(f), rewind(f)); err != nil {
		return pathError(path, err)
	}
	again := sha256.New()
	read := io.TeeReader(f, again)
	if len(to) == 0 {
		if err := check(read); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, read); err != nil {
		return pathError(path, err)
	}
	done.SHA256 = hex.EncodeToString(again.Sum(nil))
	if done.SHA256 != hex.EncodeToString(sum.Sum(nil)) {
		return &FileError{Path: path, Why: "the disk does not give back what was written"}
	}
	if info, err := f.Stat(); err == nil {
		done.Bytes = info.Size()
	}
	// A link never takes the place of a file that has come meanwhile.
	if err := os.Link(f.Name(), path); err != nil {
		return pathError(path, err)
	}
	return syncDir(filepath.Dir(path))
}

func rewind(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// encrypted writes for recipients, and lets check read what is written before it
// is encrypted.
func encrypted(to io.Writer, recipients []age.Recipient, write func(io.Writer) error, check func(io.Reader) error) error {
	out, err := age.Encrypt(to, recipients...)
	if err != nil {
		return err
	}
	r, w := io.Pipe()
	checked := make(chan error, 1)
	go func() {
		err := check(r)
		r.CloseWithError(errors.Join(err, errChecked))
		checked <- err
	}()
	err = write(io.MultiWriter(out, w))
	w.CloseWithError(err)
	if found := <-checked; found != nil {
		return found
	}
	return errors.Join(err, out.Close())
}

var errChecked = errors.New("the check has ended")

// checkArchive reads an archive to its end, and goes through its rows when it is
// of a server and the seal key is here. No report says that nothing was gone
// through.
func checkArchive(ctx context.Context, c Config, from io.Reader, identities []age.Identity) (m *archive.Manifest, report *fsck.Report, encrypted bool, err error) {
	r, err := archive.NewReader(from, identities)
	if err != nil {
		return nil, nil, false, err
	}
	if r.Header.Of != archive.Server {
		m, err = r.Read(archive.Into{})
		return m, nil, r.Encrypted, err
	}
	s, err := newStaging(c)
	if err != nil {
		return nil, nil, false, err
	}
	defer s.remove()
	if m, err = s.load(ctx, r); err == nil {
		report, err = s.check(ctx, c)
	}
	return m, report, r.Encrypted, err
}

// A staging is a database of its own in which an archive is looked at.
type staging struct {
	dir  string
	db   *sqldb.DB // nil once it is closed
	lock *os.File  // says that it is in use
}

// newStaging makes a place beside the data, or in the system's temporary
// directory where there are none.
func newStaging(c Config) (*staging, error) {
	parent := c.Data
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, stagingBegin+"*")
	if err != nil {
		return nil, pathError(parent, err)
	}
	s := &staging{dir: dir}
	if err := s.hold(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *staging) path() string { return filepath.Join(s.dir, "pott.db") }

func (s *staging) close() error {
	db := s.db
	s.db = nil
	if db == nil {
		return nil
	}
	return db.Close()
}

func (s *staging) remove() {
	s.close()
	s.lock.Close()
	os.RemoveAll(s.dir)
}

// load puts the rest of an archive into tables of its own schema, and then
// brings them to this version's.
func (s *staging) load(ctx context.Context, r *archive.Reader) (*archive.Manifest, error) {
	var err error
	if s.db, err = sqldb.Open(ctx, s.path()); err != nil {
		return nil, err
	}
	err = s.db.MigrateTo(ctx, store.Migrations(), r.Header.Schema)
	if newer := new(sqldb.NewerSchemaError); errors.As(err, &newer) {
		return nil, &archive.NewerError{Found: newer.Found, Supported: newer.Supported}
	}
	if err != nil {
		return nil, err
	}
	m, err := archive.Load(ctx, r, s.db)
	if err != nil {
		return nil, err
	}
	return m, s.db.Migrate(ctx, store.Migrations())
}

// check goes through every row, when the seal key is here.
func (s *staging) check(ctx context.Context, c Config) (*fsck.Report, error) {
	ring, err := Keys{c.Keys}.Ring()
	if lost, bad := new(NoKeyError), new(BadKeyError); errors.As(err, &lost) || errors.As(err, &bad) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	report, err := fsck.Check(ctx, s.db, fsck.Options{Keys: ring.forFsck()})
	return &report, err
}

// VerifyBackup reads a backup or an export to its end. With the seal key of the
// server it is of, every row of a backup is gone through as well.
func VerifyBackup(ctx context.Context, c Config, path string, identities []age.Identity) (*BackedUp, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	defer f.Close()
	sum := sha256.New()
	read := io.TeeReader(f, sum)
	done := &BackedUp{File: path}
	if done.Manifest, done.Check, done.Encrypted, err = checkArchive(ctx, c, read, identities); err != nil {
		return nil, err
	}
	if done.Bytes, err = f.Seek(0, io.SeekCurrent); err != nil {
		return nil, pathError(path, err)
	}
	done.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return done, nil
}

// A LastBackup is what is remembered of the newest backup made on this machine.
type LastBackup struct {
	At     time.Time `json:"at"`
	File   string    `json:"file"`
	SHA256 string    `json:"sha256"`
	Intact bool      `json:"intact"` // every row in it was checked and good
}

func (c Config) lastBackup() string { return filepath.Join(c.Data, "last-backup.json") }

func (c Config) rememberBackup(b *BackedUp, now time.Time) error {
	file, err := filepath.Abs(b.File)
	if err != nil {
		return err
	}
	text, err := json.Marshal(LastBackup{At: now.UTC(), File: file, SHA256: b.SHA256, Intact: b.Verdict() == nil})
	if err != nil {
		return err
	}
	return replaceFile(c.lastBackup(), append(text, '\n'))
}

// Verdict returns why the rows of a backup are not what they should be: a
// [*BrokenBackupError], or an [*UncheckedBackupError] when nobody here can say.
// It is nil when all is good. Whether the whole is an older state is no matter: a
// backup is one.
func (b *BackedUp) Verdict() error {
	if b.Manifest != nil && b.Manifest.Of != archive.Server {
		return nil // nobody but the other server can say more than its reading did
	}
	return b.RowsVerdict()
}

// RowsVerdict is Verdict for a file that was made here, an export included.
func (b *BackedUp) RowsVerdict() error { return verdict(b.File, b.Check) }

func verdict(file string, r *fsck.Report) error {
	if r == nil || r.Checked.Rows == 0 {
		return &UncheckedBackupError{File: file}
	}
	if broken := r.Broken(); len(broken) > 0 {
		return &BrokenBackupError{File: file, Places: len(broken), First: broken[0].String()}
	}
	for _, a := range []fsck.Answer{r.Rows, r.Totals, r.Chain, r.Counts} {
		if a.State != fsck.Intact {
			return &UncheckedBackupError{File: file}
		}
	}
	return nil
}
