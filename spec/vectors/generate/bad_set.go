package main

import "strings"

// badSets break a rule of the header or of the licenses.
func badSets() []vector {
	list := []vector{
		{name: "set-newer-version", expect: newer, spec: "5.1", line: 1, comment: "version 2 of the format", file: with(func(d *doc) { d.lines[0] = "pott-license-set/v2" })},
		{name: "set-requires", expect: newer, spec: "10", line: 2, comment: "an extension that a reader must know, with a field of its own", file: inHeader(`{"issuer"`, `{"requires":["meters"],"meters":[{"name":"sms"}],"issuer"`)},
		at(1, "set-other-format", "5.1", "another first line", with(func(d *doc) { d.lines[0] = "pott-set/v1" })),
		at(1, "set-version-zero", "5.1", "a version that is not written so", with(func(d *doc) { d.lines[0] = "pott-license-set/v02" })),
		at(2, "set-no-header", "5.2", "a license where the header should be", with(func(d *doc) { d.lines = append(d.lines[:1], d.lines[2:]...) })),
		at(4, "set-unknown-line", "5.3", "a line that is neither a license nor optional", with(func(d *doc) { d.lines[3] = "user 10" })),
		at(8, "set-license-after-optional", "5.4", "a license after an optional line", with(func(d *doc) {
			d.lines = append(d.lines, "optional:note", `{"module":"windows","kind":"user","quantity":1}`)
		})),
		at(7, "set-optional-without-word", "5.4", "an optional line without a word", with(func(d *doc) { d.lines = append(d.lines, "optional: note") })),
		at(5, "set-module-twice", "4.5", "a module twice, in two letter cases", inUser(`"user"`, `"WEB"`)),
	}
	list = append(list,
		at(6, "set-module-twice-in-capitals", "4.5", "a module twice, in capitals the second time", with(func(d *doc) {
			d.lines[5] = swap(swap(d.lines[5], `"sales"`, `"USER"`), `"includes":["user","web"],`, "")
		})),
		at(7, "set-optional-not-utf-8", "3.1", "an optional line that is not UTF-8", with(func(d *doc) { d.lines = append(d.lines, "optional:note \xff") })),
	)
	inHeaderOf := func(name, spec, comment, old, new string) {
		list = append(list, at(2, "set-"+name, spec, comment, inHeader(old, new)))
	}
	const number = `"number":1`
	inHeaderOf("reserved-field", "10", "a reserved field without requires", `"user":["user","web"]}]`, `"user":["user","web"]}],"meters":[{"name":"sms"}]`)
	inHeaderOf("serial-in-capitals", "4.1", "the serial in a field of another letter case", `"serial"`, `"SERIAL"`)
	inHeaderOf("serial-with-long-s", "4.1", "the serial in a field with U+017F for s", `"serial"`, `"ſerial"`)
	inHeaderOf("serial-with-space", "4.5", "a serial with a space", "1600065823", "16000 65823")
	inHeaderOf("issuer-lower-case", "4.5", "an issuer in lower case", `"ACME"`, `"acme"`)
	inHeaderOf("number-zero", "5.2", "set number 0", number, `"number":0`)
	inHeaderOf("issued-with-offset", "4.6", "a time with an offset", "08:00:00Z", "08:00:00+00:00")
	inHeaderOf("issued-with-fraction", "4.6", "a time with a fraction of a second", "08:00:00Z", "08:00:00.0Z")
	inHeaderOf("no-such-date", "4.6", "the thirtieth of February", "2027-02-27", "2027-02-30")
	inHeaderOf("date-short", "4.6", "a date without leading zeros", "2027-02-27", "2027-2-27")
	inHeaderOf("zone-local", "4.5", "the time zone of whoever reads", "Europe/Stockholm", "Local")
	inHeaderOf("zone-path", "4.5", "a time zone that leads out of its folder", "Europe/Stockholm", "../../etc/passwd")
	inHeaderOf("no-previous", "5.2", "set number 2 without its predecessor", number, `"number":2`)
	inHeaderOf("first-with-previous", "5.2", "set number 1 with a predecessor", `"clients"`, `"previous":"`+strings.Repeat("0a", 32)+`","clients"`)
	inHeaderOf("previous-in-capitals", "4.5", "a hash in capitals", number+`,"issued":"2026-06-01T08:00:00Z","time_zone":"Europe/Stockholm","dates":{"warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08"}`, `"number":2,"issued":"2026-06-01T08:00:00Z","time_zone":"Europe/Stockholm","previous":"`+strings.Repeat("0A", 32)+`"`)
	inHeaderOf("grace-without-expiry", "5.2", "a grace date without an expiry", `"expiry":"2027-03-27",`, "")
	inHeaderOf("start-not-required", "5.2", "a start that requires does not name", `"clients"`, `"start":"2026-07-01","clients"`)
	inHeaderOf("start-missing", "5.2", "a start in requires, and none in the header", `{"issuer"`, `{"requires":["start"],"issuer"`)
	startIn := func(name, comment, requires, start string) {
		list = append(list, at(2, "set-"+name, "5.2", comment, inHeader(`{"issuer"`, `{"requires":`+requires+`,"issuer"`, `"clients"`, start+`"clients"`)))
	}
	startIn("start-after-end", "a start on the day after the end", `["start"]`, `"start":"2027-04-09",`)
	startIn("start-required-twice", "a start named twice in requires", `["start","start"]`, `"start":"2026-07-01",`)
	startIn("start-in-dates", "a start among the dates", `["start"]`, `"dates":{"start":"2026-07-01"},`)
	inHeaderOf("occupancy-default", "4.1", "the default occupancy, written", `"clients"`, `"occupancy":"assignment","clients"`)
	inHeaderOf("occupancy-unknown", "5.2", "an occupancy nobody knows", `"clients"`, `"occupancy":"logins","clients"`)
	inHeaderOf("installation", "4.5", "a fingerprint without hyphens", `"clients"`, `"installation":"0123456789abcdef0123456789abcdef","clients"`)
	inHeaderOf("client-twice", "5.2", "two clients with one name", `[{"name":"web"`, `[{"name":"web"},{"name":"web"`)

	inLicense := func(name, spec, comment, old, new string) {
		list = append(list, at(6, "license-"+name, spec, comment, with(func(d *doc) { d.lines[5] = swap(d.lines[5], old, new) })))
	}
	inLicense("kind", "5.3", "a kind that does not exist", `"kind":"user"`, `"kind":"person"`)
	inLicense("kelvin-sign", "4.5", "a module with the Kelvin sign", `"sales"`, "\"mar\u212aeting\"")
	inLicense("long-s", "4.5", "a module with U+017F for s", `"sales"`, `"ſales"`)
	inLicense("two-spaces", "4.5", "a module with two spaces in a row", `"sales"`, `"sales  plan"`)
	inLicense("space-last", "4.5", "a module with a space last", `"sales"`, `"sales "`)
	inLicense("module-too-long", "4.5", "a module of 240 characters", `"sales"`, `"`+strings.Repeat("m", 240)+`"`)
	inLicense("people-default", "4.1", "the default people, written", `"plan"`, `"people":["internal"],"plan"`)
	inLicense("people-order", "5.3", "people in another order", `"plan"`, `"people":["external","internal"],"plan"`)
	inLicense("people-on-system", "5.3", "people on a system license", `"kind":"user","quantity":5,"plan":{"includes":["user","web"],"group":"crm","parts":[{"line":"sales","tier":"premium"}]}`, `"kind":"system","quantity":5,"people":["external"]`)
	inLicense("plan-on-site", "5.3", "a plan that is a site license", `"kind":"user"`, `"kind":"site"`)
	inLicense("edit-on-user", "5.3", "edit on a user license", `"plan"`, `"edit":"web","plan"`)
	inLicense("needs-itself", "5.3", "a license that needs itself", `"plan"`, `"prerequisite":"SALES","plan"`)
	inLicense("includes-itself", "5.3", "a plan that includes itself", `"user","web"`, `"user","Sales"`)
	inLicense("includes-twice", "5.3", "a plan that includes a module twice", `"user","web"`, `"web","WEB"`)
	inLicense("other-issuer", "4.5", "a plan that includes a module of another issuer", `"user","web"`, `"user","other:web"`)
	inLicense("line-twice", "5.3", "a plan with two tiers of one line", `"premium"}`, `"premium"},{"line":"sales","tier":"essentials"}`)
	inLicense("group", "4.5", "a group with a capital letter", `"crm"`, `"CRM"`)
	return list
}

