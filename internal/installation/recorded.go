package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// RecordedAs returns the entry that the audit trail has of what somebody did in a
// change. Several acts may share a change: of those the first is returned that
// act.By did in the request of ctx. ok is false when there is none.
func (in *Installation) RecordedAs(ctx context.Context, act Act, seq int64) (entry api.AuditEntry, ok bool, err error) {
	found, err := in.book.AuditEntries(ctx, store.AuditFilter{After: store.AuditPlace{Seq: seq}, Kind: act.By.Kind, Actor: act.By.ID, Request: audit.OriginOf(ctx).Request, Limit: 1})
	if err != nil || len(found) == 0 || found[0].Seq != seq {
		return entry, false, err
	}
	err = in.view(func(v *store.View) error { entry = callersOf(v).entry(found[0]); return nil })
	return entry, err == nil, err
}
