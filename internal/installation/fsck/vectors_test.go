package fsck

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

//go:generate go test -run TestVector . -update

var update = flag.Bool("update", false, "write the vectors anew")

const vectors = "../../../spec/vectors/storage"

// The vectors bind two programs that share no code: what is computed here must
// be what stands there, and package tamper's tests read the same files.
func TestVectors(t *testing.T) {
	for name, text := range map[string]string{
		"keys.txt":       keysVector(),
		"row.txt":        rowVector(),
		"schema.txt":     schemaVector(),
		"head.txt":       headVector(),
		"link.txt":       linkVector(),
		"commitment.txt": commitmentVector(),
		"anchor.txt":     anchorVector(),
		"layout.txt":     layoutVector(),
	} {
		file := filepath.Join(vectors, name)
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		stored, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(stored) != text {
			t.Errorf("%s: stored\n%s\ncomputed\n%s", name, stored, text)
		}
	}
}

// vectorMaster is the bytes 0 to 31.
func vectorMaster() (master [32]byte) {
	for i := range master {
		master[i] = byte(i)
	}
	return master
}

const vectorInstallation = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

// A text of "name: value" lines, bytes in lower-case hex.
type vector struct{ b strings.Builder }

func newVector(section, comment string) *vector {
	v := &vector{}
	v.line("spec", "storage-integrity "+section)
	v.line("comment", comment)
	master := vectorMaster()
	v.hex("master", master[:])
	v.line("installation", vectorInstallation)
	return v
}

func (v *vector) line(name string, value any) { fmt.Fprintf(&v.b, "%s: %v\n", name, value) }

func (v *vector) hex(name string, value []byte) { v.line(name, hex.EncodeToString(value)) }

func (v *vector) value(name string, x any) {
	switch x := x.(type) {
	case int64:
		v.line(name, fmt.Sprintf("i %d", x))
	case string:
		v.line(name, "t "+x)
	case []byte:
		v.line(name, "b "+hex.EncodeToString(x))
	}
}

func keysVector() string {
	v := newVector("4", "the keys of one installation")
	k := keysFor(vectorMaster(), vectorInstallation)
	v.hex("key id", k.id[:])
	v.hex("row", k.row.key)
	v.hex("sum", k.sum.key)
	v.hex("column", k.column.key)
	v.hex("head", k.head)
	v.hex("anchor", k.anchor)
	return v.b.String()
}

// vectorRow is an assignment whose texts are not all ASCII and not all filled.
func vectorRow() *row {
	return withName(&row{
		table: tableNamed("assignment"), installation: vectorInstallation, key: []any{int64(12)}, ver: 40, layout: 1,
		values: []any{"9c0f00112233445566778899aabbccdd", "SUPEROFFICE", "sales-premium", int64(1), "direct",
			int64(1780000000000000), int64(0), "person 7", "börjar måndag", "", ""},
	})
}

// withName returns a row with the bytes of its key.
func withName(r *row) *row {
	for _, v := range r.key {
		r.name = appendValue(r.name, v)
	}
	return r
}

func sealVector(r *row) (*keys, [32]byte) {
	k := keysFor(vectorMaster(), r.installation)
	r.colsum = r.wantColsum(k)
	r.seal = append(bytes.Clone(k.id[:]), r.macWith(k, r.installation, r.colsum)...)
	return k, contribution(k, r.table, r.seal)
}

func rowVector() string {
	r := vectorRow()
	_, sum := sealVector(r)
	v := newVector("5", "one row of assignment")
	v.line("table", r.table.name)
	v.line("layout", r.layout)
	v.line("ver", r.ver)
	for i, c := range r.table.key {
		v.value("key "+c.name, r.key[i])
	}
	for i, c := range r.table.columns {
		v.value("column "+c.name, r.values[i])
	}
	v.hex("key bytes", r.name)
	v.hex("colsum", r.colsum)
	v.hex("seal", r.seal)
	v.hex("contribution", sum[:])
	return v.b.String()
}

