package fsck

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
)

// appendValue appends a value as it is sealed. What the driver returns is what
// is sealed: a value of a type the layout does not expect fails its row.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
	case string:
		return lp(append(b, 't'), v)
	case []byte:
		return lp(append(b, 'b'), v)
	}
	return append(b, 'n')
}

// lp appends x with its length in four bytes before it.
func lp[T string | []byte](b []byte, x T) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(x)))
	return append(b, x...)
}

// lp8 appends x with its length in one byte before it.
func lp8[T string | []byte](b []byte, x T) []byte {
	return append(append(b, byte(len(x))), x...)
}

func i64(b []byte, n int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) }

// keyID names a master key without telling it.
type keyID [4]byte

// keys are what one master gives one installation.
type keys struct {
	id               keyID
	place            int  // on the ring
	retired          bool // nothing sealed with it is believed
	row, sum, column macKey
	head, anchor     []byte
}

func idOf(master [32]byte) keyID {
	return keyID(derive(master, "", "id", 4))
}

func keysFor(master [32]byte, installation string) *keys {
	use := func(name string) []byte { return derive(master, installation, name, 32) }
	return &keys{id: idOf(master), row: newMacKey(use("row")), sum: newMacKey(use("sum")), column: newMacKey(use("column")),
		head: use("head"), anchor: use("anchor")}
}

func derive(master [32]byte, salt, use string, size int) []byte {
	key, err := hkdf.Key(sha256.New, master[:], []byte(salt), "pott/seal/v1/"+use, size)
	if err != nil {
		panic(err) // only for sizes that do not stand here
	}
	return key
}

// A ring is what all masters together give one installation, in the order they
// were made.
type ring []*keys

func ringFor(masters []Key, installation string) ring {
	var r ring
	for i, m := range masters {
		k := keysFor(m.Master, installation)
		k.place, k.retired = i, m.Retired
		r = append(r, k)
	}
	return r
}

// find returns the keys of a key id, or nil when they are not on the ring.
func (r ring) find(id keyID) *keys {
	if i := slices.IndexFunc(r, func(k *keys) bool { return k.id == id }); i >= 0 {
		return r[i]
	}
	return nil
}

// A macKey computes HMAC-SHA-256 under one key, for one goroutine.
type macKey struct {
	key []byte
	h   hash.Hash
}

func newMacKey(key []byte) macKey { return macKey{key, hmac.New(sha256.New, key)} }

// of appends the MAC of a message to b.
func (k macKey) of(b, message []byte) []byte {
	k.h.Reset()
	k.h.Write(message)
	return k.h.Sum(b)
}

// A reader takes fixed forms apart. After the first thing that is not there, ok
// is false and everything reads as nothing.
type reader struct {
	b  []byte
	ok bool
}

func (r *reader) take(n int) []byte {
	if !r.ok || n > len(r.b) {
		r.ok = false
		return make([]byte, min(n, 64))
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}

func (r *reader) u8() int     { return int(r.take(1)[0]) }
func (r *reader) u16() int    { return int(binary.BigEndian.Uint16(r.take(2))) }
func (r *reader) u64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }

func (r *reader) short() string { return r.text(r.u8()) }

func (r *reader) long() string { return r.text(int(binary.BigEndian.Uint32(r.take(4)))) }

func (r *reader) text(n int) string {
	if part := r.take(n); r.ok {
		return string(part)
	}
	return ""
}
