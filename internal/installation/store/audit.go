package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// AuditFilter says which entries are wanted. The zero AuditFilter wants the
// first 100.
type AuditFilter struct {
	After   AuditPlace // entries after this place; with Newest, before it
	Last    int64      // not after this commit; 0 is any
	Newest  bool       // newest first
	Limit   int        // at most so many; 0 is 100
	Subject string     // id of a person; "" is any
	Action  string     // "" is any; a text that ends in "." is any that begins with it
	Kind    audit.Kind // of who did it; "" is any
	Actor   string     // id of who did it; "" is any
	From    int64      // not before this moment; 0 is any
	Until   int64      // before this moment; 0 is any
	Door    audit.Door // through which it came; "" is any, [audit.NoDoor] is not on record
	Request string     // in which it was asked; "" is any
}

// AuditPlace is where an entry stands. The zero AuditPlace is before all.
type AuditPlace struct{ Seq, N int64 }

// AuditEntries returns recorded entries in the order they were stored. They are
// read as they stand; [Book.VerifyChain] says whether they are what was stored.
func (b *Book) AuditEntries(ctx context.Context, f AuditFilter) ([]audit.Entry, error) {
	var text strings.Builder
	text.WriteString("SELECT seq, n, at, actor_kind, actor, action, subject, facts FROM audit WHERE installation = ? AND ledger = ?")
	args := []any{b.installation, b.name}
	order := " ORDER BY seq, n"
	switch {
	case f.Newest:
		order = " ORDER BY seq DESC, n DESC"
		if f.After != (AuditPlace{}) {
			text.WriteString(" AND (seq, n) < (?, ?)")
			args = append(args, f.After.Seq, f.After.N)
		}
	default:
		text.WriteString(" AND (seq, n) > (?, ?)")
		args = append(args, f.After.Seq, f.After.N)
	}
	more, chosen := f.conditions()
	text.WriteString(more)
	args = append(args, chosen...)
	if f.Limit == 0 {
		f.Limit = 100
	}
	text.WriteString(order + " LIMIT ?")
	var list []audit.Entry
	err := each(ctx, b.store.db, text.String(), append(args, int64(f.Limit)), func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		list = append(list, e)
		return err
	})
	return list, err
}

// conditions are what an entry must be, whatever its place, as SQL.
func (f AuditFilter) conditions() (text string, args []any) {
	prefix, family := strings.CutSuffix(f.Action, ".")
	for _, c := range []struct {
		text  string
		wants bool
		args  []any
	}{
		{" AND seq <= ?", f.Last != 0, []any{f.Last}},
		{" AND subject = ?", f.Subject != "", []any{f.Subject}},
		{" AND action >= ? AND action < ?", family, []any{prefix + ".", prefix + "/"}}, // the character after the dot
		{" AND action = ?", f.Action != "" && !family, []any{f.Action}},
		{" AND actor_kind = ?", f.Kind != "", []any{string(f.Kind)}},
		{" AND actor = ?", f.Actor != "", []any{f.Actor}},
		{" AND at >= ?", f.From != 0, []any{f.From}},
		{" AND at < ?", f.Until != 0, []any{f.Until}},
		{" AND NOT " + saysLine, f.Door == audit.NoDoor, linesLike(audit.FactDoor + "=")},
		{" AND " + saysLine, f.Door != "" && f.Door != audit.NoDoor, linesLike(audit.FactDoor + "=" + string(f.Door) + "\n")},
		{" AND " + saysLine, f.Request != "", linesLike(audit.FactRequest + "=" + f.Request + "\n")},
	} {
		if c.wants {
			text += c.text
			args = append(args, c.args...)
		}
	}
	return text, args
}

// saysLine is that the stored facts have a line that begins with a text: the first,
// or a later one. In a value there is no end of a line, so that nothing a fact says
// can be taken for another.
const saysLine = "(facts LIKE ? ESCAPE '!' OR facts LIKE ? ESCAPE '!')"

var plain = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// linesLike are the arguments of saysLine.
func linesLike(begin string) []any {
	return []any{plain.Replace(begin) + "%", "%\n" + plain.Replace(begin) + "%"}
}

func scanEntry(rows *sql.Rows) (audit.Entry, error) {
	var e audit.Entry
	var facts string
	if err := rows.Scan(&e.Seq, &e.N, &e.At, &e.Actor.Kind, &e.Actor.ID, &e.Action, &e.Subject, &facts); err != nil {
		return e, err
	}
	if bad := new(audit.BadFactsError); errors.As(e.ReadFacts(facts), &bad) {
		// Nobody has written that: its hash will not agree, and readers see what stands there.
		e.Facts, e.Origin = []audit.Fact{audit.F("", facts)}, audit.Origin{}
	}
	return e, nil
}

// Chain is what [Book.VerifyChain] found.
type Chain struct {
	Batches int64
	Entries int64
	Link    [32]byte // the last link: the head of the chain
}

