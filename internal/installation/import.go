package installation

import (
	"bytes"
	"context"
	"crypto/ed25519"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// Import makes an installation of what another server exported: see
// [store.Store.ImportInstallation]. Its key is this house's for that name; where it
// is the one it had, the license servers go on knowing it. Only somebody at the
// host does that, who has seen that the export is genuine.
func (h *House) Import(ctx context.Context, by audit.Actor, name string, m store.Import) (*Installation, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	owner, err := m.Owner(ctx)
	if err != nil {
		return nil, err
	}
	key, err := h.options.Key(name)
	if err != nil {
		return nil, err
	}
	was := owner.SiteKey
	owner.SiteKey = nil
	if key != nil {
		owner.SiteKey = key.Public().(ed25519.PublicKey)
	}
	m.Known = len(was) > 0 && bytes.Equal(was, owner.SiteKey)
	if _, err := h.store.ImportInstallation(ctx, by, h.Now(), m, store.NewInstallation{Name: name, Owner: owner}); err != nil {
		return nil, err
	}
	if err := h.open(name); err != nil {
		return nil, err
	}
	return h.Installation(name), nil
}

// Marks returns the numbers of the installation that only rise.
func (in *Installation) Marks() store.Marks { return in.book.Marks() }
