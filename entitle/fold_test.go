package entitle

import (
	"strings"
	"testing"

	"github.com/pott-dev/pott/license"
)

func FuzzWhatIsTakenForFoldedIs(f *testing.F) {
	for _, seed := range []string{"", "anna", "Anna", "annaannaZ", "\u212Aarinkarin", "anna@exampl\xff.com", "@[`{@[`{@[`{", "AZ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		plain := strings.IndexFunc(id, func(r rune) bool { return r >= 0x80 || 'A' <= r && r <= 'Z' }) < 0
		if isFolded(id) != plain {
			t.Errorf("%q is taken for folded: %v", id, isFolded(id))
		}
		if isFolded(id) && license.FoldUserID(id) != id {
			t.Errorf("%q is taken for folded, and folds to %q", id, license.FoldUserID(id))
		}
	})
}

// Every place in the eight letters looked at together counts.
func TestACapitalIsSeenWhereverItStands(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 20; n++ {
		plain := strings.Repeat("m", n)
		for i := range n {
			for c := range 256 {
				id := plain[:i] + string([]byte{byte(c)}) + plain[i+1:]
				if want := c < 0x80 && !('A' <= c && c <= 'Z'); isFolded(id) != want {
					t.Fatalf("%q: %v, want %v", id, !want, want)
				}
			}
		}
	}
}
