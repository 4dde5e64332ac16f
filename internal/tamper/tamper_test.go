package tamper

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	master = [32]byte{7, 7, 7}
	pots   = &Layout{Table: "pot", Number: 1, Key: []Column{{Name: "id", Kind: Text}}, Columns: []Column{{Name: "seats", Kind: Integer}, {Name: "note", Kind: Text}, {Name: "mark", Kind: Blob}}}
	values = []Value{Int(5), Str("hej"), Bytes([]byte{1, 2})}
)

// The seal is written out here once more from the package comment, byte by
// byte, so that it cannot change unnoticed.
func TestSealIsAsThePackageCommentSays(t *testing.T) {
	derived := func(use string) []byte {
		k, err := hkdf.Key(sha256.New, master[:], []byte("inst"), "pott/seal/v1/"+use, 32)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	mac := func(key, message []byte) []byte {
		h := hmac.New(sha256.New, key)
		h.Write(message)
		return h.Sum(nil)
	}
	id, _ := hkdf.Key(sha256.New, master[:], nil, "pott/seal/v1/id", 4)
	seats := append([]byte{'i'}, 0, 0, 0, 0, 0, 0, 0, 5)
	note := append([]byte{'t'}, 0, 0, 0, 3, 'h', 'e', 'j')
	mark := append([]byte{'b'}, 0, 0, 0, 2, 1, 2)
	key := append([]byte{'t'}, 0, 0, 0, 2, 'p', '1')
	check := func(column string, value []byte) []byte {
		return mac(derived("column"), slices.Concat([]byte("\x03pot"), []byte{byte(len(column))}, []byte(column), value))[:4]
	}
	colsum := slices.Concat(check("seats", seats), check("note", note), check("mark", mark))
	message := slices.Concat(
		[]byte{0, 1}, []byte{0, 0, 0, 4}, []byte("inst"), []byte("\x03pot"),
		[]byte{0, 0, 0, byte(len(key))}, key,
		[]byte{0, 0, 0, 0, 0, 0, 0, 9},
		[]byte{0, 0, 0, 12}, colsum,
		[]byte("\x05seats"), seats, []byte("\x04note"), note, []byte("\x04mark"), mark)
	seal := slices.Concat(id, mac(derived("row"), message)[:16])
	contribution := mac(derived("sum"), slices.Concat([]byte("\x03pot"), seal))

	k := NewKeys(master, "inst")
	gotKey := string(AppendKey(nil, Str("p1")))
	gotColsum := k.Colsum(pots, values)
	gotSeal := k.Seal(pots, gotKey, 9, values, gotColsum)
	gotContribution := k.Contribution(pots, gotSeal)
	for what, c := range map[string][2][]byte{
		"key": {key, []byte(gotKey)}, "colsum": {colsum, gotColsum}, "seal": {seal, gotSeal[:]}, "contribution": {contribution, gotContribution[:]},
	} {
		if !bytes.Equal(c[0], c[1]) {
			t.Errorf("%s is %x, want %x", what, c[1], c[0])
		}
	}
}

func TestAnyOtherRowFailsItsSeal(t *testing.T) {
	k := NewKeys(master, "inst")
	key := string(AppendKey(nil, Str("p1")))
	colsum := k.Colsum(pots, values)
	seal := k.Seal(pots, key, 9, values, colsum)
	flipped := slices.Clone(colsum)
	flipped[5] ^= 1
	bad := seal
	bad[19] ^= 1
	foreign := seal
	foreign[0] ^= 1
	other := func(i int, v Value) []Value {
		list := slices.Clone(values)
		list[i] = v
		return list
	}
	renamed := *pots
	renamed.Table = "pan"
	newer := *pots
	newer.Number = 2
	for _, c := range []struct {
		name    string
		keys    *Keys
		layout  *Layout
		key     string
		ver     int64
		values  []Value
		colsum  []byte
		seal    Seal
		ok      bool
		columns []string
	}{
		{"the row itself", k, pots, key, 9, values, colsum, seal, true, nil},
		{"another integer", k, pots, key, 9, other(0, Int(6)), colsum, seal, false, []string{"seats"}},
		{"another text", k, pots, key, 9, other(1, Str("hop")), colsum, seal, false, []string{"note"}},
		{"a text instead of a blob", k, pots, key, 9, other(2, Str("\x01\x02")), colsum, seal, false, []string{"mark"}},
		{"a null", k, pots, key, 9, other(1, FromSQL(Text, nil)), colsum, seal, false, []string{"note"}},
		{"another key", k, pots, string(AppendKey(nil, Str("p2"))), 9, values, colsum, seal, false, nil},
		{"another version", k, pots, key, 8, values, colsum, seal, false, nil},
		{"another table", k, &renamed, key, 9, values, colsum, seal, false, []string{"seats", "note", "mark"}},
		{"another layout", k, &newer, key, 9, values, colsum, seal, false, nil},
		{"another column check", k, pots, key, 9, values, flipped, seal, false, []string{"note"}},
		{"a cut column check", k, pots, key, 9, values, colsum[:8], seal, false, nil},
		{"another seal", k, pots, key, 9, values, colsum, bad, false, nil},
		{"another key id", k, pots, key, 9, values, colsum, foreign, false, nil},
		{"another installation", NewKeys(master, "other"), pots, key, 9, values, colsum, seal, false, []string{"seats", "note", "mark"}},
		{"another master", NewKeys([32]byte{8}, "inst"), pots, key, 9, values, colsum, seal, false, []string{"seats", "note", "mark"}},
	} {
		ok, columns := c.keys.Verify(c.layout, c.key, c.ver, c.values, c.colsum, c.seal)
		if ok != c.ok {
			t.Errorf("%s: ok is %v", c.name, ok)
		}
		if diff := cmp.Diff(c.columns, columns); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTotalsForgetWhatIsRemoved(t *testing.T) {
	k := NewKeys(master, "inst")
	var seals []Seal
	for i := range 20 {
		key := string(AppendKey(nil, Int(int64(i))))
		seals = append(seals, k.Seal(pots, key, 1, values, k.Colsum(pots, values)))
	}
	var all, without Total
	for i, s := range seals {
		all.Add(k.Contribution(pots, s))
		if i != 7 {
			without.Add(k.Contribution(pots, s))
		}
	}
	if all == without {
		t.Error("a row more makes no difference")
	}
	all.Remove(k.Contribution(pots, seals[7]))
	if all != without {
		t.Error("a row added and removed is still there")
	}
}

func head() (Head, Secret) {
	h := Head{Ledger: "seats", Epoch: [16]byte{1}, Seq: 3, Link: [32]byte{2}, Schema: [32]byte{3}}
	s := Secret{Totals: map[TotalKey]Total{
		{"pot", KeyID{1}}: {N: 2, X: Contribution{9}},
		{"pan", KeyID{1}}: {N: 1, X: Contribution{8}},
		{"pan", KeyID{0}}: {N: 4, X: Contribution{7}},
	}, Sets: map[Owner]uint64{{"B", "1"}: 4, {"A", "2"}: 7, {"A", "1"}: 1}, KeyList: 6, Clock: 1780300800000000}
	return h, s
}

func TestHeadOpensOnlyAsItWasSealed(t *testing.T) {
	k := NewKeys(master, "inst")
	h, s := head()
	box := k.SealHead(h, s)
	got, ok := k.OpenHead(h, box)
	if diff := cmp.Diff(s, got); !ok || diff != "" {
		t.Fatalf("ok is %v (-sealed +opened):\n%s", ok, diff)
	}
	if bytes.Equal(box, k.SealHead(h, s)) {
		t.Error("two boxes of one secret are equal")
	}
	for name, change := range map[string]func(h *Head, box []byte) []byte{
		"ledger": func(h *Head, box []byte) []byte { h.Ledger = "usage"; return box },
		"epoch":  func(h *Head, box []byte) []byte { h.Epoch[5]++; return box },
		"seq":    func(h *Head, box []byte) []byte { h.Seq--; return box },
		"link":   func(h *Head, box []byte) []byte { h.Link[31]++; return box },
		"schema": func(h *Head, box []byte) []byte { h.Schema[0]++; return box },
		"nonce":  func(_ *Head, box []byte) []byte { box[0]++; return box },
		"box":    func(_ *Head, box []byte) []byte { box[40]++; return box },
		"cut":    func(_ *Head, box []byte) []byte { return box[:len(box)-1] },
		"short":  func(_ *Head, box []byte) []byte { return box[:5] },
	} {
		other := h
		changed := change(&other, slices.Clone(box))
		if _, ok := k.OpenHead(other, changed); ok {
			t.Errorf("it opens with another %s", name)
		}
	}
	if _, ok := NewKeys(master, "other").OpenHead(h, box); ok {
		t.Error("it opens for another installation")
	}
}

// The plaintext is laid out by hand, as the package comment says.
func TestHeadBoxIsAsThePackageCommentSays(t *testing.T) {
	u64 := func(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
	x := func(b byte) []byte { return append([]byte{b}, make([]byte, 31)...) }
	plain := slices.Concat([]byte{1},
		[]byte{0, 3},
		[]byte("\x03pan"), []byte{0, 0, 0, 0}, u64(4), x(7),
		[]byte("\x03pan"), []byte{1, 0, 0, 0}, u64(1), x(8),
		[]byte("\x03pot"), []byte{1, 0, 0, 0}, u64(2), x(9),
		[]byte{0, 3},
		[]byte("\x01A\x011"), u64(1), []byte("\x01A\x012"), u64(7), []byte("\x01B\x011"), u64(4),
		u64(6), u64(1780300800000000))
	h, s := head()
	if got := s.append(nil); !bytes.Equal(got, plain) {
		t.Errorf("plaintext\n%x, want\n%x", got, plain)
	}
	key, _ := hkdf.Key(sha256.New, master[:], []byte("inst"), "pott/seal/v1/head", 32)
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	data := slices.Concat([]byte("\x00\x00\x00\x04inst\x00\x00\x00\x05seats"), h.Epoch[:], u64(3), h.Link[:], h.Schema[:])
	box := gcm.Seal(make([]byte, 12), make([]byte, 12), plain, data)
	if got, ok := NewKeys(master, "inst").OpenHead(h, box); !ok || !got.SameTotals(s) {
		t.Error("a box made by hand does not open")
	}
}

func TestEmptyTotalsAreLeftOut(t *testing.T) {
	_, s := head()
	more := s.Clone()
	more.Totals[TotalKey{"empty", KeyID{1}}] = Total{}
	if !bytes.Equal(s.append(nil), more.append(nil)) || !s.SameTotals(more) {
		t.Error("an empty total makes a difference")
	}
	more.Totals[TotalKey{"pot", KeyID{1}}] = Total{N: 2, X: Contribution{1}}
	if s.SameTotals(more) {
		t.Error("another total makes none")
	}
}

func TestLinkCoversTheWholeBatch(t *testing.T) {
	b := Batch{Ledger: "seats", Seq: 2, Epoch: [16]byte{1}, ID: [16]byte{2}, At: 5, Node: "n", Entries: [32]byte{3}, Changes: []byte("c")}
	changes := sha256.Sum256([]byte("c"))
	prev := [32]byte{4}
	want := sha256.Sum256(slices.Concat([]byte("pott/journal/v1\n"), prev[:], []byte("\x00\x00\x00\x04inst\x00\x00\x00\x05seats"),
		[]byte{0, 0, 0, 0, 0, 0, 0, 2}, b.Epoch[:], b.ID[:], []byte{0, 0, 0, 0, 0, 0, 0, 5}, []byte("\x00\x00\x00\x01n"), b.Entries[:], changes[:]))
	if got := b.Link("inst", prev); got != want {
		t.Errorf("link %x, want %x", got, want)
	}
	seen := map[[32]byte]bool{want: true}
	for _, change := range []func(*Batch){
		func(b *Batch) { b.Ledger = "server" }, func(b *Batch) { b.Seq++ }, func(b *Batch) { b.Epoch[0]++ }, func(b *Batch) { b.ID[0]++ },
		func(b *Batch) { b.At++ }, func(b *Batch) { b.Node = "m" }, func(b *Batch) { b.Entries[0]++ }, func(b *Batch) { b.Changes = nil },
	} {
		c := b
		change(&c)
		link := c.Link("inst", prev)
		if seen[link] {
			t.Errorf("%+v has the link of another batch", c)
		}
		seen[link] = true
	}
}

func TestEntriesHashCoversOrderAndBounds(t *testing.T) {
	seen := map[[32]byte]int{}
	for i, entries := range [][][]byte{nil, {{}}, {{}, {}}, {{1}, {2}}, {{2}, {1}}, {{1, 2}}, {{1, 2}, {}}} {
		h := EntriesHash(entries)
		if j, ok := seen[h]; ok {
			t.Errorf("entries %d and %d have one hash", i, j)
		}
		seen[h] = i
	}
}

func TestCommitmentNeedsSaltAndEveryValue(t *testing.T) {
	salt := make([]byte, 32)
	want := Commitment(salt, "anna", "", "Lund")
	for _, other := range [][32]byte{Commitment(salt, "anna", "Lund", ""), Commitment(salt, "annaLund", "", ""), Commitment(salt, "anna", "", "lund"),
		Commitment(append([]byte{1}, salt[1:]...), "anna", "", "Lund")} {
		if other == want {
			t.Error("another commitment is the same")
		}
	}
}

func TestChangesComeBackSorted(t *testing.T) {
	changes := []Change{
		{"pot", "b", Overwritten, 4, MAC{1}},
		{"pan", "z", Inserted, 0, MAC{2}},
		{"pot", "a", Deleted, 3, MAC{}},
	}
	got, err := ParseChanges(AppendChanges(nil, slices.Clone(changes)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Change{changes[1], changes[2], changes[0]}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseChanges(f *testing.F) {
	f.Add(AppendChanges(nil, []Change{{"pot", "b", Overwritten, 4, MAC{1}}, {"pan", "z", Inserted, 0, MAC{2}}}))
	f.Add([]byte{})
	f.Add([]byte{3, 'p', 'o', 't', 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		changes, err := ParseChanges(b)
		if err != nil {
			return
		}
		sorted := AppendChanges(nil, slices.Clone(changes))
		if again, err := ParseChanges(sorted); err != nil || len(again) != len(changes) {
			t.Errorf("written again: %v, %v", again, err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add(AppendKey(nil, Str("a"), Int(-4), Bytes([]byte{0})))
	f.Add([]byte("t\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if values, err := ParseKey(b); err == nil && !bytes.Equal(AppendKey(nil, values...), b) {
			t.Errorf("%x is read as %v", b, values)
		}
	})
}

func FuzzParseSecret(f *testing.F) {
	_, s := head()
	f.Add(s.append(nil))
	f.Add([]byte{1, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseSecret(b)
		if err != nil {
			return
		}
		if again, err := parseSecret(s.append(nil)); err != nil || !again.SameTotals(s) {
			t.Errorf("written again: %v, %v", again, err)
		}
	})
}

func BenchmarkSealRow(b *testing.B) {
	k := NewKeys(master, "inst")
	key := string(AppendKey(nil, Str("p1")))
	colsum := k.Colsum(pots, values)
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			k.Seal(pots, key, 9, values, colsum)
		}
	})
	b.Run("contribution", func(b *testing.B) {
		for b.Loop() {
			k.Contribution(pots, Seal{})
		}
	})
}
