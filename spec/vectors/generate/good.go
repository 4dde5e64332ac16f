package main

import "strings"

// A set with every field there is.
const (
	fullHeader = `{"requires":["start"],"issuer":"ACME","issuer_name":"Acme AB","company":"Nordlys AS","serial":"1600065823","number":1,"issued":"2026-06-01T08:00:00Z","time_zone":"Etc/GMT+1","dates":{"next_check":"2026-07-01","warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08","maintenance":"2027-02-27"},"start":"2026-07-01","deployment":"cloud","product":"11.11","occupancy":"credentials","installation":"0123-4567-89ab-cdef-0123-4567-89ab-cdef","final":true,"demo":true,"clients":[{"name":"web","system":["server"],"user":["user","web"]},{"name":"portal","people":["external"],"user":["extern-user-cal"]},{"name":"kiosk"}]}`
	fullUser   = `{"module":"User CAL_1.x","kind":"user","quantity":9007199254740987,"unrestricted":true,"open_ended":true,"hidden":true,"marker":true,"people":["internal","external","system","anonymous","resource"],"prerequisite":"user","plan":{"includes":["user"],"group":"crm","parts":[{"line":"sales","tier":"premium"},{"line":"service","tier":"essentials"}]},"version":"11.11","names":{"sv":"Ä","en":"A \"quoted\" \\ text","nb":"Å","da":"Ø","de":"ß","nl":"ĳ"},"tooltips":{"en":"Tip"}}`
	fullSystem = `{"module":"feature","kind":"system","quantity":1,"edit":"feature-cal"}`
	fullSite   = `{"module":"satellite","kind":"site","quantity":3}`
)

// rotated is a file whose roots were replaced: one root, then two that must
// agree, then another pair of which one stayed.
func rotated(change func(lists []part)) string {
	return with(func(d *doc) {
		issuer := grant("ACME", "acme", fence)
		d.lists = []part{
			list(listHead, []string{rootLine("root-1"), nextLine("root-2"), issuer}, "root-1"),
			list(`{"number":2,"issued":"2026-02-01T00:00:00Z","through":"2036-12-31","threshold":2}`, []string{rootLine("root-2"), rootLine("root-3"), issuer}, "root-1", "root-2", "root-3"),
			list(`{"number":3,"issued":"2026-03-01T00:00:00Z","threshold":2}`, []string{rootLine("root-3"), rootLine("root-4"), rootLine("root-5"), issuer}, "root-2", "root-3", "root-5"),
		}
		if change != nil {
			change(d.lists)
		}
	})
}

// exact is a fence that the usual set just fits into.
const exact = `{"from":"2026-06-01","through":"2026-06-10","last_date":"2027-04-08","max_term_days":311,"max_quantity":10,"max_total":26,"kinds":["system","user"],"modules":["server","us*","web","sales"],"clients":true}`

