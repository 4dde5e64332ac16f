package store

import (
	"context"
	"database/sql"
	"maps"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// Health is how far a ledger can be trusted.
type Health uint8

const (
	Sound      Health = iota // every row was checked, and nothing is missing
	Damaged                  // some rows are out of use; all of them are named, and everything else is accounted for
	ReadOnly                 // the rows do not add up to what was last written: nothing may be granted
	RolledBack               // a witness outside the database remembers more or something else: nothing may be written
	Unchecked                // sealed with another key: nothing can be said
)

// String returns "sound", "damaged", "read-only", "rolled-back" or "unchecked".
func (h Health) String() string {
	return [...]string{"sound", "damaged", "read-only", "rolled-back", "unchecked"}[h]
}

const headText = `SELECT seq, epoch, link, key_id, schema, box FROM head WHERE installation = ? AND ledger = ?`

// load reads and checks everything under the head, on one snapshot. What is
// damaged is put out of use and listed; only a database that cannot be read is
// an error.
func (l *ledger) load(ctx context.Context, q queryer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.health, l.damages, l.shut = Sound, nil, false
	for _, t := range l.tables {
		t.clear()
	}
	head, err := l.readHead(ctx, q, headText)
	if e, ok := err.(*DamagedError); ok {
		l.damages, l.health, l.shut = append(l.damages, e.Damage), ReadOnly, true
		return nil
	}
	if err != nil {
		return err
	}
	l.head, l.box = head.Head, head.box
	keys, err := l.keysAtStart(head)
	if e, ok := err.(*CannotCheckError); ok {
		l.health, l.sealed = Unchecked, e
		return nil
	}
	l.keys = keys
	secret, ok := keys.OpenHead(head.Head, head.box)
	if ok = ok && err == nil; !ok {
		l.damages = append(l.damages, Damage{Table: "head", Key: l.installation + "/" + l.name, What: "edited"})
		l.health, l.shut = ReadOnly, true
		secret = tamper.Secret{Totals: map[tamper.TotalKey]tamper.Total{}, Sets: map[tamper.Owner]uint64{}}
	}
	if ok && !schemaKnown(head.Schema) {
		return l.unknownSchema(head.Schema)
	}
	// A key that is missing is not damage: rows are counted under it, and none of
	// them can be checked.
	for key := range secret.Totals {
		if l.with(key.Key) == nil {
			l.health, l.sealed = Unchecked, l.lacking(key.Key)
			return nil
		}
	}
	l.secret = secret
	counted := tamper.Secret{Totals: map[tamper.TotalKey]tamper.Total{}}
	wrong := findings{}
	for _, t := range l.tables {
		if err := l.loadReadable(ctx, q, t, counted.Totals, wrong); err != nil {
			return err
		}
	}
	if !ok || !counted.SameTotals(secret) || len(wrong) > 0 {
		return l.diagnose(ctx, q, wrong)
	}
	return nil
}

// finding is a row that was read and is not good.
type finding struct {
	table  sealedTable
	key    []tamper.Value
	damage Damage
}

// findings are rows that are not good, by table and key.
type findings map[string]map[string]*finding

func (f findings) add(t sealedTable, key string, found *finding) {
	name := t.sealedLayout().Table
	if f[name] == nil {
		f[name] = map[string]*finding{}
	}
	f[name][key] = found
}

// loadReadable loads a table. One that cannot be read, because pages of it are
// gone or the table itself is, is damage: the others are loaded all the same. Only
// without the list of installations there is nothing to load.
func (l *ledger) loadReadable(ctx context.Context, q queryer, t sealedTable, totals map[tamper.TotalKey]tamper.Total, wrong findings) error {
	name := t.sealedLayout().Table
	if l.misshapen() { // on PostgreSQL a statement that fails ends the transaction otherwise
		if err := each(ctx, q, "SAVEPOINT loading", nil, nil); err != nil {
			return err
		}
	}
	err := l.loadTable(ctx, q, t, totals, wrong)
	if err == nil || ctx.Err() != nil || l.name == serverLedger || !sqldb.Damaged(err) && !l.misshapen() {
		return err
	}
	l.note(Damage{Table: name, What: "cannot be read: " + err.Error()})
	l.health = max(l.health, Damaged)
	if l.misshapen() {
		return each(ctx, q, "ROLLBACK TO SAVEPOINT loading", nil, nil)
	}
	return nil
}

func (l *ledger) loadTable(ctx context.Context, q queryer, t sealedTable, totals map[tamper.TotalKey]tamper.Total, wrong findings) error {
	layout := t.sealedLayout()
	if l.beside != nil {
		if err := l.beside(ctx, q, layout.Table, nil); err != nil {
			return err
		}
	}
	s, r := newScanner(layout), &rawRow{}
	var buf []byte
	sums := l.summing(layout)
	err := each(ctx, q, selectText(layout), []any{l.installation}, func(rows *sql.Rows) error {
		if err := s.scan(rows, r); err != nil {
			return err
		}
		buf = tamper.AppendKey(buf[:0], r.key...)
		m, ok, edited := r.check(l.ring, layout, string(buf))
		what := "edited"
		if ok {
			sums.add(m.seal)
			what = t.apply(r.key, r.values, m)
		}
		if what != "" {
			key, _ := tamper.ParseKey(buf)
			wrong.add(t, string(buf), &finding{t, key, Damage{What: what, Columns: edited}})
		}
		return nil
	})
	maps.Copy(totals, sums.totals())
	return err
}

// diagnose names what is damaged by following the chain from its beginning: the
// last line about a key says whether the row should be there and with which
// seal. When the rows the chain expects add up to the totals in the head, the
// damage is only what was named.
func (l *ledger) diagnose(ctx context.Context, q queryer, wrong findings) error {
	turns, err := l.allTurns(ctx, q)
	if err != nil && !sqldb.Damaged(err) {
		return err
	}
	gone := map[string]int64{} // table and key of rows that were deleted, and when
	expected, end, err := l.expect(ctx, q, turns, gone)
	switch e, ok := err.(*DamagedError); {
	case ok:
		l.damages = append(l.damages, e.Damage)
	case err != nil && sqldb.Damaged(err):
		l.note(Damage{Table: "journal", What: "cannot be read: " + err.Error()})
	case err != nil:
		return err
	}
	whole := err == nil && end.Link == l.head.Link && end.Seq == l.head.Seq && l.health != ReadOnly
	totals := tamper.Secret{Totals: map[tamper.TotalKey]tamper.Total{}}
	for _, t := range l.tables {
		layout := t.sealedLayout()
		sums := l.summing(layout)
		for _, m := range expected[layout.Table] {
			sums.add(m.seal)
		}
		maps.Copy(totals.Totals, sums.totals())
	}
	whole = whole && totals.SameTotals(l.secret)
	for _, t := range l.tables {
		l.judge(t, expected[t.sealedLayout().Table], gone, wrong[t.sealedLayout().Table], whole)
	}
	l.health = max(l.health, Damaged)
	if !whole {
		l.health = ReadOnly
	}
	return nil
}

// expect follows the journal from its beginning to its end: which rows there are
// with which marks, by table and key. In gone, unless it is nil, it puts the rows
// that were deleted and when. The error is a [*DamagedError] where the journal is not
// whole; what it says before that place is returned with it.
func (l *ledger) expect(ctx context.Context, q queryer, turns turns, gone map[string]int64) (expected map[string]map[string]mark, end Head, err error) {
	expected = map[string]map[string]mark{}
	for _, t := range l.tables {
		expected[t.sealedLayout().Table] = map[string]mark{}
	}
	err = l.eachLink(ctx, q, Head{}, func(b *link, changes []tamper.Change) error {
		for _, c := range changes {
			rows := expected[c.Table]
			if rows == nil {
				return l.journalDamaged(b.Seq)
			}
			if c.Op != tamper.Deleted {
				rows[c.Key] = mark{b.Seq, tamper.SealOf(turns.at(b.Seq), c.MAC)}
				continue
			}
			if delete(rows, c.Key); gone != nil {
				gone[c.Table+"/"+c.Key] = b.Seq
			}
		}
		end = Head{b.Epoch, b.Seq, b.link}
		return nil
	})
	return expected, end, err
}

// judge compares the rows that were read with those the chain expects. Without
// a whole chain only what is wrong by itself can be named.
func (l *ledger) judge(t sealedTable, expected map[string]mark, gone map[string]int64, wrong map[string]*finding, whole bool) {
	for key, f := range wrong {
		want, ok := expected[key]
		if !ok && whole {
			f.damage.What, f.damage.Columns = "inserted", nil
		}
		if ok {
			l.spoil(t, f.key, f.damage, &want)
		} else {
			l.spoil(t, f.key, f.damage, nil)
		}
	}
	if !whole {
		return
	}
	extra := map[string]mark{}
	old := map[string][2]mark{}
	for key, have := range t.marks {
		if want, ok := expected[key]; !ok {
			extra[key] = have
		} else if have != want {
			old[key] = [2]mark{have, want}
		}
	}
	for key, have := range extra {
		k, _ := tamper.ParseKey([]byte(key))
		what := "deleted row put back"
		if gone[t.sealedLayout().Table+"/"+key] < have.ver {
			what = fromBranch
		}
		l.spoil(t, k, Damage{What: what}, nil)
	}
	for key, m := range old {
		k, _ := tamper.ParseKey([]byte(key))
		l.spoil(t, k, Damage{What: otherCopy(m[0], m[1])}, &m[1])
	}
	for key, want := range expected {
		k, err := tamper.ParseKey([]byte(key))
		if err != nil {
			continue
		}
		if _, there := t.markOf(k); !there && wrong[key] == nil {
			l.spoil(t, k, Damage{What: "deleted"}, &want)
		}
	}
}

// fromBranch is what a genuine row is that this history knows nothing of: it was
// written before a restore, in the part of history that was given up then.
const fromBranch = "from an abandoned branch"

// otherCopy says what a genuine row is that is not the one to be there.
func otherCopy(have, want mark) string {
	if have.ver >= want.ver {
		return fromBranch
	}
	return "old copy put back"
}
