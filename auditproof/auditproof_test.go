package auditproof

import (
	"bytes"
	"crypto/ed25519"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pott-dev/pott/licensefile"
)

// A world is an installation whose trail is known.
type world struct {
	key    ed25519.PrivateKey
	header Header
	chain  []Batch // from change 1
	people []Person
}

const (
	testID    = "4e1xkq3m5n7p2r4s6t8v1w3y5z"
	otherID   = "9a1xkq3m5n7p2r4s6t8v1w3y5z"
	firstTime = 1781085600000000
)

func testKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func digitsOf(seed, n int) string { return strings.Repeat(fmt.Sprintf("%02x", seed), n) }

// newWorld makes a trail of changes, some without entries. After change 5 a backup
// of change 4 is taken into use, so that 6 follows 4 in another epoch.
func newWorld(changes int) *world {
	w := &world{key: testKey(7), header: Header{Installation: testID, Name: "nordlys", Ledger: "seats", Made: "2026-06-10T12:00:00Z", Rollback: Intact}}
	before, epoch := Place{}, digitsOf(0x8f, 16)
	for seq := int64(1); seq <= int64(changes); seq++ {
		b := Batch{Seq: seq, Epoch: epoch, Batch: digitsOf(int(seq), 16), At: firstTime + seq*1_000_000, Node: "pott", Changes: digitsOf(0x40+int(seq), 32)}
		if seq == 5 && changes > 5 {
			continue
		}
		if seq == 6 {
			epoch = digitsOf(0x9e, 16)
			b.Epoch = epoch
			b.Entries = []Entry{{N: 1, At: b.At, Kind: "host", Actor: "root", Action: "installation.restore", Facts: "backup_seq=4\nreason=a \\\\ disk\n"}}
		} else if seq != 3 {
			b.Entries = []Entry{{N: 1, At: b.At, Kind: "token", Actor: "ab12cd34ef56ab78", Action: "plan.set", Subject: "7fq2", Facts: "plan=ACME.sales-premium\n"},
				{N: 2, At: b.At, Kind: "person", Actor: "8gr3", Action: "role.give", Subject: "7fq2", Facts: "role=auditor\nwhy=\u2028\"quoted\" <å>\n"}}
		}
		b.Content = b.content()
		b.Link = b.follows(before, testID, "seats")
		before = b.place()
		w.chain = append(w.chain, b)
	}
	w.header.Head = before
	w.header.From, w.header.To = 1, before.Seq
	return w
}

