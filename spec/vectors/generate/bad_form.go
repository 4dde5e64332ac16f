package main

import "strings"

const (
	malformed = "set.malformed"
	tooLarge  = "set.too-large"
	newer     = "set.needs-newer"
	unsigned  = "set.bad-signature"
)

// at returns a case with an error of form on a line.
func at(line int, name, spec, comment, file string) vector {
	return vector{name: name, expect: malformed, spec: spec, line: line, comment: comment, file: file}
}

// changed are files that were edited after they were signed.
func changed() []vector {
	edited := func(name, spec, comment, file string) vector {
		return vector{name: "changed-" + name, expect: unsigned, spec: spec, comment: comment, file: file}
	}
	return []vector{
		edited("quantity", "6.2", "five seats more of web", after(`"web","kind":"user","quantity":10`, `"web","kind":"user","quantity":15`)),
		edited("company", "6.2", "another company in the header", after("Nordlys AS", "Nordlyset AS")),
		edited("expiry", "6.2", "a later expiry", after(`"expiry":"2027-03-27"`, `"expiry":"2027-04-27"`)),
		edited("license-dropped", "6.2", "the license of web is gone", after(web+"\n", "")),
		edited("license-added", "6.2", "a license more", after(web+"\n", web+"\n"+`{"module":"windows","kind":"user","quantity":10}`+"\n")),
		edited("licenses-swapped", "6.2", "two licenses changed places", after(user+"\n"+web, web+"\n"+user)),
		edited("optional-line-added", "6.2", "an optional line more", after(sales+"\n", sales+"\noptional:extra\n")),
		edited("checkpoint-for-it", "6.3", "the quantity and the checkpoint were changed together", forged()),
		edited("certificate", "8.3", "the signing key's last day was moved", after(`"through":"2027-12-31"`, `"through":"2028-12-31"`)),
		edited("key-list", "8.2", "the fence was moved", after(`"max_quantity":1000000`, `"max_quantity":2000000`)),
		edited("signature", "6.3", "the signature of another text", with(func(d *doc) {
			d.sigs[0].make = func(text []byte, key keyOf) []byte { return sign(append(text, '\n'), key) }
		})),
		edited("size", "6.2", "the checkpoint is of one line more", with(func(d *doc) { d.size = 7 })),
		edited("size-smaller", "6.2", "the checkpoint is of one line less", with(func(d *doc) { d.size = 5; d.root = treeRoot(d.lines[:5]) })),
		edited("root-hash", "6.2", "the checkpoint has the root of another set", with(func(d *doc) { d.root = treeRoot(d.lines[:5]) })),
		edited("root-of-flat-hash", "6.1", "the root is a plain hash of all lines", with(func(d *doc) { d.root = flat(d.lines) })),
		at(7, "changed-license-twice", "5.3", "a license stands twice", after(web+"\n"+sales, web+"\n"+sales+"\n"+web)),
		at(8, "changed-origin", "6.2", "the checkpoint of another customer's set", with(func(d *doc) {
			d.origin = "ACME/pott-set/1600065831/1"
			d.sigs[0].name = d.origin
		})),
		at(8, "changed-origin-number", "6.2", "the checkpoint of another set of the customer", with(func(d *doc) {
			d.origin = "ACME/pott-set/1600065823/2"
			d.sigs[0].name = d.origin
		})),
		at(8, "changed-origin-issuer", "6.2", "the checkpoint of another issuer", with(func(d *doc) {
			d.origin = "OTHER/pott-set/1600065823/1"
			d.sigs[0].name = d.origin
		})),
	}
}

// forged changes a quantity and the root in the checkpoint, and keeps the
// signature.
func forged() string {
	d := usual()
	before := treeRoot(d.lines)
	text := d.String()
	d.lines[4] = swap(d.lines[4], `"quantity":10`, `"quantity":15`)
	return swap(swap(text, web, d.lines[4]), before, treeRoot(d.lines))
}

