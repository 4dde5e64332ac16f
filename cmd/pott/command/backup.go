package command

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"filippo.io/age"

	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/licensefile"
)

// serverBackup is what is done with backups. The first word may be left out:
// "pott server backup DIR" makes one.
type serverBackup struct {
	Make   backupMake   `cmd:"" default:"withargs" help:"Write a backup of everything, and check it."`
	Verify backupVerify `cmd:"" help:"Check a backup or an export."`
}

type backupMake struct {
	hostFlags
	To        string   `arg:"" optional:"" default:"." placeholder:"PLACE" help:"Directory, or a new file. This directory when left out."`
	EncryptTo []string `placeholder:"RECIPIENT" help:"age recipient who can open it (age1…); repeat for several."`
	preview
}

// Help says what kong's one line cannot.
func (backupMake) Help() string {
	return "The word make may be left out. Works while the server runs: the backup is one moment of it, on SQLite and PostgreSQL alike, and can be restored into either. It is read back and every row in it is checked before it gets its name. No key is in it: keep the keys directory elsewhere. Exit code 8: it is there, and rows in it are damaged; 12: it is there, and nobody here can check its rows."
}

func (c backupMake) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	b := host.Backup{To: c.To, DryRun: c.DryRun}
	if b.Recipients, err = recipients(c.EncryptTo, "pott server backup make --help"); err != nil {
		return err
	}
	done, err := host.MakeBackup(s.ctx, config, s.p.Now(), b)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: done, ids: []string{done.File}, human: func(o *paper) {
		if c.DryRun {
			o.line("backup.would", done.File)
			return
		}
		o.line("backup.made", done.File, shownBytes(done.Bytes))
		o.manifest(done.Manifest)
		if done.Encrypted {
			o.line("backup.encrypted", len(c.EncryptTo))
		}
	}})
	if err != nil || c.DryRun {
		return err
	}
	return done.Verdict()
}

// manifest prints what an archive says of itself.
func (o *paper) manifest(m *archive.Manifest) {
	o.line("backup.holds", m.Rows(), len(m.Tables), m.Database, m.Made.UTC().Format(time.DateTime))
	for _, h := range m.Heads {
		name := h.Installation
		if m.Name != "" {
			name = m.Name
		}
		o.line("backup.head", name, h.Ledger, h.Seq, h.Link[:16])
	}
	if len(m.Signer) > 0 {
		o.line("backup.signed", licensefile.Fingerprint(m.Signer))
	}
}

// shownBytes writes a size as people read it.
func shownBytes(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// openFlags say how an encrypted archive is opened.
type openFlags struct {
	Identity []string `placeholder:"FILE" help:"age identity file that opens an encrypted one; repeat for several."`
}

func (f openFlags) identities() (all []age.Identity, err error) {
	for _, path := range f.Identity {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fileError(path, err)
		}
		some, err := age.ParseIdentities(bytes.NewReader(text))
		if err != nil {
			return nil, &FileError{Path: path, Why: "it holds no age identity"}
		}
		all = append(all, some...)
	}
	return all, nil
}

type backupVerify struct {
	hostFlags
	openFlags
	File string `arg:"" help:"The backup or export."`
}

// Help says what kong's one line cannot.
func (backupVerify) Help() string {
	return "Reads it to its end and compares every hash. Where the seal key of its server is, every row of a backup is checked as well. Exit code 8: something in it is broken; 12: its rows cannot be checked here."
}

func (c backupVerify) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	identities, err := c.identities()
	if err != nil {
		return err
	}
	done, err := host.VerifyBackup(s.ctx, config, c.File, identities)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: done, ids: []string{done.SHA256}, human: func(o *paper) {
		o.line("backup.whole", done.File, shownBytes(done.Bytes))
		o.manifest(done.Manifest)
		if done.Check != nil {
			done.Check.WriteText(&o.b)
		}
	}})
	if err != nil {
		return err
	}
	return done.Verdict()
}
