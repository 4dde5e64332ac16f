package seat_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/seat"
)

// inUse writes down every user license of the set in force: module, in use, free.
func (o *office) inUse() []string {
	var lines []string
	for _, n := range o.active.Names() {
		if l := o.active.License(n); l.Plan != nil || l.Kind.String() == "user" && !l.Marker {
			p := o.pools[n]
			free := fmt.Sprint(p.Seats - p.Taken)
			if p.Unrestricted {
				free = "-"
			}
			lines = append(lines, fmt.Sprint(n.Module, " ", p.Taken, " ", free))
		}
	}
	return lines
}

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

func TestEveryNumberInUseIsThePublishedOne(t *testing.T) {
	t.Parallel()
	o := designteamet(t)
	if diff := cmp.Diff(lines(wantInUse), o.inUse()); diff != "" {
		t.Errorf("in use (-want +got):\n%s", diff)
	}
}

func TestTheRenewalIsComparedRowByRow(t *testing.T) {
	t.Parallel()
	o := designteamet(t)
	next := set(t, "SUPEROFFICE", secondSet)
	next.Number = 2
	rows, err := o.activate(next)
	got := make([]string, len(rows))
	for i, r := range rows {
		got[i] = fmt.Sprint(r.Name.Module, " ", r.Total, " ", known(r.InUse), " ", known(r.Free), " ", r.Change, " ", r.NewTotal, " ", known(r.NewFree), " ", r.Result, " ", r.Release)
	}
	if diff := cmp.Diff(lines(wantReview), got); diff != "" {
		t.Errorf("review (-want +got):\n%s", diff)
	}
	var small *seat.TooSmallError
	if !errors.As(err, &small) {
		t.Fatalf("activated a set that is too small: %v", err)
	}
	var names []string
	for _, row := range small.Rows {
		names = append(names, string(row.Name.Module))
	}
	want := []string{"sale-cal", "target-cal", "quote-cal", "stakeholder-cal", "sales-premium", "marketing-premium"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("refused by (-want +got):\n%s", diff)
	}
	marketing := small.Rows[5]
	if want := []string{"skiffer.spackel", "smaragd.penna", "terrakotta.tusch"}; marketing.Over != 3 || !slices.Equal(marketing.Holders, want) {
		t.Errorf("Marketing Premium is over by %d, held by %v; want 3, %v", marketing.Over, marketing.Holders, want)
	}
	if diff := cmp.Diff(lines(wantInUse), o.inUse()); diff != "" {
		t.Errorf("a refused set changed what is in use (-want +got):\n%s", diff)
	}
}

func TestTheRenewalFitsOnceTwelvePeopleAreOnTheEmptyPlan(t *testing.T) {
	t.Parallel()
	o := designteamet(t)
	for _, id := range lines(moved) {
		c, err := o.standing(id).SetPlan(so("no-selection"))
		o.must(o.do(id, c, err))
	}
	if _, err := o.activate(set(t, "SUPEROFFICE", secondSet)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(wantInUseAfter), o.inUse()); diff != "" {
		t.Errorf("in use (-want +got):\n%s", diff)
	}
}

func known(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}
