package entitle

import (
	"hash/maphash"

	"github.com/pott-dev/pott/license"
)

// User ids are known by their folding, see [license.FoldUserID]: administration
// takes "Anna" and "anna" for one person, so checks must as well.

// find returns the ordinal of a user id in any letter case, or 0.
func (p *people) find(seed maphash.Seed, id string) uint32 {
	if isFolded(id) {
		return p.findFolded(seed, id)
	}
	return p.findOther(seed, id)
}

// findOther is find for what may have to be folded first. It is kept apart so
// that the room it needs is not cleared for everybody.
//
//go:noinline
func (p *people) findOther(seed maphash.Seed, id string) uint32 {
	var room [256]byte
	folded := license.AppendFoldedUserID(room[:0], id)
	h := maphash.Bytes(seed, folded)
	s := p.shards[h>>52]
	if s == nil {
		return 0
	}
	mask := uint32(len(s.slots) - 1)
	for i := uint32(h>>32) & mask; ; i = (i + 1) & mask {
		at := &s.slots[i]
		if at.person == 0 {
			return 0
		}
		if at.tag == uint32(h) && string(s.key(at)) == string(folded) {
			return at.person
		}
	}
}

// isFolded reports whether a text is ASCII without capitals, which most user ids
// are, so that folding would change nothing. It looks at eight letters at a time.
func isFolded(id string) bool {
	const each = 0x0101010101010101
	for len(id) >= 8 {
		w := uint64(id[0]) | uint64(id[1])<<8 | uint64(id[2])<<16 | uint64(id[3])<<24 |
			uint64(id[4])<<32 | uint64(id[5])<<40 | uint64(id[6])<<48 | uint64(id[7])<<56
		// The top bit of a letter is set in the first where it is at least 'A',
		// in the second where it is more than 'Z'.
		if (w|(w+(0x80-'A')*each)&^(w+(0x7f-'Z')*each))&(0x80*each) != 0 {
			return false
		}
		id = id[8:]
	}
	for i := range len(id) {
		if c := id[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}
