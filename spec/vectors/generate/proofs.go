package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// A step is one line of a proof and the way from it to the root.
type step struct {
	index string
	path  []string
	line  string
}

func (s step) String() string {
	return fmt.Sprintf("{\"index\":%s,\"path\":[\"%s\"]}\n%s\n", s.index, strings.Join(s.path, `","`), s.line)
}

// steps returns the format line, the header and one more leaf of a doc.
func steps(d doc, leaf int) []step {
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, i := range indexes {
			hashes = append(hashes, stored[i])
		}
		return hashes, nil
	})
	for i, line := range d.lines {
		more, err := tlog.StoredHashes(int64(i), []byte(line), read)
		if err != nil {
			panic(err)
		}
		stored = append(stored, more...)
	}
	var all []step
	for _, i := range []int{0, 1, leaf} {
		proof, err := tlog.ProveRecord(int64(len(d.lines)), int64(i), read)
		if err != nil {
			panic(err)
		}
		s := step{index: strconv.Itoa(i), line: d.lines[i]}
		for _, h := range proof {
			s.path = append(s.path, base(h[:]))
		}
		all = append(all, s)
	}
	return all
}

// proofOf writes a proof with the notes of a doc.
func proofOf(d doc, steps []step) string {
	b := "pott-license-proof/v1\n"
	for _, s := range steps {
		b += s.String()
	}
	b += "\n" + d.checkpoint().String() + "\n" + d.cert.String()
	for _, l := range d.lists {
		b += "\n" + l.String()
	}
	return b
}

// webLeaf is the license of "web" in the usual set. In a proof it stands on
// line 7, and its path on line 6.
const webLeaf = 4

// webProof returns the proof of "web" after a change to its lines.
func webProof(change func([]step) []step) string {
	d := usual()
	s := steps(d, webLeaf)
	if change != nil {
		s = change(s)
	}
	return proofOf(d, s)
}

// docProof returns the proof of a leaf of the usual set after a change that is
// made before signing.
func docProof(leaf int, change func(*doc)) string {
	d := usual()
	change(&d)
	return proofOf(d, steps(d, leaf))
}

