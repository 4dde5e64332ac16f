package licensefile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/licensefile"
)

func TestWhatIsSealedIsReadAgain(t *testing.T) {
	t.Parallel()
	set := smallSet()
	file := seal(t, set)
	v, err := licensefile.Verify(file, trust(), now)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	if diff := cmp.Diff(set, v.Set); diff != "" {
		t.Errorf("the set read is not the set sealed (-sealed +read):\n%s", diff)
	}
	if diff := cmp.Diff(string(file), string(v.Bytes())); diff != "" {
		t.Errorf("the file written again differs (-was +is):\n%s", diff)
	}
	if d := must(licensefile.NewDraft(set)); d.Hash() != v.Hash {
		t.Errorf("the draft has hash %s, the file %s", d.Hash(), v.Hash)
	}
}
