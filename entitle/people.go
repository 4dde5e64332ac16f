package entitle

import (
	"hash/maphash"
	"slices"

	"github.com/pott-dev/pott/license"
)

// people maps folded user ids to ordinals and ordinals to lots. It never changes: a
// patch copies only what it touches, which is a page of lots, and the shards of
// user ids that come or go.
type people struct {
	pages  []*page         // by ordinal
	shards *[shards]*shard // by hash of the user id; nil: nobody
	count  int
}

const (
	shards   = 4096
	pageSize = 1024
)

// A page holds the lots of neighbouring ordinals, in halves: nearly every
// installation has fewer than 65536 lots, and a million people then fit into two
// megabytes, which a processor keeps at hand.
type page struct {
	high *[pageSize]uint16 // nil: all 0
	low  [pageSize]uint16
}

func (p *page) lot(i uint32) uint32 {
	lot := uint32(p.low[i])
	if p.high != nil {
		lot |= uint32(p.high[i]) << 16
	}
	return lot
}

// set sets a lot. The page must be the caller's, its halves included.
func (p *page) set(i, lot uint32) {
	p.low[i] = uint16(lot)
	if lot>>16 != 0 && p.high == nil {
		p.high = new([pageSize]uint16)
	}
	if p.high != nil {
		p.high[i] = uint16(lot >> 16)
	}
}

func (p *page) copy() *page {
	c := *p
	if p.high != nil {
		high := *p.high
		c.high = &high
	}
	return &c
}

// A shard is an open-addressing table of user ids.
type shard struct {
	slots []slot // a power of two, at most three quarters used
	keys  []byte
	used  int
}

// A slot says which ordinal the user id keys[off:off+n] has.
type slot struct {
	tag    uint32 // low half of the hash
	person uint32 // ordinal; 0: the slot is free
	off, n uint32
}

// findFolded returns the ordinal of a folded user id, or 0.
func (p *people) findFolded(seed maphash.Seed, id string) uint32 {
	h := maphash.String(seed, id)
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
		if at.tag == uint32(h) && string(s.key(at)) == id {
			return at.person
		}
	}
}

func (s *shard) key(at *slot) []byte { return s.keys[at.off : at.off+at.n] }

// lot returns the lot of an ordinal; that of nobody when the ordinal is not
// known here.
func (p *people) lot(person uint32) uint32 {
	if i := person / pageSize; i < uint32(len(p.pages)) {
		return p.pages[i].lot(person % pageSize)
	}
	return nobody
}

// A patch makes people out of others, copying each page and shard once.
type patch struct {
	people
	line        *line
	ownedPages  map[uint32]bool
	ownedShards map[uint32]bool
}

// reserve makes pages for that many new people side by side, which is kinder to
// the memory than one at a time.
func (p *patch) reserve(people int) {
	slab := make([]page, (len(p.line.numbers)+people)/pageSize+1)
	for i := len(p.pages); i < len(slab); i++ {
		p.ownedPages[uint32(i)] = true
		p.pages = append(p.pages, &slab[i])
	}
}

func (l *line) patch(from *people) *patch {
	p := &patch{people: *from, line: l, ownedPages: map[uint32]bool{}, ownedShards: map[uint32]bool{}}
	p.pages = slices.Clone(from.pages)
	return p
}

// set gives a person another lot.
func (p *patch) set(person, lot uint32) {
	i := person / pageSize
	for uint32(len(p.pages)) <= i {
		p.ownedPages[uint32(len(p.pages))] = true
		p.pages = append(p.pages, new(page))
	}
	if !p.ownedPages[i] {
		p.pages[i] = p.pages[i].copy()
		p.ownedPages[i] = true
	}
	p.pages[i].set(person%pageSize, lot)
}

// put sets somebody's holdings. A user id that now has another number is
// another person, so it gets another ordinal. The caller holds the mu of the
// line.
func (p *patch) put(h *Holder) {
	id := license.FoldUserID(h.Person)
	person := p.findFolded(p.line.seed, id)
	if person != 0 {
		if known := &p.line.numbers[person]; *known == 0 || h.Number == 0 {
			*known = max(*known, h.Number)
		} else if *known != h.Number {
			p.removeFolded(id)
			person = 0
		}
	}
	if person == 0 {
		person = uint32(len(p.line.numbers))
		p.line.numbers = append(p.line.numbers, h.Number)
		p.add(id, person)
	}
	p.set(person, p.line.lot(h))
}

// add gives a folded user id that is not known an ordinal.
func (p *patch) add(id string, person uint32) {
	h := maphash.String(p.line.seed, id)
	s := p.own(uint32(h >> 52))
	if (s.used+1)*4 > len(s.slots)*3 {
		*s = *s.copy(p.line.seed, max(4, len(s.slots)*2), 0)
	}
	s.place(h, slot{person: person, off: uint32(len(s.keys)), n: uint32(len(id))})
	s.keys = append(s.keys, id...)
	p.count++
}

// remove takes a user id away. Its ordinal stays, and is nobody from now on.
func (p *patch) remove(id string) { p.removeFolded(license.FoldUserID(id)) }

func (p *patch) removeFolded(id string) {
	person := p.findFolded(p.line.seed, id)
	if person == 0 {
		return
	}
	p.set(person, nobody)
	i := uint32(maphash.String(p.line.seed, id) >> 52)
	s := p.shard(i)
	p.shards[i] = s.copy(p.line.seed, len(s.slots), person)
	p.ownedShards[i] = true
	p.count--
}

// own returns shard i, copied if the patch has not done so yet.
func (p *patch) own(i uint32) *shard {
	s := p.shard(i)
	if !p.ownedShards[i] {
		s = &shard{slots: slices.Clone(s.slots), keys: append(make([]byte, 0, len(s.keys)+64), s.keys...), used: s.used}
		p.shards[i] = s
		p.ownedShards[i] = true
	}
	return s
}

// shard returns shard i of a table of shards that is the patch's own.
func (p *patch) shard(i uint32) *shard {
	if len(p.ownedShards) == 0 {
		copied := *p.shards
		p.shards = &copied
	}
	if p.shards[i] == nil {
		p.shards[i] = &shard{}
		p.ownedShards[i] = true
	}
	return p.shards[i]
}

// copy returns a shard with that many slots, without one of its people.
func (s *shard) copy(seed maphash.Seed, slots int, without uint32) *shard {
	c := &shard{slots: make([]slot, slots), keys: make([]byte, 0, len(s.keys)+32)}
	for i := range s.slots {
		at := &s.slots[i]
		if at.person == 0 || at.person == without {
			continue
		}
		key := s.key(at)
		c.place(maphash.Bytes(seed, key), slot{person: at.person, off: uint32(len(c.keys)), n: at.n})
		c.keys = append(c.keys, key...)
	}
	return c
}

// place puts a slot where find looks for it.
func (s *shard) place(h uint64, at slot) {
	at.tag = uint32(h)
	mask := uint32(len(s.slots) - 1)
	i := uint32(h>>32) & mask
	for s.slots[i].person != 0 {
		i = (i + 1) & mask
	}
	s.slots[i] = at
	s.used++
}
