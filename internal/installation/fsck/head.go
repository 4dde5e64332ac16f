package fsck

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"

	"github.com/pott-dev/pott/internal/sqldb"
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

func readHeads(ctx context.Context, tx *sqldb.Tx) ([]*head, error) {
	rows, err := tx.Query(ctx, `SELECT installation, ledger, seq, epoch, link, key_id, schema, box FROM head ORDER BY installation, ledger`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var heads []*head
	for rows.Next() {
		h := &head{}
		if err := rows.Scan(&h.installation, &h.ledger, &h.seq, &h.epoch, &h.link, &h.keyID, &h.schema, &h.box); err != nil {
			return nil, err
		}
		heads = append(heads, h)
	}
	return heads, rows.Err()
}

func (h *head) place(columns ...string) Place {
	return Place{Installation: h.installation, Table: "head", Row: "ledger=" + h.ledger, What: "edited", Columns: columns}
}

// open decrypts the box, which is bound to every other column of the head.
func (h *head) open(k keys) (secret, bool) {
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
func (h *head) edited(k keys, last *batch) []string {
	digest := schemaDigest()
	tries := []struct {
		column string
		mend   func(h *head)
	}{{"schema", func(h *head) { h.schema = digest[:] }}}
	if last != nil {
		tries = append(tries, []struct {
			column string
			mend   func(h *head)
		}{
			{"seq", func(h *head) { h.seq = last.seq }},
			{"link", func(h *head) { h.link = last.link }},
			{"epoch", func(h *head) { h.epoch = last.epoch }},
		}...)
	}
	for _, t := range tries {
		mended := *h
		t.mend(&mended)
		if _, ok := mended.open(k); ok {
			return []string{t.column}
		}
	}
	return []string{"box"}
}

// ours reports whether the head says that it was sealed with our key.
func (h *head) ours(k keys) bool { return bytes.Equal(h.keyID, k.id[:]) }
