package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/pott-dev/pott/internal/tamper"
)

// link is a row of the journal.
type link struct {
	tamper.Batch
	link [32]byte
}

const journalText = `SELECT seq, epoch, batch, at, node, entries, changes, link FROM journal
	WHERE installation = ? AND ledger = ? AND seq > ? ORDER BY seq`

// eachLink calls do for the rows of the journal after a place, in order, once
// each has been found to follow the one before. The zero Head is the beginning.
// Numbers are skipped only where a new epoch begins: see [Store.AcceptRestore].
func (l *ledger) eachLink(ctx context.Context, q queryer, from Head, do func(*link, []tamper.Change) error) error {
	return each(ctx, q, journalText, []any{l.installation, l.name, from.Seq}, func(rows *sql.Rows) error {
		b := &link{Batch: tamper.Batch{Ledger: l.name}}
		var epoch, id, entries, stored []byte
		if err := rows.Scan(&b.Seq, &epoch, &id, &b.At, &b.Node, &entries, &b.Changes, &stored); err != nil {
			return err
		}
		broken := l.journalDamaged(b.Seq)
		if len(epoch) != 16 || len(id) != 16 || len(entries) != 32 || len(stored) != 32 {
			return broken
		}
		b.Epoch, b.ID, b.Entries, b.link = [16]byte(epoch), [16]byte(id), [32]byte(entries), [32]byte(stored)
		if b.Seq != from.Seq+1 && (from.Seq == 0 || b.Epoch == from.Epoch) {
			return broken
		}
		changes, err := tamper.ParseChanges(b.Changes)
		if err != nil || b.Link(l.installation, from.Link) != b.link {
			return broken
		}
		from = Head{b.Epoch, b.Seq, b.link}
		return do(b, changes)
	})
}

func (l *ledger) journalDamaged(seq int64) error {
	return &DamagedError{Damage{Table: "journal", Key: fmt.Sprintf("%s/%s/%d", l.installation, l.name, seq), What: "broken"}}
}

// catchUp applies what other servers have written, up to the head found. Rows
// are taken over only when they are what the chain says they are, and the totals
// must come out as the head's.
func (l *ledger) catchUp(ctx context.Context, q queryer, found *headRow) error {
	keys, err := l.keysOf(found)
	if err != nil {
		return err
	}
	secret, ok := keys.OpenHead(found.Head, found.box)
	if !ok {
		return l.headDamaged("edited")
	}
	if !schemaKnown(found.Schema) {
		return l.unknownSchema(found.Schema)
	}
	turns, err := l.turnsSince(ctx, q, keys)
	if err != nil {
		return err
	}
	last := map[string]map[string]tamper.Change{}
	seqs := map[string]map[string]int64{}
	end := l.head.Link
	if err := l.eachLink(ctx, q, Head{l.head.Epoch, l.head.Seq, l.head.Link}, func(b *link, changes []tamper.Change) error {
		for _, c := range changes {
			if last[c.Table] == nil {
				last[c.Table], seqs[c.Table] = map[string]tamper.Change{}, map[string]int64{}
			}
			last[c.Table][c.Key], seqs[c.Table][c.Key] = c, b.Seq
		}
		end = b.link
		return nil
	}); err != nil {
		return err
	}
	if end != found.Link {
		return l.headDamaged("edited")
	}
	var all []arrival
	for table, changes := range last {
		t := l.table(table)
		if t == nil {
			return l.journalDamaged(found.Seq)
		}
		arrived, err := l.arrivals(ctx, q, t, changes, seqs[table], turns)
		if err != nil {
			return err
		}
		all = append(all, arrived...)
	}
	// Everything was read: from here on nothing fails, and readers see all or
	// nothing.
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range all {
		l.accept(&all[i])
	}
	l.head, l.box, l.secret, l.keys = found.Head, found.box, secret, keys
	if l.settle != nil {
		l.settle()
	}
	return nil
}

// An arrival is a row that another server has changed.
type arrival struct {
	table  sealedTable
	key    []tamper.Value
	values []tamper.Value
	mark   mark // what the chain says it has
	gone   bool // it was deleted
	damage *Damage
}

// accept brings a row to what the chain says of it. The caller holds mu.
func (l *ledger) accept(a *arrival) {
	switch {
	case a.gone:
		a.table.remove(a.key)
	case a.damage != nil:
		l.spoil(a.table, a.key, *a.damage, &a.mark)
	default:
		if what := a.table.apply(a.key, a.values, a.mark); what != "" {
			l.spoil(a.table, a.key, Damage{What: what}, &a.mark)
		}
	}
}

// arrivals reads the rows of one table that have changed, and compares them with
// what the chain says of them.
func (l *ledger) arrivals(ctx context.Context, q queryer, t sealedTable, changes map[string]tamper.Change, seqs map[string]int64, turns turns) ([]arrival, error) {
	layout := t.sealedLayout()
	var all []arrival
	var keys [][]tamper.Value
	waiting := map[string]mark{}
	for k, c := range changes {
		key, err := tamper.ParseKey([]byte(k))
		if err != nil || len(key) != len(layout.Key) {
			return nil, l.journalDamaged(seqs[k])
		}
		if c.Op == tamper.Deleted {
			all = append(all, arrival{table: t, key: key, gone: true})
			continue
		}
		keys = append(keys, key)
		waiting[k] = mark{seqs[k], tamper.SealOf(turns.at(seqs[k]), c.MAC)}
	}
	if l.beside != nil {
		if err := l.beside(ctx, q, layout.Table, keys); err != nil {
			return nil, err
		}
	}
	err := byKeys(ctx, q, texts{}, layout, l.installation, keys, func(r *rawRow) error {
		k := string(tamper.AppendKey(nil, r.key...))
		want, ok := waiting[k]
		if !ok {
			return nil
		}
		delete(waiting, k)
		a := arrival{table: t, key: slices.Clone(r.key), values: slices.Clone(r.values), mark: want}
		switch m, ok, edited := r.check(l.ring, layout, k); {
		case !ok:
			a.damage = &Damage{What: "edited", Columns: edited}
		case m != want:
			a.damage = &Damage{What: otherCopy(m, want)}
		}
		all = append(all, a)
		return nil
	})
	for k, want := range waiting {
		key, _ := tamper.ParseKey([]byte(k))
		all = append(all, arrival{table: t, key: key, mark: want, damage: &Damage{What: "deleted"}})
	}
	return all, err
}

// spoil puts a damaged row out of use. The caller holds mu.
func (l *ledger) spoil(t sealedTable, key []tamper.Value, d Damage, last *mark) {
	d.Table, d.Key = t.sealedLayout().Table, keyText(key)
	t.damage(key, &DamagedError{d}, last)
	l.damages = append(l.damages, d)
	l.health = max(l.health, Damaged)
}
