package installation

import (
	"context"

	"github.com/pott-dev/pott/internal/installation/store"
)

// MarkAsTest makes an installation a copy for tests.
func (in *Installation) MarkAsTest(ctx context.Context, act Act) error {
	_, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		owner := tx.Info().Owner
		owner.Test = true
		tx.Entry("installation.clone", "")
		return true, tx.SetOwner(owner)
	})
	return err
}
