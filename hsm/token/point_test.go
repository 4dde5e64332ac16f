package token

import (
	"bytes"
	"errors"
	"testing"

	"github.com/miekg/pkcs11"
)

func TestAPublicKeyComesBareOrWrapped(t *testing.T) {
	key := bytes.Repeat([]byte{4}, 32)
	for _, row := range []struct {
		name  string
		value []byte
		ok    bool
	}{
		{"bare", key, true},
		{"as an octet string", append([]byte{4, 32}, key...), true},
		{"as a bit string", append([]byte{3, 33, 0}, key...), true},
		{"as something else", append([]byte{5, 32}, key...), false},
		{"of another curve", make([]byte, 57), false},
		{"cut off", key[:31], false},
		{"nothing", nil, false},
	} {
		if got := point(row.value); row.ok != bytes.Equal(got, key) || row.ok != (got != nil) {
			t.Errorf("%s: %x", row.name, got)
		}
	}
}

func TestTheDriversWordIsKept(t *testing.T) {
	for err, want := range map[error]string{
		pkcs11.Error(pkcs11.CKR_DEVICE_REMOVED): "CKR_DEVICE_REMOVED",
		pkcs11.Error(0x80001234):                "pkcs11: 0x80001234: ",
		errors.New("other"):                     "other",
	} {
		if got := reason(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
