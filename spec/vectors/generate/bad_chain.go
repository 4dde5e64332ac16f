package main

import "strings"

// badKeys break the form of the certificate or of a key list.
func badKeys() []vector {
	acme := public("acme")
	key := func(name, comment, weak string) vector {
		return at(23, "key-"+name, "7.1", comment, inList(acme, weak))
	}
	return []vector{
		key("neutral", "an issuer key that verifies any text", base(neutral)),
		key("small-order", "an issuer key of order eight", base(orderEight)),
		key("second-spelling", "an issuer key in an encoding that is not canonical", pointWith(fieldElement, true)),
		key("not-a-point", "an issuer key that is not on the curve", pointWith(canonical, false)),
		key("short", "an issuer key of 31 bytes", base(make([]byte, 31))),
		at(16, "certificate-neutral", "7.1", "a signing key that verifies any text", inCert(public("acme-set"), base(neutral))),
		at(15, "certificate-other-issuer", "7.4", "the certificate of another issuer", inCert(`"ACME"`, `"OTHER"`)),
		at(17, "certificate-key-twice", "7.4", "a signing key twice", inCert("2027-12-31\"}\n", "2027-12-31\"}\n"+swap(signingKey("acme-set"), `"set"`, `"receipt"`)+"\n")),
		at(16, "certificate-certifies", "7.4", "a line that would name an issuer", inCert(signingKey("acme-set"), grant("ACME", "acme-2", fence))),
		at(17, "certificate-order", "7.4", "a signing key after a revocation", inCert(signingKey("acme-set"), `{"revoke":"`+public("lost")+"\"}\n"+signingKey("acme-set"))),
		at(18, "certificate-revoked-twice", "7.4", "a key is revoked twice", inCert(signingKey("acme-set"), signingKey("acme-set")+"\n"+`{"revoke":"`+public("lost")+"\"}\n"+`{"revoke":"`+public("lost")+`"}`)),
		{name: "certificate-newer-version", expect: newer, spec: "5.1", line: 14, comment: "version 2 of the certificate", file: inCert("certificate/v1", "certificate/v2")},
		at(21, "list-gap", "3.2", "key list 1 is missing", inList(`"number":1`, `"number":2`)),
		at(21, "list-threshold", "7.3", "two roots must sign, and there is one", inList(`"threshold":1`, `"threshold":2`)),
		at(21, "list-threshold-too-large", "3.3", "five roots must sign", inList(`"threshold":1`, `"threshold":5`)),
		at(21, "list-without-roots", "7.3", "no roots", inList(rootLine("root-1")+"\n", "")),
		at(23, "list-root-twice", "7.3", "a root key twice, with two names", inList(rootLine("root-1"), rootLine("root-1")+"\n"+swap(rootLine("root-1"), "root.example/root-1", "root.example/root-9"))),
		at(23, "list-root-name-twice", "7.3", "two root keys with one name", inList(rootLine("root-1"), rootLine("root-1")+"\n"+swap(rootLine("root-2"), "root.example/root-2", "root.example/root-1"))),
		at(21, "list-issuer-is-root", "7.3", "a root key as an issuer's key", inList(acme, public("root-1"))),
		at(23, "list-order", "7.3", "a root after an issuer", with(func(d *doc) {
			d.lists[0] = list(listHead, []string{grant("ACME", "acme", fence), rootLine("root-1")}, "root-1")
		})),
		at(24, "list-drop-too-soon", "7.3", "accepted sets are dropped 13 days after the list", withRevocation(`"`+public("acme-set")+`","effect":"drop-on","date":"2026-01-14"`)),
		at(24, "list-unknown-effect", "7.3", "a revocation with an effect that does not exist", withRevocation(`"`+public("acme-set")+`","effect":"drop-now"`)),
		at(21, "list-ed25519-listed", "7.3", "ed25519 among the algorithms", inList(`"threshold":1`, `"threshold":1,"algorithms":[{"name":"ed25519","from":"2026-01-01"}]`)),
		at(24, "list-issuer-key-twice", "7.3", "one key for two issuers", with(func(d *doc) { d.lists[0].text += grant("OTHER", "acme", fence) + "\n" })),
		at(25, "list-revoked-twice", "7.3", "a key is revoked twice", withRevocation(`"`+public("lost")+`","effect":"refuse-new"}`+"\n"+`{"revoke":"`+public("lost")+`","effect":"drop-on","date":"2030-01-01"`)),
		at(24, "list-refuse-with-date", "7.3", "a date where none belongs", withRevocation(`"`+public("lost")+`","effect":"refuse-new","date":"2030-01-01"`)),
		at(23, "list-pattern", "7.3", "a pattern with a star in the middle", inFence(`["*"]`, `["sa*es"]`)),
		at(23, "list-fence-open", "7.3", "a fence without a largest quantity", inFence(`"max_quantity":1000000,`, "")),
	}
}

