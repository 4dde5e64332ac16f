package entitle

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/license"
)

// A day is a date as an integer that sorts like the date. It is 0 for the zero
// Date, which no real date is.
type day = uint32

const (
	never  day = 0                  // a last day that has always passed
	noEnd  day = math.MaxUint32 - 1 // a last day that never passes
	allOut day = math.MaxUint32     // a today on which every last day has passed
)

func dayOf(d license.Date) day { return day(d.Year)<<9 | day(d.Month)<<5 | day(d.Day) }

func dateOf(d day) license.Date {
	if d == noEnd {
		return license.Date{}
	}
	return license.Date{Year: int(d >> 9), Month: time.Month(d >> 5 & 15), Day: int(d & 31)}
}

// A lot is one combination of standing and holdings. Many people share a lot:
// an installation of a million people has a few thousand. A lot never changes
// and its number is never used for another, so an index may share them with
// the indexes made from it.
type lot struct {
	kind    license.PersonKind
	admin   bool     // no event keeps them from signing in
	cause   Reason   // why nothing is allowed whatever the date; NoReason when something is
	last    day      // the last day anything is allowed
	modules []uint32 // numbers in line.names, ascending
}

// The first lot is that of nobody: people who were deleted, and the holes in
// the list of people.
const nobody = 0

// A line is what an index shares with every index made from it: the numbers of
// modules, lots and people. They are given once and never again, which is what
// makes a handle safe: it can outlive its index, but never means another.
//
// Everything is only ever appended to, under mu. Indexes keep the lengths they
// were made with and read without a lock.
type line struct {
	id   uint32
	seed maphash.Seed

	mu      sync.Mutex
	names   map[license.Name]uint32
	list    []license.Name
	lots    []lot
	lotOf   map[string]uint32
	numbers []int64 // of people, by ordinal; see Holder.Number
	key     []byte  // scratch for lotOf
}

var lines atomic.Uint32

func newLine() *line {
	return &line{
		id:      lines.Add(1),
		seed:    maphash.MakeSeed(),
		names:   map[license.Name]uint32{},
		lots:    []lot{{cause: PersonGone, last: never}},
		lotOf:   map[string]uint32{},
		numbers: make([]int64, 1), // ordinal 0 is nobody
	}
}

// module returns the number of a name, which is given one if it has none. The
// caller holds mu.
func (l *line) module(n license.Name) uint32 {
	i, ok := l.names[n]
	if !ok {
		i = uint32(len(l.list))
		l.list = append(l.list, n)
		l.names[n] = i
	}
	return i
}

// lot returns the number of the lot somebody is of. The caller holds mu.
func (l *line) lot(h *Holder) uint32 {
	next := lot{kind: h.Kind, admin: h.Administrator, last: noEnd}
	switch {
	case h.Former:
		next.cause, next.last = PersonGone, never
	case !h.Login:
		next.cause, next.last = NoLogin, never
	case h.Waiting:
		next.cause, next.last = WaitingForApproval, never
	case !h.ValidThrough.IsZero():
		next.last = dayOf(h.ValidThrough)
	}
	var room [64]uint32
	modules := room[:0]
	for _, held := range h.Holds {
		if held.Quantity > 0 {
			modules = append(modules, l.module(license.NameOf(held.Name.Issuer, held.Name.Module)))
		}
	}
	slices.Sort(modules)
	modules = slices.Compact(modules)

	key := append(l.key[:0], byte(next.kind), byte(next.cause), 0)
	if next.admin {
		key[2] = 1
	}
	key = binary.LittleEndian.AppendUint32(key, next.last)
	for _, m := range modules {
		key = binary.LittleEndian.AppendUint32(key, m)
	}
	l.key = key
	if i, ok := l.lotOf[string(key)]; ok {
		return i
	}
	next.modules = slices.Clone(modules)
	i := uint32(len(l.lots))
	l.lots = append(l.lots, next)
	l.lotOf[string(key)] = i
	return i
}

// A deck is what each lot may use under one [license.Active]: a row of words
// per lot, so that a check of a known person and module reads three words that
// lie side by side.
//
//	word 0      last day (32 bits) | kind (8) | cause (8) | administrator (1)
//	word 1+2i   a bit per user module 64i…64i+63: may use it
//	word 2+2i   a bit per user module 64i…64i+63: was given it, rather than by a plan
//
// Rows are appended under the mu of the line.
type deck struct {
	active  *license.Active
	numbers map[license.Name]uint32 // of every module of the sets, in the line
	size    int                     // one more than the largest of them
	bits    map[uint32]uint32       // number of a user module → its bit
	words   int                     // w
	stride  int                     // 1 + 2w
	rows    []uint64
}

// administrator is the bit of word 0 that says so.
const administrator = 1 << 48

// newDeck returns a deck with a row for every lot of the line. The caller holds
// the mu of l.
func (l *line) newDeck(active *license.Active) *deck {
	d := &deck{active: active, numbers: map[license.Name]uint32{}, bits: map[uint32]uint32{}}
	for _, n := range active.Names() {
		m := l.module(n)
		d.numbers[n] = m
		d.size = max(d.size, int(m)+1)
		if active.License(n).Kind == license.User {
			d.bits[m] = uint32(len(d.bits))
		}
	}
	d.words = (len(d.bits) + 63) / 64
	d.stride = 1 + 2*d.words
	if d.stride <= 8 {
		d.stride = 1 << bits.Len(uint(d.stride-1)) // no row is cut by the end of a cache line
	}
	d.rows = make([]uint64, 0, len(l.lots)*d.stride)
	d.deal(l)
	return d
}

// deal appends the rows of lots the deck has none for. The caller holds the mu
// of l.
func (d *deck) deal(l *line) {
	for i := len(d.rows) / d.stride; i < len(l.lots); i++ {
		lot := &l.lots[i]
		at := len(d.rows)
		for range d.stride {
			d.rows = append(d.rows, 0)
		}
		row := d.rows[at:]
		row[0] = uint64(lot.last) | uint64(lot.kind)<<32 | uint64(lot.cause)<<40
		if lot.admin {
			row[0] |= administrator
		}
		held := make([]license.Held, len(lot.modules))
		for j, m := range lot.modules {
			held[j] = license.Held{Name: l.list[m], Quantity: 1}
			d.set(row, 2, m)
		}
		for _, h := range d.active.Expand(held) {
			if m, ok := d.numbers[h.Name]; ok {
				d.set(row, 1, m)
			}
		}
	}
}

// set sets the bit of a module, if it is a user module of a set in force. first
// is 1 or 2: may use it, or was given it.
func (d *deck) set(row []uint64, first int, module uint32) {
	if b, ok := d.bits[module]; ok {
		row[first+2*int(b>>6)] |= 1 << (b & 63)
	}
}
