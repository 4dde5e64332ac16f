package installation

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
)

// An AuditSpan is the part of the audit trail that is checked: numbers of commits
// or days, both inclusive. The zero AuditSpan is all of it.
type AuditSpan struct{ From, To string }

// An UnknownEntryError is returned for an entry of the audit trail that is not
// there.
type UnknownEntryError struct{ Entry string }

func (e *UnknownEntryError) Error() string { return fmt.Sprintf("there is no audit entry %q", e.Entry) }

// Code returns the stable code of the error.
func (e *UnknownEntryError) Code() string { return "audit.unknown" }

// AuditEntry returns an entry by the number of its commit, and - and its place
// there when it is not the first, with what the chain holds of it.
func (in *Installation) AuditEntry(ctx context.Context, act Act, id string) (api.AuditDetail, error) {
	found, names, err := in.entryAt(ctx, id, 2)
	if err != nil {
		return api.AuditDetail{}, err
	}
	seq, n := found[0].Seq, found[0].N
	line, ok, err := in.book.Line(ctx, seq)
	if err != nil {
		return api.AuditDetail{}, err
	}
	if !ok {
		return api.AuditDetail{}, &UnknownEntryError{Entry: id}
	}
	d := api.AuditDetail{AuditEntry: names.entry(found[0]), Changes: changesOf(found[0]), Node: line.Node, Epoch: line.Epoch,
		Content: line.Entries, Hash: line.Link, Previous: line.Previous, Entries: n}
	if len(found) > 1 {
		after := names.entry(found[1])
		d.After = &after
	}
	all, err := in.book.AuditEntries(ctx, store.AuditFilter{After: store.AuditPlace{Seq: seq}, Limit: 1000})
	for _, e := range all {
		if e.Seq == seq {
			d.Entries = e.N
		}
	}
	if err != nil {
		return d, err
	}
	if d.Together, err = in.together(ctx, d.AuditEntry, farTogether); err != nil {
		return d, err
	}
	d.Before, err = in.neighbour(ctx, names, store.AuditPlace{Seq: seq, N: n}, true)
	return d, err
}

// FindAuditEntry returns an entry by the number that [Installation.AuditEntry] takes,
// and nothing of what stands around it: it costs the same however long the trail is.
func (in *Installation) FindAuditEntry(ctx context.Context, act Act, id string) (api.AuditEntry, error) {
	found, names, err := in.entryAt(ctx, id, 1)
	if err != nil {
		return api.AuditEntry{}, err
	}
	return names.entry(found[0]), nil
}

// entryAt returns the entry with a number, and those after it: at most so many.
func (in *Installation) entryAt(ctx context.Context, id string, most int) ([]audit.Entry, callers, error) {
	var names callers
	seq, n, err := readEntryID(id)
	if err != nil {
		return nil, names, err
	}
	if err := in.view(func(v *store.View) error { names = callersOf(v); return nil }); err != nil {
		return nil, names, err
	}
	found, err := in.book.AuditEntries(ctx, store.AuditFilter{After: store.AuditPlace{Seq: seq, N: n - 1}, Limit: most})
	if err == nil && (len(found) == 0 || found[0].Seq != seq || found[0].N != n) {
		err = &UnknownEntryError{Entry: id}
	}
	return found, names, err
}

// Other entries of a request are counted up to mostTogether, and looked for among
// farTogether commits before an entry and as many after it: what one request or the
// job it began does is stored within minutes, and the trail has no index by request.
const (
	mostTogether = 1000
	farTogether  = 10_000
)

// together counts the other entries of the request of an entry that are not further
// away than so many commits.
func (in *Installation) together(ctx context.Context, e api.AuditEntry, far int64) (int, error) {
	if e.Request == "" {
		return 0, nil
	}
	near := store.AuditFilter{After: store.AuditPlace{Seq: max(e.Seq-far-1, 0), N: math.MaxInt64}, Last: e.Seq + far, Request: e.Request, Limit: mostTogether + 1}
	found, err := in.book.AuditEntries(ctx, near)
	return max(len(found)-1, 0), err
}

