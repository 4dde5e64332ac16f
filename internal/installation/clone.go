package installation

import (
	"context"
	"crypto/ed25519"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// CloneTest makes a copy of an installation for tests in another house: see
// [store.Book.CloneTest]. Its name stays, its key is the other house's for that
// name. Only somebody at the host does that.
func (in *Installation) CloneTest(ctx context.Context, to *House, by audit.Actor) (*Installation, error) {
	n := store.NewInstallation{Name: in.name}
	if err := in.view(func(v *store.View) error {
		n.Owner = v.Info().Owner
		return nil
	}); err != nil {
		return nil, err
	}
	key, err := to.options.Key(in.name)
	if err != nil {
		return nil, err
	}
	n.SiteKey = nil
	if key != nil {
		n.SiteKey = key.Public().(ed25519.PublicKey)
	}
	if _, err := in.book.CloneTest(ctx, to.store, by, to.Now(), n); err != nil {
		return nil, err
	}
	if err := to.open(in.name); err != nil {
		return nil, err
	}
	return to.Installation(in.name), nil
}
