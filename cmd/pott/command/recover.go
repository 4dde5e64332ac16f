package command

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/client"
)

// atHost is how long what --recover makes is good: one command.
const atHost = 10 * time.Minute

// recovering returns a client that needs neither a token nor a server: the house
// is opened in this process, beside a server that may be running, and lets in
// whoever can read its keys.
func (s *session) recovering() (*client.Client, error) {
	config, err := hostFlags{}.config(s)
	if err != nil {
		return nil, err
	}
	h, err := host.OpenToRecover(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	s.closing = append(s.closing, h.Close)
	name, err := s.recoveredName(h)
	if err != nil {
		return nil, err
	}
	made, unrecorded, err := h.Recover(s.ctx, by(), name, atHost)
	if err != nil {
		return nil, err
	}
	if unrecorded != nil {
		s.remark("recover.unrecorded", config.Keys)
	}
	return client.New(client.Options{
		Server: "http://recovery.invalid", Installation: name, Token: made.Token,
		Language: s.language(), UserAgent: api.CommandAgent + host.Version(), Trace: s.tracer(),
		HTTP: &http.Client{Transport: h.InProcess()},
	})
}

// recoveredName returns the installation that is meant: the only one there is
// need not be named.
func (s *session) recoveredName(h *host.Host) (string, error) {
	c, err := s.g.connection(s.p.Env)
	if err != nil {
		return "", err
	}
	names := h.Names()
	switch {
	case c.Installation.Value != "":
		return c.Installation.Value, nil
	case len(names) == 1:
		return names[0], nil
	case len(names) == 0: // the database cannot be read: the name does not matter
		return "unknown", nil
	}
	return "", &UsageError{Problem: "there are several installations: name one with --installation: " + strings.Join(names, ", "), Help: "pott --help"}
}

type serverRecover struct {
	hostFlags
	Name string        `arg:"" help:"The installation."`
	For  time.Duration `default:"1h" placeholder:"TIME" help:"How long the token is good, such as 30m; at most 24h."`
	preview
}

// Help says what kong's one line cannot.
func (serverRecover) Help() string {
	return "For when nobody gets in any more: the last administrator is gone, or the tokens in the database are damaged. Writes an administrator's token into the new file named by --token-file. It depends on nothing in the database, only on who can read the keys directory; a running server takes it at once. What is made is written to recovery.log in the keys directory, and into the records of the installation where they can be written. For one command, pott COMMAND --recover needs no token at all, and no running server."
}

// recovered is the document of a recovery token that was made.
type recovered struct {
	Installation string    `json:"installation"`
	TokenFile    string    `json:"token_file"`
	ID           string    `json:"id,omitempty"`
	Until        time.Time `json:"until,omitzero"`
	Recorded     bool      `json:"recorded"` // also in the records of the installation
	DryRun       bool      `json:"dry_run,omitempty"`
}

func (c serverRecover) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	if err := s.tokenPlace(); err != nil {
		return err
	}
	if c.For <= 0 || c.For > host.MaxRecovery {
		return &UsageError{Problem: "--for must be more than nothing and at most 24h", Help: "pott server recover --help"}
	}
	h, err := host.OpenToRecover(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer h.Close()
	doc := recovered{Installation: c.Name, TokenFile: s.g.TokenFile, DryRun: c.DryRun}
	if !c.DryRun {
		made, unrecorded, err := h.Recover(s.ctx, by(), c.Name, c.For)
		if err != nil {
			return err
		}
		if err := writeSecret(s.g.TokenFile, made.Token); err != nil {
			return err
		}
		doc.ID, doc.Until, doc.Recorded = made.ID, made.Until.UTC(), unrecorded == nil
	}
	return s.answer(answer{doc: doc, ids: []string{doc.TokenFile}, human: func(o *paper) {
		if doc.DryRun {
			o.line("recover.would", doc.Installation, doc.TokenFile)
			return
		}
		o.line("recover.made", doc.Installation, doc.TokenFile, doc.Until.Format(time.DateTime))
		if !doc.Recorded {
			s.remark("recover.unrecorded", config.Keys)
		}
	}})
}

// writeSecret writes a secret into a new file that only its owner may read.
func writeSecret(path, secret string) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fileError(path, err)
	}
	_, err = out.WriteString(secret + "\n")
	return errors.Join(err, out.Sync(), out.Close())
}
