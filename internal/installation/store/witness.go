package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"

	"github.com/pott-dev/pott/internal/installation/anchor"
	"github.com/pott-dev/pott/internal/tamper"
)

// A witness is a place of a ledger that somebody outside the database remembers.
type witness struct {
	tamper.Anchor
	from string // who remembers
	own  bool   // this node
}

// Rollback is what the witnesses outside the database say of a ledger.
type Rollback struct {
	Witnessed bool   // there was a witness when the ledger was opened
	Why       string // it is not known whether the ledger was rolled back; "": it is
	Back      bool   // it is behind its witnesses, or forked from them: see Highest
	Forked    bool   // it has another history than they remember
	Seq       int64  // where it was when it was opened
	Highest   int64  // the highest place a witness remembers; where it is forked, that place
	From      string // the witness that says so
}

// A RolledBackError is returned when a database is behind what is remembered of
// it elsewhere, or has another history: nothing is written to it until somebody
// takes it into use as it is.
type RolledBackError struct {
	Installation string
	From         int64 // what is remembered
	To           int64 // what the database holds
	Forked       bool
}

func (e *RolledBackError) Error() string {
	if e.Forked {
		return fmt.Sprintf("installation %s has another history than what is remembered of change %d", e.Installation, e.From)
	}
	return fmt.Sprintf("installation %s was rolled back from %d to %d", e.Installation, e.From, e.To)
}

// Code returns the stable code of the error.
func (e *RolledBackError) Code() string { return "storage.rolled-back" }

// An AnchorFault is a file in the directory of anchors that is not used.
type AnchorFault struct{ File, What string }

// ledgerID names a ledger.
type ledgerID struct{ installation, ledger string }

// anchors are what was found in the directory of anchors before the database was
// read.
type anchors struct {
	dir       *anchor.Dir // nil: none are kept
	witnesses map[ledgerID][]witness
	newest    map[ledgerID]int // slot of this node's own that is the newest whole one
	faults    []AnchorFault
	log       *slog.Logger
}

// openAnchors reads what is remembered, and begins to remember.
func openAnchors(path, node string, masters tamper.Ring, log *slog.Logger) (*anchors, error) {
	a := &anchors{witnesses: map[ledgerID][]witness{}, newest: map[ledgerID]int{}, log: log}
	if path == "" {
		return a, nil
	}
	slots, err := anchor.Read(path)
	if err != nil {
		return nil, err
	}
	best := map[anchor.Name]witness{} // by name without slot
	for file, slot := range slots {
		name, _ := anchor.ParseName(file)
		read, state := tamper.NewKeyRing(masters, name.Installation).OpenAnchor(slot)
		if what := slotFault(name, read, state); what != "" {
			a.faults = append(a.faults, AnchorFault{file, what})
			continue
		}
		of := name
		of.Slot = 0
		if was, ok := best[of]; ok && was.Seq > read.Seq {
			continue
		}
		best[of] = witness{read, file, name.Node == node}
		if name.Node == node {
			a.newest[ledgerID{name.Installation, name.Ledger}] = name.Slot
		}
	}
	for of, w := range best {
		id := ledgerID{of.Installation, of.Ledger}
		a.witnesses[id] = append(a.witnesses[id], w)
	}
	slices.SortFunc(a.faults, func(x, y AnchorFault) int { return cmp.Compare(x.File, y.File) })
	a.dir, err = anchor.Open(path, node)
	return a, err
}

// slotFault says why a slot is not used; "" when it is.
func slotFault(name anchor.Name, a tamper.Anchor, state tamper.Slot) string {
	switch {
	case state == tamper.TornSlot:
		return "torn"
	case state == tamper.OtherKeySlot:
		return "of another key"
	case state == tamper.ElsewhereSlot || a.Ledger != name.Ledger:
		return "of another installation or ledger"
	}
	return ""
}

// of returns the witnesses of a ledger.
func (a *anchors) of(l *ledger) []witness { return a.witnesses[ledgerID{l.installation, l.name}] }

