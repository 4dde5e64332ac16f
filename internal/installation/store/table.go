package store

import (
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/tamper"
)

// mark is what the book keeps of every sealed row, to notice when another copy
// of it turns up.
type mark struct {
	ver  int64
	seal tamper.Seal
}

// stored is a row as the database has it.
type stored[R any] struct {
	row *R // nil: archived, and read from the database when somebody asks for it
	mark
}

// table is the committed rows of one table. A damaged row stands in damaged
// and, when its last mark is known, in rows without its content.
type table[K comparable, R any] struct {
	codec[K, R]
	rows    map[K]*stored[R]
	damaged map[K]*DamagedError
	admit   func(*R) string   // completes a row that was read; says what is wrong with it, or ""
	archive func(*R) bool     // whether a row is of the past; nil: none is
	changed func(old, new *R) // keeps indexes up to date; either may be nil
}

func newTable[K comparable, R any](c codec[K, R]) *table[K, R] {
	return &table[K, R]{codec: c, rows: map[K]*stored[R]{}, damaged: map[K]*DamagedError{}}
}

// get returns a row that is there, checked and not archived, or nil.
func (t *table[K, R]) get(k K) *R {
	if s := t.rows[k]; s != nil {
		return s.row
	}
	return nil
}

// set replaces a row, or removes it when row is nil.
func (t *table[K, R]) set(k K, row *R, m mark) {
	var old *R
	if s := t.rows[k]; s != nil {
		old = s.row
	}
	if t.changed != nil {
		t.changed(old, row)
	}
	switch {
	case row == nil:
		delete(t.rows, k)
	case t.archive != nil && t.archive(row):
		t.rows[k] = &stored[R]{mark: m}
	default:
		t.rows[k] = &stored[R]{row, m}
	}
}

// sealedTable is a table whose rows the ledger loads, checks and follows
// without knowing what they mean.
type sealedTable interface {
	sealedLayout() *tamper.Layout
	apply(key, values []tamper.Value, m mark) (wrong string)
	remove(key []tamper.Value)
	markOf(key []tamper.Value) (mark, bool)
	marks(yield func(key string, m mark) bool)
	remark(key []tamper.Value, m mark)
	eachDamaged(do func(key []tamper.Value, e *DamagedError))
	damagedAt(key []tamper.Value) *DamagedError
	damage(key []tamper.Value, e *DamagedError, last *mark)
	clear()
}

func (t *table[K, R]) sealedLayout() *tamper.Layout { return t.layout }

// apply takes over a row whose seal is good, unless something it vouches for is
// wrong.
func (t *table[K, R]) apply(key, values []tamper.Value, m mark) (wrong string) {
	k := t.parse(key)
	row := t.decode(k, values)
	if t.admit != nil {
		if wrong := t.admit(&row); wrong != "" {
			return wrong
		}
	}
	t.set(k, &row, m)
	return ""
}

func (t *table[K, R]) remove(key []tamper.Value) { t.set(t.parse(key), nil, mark{}) }

func (t *table[K, R]) markOf(key []tamper.Value) (mark, bool) {
	s := t.rows[t.parse(key)]
	if s == nil {
		return mark{}, false
	}
	return s.mark, true
}

func (t *table[K, R]) marks(yield func(key string, m mark) bool) {
	for k, s := range t.rows {
		if !yield(string(tamper.AppendKey(nil, t.key(k)...)), s.mark) {
			return
		}
	}
}

// remark remembers that a row was sealed anew and is otherwise as it was.
func (t *table[K, R]) remark(key []tamper.Value, m mark) {
	if s := t.rows[t.parse(key)]; s != nil {
		s.mark = m
	}
}

// damagedAt returns what is wrong with a row that is out of use, or nil.
func (t *table[K, R]) damagedAt(key []tamper.Value) *DamagedError { return t.damaged[t.parse(key)] }

// eachDamaged calls do for every row that is out of use.
func (t *table[K, R]) eachDamaged(do func(key []tamper.Value, e *DamagedError)) {
	for k, e := range t.damaged {
		do(t.key(k), e)
	}
}

// damage takes a row out of use. Its last mark is kept when it is known, so
// that nothing else can take its place.
func (t *table[K, R]) damage(key []tamper.Value, e *DamagedError, last *mark) {
	k := t.parse(key)
	t.set(k, nil, mark{})
	t.damaged[k] = e
	if last != nil {
		t.rows[k] = &stored[R]{mark: *last}
	}
}

func (t *table[K, R]) clear() {
	t.rows, t.damaged = map[K]*stored[R]{}, map[K]*DamagedError{}
}

// draft is a row as a batch will leave it.
type draft[R any] struct {
	row  *R    // nil: to be deleted
	mark       // set when the batch is written
	old  *mark // of the row it replaces; nil: there is none
	act  int   // which of the batch's acts staged it

	repaired bool // it takes the place of a damaged row, whatever stands there
}

