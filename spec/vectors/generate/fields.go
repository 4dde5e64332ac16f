package main

import (
	"cmp"
	"fmt"
	"strings"
)

// full is a file in which every field of every object stands once at least.
func full() doc {
	second := func(key string) string { return `,"also":[{"algorithm":"later-1","key":"` + key + `"}]}` }
	and := func(object, key string) string { return strings.TrimSuffix(object, "}") + second(key) }
	d := usual()
	d.origin = "ACME/pott-set/1600065823/2"
	d.sigs[0].name = d.origin
	d.lines = []string{
		format,
		`{"requires":["start"],"issuer":"ACME","issuer_name":"Acme AB","company":"Nordlys AS","serial":"1600065823","number":2,"issued":"2026-06-01T08:00:00Z","time_zone":"Europe/Oslo","dates":{"next_check":"2026-07-01","warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08","maintenance":"2027-02-26"},"start":"2026-06-08","deployment":"cloud","product":"11.11","occupancy":"credentials","previous":"` + strings.Repeat("0a", 32) + `","installation":"0123-4567-89ab-cdef-0123-4567-89ab-cdef","final":true,"demo":true,"clients":[{"name":"portal","people":["external"],"system":["server"],"user":["extern"]}]}`,
		`{"module":"sales","kind":"user","quantity":10,"unrestricted":true,"open_ended":true,"hidden":true,"marker":true,"people":["external"],"prerequisite":"user","plan":{"includes":["web"],"group":"crm","parts":[{"line":"sales","tier":"premium"}]},"version":"11.12","names":{"sv":"Sälj","en":"Sales","nb":"Salg","da":"Salget","de":"Vertrieb","nl":"Verkoop"},"tooltips":{"en":"Tip"}}`,
		`{"module":"feature","kind":"system","quantity":1,"edit":"feature-cal"}`,
		`{"module":"satellite","kind":"site","quantity":3}`,
	}
	d.cert = certificate(certHead, and(signingKey("acme-set"), "AAAA"), `{"revoke":"`+public("lost")+`"}`)
	d.lists = []part{list(`{"number":1,"issued":"2026-01-01T00:00:00Z","through":"2036-12-31","threshold":1,"algorithms":[{"name":"later-1","from":"2035-01-01"}]}`, []string{
		rootLine("root-1"), and(rootLine("root-2"), "BBBB"), and(nextLine("root-3"), "CCCC"), and(grant("ACME", "acme", fence), "DDDD"),
		`{"revoke":"` + public("lost") + `","effect":"drop-on","date":"2030-01-01"}`,
	}, "root-1")}
	return d
}

// The texts of a file, and where each begins.
const (
	inSet = iota
	inCertificate
	inKeyList
)

// lineIn returns the number in the file of a line of one of its texts.
func (d doc) lineIn(text, i int) int {
	certificate := len(d.lines) + 1 + 3 + 1 + len(d.sigs) + 1
	switch text {
	case inCertificate:
		return certificate + i + 1
	case inKeyList:
		return certificate + strings.Count(d.cert.text, "\n") + 1 + len(d.cert.sigs) + 1 + i + 1
	}
	return i + 1
}

// edit replaces a part of one line of a text, which must hold it once.
func (d *doc) edit(text, i int, old, new string) {
	change := func(line string) string {
		if strings.Count(line, old) != 1 {
			panic(fmt.Sprintf("%q stands %d times in %s", old, strings.Count(line, old), line))
		}
		return swap(line, old, new)
	}
	at := func(text *string) {
		lines := strings.Split(*text, "\n")
		lines[i] = change(lines[i])
		*text = strings.Join(lines, "\n")
	}
	switch text {
	case inSet:
		d.lines[i] = change(d.lines[i])
	case inCertificate:
		at(&d.cert.text)
	case inKeyList:
		at(&d.lists[0].text)
	}
}

// A field of the full file, with the value it has and another good one.
type field struct {
	object     string
	text, line int
	old, new   string
	optional   bool
}

// name returns the field's name.
func (f field) name() string { return strings.Split(f.old, `"`)[1] }

// object returns the fields of one object; "" as the new value takes the field
// away.
func object(name string, text, line int, fields ...[2]string) (list []field) {
	for _, f := range fields {
		optional := strings.HasPrefix(f[0], "?")
		list = append(list, field{name, text, line, strings.TrimPrefix(f[0], "?"), f[1], optional})
	}
	return list
}