// keep gives a ledger the anchor it is to be remembered in.
func (a *anchors) keep(l *ledger) {
	id := ledgerID{l.installation, l.name}
	newest, ok := a.newest[id]
	if !ok {
		newest = -1
	}
	l.anchor, l.log = a.dir.File(l.installation, l.name, newest), a.log
}

// remember writes the anchor when the ledger has moved on since. The change is
// stored already, so a disk that fails is told and refuses nothing.
func (l *ledger) remember() {
	l.remembering.Lock()
	defer l.remembering.Unlock()
	if l.head.Seq != l.anchored {
		l.provenAt = 0 // the head may have been lowered
		l.writeAnchor()
	}
}

// writeAnchor writes the anchor. The caller holds remembering, and nothing else
// changes the head.
func (l *ledger) writeAnchor() {
	if l.anchor == nil || !l.trusted() {
		return
	}
	err := l.anchor.Write(l.keys.SealAnchor(tamper.Anchor{
		Installation: l.installation, Ledger: l.name, Epoch: l.head.Epoch, Seq: l.head.Seq, Link: l.head.Link,
		Sets: l.secret.Sets, KeyList: l.secret.KeyList, Clock: max(l.secret.Clock, l.provenAt),
	}))
	said := l.anchorErr.Load()
	if err == nil {
		l.anchored = l.head.Seq
		if said != nil {
			l.anchorErr.Store(nil)
		}
		return
	}
	if said == nil || (*said).Error() != err.Error() { // not with every change
		l.log.Error("the anchor of a ledger cannot be written", "installation", l.installation, "ledger", l.name, "err", err)
	}
	l.anchorErr.Store(&err)
}

// trusted reports whether the head is one to remember.
func (l *ledger) trusted() bool { return l.health < RolledBack && !l.shut }

// AnchorError returns why the last change could not be remembered outside the
// database, or nil.
func (b *Book) AnchorError() error {
	if err := b.anchorErr.Load(); err != nil {
		return *err
	}
	return nil
}

// Rollback says whether the installation was found to be an older copy of itself.
func (b *Book) Rollback() Rollback {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.rollback
}

// Rollback says whether the server's own ledger was found to be an older copy of
// itself.
func (s *Store) Rollback() Rollback {
	s.server.mu.RLock()
	defer s.server.mu.RUnlock()
	return s.server.rollback
}

// AnchorFaults lists the files in the directory of anchors that are not used.
func (s *Store) AnchorFaults() []AnchorFault { return slices.Clone(s.anchors.faults) }

// testify compares a ledger that was loaded with what its witnesses remember. The
// snapshot was begun after they were read, so it is normal to be ahead of them.
func (l *ledger) testify(ctx context.Context, q queryer, witnesses []witness) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rollback, l.anchored = Rollback{Seq: l.head.Seq}, -1
	witnesses = slices.SortedFunc(slices.Values(witnesses), func(x, y witness) int { return cmp.Compare(x.Seq, y.Seq) })
	witnesses = slices.DeleteFunc(witnesses, func(w witness) bool { return w.Seq == 0 })
	switch {
	case l.health == Unchecked:
		l.rollback.Why = "it was sealed with another key"
		return nil
	case l.shut:
		l.rollback.Why = "its head is damaged or missing"
		return nil
	case len(witnesses) == 0:
		l.rollback.Why = "nothing outside the database remembers how far it was"
		return nil
	}
	highest := witnesses[len(witnesses)-1]
	for _, w := range witnesses {
		if w.Seq == l.head.Seq && w.Epoch == l.head.Epoch { // one that is behind may remember a mark that was lowered since
			l.secret.Clock = max(l.secret.Clock, w.Clock)
			if w.own && w.Link == l.head.Link {
				l.anchored = l.head.Seq // nothing to write: opening alone changes no file
			}
		}
	}
	l.rollback.Witnessed, l.rollback.Highest, l.rollback.From = true, highest.Seq, highest.from
	if highest.Seq > l.head.Seq {
		l.back(highest, false)
		return nil
	}
	forked, err := l.forks(ctx, q, witnesses)
	if e, ok := err.(*DamagedError); ok {
		l.note(e.Damage)
		l.health = max(l.health, Damaged)
		l.rollback.Why = "the journal does not lead from the witness to the head"
		return nil
	}
	if forked != nil {
		l.back(*forked, true)
	}
	return err
}

