package seat

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatNeedsAttentionIsDealtWithInOrder(t *testing.T) {
	t.Parallel()
	want := []Trouble{
		{Kind: TroubleTampered, Count: 1},
		{Kind: TroubleOver, About: "so.a", Count: 3},
		{Kind: TroubleOver, About: "so.b", Count: 2},
		{Kind: WaitsSetRefused, About: "so-2"},
		{Kind: TroubleExpires, About: "SO", Days: 9},
		{Kind: TroubleExpires, About: "ACME", Days: 40},
		{Kind: WaitsSet, About: "so-3"},
		{Kind: WaitsFull, About: "so.c", Count: 40},
		{Kind: WaitsFull, About: "so.d", Count: 4},
		{Kind: WaitsFull, About: "so.e", Count: 4},
		{Kind: WaitsApproval, Count: 2},
		{Kind: WaitsNearly, About: "so.f", Count: 4},
		{Kind: TroubleMessage, Event: 3},
	}
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	Attention(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, kind := range severity {
		if !slices.Contains(attention, kind) {
			t.Errorf("%s is dealt with nowhere", kind)
		}
	}
	for days, want := range map[int]string{31: "info", 30: "warn", 0: "warn"} {
		if got := (&Trouble{Kind: TroubleExpires, Days: days}).Severity(); got != want {
			t.Errorf("%d days before the expiry: %s", days, got)
		}
	}
}

func TestLittleAndNothingSpareAreSaidAlike(t *testing.T) {
	for _, kind := range []TroubleKind{WaitsFull, WaitsNearly} {
		if got := (&Trouble{Kind: kind}).Severity(); got != "warn" {
			t.Errorf("%s: %s", kind, got)
		}
	}
}
