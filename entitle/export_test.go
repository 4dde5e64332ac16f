package entitle

import (
	"encoding/binary"
	"strings"

	"github.com/pott-dev/pott/licensefile"
)

// Resign returns a body with a seal that fits it, so that fuzzing reaches what
// is behind the signature.
func Resign(body string, signer licensefile.Signer) string {
	installation := "i"
	if _, rest, ok := strings.Cut(body, `"installation":"`); ok {
		installation, _, _ = strings.Cut(rest, `"`)
	}
	note := holdingsNote(installation, int64(strings.Count(body, "\n")), []byte(body))
	sig, err := signer.Sign(note)
	if err != nil {
		panic(err)
	}
	id := binary.BigEndian.AppendUint32(nil, keyHash(installation, signer.Public()))
	return body + "\n" + string(note) + "\n— " + installation + " " + strict64.EncodeToString(append(id, sig...)) + "\n"
}
