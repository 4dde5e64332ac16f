package fsck

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
)

// A head is the head row of a ledger as it stands in the database.
type head struct {
	installation, ledger string
	seq                  int64
	epoch, link          []byte
	keyID                []byte
	schema, box          []byte
}

// totals are what a box says: how many rows each table has under a key, and the
// XOR of their contributions.
type totals map[totalKey]total

type totalKey struct {
	table string
	key   keyID
}

type total struct {
	n uint64
	x [32]byte
}

func (t *total) add(c [32]byte) {
	t.n++
	for i := range c {
		t.x[i] ^= c[i]
	}
}

// A secret is what a box holds.
type secret struct {
	totals  totals
	marks   map[[2]string]uint64 // highest set number by issuer and serial number
	keyList uint64
	clock   int64
}

// readHeads reads the heads of every ledger, or of the server's and one
// installation's.
func (c *check) readHeads() (heads []*head, broken string, err error) {
	broken, err = c.each(`SELECT installation, ledger, seq, epoch, link, key_id, schema, box FROM head`, 8, func(v []any) {
		heads = append(heads, &head{asText(v[0]), asText(v[1]), asInt(v[2]), asBytes(v[3]), asBytes(v[4]), asBytes(v[5]), asBytes(v[6]), asBytes(v[7])})
	})
	return heads, broken, err
}

func (h *head) place(columns ...string) Place {
	return Place{Installation: h.installation, Table: "head", Row: "ledger=" + h.ledger, What: "edited", Columns: columns}
}

func (h *head) placeWith(what string) Place {
	return Place{Installation: h.installation, Table: "head", Row: "ledger=" + h.ledger, What: what}
}

// open decrypts the box, which is bound to every other column of the head but
// the key id.
func (h *head) open(of ring) (secret, *keys) {
	for _, k := range of {
		if s, ok := h.openWith(k); ok {
			return s, k
		}
	}
	return secret{}, nil
}

func (h *head) openWith(k *keys) (secret, bool) {
	const nonce = 12
	block, err := aes.NewCipher(k.head)
	if err != nil {
		panic(err) // the key has the right size
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	if len(h.box) < nonce {
		return secret{}, false
	}
	data := append(lp(lp(nil, h.installation), h.ledger), h.epoch...)
	data = append(append(i64(data, h.seq), h.link...), h.schema...)
	plain, err := gcm.Open(nil, h.box[:nonce], h.box[nonce:], data)
	if err != nil {
		return secret{}, false
	}
	return readSecret(plain)
}

func readSecret(plain []byte) (secret, bool) {
	s := secret{totals: totals{}, marks: map[[2]string]uint64{}}
	r := &reader{b: plain, ok: true}
	if r.u8() != 1 {
		return secret{}, false
	}
	for range r.u16() {
		key := totalKey{table: r.short(), key: keyID(r.take(4))}
		s.totals[key] = total{n: r.u64(), x: [32]byte(r.take(32))}
	}
	for range r.u16() {
		s.marks[[2]string{r.short(), r.short()}] = r.u64()
	}
	s.keyList, s.clock = r.u64(), int64(r.u64())
	if !r.ok || len(r.b) > 0 {
		return secret{}, false
	}
	return s, true
}

// edited names the columns of a head that does not open, by trying what each of
// them should be. last is the newest batch of the journal, or nil.
func (h *head) edited(of ring, last *batch) []string {
	type try struct {
		column string
		mend   func(h *head)
	}
	var tries []try
	for _, digest := range knownSchemas() {
		tries = append(tries, try{"schema", func(h *head) { h.schema = digest }})
	}
	if last != nil {
		tries = append(tries,
			try{"seq", func(h *head) { h.seq = last.seq }},
			try{"link", func(h *head) { h.link = last.link }},
			try{"epoch", func(h *head) { h.epoch = last.epoch }})
	}
	for _, t := range tries {
		mended := *h
		t.mend(&mended)
		if _, k := mended.open(of); k != nil {
			return []string{t.column}
		}
	}
	return []string{"box"}
}

// named returns the key the head says it was sealed with, nil when that is not
// on the ring.
func (h *head) named(of ring) *keys {
	if len(h.keyID) != 4 {
		return nil
	}
	return of.find(keyID(h.keyID))
}

// knownSchemas are the digests of all layouts this version can read.
func knownSchemas() [][]byte {
	now := schemaDigest()
	all := [][]byte{now[:]}
	for _, text := range olderSchemas {
		if digest, err := hex.DecodeString(text); err == nil {
			all = append(all, digest)
		}
	}
	return all
}

// knownSchema reports whether a digest is of layouts this version can read.
func knownSchema(digest []byte) bool {
	for _, known := range knownSchemas() {
		if bytes.Equal(known, digest) {
			return true
		}
	}
	return false
}
