package command

import (
	"log/slog"
	"strconv"

	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/installation"
)

type restoreHead struct {
	hostFlags
	Reason        string `required:"" placeholder:"TEXT" help:"What has happened to it, as far as you know; it is recorded."`
	Administrator string `required:"" placeholder:"NAME" help:"Who decided it; recorded beside you."`
	preview
}

// Help says what kong's one line cannot.
func (restoreHead) Help() string {
	return "Stop all servers of the database first, and keep a copy of it. A head that was edited or deleted is made again only when an anchor remembers the very change that the journal leads to: then nothing is lost, and no record comes into use that is not the one the journal has. The ledger goes on in a new epoch, and an entry says so. Where that is not proved, restore a backup."
}

func (c restoreHead) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	list, err := host.RestoreHeads(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler), installation.Restore{
		By: by(), Administrator: c.Administrator, Reason: c.Reason, DryRun: c.DryRun, Language: s.language(),
	})
	if err != nil {
		return err
	}
	doc := struct {
		Ledgers []installation.Restored `json:"ledgers"`
		DryRun  bool                    `json:"dry_run,omitempty"`
	}{list, c.DryRun}
	ids := idsOf(list, func(r installation.Restored) string { return either(r.Name, r.Installation) })
	return s.answer(answer{doc: doc, ids: ids, human: func(o *paper) {
		t := &table{columns: []column{{head: "installation"}, {head: "remembered", right: true}, {head: "next", right: true}}}
		for _, r := range list {
			t.add(either(r.Name, r.Installation), strconv.FormatInt(r.HighestSeq, 10), strconv.FormatInt(r.Seq, 10))
		}
		o.table(t)
		if c.DryRun {
			o.line("restore-head.would")
			return
		}
		o.line("restore-head.done")
		for _, r := range list {
			if r.Incident != "" {
				o.line("restore-head.incident", r.Incident)
			}
		}
		s.remark("restore-head.next")
	}})
}
