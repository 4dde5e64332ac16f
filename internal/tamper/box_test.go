package tamper

import (
	"bytes"
	"testing"
)

func TestABoxOpensWhereItWasClosed(t *testing.T) {
	t.Parallel()
	keys := NewKeys([32]byte{1}, "acme")
	box := keys.Box("job/x", 2, []byte("Anna"))
	if plain, ok := keys.Unbox("job/x", 2, box); !ok || string(plain) != "Anna" {
		t.Errorf("%q, %v", plain, ok)
	}
	if bytes.Contains(box, []byte("Anna")) {
		t.Error("a box can be read")
	}
	edited := bytes.Clone(box)
	edited[len(edited)-1] ^= 1
	for name, opened := range map[string]bool{
		"at another place":        second(keys.Unbox("job/y", 2, box)),
		"as another part":         second(keys.Unbox("job/x", 3, box)),
		"in another installation": second(NewKeys([32]byte{1}, "other").Unbox("job/x", 2, box)),
		"with another key":        second(NewKeys([32]byte{2}, "acme").Unbox("job/x", 2, box)),
		"edited":                  second(keys.Unbox("job/x", 2, edited)),
		"cut off":                 second(keys.Unbox("job/x", 2, box[:10])),
		"empty":                   second(keys.Unbox("job/x", 2, nil)),
	} {
		if opened {
			t.Errorf("a box opens %s", name)
		}
	}
}

func second(_ []byte, ok bool) bool { return ok }
