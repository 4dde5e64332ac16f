package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/roster"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A bulkOrder is a change of many people to be tried or done.
type bulkOrder struct {
	head   jobHead
	tasks  []task
	token  string
	source seat.Source
}

// bulk tries a change of many people, or begins the job that makes it.
func (in *Installation) bulk(ctx context.Context, act Act, o bulkOrder) (api.Bulk, error) {
	switch {
	case len(o.tasks) == 0:
		return api.Bulk{}, &BadValueError{Field: "people", Why: "nobody is chosen"}
	case len(o.tasks) > MostTasks:
		return api.Bulk{}, &roster.TooLargeError{Most: MostTasks}
	}
	act.source = o.source
	heard := &heard{}
	found, err := in.tryTasks(ctx, act, o, heard)
	if err != nil {
		return api.Bulk{}, err
	}
	out := api.Bulk{Outcome: api.Outcome{DryRun: act.DryRun, Changed: found.totals().Changed > 0, Seq: in.now.Load().seq}, Kind: o.head.Kind, Partial: o.head.Partial,
		Totals: found.totals(), Pools: found.demand, Rows: []api.BulkRow{}, PlanToken: o.tokenOf(found)}
	if out.Pools == nil {
		out.Pools = []api.BulkPool{}
	}
	for _, d := range found.rows {
		out.Rows = append(out.Rows, d.BulkRow)
	}
	switch {
	case act.DryRun:
		return out, nil
	case o.token != "" && o.token != out.PlanToken:
		return out, &BulkChangedError{}
	case !o.head.Partial && out.Totals.Errors > 0:
		return out, refusedBulk(out)
	}
	job, err := in.beginJob(ctx, act, o, found, heard)
	out.Rows, out.PlanToken, out.Job, out.Totals = []api.BulkRow{}, "", &job, job.Totals
	return out, err
}

func (o bulkOrder) tokenOf(r bulkResult) string {
	return r.token(o.head.Kind, o.head.Act, o.head.Partial, o.head.File, o.head.Undoes)
}

// tryTasks says what would become of tasks.
func (in *Installation) tryTasks(ctx context.Context, act Act, o bulkOrder, heard *heard) (bulkResult, error) {
	var found bulkResult
	err := heard.before(ctx, in, act, func() error {
		return in.book.Try(ctx, act.By, in.present(), func(tx *store.Tx) (err error) {
			found, err = in.carryOut(ctx, tx, act, bulk{tasks: o.tasks, whole: !o.head.Partial, heard: heard, step: ctx.Err})
			return err
		})
	})
	return found, err
}

// A bulk is many tasks that are tried or done in one act.
type bulk struct {
	tasks []task
	whole bool         // all or none
	step  func() error // called before every task; an error ends everything
	heard *heard       // what the host application said
}

// A bulkResult is what became of them.
type bulkResult struct {
	rows   []done
	order  []int // of those applied, as they were
	demand []api.BulkPool
}

// errTried ends what was only tried.
var errTried = errors.New("it was only tried")

// carryOut applies tasks in an act. With whole, it is all or nothing: seats are taken
// and given back in any order, and only how many are taken in the end must fit.
// Otherwise rows are applied one after another, those that find a pool full once
// more after those that give seats back.
func (in *Installation) carryOut(ctx context.Context, tx *store.Tx, act Act, b bulk) (bulkResult, error) {
	var wished bulkResult
	err := tx.Attempt(func() error {
		var err error
		if wished, err = in.pass(ctx, tx, act, b, true); err != nil {
			return err
		}
		if !b.whole || wished.errors() > 0 || wished.short() {
			return errTried
		}
		return nil
	})
	if err == nil || !errors.Is(err, errTried) {
		return wished, err
	}
	if b.whole && !wished.short() {
		return wished, nil
	}
	var real bulkResult
	err = tx.Attempt(func() error {
		var err error
		if real, err = in.pass(ctx, tx, act, b, false); err == nil && b.whole {
			err = errTried
		}
		return err
	})
	if errors.Is(err, errTried) {
		err = nil
	}
	real.demand = wished.demand
	return real, err
}

// pass applies tasks one after another. boundless lets pools hold more than they
// have, to know how much they would need.
func (in *Installation) pass(ctx context.Context, tx *store.Tx, act Act, b bulk, boundless bool) (bulkResult, error) {
	sup := in.supposing(tx, tx.Now(), b.heard)
	sup.supposed.boundless = boundless
	act.DryRun, act.WithDependants = false, true
	before := map[license.Name]int64{}
	for _, l := range tx.Licenses() {
		before[l.Name] = l.Taken
	}
	result := bulkResult{rows: make([]done, len(b.tasks))}
	waiting := make([]int, len(b.tasks))
	for i := range waiting {
		waiting[i] = i
	}
	var asked []Loss
	for again := true; again && len(waiting) > 0; {
		again = false
		var full []int
		for _, i := range waiting {
			if err := b.step(); err != nil {
				return result, err
			}
			d, err := sup.attempt(ctx, tx, act, b.tasks[i])
			if first := new(unheard); errors.As(err, &first) {
				asked = append(asked, first.losses...)
			} else if err != nil {
				return result, err
			}
			result.rows[i] = d
			switch {
			case d.Problem != nil && d.Problem.Code == (&seat.PoolFullError{}).Code():
				full = append(full, i)
			case d.Result == "added" || d.Result == "changed":
				result.order = append(result.order, i)
				again = true
			}
		}
		if again = again && len(full) > 0; again {
			waiting = full
		}
	}
	if len(asked) > 0 {
		return result, &unheard{asked}
	}
	for _, l := range tx.Licenses() {
		if l.Taken == before[l.Name] {
			continue
		}
		change := api.BulkPool{PoolChange: api.PoolChange{Name: l.Name, DisplayName: displayName(tx.Active(), l.Name, act.Language), Seats: l.Seats,
			Before: before[l.Name], After: l.Taken, Unrestricted: l.Unrestricted, Hidden: l.Hidden}}
		if !l.Unrestricted && l.Taken > before[l.Name] {
			change.Short = max(0, l.Taken-l.Seats)
		}
		result.demand = append(result.demand, change)
	}
	return result, nil
}

func (r *bulkResult) short() bool {
	return slices.ContainsFunc(r.demand, func(p api.BulkPool) bool { return p.Short > 0 })
}

func (r *bulkResult) errors() int { return r.totals().Errors }

func (r *bulkResult) totals() api.BulkTotals { return totalsOf(r.rows) }

func totalsOf(rows []done) api.BulkTotals {
	t := api.BulkTotals{Rows: len(rows)}
	for _, d := range rows {
		switch d.Result {
		case "added", "changed":
			t.Changed++
		case "already":
			t.Already++
		case "error":
			t.Errors++
		case "left":
			t.Left++
		}
		if len(d.Warnings) > 0 {
			t.Warnings++
		}
	}
	return t
}

// token says what would be done, so that nothing else is.
func (r *bulkResult) token(about ...any) string {
	h := sha256.New()
	e := json.NewEncoder(h)
	for _, a := range about {
		e.Encode(a) // a hash takes everything
	}
	for _, d := range r.rows {
		code := ""
		if d.Problem != nil {
			code = d.Problem.Code
		}
		e.Encode([]any{d.Row, d.Person, d.Number, d.Result, d.Given, d.Released, code, d.After})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