// prove writes a proof of a range, and mend may change what is written.
func (w *world) prove(t testing.TB, from, to int64, signer licensefile.Signer, mend func(h *Header, chain []Batch)) []byte {
	t.Helper()
	h, chain := w.header, make([]Batch, 0, len(w.chain))
	h.From, h.To, h.After = from, to, Place{}
	for _, b := range w.chain {
		if b.Seq < from {
			h.After = b.place()
			continue
		}
		if b.Entries = append([]Entry(nil), b.Entries...); b.Seq > to {
			b.Entries = nil
		}
		chain = append(chain, b)
	}
	if mend != nil {
		mend(&h, chain)
	}
	var out bytes.Buffer
	p := NewWriter(&out, h, signer)
	for i := range chain {
		if chain[i].Seq != 0 {
			p.Batch(&chain[i])
		}
	}
	for _, who := range w.people {
		p.Person(who)
	}
	if err := p.Close(signer); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (w *world) signer() licensefile.Signer { return licensefile.NewSigner(w.key) }

func (w *world) print() string { return licensefile.Fingerprint(w.key.Public().(ed25519.PublicKey)) }

// kept is the head of a change as somebody wrote it down.
func (w *world) kept(seq int64) string {
	for i := range w.chain {
		if w.chain[i].Seq == seq {
			return fmt.Sprintf("%s/seats/%d/%s", testID, seq, w.chain[i].place().print(testID, "seats"))
		}
	}
	return fmt.Sprintf("%s/seats/%d/%s", testID, seq, "0123-4567-89ab-cdef-0123-4567-89ab-cdef")
}

// A vector is one case of spec/vectors/storage.
type vector struct {
	name, comment string
	key           string
	heads         []string
	proof         []byte
}

// head returns the lines before the proof, with what checking it comes to.
func (v *vector) head(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	against := Against{Key: v.key}
	for _, text := range v.heads {
		h, err := ParseHead(text)
		if err != nil {
			t.Fatal(err)
		}
		against.Heads = append(against.Heads, h)
	}
	p, err := Parse(v.proof)
	if err != nil {
		line("expect", err.(interface{ Code() string }).Code())
	} else {
		x := p.Check(against)
		line("expect", string(x.Verdict))
		for _, a := range []struct {
			name string
			Answer
		}{{"entries", x.Entries}, {"chain", x.Chain}, {"signature", x.Signature}, {"heads", x.Heads}, {"server", x.Server}} {
			line(a.name, strings.TrimSpace(string(a.State)+" "+a.Code))
		}
	}
	line("key", v.key)
	for _, text := range v.heads {
		line("head", text)
	}
	line("comment", v.comment)
	return b.String()
}

// vectors are all cases.
func vectors(t *testing.T) []vector {
	w := newWorld(8)
	key, head := w.print(), []string{w.kept(8)}
	good := w.prove(t, 1, 8, w.signer(), nil)
	edit := func(old, new string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("nothing to edit: %s", old)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	mended := func(mend func(h *Header, chain []Batch)) []byte { return w.prove(t, 1, 8, w.signer(), mend) }
	named := newWorld(8)
	named.people = []Person{{"7fq2", "anna", "Anna", "Ek"}, {"8gr3", "bo", "Bo", "Öst"}}
	long := w.prove(t, 2, 2, w.signer(), nil)
	return []vector{
		{"proof-head", "the whole trail, and its head was kept", "", head, good},
		{"proof-key", "the whole trail, and the installation's key is known", key, nil, good},
		{"proof-both", "both", key, head, good},
		{"proof-nothing-known", "it hangs together, and nobody vouches for it", "", nil, good},
		{"proof-range", "one change, and the links up to the head", "", head, long},
		{"proof-record", "a head as a license server has it on record", "", []string{w.header.Head.Epoch + "/8/" + w.header.Head.Link}, long},
		{"proof-before-range", "a head from the change before the range", "", []string{w.kept(1)}, long},
		{"proof-behind", "a head inside the range", "", []string{w.kept(4)}, good},
		{"proof-behind-key", "a head inside the range, and the key is known", key, []string{w.kept(4)}, good},
		{"proof-ahead", "a head that is newer than the proof", key, []string{w.kept(9)}, good},
		{"proof-skipped", "a head of a change that was given up when a backup was taken into use", "", []string{w.kept(5)}, good},
		{"proof-too-old", "a head from before the proof", "", []string{w.kept(1)}, w.prove(t, 3, 8, w.signer(), nil)},
		{"proof-another-history", "a head with another fingerprint", key, []string{fmt.Sprintf("%s/seats/4/0123-4567-89ab-cdef-0123-4567-89ab-cdef", testID)}, good},
		{"proof-other-ledger", "a head of another installation", "", []string{otherID + "/seats/8/0123-4567-89ab-cdef-0123-4567-89ab-cdef"}, good},
		{"proof-names", "with names", key, nil, named.prove(t, 1, 8, w.signer(), nil)},
		{"proof-unsigned", "nobody has signed it", key, nil, w.prove(t, 1, 8, nil, nil)},
		{"proof-unsigned-head", "nobody has signed it, and its head was kept", "", head, w.prove(t, 1, 8, nil, nil)},
		{"proof-other-key", "signed with another key", key, nil, w.prove(t, 1, 8, licensefile.NewSigner(testKey(8)), nil)},
		{"proof-altered", "a name was changed afterwards", key, head, edit(`"name":"nordlys"`, `"name":"nordlya"`)},
		{"proof-bad-signature", "the signature is one of another text", key, head, append(append([]byte{}, good[:bytes.LastIndex(good, []byte("— "))]...), long[bytes.LastIndex(long, []byte("— ")):]...)},
		{"proof-entry-edited", "an entry was edited in the database", key, nil, mended(func(_ *Header, c []Batch) { c[1].Entries[0].Action = "plan.add" })},
		{"proof-entry-removed", "an entry was deleted in the database", key, nil, mended(func(_ *Header, c []Batch) { c[1].Entries = c[1].Entries[:1] })},
		{"proof-entry-added", "an entry was added in the database", key, nil, mended(func(_ *Header, c []Batch) { c[2].Entries = c[1].Entries })},
		{"proof-change-edited", "a change was edited in the database", key, nil, mended(func(_ *Header, c []Batch) { c[1].At++ })},
		{"proof-change-deleted", "a change was deleted in the database", key, nil, mended(func(_ *Header, c []Batch) { c[1].Seq = 0 })},
		{"proof-end-deleted", "the last change was deleted in the database", key, nil, mended(func(_ *Header, c []Batch) { c[6].Seq = 0 })},
		{"proof-written-anew", "the trail was written anew, so that it hangs together", key, nil, mended(func(_ *Header, c []Batch) {
			before := Place{}
			for i := range c {
				if c[i].Seq == 2 {
					c[i].Entries[0].Action = "plan.add"
				}
				c[i].Content = c[i].content()
				c[i].Link = c[i].follows(before, testID, "seats")
				before = c[i].place()
			}
		})},
		{"proof-rolled-back", "the server knew that its database had been put back", key, nil, mended(func(h *Header, _ []Batch) { h.Rollback = Broken })},
		{"proof-no-witness", "nobody remembered anything to the server", key, nil, mended(func(h *Header, _ []Batch) { h.Rollback = Unchecked })},
		{"proof-epoch-unexplained", "another epoch, and no entry says why", key, nil, mended(func(_ *Header, c []Batch) {
			c[4].Entries[0].Action = "installation.resume"
			before := c[3].place()
			for i := 4; i < len(c); i++ {
				c[i].Content = c[i].content()
				c[i].Link = c[i].follows(before, testID, "seats")
				before = c[i].place()
			}
		})},
		{"proof-no-entries", "a range without entries", key, nil, w.prove(t, 3, 3, w.signer(), nil)},
		{"proof-cut-off", "its end is missing", key, head, good[:len(good)*2/3]},
		{"proof-signature-cut-off", "its signature is missing", key, head, good[:bytes.LastIndex(good, []byte("\n— "))]},
		{"proof-other-version", "of a version that is not known", key, head, bytes.ReplaceAll(good, []byte("pott-audit-proof/v1"), []byte("pott-audit-proof/v2"))},
		{"proof-field-twice", "a field stands twice", key, head, edit(`"node":"pott"`, `"node":"x","node":"pott"`)},
		{"proof-field-unknown", "a field that is not known", key, head, edit(`"node":"pott"`, `"node":"pott","more":1`)},
		{"proof-field-in-capitals", "a field in capitals", key, head, edit(`"node":"pott"`, `"NODE":"pott"`)},
		{"proof-space", "a space", key, head, edit(`"node":"pott"`, `"node": "pott"`)},
		{"proof-null", "null for a text", key, head, edit(`"node":"pott"`, `"node":null`)},
		{"proof-escaped", "another spelling of a letter", key, head, edit(`"node":"pott"`, `"node":"p\u006ftt"`)},
		{"proof-order", "changes out of order", key, head, edit(`{"seq":2,`, `{"seq":7,`)},
		{"proof-tail", "something stands behind the signature", key, head, append(append([]byte{}, good...), '\n')},
		{"proof-crlf", "other line ends", key, head, bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n"))},
	}
}

var update = flag.Bool("update", false, "write the vectors anew")

const vectorDir = "../spec/vectors/storage"

func TestVectors(t *testing.T) {
	known := map[string]bool{}
	for _, v := range vectors(t) {
		file := filepath.Join(vectorDir, v.name+".txt")
		known[file] = true
		if *update {
			if err := os.WriteFile(file, append([]byte(v.head(t)+"\n"), v.proof...), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, proof, _ := strings.Cut(string(text), "\n\n")
		was := v
		was.proof, was.heads, was.key = []byte(proof), nil, ""
		for line := range strings.Lines(head + "\n") {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch name {
			case "key":
				was.key = value
			case "head":
				was.heads = append(was.heads, value)
			case "comment":
				was.comment = value
			}
		}
		if got := was.head(t); got != head+"\n" {
			t.Errorf("%s: checking it comes to\n%s and the vector says\n%s", v.name, got, head)
		}
		if !bytes.Equal(was.proof, v.proof) {
			t.Errorf("%s is another one than is made today", v.name)
		}
	}
	files, _ := filepath.Glob(filepath.Join(vectorDir, "proof-*.txt"))
	for _, file := range files {
		if !known[file] {
			t.Errorf("%s is not made by any case", file)
		}
	}
}

// What no vector may say by mistake.
func TestOnlyWhatIsVouchedForIsIntact(t *testing.T) {
	intact := map[string]bool{"proof-head": true, "proof-key": true, "proof-both": true, "proof-range": true, "proof-record": true,
		"proof-behind-key": true, "proof-names": true, "proof-unsigned-head": true, "proof-no-witness": true}
	for _, v := range vectors(t) {
		if got := strings.HasPrefix(v.head(t), "expect: intact\n"); got != intact[v.name] {
			t.Errorf("%s: intact is %v", v.name, got)
		}
	}
}

// One byte of a proof is another: whoever keeps the head, or knows the key, finds
// it broken, unreadable or not to be checked, and never intact.
func TestNoOtherProofIsIntact(t *testing.T) {
	w := newWorld(8)
	w.people = []Person{{"7fq2", "anna", "Anna", "Ek"}}
	good := w.prove(t, 1, 8, w.signer(), nil)
	kept, err := ParseHead(w.kept(8))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		bad := bytes.Clone(good)
		switch at := r.IntN(len(bad)); r.IntN(3) {
		case 0:
			bad[at] ^= byte(1 + r.IntN(255))
		case 1:
			bad = append(bad[:at], bad[at+1+r.IntN(min(40, len(bad)-at)):]...)
		case 2:
			lines := bytes.SplitAfter(bad, []byte("\n"))
			i, j := r.IntN(len(lines)), r.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
			bad = bytes.Join(lines, nil)
		}
		p, err := Parse(bad)
		if err != nil || bytes.Equal(bad, good) {
			continue
		}
		if v := p.Check(Against{Key: w.print(), Heads: []Head{kept}}); v.Verdict == Intact {
			t.Fatalf("another proof is intact:\n%s", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range []string{"proof-both", "proof-names", "proof-unsigned"} {
		text, err := os.ReadFile(filepath.Join(vectorDir, v+".txt"))
		if err != nil {
			f.Fatal(err)
		}
		_, proof, _ := bytes.Cut(text, []byte("\n\n"))
		f.Add(proof)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		// What is taken would be written back, up to the signature.
		var out bytes.Buffer
		w := NewWriter(&out, p.Header, keyed(p.Key))
		for i := range p.Batches {
			w.Batch(&p.Batches[i])
		}
		for _, who := range p.People {
			w.Person(who)
		}
		if w.err != nil || !bytes.HasPrefix(text, out.Bytes()) {
			t.Errorf("it is not written back: %v\n%q\n%q", w.err, text, out.Bytes())
		}
		if v := p.Check(Against{}); v.Verdict == Intact {
			t.Error("nobody vouches for it and it is intact")
		}
	})
}

// keyed is a signer that only says which key it has.
func keyed(text string) licensefile.Signer {
	key, err := strict64.DecodeString(text)
	if text == "" || err != nil {
		return nil
	}
	return onlyKey(key)
}

type onlyKey ed25519.PublicKey

func (k onlyKey) Public() ed25519.PublicKey        { return ed25519.PublicKey(k) }
func (k onlyKey) Sign(text []byte) ([]byte, error) { return nil, nil }

func TestHeadsInAFile(t *testing.T) {
	w := newWorld(3)
	file := "# kept in the safe\n\n" + w.kept(2) + "  nordlys\n" + w.header.Head.Epoch + "/3/" + w.header.Head.Link + "\n"
	heads, err := ParseHeads([]byte(file))
	if err != nil || len(heads) != 2 || heads[0].Seq != 2 || heads[1].Link != w.header.Head.Link {
		t.Errorf("%+v %v", heads, err)
	}
	for _, bad := range []string{"", "# nothing\n", "a head\n", w.kept(2) + "\nand more\n"} {
		if _, err := ParseHeads([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
