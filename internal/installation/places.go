package installation

import (
	"context"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// checkReason reports what makes no reason that people can read. It is shown to
// the installation's administrators.
func checkReason(reason string) error { return checkText("reason", reason, 1, maxReason) }

// Places returns the server's list of installations, those included that were
// deleted, by number.
func (h *House) Places() []store.Place { return h.store.Places() }

// Place returns one installation of the list that was not deleted.
func (h *House) Place(name string) (store.Place, error) {
	for _, p := range h.store.Places() {
		if p.Name == name && p.State != store.StateDeleted {
			return p, nil
		}
	}
	return store.Place{}, &store.UnknownInstallationError{Name: name}
}

// Suspend lets nothing be changed in an installation until it is resumed, and
// tells its administrators why. Reading, checks, signing in, verifying and
// repairing go on: who may use what is the issuers' word, not the host's.
func (h *House) Suspend(ctx context.Context, by audit.Actor, name, reason string) (changed bool, err error) {
	if err := checkReason(reason); err != nil {
		return false, err
	}
	return h.setState(ctx, by, name, store.StateSuspended, "installation.suspend", reason)
}

// Resume lets an installation be changed again.
func (h *House) Resume(ctx context.Context, by audit.Actor, name string) (changed bool, err error) {
	return h.setState(ctx, by, name, store.StateOpen, "installation.resume", "")
}

func (h *House) setState(ctx context.Context, by audit.Actor, name, state, action, reason string) (bool, error) {
	changed, err := h.store.SetState(ctx, by, h.Now(), name, state, reason)
	if err != nil || !changed {
		return false, err
	}
	// Its own records say so too, where they can be written.
	if in := h.Installation(name); in != nil {
		facts := []audit.Fact{}
		if reason != "" {
			facts = append(facts, audit.F("reason", reason))
		}
		if err := in.record(ctx, by, action, facts...); err != nil {
			h.options.Log.Warn("the records of an installation do not say that its state was changed; the server's do", "installation", name, "err", err)
		}
	}
	return true, nil
}

// record writes an entry that comes with no change.
func (in *Installation) record(ctx context.Context, by audit.Actor, action string, facts ...audit.Fact) error {
	_, err := in.book.Update(ctx, by, in.options.Now(), func(tx *store.Tx) error {
		tx.Entry(action, "", facts...)
		return nil
	})
	return err
}

// Delete deletes an installation for good; see [store.Store.Delete].
func (h *House) Delete(ctx context.Context, name string, d store.Deletion) (id string, err error) {
	if err := checkReason(d.Reason); err != nil {
		return "", err
	}
	id, err = h.store.Delete(ctx, h.Now(), name, d)
	if err == nil {
		h.letGo()
	}
	return id, err
}

// letGo closes the installations that are no longer there.
func (h *House) letGo() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, in := range h.byName {
		if !h.Has(name) {
			in.close()
			delete(h.byName, name)
		}
	}
}

// Head returns where the chain of an installation stands.
func (in *Installation) Head() store.Head { return in.book.Head() }

// Move takes everything elsewhere; see [store.Store.Move].
func (h *House) Move(ctx context.Context, by audit.Actor, from, to string, copy func(context.Context, store.Source) error) error {
	return h.store.Move(ctx, by, h.Now(), from, to, copy)
}
