package installation

import (
	"context"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/tamper"
)

// Sealing says which keys the rows of an installation are sealed with.
type Sealing = store.Sealing

// Sealing says which keys are in use: first in the server's own ledger, whose
// name is "", then in every installation.
func (h *House) Sealing() []Sealing { return h.store.Sealing() }

// RotateSeal makes everything that is written from now on sealed with a later
// key of the ring. Rows that stand move with [House.MoveSeals].
func (h *House) RotateSeal(ctx context.Context, by audit.Actor, to tamper.KeyID, compromised bool) error {
	return h.store.Rotate(ctx, by, h.options.Now(), to, compromised)
}

// MoveSeals seals rows that carry an earlier key anew, in at most batches
// transactions of each installation, and returns how many are left. People work
// on meanwhile; it may be stopped at any time.
func (h *House) MoveSeals(ctx context.Context, batches int) (left int64, err error) {
	return h.store.MoveSeals(ctx, batches)
}

// MayRetireSeal reports whether nothing is sealed with a key any more.
func (h *House) MayRetireSeal(id tamper.KeyID) error { return h.store.MayRetire(id) }

// RetireSeal records that a key serves for nothing but reading backups.
func (h *House) RetireSeal(ctx context.Context, by audit.Actor, id tamper.KeyID) error {
	return h.store.Retire(ctx, by, h.options.Now(), id)
}