func proofs() []vector {
	var list []vector
	v := func(name, expect, spec, comment, file string) *vector {
		list = append(list, vector{name: "proof-" + name, kind: "proof", expect: expect, spec: spec, comment: comment, file: file})
		return &list[len(list)-1]
	}
	form := func(line int, name, spec, comment, file string) { v(name, malformed, spec, comment, file).line = line }
	inPath := func(change func(s *step)) string {
		return webProof(func(s []step) []step { change(&s[2]); return s })
	}
	plain := webProof(nil)

	v("ok", "ok", "9", "the license of web", plain)
	v("ok-first", "ok", "9", "the first license of the usual set", proofOf(usual(), steps(usual(), 2)))
	v("ok-last", "ok", "9", "the last license of a set of five lines, whose path is short", docProof(4, func(d *doc) { d.lines = d.lines[:5] }))
	v("ok-only", "ok", "9", "the only license of its set", docProof(2, func(d *doc) { d.lines = d.lines[:3] }))
	v("ok-second-signature", "ok", "6.3", "a second signature on the checkpoint, by a key nobody asks for", docProof(webLeaf, func(d *doc) {
		d.sigs = append(d.sigs, sig{name: "witness.example/w1", key: "witness"})
	}))

	v("quantity", unsigned, "9", "five seats more", swap(plain, `"quantity":10`, `"quantity":15`))
	v("company", unsigned, "9", "another company in the header", swap(plain, "Nordlys AS", "Nordlyset AS"))
	v("of-another-set", unsigned, "9", "a license of another set of the same customer", webProof(func(s []step) []step {
		other := usual()
		other.lines = append(slices.Clone(other.lines), `{"module":"windows","kind":"user","quantity":10}`)
		s[2] = steps(other, 6)[2]
		return s
	}))
	v("index-of-neighbour", unsigned, "9", "the index of another license", inPath(func(s *step) { s.index = "5" }))
	v("index-beyond", unsigned, "9", "an index beyond the number of leaves", inPath(func(s *step) { s.index = "6" }))
	v("index-largest", unsigned, "9", "the largest index there is", inPath(func(s *step) { s.index = "9007199254740991" }))
	v("path-shorter", unsigned, "9", "a path without its last hash", inPath(func(s *step) { s.path = s.path[:len(s.path)-1] }))
	v("path-longer", unsigned, "9", "a path with one hash too many", inPath(func(s *step) { s.path = append(s.path, s.path[0]) }))
	v("path-swapped", unsigned, "9", "two hashes of the path changed places", inPath(func(s *step) { s.path[0], s.path[1] = s.path[1], s.path[0] }))
	v("path-of-format-line", unsigned, "9", "the path of the format line leads elsewhere", webProof(func(s []step) []step { s[0].path = s[1].path; return s }))
	v("path-of-header", unsigned, "9", "the path of the header leads elsewhere", webProof(func(s []step) []step { s[1].path[2] = s[1].path[0]; return s }))
	v("node-as-line", malformed, "9", "an inner node of the tree in place of a line", inPath(func(s *step) { s.line = "\x01" + s.line })).line = 7
	v("checkpoint-size", unsigned, "9", "the checkpoint is of one leaf less", swap(plain, "\n6\n", "\n5\n"))
	v("checkpoint-root", unsigned, "9", "the checkpoint has another root", swap(plain, treeRoot(usual().lines), treeRoot(usual().lines[:5])))
	v("checkpoint-unsigned", unsigned, "8.3", "the checkpoint is signed with a key the certificate does not name", docProof(webLeaf, func(d *doc) { d.sigs[0].key = "mallory" }))

	form(8+1, "checkpoint-of-another-number", "6.2", "the checkpoint of another set of the customer", docProof(webLeaf, func(d *doc) {
		d.origin = strings.TrimSuffix(origin, "1") + "2"
		d.sigs[0].name = d.origin
	}))
	form(6, "license-is-header", "9", "the header twice, and no license", webProof(func(s []step) []step { s[2] = s[1]; return s }))
	form(2, "lines-swapped", "9", "the header before the format line", webProof(func(s []step) []step { s[0], s[1] = s[1], s[0]; return s }))
	form(1, "line-missing", "9", "a path without its line", swap(plain, web+"\n", ""))
	form(1, "two-licenses", "9", "two licenses", webProof(func(s []step) []step { return append(s, steps(usual(), 2)[2]) }))
	form(1, "no-license", "9", "the format line and the header only", webProof(func(s []step) []step { return s[:2] }))
	form(7, "optional-line", "9", "an optional line in place of a license", docProof(6, func(d *doc) { d.lines = append(d.lines, "optional:note") }))
	form(3, "other-format-line", "5.1", "leaf 0 is another format line", docProof(webLeaf, func(d *doc) { d.lines[0] = "pott-set/v1" }))
	v("newer-set", newer, "5.1", "leaf 0 says version 2", docProof(webLeaf, func(d *doc) { d.lines[0] = "pott-license-set/v2" })).line = 3
	v("newer-version", newer, "5.1", "version 2 of the proof", swap(plain, "proof/v1", "proof/v2")).line = 1
	v("requires", newer, "10", "an extension in the header that a reader must know", docProof(webLeaf, func(d *doc) { d.lines[1] = swap(d.lines[1], `{"issuer"`, `{"requires":["meters"],"issuer"`) })).line = 5
	form(1, "is-a-set", "9", "a proof that begins as a license file", swap(plain, "pott-license-proof/v1", format))
	form(5, "header-unknown-field", "5.2", "a header with a field nobody knows, in the tree", docProof(webLeaf, func(d *doc) { d.lines[1] = swap(d.lines[1], `"clients"`, `"colour":"blue","clients"`) }))
	form(7, "license-unknown-field", "5.3", "a license with a field nobody knows, in the tree", docProof(webLeaf, func(d *doc) { d.lines[webLeaf] = swap(d.lines[webLeaf], "}", `,"colour":"blue"}`) }))

	form(6, "index-with-zero", "4.2", "an index with a leading zero", inPath(func(s *step) { s.index = "04" }))
	form(6, "index-quoted", "4.2", "an index in quotes", inPath(func(s *step) { s.index = `"4"` }))
	form(6, "index-negative", "4.2", "a negative index", inPath(func(s *step) { s.index = "-4" }))
	form(6, "index-too-large", "3.3", "an index of 2^53", inPath(func(s *step) { s.index = "9007199254740992" }))
	form(6, "path-of-31-bytes", "9", "a hash of 31 bytes", inPath(func(s *step) { s.path[0] = base(make([]byte, 31)) }))
	form(6, "path-in-hexadecimal", "9", "a hash in hexadecimal digits", inPath(func(s *step) { s.path[0] = hex.EncodeToString(debase(s.path[0])) }))
	form(6, "path-loose-base64", "9", "a hash with stray bits", inPath(func(s *step) { s.path[0] = s.path[0][:42] + next(s.path[0][42]) + "=" }))
	form(6, "path-empty", "4.1", "a path without hashes", swap(plain, strings.TrimSuffix(steps(usual(), webLeaf)[2].String(), "\n"+web+"\n"), `{"index":4,"path":[]}`))
	form(6, "path-missing", "9", "no path", swap(plain, strings.TrimSuffix(steps(usual(), webLeaf)[2].String(), "\n"+web+"\n"), `{"index":4}`))
	form(6, "fields-swapped", "4.1", "the path before the index", swapFields(plain))
	form(6, "unknown-field", "4.1", "a field nobody knows beside the path", swap(plain, `{"index":4`, `{"index":4,"size":6`))
	form(6, "field-in-capitals", "4.1", "a field in another letter case", swap(plain, `{"index":4`, `{"Index":4`))
	form(6, "path-in-capitals", "4.1", "the path in another letter case", swap(plain, `{"index":4,"path"`, `{"index":4,"Path"`))
	form(6, "index-missing", "9", "no index", swap(plain, `{"index":4,`, `{`))
	form(1, "crlf", "3.1", "lines end with carriage return and line feed", strings.ReplaceAll(plain, "\n", "\r\n"))
	form(26, "cut-off", "3.1", "the last line has no end", strings.TrimSuffix(plain, "\n"))
	form(1, "lines-only", "3.2", "nothing but the first block", plain[:strings.Index(plain, "\n\n")+1])
	form(19, "no-key-list", "3.2", "nothing after the certificate", plain[:strings.Index(plain, "\npott-key-list")])

	v("outside-fence", "set.outside-fence", "8.5", "a quantity beyond what the issuer may grant", docProof(webLeaf, func(d *doc) {
		d.lists[0].text = swap(d.lists[0].text, `"max_quantity":1000000`, `"max_quantity":9`)
	}))
	v("fence-of-others", "ok", "9", "another license of the set is outside the fence; the proof does not show it", docProof(2, func(d *doc) {
		d.lists[0].text = swap(d.lists[0].text, `"max_quantity":1000000`, `"max_quantity":9`)
	}))
	v("issuer-revoked", "set.revoked", "8.3", "the roots revoked the issuer's key", docProof(webLeaf, func(d *doc) {
		d.lists[0].text += `{"revoke":"` + public("acme") + `","effect":"refuse-new"}` + "\n"
	}))
	v("certificate-ended", "set.certificate-expired", "8.4", "read on the day after the signing key's last", plain).now = "2028-01-01T00:00:00Z"
	v("other-root", "set.untrusted", "8.2", "the verifier trusts another root", plain).trust = &pin{1, []string{"root-2"}}
	v("old-key-list", "set.old-key-list", "8.2", "the verifier has accepted key list 2", plain).headers = []string{"highest-key-list: 2"}
	return list
}

