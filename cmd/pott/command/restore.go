package command

import (
	"errors"

	"github.com/pott-dev/pott/cmd/pott/host"
)

// serverRestore is how a backup is taken into use. The first word may be left
// out: "pott server restore FILE".
type serverRestore struct {
	From   restoreFrom   `cmd:"" default:"withargs" help:"Put a backup in place of the database."`
	Head   restoreHead   `cmd:"" help:"Make a damaged head again, where journal and anchors prove what it said."`
	Accept restoreAccept `cmd:"" help:"Take the database into use although it is behind what is remembered of it."`
}

type restoreFrom struct {
	hostFlags
	openFlags
	File    string `arg:"" help:"The backup."`
	Root    string `placeholder:"FILE" help:"File with the issuer's root keys, where none is pinned yet."`
	Replace bool   `help:"Also where there is something. It is kept, and the answer says where."`
	Anyway  bool   `help:"Also when rows in it are broken or cannot be checked."`
	preview
}

// Help says what kong's one line cannot.
func (restoreFrom) Help() string {
	return "The word from may be left out. The backup is read to its end and every row is checked before anything is touched. A backup from SQLite goes into PostgreSQL and back. Keys are not in it: put the keys directory back first. Afterwards changes wait until pott server restore accept says that the older state is meant."
}

func (c restoreFrom) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	r := host.Restore{From: c.File, Replace: c.Replace, Anyway: c.Anyway, DryRun: c.DryRun}
	if r.Identities, err = c.identities(); err != nil {
		return err
	}
	if c.Root != "" {
		if r.Root, err = s.read(c.Root); err != nil {
			return err
		}
	}
	done, refused := host.RestoreBackup(s.ctx, config, s.p.Now(), r)
	broken := new(host.BrokenBackupError)
	if refused != nil && !errors.As(refused, &broken) {
		return refused
	}
	err = s.answer(answer{doc: done, ids: []string{done.Database}, human: func(o *paper) {
		switch {
		case refused != nil:
			done.Check.WriteText(&o.b)
			return
		case c.DryRun:
			o.line("restore.would", done.File, done.Database)
		default:
			o.line("restore.done", done.File, done.Database)
		}
		o.manifest(done.Manifest)
		if done.Kept != "" && !c.DryRun {
			o.line("restore.kept", done.Kept)
		}
	}})
	if err != nil || refused != nil {
		return errors.Join(refused, err)
	}
	if !c.DryRun {
		s.remark("restore.next")
	}
	return nil
}