// without returns the line's text around a field that is taken away, and what
// is left of it: fields are joined by commas.
func without(line, old string) (string, string) {
	if strings.Contains(line, ","+old) {
		return "," + old, ""
	}
	if strings.Contains(line, old+",") {
		return old + ",", ""
	}
	return old, ""
}

func fullFields() []field {
	lost, key := public("lost"), public("other")
	var list []field
	add := func(fields []field) { list = append(list, fields...) }
	add(object("header", inSet, 1,
		[2]string{`"issuer":"ACME"`, `"issuer":"OTHER"`}, [2]string{`?"issuer_name":"Acme AB"`, `"issuer_name":"Other AB"`},
		[2]string{`?"company":"Nordlys AS"`, `"company":"Nordlyset AS"`}, [2]string{`"serial":"1600065823"`, `"serial":"1600065824"`},
		[2]string{`"number":2`, `"number":3`}, [2]string{`"issued":"2026-06-01T08:00:00Z"`, `"issued":"2026-06-01T08:00:01Z"`},
		[2]string{`"time_zone":"Europe/Oslo"`, `"time_zone":"Europe/Paris"`},
		[2]string{`?"dates":{"next_check":"2026-07-01","warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08","maintenance":"2027-02-26"}`, ""},
		[2]string{`?"start":"2026-06-08"`, `"start":"2026-06-07"`},
		[2]string{`?"deployment":"cloud"`, `"deployment":"house"`}, [2]string{`?"product":"11.11"`, `"product":"11.13"`}, [2]string{`?"occupancy":"credentials"`, ""},
		[2]string{`"previous":"0a`, `"previous":"0b`}, [2]string{`?"installation":"0123`, `"installation":"0124`},
		[2]string{`?"final":true`, ""}, [2]string{`?"demo":true`, ""},
		[2]string{`?"clients":[{"name":"portal","people":["external"],"system":["server"],"user":["extern"]}]`, ""},
	))
	add(object("dates", inSet, 1,
		[2]string{`?"next_check":"2026-07-01"`, `"next_check":"2027-07-01"`}, [2]string{`?"warning":"2027-02-27"`, ""}, [2]string{`?"expiry":"2027-03-27"`, `"expiry":"2027-04-07"`},
		[2]string{`?"grace":"2027-04-08"`, `"grace":"2027-05-08"`}, [2]string{`?"maintenance":"2027-02-26"`, `"maintenance":"2029-02-26"`},
	))
	add(object("client", inSet, 1,
		[2]string{`"name":"portal"`, `"name":"kiosk"`}, [2]string{`?"people":["external"]`, `"people":["anonymous"]`},
		[2]string{`?"system":["server"]`, ""}, [2]string{`?"user":["extern"]`, `"user":["intern"]`},
	))
	add(object("license", inSet, 2,
		[2]string{`"module":"sales"`, `"module":"sales-2"`}, [2]string{`"quantity":10`, `"quantity":11`},
		[2]string{`?"unrestricted":true`, ""}, [2]string{`?"open_ended":true`, ""}, [2]string{`?"hidden":true`, ""}, [2]string{`?"marker":true`, ""},
		[2]string{`?"people":["external"]`, `"people":["internal","external"]`}, [2]string{`?"prerequisite":"user"`, `"prerequisite":"web"`},
		[2]string{`?"plan":{"includes":["web"],"group":"crm","parts":[{"line":"sales","tier":"premium"}]}`, ""},
		[2]string{`?"version":"11.12"`, `"version":"12.12"`}, [2]string{`?"tooltips":{"en":"Tip"}`, ""},
		[2]string{`?"names":{"sv":"Sälj","en":"Sales","nb":"Salg","da":"Salget","de":"Vertrieb","nl":"Verkoop"}`, ""},
	))
	add(object("license", inSet, 3, [2]string{`?"edit":"feature-cal"`, `"edit":"other-cal"`}))
	add(object("license", inSet, 4, [2]string{`"kind":"site"`, `"kind":"user"`}))
	add(object("plan", inSet, 2, [2]string{`?"includes":["web"]`, `"includes":["web","user"]`}, [2]string{`?"group":"crm"`, ""}, [2]string{`?"parts":[{"line":"sales","tier":"premium"}]`, ""}))
	add(object("part", inSet, 2, [2]string{`"line":"sales"`, `"line":"service"`}, [2]string{`"tier":"premium"`, `"tier":"essentials"`}))
	add(object("texts", inSet, 2,
		[2]string{`?"sv":"Sälj"`, `"sv":"Köp"`}, [2]string{`?"en":"Sales"`, ""}, [2]string{`?"nb":"Salg"`, `"nb":"Kjøp"`},
		[2]string{`?"da":"Salget"`, `"da":"Købet"`}, [2]string{`?"de":"Vertrieb"`, ""}, [2]string{`?"nl":"Verkoop"`, `"nl":"Inkoop"`},
	))
	add(object("certificate", inCertificate, 1, [2]string{`"issuer":"ACME"`, `"issuer":"OTHER"`}, [2]string{`"number":1`, `"number":2`}, [2]string{`"issued":"2026-01-02T00:00:00Z"`, `"issued":"2026-01-03T00:00:00Z"`}))
	add(object("signing-key", inCertificate, 2,
		[2]string{`"key":"` + public("acme-set") + `"`, `"key":"` + key + `"`}, [2]string{`"type":"set"`, `"type":"receipt"`},
		[2]string{`"from":"2026-01-02"`, `"from":"2026-01-01"`}, [2]string{`"through":"2027-12-31"`, `"through":"2028-12-31"`},
		[2]string{`?"also":[{"algorithm":"later-1","key":"AAAA"}]`, ""},
	))
	add(object("own-revocation", inCertificate, 3, [2]string{`"revoke":"` + lost + `"`, `"revoke":"` + key + `"`}))
	add(object("key-list", inKeyList, 1,
		[2]string{`"number":1`, `"number":2`}, [2]string{`"issued":"2026-01-01T00:00:00Z"`, `"issued":"2026-01-02T00:00:00Z"`},
		[2]string{`?"through":"2036-12-31"`, `"through":"2037-12-31"`}, [2]string{`"threshold":1`, `"threshold":2`},
		[2]string{`?"algorithms":[{"name":"later-1","from":"2035-01-01"}]`, ""},
	))
	add(object("algorithm", inKeyList, 1, [2]string{`"name":"later-1"`, `"name":"later-2"`}, [2]string{`"from":"2035-01-01"`, `"from":"2036-01-01"`}))
	add(object("root", inKeyList, 3, [2]string{`"root":"root.example/root-2"`, `"root":"root.example/root-9"`}, [2]string{`"key":"` + public("root-2") + `"`, `"key":"` + key + `"`}, [2]string{`?"also":[{"algorithm":"later-1","key":"BBBB"}]`, ""}))
	add(object("second-key", inKeyList, 3, [2]string{`"algorithm":"later-1"`, `"algorithm":"later-2"`}, [2]string{`"key":"BBBB"`, `"key":"EEEE"`}))
	add(object("next-root", inKeyList, 4, [2]string{`"next_root":"root.example/root-3"`, `"next_root":"root.example/root-9"`}, [2]string{`"key":"` + public("root-3") + `"`, `"key":"` + key + `"`}, [2]string{`?"also":[{"algorithm":"later-1","key":"CCCC"}]`, ""}))
	add(object("issuer", inKeyList, 5, [2]string{`"issuer":"ACME"`, `"issuer":"OTHER"`}, [2]string{`"key":"` + public("acme") + `"`, `"key":"` + key + `"`}, [2]string{`"fence":` + fence, ""}, [2]string{`?"also":[{"algorithm":"later-1","key":"DDDD"}]`, ""}))
	add(object("fence", inKeyList, 5,
		[2]string{`"from":"2026-01-01"`, `"from":"2025-01-01"`}, [2]string{`"through":"2030-12-31"`, `"through":"2031-12-31"`}, [2]string{`"last_date":"2032-12-31"`, `"last_date":"2033-12-31"`},
		[2]string{`"max_term_days":1100`, `"max_term_days":2200`}, [2]string{`"max_quantity":1000000`, `"max_quantity":2000000`}, [2]string{`"max_total":10000000`, `"max_total":20000000`},
		[2]string{`"kinds":["system","site","user"]`, `"kinds":["system","user"]`}, [2]string{`"modules":["*"]`, `"modules":["s*"]`},
		[2]string{`?"unrestricted":true`, ""}, [2]string{`?"no_expiry":true`, ""}, [2]string{`?"clients":true`, ""},
	))
	add(object("revocation", inKeyList, 6, [2]string{`"revoke":"` + lost + `"`, `"revoke":"` + key + `"`}, [2]string{`"effect":"drop-on"`, ""}, [2]string{`"date":"2030-01-01"`, `"date":"2031-01-01"`}))
	return list
}

