package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/anchor"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
)

// ReadAnchors returns what is remembered of the database outside it: the content
// of every slot, by file name. It is to be called before the database is read.
func ReadAnchors(c Config) (map[string][]byte, error) {
	slots, err := anchor.Read(c.AnchorDir())
	if err != nil {
		return nil, pathError(c.AnchorDir(), err)
	}
	return slots, nil
}

// forgetAnchors takes away the anchors of a server that could not be made.
func forgetAnchors(dir string) {
	slots, err := anchor.Read(dir)
	for name := range slots {
		if err == nil {
			os.Remove(filepath.Join(dir, name))
		}
	}
}

// AcceptRestore takes a database into use that is behind what is remembered of
// it, such as a backup that was put back. Nothing may be serving it. Every record
// is checked first: what is not whole is refused.
func AcceptRestore(ctx context.Context, c Config, now func() time.Time, log *slog.Logger, r installation.Restore) ([]installation.Restored, error) {
	report, err := Fsck(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := whole(report); err != nil {
		return nil, err
	}
	h, err := Open(ctx, c, now, log)
	if err != nil {
		return nil, err
	}
	list, err := h.house.AcceptRestore(ctx, r)
	return list, errors.Join(err, h.Close())
}

// RestoreHeads makes heads of ledgers again that are damaged or missing, where the
// journal and the anchors prove what they said. Nothing may be serving the
// database. With the server's own ledger the installations come back, so that is
// done until no head is left that can be made.
func RestoreHeads(ctx context.Context, c Config, now func() time.Time, log *slog.Logger, r installation.Restore) (all []installation.Restored, err error) {
	for {
		h, err := Open(ctx, c, now, log)
		if err != nil {
			return all, err
		}
		list, err := h.house.RestoreHeads(ctx, r)
		all = append(all, list...)
		err = errors.Join(err, h.Close())
		good := new(store.HeadsGoodError)
		switch {
		case errors.As(err, &good) && len(all) > 0:
			return all, nil
		case err != nil || r.DryRun:
			return all, err
		}
	}
}

// whole reports what is wrong with a database but for its age.
func whole(report fsck.Report) error {
	places, first := 0, ""
	for _, a := range []fsck.Answer{report.Rows, report.Totals, report.Chain, report.Counts} {
		if a.State == fsck.Broken && first == "" {
			first = a.At[0].String()
		}
		places += len(a.At) + a.More
	}
	if places > 0 {
		return &NotWholeError{Places: places, First: first}
	}
	for _, a := range []fsck.Answer{report.Rows, report.Totals, report.Chain, report.Counts} {
		if a.State != fsck.Intact {
			return &CannotBeCheckedError{Why: a.Why}
		}
	}
	return nil
}

// NotWholeError is returned for a backup whose records are not as they were
// written.
type NotWholeError struct {
	Places int
	First  string
}

func (e *NotWholeError) Error() string {
	return fmt.Sprintf("%d places are broken, first %s", e.Places, e.First)
}

// Code returns the stable code of the error.
func (e *NotWholeError) Code() string { return "restore.not-whole" }

// CannotBeCheckedError is returned for a backup that cannot be checked.
type CannotBeCheckedError struct{ Why string }

func (e *CannotBeCheckedError) Error() string { return "the backup cannot be checked: " + e.Why }

// Code returns the stable code of the error.
func (e *CannotBeCheckedError) Code() string { return "restore.unchecked" }