func schemaVector() string {
	v := newVector("6", "the digest of all layouts of this version")
	digest := schemaDigest()
	v.hex("schema", digest[:])
	return v.b.String()
}

// headVector seals a head by hand: fsck itself only opens.
func headVector() string {
	row := vectorRow()
	k, sum := sealVector(row)
	digest := schemaDigest()
	h := &head{installation: vectorInstallation, ledger: seatsLedger, seq: 40, epoch: fill(16, 0xe0), link: fill(32, 0x11), schema: digest[:]}
	nonce := fill(12, 0xa0)
	plain := []byte{1, 0, 1}
	plain = append(append(lp8(plain, "assignment"), k.id[:]...), i64(nil, 1)...)
	plain = append(append(plain, sum[:]...), 0, 1)
	plain = i64(lp8(lp8(plain, "SUPEROFFICE"), "1600070120"), 2)
	plain = i64(i64(plain, 3), 1780000000000000)
	data := append(lp(lp(nil, h.installation), h.ledger), h.epoch...)
	data = append(append(i64(data, h.seq), h.link...), h.schema...)
	block, err := aes.NewCipher(k.head)
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	h.box = gcm.Seal(bytes.Clone(nonce), nonce, plain, data)

	v := newVector("8", "a head that counts the one row of row.txt")
	v.line("ledger", h.ledger)
	v.line("seq", h.seq)
	v.hex("epoch", h.epoch)
	v.hex("link", h.link)
	v.hex("schema", h.schema)
	v.line("total", fmt.Sprintf("assignment %x 1 %x", k.id, sum))
	v.line("set mark", "SUPEROFFICE 1600070120 2")
	v.line("key list", 3)
	v.line("clock", int64(1780000000000000))
	v.hex("nonce", nonce)
	v.hex("plaintext", plain)
	v.hex("box", h.box)
	return v.b.String()
}

// anchorVector is a slot for the head of head.txt.
func anchorVector() string {
	f := map[string]string{}
	for l := range strings.Lines(headVector()) {
		name, value, _ := strings.Cut(strings.TrimSuffix(l, "\n"), ": ")
		f[name] = value
	}
	decode := func(name string) []byte {
		b, err := hex.DecodeString(f[name])
		if err != nil {
			panic(err)
		}
		return b
	}
	k := keysFor(vectorMaster(), vectorInstallation)
	h := &head{installation: vectorInstallation, ledger: seatsLedger, seq: 40, epoch: decode("epoch"), link: decode("link"), keyID: k.id[:], schema: decode("schema"), box: decode("box")}
	v := newVector("11", "one slot of an anchor that remembers the head of head.txt, and that head as it is printed")
	v.line("name", vectorInstallation+".seats.node-1.0.anchor")
	v.line("ledger", h.ledger)
	v.hex("epoch", h.epoch)
	v.line("seq", h.seq)
	v.hex("link", h.link)
	v.line("set mark", "SUPEROFFICE 1600070120 2")
	v.line("key list", 3)
	v.line("clock", int64(1780000000000000))
	v.hex("slot", anchorOf(h, vectorMaster()))
	v.line("printed", printed(h))
	return v.b.String()
}

// layoutVector is one table with two layouts, and a row of each.
func layoutVector() string {
	t := sealed(seatsLedger, "example", "id:t", "name:t size:i@2=7 note:t@2=none")
	k := keysFor(vectorMaster(), vectorInstallation)
	v := newVector("6", "a table with two layouts, the row of the first holding the defaults of the second")
	v.line("columns", "id:t | name:t size:i@2=7 note:t@2=none")
	for layout := int64(1); layout <= 2; layout++ {
		r := withName(&row{table: t, installation: vectorInstallation, key: []any{"a"}, values: []any{"Anna", int64(7), "none"}, ver: 40 + layout, layout: layout})
		r.colsum = r.wantColsum(k)
		r.seal = append(bytes.Clone(k.id[:]), r.macWith(k, r.installation, r.colsum)...)
		v.hex(fmt.Sprintf("colsum %d", layout), r.colsum)
		v.hex(fmt.Sprintf("seal %d", layout), r.seal)
	}
	return v.b.String()
}