func badBytes() []vector {
	text := usual().String()
	large := func(name, comment, file string) vector {
		return vector{name: "bytes-" + name, expect: tooLarge, spec: "3.3", comment: comment, file: file}
	}
	return []vector{
		at(1, "bytes-crlf", "3.1", "lines end with carriage return and line feed", strings.ReplaceAll(text, "\n", "\r\n")),
		at(4, "bytes-tab", "3.1", "a tab in a text", inUser(`"User"`, "\"User\t\"")),
		at(4, "bytes-not-utf-8", "3.1", "a name in Latin-1", inUser("Användare", "Anv\xe4ndare")),
		at(4, "bytes-surrogate", "3.1", "half a surrogate pair, encoded as if it were a character", inUser("Användare", "Anv\xed\xa0\x80ndare")),
		at(4, "bytes-overlong", "3.1", "a slash in two bytes", inUser("Användare", "Anv\xc0\xafndare")),
		at(1, "bytes-order-mark", "5.1", "a byte order mark first", "\ufeff"+text),
		at(25, "bytes-cut-off", "3.1", "the last line has no end", strings.TrimSuffix(text, "\n")),
		at(8, "bytes-two-blank-lines", "3.2", "two blank lines before the checkpoint", swap(text, "\n\n", "\n\n\n")),
		at(26, "bytes-blank-line-last", "3.2", "a blank line at the end", text+"\n"),
		at(1, "bytes-blank-line-first", "3.2", "a blank line at the start", "\n"+text),
		{name: "bytes-empty", expect: malformed, spec: "3.1", comment: "an empty file"},
		at(1, "bytes-lines-only", "3.2", "the lines of the set without a checkpoint", text[:strings.Index(text, "\n\n")+1]),
		at(18, "bytes-no-key-list", "3.2", "nothing after the certificate", text[:strings.Index(text, "\npott-key-list")]),
		large("long-line", "a line of 65537 bytes", inUser("Användare", strings.Repeat("A", 65537-len(user)+len("Användare")))),
		large("nine-signatures", "nine signatures on the checkpoint", with(func(d *doc) {
			for _, w := range []string{"w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"} {
				d.sigs = append(d.sigs, sig{name: "witness.example/" + w, key: w})
			}
		})),
	}
}

func badJSON() []vector {
	list := []vector{}
	add := func(name, spec, comment, old, new string) {
		list = append(list, at(4, "json-"+name, spec, comment, inUser(old, new)))
	}
	const q = `"quantity":10`
	add("unknown-field", "4.1", "a field nobody knows", q, q+`,"colour":"blue"`)
	add("field-twice", "4.1", "a field stands twice", q, q+","+q)
	add("field-in-capitals", "4.1", "a field in another letter case", q, `"QUANTITY":10`)
	add("field-with-long-s", "4.1", "a field with U+017F for s", `"names"`, `"nameſ"`)
	add("field-escaped", "4.1", "a field name with an escape", q, `"\u0071uantity":10`)
	add("order", "4.1", "two fields in the wrong order", `"kind":"user","quantity":10`, `"quantity":10,"kind":"user"`)
	add("needed-field-missing", "5.3", "a license without a quantity", q+",", "")
	add("default-value", "4.1", "a flag that is false", q, q+`,"hidden":false`)
	add("flag-is-one", "4.1", "a flag that is 1", q, q+`,"hidden":1`)
	add("null", "4.1", "a field that is null", q, q+`,"version":null`)
	add("empty-text", "4.4", "an empty text", q, q+`,"version":""`)
	add("empty-object", "4.1", "texts without any", `{"sv":"Användare","en":"User"}`, `{}`)
	add("empty-list", "4.1", "a list without elements", `"quantity":10`, `"quantity":10,"people":[]`)
	add("space", "4.1", "white space after a comma", `"user","kind"`, `"user", "kind"`)
	add("trailing-comma", "4.1", "a comma before the end", `"User"}`, `"User",}`)
	add("after-the-end", "4.1", "something after the object", `"User"}}`, `"User"}} `)
	add("two-objects", "4.1", "two objects on one line", `"User"}}`, `"User"}}{}`)
	add("fraction", "4.2", "a quantity with a point", q, `"quantity":10.0`)
	add("exponent", "4.2", "a quantity with an exponent", q, `"quantity":1e1`)
	add("leading-zero", "4.2", "a quantity with a leading zero", q, `"quantity":010`)
	add("negative", "4.2", "a negative quantity", q, `"quantity":-10`)
	add("quoted-integer", "4.2", "a quantity in quotes", q, `"quantity":"10"`)
	add("integer-too-large", "3.3", "a quantity of 2^53", q, `"quantity":9007199254740992`)
	add("integer-overflow", "3.3", "a quantity of 2^64 + 10", q, `"quantity":18446744073709551626`)
	add("zero", "5.3", "a quantity of zero", q, `"quantity":0`)
	add("escaped-slash", "4.3", "an escape that is not needed", `"User"`, `"Us\/er"`)
	add("escaped-letter", "4.3", "a letter as an escape", `"User"`, `"\u0055ser"`)
	add("escape-in-capitals", "4.3", "an escape with a capital digit", `"User"`, `"User\u001F"`)
	add("long-escape-of-short", "4.3", "a line feed in the long form", `"User"`, `"User\u000a"`)
	add("control-character", "4.4", "a control character in a text, escaped", `"User"`, `"User\n"`)
	add("delete", "4.4", "U+007F in a text", `"User"`, "\"User\x7f\"")
	add("zero-width", "4.4", "a zero-width space in a text", `"User"`, "\"Us\u200ber\"")
	add("right-to-left", "4.4", "a right-to-left override in a text", `"User"`, "\"\u202eresU\"")
	add("tag-character", "4.4", "an invisible tag character in a text", `"User"`, "\"User\U000e0041\"")
	add("language", "4.4", "a language that files do not carry", `"en":"User"`, `"en":"User","fr":"Utilisateur"`)
	return list
}
