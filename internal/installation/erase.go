package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
)

// ErasePerson deletes somebody who is not deleted yet, and forgets for good what
// names the person: user id, names, address and group. Number and history stay,
// and everything that was sealed can still be verified. Nothing undoes it, and
// nobody erases the own account.
//
// It works in a suspended installation too. Backups that were made before still
// hold the values.
func (in *Installation) ErasePerson(ctx context.Context, act Act, id string) (api.ChangedPerson, error) {
	return in.leaveForGood(ctx, act, id, true)
}
