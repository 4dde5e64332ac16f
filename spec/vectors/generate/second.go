package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
)

// The standard library signs with ML-DSA-65 from Go 1.27 on. Until then its
// keys and signatures stand in a file, one to a line: "key NAME KEY" and
// "signature NAME TEXT SIGNATURE", with TEXT the SHA-256 of what is signed.
// OpenSSL 4 made them; the seed of a key is the SHA-256 of
// "pott test vector key: NAME ml-dsa-65".
//
//go:embed mldsa65.txt
var mldsa65 string

// made returns the rest of the line of the file that begins so.
func made(start string) string {
	for line := range strings.Lines(mldsa65) {
		if rest, ok := strings.CutPrefix(line, start+" "); ok {
			return strings.TrimSuffix(rest, "\n")
		}
	}
	panic("mldsa65.txt has no line " + start)
}

func secondKey(name string) string { return made("key " + name) }

// secondSig returns the signature line of a second key over a text.
func secondSig(name, key, text string, bent bool) string {
	sum := sha256.Sum256([]byte(text))
	signature := debase(made("signature " + key + " " + hex.EncodeToString(sum[:])))
	if bent {
		signature[0] ^= 1
	}
	return "— " + name + " " + base(append(secondID(name, key), signature...)) + "\n"
}

// secondID returns the key id of a second key.
func secondID(name, key string) []byte {
	sum := sha256.Sum256([]byte(name + "\n\xff2.16.840.1.101.3.4.3.18" + string(debase(secondKey(key)))))
	return sum[:4]
}

// also returns the last field of an object, with the second key of a holder.
func also(name string) string {
	return fmt.Sprintf(`,"also":[{"algorithm":"ml-dsa-65","key":"%s"}]}`, secondKey(name))
}

// withAlso gives the last field to an object.
func withAlso(object, name string) string { return strings.TrimSuffix(object, "}") + also(name) }

// twice returns the usual set with second keys and second signatures all the
// way, and a list that requires them from a date on.
func twice(from string, change func(*doc)) string {
	return with(func(d *doc) {
		d.sigs = append(d.sigs, sig{name: origin, key: "acme-set", second: true})
		d.cert = certificate(certHead, withAlso(signingKey("acme-set"), "acme-set"))
		d.cert.sigs = append(d.cert.sigs, sig{name: issuerName, key: "acme", second: true})
		head := swap(listHead, `"threshold":1`, `"threshold":1,"algorithms":[{"name":"ml-dsa-65","from":"`+from+`"}]`)
		d.lists = []part{list(head, []string{withAlso(rootLine("root-1"), "root-1"), withAlso(grant("ACME", "acme", fence), "acme")}, "root-1")}
		d.lists[0].sigs = append(d.lists[0].sigs, sig{name: rootName("root-1"), key: "root-1", second: true})
		if change != nil {
			change(d)
		}
	})
}

// seconds are files with second keys. What a reader that knows ML-DSA-65 says
// about them stands in a header of its own.
func seconds() []vector {
	v := func(name, expect, knowing, spec, comment, file string) vector {
		return vector{name: name, expect: expect, spec: spec, comment: comment, file: file, headers: []string{"knows-ml-dsa-65: " + knowing}}
	}
	drop := func(sigs []sig) []sig { return sigs[:1] }
	const later, today = "2026-06-11", "2026-06-10"
	list := []vector{
		v("ok-second-signatures", "ok", "ok", "7.6", "every signature is doubled by ML-DSA-65, which is required from tomorrow on", twice(later, nil)),
		v("ok-second-signature-cut-off", "ok", "ok", "7.6", "the second signature of the checkpoint is gone, and required from tomorrow on only", twice(later, func(d *doc) { d.sigs = drop(d.sigs) })),
		v("ok-second-signature-damaged", "ok", unsigned, "7.6", "the second signature of the checkpoint is damaged; a reader of this version does not ask", twice(later, func(d *doc) { d.sigs[1].bent = true })),
		v("second-required", newer, "ok", "8.2", "every signature is doubled by ML-DSA-65, which is required from today on", twice(today, nil)),
		v("second-required-and-missing", newer, unsigned, "8.2", "the second signature of the checkpoint is gone, and required from today on", twice(today, func(d *doc) { d.sigs = drop(d.sigs) })),
		v("second-required-of-certificate", newer, unsigned, "8.2", "the second signature of the certificate is gone, and required from today on", twice(today, func(d *doc) { d.cert.sigs = drop(d.cert.sigs) })),
	}
	// Other keys of unknown algorithms are short, and as good for rules of form.
	const word, other = `"algorithm":"later-1"`, `{"algorithm":"later-1","key":"AAAA"}`
	root, issuer := rootLine("root-1"), grant("ACME", "acme", fence)
	with := func(object, second string) string {
		return strings.TrimSuffix(object, "}") + `,"also":[` + second + `]}`
	}
	inRoot := func(name, comment, second string) {
		list = append(list, at(22, "second-"+name, "7.6", comment, inList(root, with(root, second))))
	}
	inRoot("ed25519", "an Ed25519 key as a second key", `{"algorithm":"ed25519","key":"`+public("lost")+`"}`)
	inRoot("algorithm-twice", "two second keys of one algorithm", other+","+swap(other, "AAAA", "BBBB"))
	inRoot("key-short", "an ML-DSA-65 key of 1951 bytes", `{"algorithm":"ml-dsa-65","key":"`+base(debase(secondKey("root-1"))[:1951])+`"}`)
	inRoot("key-empty", "a second key without a byte", swap(other, "AAAA", ""))
	inRoot("key-loose-base64", "a second key with stray bits in its base64", swap(other, "AAAA", "AAB="))
	inRoot("algorithm-in-capitals", "an algorithm that is not a word", swap(other, "later-1", "LATER-1"))
	inRoot("order", "the key before its algorithm", `{"key":"AAAA",`+word+`}`)
	inRoot("unknown-field", "a field nobody knows in a second key", swap(other, "}", `,"from":"2026-01-01"}`))
	return append(list,
		v("ok-second-key-of-unknown-algorithm", "ok", "ok", "7.6", "second keys of an algorithm that nobody knows yet, of a root, a next root, an issuer and a signing key", unknownSeconds(other)),
		at(22, "second-none", "4.1", "second keys without any", inList(root, with(root, ""))),
		at(23, "second-twice-among-roots", "7.6", "two roots with one second key", inList(root, with(root, other)+"\n"+with(rootLine("root-2"), other))),
		at(24, "second-twice-among-next-roots", "7.6", "two next roots with one second key", inList(root, root+"\n"+with(nextLine("root-2"), other)+"\n"+with(nextLine("root-3"), other))),
		at(24, "second-twice-among-issuers", "7.6", "two issuers with one second key", inList(issuer, with(issuer, other)+"\n"+with(grant("OTHER", "other", fence), other))),
		at(17, "second-twice-among-signing-keys", "7.6", "two signing keys with one second key", inCert(signingKey("acme-set"), with(signingKey("acme-set"), other)+"\n"+with(signingKey("acme-2"), other))),
	)
}

func unknownSeconds(second string) string {
	and := func(object string) string { return strings.TrimSuffix(object, "}") + `,"also":[` + second + `]}` }
	return with(func(d *doc) {
		d.cert = certificate(certHead, and(signingKey("acme-set")))
		d.lists = []part{list(listHead, []string{and(rootLine("root-1")), and(nextLine("root-2")), and(grant("ACME", "acme", fence))}, "root-1")}
	})
}
