package locale

import (
	"bytes"
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// order is the alphabet of a language. A collator keeps what it is working on
// inside itself, so each goroutine borrows one.
type order struct{ collators sync.Pool }

type collator struct {
	collate *collate.Collator
	room    collate.Buffer
}

func orderOf(tag string) *order {
	return &order{collators: sync.Pool{New: func() any {
		return &collator{collate: collate.New(language.MustParse(tag))}
	}}}
}

// AppendKey appends to dst what stands for a name when names are compared byte by
// byte: names sort in the language as their keys do. Different names have
// different keys. A list that is sorted again and again keeps its keys.
func (l *Locale) AppendKey(dst []byte, name string) []byte {
	c := l.order.collators.Get().(*collator)
	dst = append(dst, c.collate.KeyFromString(&c.room, name)...)
	c.room.Reset()
	l.order.collators.Put(c)
	return append(append(dst, 0), name...)
}

// Compare says which of two names stands first: -1, 0 (the same name) or +1.
// To sort many names, use [Sort], which looks at each once.
func (l *Locale) Compare(a, b string) int {
	var roomA, roomB [256]byte
	return bytes.Compare(l.AppendKey(roomA[:0], a), l.AppendKey(roomB[:0], b))
}

// Sort sorts items by name as readers of the language look for them. Items of the
// same name keep their order.
func Sort[T any](l *Locale, items []T, name func(T) string) {
	type keyed struct {
		item T
		key  []byte
	}
	all := make([]keyed, len(items))
	var keys []byte
	for i, item := range items {
		// A full block is left to those who have a part of it, and a new one begun.
		if cap(keys)-len(keys) < 512 {
			keys = make([]byte, 0, max(512, min(64*(len(items)-i), 1<<16)))
		}
		start := len(keys)
		keys = l.AppendKey(keys, name(item))
		all[i] = keyed{item, keys[start:len(keys):len(keys)]}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return bytes.Compare(a.key, b.key) })
	for i := range all {
		items[i] = all[i].item
	}
}