// staging is the rows of a table that the acts of a batch have touched. Reads
// go through it to the committed rows.
type staging[K comparable, R any] struct {
	*table[K, R]
	stage  *stage
	drafts map[K]*draft[R]
}

func newStaging[K comparable, R any](t *table[K, R], s *stage) *staging[K, R] {
	d := &staging[K, R]{table: t, stage: s, drafts: map[K]*draft[R]{}}
	s.tables = append(s.tables, d)
	return d
}

// get returns a row as the acts before have left it, or nil.
func (d *staging[K, R]) get(k K) *R {
	if len(d.drafts) > 0 {
		if draft := d.drafts[k]; draft != nil {
			return draft.row
		}
	}
	return d.table.get(k)
}

// put stages a row; nil deletes it.
func (d *staging[K, R]) put(k K, row *R) error {
	prev := d.drafts[k]
	if e := d.damaged[k]; e != nil && (prev == nil || !prev.repaired) {
		return e
	}
	next := &draft[R]{row: row, act: d.stage.act, repaired: prev != nil && prev.repaired}
	switch committed := d.rows[k]; {
	case prev != nil:
		next.old = prev.old
	case committed != nil:
		next.old = &committed.mark
	}
	d.replace(k, next)
	return nil
}

// replace makes a draft the one of its row.
func (d *staging[K, R]) replace(k K, next *draft[R]) {
	prev := d.drafts[k]
	d.drafts[k] = next
	d.stage.undo = append(d.stage.undo, func() {
		if prev == nil {
			delete(d.drafts, k)
		} else {
			d.drafts[k] = prev
		}
	})
}

// mend stages what is to stand in the place of a damaged row from now on; nil:
// nothing. Its last mark leaves the totals.
func (d *staging[K, R]) mend(k K, row *R) {
	next := &draft[R]{row: row, act: d.stage.act, repaired: true}
	if s := d.rows[k]; s != nil {
		next.old = &s.mark
	}
	d.replace(k, next)
}

// mendRow is mend with values as the layout has them; nil: nothing is to stand
// there.
func (d *staging[K, R]) mendRow(key, values []tamper.Value) {
	k := d.parse(key)
	if values == nil {
		d.mend(k, nil)
		return
	}
	row := d.decode(k, values)
	d.mend(k, &row)
}

// edit returns a row of the batch's own to change in place, or nil when there
// is none. The caller stages how to undo its change.
func (d *staging[K, R]) edit(k K) (*R, error) {
	if draft := d.drafts[k]; draft != nil {
		return draft.row, nil
	}
	if e := d.damaged[k]; e != nil {
		return nil, e
	}
	row := d.table.get(k)
	if row == nil {
		return nil, nil
	}
	own := *row
	return &own, d.put(k, &own)
}

// all returns the rows as the acts before have left them, in no order.
func (d *staging[K, R]) all(yield func(*R) bool) {
	for k := range d.rows {
		if row := d.get(k); row != nil && !yield(row) {
			return
		}
	}
	for k, draft := range d.drafts {
		if d.rows[k] == nil && draft.row != nil && !yield(draft.row) {
			return
		}
	}
}

// pending is a row to be written.
type pending struct {
	key               string // see [tamper.AppendKey]
	keyValues, values []tamper.Value
	old               *mark // nil: there is none
	colsum            []byte
	new               *mark // where the new mark goes; nil: the row is deleted
	act               int   // which of the batch's acts staged it
	repaired          bool  // whatever stands there is written over
}

// stagedTable is what the ledger needs to write a batch.
type stagedTable interface {
	sealedTable
	pending() []pending
	merge()
}

// mendable is a table whose damaged rows can be repaired.
type mendable interface {
	stagedTable
	mendRow(key, values []tamper.Value)
}

func (d *staging[K, R]) pending() []pending {
	list := make([]pending, 0, len(d.drafts))
	for k, draft := range d.drafts {
		if draft.row == nil && draft.old == nil && !draft.repaired {
			continue // came and went within the batch
		}
		p := pending{keyValues: d.key(k), old: draft.old, act: draft.act, repaired: draft.repaired}
		if draft.row != nil {
			p.values, p.new = d.encode(draft.row), &draft.mark
		}
		p.key = string(tamper.AppendKey(nil, p.keyValues...))
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y pending) int { return strings.Compare(x.key, y.key) })
	return list
}

// merge makes the drafts the committed rows.
func (d *staging[K, R]) merge() {
	for _, k := range slices.Collect(maps.Keys(d.drafts)) {
		draft := d.drafts[k]
		if draft.row != nil || draft.old != nil {
			d.set(k, draft.row, draft.mark)
		}
		if draft.repaired {
			delete(d.damaged, k)
			d.stage.ledger.forget(d.layout.Table, keyText(d.key(k)))
		}
	}
}
