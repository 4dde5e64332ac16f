package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/tamper"
)

// Database is a stored database.
type Database struct {
	seat.Database
	Created int64 // microseconds since 1970 UTC; given by the store
}

// CentralName is what the central database is called until it is renamed.
const CentralName = "central"

// SiteAssignment is a stored assignment of a site license, current or ended.
type SiteAssignment struct {
	seat.SiteAssignment
	EndedBy   string // the actor that ended it; "" while it is current
	EndReason string
}

var databaseLayout = tamper.NewLayout("database", "number:i", "name:t state:t created:i")

const (
	openDatabase    = "open"
	removedDatabase = "removed"
)

var databaseCodec = codec[int64, Database]{
	layout: databaseLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(d *Database) []tamper.Value {
		state := openDatabase
		if d.Removed {
			state = removedDatabase
		}
		return []tamper.Value{tamper.Str(d.Name), tamper.Str(state), tamper.Int(d.Created)}
	},
	decode: func(k int64, v []tamper.Value) Database {
		return Database{Database: seat.Database{Number: k, Name: v[0].Str(), Removed: v[1].Str() != openDatabase}, Created: v[2].Int()}
	},
}

var siteAssignmentLayout = tamper.NewLayout("site_assignment", "number:i", "database:i issuer:t module:t quantity:i from_at:i until_at:i "+
	"given_by:t reason:t ended_by:t end_reason:t")

var siteCodec = codec[int64, SiteAssignment]{
	layout: siteAssignmentLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(a *SiteAssignment) []tamper.Value {
		return []tamper.Value{tamper.Int(a.Database), tamper.Str(string(a.Name.Issuer)), tamper.Str(string(a.Name.Module)),
			tamper.Int(a.Quantity), tamper.Int(a.From), tamper.Int(a.Until), tamper.Str(a.By), tamper.Str(a.Reason),
			tamper.Str(a.EndedBy), tamper.Str(a.EndReason)}
	},
	decode: func(k int64, v []tamper.Value) SiteAssignment {
		return SiteAssignment{SiteAssignment: seat.SiteAssignment{Number: k, Database: v[0].Int(), Name: nameOf(v[1], v[2]),
			Quantity: v[3].Int(), From: v[4].Int(), Until: v[5].Int(), By: v[6].Str(), Reason: v[7].Str()},
			EndedBy: v[8].Str(), EndReason: v[9].Str()}
	},
}

func (b *Book) databaseChanged(_, new *Database) {
	b.touched.Licenses = true
	if new != nil {
		b.last.database = max(b.last.database, new.Number)
	}
}

func (b *Book) siteChanged(_, new *SiteAssignment) {
	b.touched.Licenses = true
	if new != nil {
		b.last.site = max(b.last.site, new.Number)
	}
}

// Database returns a database by number. The central one is always there, unless
// its row is damaged.
func (v *View) Database(number int64) (Database, bool) {
	d := v.book.databases.get(number)
	if v.staged != nil {
		d = v.staged.databases.get(number)
	}
	switch {
	case d != nil:
		return *d, true
	case number == seat.Central && v.book.databases.damaged[number] == nil:
		return Database{Database: seat.Database{Number: seat.Central, Name: CentralName}}, true
	}
	return Database{}, false
}

// Databases returns all databases, removed ones included, by number.
func (v *View) Databases() []Database {
	var list []Database
	for d := range all(v, v.book.databases, func(s *staged) *staging[int64, Database] { return s.databases }) {
		if d.Number != seat.Central {
			list = append(list, *d)
		}
	}
	if central, ok := v.Database(seat.Central); ok {
		list = append(list, central)
	}
	slices.SortFunc(list, func(x, y Database) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// SiteAssignments returns all assignments of site licenses, ended ones included,
// by number.
func (v *View) SiteAssignments() []SiteAssignment {
	var list []SiteAssignment
	for a := range all(v, v.book.sites, func(s *staged) *staging[int64, SiteAssignment] { return s.sites }) {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(x, y SiteAssignment) int { return cmp.Compare(x.Number, y.Number) })
	return list
}

// PutDatabase stores a database and returns its number; with new, it gets one.
// Names are for the caller to keep apart.
func (tx *Tx) PutDatabase(d Database, new bool) (int64, error) {
	if new {
		if err := tx.granting(); err != nil {
			return 0, err
		}
		tx.staged.last.database++
		d.Number = tx.staged.last.database
	}
	if d.Created == 0 {
		d.Created = tx.now
	}
	return d.Number, tx.staged.databases.put(d.Number, &d)
}

// AssignSite stores a new assignment of a site license and returns its number.
// Seats are taken by TakeSeats.
func (tx *Tx) AssignSite(a seat.SiteAssignment) (int64, error) {
	if err := tx.granting(); err != nil {
		return 0, err
	}
	tx.staged.last.site++
	a.Number, a.From, a.Until = tx.staged.last.site, tx.now, 0
	if a.By == "" {
		a.By = tx.by.String()
	}
	return a.Number, tx.staged.sites.put(a.Number, &SiteAssignment{SiteAssignment: a})
}

// EndSite ends a current assignment of a site license now. Its seats are given
// back by TakeSeats.
func (tx *Tx) EndSite(number int64, reason string) error {
	old := tx.staged.sites.get(number)
	if old == nil || old.Until != 0 {
		return tx.noRow("site_assignment", fmt.Sprint(number), tx.book.sites.damaged[number])
	}
	next := *old
	next.Until, next.EndedBy, next.EndReason = max(tx.now, old.From), tx.by.String(), reason
	return tx.staged.sites.put(number, &next)
}
