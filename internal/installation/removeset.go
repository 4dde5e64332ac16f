package installation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// RemoveSet takes the set of a third-party issuer out of force, with everything
// that was given of it to people, databases and profiles, in one update. Nothing of
// the issuer waits any longer, and its license server is not asked any more. The set
// stays stored, so that it can be activated again; what was given does not come
// back.
//
// The errors are [UnknownSetError], [NotInForceError], [seat.OwnVendorError], and
// [BlockedError] where the host application says that something stands in the way
// for one of the people. While records that hold seats of it are damaged, it is a
// [store.DamagedError].
func (in *Installation) RemoveSet(ctx context.Context, act Act, id string) (api.RemovedSet, error) {
	var answer api.RemovedSet
	outcome, err := in.askingAll(ctx, act, func(tx *store.Tx, c *clearing) (bool, error) {
		r, err := in.removalOf(&tx.View, id, tx)
		if err != nil {
			return false, err
		}
		if in.hooked(&tx.View) {
			if err := c.clear(r.losses()); err != nil {
				return false, err
			}
		}
		answer = r.answer(&tx.View, act.Language)
		answer.Set, err = r.stage(tx)
		return true, err
	})
	answer.Outcome = outcome
	return answer, err
}

// Removable reports whether the set of an issuer that is in force may be removed.
func (in *Installation) Removable(issuer string) (may bool) {
	in.view(func(v *store.View) error {
		i := license.Issuer(issuer)
		may = v.Active().Set(i) != nil && seat.MayRemove(v.Active(), i, firstIssuer(v)) == nil
		return nil
	})
	return may
}

// firstIssuer is whose set came in force first of all.
func firstIssuer(v *store.View) license.Issuer {
	all := v.Activations()
	if len(all) == 0 {
		return ""
	}
	return slices.MinFunc(all, func(x, y store.Activation) int { return cmp.Compare(x.Number, y.Number) }).Issuer
}

// A removal is a set that is to be taken out of force, and who loses what by it.
type removal struct {
	in     *Installation
	row    store.Set
	set    *license.Set
	before *license.Active
	next   *license.Active
	people []losing
	sites  []store.SiteAssignment
}

// A losing is somebody who was given something of the set, or may use something of
// it otherwise.
type losing struct {
	person store.Person
	given  []seat.Assignment // of the set
	now    seat.Standing
	then   seat.Standing
}

func (in *Installation) removalOf(v *store.View, id string, tx *store.Tx) (*removal, error) {
	row, err := findSet(v, id)
	if err != nil {
		return nil, err
	}
	r := &removal{in: in, row: row, before: v.Active(), set: v.Active().Set(row.Issuer)}
	if row.State != store.SetActive || r.set == nil {
		return nil, &NotInForceError{Set: setID(row.Issuer, row.Number), Status: string(row.State)}
	}
	if err := seat.MayRemove(r.before, row.Issuer, firstIssuer(v)); err != nil {
		return nil, err
	}
	if err := r.keptByDamage(v); err != nil {
		return nil, err
	}
	r.next = license.NewActive(slices.DeleteFunc(slices.Clone(r.before.Sets()), func(s *license.Set) bool { return s.Issuer == row.Issuer })...)
	r.gather(v, tx)
	return r, nil
}

// keptByDamage refuses while a damaged record keeps seats of the set: they are found
// again only while there are pools to count them in.
func (r *removal) keptByDamage(v *store.View) error {
	for _, held := range append(kept(v, r.before), keptAt(v)) {
		for _, h := range held {
			if h.Name.Issuer == r.row.Issuer {
				return &store.DamagedError{Damage: store.Damage{Table: "license", Key: h.Name.String(), What: "seats are kept for records that are damaged"}}
			}
		}
	}
	return nil
}

func (r *removal) gather(v *store.View, tx *store.Tx) {
	of := func(n license.Name) bool { return n.Issuer == r.row.Issuer }
	for p := range v.People() {
		now := r.in.standing(v, p, tx.Now())
		l := losing{person: p, now: now, then: now}
		l.then.Active, l.then.Current = r.next, nil
		for _, a := range now.Current {
			if of(a.Name) {
				l.given = append(l.given, a)
			} else {
				l.then.Current = append(l.then.Current, a)
			}
		}
		uses := func(h license.Held) bool { return of(h.Name) }
		if len(l.given) > 0 || slices.ContainsFunc(now.Uses(), uses) {
			r.people = append(r.people, l)
		}
	}
	slices.SortFunc(r.people, func(x, y losing) int { return cmp.Compare(x.person.Number, y.person.Number) })
	for _, a := range v.SiteAssignments() {
		if of(a.Name) && a.Until == 0 {
			r.sites = append(r.sites, a)
		}
	}
}

// losses are what people lose, as the host application is asked about it.
func (r *removal) losses() []Loss {
	var all []Loss
	for _, l := range r.people {
		if loss, ok := lossOf(l.now, arrangement(r.before, seat.Change{Release: l.given}), l.then); ok {
			all = append(all, loss)
		}
	}
	return all
}

