package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// A Repair is what somebody decides about a damaged place.
type Repair string

const (
	RepairAccept  Repair = "accept"  // what stands there now is right
	RepairRemove  Repair = "remove"  // nothing belongs there
	RepairRestore Repair = "restore" // what stood there before is right
)

// A DamagedPlace is a damaged row, or something else that can be repaired.
type DamagedPlace struct {
	ID string // names it in acts: 12 hex digits, the same after every start
	Damage
	Repairs []Repair // what can be decided
}

// totalsPlace is what is repaired when the rows do not add up.
const totalsPlace = "totals"

func placeID(table, key string) string {
	h := sha256.Sum256([]byte(table + "\x00" + key))
	return hex.EncodeToString(h[:6])
}

// An UnknownPlaceError is returned for a place that is not damaged.
type UnknownPlaceError struct{ Place string }

func (e *UnknownPlaceError) Error() string { return fmt.Sprintf("nothing is damaged at %q", e.Place) }

// Code returns the stable code of the error.
func (e *UnknownPlaceError) Code() string { return "damage.unknown-place" }

// A NotRepairableError is returned for a decision that cannot be carried out.
type NotRepairableError struct {
	Place  string
	Action Repair
	Why    string // "unknown": the row was never the journal's; "values": they are not those that stood there; "types": what stands there is no row of the table; "others": other places come first; "action": the place cannot be decided about so
}

func (e *NotRepairableError) Error() string {
	return fmt.Sprintf("%s cannot be decided by %s: %s", e.Place, e.Action, e.Why)
}

// Code returns the stable code of the error.
func (e *NotRepairableError) Code() string { return "damage.not-repairable" }

// Places returns everything that is damaged and can be repaired, by table and
// key. Damage that is none of these is repaired in the database itself.
func (v *View) Places() []DamagedPlace { return v.book.places() }

func (b *Book) places() []DamagedPlace {
	var list []DamagedPlace
	for _, t := range b.tables {
		table := t.sealedLayout().Table
		t.eachDamaged(func(key []tamper.Value, e *DamagedError) {
			repairs := []Repair{RepairAccept, RepairRemove}
			if _, known := t.markOf(key); known {
				repairs = append(repairs, RepairRestore)
			}
			list = append(list, DamagedPlace{ID: placeID(table, string(tamper.AppendKey(nil, key...))), Damage: e.Damage, Repairs: repairs})
		})
	}
	for _, d := range b.damages {
		if d.Table == "set_file" {
			list = append(list, DamagedPlace{ID: placeID("set_file", d.Key), Damage: d, Repairs: []Repair{RepairRestore}})
		}
	}
	if b.health == ReadOnly && !b.shut {
		list = append(list, DamagedPlace{ID: totalsPlace, Damage: Damage{Table: "head", Key: b.installation, What: "the rows do not add up to what was last written"},
			Repairs: []Repair{RepairAccept}})
	}
	slices.SortFunc(list, func(x, y DamagedPlace) int {
		return cmp.Or(strings.Compare(x.Table, y.Table), strings.Compare(x.Key, y.Key))
	})
	return list
}

// find returns the table and key of a place, or nil.
func (b *Book) find(place string) (t sealedTable, key []tamper.Value, d Damage) {
	for _, table := range b.tables {
		table.eachDamaged(func(k []tamper.Value, e *DamagedError) {
			if placeID(table.sealedLayout().Table, string(tamper.AppendKey(nil, k...))) == place {
				t, key, d = table, k, e.Damage
			}
		})
	}
	return t, key, d
}

// Evidence is a damaged row as it stands in the database, and what is known of
// the one that should stand there.
type Evidence struct {
	DamagedPlace
	Found     map[string]string // by column: integers in decimal, texts as they are, bytes in hex; nil: there is no row
	Seal      map[string]string // ver, layout, seal, colsum of that row
	WantedVer int64             // 0 when the journal does not know the row
	WantedMAC string
}

