package command

import (
	"errors"

	"filippo.io/age"

	"github.com/pott-dev/pott/cmd/pott/host"
)

type installationImport struct {
	hostFlags
	openFlags
	File        string `arg:"" help:"The export."`
	Name        string `placeholder:"NAME" help:"What it is called here; as there when left out."`
	Key         string `placeholder:"FILE" help:"The installation's key, from the other server's keys directory. It keeps it."`
	Fingerprint string `placeholder:"TEXT" help:"Without the key: fingerprint of the one that signed the export. It gets a new key."`
	preview
}

// Help says what kong's one line cannot.
func (installationImport) Help() string {
	return "Whoever could exchange the file could exchange what it says about itself, so the key or its fingerprint must come another way. Everything is checked before anything is changed, and it is there whole or not at all. It gets a new id, seals of this server and a chain of its own. Its audit trail and tokens stay behind: keep the file. The first administrator's token is written into the new file named by --token-file."
}

func (c installationImport) Run(s *session) error {
	if (c.Key == "") == (c.Fingerprint == "") {
		return &UsageError{Problem: "say who signed the export: --key or --fingerprint", Help: "pott server installation import --help"}
	}
	if err := s.tokenPlace(); err != nil && !c.DryRun {
		return err
	}
	var identities []age.Identity
	identities, err := c.identities()
	if err != nil {
		return err
	}
	h, err := s.beside(c.hostFlags)
	if err != nil {
		return err
	}
	done, secret, refused := h.Import(s.ctx, by(), host.Import{File: c.File, Identities: identities, Name: c.Name, Key: c.Key, Fingerprint: c.Fingerprint, DryRun: c.DryRun})
	broken := new(host.BrokenBackupError)
	if refused != nil && !errors.As(refused, &broken) {
		return refused
	}
	if refused == nil && !c.DryRun {
		if err := writeSecret(s.g.TokenFile, secret); err != nil {
			return err
		}
	}
	err = s.answer(answer{doc: done, ids: []string{done.Installation}, human: func(o *paper) { o.imported(done, refused, s.g.TokenFile) }})
	return errors.Join(refused, err)
}

func (o *paper) imported(done *host.Imported, refused error, token string) {
	switch {
	case refused != nil:
		done.Check.WriteText(&o.b)
		return
	case done.DryRun:
		o.line("place.would-import", done.File, done.Installation)
		return
	}
	o.line("place.imported", done.File, done.Installation, done.ID)
	if done.KeptKey {
		o.line("place.key-kept")
	} else {
		o.line("place.key-new")
	}
	o.line("server.token", token)
}
