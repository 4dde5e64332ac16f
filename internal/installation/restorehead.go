package installation

import (
	"context"

	"github.com/pott-dev/pott/internal/installation/store"
)

// RestoreHeads makes heads of ledgers again that are damaged or missing, where the
// journal and the anchors prove what they said: see [store.Store.RestoreHeads].
// Only somebody at the host does that, with nothing else running. A file tells of
// it before anything is changed. The house is to be opened again afterwards.
func (h *House) RestoreHeads(ctx context.Context, r Restore) ([]Restored, error) {
	if err := checkText("reason", r.Reason, 1, maxReason); err != nil {
		return nil, err
	}
	if err := checkText("administrator", r.Administrator, 1, maxName); err != nil {
		return nil, err
	}
	from := store.Restore{By: r.By, Administrator: r.Administrator, Reason: r.Reason}
	if r.DryRun {
		plan, err := h.store.PlanHeads(ctx, from)
		return shownRestores(plan, true, nil), err
	}
	now := h.Now()
	var files []string
	from.Before = func(plan []store.Restored) (err error) {
		files, err = h.keepRestores("head", plan, r, now)
		return err
	}
	done, err := h.store.RestoreHeads(ctx, now, from)
	return shownRestores(done, false, files), err
}
