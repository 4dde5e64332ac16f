package fsck

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// anchorOf writes an anchor of a head by hand: fsck itself only reads them.
func anchorOf(h *head, master [32]byte) []byte {
	k := keysFor(master, h.installation)
	s, _ := h.openWith(k)
	b := append([]byte(anchorFormat), k.id[:]...)
	b = append(lp(lp(b, h.installation), h.ledger), h.epoch...)
	b = append(i64(b, h.seq), h.link...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(s.marks)))
	owners := slices.SortedFunc(maps.Keys(s.marks), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) })
	for _, owner := range owners {
		b = i64(lp8(lp8(b, owner[0]), owner[1]), int64(s.marks[owner]))
	}
	b = i64(i64(b, int64(s.keyList)), s.clock)
	return append(b, newMacKey(k.anchor).of(nil, b)...)
}

// printed writes a head down.
func printed(h *head) string {
	text := hex.EncodeToString(fingerprint(ledgerID{h.installation, h.ledger}, h.epoch, h.seq, h.link))
	var groups []string
	for len(text) > 0 {
		groups, text = append(groups, text[:4]), text[4:]
	}
	return fmt.Sprintf("%s/%s/%d/%s", h.installation, h.ledger, h.seq, strings.Join(groups, "-"))
}

// A set number and the set that had it go together: another set under the number
// that a witness remembers is a history of its own.
func TestAWitnessRemembersWhichSetWasTheHighest(t *testing.T) {
	number, which := [2]string{"ACME", "1"}, [2]string{"ACME", "#checkpoint 1"}
	for _, row := range []struct {
		name         string
		number, mark uint64
		broken       bool
	}{
		{"the same", 6, 66, false},
		{"a newer one", 7, 77, false},
		{"another one of the same number", 6, 77, true},
		{"an older one", 5, 55, true},
	} {
		l := &ledger{ledgerID: ledgerID{"i", "seats"}}
		l.secret.marks = map[[2]string]uint64{number: row.number, which: row.mark}
		w := &witness{from: "anchor"}
		w.marks.marks = map[[2]string]uint64{number: 6, which: 66}
		c := &check{}
		c.judgeMarks(l, w)
		if broken := c.report.Rollback.State == Broken; broken != row.broken || broken && len(c.report.Rollback.At) != 1 {
			t.Errorf("%s: %+v", row.name, c.report.Rollback)
		}
	}
}