// fields are the full file, with every field of every object edited after it
// was signed, and spelled in another letter case before; every needed field
// left out; and a field twice and an unknown one in each object.
func fields() []vector {
	list := []vector{
		{name: "ok-full", expect: "ok", spec: "5", comment: "a file in which every field stands", file: full().String()},
	}
	objects := map[string]bool{}
	for _, f := range fullFields() {
		list = append(list, f.edited(), f.signed("alias", "spelled in another letter case", capital(f.old)))
		if !f.optional {
			list = append(list, f.signed("missing", "left out", ""))
		}
		if !objects[f.object] && f.whole() {
			objects[f.object] = true
			list = append(list, f.signed("twice", "twice", f.old+","+f.old), f.signed("unknown-after", "followed by one that nobody knows", f.old+`,"colour":"blue"`))
		}
	}
	for _, o := range []struct {
		name       string
		text, line int
		first      string
		known      string // extensions that are required already
	}{{"header", inSet, 1, `{"requires":["start"],"issuer"`, `"start",`}, {"certificate", inCertificate, 1, `{"issuer"`, ""}, {"key-list", inKeyList, 1, `{"number"`, ""}} {
		_, rest, _ := strings.Cut(o.first, "],")
		rest = cmp.Or(rest, strings.TrimPrefix(o.first, "{"))
		requires := func(name string) string { return `{"` + name + `":[` + o.known + `"later-1"],` + rest }
		f := field{object: o.name, text: o.text, line: o.line, old: o.first}
		d := full()
		d.edit(o.text, o.line, o.first, requires("requires"))
		list = append(list, vector{name: "requires-in-" + o.name, expect: newer, spec: "10", line: d.lineIn(o.text, o.line), comment: "an extension that a reader must know", file: d.String()},
			f.signedAs("alias-"+o.name+"-requires", "requires, spelled in another letter case", requires("Requires")))
	}
	return list
}