// Evidence reads what stands at a damaged place. Personal values are not in it:
// they are kept nowhere else than in their own table.
func (b *Book) Evidence(ctx context.Context, place string) (Evidence, error) {
	b.mu.RLock()
	list := b.places()
	t, key, _ := b.find(place)
	var e Evidence
	if t != nil {
		if m, ok := t.markOf(key); ok {
			e.WantedVer, e.WantedMAC = m.ver, m.seal.MAC().String()
		}
	}
	b.mu.RUnlock()
	at := slices.IndexFunc(list, func(p DamagedPlace) bool { return p.ID == place })
	if at < 0 {
		return Evidence{}, &UnknownPlaceError{Place: place}
	}
	e.DamagedPlace = list[at]
	if t == nil {
		return e, nil
	}
	r, err := b.raw(ctx, t.sealedLayout(), key)
	if r != nil {
		e.Found, e.Seal = shownRow(t.sealedLayout(), r)
	}
	return e, err
}

// raw reads a row as it stands, or nil.
func (b *Book) raw(ctx context.Context, layout *tamper.Layout, key []tamper.Value) (row *rawRow, err error) {
	err = byKeys(ctx, b.store.db, texts{}, layout, b.installation, [][]tamper.Value{key}, func(r *rawRow) error {
		row = &rawRow{key: slices.Clone(r.key), values: slices.Clone(r.values), ver: r.ver, layout: r.layout, seal: slices.Clone(r.seal), colsum: slices.Clone(r.colsum)}
		return nil
	})
	return row, err
}

func shownRow(l *tamper.Layout, r *rawRow) (columns, seal map[string]string) {
	columns = map[string]string{}
	for i, c := range l.Key {
		columns[c.Name] = shownValue(r.key[i])
	}
	for i, c := range l.Columns {
		columns[c.Name] = shownValue(r.values[i])
	}
	return columns, map[string]string{"ver": strconv.FormatInt(r.ver, 10), "layout": strconv.FormatInt(r.layout, 10),
		"seal": hex.EncodeToString(r.seal), "colsum": hex.EncodeToString(r.colsum)}
}

func shownValue(v tamper.Value) string {
	switch v.Kind() {
	case tamper.Integer:
		return strconv.FormatInt(v.Int(), 10)
	case tamper.Blob:
		return hex.EncodeToString([]byte(v.Str()))
	}
	return v.Str()
}

// readValue is the reverse of shownValue.
func readValue(kind tamper.Kind, text string) (tamper.Value, bool) {
	switch kind {
	case tamper.Integer:
		n, err := strconv.ParseInt(text, 10, 64)
		return tamper.Int(n), err == nil
	case tamper.Blob:
		b, err := hex.DecodeString(text)
		return tamper.Bytes(b), err == nil
	}
	return tamper.Str(text), true
}

// Repair stages a decision about a damaged place and returns what was damaged.
// values are those of a row to restore, by column, as [Evidence] shows them; a
// column that is left out is taken from the row as it stands. They are restored
// only when they are exactly what the journal says stood there. The caller
// records what was decided.
func (tx *Tx) Repair(ctx context.Context, place string, action Repair, values map[string]string) (Damage, error) {
	b := tx.book
	at := slices.IndexFunc(b.places(), func(p DamagedPlace) bool { return p.ID == place })
	if at < 0 {
		return Damage{}, &UnknownPlaceError{Place: place}
	}
	p := b.places()[at]
	if !slices.Contains(p.Repairs, action) {
		why := "action"
		if action == RepairRestore {
			why = "unknown"
		}
		return Damage{}, &NotRepairableError{Place: place, Action: action, Why: why}
	}
	switch {
	case place == totalsPlace:
		return p.Damage, tx.addUp(p)
	case p.Table == "set_file":
		return p.Damage, tx.restoreFile(p, values)
	}
	t, key, _ := b.find(place)
	return p.Damage, tx.repairRow(ctx, p, t, key, action, values)
}

