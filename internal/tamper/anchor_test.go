package tamper

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func anchored() Anchor {
	return Anchor{Installation: "inst", Ledger: "seats", Epoch: [16]byte{1}, Seq: 258, Link: [32]byte{2},
		Sets: map[Owner]uint64{{"B", "2"}: 3, {"A", "1"}: 9}, KeyList: 4, Clock: 5}
}

// Written out once more from the package comment.
func TestAnAnchorIsAsThePackageCommentSays(t *testing.T) {
	key, err := hkdf.Key(sha256.New, master[:], []byte("inst"), "pott/seal/v1/anchor", 32)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := hkdf.Key(sha256.New, master[:], nil, "pott/seal/v1/id", 4)
	u64 := func(n byte) []byte { return []byte{0, 0, 0, 0, 0, 0, 0, n} }
	body := slices.Concat([]byte("pott-anchor/v1\n"), id, []byte{0, 0, 0, 4}, []byte("inst"), []byte{0, 0, 0, 5}, []byte("seats"),
		append([]byte{1}, make([]byte, 15)...), []byte{0, 0, 0, 0, 0, 0, 1, 2}, append([]byte{2}, make([]byte, 31)...),
		[]byte{0, 2}, []byte("\x01A\x011"), u64(9), []byte("\x01B\x012"), u64(3), u64(4), u64(5))
	h := hmac.New(sha256.New, key)
	h.Write(body)
	want := h.Sum(body)
	if got := NewKeys(master, "inst").SealAnchor(anchored()); string(got) != string(want) {
		t.Errorf("the slot is\n%x, want\n%x", got, want)
	}
}

func TestASlotIsWholeOrNot(t *testing.T) {
	k := NewKeys(master, "inst")
	slot := k.SealAnchor(anchored())
	got, state := k.OpenAnchor(slot)
	if diff := cmp.Diff(anchored(), got); diff != "" || state != WholeSlot {
		t.Errorf("read back: %v (-want +got):\n%s", state, diff)
	}
	for i := range slot {
		flipped := slices.Clone(slot)
		flipped[i] ^= 1
		if _, state := k.OpenAnchor(flipped); state == WholeSlot {
			t.Errorf("byte %d flipped: still whole", i)
		}
		if _, state := k.OpenAnchor(slot[:i]); state != TornSlot {
			t.Errorf("cut off after %d bytes: %v", i, state)
		}
	}
	if _, state := k.OpenAnchor(append(slices.Clone(slot), 0)); state != TornSlot {
		t.Errorf("a byte too many: %v", state)
	}
	if a, state := NewKeys([32]byte{9}, "inst").OpenAnchor(slot); state != OtherKeySlot || a.Installation != "inst" {
		t.Errorf("under another key: %v, %+v", state, a)
	}
	if _, state := NewKeys(master, "other").OpenAnchor(slot); state != ElsewhereSlot {
		t.Errorf("under another installation's keys: %v", state)
	}
}

func TestAFingerprintIsAsThePackageCommentSays(t *testing.T) {
	h := Head{Ledger: "seats", Epoch: [16]byte{1}, Seq: 258, Link: [32]byte{2}}
	text := slices.Concat([]byte("pott-head/v1\n"), []byte{0, 0, 0, 4}, []byte("inst"), []byte{0, 0, 0, 5}, []byte("seats"),
		h.Epoch[:], []byte{0, 0, 0, 0, 0, 0, 1, 2}, h.Link[:])
	sum := sha256.Sum256(text)
	want := ""
	for i := 0; i < 16; i += 2 {
		want += "-" + hex.EncodeToString(sum[i:i+2])
	}
	if got := Fingerprint("inst", h); got != want[1:] {
		t.Errorf("%s, want %s", got, want[1:])
	}
	h.Seq++
	if Fingerprint("inst", h) == want[1:] {
		t.Error("another place has the same fingerprint")
	}
}

func FuzzOpenAnchor(f *testing.F) {
	k := NewKeys(master, "inst")
	f.Add(k.SealAnchor(anchored()))
	f.Add([]byte(anchorFormat))
	f.Fuzz(func(t *testing.T, slot []byte) {
		a, state := k.OpenAnchor(slot)
		if again := k.SealAnchor(a); state == WholeSlot && string(again) != string(slot) {
			t.Errorf("written again it is %x", again)
		}
	})
}