// VerifyChain follows the audit chain from its beginning to the head and checks
// every entry, on one snapshot of the database. A chain that is broken is a
// [*DamagedError] that says where.
func (b *Book) VerifyChain(ctx context.Context) (Chain, error) {
	var c Chain
	err := b.store.db.View(ctx, func(tx *sqldb.Tx) error {
		head, err := b.readHead(ctx, tx, headText)
		if err != nil {
			return err
		}
		hashes, err := b.entryHashes(ctx, tx)
		if err != nil {
			return err
		}
		if err := b.eachLink(ctx, tx, Head{}, func(l *link, _ []tamper.Change) error {
			found, ok := hashes[l.Seq]
			if !ok {
				found = noEntries
			}
			delete(hashes, l.Seq)
			if found.hash != l.Entries {
				return &DamagedError{Damage{Table: "audit", Key: fmt.Sprintf("%s/%s/%d", b.installation, b.name, l.Seq), What: "edited"}}
			}
			c.Batches, c.Entries, c.Link = l.Seq, c.Entries+found.n, l.link
			return nil
		}); err != nil {
			return err
		}
		if c.Batches != head.Seq || c.Link != head.Link {
			return b.journalDamaged(c.Batches + 1)
		}
		for seq := range hashes {
			return &DamagedError{Damage{Table: "audit", Key: fmt.Sprintf("%s/%s/%d", b.installation, b.name, seq), What: "inserted"}}
		}
		return nil
	})
	return c, err
}

// entriesOf is the entries of one batch: how many, and their hash. The texts are
// not kept, so that a chain of any length is checked in little memory.
type entriesOf struct {
	n    int64
	hash [32]byte
}

var noEntries = entriesOf{hash: tamper.EntriesHash(nil)}

func (b *Book) entryHashes(ctx context.Context, q queryer) (map[int64]entriesOf, error) {
	hashes := map[int64]entriesOf{}
	var batch [][]byte // canonical entries of seq
	var seq int64
	end := func() {
		if len(batch) > 0 {
			hashes[seq] = entriesOf{int64(len(batch)), tamper.EntriesHash(batch)}
		}
		batch = batch[:0]
	}
	err := each(ctx, q, `SELECT seq, n, at, actor_kind, actor, action, subject, facts FROM audit
		WHERE installation = ? AND ledger = ? ORDER BY seq, n`, []any{b.installation, b.name}, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		if e.Seq != seq {
			end()
			seq = e.Seq
		}
		batch = append(batch, e.Append(nil))
		return nil
	})
	end()
	return hashes, err
}

// ChangedSince says what has changed after a batch. ok is false when the batch
// is not one of this book's past, so that whoever asks must read everything.
func (b *Book) ChangedSince(ctx context.Context, seq int64) (c Commit, ok bool, err error) {
	b.mu.RLock()
	head := b.head.Seq
	b.mu.RUnlock()
	c.Seq = head
	if seq < 0 || seq > head {
		return c, false, nil
	}
	const text = "SELECT changes FROM journal WHERE installation = ? AND ledger = ? AND seq > ? AND seq <= ? ORDER BY seq"
	var assignments []int64
	err = each(ctx, b.store.db, text, []any{b.installation, b.name, seq, head}, func(rows *sql.Rows) error {
		var blob []byte
		if err := rows.Scan(&blob); err != nil {
			return err
		}
		changes, err := tamper.ParseChanges(blob)
		for _, change := range changes {
			key, _ := tamper.ParseKey([]byte(change.Key))
			if len(key) == 0 {
				continue
			}
			switch change.Table {
			case "person":
				c.person(key[0].Str())
			case "assignment":
				assignments = append(assignments, key[0].Int())
			case "license":
				c.Licenses = true
			case "license_set":
				c.Sets = true
			case "role":
				c.person(key[0].Str())
			case "event":
				c.Events = true
			case "key_list":
				c.KeyLists = true
			case "profile":
				c.Profiles = true
			case "owner":
				c.Installation = true
			case "activity_policy":
				c.Activity = true
			}
		}
		return err
	})
	if err != nil {
		return c, false, err
	}
	return c, true, b.holdersOf(ctx, assignments, &c)
}

// holdersOf adds the people of assignments, ended ones included.
func (b *Book) holdersOf(ctx context.Context, numbers []int64, c *Commit) error {
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	for len(numbers) > 0 {
		n := sizeFor(len(numbers))
		args := []any{b.installation}
		for _, number := range numbers[:n] {
			args = append(args, number)
		}
		if err := each(ctx, b.store.db, "SELECT person FROM assignment WHERE installation = ? AND number IN "+tuple(n), args, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			c.person(id)
			return err
		}); err != nil {
			return err
		}
		numbers = numbers[n:]
	}
	return nil
}
