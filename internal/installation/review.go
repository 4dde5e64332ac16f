package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A proposal is a set that may come in force, compared with the one that is.
type proposal struct {
	row    store.Set
	set    *license.Set
	before *license.Active
	next   *license.Active
	rows   []seat.Row
	short  *seat.TooSmallError // nil when everybody fits
}

// Review says what would happen if a set were activated now, and changes
// nothing. A set that does not fit is reviewed like any other.
func (in *Installation) Review(ctx context.Context, act Act, id string) (api.Review, error) {
	var review api.Review
	err := in.view(func(v *store.View) error {
		now := in.clock(v)
		p, err := in.propose(ctx, v, id, now)
		if err != nil {
			return err
		}
		review = api.Review{
			Set: setOf(p.row, p.set, now), Replaces: p.replaces(), Fits: p.short == nil,
			Rows:  p.shown(v, act.Language, func(seat.Row) bool { return true }),
			Notes: notes(v, p.set, act.Language), PlanToken: p.token(), Seq: v.Seq(),
		}
		return nil
	})
	return review, err
}

// propose compares a set with what is in force. Only the newest set of its
// issuer may be proposed.
func (in *Installation) propose(ctx context.Context, v *store.View, id string, now time.Time) (*proposal, error) {
	row, err := findSet(v, id)
	if err != nil {
		return nil, err
	}
	if highest := v.HighestSet(row.Issuer, row.Serial); row.Number < highest || row.State == store.SetReplaced {
		return nil, &OlderSetError{Issuer: row.Issuer, Number: row.Number, Highest: highest}
	}
	set, err := in.accepted(ctx, v, row, now)
	if err != nil {
		return nil, err
	}
	p := &proposal{row: row, set: set, before: v.Active()}
	p.next = p.before.With(set)
	var people roll
	p.rows, err = seat.Fits(p.before, p.next, set.Issuer, people.call(v, p.next), nil)
	if err != nil && !errors.As(err, &p.short) {
		return nil, err
	}
	people.name(p.rows)
	return p, nil
}

// accepted returns the set of a stored row, read from the file as it was
// received and checked again.
func (in *Installation) accepted(ctx context.Context, v *store.View, row store.Set, now time.Time) (*license.Set, error) {
	file, err := v.SetFile(ctx, row.File)
	if err != nil {
		return nil, err
	}
	f, err := licensefile.VerifyAccepted(file, in.trust(v), timeOf(row.AcceptedAt), now)
	if err != nil {
		return nil, err
	}
	return &f.Set, nil
}

func (p *proposal) replaces() string {
	if old := p.before.Set(p.set.Issuer); old != nil && old.Number != p.set.Number {
		return setID(old.Issuer, old.Number)
	}
	return ""
}

// token binds an activation to exactly this comparison. Who holds a license is
// named only when the set is refused, and then the token opens nothing.
func (p *proposal) token() string {
	plain := slices.Clone(p.rows)
	for i := range plain {
		plain[i].Holders = nil
	}
	rows, err := json.Marshal(plain)
	if err != nil {
		panic("installation: a review cannot be written: " + err.Error())
	}
	sum := sha256.New()
	sum.Write([]byte(p.row.Checkpoint + "\n" + p.replaces() + "\n"))
	sum.Write(rows)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// shown are the rows in the words of the API.
func (p *proposal) shown(v *store.View, lang string, which func(seat.Row) bool) []api.ReviewRow {
	rows := []api.ReviewRow{}
	for _, r := range p.rows {
		if !which(r) {
			continue
		}
		name := displayName(p.next, r.Name, lang)
		if name == "" {
			name = displayName(p.before, r.Name, lang)
		}
		rows = append(rows, api.ReviewRow{
			Name: r.Name, DisplayName: name, Kind: r.Kind, Hidden: r.Hidden, Marker: r.Marker, Unrestricted: r.Unrestricted,
			Total: r.Total, InUse: r.InUse, Free: r.Free, Change: r.Change, NewTotal: r.NewTotal, NewFree: r.NewFree,
			Result: string(r.Result), Need: r.Need, Over: r.Release, Holders: r.Holders,
		})
	}
	return rows
}