// withRevocation returns the usual file with a revocation in its key list.
func withRevocation(revoke string) string {
	return with(func(d *doc) { d.lists[0].text += `{"revoke":` + revoke + "}\n" })
}

// badChains are well-formed files that nobody should believe.
func badChains() []vector {
	bad := func(name, expect, spec, comment, file string) vector {
		return vector{name: "chain-" + name, expect: expect, spec: spec, comment: comment, file: file}
	}
	const untrusted = "set.untrusted"
	twoRoots := bad("one-of-two-trusted-roots", untrusted, "8.2", "the verifier wants two of its roots, and one signed", usual().String())
	twoRoots.trust = &pin{2, []string{"root-1", "root-2"}}
	otherRoot := bad("other-root", untrusted, "8.2", "the verifier trusts another root", usual().String())
	otherRoot.trust = &pin{1, []string{"root-2"}}
	sameName := bad("root-with-trusted-name", untrusted, "8.2", "an unknown root under the name of the trusted one", with(func(d *doc) {
		d.lists[0].text = swap(d.lists[0].text, public("root-1"), public("mallory"))
		d.lists[0].sigs[0].key = "mallory"
	}))
	old := bad("old-key-list", "set.old-key-list", "8.2", "the verifier has accepted key list 2", usual().String())
	old.headers = []string{"highest-key-list: 2"}
	oldCert := bad("old-certificate", "set.old-certificate", "8.3", "the verifier has accepted certificate 2", usual().String())
	oldCert.headers = []string{"highest-certificate: 2"}

	ofIssue := bad("algorithm-required-of-issue", newer, "8.2", "a second kind of signature is required of sets issued that day; the verifier's clock is a day behind", inList(`"threshold":1`, `"threshold":1,"algorithms":[{"name":"ml-dsa-65","from":"2026-06-01"}]`))
	ofIssue.now = "2026-05-31T12:00:00Z"

	return []vector{
		otherRoot, twoRoots, sameName, old, oldCert,
		bad("list-not-signed-by-previous", untrusted, "8.2", "list 2 is signed by its own roots only", rotated(func(lists []part) { lists[1].sigs = lists[1].sigs[1:] })),
		bad("list-below-own-threshold", untrusted, "8.2", "list 2 is signed by one of its two roots", rotated(func(lists []part) { lists[1].sigs = lists[1].sigs[:2] })),
		bad("list-below-previous-threshold", untrusted, "8.2", "list 3 is signed by one of the two roots of list 2", rotated(func(lists []part) {
			lists[2].sigs = []sig{rootSig("root-3"), rootSig("root-5")}
		})),
		bad("one-root-two-names", untrusted, "8.2", "one key signs list 3 under two names, and counts once", rotated(func(lists []part) {
			lists[2].sigs = []sig{rootSig("root-3"), {name: rootName("root-2"), key: "root-3"}, rootSig("root-5")}
		})),
		bad("unknown-issuer", "set.unknown-issuer", "8.3", "the key list names another issuer", inList(`"ACME"`, `"OTHER"`)),
		bad("issuer-key", "set.unknown-issuer", "8.3", "the certificate is signed with a key the list does not name", with(func(d *doc) { d.cert.sigs[0].key = "acme-2" })),
		bad("issuer-key-of-other", "set.unknown-issuer", "8.3", "the certificate is signed with the key of another issuer", with(func(d *doc) {
			d.lists[0].text += grant("OTHER", "other", fence) + "\n"
			d.cert.sigs[0].key = "other"
		})),
		bad("issuer-key-of-other-by-name", "set.unknown-issuer", "8.3", "the certificate is signed with the key of another issuer under that issuer's name", with(func(d *doc) {
			d.lists[0].text += grant("OTHER", "other", fence) + "\n"
			d.cert.sigs[0] = sig{name: "OTHER/pott-issuer", key: "other"}
		})),
		bad("issuer-gone", "set.unknown-issuer", "8.3", "list 2 no longer names the issuer", with(func(d *doc) {
			d.lists = append(d.lists, list(swap(listHead, `"number":1`, `"number":2`), []string{rootLine("root-1")}, "root-1"))
		})),
		bad("signing-key", unsigned, "8.3", "the checkpoint is signed with a key the certificate does not name", with(func(d *doc) { d.sigs[0].key = "mallory" })),
		bad("key-for-receipts", unsigned, "8.3", "the checkpoint is signed with a key for receipts", inCert(`"type":"set"`, `"type":"receipt"`)),
		bad("signature-under-other-name", unsigned, "6.3", "the right key signed the checkpoint under another key name", with(func(d *doc) { d.sigs[0].name = "ACME" })),
		bad("two-levels", unsigned, "8.3", "the issuer's key names itself as a signing key", with(func(d *doc) {
			d.cert.text = swap(d.cert.text, public("acme-set"), public("acme"))
			d.sigs[0].key = "acme"
		})),
		bad("root-signs-set", unsigned, "8.3", "a root key is named as a signing key", with(func(d *doc) {
			d.cert.text = swap(d.cert.text, public("acme-set"), public("root-1"))
			d.sigs[0].key = "root-1"
		})),
		bad("issuer-revoked", "set.revoked", "8.3", "the roots revoked the issuer's key", withRevocation(`"`+public("acme")+`","effect":"refuse-new"`)),
		bad("signing-key-revoked-by-roots", "set.revoked", "8.3", "the roots will drop the signing key's sets later; new ones are refused at once", withRevocation(`"`+public("acme-set")+`","effect":"drop-on","date":"2030-01-01"`)),
		bad("signing-key-revoked-by-issuer", "set.revoked", "8.3", "the issuer revoked the signing key", inCert(signingKey("acme-set"), signingKey("acme-set")+"\n"+`{"revoke":"`+public("acme-set")+`"}`)),
		ofIssue, bad("algorithm-required-today", newer, "8.2", "a second kind of signature is required from today on; the set was issued before", inList(`"threshold":1`, `"threshold":1,"algorithms":[{"name":"ml-dsa-65","from":"2026-06-10"}]`)),
		bad("algorithm-required", newer, "8.2", "a second kind of signature is required of sets issued that day", inList(`"threshold":1`, `"threshold":1,"algorithms":[{"name":"ml-dsa-65","from":"2026-06-01"}]`)),
	}
}

