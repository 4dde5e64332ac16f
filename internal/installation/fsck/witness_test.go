package fsck

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
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
