package tamper

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/audit"
)

// The same files hold fsck, which shares no code with this package.
const vectors = "../../spec/vectors/storage"

type vector struct {
	t      *testing.T
	names  []string
	fields map[string]string
}

func readVector(t *testing.T, name string) vector {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectors, name))
	if err != nil {
		t.Fatal(err)
	}
	v := vector{t, nil, map[string]string{}}
	for l := range strings.Lines(string(text)) {
		field, value, _ := strings.Cut(strings.TrimSuffix(l, "\n"), ": ")
		v.names = append(v.names, field)
		v.fields[field] = value
	}
	return v
}

func (v vector) hex(name string) []byte {
	v.t.Helper()
	b, err := hex.DecodeString(v.fields[name])
	if err != nil || v.fields[name] == "" {
		v.t.Fatalf("%s: %q is not hex", name, v.fields[name])
	}
	return b
}

func (v vector) int(name string) int64 {
	v.t.Helper()
	n, err := strconv.ParseInt(v.fields[name], 10, 64)
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

func (v vector) keys() *Keys {
	return NewKeys([32]byte(v.hex("master")), v.fields["installation"])
}

func (v vector) want(name string, got []byte) {
	v.t.Helper()
	if want := v.hex(name); !bytes.Equal(got, want) {
		v.t.Errorf("%s is %x, the vector says %x", name, got, want)
	}
}

// row reads the row of a vector: its layout, key and values.
func (v vector) row() (l *Layout, key string, values []Value) {
	l = &Layout{Table: v.fields["table"], Number: uint16(v.int("layout"))}
	var keys []Value
	for _, name := range v.names {
		if column, ok := strings.CutPrefix(name, "key "); ok && column != "bytes" && column != "id" {
			value := v.value(name)
			l.Key, keys = append(l.Key, Column{Name: column, Kind: value.Kind()}), append(keys, value)
		}
		if column, ok := strings.CutPrefix(name, "column "); ok {
			value := v.value(name)
			l.Columns, values = append(l.Columns, Column{Name: column, Kind: value.Kind()}), append(values, value)
		}
	}
	return l, string(AppendKey(nil, keys...)), values
}

func (v vector) value(name string) Value {
	tag, text, _ := strings.Cut(v.fields[name], " ")
	switch tag {
	case "i":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			v.t.Fatal(err)
		}
		return Int(n)
	case "b":
		b, err := hex.DecodeString(text)
		if err != nil {
			v.t.Fatal(err)
		}
		return Bytes(b)
	}
	return Str(text)
}

func TestARowIsSealedAsTheVectorSays(t *testing.T) {
	v := readVector(t, "row.txt")
	k := v.keys()
	l, key, values := v.row()
	colsum := k.Colsum(l, values)
	seal := k.Seal(l, key, v.int("ver"), values, colsum)
	sum := k.Contribution(l, seal)
	v.want("key bytes", []byte(key))
	v.want("colsum", colsum)
	v.want("seal", seal[:])
	v.want("contribution", sum[:])
	if ok, _ := k.Verify(l, key, v.int("ver"), values, v.hex("colsum"), Seal(v.hex("seal"))); !ok {
		t.Error("the row of the vector does not check")
	}
}

func TestAHeadOpensAsTheVectorSays(t *testing.T) {
	v := readVector(t, "head.txt")
	k := v.keys()
	h := Head{Ledger: v.fields["ledger"], Seq: v.int("seq"), Epoch: [16]byte(v.hex("epoch")), Link: [32]byte(v.hex("link")), Schema: [32]byte(v.hex("schema"))}
	s, ok := k.OpenHead(h, v.hex("box"))
	if !ok {
		t.Fatal("it does not open")
	}
	v.want("plaintext", s.append(nil))
	row := readVector(t, "row.txt")
	l, _, _ := row.row()
	var total Total
	total.Add(k.Contribution(l, Seal(row.hex("seal"))))
	if got := s.Totals[TotalKey{"assignment", k.ID}]; got != total {
		t.Errorf("the head counts %+v, the row gives %+v", got, total)
	}
}

func TestABatchIsLinkedAsTheVectorSays(t *testing.T) {
	v := readVector(t, "link.txt")
	facts, err := audit.ParseFacts(string(v.hex("entry facts")))
	if err != nil {
		t.Fatal(err)
	}
	entry := audit.Entry{Seq: v.int("seq"), N: 1, At: v.int("at"), Actor: audit.Actor{Kind: audit.Kind(v.fields["entry actor kind"]), ID: v.fields["entry actor"]},
		Action: v.fields["entry action"], Subject: v.fields["entry subject"], Facts: facts}.Append(nil)
	v.want("canonical entry", entry)
	hash := EntriesHash([][]byte{entry})
	v.want("entries hash", hash[:])

	row := readVector(t, "row.txt")
	_, key, _ := row.row()
	changes := AppendChanges(nil, []Change{{Table: "assignment", Key: key, Op: Inserted, MAC: Seal(row.hex("seal")).MAC()}})
	v.want("changes", changes)
	link := Batch{Ledger: v.fields["ledger"], Seq: v.int("seq"), Epoch: [16]byte(v.hex("epoch")), ID: [16]byte(v.hex("batch")),
		At: v.int("at"), Node: v.fields["node"], Entries: hash, Changes: changes}.Link(v.fields["installation"], [32]byte(v.hex("link before")))
	v.want("link", link[:])
}

func TestPersonalValuesAreCommittedToAsTheVectorSays(t *testing.T) {
	v := readVector(t, "commitment.txt")
	got := Commitment(v.hex("salt"), v.fields["user_id"], v.fields["first_name"], v.fields["last_name"], v.fields["email"], v.fields["grp"])
	v.want("commitment", got[:])
}

func TestAnAnchorIsReadAsTheVectorSays(t *testing.T) {
	v := readVector(t, "anchor.txt")
	a, state := v.keys().OpenAnchor(v.hex("slot"))
	if state != WholeSlot {
		t.Fatalf("the slot is %v", state)
	}
	want := Anchor{Installation: v.fields["installation"], Ledger: v.fields["ledger"], Epoch: [16]byte(v.hex("epoch")), Seq: v.int("seq"), Link: [32]byte(v.hex("link")),
		Sets: map[Owner]uint64{{Issuer: "SUPEROFFICE", Serial: "1600070120"}: 2}, KeyList: uint64(v.int("key list")), Clock: v.int("clock")}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	v.want("slot", v.keys().SealAnchor(want))
	h := Head{Ledger: a.Ledger, Epoch: a.Epoch, Seq: a.Seq, Link: a.Link}
	if got := a.Installation + "/" + a.Ledger + "/40/" + Fingerprint(a.Installation, h); got != v.fields["printed"] {
		t.Errorf("printed as %s, the vector says %s", got, v.fields["printed"])
	}
}

func TestRowsOfTwoLayoutsAreSealedAsTheVectorSays(t *testing.T) {
	v := readVector(t, "layout.txt")
	key, columns, _ := strings.Cut(v.fields["columns"], " | ")
	l, k := NewLayout("example", key, columns), v.keys()
	values := []Value{Str("Anna"), Int(7), Str("none")}
	for number := int64(1); number <= 2; number++ {
		at := l.At(number)
		of := values[:len(at.Columns)]
		name := string(AppendKey(nil, Str("a")))
		colsum := k.Colsum(at, of)
		seal := k.Seal(at, name, 40+number, of, colsum)
		v.want(fmt.Sprintf("colsum %d", number), colsum)
		v.want(fmt.Sprintf("seal %d", number), seal[:])
	}
}
