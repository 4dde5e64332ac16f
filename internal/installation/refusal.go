package installation

import "github.com/pott-dev/pott/internal/installation/store"

// A Deed is a kind of act, as far as it matters while not everything may be done.
type Deed = store.Deed

// Refusal returns why every act of a kind is refused now: because the host has
// suspended the installation, or because its records cannot be relied on. nil says
// that an act may still be refused for what it does.
func (in *Installation) Refusal(d Deed) (err error) {
	in.view(func(v *store.View) error { // nothing here fails
		err = v.Refuses(d)
		return nil
	})
	return err
}