func (r *removal) answer(v *store.View, lang string) api.RemovedSet {
	out := api.RemovedSet{People: len(r.people), Effects: []api.PersonEffect{}, Databases: []string{}}
	for _, l := range r.people {
		if len(l.given) == 0 {
			continue
		}
		e := api.PersonEffect{Person: l.person.Personal.UserID}
		for _, a := range l.given {
			e.Released = append(e.Released, holdingOf(r.before, a, lang))
		}
		out.Effects = append(out.Effects, e)
	}
	for _, a := range r.sites {
		if d, ok := v.Database(a.Database); ok && !slices.Contains(out.Databases, d.Name) {
			out.Databases = append(out.Databases, d.Name)
		}
	}
	return out
}

// stage takes everything back and the set out of force.
func (r *removal) stage(tx *store.Tx) (api.Set, error) {
	set := setID(r.row.Issuer, r.row.Number)
	for _, l := range r.people {
		if len(l.given) == 0 {
			continue
		}
		for _, a := range l.given {
			if err := tx.EndAssignment(a.Number, set); err != nil {
				return api.Set{}, err
			}
		}
		tx.Entry(arrangement(r.before, seat.Change{Release: l.given}), l.person.ID, append(changeFacts(seat.Change{Release: l.given}), audit.F("set", set))...)
	}
	for _, a := range r.sites {
		if err := tx.EndSite(a.Number, set); err != nil {
			return api.Set{}, err
		}
	}
	for _, step := range []func(*store.Tx) error{r.emptyPools, r.trimProfiles, r.retire, r.askNoMore} {
		if err := step(tx); err != nil {
			return api.Set{}, err
		}
	}
	tx.Entry("set.remove", "", audit.F("set", set), audit.F("checkpoint", r.row.Checkpoint), audit.F("people", len(r.people)), audit.F("databases", len(r.sites)))
	r.row.State, r.row.Until = store.SetWithdrawn, tx.Now().UnixMicro()
	return setOf(&tx.View, r.row, r.set, tx.Now()), nil
}

// emptyPools leaves the licenses of the set without a seat, as those are that
// another set no longer has.
func (r *removal) emptyPools(tx *store.Tx) error {
	for _, row := range tx.Licenses() {
		if row.Name.Issuer != r.row.Issuer {
			continue
		}
		row.Line, row.Seats, row.Taken, row.Unrestricted = 0, 0, 0, false
		if err := tx.PutLicense(row); err != nil {
			return err
		}
	}
	return nil
}

// trimProfiles takes the modules of the issuer out of profiles.
func (r *removal) trimProfiles(tx *store.Tx) error {
	for _, p := range tx.Profiles() {
		left := slices.DeleteFunc(slices.Clone(p.Modules), func(n license.Name) bool { return n.Issuer == r.row.Issuer })
		if len(left) == len(p.Modules) {
			continue
		}
		p.Modules = left
		if err := tx.PutProfile(p); err != nil {
			return err
		}
	}
	return nil
}

// retire ends the set and its activation, and whatever of the issuer waits.
func (r *removal) retire(tx *store.Tx) error {
	now := tx.Now().UnixMicro()
	for _, row := range tx.Sets() {
		if row.Issuer != r.row.Issuer || row.State != store.SetActive && row.State != store.SetLoaded {
			continue
		}
		if row.State == store.SetActive {
			row.Until = now
		} else if err := tx.PutAgreement(store.Agreement{Checkpoint: row.Checkpoint}); err != nil {
			return err
		}
		row.State = store.SetWithdrawn
		if err := tx.PutSet(row); err != nil {
			return err
		}
		for _, code := range []string{NoticeSetActivated, NoticeSetDoesNotFit} {
			if _, err := settle(tx, code, setID(row.Issuer, row.Number)); err != nil {
				return err
			}
		}
	}
	for _, a := range tx.Activations() {
		if a.Issuer == r.row.Issuer && a.Until == 0 {
			a.Until = now
			if err := tx.PutActivation(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// askNoMore ends that the issuer's license server is asked; registering anew begins
// it again.
func (r *removal) askNoMore(tx *store.Tx) error {
	a, ok := tx.Authority(r.row.Issuer)
	if !ok || a.Registered == 0 {
		return nil
	}
	if _, err := settle(tx, NoticeFetchFails, string(r.row.Issuer)); err != nil {
		return err
	}
	a.Registered, a.Serial = 0, ""
	return tx.PutAuthority(a)
}

// A NotInForceError is returned when a set that is not in force is to be removed.
type NotInForceError struct {
	Set    string
	Status string
}

func (e *NotInForceError) Error() string {
	return fmt.Sprintf("%s is not in force: it is %s", e.Set, e.Status)
}

// Code returns the stable code of the error.
func (e *NotInForceError) Code() string { return "set.not-in-force" }
