package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// RecordExport records that a list with people on it leaves the house as a file:
// how many rows, and nobody's name. Reading goes on where nothing can be written.
func (in *Installation) RecordExport(ctx context.Context, act Act, rows int) {
	in.leaves(ctx, act, "people.export", audit.F("rows", rows))
}

// AuditForFile is [Installation.Audit], and is recorded: entries say who did what.
func (in *Installation) AuditForFile(ctx context.Context, act Act, f AuditFilter) (api.List[api.AuditEntry], error) {
	list, err := in.Audit(ctx, act, f)
	if err == nil {
		in.leaves(ctx, act, "audit.export", audit.F("rows", len(list.Items)))
	}
	return list, err
}

func (in *Installation) leaves(ctx context.Context, act Act, action string, facts ...audit.Fact) {
	_, err := in.book.Update(ctx, act.By, in.present(), func(tx *store.Tx) error {
		tx.Protects()
		tx.Entry(action, "", facts...)
		return nil
	})
	if err != nil {
		in.options.Log.Warn("that people were exported could not be recorded", "installation", in.name, "by", act.By.String(), "err", err)
	}
}
