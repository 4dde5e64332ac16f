package installation

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// An Act says who does something, and whether only to see what it would do.
type Act struct {
	By     audit.Actor
	DryRun bool
	// WithDependants agrees that what needs a license goes when that is taken back.
	WithDependants bool
	Language       string // of display names in the answer; "" is English
	// Lacks are scopes that whoever asks does not have. Refusing because of them is
	// for doors; answers that say what would help say by them who can do it, and only
	// an administrator changes what people with a role are recognized by.
	Lacks []string
	// Was is what fields said when the change was made up, by their names in the API.
	// Where one says something else by now, and not what it is to become, the change is
	// refused with a [*ChangedMeanwhileError]. What is not named does not matter.
	Was map[string]string

	source seat.Source // of what is given; "": as the rules say
}

// errAlready ends an update that has nothing to change.
var errAlready = errors.New("it is already so")

// perform runs decide in one update; when it returns, checks see the result.
// decide stages the change with its audit entry and reports whether there was
// anything to change. It may run more than once, so what it hands out through
// its closure it must set anew each time.
//
// Whatever the act is, it is refused when it leaves no administrator who can
// sign in; see [seat.KeepAdministrator].
func (in *Installation) perform(ctx context.Context, act Act, decide func(tx *store.Tx) (bool, error)) (api.Outcome, error) {
	now := in.present()
	run := func(tx *store.Tx) error {
		before, names := postOf(tx), act.recognized(tx)
		changed, err := decide(tx)
		switch {
		case err != nil:
			return err
		case !changed:
			return errAlready
		}
		return cmp.Or(before.kept(tx), names.kept(tx))
	}
	if in.supposed != nil {
		return in.supposed.suppose(run)
	}
	if act.DryRun {
		return in.try(ctx, act, now, run)
	}
	receipt, err := in.book.Update(ctx, act.By, now, run)
	switch {
	case errors.Is(err, errAlready):
		return api.Outcome{Seq: in.now.Load().seq}, nil
	case err != nil:
		return api.Outcome{}, err
	}
	return api.Outcome{Changed: true, Seq: receipt.Seq}, nil
}

func (in *Installation) try(ctx context.Context, act Act, now time.Time, run func(tx *store.Tx) error) (api.Outcome, error) {
	err := in.book.Try(ctx, act.By, now, run)
	if err != nil && !errors.Is(err, errAlready) {
		return api.Outcome{}, err
	}
	return api.Outcome{Changed: err == nil, DryRun: true, Seq: in.now.Load().seq}, nil
}

// view reads one consistent state.
func (in *Installation) view(read func(v *store.View) error) error {
	if in.supposed != nil {
		return read(&in.supposed.tx.View)
	}
	return in.book.View(read)
}

// standing is how things stand for one person.
func (in *Installation) standing(v *store.View, p store.Person, now time.Time) seat.Standing {
	return seat.Standing{
		Active:  v.Active(),
		State:   states(v.Active(), now),
		Outage:  in.outages(v, now),
		Pools:   in.pools(v),
		Person:  p.Person,
		Current: v.Assignments(p.ID),
		Profile: profileModules(v, p.Profile),
	}
}

// states returns what each issuer's dates say at a moment. A set whose time
// zone cannot be read here is past its end: it cannot be known that it is not.
func states(active *license.Active, now time.Time) func(license.Issuer) license.State {
	return func(i license.Issuer) license.State {
		set := active.Set(i)
		if set == nil {
			return license.OK
		}
		return setState(set, now)
	}
}

func setState(set *license.Set, now time.Time) license.State {
	today, err := set.Today(now)
	if err != nil {
		return license.ReadOnly
	}
	return set.Dates.State(today)
}

// pools says how full pools are. Where it is asked how much would be needed, none
// of a set in force is ever full.
func (in *Installation) pools(v *store.View) seat.Pools {
	of := pools(v)
	if in.supposed == nil || !in.supposed.boundless {
		return of
	}
	return func(n license.Name) seat.Pool {
		p := of(n)
		p.Unrestricted = p.Unrestricted || v.Active().License(n) != nil
		return p
	}
}

func pools(v *store.View) seat.Pools {
	return func(n license.Name) seat.Pool {
		row, ok := v.License(n)
		if !ok {
			return seat.Pool{}
		}
		return row.Pool()
	}
}

func profileModules(v *store.View, code string) []license.Name {
	if code == "" {
		return nil
	}
	p, _ := v.Profile(code)
	return p.Modules
}

// holdsOf returns what a person was given, under sets that may not be in force
// yet.
func holdsOf(v *store.View, active *license.Active, p store.Person) []license.Held {
	return seat.Holds(active, p.Person, v.Assignments(p.ID), profileModules(v, p.Profile))
}

// visible is everybody who can be seen, under sets that may not be in force yet.
func visible(v *store.View, active *license.Active) seat.Holders {
	return func(yield func(string, []license.Held) bool) {
		for p := range v.People() {
			if !yield(p.ID, holdsOf(v, active, p)) {
				return
			}
		}
	}
}

// zone returns the installation's time zone.
func zone(v *store.View) *time.Location {
	name := v.Info().TimeZone
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, loc)
	return loc
}

// zones are those that were read already, by name: reading one opens a file.
var zones sync.Map
