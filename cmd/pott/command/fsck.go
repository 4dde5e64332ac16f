package command

import (
	"fmt"

	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/installation/fsck"
)

type fsckCmd struct {
	hostFlags
	Only           string   `placeholder:"NAME" help:"Check this installation only, and the list of all."`
	Head           []string `placeholder:"HEAD" sep:"none" help:"A head as somebody wrote it down; see pott server head. May be given several times."`
	WithoutAnchors bool     `help:"Do not ask what is remembered outside the database, and do not count that against it."`
}

// Help says what kong's one line cannot.
func (fsckCmd) Help() string {
	return "Reads every record itself, inside one snapshot, also while the server runs, and changes nothing. Exit code 0: intact; 8: broken; 12: cannot be checked. Whether the whole database is an older copy, only something outside it can tell: the anchors of this machine, and heads that were written down. Without either that answer is \"cannot be checked\"; with --without-anchors it does not count."
}

func (c fsckCmd) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	report, err := host.FsckWith(s.ctx, config, host.FsckOptions{Heads: c.Head, Installation: c.Only, WithoutAnchors: c.WithoutAnchors})
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: report, ids: []string{string(report.Verdict)}, human: func(o *paper) { report.WriteText(&o.b) }})
	if err != nil {
		return err
	}
	return verdict(report, c.WithoutAnchors && len(c.Head) == 0)
}

// verdict turns a report into the exit code's error. alone says that nobody was
// asked who remembers, so that an unknown rollback does not count.
func verdict(r fsck.Report, alone bool) error {
	if broken := r.Broken(); len(broken) > 0 {
		return &FsckBrokenError{Places: len(broken), First: broken[0].String()}
	}
	asked := []fsck.Answer{r.Rows, r.Totals, r.Chain, r.Counts}
	if !alone {
		asked = append(asked, r.Rollback)
	}
	for _, a := range asked {
		if a.State != fsck.Intact {
			return &FsckUncheckedError{Why: a.Why}
		}
	}
	if r.Checked.Rows == 0 {
		return &FsckUncheckedError{Why: "there is nothing to check"}
	}
	return nil
}

// FsckBrokenError is returned beside a report that found something broken.
type FsckBrokenError struct {
	Places int
	First  string
}

func (e *FsckBrokenError) Error() string { return fmt.Sprintf("%d places are broken", e.Places) }

// Code returns the stable code of the error.
func (e *FsckBrokenError) Code() string { return "fsck.broken" }

// FsckUncheckedError is returned beside a report that could not answer
// everything.
type FsckUncheckedError struct{ Why string }

func (e *FsckUncheckedError) Error() string { return "the records cannot be checked: " + e.Why }

// Code returns the stable code of the error.
func (e *FsckUncheckedError) Code() string { return "fsck.cannot-check" }
