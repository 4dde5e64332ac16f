package main

import (
	"fmt"
	"slices"
	"strings"
)

// The lines of the usual set.
const (
	header = `{"issuer":"ACME","issuer_name":"Acme AB","company":"Nordlys AS","serial":"1600065823","number":1,"issued":"2026-06-01T08:00:00Z","time_zone":"Europe/Stockholm","dates":{"warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08"},"clients":[{"name":"web","system":["server"],"user":["user","web"]}]}`
	server = `{"module":"server","kind":"system","quantity":1,"hidden":true}`
	user   = `{"module":"user","kind":"user","quantity":10,"names":{"sv":"Användare","en":"User"}}`
	web    = `{"module":"web","kind":"user","quantity":10,"prerequisite":"user"}`
	sales  = `{"module":"sales","kind":"user","quantity":5,"plan":{"includes":["user","web"],"group":"crm","parts":[{"line":"sales","tier":"premium"}]}}`
)

const (
	format     = "pott-license-set/v1"
	origin     = "ACME/pott-set/1600065823/1"
	issuerName = "ACME/pott-issuer"
	certHead   = `{"issuer":"ACME","number":1,"issued":"2026-01-02T00:00:00Z"}`
	listHead   = `{"number":1,"issued":"2026-01-01T00:00:00Z","threshold":1}`
	fence      = `{"from":"2026-01-01","through":"2030-12-31","last_date":"2032-12-31","max_term_days":1100,"max_quantity":1000000,"max_total":10000000,"kinds":["system","site","user"],"modules":["*"],"unrestricted":true,"no_expiry":true,"clients":true}`
)

func signingKey(key string) string {
	return fmt.Sprintf(`{"key":"%s","type":"set","from":"2026-01-02","through":"2027-12-31"}`, public(key))
}

func rootLine(root string) string {
	return fmt.Sprintf(`{"root":"%s","key":"%s"}`, rootName(root), public(root))
}

func nextLine(root string) string { return swap(rootLine(root), `"root"`, `"next_root"`) }

func grant(issuer, key, fence string) string {
	return fmt.Sprintf(`{"issuer":"%s","key":"%s","fence":%s}`, issuer, public(key), fence)
}

func rootSig(root string) sig { return sig{name: rootName(root), key: root} }

// list returns a key list signed by roots.
func list(head string, lines []string, roots ...string) part {
	p := part{text: "pott-key-list/v1\n" + head + "\n" + strings.Join(lines, "\n") + "\n"}
	for _, r := range roots {
		p.sigs = append(p.sigs, rootSig(r))
	}
	return p
}

func certificate(head string, lines ...string) part {
	return part{
		text: "pott-issuer-certificate/v1\n" + head + "\n" + strings.Join(lines, "\n") + "\n",
		sigs: []sig{{name: issuerName, key: "acme"}},
	}
}

func usual() doc {
	return doc{
		lines:  []string{format, header, server, user, web, sales},
		origin: origin,
		sigs:   []sig{{name: origin, key: "acme-set"}},
		cert:   certificate(certHead, signingKey("acme-set")),
		lists:  []part{list(listHead, []string{rootLine("root-1"), grant("ACME", "acme", fence)}, "root-1")},
	}
}

// with returns the usual file after a change that is made before signing.
func with(change func(*doc)) string {
	d := usual()
	change(&d)
	return d.String()
}

// inHeader changes a part of the header before signing.
func inHeader(oldNew ...string) string {
	return with(func(d *doc) {
		for i := 0; i < len(oldNew); i += 2 {
			d.lines[1] = swap(d.lines[1], oldNew[i], oldNew[i+1])
		}
	})
}

// inUser changes a part of the license of "user", on line 4, before signing.
func inUser(old, new string) string {
	return with(func(d *doc) { d.lines[3] = swap(d.lines[3], old, new) })
}

// inFence changes the fence before signing.
func inFence(old, new string) string { return inList(fence, swap(fence, old, new)) }

// inList changes a part of the key list before signing.
func inList(old, new string) string {
	return with(func(d *doc) { d.lists[0].text = swap(d.lists[0].text, old, new) })
}

// inCert changes a part of the certificate before signing.
func inCert(old, new string) string {
	return with(func(d *doc) { d.cert.text = swap(d.cert.text, old, new) })
}

// after changes the usual file once it is signed.
func after(old, new string) string { return swap(usual().String(), old, new) }

// swap replaces the first old, which must be there.
func swap(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic(fmt.Sprintf("%q does not contain %q", text, old))
	}
	return strings.Replace(text, old, new, 1)
}

// cases returns all vectors, by name.
func cases() []vector {
	all := slices.Concat(good(), changed(), badBytes(), badJSON(), badSets(), badNotes(), badKeys(), badChains(), badTimes(), badFences(), seconds(), proofs(), roots(), fields(), edges(), weakKeys(), refusedTexts())
	slices.SortFunc(all, func(a, b vector) int { return strings.Compare(a.name, b.name) })
	return all
}
