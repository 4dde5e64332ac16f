package command

import (
	"log/slog"
	"path/filepath"

	"github.com/pott-dev/pott/cmd/pott/host"
)

type serverClone struct {
	hostFlags
	Name       string `arg:"" optional:"" help:"The installation; may be left out where there is only one."`
	AsTest     bool   `required:"" help:"Says that the copy is for tests: no other kind is made."`
	To         string `required:"" placeholder:"DIR" help:"New directory for the copy: its data, keys and anchors stand in it."`
	ToDatabase string `placeholder:"DSN" help:"Address of an empty PostgreSQL database for the copy; a file when left out."`
	preview
}

// Help says what kong's one line cannot.
func (serverClone) Help() string {
	return "Works while the server runs, when nobody changes anything at that moment, and on a backup that was put back somewhere else. The copy has the people and sets of the original under a new id, keys and epoch, and is marked as a test in its status. Tokens, hooks and what issuers' servers know of it are left out, and it calls none of them. The first administrator's token is written into the new file named by --token-file. A copy that is made any other way has the original's id and key: two servers that go on under one are found out."
}

func (c serverClone) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	if !c.AsTest {
		return &UsageError{Problem: "only copies for tests are made: --as-test", Help: "pott server clone --help"}
	}
	if err := s.tokenPlace(); err != nil {
		return err
	}
	to := absolute(c.To)
	clone := host.Clone{By: by(), Name: c.Name, DryRun: c.DryRun, To: host.Config{
		Data: filepath.Join(to, "data"), Keys: filepath.Join(to, "keys"), Anchors: filepath.Join(to, "anchors"), Database: c.ToDatabase,
	}}
	name, secret, err := host.CloneTest(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler), clone)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := writeSecret(s.g.TokenFile, secret); err != nil {
			return err
		}
	}
	doc := serverMade{Installation: name, Data: clone.To.Data, Keys: clone.To.Keys, TokenFile: s.g.TokenFile, DryRun: c.DryRun}
	return s.answer(answer{doc: doc, ids: []string{name}, human: func(o *paper) {
		if c.DryRun {
			o.line("clone.would", name, to)
			return
		}
		o.line("clone.done", name, to)
		o.line("server.token", doc.TokenFile)
		s.remark("server.next", quoted(doc.Data), quoted(doc.Keys))
	}})
}
