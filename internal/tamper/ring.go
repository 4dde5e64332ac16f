package tamper

import (
	"slices"
	"strings"
)

// A Master is the secret all keys of a server are derived from.
type Master struct {
	Key     [32]byte
	Retired bool // it reads backups, and nothing else is believed that was made with it
}

// A Ring is the masters of a server, in the order they were made. The last may
// wait to be used.
type Ring []Master

// Find returns the place of a key in the ring, or -1.
func (r Ring) Find(id KeyID) int {
	return slices.IndexFunc(r, func(m Master) bool { return IDOf(m.Key) == id })
}

// Equal reports whether two rings are the same.
func (r Ring) Equal(other Ring) bool { return slices.Equal(r, other) }

// A KeyRing is the keys of one installation, one for each master of a ring. As
// with [Keys], only one goroutine may use it at a time.
type KeyRing struct {
	order   []KeyID
	keys    map[KeyID]*Keys // of masters that are not retired
	retired map[KeyID]bool
}

// NewKeyRing derives the keys of an installation from every master.
func NewKeyRing(masters Ring, installation string) *KeyRing {
	r := &KeyRing{keys: map[KeyID]*Keys{}, retired: map[KeyID]bool{}}
	for _, m := range masters {
		id := IDOf(m.Key)
		r.order = append(r.order, id)
		if m.Retired {
			r.retired[id] = true
		} else {
			r.keys[id] = NewKeys(m.Key, installation)
		}
	}
	return r
}

// Clone returns the same keys for use by another goroutine.
func (r *KeyRing) Clone() *KeyRing {
	next := &KeyRing{order: r.order, keys: map[KeyID]*Keys{}, retired: r.retired}
	for id, k := range r.keys {
		next.keys[id] = k.Clone()
	}
	return next
}

// Key returns a key, or nil when the ring does not have it or it is retired.
func (r *KeyRing) Key(id KeyID) *Keys { return r.keys[id] }

// Retired reports whether a key of the ring is retired.
func (r *KeyRing) Retired(id KeyID) bool { return r.retired[id] }

// Later reports whether a key of the ring was made after another.
func (r *KeyRing) Later(id, than KeyID) bool {
	a, b := slices.Index(r.order, id), slices.Index(r.order, than)
	return b >= 0 && a > b
}

// Newest returns the key that was made last and is not retired, or nil.
func (r *KeyRing) Newest() *Keys {
	for _, id := range slices.Backward(r.order) {
		if k := r.keys[id]; k != nil {
			return k
		}
	}
	return nil
}

// Opens returns the key that opens the box of a head, or nil.
func (r *KeyRing) Opens(h Head, box []byte) *Keys {
	for _, id := range r.order {
		if k := r.keys[id]; k != nil {
			if _, ok := k.OpenHead(h, box); ok {
				return k
			}
		}
	}
	return nil
}

// String returns the ids of the keys that are not retired, joined with ", ".
func (r *KeyRing) String() string {
	var ids []string
	for _, id := range r.order {
		if r.keys[id] != nil {
			ids = append(ids, id.String())
		}
	}
	return strings.Join(ids, ", ")
}
