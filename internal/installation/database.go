package installation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// databaseHolder begins what stands for a database among those who hold
// something; its name follows.
const databaseHolder = "database "

// sites is every database with what it holds, and behind them, without a name,
// what damaged rows keep.
func sites(v *store.View, next *license.Active) seat.Holders {
	return func(yield func(string, []license.Held) bool) {
		for name, held := range seenSites(v) {
			if !yield(name, held) {
				return
			}
		}
		if held := keptAt(v); len(held) > 0 {
			yield("", held)
		}
	}
}

// keptAt returns the site licenses that are taken although no database can be
// seen to hold them, as kept does for people.
func keptAt(v *store.View) []license.Held {
	if v.Health() == store.Sound {
		return nil
	}
	seen := map[license.Name]int64{}
	for _, a := range v.SiteAssignments() {
		if a.Until == 0 {
			seen[a.Name] += a.Quantity
		}
	}
	var held []license.Held
	for _, row := range v.Licenses() {
		if over := row.Taken - seen[row.Name]; over > 0 && row.Kind == license.Site {
			held = append(held, license.Held{Name: row.Name, Quantity: over})
		}
	}
	slices.SortFunc(held, func(x, y license.Held) int { return license.CompareNames(x.Name, y.Name) })
	return held
}

// siteAssignments returns the current assignments of a database, by number.
func siteAssignments(v *store.View, database int64) []seat.SiteAssignment {
	var list []seat.SiteAssignment
	for _, a := range v.SiteAssignments() {
		if a.Database == database && a.Until == 0 {
			list = append(list, a.SiteAssignment)
		}
	}
	return list
}

func (in *Installation) siteStanding(v *store.View, d store.Database, now time.Time) seat.SiteStanding {
	return seat.SiteStanding{Active: v.Active(), State: states(v.Active(), now), Outage: in.outages(v, now), Pools: pools(v),
		Database: d.Database, Current: siteAssignments(v, d.Number)}
}

// findDatabase finds a database by number, or by name in any letter case; one
// that was removed by number only.
func findDatabase(v *store.View, text string) (store.Database, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if d, ok := v.Database(n); ok {
			return d, nil
		}
		return store.Database{}, &UnknownDatabaseError{Database: text}
	}
	for _, d := range v.Databases() {
		if !d.Removed && sameName(d.Name, text) {
			return d, nil
		}
	}
	return store.Database{}, &UnknownDatabaseError{Database: text}
}

func sameName(x, y string) bool { return store.FoldUserID(x) == store.FoldUserID(y) }

// checkDatabaseName refuses a name that no database may have, or that another
// one has.
func checkDatabaseName(v *store.View, d store.Database) error {
	if err := checkText("name", d.Name, 1, maxName); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(d.Name) != d.Name:
		return &BadValueError{Field: "name", Why: "it has a space first or last"}
	case isNumber(d.Name):
		return &BadValueError{Field: "name", Why: "it is a number, which would stand for the database of that number"}
	}
	for _, other := range v.Databases() {
		if !other.Removed && other.Number != d.Number && sameName(other.Name, d.Name) {
			return &DatabaseNameTakenError{Name: d.Name, Number: other.Number}
		}
	}
	return nil
}

func isNumber(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil || strings.Trim(text, "0123456789") == ""
}

