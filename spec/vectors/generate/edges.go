package main

import (
	"fmt"
	"strings"
)

// unseen are the characters that no text holds, as ranges.
var unseen = [][2]rune{
	{0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c}, {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
	{0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff9, 0xffff}, {0xe0000, 0xe0fff},
}

// refusedTexts have the first and the last character of each range, and one has
// all their neighbours.
func refusedTexts() []vector {
	var list []vector
	var neighbours strings.Builder
	refuse := func(c rune) {
		list = append(list, at(4, fmt.Sprintf("text-u-%04x", c), "4.4", fmt.Sprintf("U+%04X in a text", c), inUser(`"User"`, `"Us`+string(c)+`er"`)))
	}
	for _, r := range unseen {
		if r[0] != 0x200b { // json-zero-width
			refuse(r[0])
		}
		if r[1] != r[0] {
			refuse(r[1])
		}
		for _, c := range []rune{r[0] - 1, r[1] + 1} {
			if c != 0xfff8+8 && c != 0x10000-1 {
				neighbours.WriteRune(c)
			}
		}
	}
	return append(list, vector{name: "ok-texts", expect: "ok", spec: "4.4", comment: "the neighbours of all characters that no text holds", file: inUser(`"User"`, `"`+neighbours.String()+`"`)})
}

// weakKeys put keys that are none in every place where a key may stand.
func weakKeys() []vector {
	weak := []struct{ name, what, key string }{
		{"neutral", "a key that verifies any text", base(neutral)},
		{"small-order", "a key of order eight", base(orderEight)},
		{"second-spelling", "a key in an encoding that is not canonical", pointWith(fieldElement, true)},
		{"not-a-point", "a key that is not on the curve", pointWith(canonical, false)},
		{"long", "a key of 33 bytes", base(make([]byte, 33))},
		{"url-base64", "a key in the base64 of web addresses", strings.Repeat("_-", 21) + "8" + "="},
	}
	var list []vector
	for _, w := range weak {
		for _, place := range []struct {
			name, what string
			text, line int
			key        string
		}{
			{"signing-key", "for signing", inCertificate, 2, "acme-set"}, {"own-revocation", "revoked by the issuer", inCertificate, 3, "lost"},
			{"root", "of a root", inKeyList, 3, "root-2"}, {"next-root", "of a next root", inKeyList, 4, "root-3"},
			{"issuer", "of an issuer", inKeyList, 5, "acme"}, {"revocation", "revoked by the roots", inKeyList, 6, "lost"},
		} {
			d := full()
			d.edit(place.text, place.line, public(place.key), w.key)
			list = append(list, at(d.lineIn(place.text, place.line), "weak-"+place.name+"-"+w.name, "7.1", w.what+", "+place.what, d.String()))
		}
	}
	return list
}

// edges are files just inside and just outside of a limit or form.
func edges() []vector {
	all := []vector{}
	ok := func(name, spec, comment, file string) {
		all = append(all, vector{name: "ok-" + name, expect: "ok", spec: spec, comment: comment, file: file})
	}
	large := func(name, comment, file string) {
		all = append(all, vector{name: "bytes-" + name, expect: tooLarge, spec: "3.3", comment: comment, file: file})
	}
	bad := func(line int, name, spec, comment, file string) {
		all = append(all, at(line, name, spec, comment, file))
	}
	witnesses := func(n int) (sigs []sig) {
		for i := range n {
			sigs = append(sigs, sig{name: fmt.Sprintf("witness.example/w%d", i+1), key: "witness"})
		}
		return sigs
	}
	many := func(n int, line func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i) + "\n")
		}
		return strings.TrimSuffix(b.String(), "\n")
	}
	roots := func(n int, line func(string) string) string {
		return many(n, func(i int) string { return line(fmt.Sprintf("root-%d", i+1)) })
	}
	longest := strings.Repeat("A", 65536-len(user)+len("Användare"))

	ok("longest-line", "3.3", "a line of 65536 bytes", inUser("Användare", longest))
	ok("eight-signatures", "3.3", "eight signatures on the checkpoint", with(func(d *doc) { d.sigs = append(d.sigs, witnesses(7)...) }))
	ok("sixteen-roots", "3.3", "sixteen roots, sixteen next roots, four of which sign", with(func(d *doc) {
		next := many(16, func(i int) string { return nextLine(fmt.Sprintf("next-%d", i+1)) })
		lines := []string{roots(16, rootLine), next, grant("ACME", "acme", fence)}
		d.lists[0] = list(swap(listHead, `"threshold":1`, `"threshold":4`), lines, "root-1", "root-2", "root-3", "root-4")
	}))
	large("seventeen-roots", "seventeen roots", inList(rootLine("root-1"), roots(17, rootLine)))
	large("seventeen-next-roots", "seventeen next roots", inList(rootLine("root-1"), rootLine("root-1")+"\n"+roots(17, nextLine)))
	large("nine-signatures-on-certificate", "nine signatures on the certificate", with(func(d *doc) { d.cert.sigs = append(d.cert.sigs, witnesses(8)...) }))
	large("nine-signatures-on-list", "nine signatures on the key list", with(func(d *doc) { d.lists[0].sigs = append(d.lists[0].sigs, witnesses(8)...) }))
	large("too-many-lines", "a set of 100001 lines", with(func(d *doc) {
		d.lines = append(d.lines, strings.Split(many(100_001-len(d.lines), func(int) string { return "optional:x" }), "\n")...)
	}))
	large("too-many-lines-in-list", "a key list of 10001 lines", with(func(d *doc) {
		d.lists[0].text += many(10_001-strings.Count(d.lists[0].text, "\n"), func(int) string { return `{"revoke":"` + public("lost") + `","effect":"refuse-new"}` }) + "\n"
	}))
	large("too-many-lines-in-certificate", "a certificate of 10001 lines", with(func(d *doc) {
		d.cert.text += many(10_001-strings.Count(d.cert.text, "\n"), func(int) string { return `{"revoke":"` + public("lost") + `"}` }) + "\n"
	}))
	newVersion := func(name, comment, file string) {
		all = append(all, vector{name: "set-newer-version-" + name, expect: newer, spec: "5.1", line: 1, comment: comment, file: swap(file, "set/v1", "set/v2")})
	}
	newVersion("other-bytes", "version 2 of the format, with a tab in it", inUser(`"User"`, "\"User\t\""))
	newVersion("other-blocks", "version 2 of the format, and nothing below the lines", usual().String()[:strings.Index(usual().String(), "\n\n")+1])
	large("too-many-key-lists", "1001 key lists", with(func(d *doc) {
		d.lists = nil
		for i := range 1001 {
			head := swap(listHead, `"number":1`, fmt.Sprintf(`"number":%d`, i+1))
			d.lists = append(d.lists, list(head, []string{rootLine("root-1"), grant("ACME", "acme", exact)}, "root-1"))
		}
	}))
	bad(1, "bytes-cr", "3.1", "lines end with a carriage return alone", strings.ReplaceAll(usual().String(), "\n", "\r"))
	bad(4, "bytes-nul", "3.1", "a NUL in a text", inUser(`"User"`, "\"User\x00\""))
	bad(7, "bytes-control-in-optional-line", "3.1", "an escape character in an optional line", with(func(d *doc) { d.lines = append(d.lines, "optional:note \x1b[2J") }))
	bad(4, "bytes-line-separator", "4.4", "a line ends with U+2028 inside of a text", inUser(`"User"`, "\"User\u2028\""))
	bad(14, "second-checkpoint", "3.2", "the checkpoint of another set stands behind the first", func() string {
		d, other := usual(), usual()
		other.origin = strings.TrimSuffix(origin, "1") + "2"
		other.sigs = []sig{{name: other.origin, key: "acme-set"}}
		text := d.String()
		i := strings.Index(text, "pott-issuer-certificate")
		return text[:i] + other.checkpoint().String() + "\n" + text[i:]
	}())
	bad(20, "second-certificate", "3.2", "two certificates", func() string {
		d := usual()
		text := d.String()
		i := strings.Index(text, "pott-key-list")
		return text[:i] + d.cert.String() + "\n" + text[i:]
	}())

	longName := func(n int) string { return `"` + strings.Repeat("m", n) + `"` }
	ok("longest-words", "4.5", "serial, module, group, client and zone as long as they may be", with(func(d *doc) {
		serial := strings.Repeat("s", 64)
		d.lines[1] = swap(swap(swap(d.lines[1], "1600065823", serial), `"name":"web"`, `"name":`+longName(32)), "Acme AB", "Acme")
		d.lines[5] = swap(swap(d.lines[5], `"module":"sales"`, `"module":`+longName(239)), `"crm"`, longName(32))
		d.origin = "ACME/pott-set/" + serial + "/1"
		d.sigs[0].name = d.origin
	}))
	header := func(name, spec, comment, old, new string) { bad(2, "set-"+name, spec, comment, inHeader(old, new)) }
	header("serial-too-long", "4.5", "a serial of 65 characters", "1600065823", strings.Repeat("s", 65))
	header("serial-dot-first", "4.5", "a serial that begins with a dot", "1600065823", ".600065823")
	header("issuer-too-long", "4.5", "an issuer of 33 characters", `"ACME"`, `"`+strings.Repeat("A", 33)+`"`)
	header("issuer-empty", "4.5", "an empty issuer", `"ACME"`, `""`)
	header("client-too-long", "4.5", "a client of 33 characters", `"name":"web"`, `"name":`+longName(33))
	header("zone-too-long", "4.5", "a zone of 65 characters", "Europe/Stockholm", "Europe/"+strings.Repeat("S", 58))
	header("zone-empty", "4.5", "an empty zone", "Europe/Stockholm", "")
	header("zone-lower-case", "4.5", "a zone in lower case", "Europe/Stockholm", "europe/stockholm")
	header("installation-in-capitals", "4.5", "a fingerprint in capitals", `"clients"`, `"installation":"0123-4567-89AB-CDEF-0123-4567-89ab-cdef","clients"`)
	header("client-modules-twice", "5.2", "a client that takes a module twice", `"user":["user","web"]`, `"user":["user","USER"]`)
	header("client-people-default", "4.1", "the default people of a client, written", `"name":"web"`, `"name":"web","people":["internal"]`)
	header("no-dates", "5.2", "dates without any", `{"warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08"}`, "{}")
	header("year-zero", "4.6", "a date in the year 0", "2027-02-27", "0000-02-27")
	header("no-leap-day", "4.6", "the leap day of a year that has none", "2027-02-27", "2027-02-29")
	header("issued-hour-24", "4.6", "an hour that does not exist", "08:00:00Z", "24:00:00Z")
	header("issued-leap-second", "4.6", "a leap second", "08:00:00Z", "23:59:60Z")
	header("issued-lower-case", "4.6", "a time with a small z", "08:00:00Z", "08:00:00z")
	header("issued-space", "4.6", "a time with a space for the T", "2026-06-01T", "2026-06-01 ")
	header("number-too-large", "3.3", "set number 2^53", `"number":1`, `"number":9007199254740992`)
	header("requires-empty", "4.1", "no extension required, written", `{"issuer"`, `{"requires":[],"issuer"`)
	header("requires-last", "4.1", "requires behind the other fields", `"user":["user","web"]}]`, `"user":["user","web"]}],"requires":["meters"]`)
	for _, reserved := range []string{"address", "limits"} {
		header("reserved-"+reserved, "10", "a reserved field without requires", `"user":["user","web"]}]`, `"user":["user","web"]}],"`+reserved+`":["x"]`)
	}
	for _, reserved := range []string{"meters", "limits"} {
		bad(4, "license-reserved-"+reserved, "10", "a reserved field without requires", inUser(`"en":"User"}`, `"en":"User"},"`+reserved+`":["x"]`))
	}
	inSales := func(name, spec, comment, old, new string) {
		bad(6, "license-"+name, spec, comment, with(func(d *doc) { d.lines[5] = swap(d.lines[5], old, new) }))
	}
	inSales("module-empty", "4.5", "an empty module", `"module":"sales"`, `"module":""`)
	inSales("module-slash", "4.5", "a module with a slash", `"module":"sales"`, `"module":"sales/1"`)
	inSales("space-first", "4.5", "a module with a space first", `"module":"sales"`, `"module":" sales"`)
	inSales("people-twice", "5.3", "people twice", `"plan"`, `"people":["external","external"],"plan"`)
	inSales("people-unknown", "5.3", "a kind of person that does not exist", `"plan"`, `"people":["robot"],"plan"`)
	inSales("tier-in-capitals", "4.5", "a tier with a capital letter", `"premium"`, `"Premium"`)
	inSales("part-empty", "5.3", "a part without line and tier", `{"line":"sales","tier":"premium"}`, `{}`)

	inAcme := func(name, spec, comment, old, new string) {
		bad(23, "list-fence-"+name, spec, comment, inFence(old, new))
	}
	inAcme("ends-first", "7.3", "a fence that ends before it begins", `"through":"2030-12-31"`, `"through":"2025-12-31"`)
	inAcme("term-too-large", "7.3", "a term of 2^31 days", `"max_term_days":1100`, `"max_term_days":2147483648`)
	inAcme("term-zero", "7.3", "a term of no days", `"max_term_days":1100`, `"max_term_days":0`)
	inAcme("kinds-order", "7.3", "kinds in another order", `["system","site","user"]`, `["user","site","system"]`)
	inAcme("kinds-empty", "4.1", "no kinds, written", `["system","site","user"]`, `[]`)
	inAcme("modules-empty", "4.1", "no modules, written", `["*"]`, `[]`)
	inAcme("pattern-in-capitals", "7.3", "a pattern that is not folded", `["*"]`, `["Sales"]`)
	inAcme("pattern-two-stars", "7.3", "a pattern with two stars", `["*"]`, `["sales**"]`)
	bad(23, "list-next-root-twice", "7.3", "a next root's key twice", inList(rootLine("root-1"), rootLine("root-1")+"\n"+nextLine("root-2")+"\n"+swap(nextLine("root-2"), "root-2", "root-9")))
	all[len(all)-1].line = 24
	bad(24, "list-next-root-name-twice", "7.3", "a next root's name twice", inList(rootLine("root-1"), rootLine("root-1")+"\n"+nextLine("root-2")+"\n"+swap(nextLine("root-3"), "root-3", "root-2")))
	bad(22, "list-root-name", "4.5", "a root's name with a space", inList(`"root.example/root-1"`, `"root example"`))
	bad(22, "list-root-name-too-long", "4.5", "a root's name of 256 characters", inList(`"root.example/root-1"`, `"`+strings.Repeat("r", 256)+`"`))
	bad(21, "list-threshold-zero", "7.3", "no root must sign", inList(`"threshold":1`, `"threshold":0`))
	bad(21, "list-algorithm-twice", "7.3", "an algorithm twice", inList(`"threshold":1`, `"threshold":1,"algorithms":[{"name":"later-1","from":"2035-01-01"},{"name":"later-1","from":"2036-01-01"}]`))
	bad(24, "list-drop-without-date", "7.3", "a drop without a date", withRevocation(`"`+public("lost")+`","effect":"drop-on"`))
	bad(24, "list-unknown-line", "7.3", "a line of a kind that does not exist", with(func(d *doc) { d.lists[0].text += `{"witness":"x"}` + "\n" }))
	bad(20, "list-other-format", "7.3", "another first line", inList("pott-key-list/v1", "pott-keys/v1"))
	all = append(all, vector{name: "list-newer-version", expect: newer, spec: "5.1", line: 20, comment: "version 2 of the key list", file: inList("key-list/v1", "key-list/v2")})
	bad(14, "certificate-other-format", "7.4", "another first line", inCert("pott-issuer-certificate/v1", "pott-certificate/v1"))
	bad(16, "certificate-key-ends-first", "7.4", "a signing key that ends before it begins", inCert(`"through":"2027-12-31"`, `"through":"2026-01-01"`))
	bad(16, "certificate-type", "7.4", "a type that is not a word", inCert(`"type":"set"`, `"type":"Set"`))
	bad(15, "certificate-without-keys", "7.4", "no signing keys", inCert(signingKey("acme-set")+"\n", ""))
	bad(15, "certificate-only-revokes", "7.4", "a revocation and no signing key", inCert(signingKey("acme-set"), `{"revoke":"`+public("lost")+`"}`))
	return append(all, edgesOfTheChain()...)
}