// badNotes break the form of the checkpoint or of a signature.
func badNotes() []vector {
	text := usual().String()
	mark := "\n— " + origin + " "
	start := strings.Index(text, mark) + len(mark)
	encoded := text[start : start+strings.Index(text[start:], "\n")]
	return []vector{
		at(8, "note-extension", "6.2", "a checkpoint with a fourth line", with(func(d *doc) { d.extra = "extension\n" })),
		at(9, "note-size-with-zero", "6.2", "the number of leaves with a leading zero", after("\n6\n", "\n06\n")),
		at(10, "note-short-root", "6.2", "a root hash of 31 bytes", with(func(d *doc) { d.root = base(make([]byte, 31)) })),
		at(12, "note-hyphen", "6.3", "a hyphen for the dash", after("— "+origin, "- "+origin)),
		at(12, "note-spaces", "6.3", "two spaces after the dash", after("— "+origin, "—  "+origin)),
		at(12, "note-plus-in-name", "6.3", "a key name with a plus sign", after("— "+origin, "— +"+origin)),
		at(12, "note-loose-base64", "6.3", "a signature with stray bits before the padding", after(encoded, strings.TrimSuffix(encoded, "=")[:len(encoded)-2]+next(encoded[len(encoded)-2])+"=")),
		at(12, "note-no-padding", "6.3", "a signature without padding", after(encoded, strings.TrimSuffix(encoded, "="))),
		at(12, "note-url-base64", "6.3", "a signature in the base64 of web addresses", after(encoded, "-_"+encoded[2:])),
		at(13, "note-signed-twice", "6.3", "the same signature twice", after(encoded+"\n", encoded+"\n"+mark[1:]+encoded+"\n")),
		at(12, "note-key-id-only", "6.3", "a key id without a signature", after(encoded, "AAAAAA==")),
		{name: "note-high-s", expect: unsigned, spec: "7.1", comment: "the order of the group added to S", file: with(func(d *doc) { d.sigs[0].make = highS })},
		{name: "note-small-order-r", expect: unsigned, spec: "7.1", comment: "an R of order eight; verifiers that multiply by the cofactor accept it", file: with(func(d *doc) { d.sigs[0].make = withR(orderEight) })},
		{name: "note-second-spelling-of-r", expect: unsigned, spec: "7.1", comment: "an R in an encoding that is not canonical", file: with(func(d *doc) { d.sigs[0].make = withR(neutralPP) })},
		{name: "note-63-bytes", expect: unsigned, spec: "6.3", comment: "a signature that is a byte short", file: with(func(d *doc) {
			d.sigs[0].make = func(text []byte, key keyOf) []byte { return sign(text, key)[:63] }
		})},
	}
}

// next returns the base64 letter after c: the same bytes with a stray bit.
func next(c byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return letters[strings.IndexByte(letters, c)+1:][:1]
}