func good() []vector {
	ok := func(name, spec, comment, file string) vector {
		return vector{name: "ok-" + name, expect: "ok", spec: spec, comment: comment, file: file}
	}
	pinned := ok("pinned-later", "8.2", "the verifier's root file holds the roots of list 3 only", rotated(nil))
	pinned.trust = &pin{2, []string{"root-3", "root-4", "root-5"}}
	ahead := ok("clock-behind", "8.4", "issued 23 hours and 59 minutes ahead of the verifier's clock", usual().String())
	ahead.now = "2026-05-31T08:01:00Z"
	known := ok("same-key-list", "8.2", "the newest key list is the one accepted before", rotated(nil))
	known.headers = []string{"highest-key-list: 3", "highest-certificate: 1"}
	lastDay := ok("last-day", "8.6", "a set is accepted on its last day", usual().String())
	lastDay.headers = []string{"today: 2027-04-08"}

	return []vector{
		ok("usual", "1", "a set with four licenses", usual().String()),
		ok("smallest", "5.2", "a header with the needed fields only, and no licenses", with(func(d *doc) {
			d.lines = []string{format, `{"issuer":"ACME","serial":"1600065823","number":1,"issued":"2026-06-01T08:00:00Z","time_zone":"UTC"}`}
		})),
		ok("every-field", "5.3", "every field of a set", with(func(d *doc) {
			d.lines = []string{format, fullHeader, fullUser, fullSystem, fullSite}
			d.lists[0].text = swap(d.lists[0].text, `"max_quantity":1000000,"max_total":10000000`, `"max_quantity":9007199254740991,"max_total":9007199254740991`)
		})),
		ok("start-on-last-day", "5.2", "a set that begins on the last day of its grace", inHeader(`{"issuer":`, `{"requires":["start"],"issuer":`, `},"clients"`, `},"start":"2027-04-08","clients"`)),
		ok("optional-lines", "5.4", "two lines this version does not know and may ignore", with(func(d *doc) {
			d.lines = append(d.lines, `optional:colour {"module":"web","colour":"blue"} and anything`, "optional:alone")
		})),
		ok("empty-plan", "5.3", "a plan that gives nothing", with(func(d *doc) {
			d.lines = append(d.lines, `{"module":"no-selection","kind":"user","quantity":1,"unrestricted":true,"plan":{"group":"crm"}}`, `{"module":"nothing","kind":"user","quantity":1,"plan":{}}`)
		})),
		ok("second-set", "6.4", "set number 2 names the hash of its predecessor", with(func(d *doc) {
			d.lines[1] = swap(swap(d.lines[1], `"number":1`, `"number":2`), `"clients"`, `"previous":"`+strings.Repeat("0a", 32)+`","clients"`)
			d.origin = strings.TrimSuffix(origin, "1") + "2"
			d.sigs[0].name = d.origin
		})),
		ok("unknown-signature", "6.3", "a second signature on the checkpoint, by a key nobody asks for", with(func(d *doc) {
			d.sigs = append([]sig{{name: "witness.example/w1", key: "witness"}}, d.sigs...)
		})),
		ok("same-name-other-key", "6.3", "a second signature with the same key name, by a key nobody asks for", with(func(d *doc) {
			d.sigs = append(d.sigs, sig{name: origin, key: "witness"})
		})),
		ok("unknown-kind-of-signature", "6.3", "a second signature that is not Ed25519", with(func(d *doc) {
			d.sigs = append(d.sigs, sig{name: "pq.example/k", key: "witness", make: longSignature})
		})),
		ok("rotated-roots", "8.2", "three key lists, each signed by the roots before and its own", rotated(nil)),
		ok("new-issuer-key", "8.3", "the issuer has two keys, and the second signed the certificate", with(func(d *doc) {
			d.lists[0].text += grant("ACME", "acme-2", fence) + "\n"
			d.cert.sigs = []sig{{name: issuerName, key: "acme-2"}}
		})),
		ok("wrapped-anew", "3.2", "the usual set with a newer certificate and key list", with(func(d *doc) {
			d.cert = certificate(swap(certHead, `"number":1`, `"number":2`), signingKey("acme-set"), `{"key":"`+public("acme-receipt")+`","type":"receipt","from":"2026-01-02","through":"2027-12-31"}`, `{"revoke":"`+public("lost")+`"}`)
			d.lists = append(d.lists, list(swap(listHead, `"number":1`, `"number":2`), []string{rootLine("root-1"), grant("ACME", "acme", fence), `{"revoke":"` + public("lost") + `","effect":"drop-on","date":"2026-01-15"}`}, "root-1"))
		})),
		ok("inside-the-fence", "8.5", "the set touches every border of the fence", inList(fence, exact)),
		ok("occupancy-login", "5.2", "whoever has a login is on the one plan", inHeader(`"clients"`, `"occupancy":"login","clients"`)),
		ok("no-expiry", "8.5", "a set without an end, from an issuer that may", inHeader(`"dates":{"warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08"},`, "")),
		ok("algorithm-later", "8.2", "a second kind of signature is required from tomorrow on", inList(`"threshold":1`, `"threshold":1,"algorithms":[{"name":"ml-dsa-65","from":"2026-06-11"}]`)),
		pinned, ahead, known, lastDay,
	}
}
