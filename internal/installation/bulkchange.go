package installation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/seat"
)

// bulkActs are what can be done to many people at a time.
var bulkActs = []string{"give", "switch", "remove", "end-login", "give-login", "retire", "delete", "approve", "refuse"}

// ChangePeople does the same for many people: those named, or everybody a filter
// chooses. A preview says what would become of each, and of every pool; otherwise
// a job does it.
func (in *Installation) ChangePeople(ctx context.Context, act Act, c api.BulkChange, f *PeopleFilter) (api.Bulk, error) {
	if !slices.Contains(bulkActs, c.Act) {
		return api.Bulk{}, &BadValueError{Field: "act", Why: "it is none of " + strings.Join(bulkActs, ", ")}
	}
	people := slices.Clone(c.People)
	if f != nil {
		if len(people) > 0 {
			return api.Bulk{}, &BadValueError{Field: "people", Why: "a query is given as well: choose one of the two"}
		}
		numbers, _, err := in.ChosenPeople(ctx, act, *f)
		if err != nil {
			return api.Bulk{}, err
		}
		for _, n := range numbers {
			people = append(people, fmt.Sprint("#", n))
		}
	}
	gifts, err := readGifts("names", strings.Join(c.Names, " "))
	needs := slices.Contains([]string{"give", "switch", "remove"}, c.Act)
	switch {
	case err != nil:
		return api.Bulk{}, err
	case needs != (len(gifts) > 0):
		return api.Bulk{}, &BadValueError{Field: "names", Why: "give, switch and remove need names, the others none"}
	}
	o := bulkOrder{head: jobHead{Kind: "change", Act: c.Act, Names: c.Names, Partial: c.Partial}, token: c.PlanToken, source: seat.Direct}
	seen := map[string]bool{}
	for i, who := range people {
		if t := changeTask(i+1, who, c.Act, gifts); !seen[strings.ToLower(who)] {
			seen[strings.ToLower(who)] = true
			o.tasks = append(o.tasks, t)
		}
	}
	return in.bulk(ctx, act, o)
}

func changeTask(row int, who, act string, gifts []gift) task {
	t := task{Row: row, Who: who}
	yes, no := true, false
	switch act {
	case "give":
		t.Mode, t.Plans = modeAdd, &gifts
	case "switch":
		t.Mode, t.Plans = modeSwitch, &gifts
	case "remove":
		t.Mode, t.Plans = modeRemove, &gifts
	case "give-login":
		t.Login = &yes
	case "end-login":
		t.Login = &no
	default:
		t.Act = act
	}
	return t
}