func (tx *Tx) repairRow(ctx context.Context, p DamagedPlace, t sealedTable, key []tamper.Value, action Repair, values map[string]string) error {
	var table mendable
	for _, staged := range tx.staged.tables {
		if m, ok := staged.(mendable); ok && staged.sealedLayout() == t.sealedLayout() {
			table = m
		}
	}
	found, err := tx.book.raw(ctx, t.sealedLayout(), key)
	if err != nil {
		return err
	}
	var row []tamper.Value
	switch {
	case action == RepairRestore:
		row, err = tx.lost(p, t, key, found, values)
	case action == RepairAccept && found != nil:
		row, err = found.values, typed(p, t.sealedLayout(), found.values)
	}
	if err != nil {
		return err
	}
	if t == sealedTable(tx.book.people) && row != nil {
		return tx.mendPerson(ctx, p, key, row, action, values)
	}
	table.mendRow(key, row)
	if row == nil && t == sealedTable(tx.book.activity) {
		tx.forgetDays() // without the row nothing is collected, and nothing may be left
	}
	if t == sealedTable(tx.book.assignments) && row != nil {
		if a := tx.assignment(key[0].Int()); a.Until == 0 {
			tx.setCurrent(a.Person, with(tx.numbersOf(a.Person), a.Number))
		}
	}
	return nil
}

// typed refuses values that are not of the types of their columns.
func typed(p DamagedPlace, l *tamper.Layout, values []tamper.Value) error {
	for i, c := range l.Columns {
		if values[i].Kind() != c.Kind {
			return &NotRepairableError{Place: p.ID, Action: RepairAccept, Why: "types"}
		}
	}
	return nil
}

// lost returns the values that stood in a row, which are proved by its MAC in
// the journal: those that were given, and for the others what stands there now.
func (tx *Tx) lost(p DamagedPlace, t sealedTable, key []tamper.Value, found *rawRow, given map[string]string) ([]tamper.Value, error) {
	l := t.sealedLayout()
	want, _ := t.markOf(key)
	keys := tx.book.ring.Clone().Key(want.seal.Key())
	refused := &NotRepairableError{Place: p.ID, Action: RepairRestore, Why: "values"}
	if keys == nil {
		return nil, refused
	}
	values := make([]tamper.Value, len(l.Columns))
	for i, c := range l.Columns {
		text, ok := given[c.Name]
		switch {
		case ok:
			if values[i], ok = readValue(c.Kind, text); !ok {
				return nil, refused
			}
		case found != nil:
			values[i] = found.values[i]
		default:
			values[i] = c.Default
		}
	}
	for n := int64(l.Number); n > 0; n-- {
		at := l.At(n)
		old := values[:len(at.Columns)]
		if len(l.Changed(at, values)) == 0 && keys.Seal(at, string(tamper.AppendKey(nil, key...)), want.ver, old, keys.Colsum(at, old)) == want.seal {
			return values, nil
		}
	}
	return nil, refused
}

// mendPerson repairs a person. The personal values are those the row commits to;
// with RepairAccept those that stand there, or none for ever when there are none; with
// RepairRestore those that were given with their salt, when they are the ones.
func (tx *Tx) mendPerson(ctx context.Context, place DamagedPlace, key, row []tamper.Value, action Repair, given map[string]string) error {
	p := personCodec.decode(key[0].Str(), row)
	found, ok, err := tx.book.personalOf(ctx, p.ID)
	if err != nil {
		return err
	}
	if text := given["salt"]; action == RepairRestore && text != "" {
		salt, _ := hex.DecodeString(text)
		values := Personal{given["user_id"], given["first_name"], given["last_name"], given["email"], given["grp"]}
		found, ok = personalRow{salt: salt, values: values}, true
	}
	same := ok && len(found.salt) == len(p.salt) && tamper.Commitment(found.salt, found.values.fields()...) == p.commitment
	switch {
	case p.Erased != 0:
	case same:
		copy(p.salt[:], found.salt)
		p.Personal = found.values
	case action == RepairRestore:
		return &NotRepairableError{Place: place.ID, Action: RepairRestore, Why: "values"}
	case !ok:
		p.Erased = tx.now
	default:
		rand.Read(p.salt[:])
		p.Personal = found.values
		p.commitment = tamper.Commitment(p.salt[:], p.Personal.fields()...)
	}
	if err := tx.moveUserID(nil, &p); err != nil {
		return err
	}
	tx.staged.people.mend(p.ID, &p)
	return nil
}

// personalOf reads the personal values of a person as they stand.
func (b *Book) personalOf(ctx context.Context, id string) (r personalRow, ok bool, err error) {
	v := &r.values
	err = b.store.db.QueryRow(ctx, `SELECT salt, user_id, first_name, last_name, email, grp FROM personal
		WHERE installation = ? AND person = ?`, b.installation, id).Scan(&r.salt, &v.UserID, &v.First, &v.Last, &v.Email, &v.Group)
	if err == sql.ErrNoRows {
		return personalRow{}, false, nil
	}
	return r, err == nil, err
}