func linkVector() string {
	r := vectorRow()
	sealVector(r)
	v := newVector("9", "one batch with one audit entry and one changed row")
	entry := i64(i64(i64(nil, 40), 1), 1780000000000000)
	words := []string{"person", "7", "plan.set", "9c0f00112233445566778899aabbccdd", "plan=superoffice.sales-premium\nreason=a\\nb\n"}
	for _, w := range words {
		entry = lp(entry, w)
	}
	entries := sha256.Sum256(lp([]byte{0, 0, 0, 1}, entry))
	changes := append(lp(lp8(nil, "assignment"), r.name), inserted)
	changes = append(i64(changes, 0), r.seal[4:]...)
	b := &batch{seq: 40, at: 1780000000000000, epoch: fill(16, 0xe0), id: fill(16, 0xb0), node: "node-1", entries: entries[:], changes: changes}
	before := fill(32, 0x10)

	v.line("ledger", seatsLedger)
	v.line("seq", b.seq)
	v.line("at", b.at)
	v.line("node", b.node)
	v.hex("epoch", b.epoch)
	v.hex("batch", b.id)
	v.hex("link before", before)
	for i, name := range []string{"actor kind", "actor", "action", "subject"} {
		v.line("entry "+name, words[i])
	}
	v.hex("entry facts", []byte(words[4]))
	v.hex("canonical entry", entry)
	v.hex("entries hash", entries[:])
	v.hex("changes", changes)
	v.hex("link", b.wantLink(before, vectorInstallation, seatsLedger))
	return v.b.String()
}

func commitmentVector() string {
	v := newVector("7", "the personal values of one person; two of them empty")
	words := []string{"anna", "Anna", "Åkesson", "", ""}
	salt := fill(32, 0x5a)
	v.hex("salt", salt)
	for i, name := range []string{"user_id", "first_name", "last_name", "email", "grp"} {
		v.line(name, words[i])
	}
	v.hex("commitment", commitment(salt, anys(words)))
	return v.b.String()
}

func anys(words []string) (all []any) {
	for _, w := range words {
		all = append(all, w)
	}
	return all
}

// fill returns n bytes that count up from first.
func fill(n int, first byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

func TestTheHeadOfTheVectorOpensAndAnyOtherByteCloses(t *testing.T) {
	fields := readVector(t, "head.txt")
	h := &head{installation: fields["installation"], ledger: fields["ledger"], seq: 40, epoch: unhex(t, fields["epoch"]),
		link: unhex(t, fields["link"]), schema: unhex(t, fields["schema"]), box: unhex(t, fields["box"])}
	k := keysFor(vectorMaster(), h.installation)
	s, ok := h.openWith(k)
	if !ok || rowsOf(s.totals, "assignment") != 1 || s.marks[[2]string{"SUPEROFFICE", "1600070120"}] != 2 || s.keyList != 3 || s.clock != 1780000000000000 {
		t.Fatalf("opened %v: %+v", ok, s)
	}
	for i := range h.box {
		h.box[i] ^= 1
		if _, ok := h.openWith(k); ok {
			t.Errorf("byte %d of the box was changed and it still opens", i)
		}
		h.box[i] ^= 1
	}
	h.seq++
	if _, ok := h.openWith(k); ok {
		t.Error("it opens under another sequence number")
	}
}

func readVector(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectors, name))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{}
	for l := range strings.Lines(string(text)) {
		field, value, _ := strings.Cut(strings.TrimSuffix(l, "\n"), ": ")
		fields[field] = value
	}
	return fields
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
