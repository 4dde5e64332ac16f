package command

import (
	"time"

	"github.com/pott-dev/pott/cmd/pott/host"
)

type serverMove struct {
	hostFlags
	To string `required:"" placeholder:"DSN" help:"Where to: postgres://…, or file for the file in the data directory. A password is better kept in $PGPASSWORD or the settings."`
	preview
}

// Help says what kong's one line cannot.
func (serverMove) Help() string {
	return "Works while the server runs: changes wait as long as the answer says, checks go on. Every row is checked here before and in the new place afterwards; seals, journal and audit trail are the same there. When it fails, nothing has changed and it can be tried again. When it is done, nothing is ever written or served from the old place: put the new address into the settings and restart the server."
}

func (c serverMove) Run(s *session) error {
	if c.To != host.ToFile && !host.IsPostgres(c.To) {
		return &UsageError{Problem: "--to must be an address that begins with postgres://, or file", Help: "pott server move --help"}
	}
	h, err := s.beside(c.hostFlags)
	if err != nil {
		return err
	}
	done, err := h.Move(s.ctx, by(), c.To, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.To}, human: func(o *paper) {
		if c.DryRun {
			o.line("move.would", done.From, done.To)
			return
		}
		o.line("move.done", done.Rows, done.From, done.To, done.Waited.Round(time.Millisecond).String())
		o.line("move.next", done.To)
	}})
}