func badTimes() []vector {
	late := func(name, spec, comment, now, file string) vector {
		return vector{name: "time-" + name, expect: "set.certificate-expired", spec: spec, comment: comment, now: now, file: file}
	}
	ended := vector{name: "time-set-ended", expect: "set.expired", spec: "8.6", comment: "the last day of the set was yesterday", headers: []string{"today: 2027-04-09"}, file: usual().String()}
	return []vector{
		ended,
		{name: "time-issued-ahead", expect: "set.not-yet-valid", spec: "8.4", comment: "issued 24 hours and one second ahead of the clock", now: "2026-05-31T07:59:59Z", file: usual().String()},
		late("signing-key-ended", "8.4", "accepted on the day after the signing key's last", "2028-01-01T00:00:00Z", usual().String()),
		late("signing-key-not-begun", "8.4", "issued on the day before the signing key's first", usualNow, inCert(`"from":"2026-01-02"`, `"from":"2026-06-02"`)),
		late("signing-key-ended-at-issue", "8.4", "issued on the day after the signing key's last", "2026-05-31T23:00:00Z", inCert(`"through":"2027-12-31"`, `"through":"2026-05-31"`)),
		late("issuer-ended", "8.4", "accepted on the day after the issuer's last", usualNow, inFence(`"through":"2030-12-31"`, `"through":"2026-06-09"`)),
		late("issuer-not-begun", "8.4", "issued on the day before the issuer's first", usualNow, inFence(`"from":"2026-01-01"`, `"from":"2026-06-02"`)),
		late("key-list-ended", "8.4", "accepted on the day after the key list's last", usualNow, inList(`"2026-01-01T00:00:00Z",`, `"2026-01-01T00:00:00Z","through":"2026-06-09",`)),
		{name: "time-zone-unknown", expect: "set.unknown-time-zone", spec: "8.5", comment: "a time zone that does not exist", file: inHeader("Europe/Stockholm", "Europe/Atlantis")},
	}
}