// neighbour returns the entry before or after a place, or nil.
func (in *Installation) neighbour(ctx context.Context, names callers, at store.AuditPlace, before bool) (*api.AuditEntry, error) {
	found, err := in.book.AuditEntries(ctx, store.AuditFilter{After: at, Newest: before, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	e := names.entry(found[0])
	return &e, nil
}

func readEntryID(id string) (seq, n int64, err error) {
	first, second, both := strings.Cut(strings.TrimPrefix(id, "#"), "-")
	seq, err = strconv.ParseInt(first, 10, 64)
	if n = 1; err == nil && both {
		n, err = strconv.ParseInt(second, 10, 64)
	}
	if err != nil || seq < 1 || n < 1 {
		return 0, 0, &UnknownEntryError{Entry: id}
	}
	return seq, n, nil
}

// changesOf are the facts of an entry as what was and what became of it.
func changesOf(e audit.Entry) []api.AuditChange {
	list := []api.AuditChange{}
	for _, f := range e.Facts {
		c := api.AuditChange{Name: f.Key, After: f.Value}
		if before, after, ok := strings.Cut(f.Value, " -> "); ok && !strings.Contains(after, " -> ") {
			c.Before, c.After = before, after
		}
		list = append(list, c)
	}
	return list
}

// VerifyAudit follows the chain of entries from the beginning of a span to its
// head. It is intact when every entry of the span is the one that was written and
// something outside the database remembers how far the chain was; with no entries
// at all, or nothing that remembers, it cannot be checked.
func (in *Installation) VerifyAudit(ctx context.Context, act Act, span AuditSpan) (api.AuditVerdict, error) {
	return in.watchAudit(ctx, act, span, func(int64, int64) {})
}

// watchAudit is VerifyAudit that tells how far it is.
func (in *Installation) watchAudit(ctx context.Context, act Act, span AuditSpan, far func(done, total int64)) (api.AuditVerdict, error) {
	var names callers
	var asked store.Span
	var witness, note, disagree string
	var rolled store.Rollback
	err := in.view(func(v *store.View) (err error) {
		names, rolled = callersOf(v), v.Rollback()
		witness, note = in.rollback(v, act.Language)
		disagree = in.disagreement(v, act.Language)
		asked, err = in.spanOf(ctx, v, span)
		return err
	})
	if err != nil {
		return api.AuditVerdict{}, err
	}
	if last := in.lastPass(); witness == "cannot-be-checked" && disagree == "" && last != nil && last.Report.Rollback.State == fsck.Intact {
		witness = "intact" // a full check since the start has asked those who remember
	}
	if in.book.Health() == store.Unchecked {
		return api.AuditVerdict{Verdict: "cannot-check", Note: say(act.Language, "unchecked", nil)}, nil
	}
	c, err := in.book.WatchSpan(ctx, asked, far)
	if err != nil {
		return api.AuditVerdict{}, err
	}
	verdict := api.AuditVerdict{Verdict: "intact", From: c.From, To: c.To, Entries: c.Entries, Links: c.Batches, Seq: c.To,
		First: timeOf(c.First), Last: timeOf(c.Last), Head: hex.EncodeToString(c.Link[:16])}
	switch {
	case c.Break == nil && witness == "broken":
		c.Break = &store.Break{Seq: rolled.Seq + 1, Table: "journal", What: "rolled back", Expected: fmt.Sprint(rolled.Highest), Found: fmt.Sprint(rolled.Seq)}
		fallthrough
	case c.Break != nil:
		return in.brokenAt(ctx, names, verdict, *c.Break)
	case c.Entries == 0:
		verdict.Verdict, verdict.Note = "cannot-check", say(act.Language, "audit-empty", nil)
	case witness != "intact":
		verdict.Verdict, verdict.Note = "cannot-check", note
	}
	return verdict, nil
}

func (in *Installation) brokenAt(ctx context.Context, names callers, verdict api.AuditVerdict, b store.Break) (api.AuditVerdict, error) {
	verdict.Verdict, verdict.Seq = "broken", b.Seq
	verdict.Where = fmt.Sprintf("%s #%d: %s", b.Table, b.Seq, b.What)
	broken := &api.AuditBreak{Seq: b.Seq, What: b.What, Record: b.Table, Expected: b.Expected, Found: b.Found, Ask: in.WhoMay(api.ScopeAdmin)}
	verdict.Broken = broken
	var err error
	if broken.Before, err = in.neighbour(ctx, names, store.AuditPlace{Seq: b.Seq}, true); err != nil {
		return verdict, err
	}
	broken.After, err = in.neighbour(ctx, names, store.AuditPlace{Seq: b.Seq, N: math.MaxInt64}, false)
	return verdict, err
}

// spanOf reads a span: numbers of commits, or days.
func (in *Installation) spanOf(ctx context.Context, v *store.View, span AuditSpan) (s store.Span, err error) {
	if s.From, err = in.commitOf(ctx, v, "from", span.From); err != nil {
		return s, err
	}
	if s.To, err = in.commitOf(ctx, v, "to", span.To); err == nil && s.To != 0 && s.From > s.To {
		err = &BadValueError{Field: "to", Why: "it is before from"}
	}
	return s, err
}

func (in *Installation) commitOf(ctx context.Context, v *store.View, field, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64); err == nil && n > 0 {
		return n, nil
	}
	first, until, err := daysBetween(text, text, zone(v))
	if err != nil {
		return 0, &BadValueError{Field: field, Why: "it is neither the number of a change nor a day such as 2026-06-10"}
	}
	found, err := in.book.AuditEntries(ctx, store.AuditFilter{From: first, Limit: 1})
	if field == "to" {
		found, err = in.book.AuditEntries(ctx, store.AuditFilter{Until: until, Newest: true, Limit: 1})
	}
	switch {
	case err != nil:
		return 0, err
	case len(found) > 0:
		return found[0].Seq, nil
	case field == "to":
		return 0, &BadValueError{Field: field, Why: "nothing was written before it"}
	}
	return slices.Max([]int64{v.Seq(), 0}) + 1, nil
}