// swapFields puts the path of the license before its index.
func swapFields(proof string) string {
	s := steps(usual(), webLeaf)[2]
	path := `"path":["` + strings.Join(s.path, `","`) + `"]`
	return swap(proof, `"index":4,`+path, path+`,"index":4`)
}

// roots are root files.
func roots() []vector {
	var list []vector
	v := func(line int, name, expect, comment, file string) {
		list = append(list, vector{name: "root-" + name, kind: "root", expect: expect, spec: "7.2", line: line, comment: comment, file: file})
	}
	bad := func(line int, name, comment, file string) { v(line, name, malformed, comment, file) }
	file := func(threshold string, keys ...string) string {
		return "pott-root/v1\nthreshold " + threshold + "\n" + strings.Join(keys, "\n") + "\n"
	}
	one, two, three := verifierKey("root-1"), verifierKey("root-2"), verifierKey("root-3")
	usual := file("1", one)
	raw := func(name string, key []byte) string {
		return fmt.Sprintf("%s+%x+%s", name, keyID(name, key), base(append([]byte{1}, key...)))
	}
	many := func(n int) (keys []string) {
		for i := range n {
			keys = append(keys, verifierKey(fmt.Sprintf("many-%d", i+1)))
		}
		return keys
	}
	weak := func(line string) string { return file("1", line) }

	v(0, "ok", "ok", "one key", usual)
	v(0, "ok-two-of-three", "ok", "three keys, two of which must sign", file("2", one, two, three))
	v(0, "ok-sixteen", "ok", "as many keys as there may be", file("4", many(16)...))
	v(0, "ok-names-alike", "ok", "two keys with one name", file("1", one, raw(rootName("root-1"), debase(public("root-2")))))
	v(0, "ok-longest-name", "ok", "a key name of 255 characters", file("1", raw(strings.Repeat("r", 255), debase(public("root-1")))))
	v(1, "newer-version", newer, "version 2 of the format", swap(usual, "root/v1", "root/v2"))
	v(3, "other-algorithm", newer, "a key of another algorithm", file("1", other(one, 2)))
	v(4, "ml-dsa-65", newer, "an Ed25519 key and its holder's ML-DSA-65 key", file("1", one, secondLine("root-1")))
	bad(1, "other-format", "another first line", swap(usual, "pott-root/", "pott-roots/"))
	bad(1, "version-zero", "a version that is not written so", swap(usual, "/v1", "/v01"))
	bad(1, "is-a-key-list", "a key list", list0())
	bad(0, "empty", "an empty file", "")
	bad(1, "format-only", "nothing after the first line", "pott-root/v1\n")
	bad(2, "no-keys", "no keys", "pott-root/v1\nthreshold 1\n")
	bad(2, "no-threshold", "no threshold", "pott-root/v1\n"+one+"\n"+two+"\n")
	bad(2, "threshold-zero", "a threshold of 0", file("0", one))
	bad(2, "threshold-of-more", "two must sign, and there is one key", file("2", one))
	bad(2, "threshold-five", "five of six must sign", file("5", many(6)...))
	bad(2, "threshold-with-plus", "a threshold with a sign", file("+1", one))
	bad(2, "threshold-with-zero", "a threshold with a leading zero", file("01", one))
	bad(2, "threshold-huge", "a threshold that overflows 64 bits", file("18446744073709551617", one))
	bad(2, "threshold-with-space", "a space after the threshold", file("1 ", one))
	bad(2, "threshold-in-capitals", "the word in capitals", swap(usual, "threshold", "Threshold"))
	v(0, "seventeen", tooLarge, "one key more than there may be", file("1", many(17)...))
	bad(4, "key-twice", "a key twice", file("1", one, one))
	bad(4, "key-twice-two-names", "a key twice, with two names", file("2", one, raw("root.example/root-9", debase(public("root-1")))))
	bad(3, "key-id", "the key id of another name", swap(usual, "root.example/root-1", "root.example/root-9"))
	bad(3, "key-id-in-capitals", "a key id in capitals", upperID(usual))
	bad(3, "key-id-long", "a key id with nine digits", swap(usual, "+", "+0"))
	bad(3, "key-id-missing", "a name and a key", swap(usual, one, rootName("root-1")+"+"+one[encodedAt(one):]))
	bad(3, "key-short", "a key of 31 bytes", weak(raw(rootName("root-1"), debase(public("root-1"))[:31])))
	bad(3, "key-long", "a key of 33 bytes", weak(raw(rootName("root-1"), append(debase(public("root-1")), 0))))
	bad(3, "key-empty", "nothing where the key should be", weak(rootName("root-1")+"+00000000+"))
	bad(3, "key-space", "a space in the base64 of a key", swap(usual, one, one[:len(one)-4]+" "+one[len(one)-4:]))
	bad(3, "key-url-base64", "a key in the base64 of web addresses", urlBase64(usual))
	bad(3, "key-neutral", "a key that verifies any text", weak(raw(rootName("root-1"), neutral)))
	bad(3, "key-small-order", "a key of order eight", weak(raw(rootName("root-1"), orderEight)))
	bad(3, "key-second-spelling", "a key in an encoding that is not canonical", weak(raw(rootName("root-1"), debase(pointWith(fieldElement, true)))))
	bad(3, "key-not-a-point", "a key that is not on the curve", weak(raw(rootName("root-1"), debase(pointWith(canonical, false)))))
	bad(3, "name-empty", "a key without a name", weak(raw("", debase(public("root-1")))))
	bad(3, "name-with-space", "a name with a space", weak(raw("root example", debase(public("root-1")))))
	bad(3, "name-beyond-ascii", "a name with a letter beyond ASCII", weak(raw("röt", debase(public("root-1")))))
	bad(3, "name-too-long", "a key name of 256 characters", weak(raw(strings.Repeat("r", 256), debase(public("root-1")))))
	bad(3, "comment", "a line of comment", file("1", "# the root of Acme", one))
	bad(4, "blank-line", "a blank line between the keys", file("1", one, "", two))
	bad(4, "blank-line-last", "a blank line at the end", usual+"\n")
	bad(3, "cut-off", "the last line has no end", strings.TrimSuffix(usual, "\n"))
	bad(1, "crlf", "lines end with carriage return and line feed", strings.ReplaceAll(usual, "\n", "\r\n"))
	bad(3, "space-last", "a space at the end of a key", swap(usual, one, one+" "))
	bad(3, "not-utf-8", "a name in Latin-1", swap(usual, "root.example", "r\xf6t.example"))
	bad(1, "order-mark", "a byte order mark first", "\ufeff"+usual)
	list = append(list, vector{name: "root-long-line", kind: "root", expect: tooLarge, spec: "3.3", comment: "a line of 65537 bytes", file: file("1", one, strings.Repeat("r", 65537))})
	return list
}

func list0() string { return usual().lists[0].String() }

// encodedAt returns where the base64 of the first key begins: after two plus
// signs.
func encodedAt(file string) int {
	i := strings.Index(file, "+") + 1
	return i + strings.Index(file[i:], "+") + 1
}

// other returns the line of a root with another type byte.
func other(line string, kind byte) string {
	i := encodedAt(line)
	key := debase(line[i:])
	key[0] = kind
	return line[:i] + base(key)
}

// secondLine is the line of a root's ML-DSA-65 key.
func secondLine(root string) string {
	name := rootName(root)
	key := append([]byte("\xff2.16.840.1.101.3.4.3.18"), debase(secondKey(root))...)
	return fmt.Sprintf("%s+%08x+%s", name, binary.BigEndian.Uint32(secondID(name, root)), base(key))
}

// upperID writes the key id of a root file in capitals.
func upperID(file string) string {
	i := strings.Index(file, "+") + 1
	return file[:i] + strings.ToUpper(file[i:i+8]) + file[i+8:]
}

// urlBase64 writes the key of a root file in the alphabet of web addresses.
func urlBase64(file string) string {
	i := encodedAt(file)
	return file[:i] + strings.NewReplacer("+", "-", "/", "_", "A", "-").Replace(file[i:])
}