func badFences() []vector {
	out := func(name, comment, file string) vector {
		return vector{name: "fence-" + name, expect: "set.outside-fence", spec: "8.5", comment: comment, file: file}
	}
	long := strings.Repeat("9", 15)
	return []vector{
		out("module", "a module outside the issuer's name space", inFence(`["*"]`, `["server","user","web","sales-*"]`)),
		out("kind", "a kind the issuer may not grant", inFence(`["system","site","user"]`, `["site","user"]`)),
		out("quantity", "one seat more than the issuer may grant of one license", inFence(`"max_quantity":1000000`, `"max_quantity":9`)),
		out("total", "one seat more than the issuer may grant in one set", inFence(`"max_total":10000000`, `"max_total":25`)),
		out("total-of-large-numbers", "quantities whose sum does not fit in 53 bits", with(func(d *doc) {
			d.lines = d.lines[:2]
			for _, m := range strings.Split("abcdefghijkl", "") {
				d.lines = append(d.lines, `{"module":"`+m+`","kind":"user","quantity":`+long+`}`)
			}
			d.lists[0].text = swap(d.lists[0].text, `"max_quantity":1000000,"max_total":10000000`, `"max_quantity":`+long+`,"max_total":9007199254740991`)
		})),
		out("unrestricted", "an unrestricted license", swapBoth(`"unrestricted":true,`, "", `"quantity":10,"prerequisite"`, `"quantity":10,"unrestricted":true,"prerequisite"`)),
		out("no-expiry", "a set without an end", swapBoth(`"no_expiry":true,`, "", `"dates":{"warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08"},`, "")),
		out("term", "one day longer than the issuer may grant; the grace time counts", inFence(`"max_term_days":1100`, `"max_term_days":310`)),
		out("last-date", "one day beyond the issuer's last date", inFence(`"last_date":"2032-12-31"`, `"last_date":"2027-04-07"`)),
		out("clients", "ways to sign in from an issuer that may not say", inFence(`,"clients":true`, "")),
		out("demo", "a demo set of 367 days", inHeader(`"grace":"2027-04-08"},`, `"grace":"2027-06-03"},"demo":true,`)),
		out("demo-without-end", "a demo set without an end", inHeader(`"dates":{"warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08"},`, `"demo":true,`)),
	}
}

// swapBoth changes the fence and the lines of the set before signing.
func swapBoth(oldFence, newFence, oldLine, newLine string) string {
	return with(func(d *doc) {
		d.lists[0].text = swap(d.lists[0].text, oldFence, newFence)
		lines := swap(strings.Join(d.lines, "\n"), oldLine, newLine)
		d.lines = strings.Split(lines, "\n")
	})
}
