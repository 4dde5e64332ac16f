package installation

import (
	"context"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/licensefile"
)

// Holdings returns who holds what, signed with the installation's key: with the
// license files, everything a product needs to answer checks without the server
// until they are too old.
func (in *Installation) Holdings(ctx context.Context, act Act) ([]byte, error) {
	if in.key == nil {
		return nil, &NoKeyError{Installation: in.name}
	}
	var h entitle.Holdings
	err := in.view(func(v *store.View) error {
		h = in.holdings(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return entitle.MarshalHoldings(&h, licensefile.NewSigner(in.key))
}