// restoreFile puts back a license file whose bytes were edited or deleted.
func (tx *Tx) restoreFile(p DamagedPlace, given map[string]string) error {
	file := []byte(given["file"])
	if FileHash(file) != p.Key {
		return &NotRepairableError{Place: p.ID, Action: RepairRestore, Why: "values"}
	}
	s := tx.staged
	s.files[p.Key], s.mended[p.Key] = file, true
	tx.undo(func() { delete(s.files, p.Key); delete(s.mended, p.Key) })
	tx.done(func() {
		tx.book.forget("set_file", p.Key)
		tx.book.unsettled = true
	})
	return nil
}

// done is called with mu held when the batch is committed.
func (tx *Tx) done(do func()) {
	s := tx.staged
	s.done = append(s.done, do)
	n := len(s.done)
	tx.undo(func() { s.done = s.done[:n-1] })
}

// writeMended writes license files over what stands in their place.
func (s *staged) writeMended(ctx context.Context, w *sqldb.Writer) error {
	for hash := range s.mended {
		if _, err := w.Exec(ctx, `INSERT INTO set_file (installation, hash, bytes) VALUES (?, ?, ?)
			ON CONFLICT (installation, hash) DO UPDATE SET bytes = excluded.bytes`, s.book.installation, hash, s.files[hash]); err != nil {
			return err
		}
	}
	return nil
}

// addUp makes the totals those of the rows that are there, which have all been
// checked. What was deleted without a trace before stays deleted.
func (tx *Tx) addUp(p DamagedPlace) error {
	b, s := tx.book, tx.staged
	totals := map[tamper.TotalKey]tamper.Total{}
	for _, t := range b.tables {
		damaged := false
		t.eachDamaged(func([]tamper.Value, *DamagedError) { damaged = true })
		if damaged {
			return &NotRepairableError{Place: p.ID, Action: RepairAccept, Why: "others"}
		}
		sums := &sums{layout: t.sealedLayout(), ring: b.ring.Clone(), byKey: map[tamper.KeyID]*tamper.Total{}}
		for _, m := range t.marks {
			sums.add(m.seal)
		}
		for key, total := range sums.totals() {
			totals[key] = total
		}
	}
	before := s.secret.Totals
	s.secret.Totals = totals
	tx.undo(func() { s.secret.Totals = before })
	tx.done(func() {
		b.health = Sound
		b.damages = slices.DeleteFunc(b.damages, func(d Damage) bool { return d.Table == "journal" || d.Table == "head" })
		if len(b.damages) > 0 {
			b.health = Damaged
		}
	})
	return nil
}

// MendLicense is [Tx.Repair] for a license whose row is known from elsewhere. Its
// number stays unless that is what was edited.
func (tx *Tx) MendLicense(ctx context.Context, place string, l License) error {
	t, key, d := tx.book.find(place)
	if t != sealedTable(tx.book.licenses) || nameOf(key[0], key[1]) != l.Name {
		return &UnknownPlaceError{Place: place}
	}
	found, err := tx.book.raw(ctx, licenseLayout, key)
	if err != nil {
		return err
	}
	if found != nil {
		l.Number = found.values[0].Int()
	}
	other := slices.ContainsFunc(tx.Licenses(), func(o License) bool { return o.Number == l.Number })
	if found == nil || l.Number <= 0 || other || slices.Contains(d.Columns, licenseLayout.Columns[0].Name) {
		tx.staged.last.license++
		l.Number = tx.staged.last.license
	}
	tx.staged.licenses.mend(l.Name, &l)
	return nil
}

// SetTaken corrects the count of a pool to what the records give.
func (tx *Tx) SetTaken(name license.Name, taken int64) error {
	row, err := tx.staged.licenses.edit(name)
	if err != nil {
		return err
	}
	if row == nil {
		return &NoRowError{Table: "license", Key: name.String()}
	}
	before := row.Taken
	row.Taken = taken
	tx.undo(func() { row.Taken = before })
	return nil
}