func edgesOfTheChain() []vector {
	bend := func(text []byte, key keyOf) []byte { return sign(append(text, '\n'), key) }
	bad := func(name, expect, spec, comment, file string) vector {
		return vector{name: "chain-" + name, expect: expect, spec: spec, comment: comment, file: file}
	}
	otherName := bad("root-under-other-name", "set.untrusted", "8.2", "the verifier's root file gives the root another name", with(func(d *doc) {
		d.lists[0].text = swap(d.lists[0].text, "root.example/root-1", "root.example/root-one")
		d.lists[0].sigs[0].name = "root.example/root-one"
	}))
	firstDay := vector{name: "ok-ahead-and-behind", expect: "ok", spec: "8.4", comment: "issued on the first day of the keys, which the verifier's clock has not reached", now: "2026-05-31T23:59:59Z", file: with(func(d *doc) {
		d.lists[0].text = swap(d.lists[0].text, `"from":"2026-01-01"`, `"from":"2026-06-01"`)
		d.cert.text = swap(d.cert.text, `"from":"2026-01-02"`, `"from":"2026-06-01"`)
	})}
	lastDay := vector{name: "ok-last-day-of-all-keys", expect: "ok", spec: "8.4", comment: "accepted on the last day of the key list, the issuer and the signing key", now: "2026-06-10T23:59:59Z", file: with(func(d *doc) {
		d.lists[0].text = swap(swap(d.lists[0].text, `"through":"2030-12-31"`, `"through":"2026-06-10"`), `"2026-01-01T00:00:00Z",`, `"2026-01-01T00:00:00Z","through":"2026-06-10",`)
		d.cert.text = swap(d.cert.text, `"through":"2027-12-31"`, `"through":"2026-06-10"`)
	})}
	skipped := bad("list-number-skipped", malformed, "3.2", "list 2 is missing", rotated(func(lists []part) { lists[1] = lists[2] }))
	skipped.line = 29
	receipts := swap(signingKey("acme-2"), `"set"`, `"receipt"`)
	bySecond := sig{name: origin, key: "acme-2"}
	falsely := sig{name: origin, key: "acme-2", make: bend}
	twoKeys := func(first, second string, s sig) string {
		return with(func(d *doc) {
			d.cert = certificate(certHead, first, second)
			d.sigs = append(d.sigs, s)
		})
	}
	set, other := signingKey("acme-set"), signingKey("acme-2")
	return []vector{
		bad("also-signed-for-receipts-first", "ok", "8.3", "the checkpoint is signed with a key for receipts too, which the certificate names first", twoKeys(receipts, set, bySecond)),
		bad("also-signed-for-receipts-last", "ok", "8.3", "the checkpoint is signed with a key for receipts too, which the certificate names last", twoKeys(set, receipts, bySecond)),
		bad("receipts-signature-damaged", "ok", "8.3", "a signature by a key for receipts is damaged; nobody asks for it", twoKeys(receipts, set, falsely)),
		bad("second-key-signature-damaged-last", unsigned, "6.3", "the signature of a second key for sets is damaged; the certificate names it last", twoKeys(set, other, falsely)),
		bad("second-key-signature-damaged-first", unsigned, "6.3", "the signature of a second key for sets is damaged; the certificate names it first", twoKeys(other, set, falsely)),
		bad("first-of-two-keys-counts", "set.certificate-expired", "8.3", "two keys for sets signed; the first of the certificate had not begun", twoKeys(swap(other, `"from":"2026-01-02"`, `"from":"2026-06-02"`), set, bySecond)),
		bad("second-issuer-signature-damaged", unsigned, "6.3", "the issuer has two keys; the signature of the second is damaged", with(func(d *doc) {
			d.lists[0].text += grant("ACME", "acme-2", fence) + "\n"
			d.cert.sigs = append(d.cert.sigs, sig{name: issuerName, key: "acme-2", make: bend})
		})),
		bad("first-of-two-issuer-keys-counts", "set.outside-fence", "8.3", "both keys of the issuer signed; the fence of the first in the list counts", with(func(d *doc) {
			d.lists[0].text = swap(d.lists[0].text, grant("ACME", "acme", fence), grant("ACME", "acme-2", swap(fence, `"max_quantity":1000000`, `"max_quantity":9`))+"\n"+grant("ACME", "acme", fence))
			d.cert.sigs = append(d.cert.sigs, sig{name: issuerName, key: "acme-2"})
		})),
		bad("next-root-signs-set", "ok", "8.3", "the signing key is announced as a next root, which is not a root yet", inList(rootLine("root-1"), rootLine("root-1")+"\n"+swap(nextLine("root-2"), public("root-2"), public("acme-set")))),
		otherName, firstDay, lastDay,
		bad("spare-signature-damaged", unsigned, "6.3", "list 3 has enough signatures, and a damaged one by another of its roots", rotated(func(lists []part) {
			lists[2].sigs = append(lists[2].sigs, sig{name: rootName("root-4"), key: "root-4", make: bend})
		})),
		bad("certificate-signature-damaged", unsigned, "6.3", "the issuer's signature is of another text", with(func(d *doc) { d.cert.sigs[0].make = bend })),
		bad("list-signature-damaged", unsigned, "6.3", "the root's signature is of another text", with(func(d *doc) { d.lists[0].sigs[0].make = bend })),
		bad("next-root-signs", "set.untrusted", "7.3", "list 2 is signed by a next root of list 1 in place of its root", rotated(func(lists []part) {
			lists[1].sigs = []sig{rootSig("root-2"), rootSig("root-3"), {name: rootName("root-4"), key: "root-4"}}
		})),
		bad("threshold-lowered", "set.untrusted", "8.2", "list 3 asks for one signature, and has one; list 2 asks for two", rotated(func(lists []part) {
			lists[2].text = swap(lists[2].text, `"threshold":2`, `"threshold":1`)
			lists[2].sigs = []sig{rootSig("root-3")}
		})),
		skipped,
		bad("issuer-key-of-list-before", "set.unknown-issuer", "8.3", "list 2 gives the issuer another key", with(func(d *doc) {
			d.lists = append(d.lists, list(swap(listHead, `"number":1`, `"number":2`), []string{rootLine("root-1"), grant("ACME", "acme-2", fence)}, "root-1"))
		})),
		bad("fence-of-list-before", "set.outside-fence", "8.2", "list 2 makes the fence narrower", with(func(d *doc) {
			narrow := swap(fence, `"max_quantity":1000000`, `"max_quantity":9`)
			d.lists = append(d.lists, list(swap(listHead, `"number":1`, `"number":2`), []string{rootLine("root-1"), grant("ACME", "acme", narrow)}, "root-1"))
		})),
		bad("revocation-of-other-key", "ok", "8.3", "the issuer revoked another signing key", inCert(signingKey("acme-set"), signingKey("acme-set")+"\n"+`{"revoke":"`+public("lost")+`"}`)),
	}
}
