package installation

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/locale"
)

// A HolderQuery says which part of everybody who holds a license is wanted.
type HolderQuery struct {
	Via  string // "plan", "direct", "profile" or "import": only those who have it so; "" is everybody
	Page int    // from 1
	Size int    // 0 is all on one page
}

// HoldersByName returns everybody who takes a seat of a license, sorted by name
// as the asker's language does. Total counts all of them, whatever the page.
func (in *Installation) HoldersByName(ctx context.Context, act Act, text string, q HolderQuery) (api.List[api.Holder], error) {
	list, err := in.Holders(ctx, act, text, math.MaxInt, "")
	if err != nil {
		return list, err
	}
	if q.Via != "" {
		list.Items = slices.DeleteFunc(list.Items, func(h api.Holder) bool { return !heldSo(h, q.Via) })
		list.Total = len(list.Items)
	}
	locale.Sort(locale.For(act.Language), list.Items, func(h api.Holder) string { return cmp.Or(h.Name, h.Person, h.Database) })
	if q.Size > 0 {
		first := min(max(q.Page-1, 0)*q.Size, len(list.Items))
		list.Items = list.Items[first:min(first+q.Size, len(list.Items))]
	}
	return list, nil
}

// HoldersForFile is [Installation.HoldersByName] with everybody on it, and is
// recorded: a list of people leaves the house.
func (in *Installation) HoldersForFile(ctx context.Context, act Act, text, via string) (api.List[api.Holder], error) {
	list, err := in.HoldersByName(ctx, act, text, HolderQuery{Via: via})
	if err == nil {
		in.RecordExport(ctx, act, list.Total)
	}
	return list, err
}

// heldSo reports whether somebody has a license in a way.
func heldSo(h api.Holder, via string) bool {
	if via == "plan" {
		return len(h.Via) > 0
	}
	return h.Source == via
}