// Databases returns all databases, by number; removed ones only when asked for.
func (in *Installation) Databases(ctx context.Context, act Act, removed bool) (api.List[api.Database], error) {
	var list api.List[api.Database]
	err := in.view(func(v *store.View) error {
		list = api.List[api.Database]{AsOf: in.clock(v).UTC(), Seq: v.Seq(), Items: []api.Database{}}
		for _, d := range v.Databases() {
			if removed || !d.Removed {
				list.Items = append(list.Items, databaseOf(v, d, siteAssignments(v, d.Number), act.Language))
			}
		}
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

// Database returns one database with what it holds.
func (in *Installation) Database(ctx context.Context, act Act, id string) (api.Database, error) {
	var out api.Database
	err := in.view(func(v *store.View) error {
		d, err := findDatabase(v, id)
		if err == nil {
			out = databaseOf(v, d, siteAssignments(v, d.Number), act.Language)
		}
		return err
	})
	return out, err
}

func databaseOf(v *store.View, d store.Database, current []seat.SiteAssignment, lang string) api.Database {
	out := api.Database{Number: d.Number, Name: d.Name, Removed: d.Removed, Created: timeOf(d.Created), Licenses: []api.Holding{}}
	for _, a := range current {
		out.Licenses = append(out.Licenses, siteHolding(v.Active(), a, lang))
	}
	slices.SortStableFunc(out.Licenses, func(x, y api.Holding) int { return license.CompareNames(x.Name, y.Name) })
	return out
}

func siteHolding(active *license.Active, a seat.SiteAssignment, lang string) api.Holding {
	return holdingOf(active, seat.Assignment{Name: a.Name, Quantity: a.Quantity, Source: seat.Direct, From: a.From, Until: a.Until, By: a.By, Reason: a.Reason}, lang)
}

// A siteDecision is what a change of one database comes to.
type siteDecision struct {
	database store.Database // as it stands afterwards
	change   seat.SiteChange
	action   string
	facts    []audit.Fact
	reason   string
	write    bool // the database's row changes too
	add      bool // and is new
}

// decideDatabase performs a change of one database: decide, write, and tell what
// it did.
func (in *Installation) decideDatabase(ctx context.Context, act Act, decide func(tx *store.Tx) (siteDecision, error)) (api.ChangedDatabase, error) {
	var answer api.ChangedDatabase
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		d, err := decide(tx)
		if err != nil {
			return false, err
		}
		v := &tx.View
		answer.Effect = siteEffectOf(v, d.change, act.Language)
		if d.write {
			if d.database.Number, err = tx.PutDatabase(d.database, d.add); err != nil {
				return false, err
			}
			if stored, ok := tx.Database(d.database.Number); ok {
				d.database = stored
			}
		}
		if err := writeSites(tx, d.change, d.reason); err != nil {
			return false, err
		}
		answer.Database = databaseOf(v, d.database, siteAssignments(v, d.database.Number), act.Language)
		if d.change.Empty() && !d.write {
			return false, nil
		}
		facts := append(d.facts, audit.F("database", d.database.Number))
		for i, a := range d.change.Release {
			facts = append(facts, audit.F(numbered("released", i), a.Name))
		}
		tx.Entry(d.action, "", facts...)
		return true, nil
	})
	answer.Outcome = outcome
	return answer, err
}

func writeSites(tx *store.Tx, c seat.SiteChange, reason string) error {
	for _, a := range c.Release {
		if err := tx.EndSite(a.Number, reason); err != nil {
			return err
		}
	}
	for _, a := range c.Give {
		a.Reason = reason
		if _, err := tx.AssignSite(a); err != nil {
			return err
		}
	}
	return tx.TakeSeats(c.Takes)
}

func siteEffectOf(v *store.View, c seat.SiteChange, lang string) api.Effect {
	e := api.Effect{Given: []api.Holding{}, Released: []api.Holding{}, Pools: poolChanges(v, c.Takes, lang), Parents: c.Parents, Dependants: c.Dependants}
	for _, a := range c.Give {
		e.Given = append(e.Given, siteHolding(v.Active(), a, lang))
	}
	for _, a := range c.Release {
		e.Released = append(e.Released, siteHolding(v.Active(), a, lang))
	}
	return e
}

// AddDatabase adds a satellite.
func (in *Installation) AddDatabase(ctx context.Context, act Act, name string) (api.ChangedDatabase, error) {
	return in.decideDatabase(ctx, act, func(tx *store.Tx) (siteDecision, error) {
		d := siteDecision{action: "database.add", write: true, add: true, database: store.Database{Database: seat.Database{Number: -1, Name: name}}}
		return d, checkDatabaseName(&tx.View, d.database)
	})
}

// RenameDatabase gives a database another name; its number and history stay.
func (in *Installation) RenameDatabase(ctx context.Context, act Act, id, name string) (api.ChangedDatabase, error) {
	return in.decideDatabase(ctx, act, func(tx *store.Tx) (siteDecision, error) {
		found, err := findDatabase(&tx.View, id)
		if err != nil {
			return siteDecision{}, err
		}
		if found.Removed {
			return siteDecision{}, &seat.DatabaseRemovedError{Database: found.Name}
		}
		next := name
		if err := act.meanwhile(found.Name, field{"name", found.Name, &next}); err != nil {
			return siteDecision{}, err
		}
		d := siteDecision{action: "database.rename", database: found, write: found.Name != next}
		d.database.Name = next
		return d, checkDatabaseName(&tx.View, d.database)
	})
}

// RemoveDatabase takes everything back from a satellite and keeps number and
// history.
func (in *Installation) RemoveDatabase(ctx context.Context, act Act, id string) (api.ChangedDatabase, error) {
	return in.decideDatabase(ctx, act, func(tx *store.Tx) (siteDecision, error) {
		found, err := findDatabase(&tx.View, id)
		if err != nil {
			return siteDecision{}, err
		}
		d := siteDecision{action: "database.remove", database: found, write: !found.Removed}
		d.database.Removed = true
		d.change, err = in.siteStanding(&tx.View, found, tx.Now()).Remove()
		return d, err
	})
}

// AssignSite gives a database quantity seats of a site license, 1 when 0 is
// asked for.
func (in *Installation) AssignSite(ctx context.Context, act Act, id, text string, c api.SiteChoice) (api.ChangedDatabase, error) {
	if err := checkText("reason", c.Reason, 0, maxReason); err != nil {
		return api.ChangedDatabase{}, err
	}
	quantity := cmp.Or(c.Quantity, 1)
	return in.decideDatabase(ctx, act, func(tx *store.Tx) (siteDecision, error) {
		found, err := findDatabase(&tx.View, id)
		if err != nil {
			return siteDecision{}, err
		}
		name, err := tx.Active().Resolve(text)
		if err != nil {
			return siteDecision{}, err
		}
		d := siteDecision{action: "site.assign", database: found, reason: c.Reason, facts: []audit.Fact{audit.F("license", name), audit.F("quantity", quantity)}}
		d.change, err = in.siteStanding(&tx.View, found, tx.Now()).Assign(name, quantity)
		return d, err
	})
}

// ReleaseSite takes a site license back from a database. What needs it goes with
// it once withDependants says so. What is not held is already so.
func (in *Installation) ReleaseSite(ctx context.Context, act Act, id, text string, withDependants bool) (api.ChangedDatabase, error) {
	return in.decideDatabase(ctx, act, func(tx *store.Tx) (siteDecision, error) {
		found, err := findDatabase(&tx.View, id)
		if err != nil {
			return siteDecision{}, err
		}
		s := in.siteStanding(&tx.View, found, tx.Now())
		name, err := license.ParseName(text)
		if held := slices.ContainsFunc(s.Current, func(a seat.SiteAssignment) bool { return a.Name == name }); err != nil || !held {
			if name, err = tx.Active().Resolve(text); err != nil {
				return siteDecision{}, err
			}
		}
		d := siteDecision{action: "site.release", database: found, facts: []audit.Fact{audit.F("license", name)}}
		d.change, err = s.Release(name)
		if errors.As(err, new(*seat.NotHeldError)) {
			return d, nil
		}
		return d, d.change.Confirmed(name, withDependants)
	})
}

// An UnknownDatabaseError is returned when no database has a number or name.
type UnknownDatabaseError struct{ Database string }

func (e *UnknownDatabaseError) Error() string {
	return "there is no database " + strconv.Quote(e.Database)
}

// Code returns the stable code of the error.
func (e *UnknownDatabaseError) Code() string { return "database.unknown" }

// A DatabaseNameTakenError is returned when another database has a name.
type DatabaseNameTakenError struct {
	Name   string
	Number int64 // of the other one
}

func (e *DatabaseNameTakenError) Error() string {
	return "database " + strconv.FormatInt(e.Number, 10) + " has the name " + strconv.Quote(e.Name)
}

// Code returns the stable code of the error.
func (e *DatabaseNameTakenError) Code() string { return "database.name-taken" }
