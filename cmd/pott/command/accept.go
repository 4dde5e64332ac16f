package command

import (
	"errors"
	"log/slog"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/installation"
)

type restoreAccept struct {
	hostFlags
	Reason        string   `required:"" placeholder:"TEXT" help:"Why the older state is meant; it is recorded."`
	Administrator string   `required:"" placeholder:"NAME" help:"Who decided it; recorded beside you."`
	Head          []string `placeholder:"HEAD" help:"A head that was written down, as pott server head printed it: numbers up to its own are not used again. May be repeated."`
	preview
}

// Help says what kong's one line cannot.
func (restoreAccept) Help() string {
	return "Stop all servers of the database first. Every record is checked; a backup that is not whole is refused. Each ledger then goes on in a new epoch, above the last change that anything outside the database remembers, and what was done since the backup is lost for good. Copy the anchors of all servers that share the database into the directory of anchors first. A file in the incidents directory tells what was given up."
}

func (c restoreAccept) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	list, err := host.AcceptRestore(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler), installation.Restore{
		By: by(), Administrator: c.Administrator, Reason: c.Reason, Heads: c.Head, DryRun: c.DryRun, Language: s.language(),
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
		t := &table{columns: []column{{head: "installation"}, {head: "backup", right: true}, {head: "remembered", right: true},
			{head: "lost", right: true}, {head: "next", right: true}}}
		for _, r := range list {
			t.add(either(r.Name, r.Installation), strconv.FormatInt(r.BackupSeq, 10), strconv.FormatInt(r.HighestSeq, 10),
				strconv.FormatInt(r.Gap, 10), strconv.FormatInt(r.Seq, 10))
		}
		o.table(t)
		if c.DryRun {
			o.line("accept.would")
			return
		}
		o.line("accept.done")
		for _, r := range list {
			if r.Incident != "" && r.Gap > 0 {
				o.line("accept.incident", r.Incident)
			}
			o.fetchedAgain(r)
		}
		s.remark("accept.next")
	}})
}

// fetchedAgain says what the license servers had for a restored installation.
func (o *paper) fetchedAgain(r installation.Restored) {
	for _, f := range r.Fetched {
		switch {
		case f.Error != "":
			o.line("accept.not-fetched", r.Name, f.Issuer, f.ErrorText)
		case f.Set != nil:
			o.line("accept.fetched", r.Name, f.Set.ID)
		default:
			o.line("accept.nothing-new", r.Name, f.Issuer)
		}
	}
}

type serverHead struct{ hostFlags }

// Help says what kong's one line cannot.
func (serverHead) Help() string {
	return "One line for every ledger, to be printed or mailed away: pott fsck --head LINE shows later whether the database has the same history. Works while the server runs."
}

func (c serverHead) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	h, err := s.openHost(config)
	if err != nil {
		return err
	}
	list := h.House().Heads()
	if err := errors.Join(err, h.Close()); err != nil {
		return err
	}
	doc := struct {
		Heads []printedHead `json:"heads"`
	}{}
	for _, head := range list {
		doc.Heads = append(doc.Heads, printedHead{head, head.String()})
	}
	lines := idsOf(list, installation.PrintedHead.String)
	return s.answer(answer{doc: doc, ids: lines, human: func(o *paper) {
		for i, line := range lines {
			o.printf("%s\n", strings.TrimSpace(line+"  "+list[i].Name))
		}
	}})
}

type printedHead struct {
	installation.PrintedHead
	Head string `json:"head"`
}