// back stops everything: the ledger is not what a witness remembers.
func (l *ledger) back(w witness, forked bool) {
	what := fmt.Sprintf("rolled back from %d to %d", w.Seq, l.head.Seq)
	if forked {
		what = fmt.Sprintf("forked at %d", w.Seq)
	}
	l.rollback.Back, l.rollback.Forked, l.rollback.Highest, l.rollback.From = true, forked, w.Seq, w.from
	l.note(Damage{Table: "head", Key: l.installation + "/" + l.name, What: what})
	l.sound, l.health = l.health, RolledBack
}

// rolledBack is why nothing may be written, or nil.
func (l *ledger) rolledBack(name string) error {
	if l.health != RolledBack {
		return nil
	}
	return &RolledBackError{Installation: name, From: l.rollback.Highest, To: l.rollback.Seq, Forked: l.rollback.Forked}
}

// forks returns the first of witnesses, which are sorted by seq, that remembers another history than
// the journal tells; none is above the head. The journal is believed because it
// leads to the head, which the key protects; where it does not, that is a
// [*DamagedError].
func (l *ledger) forks(ctx context.Context, q queryer, witnesses []witness) (forked *witness, err error) {
	differs := func(at Head) {
		for i := range witnesses {
			if w := &witnesses[i]; w.Seq == at.Seq && (w.Epoch != at.Epoch || w.Link != at.Link) && forked == nil {
				forked = w
			}
		}
	}
	head := Head{l.head.Epoch, l.head.Seq, l.head.Link}
	lowest := witnesses[0].Seq
	if lowest == head.Seq {
		differs(head)
		return forked, nil
	}
	from, err := l.batchAt(ctx, q, lowest)
	if err != nil {
		return nil, err
	}
	differs(from)
	end := from
	err = l.eachLink(ctx, q, from, func(b *link, _ []tamper.Change) error {
		end = Head{b.Epoch, b.Seq, b.link}
		differs(end)
		return nil
	})
	if err == nil && end != head {
		err = l.journalDamaged(end.Seq)
	}
	return forked, err
}

// batchAt returns the newest batch that is not after a place.
func (l *ledger) batchAt(ctx context.Context, q queryer, seq int64) (at Head, err error) {
	found := false
	err = each(ctx, q, `SELECT seq, epoch, link FROM journal WHERE installation = ? AND ledger = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`,
		[]any{l.installation, l.name, seq}, func(rows *sql.Rows) error {
			var epoch, link []byte
			if err := rows.Scan(&at.Seq, &epoch, &link); err != nil {
				return err
			}
			found = len(epoch) == len(at.Epoch) && len(link) == len(at.Link)
			if found {
				at.Epoch, at.Link = [16]byte(epoch), [32]byte(link)
			}
			return nil
		})
	if err == nil && !found {
		err = l.journalDamaged(seq)
	}
	return at, err
}

// headless lists the ledgers that are remembered and have no head: their
// installation was deleted behind the store's back.
func (s *Store) headless() {
	known := map[ledgerID]bool{{tamper.ServerInstallation, serverLedger}: true}
	for _, row := range s.places.rows {
		if row.row != nil {
			known[ledgerID{row.row.id, seatsLedger}] = true
		}
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.health >= ReadOnly {
		return // that it does not say all installations is known
	}
	for id, witnesses := range s.anchors.witnesses {
		if known[id] || !slices.ContainsFunc(witnesses, func(w witness) bool { return w.Seq > 0 }) {
			continue
		}
		s.server.damages = append(s.server.damages, Damage{Table: "head", Key: id.installation + "/" + id.ledger, What: "missing, and an anchor remembers it"})
		s.server.health = max(s.server.health, ReadOnly)
	}
}