// whole reports whether old is the field to its end.
func (f field) whole() bool { return !strings.HasSuffix(f.old, "0a") }

// capital spells the name of a field with a capital letter first.
func capital(old string) string { return `"` + strings.ToUpper(old[1:2]) + old[2:] }

// edited changes the field in the signed file.
func (f field) edited() vector {
	d := full()
	signed := d.String()
	before := strings.Split(signed, "\n")
	number := d.lineIn(f.text, f.line)
	line := before[number-1]
	old, new := f.old, f.new
	if new == "" {
		old, new = without(line, old)
	}
	before[number-1] = swap(line, old, new)
	v := vector{name: "edited-" + f.object + "-" + f.name(), expect: unsigned, spec: "6.2", comment: "the field " + f.name() + " was changed after signing", file: strings.Join(before, "\n")}
	if f.text != inSet {
		v.spec = "6.3"
	}
	for _, in := range []struct {
		object, field string
		line          int
		spec          string
	}{
		{"header", "issuer", len(d.lines) + 2, "6.2"}, {"header", "serial", len(d.lines) + 2, "6.2"}, {"header", "number", len(d.lines) + 2, "6.2"},
		{"certificate", "issuer", number, "7.4"}, {"key-list", "number", number, "3.2"}, {"issuer", "fence", number, "7.3"}, {"revocation", "effect", number, "7.3"},
	} {
		if f.object == in.object && f.name() == in.field {
			v.expect, v.line, v.spec = malformed, in.line, in.spec
		}
	}
	return v
}

// signed changes the field before the file is signed, which is an error of form.
func (f field) signed(kind, comment, new string) vector {
	return f.signedAs(kind+"-"+f.object+"-"+f.name(), "the field "+f.name()+", "+comment, new)
}

func (f field) signedAs(name, comment, new string) vector {
	d := full()
	old := f.old
	if new == "" {
		line := strings.Split(d.String(), "\n")[d.lineIn(f.text, f.line)-1]
		if !f.whole() {
			old += strings.Repeat("0a", 31) + `"`
		}
		old, new = without(line, old)
	}
	d.edit(f.text, f.line, old, new)
	return at(d.lineIn(f.text, f.line), name, "4.1", comment, d.String())
}
