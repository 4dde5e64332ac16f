package installation

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/seat"
)

// A BulkChangedError is returned when what was shown is not any longer what would
// be done.
type BulkChangedError struct{}

func (e *BulkChangedError) Error() string { return "things have changed since the preview" }

// Code returns the stable code of the error.
func (e *BulkChangedError) Code() string { return "bulk.changed" }

// A BulkRefusedError is returned for a change of all or none of whom some cannot
// be changed. Nothing was done.
type BulkRefusedError struct {
	Errors int
	Rows   string // the first of them
	First  string // why the first
}

func (e *BulkRefusedError) Error() string {
	return fmt.Sprintf("%d rows cannot be applied, such as %s: %s", e.Errors, e.Rows, e.First)
}

// Code returns the stable code of the error.
func (e *BulkRefusedError) Code() string { return "bulk.refused" }

// A BulkShortError is returned for a change of all or none for which there are not
// seats enough. Nothing was done.
type BulkShortError struct {
	Name   string // of the license that lacks most
	Short  int64
	Seats  int64
	Wanted int64
	Others int // licenses that lack seats too
}

func (e *BulkShortError) Error() string {
	return fmt.Sprintf("%s lacks %d seats: %d of %d", e.Name, e.Short, e.Wanted, e.Seats)
}

// Code returns the stable code of the error.
func (e *BulkShortError) Code() string { return "bulk.short" }

// refusedBulk says why a change of all or none is none.
func refusedBulk(b api.Bulk) error {
	e := &BulkRefusedError{Errors: b.Totals.Errors}
	var rows []string
	other := false
	for _, r := range b.Rows {
		if r.Problem == nil {
			continue
		}
		other = other || r.Problem.Code != (&seat.PoolFullError{}).Code()
		if len(rows) < 5 {
			rows = append(rows, fmt.Sprint(r.Row))
		}
		e.First = cmp.Or(e.First, r.Problem.Text)
	}
	e.Rows = strings.Join(rows, ", ")
	if other {
		return e
	}
	short := &BulkShortError{Others: -1}
	for _, p := range b.Pools {
		if p.Short == 0 {
			continue
		}
		short.Others++
		if p.Short > short.Short || p.Short == short.Short && !p.Hidden {
			short.Name, short.Short, short.Seats, short.Wanted = p.Name.String(), p.Short, p.Seats, p.After
		}
	}
	if short.Short == 0 {
		return e
	}
	return short
}
