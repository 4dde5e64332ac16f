package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The vectors of the license server's protocol, in a folder of their own.

const (
	askName     = "pott-installation"
	answerName  = "ACME/pott-receipt"
	receiptLine = `"type":"receipt","from":"2026-01-02","through":"2027-12-31"}`
)

// A talk is one case of the protocol.
type talk struct {
	name, kind, expect, spec, comment string
	spoken                            string
	asked                             string // the request a reply answers
	body                              string
}

func (t talk) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "expect: %s\nspec: %s\nkind: %s\n", t.expect, t.spec, t.kind)
	if t.spoken != "" {
		fmt.Fprintf(&b, "spoken: %s\n", t.spoken)
	}
	if t.kind == "reply" {
		fmt.Fprintf(&b, "asked: %s\nroot: %s\nthreshold: 1\n", base64.StdEncoding.EncodeToString([]byte(t.asked)), verifierKey("root-1"))
	}
	fmt.Fprintf(&b, "comment: %s\n\n%s", t.comment, t.body)
	return b.String()
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// fingerprint is how a key is named.
func fingerprint(key string) string {
	sum := sha256.Sum256(debase(public(key)))
	text := hex.EncodeToString(sum[:16])
	var groups []string
	for ; text != ""; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, "-")
}

func spoken(file string) string {
	sum := sha256.Sum256([]byte(file))
	var groups []string
	for i := range 6 {
		groups = append(groups, fmt.Sprintf("%05d", binary.BigEndian.Uint32(sum[4*i:])%100000))
	}
	return strings.Join(groups, " ")
}

const usualNonce = "000102030405060708090a0b0c0d0e0f"

// asks returns the lines of a request.
func asks(kind, more string) string {
	return "pott-license-request/v1\nkind: " + kind + "\nissuer: ACME\nserial: 1600065823\ncompany: Nordlys Ås\nkey: " + public("installation") +
		"\nnonce: " + usualNonce + "\nmade: 2026-06-10T12:00:00Z\nepoch: 0123abcd\nseq: 42\nhead: " + strings.Repeat("9a", 32) + "\n" + more
}

func signedBy(text, name, key string) string {
	return part{text, []sig{{name: name, key: key}}}.String()
}

// asked signs a request as the installation would.
func asked(text string) string { return signedBy(text, askName, "installation") }

const mark3 = "set: 3 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f\n"

// answers returns the lines of a reply to a request.
func answers(kind, request, more string) string {
	return "pott-license-reply/v1\nkind: " + kind + "\nissuer: ACME\nserial: 1600065823\ninstallation: " + fingerprint("installation") +
		"\nnonce: " + usualNonce + "\nrequest: " + hash(request) + "\nmade: 2026-06-10T12:00:01Z\n" + more
}

// chain is what vouches for a reply.
func chain(lines ...string) string {
	if lines == nil {
		lines = []string{signingKey("acme-set"), `{"key":"` + public("acme-receipt") + `",` + receiptLine}
	}
	d := usual()
	return "\n" + certificate(certHead, lines...).String() + "\n" + d.lists[0].String()
}

func answered(text string) string { return signedBy(text, answerName, "acme-receipt") + chain() }

func talks() []talk {
	return append(requests(), replies()...)
}

func requests() []talk {
	ping := asks("ping", mark3+"key-list: 1\n")
	var all []talk
	ok := func(name, text, comment string) {
		body := asked(text)
		all = append(all, talk{name: "ok-" + name, kind: "request", expect: "ok", spec: "4", comment: comment, spoken: spoken(body), body: body})
	}
	ok("ping", ping, "a ping with everything it may say")
	ok("ping-smallest", strings.Replace(swap(asks("ping", ""), "company: Nordlys Ås\n", ""), "seq: 42\n", "", 1), "a ping with the needed fields only")
	ok("register", asks("register", "code: ABCDEFGHIJKLMNOP\n"), "a registration")
	ok("fetch", asks("fetch", mark3), "a fetch")
	ok("accepted", asks("accepted", mark3), "a set that came in force")
	ok("rolled-back", asks("rolled-back", mark3+"left: 4 "+strings.Repeat("1e", 32)+"\n"), "a set that was left for the one before")
	ok("change", asks("change", "code: ABCDEFGHIJKLMNOP\nnew-serial: 1801550193\nnew-company: Nordlys Drift AS\n"), "another serial number and company")
	bad := func(name, expect, comment, body string) {
		all = append(all, talk{name: name, kind: "request", expect: expect, spec: "4", comment: comment, body: body})
	}
	form := func(name, comment, text string) { bad(name, "exchange.malformed", comment, asked(text)) }
	bad("other-version", "exchange.other-version", "a request of version 2", asked(swap(ping, "request/v1", "request/v2")))
	bad("changed", "exchange.bad-signature", "a number was changed after signing", swap(asked(ping), "seq: 42", "seq: 43"))
	bad("other-key", "exchange.bad-signature", "signed with another key than the one it names", signedBy(ping, askName, "witness"))
	bad("other-name", "exchange.bad-signature", "the key has another name", signedBy(ping, "installation", "installation"))
	bad("no-signature", "exchange.malformed", "without a signature", ping)
	bad("two-signatures", "exchange.malformed", "with two signatures", asked(ping)+sig{name: askName, key: "witness"}.line(ping))
	bad("carriage-returns", "exchange.malformed", "lines end with carriage return and line feed", strings.ReplaceAll(asked(ping), "\n", "\r\n"))
	bad("cut-off", "exchange.malformed", "the last line has no end", strings.TrimSuffix(asked(ping), "\n"))
	bad("too-large", "exchange.too-large", "one byte more than is read", asked(ping)+strings.Repeat("\n", 16385-len(asked(ping))))
	form("unknown-kind", "a kind that does not exist", asks("hello", ""))
	form("unknown-field", "a field that does not exist", ping+"colour: blue\n")
	form("field-twice", "a field stands twice", ping+"key-list: 1\n")
	form("out-of-order", "two fields in the wrong order", asks("ping", "key-list: 1\n"+mark3))
	form("empty-field", "a field without a value", asks("ping", "set: \n"))
	form("leading-zero", "a number with a leading zero", swap(ping, "seq: 42", "seq: 042"))
	form("zero", "a number that would be left out", swap(ping, "seq: 42", "seq: 0"))
	form("capital-hash", "a hash in capitals", swap(ping, "head: 9a9a", "head: 9A9a"))
	form("small-issuer", "an issuer in small letters", swap(ping, "issuer: ACME", "issuer: acme"))
	form("local-time", "a time with another zone", swap(ping, "12:00:00Z", "12:00:00+00:00"))
	form("bidi", "a company with a character that reorders text", swap(ping, "Nordlys", "Nord\u202elys"))
	form("space-at-end", "a text with a space at its end", swap(ping, "Nordlys Ås\n", "Nordlys Ås \n"))
	form("weak-key", "the key is a point of small order", swap(ping, public("installation"), base(neutral)))
	form("register-without-code", "a registration without a code", asks("register", ""))
	form("ping-with-code", "a ping with a code", asks("ping", "code: ABCDEFGHIJKLMNOP\n"))
	form("accepted-nothing", "a report without a set", asks("accepted", ""))
	form("short-code", "a code that is too short to be one", asks("register", "code: ABCDEFGHIJKLMNO\n"))
	return all
}

func replies() []talk {
	ping := asks("ping", mark3)
	full := answers("ping", ping, "status: message-and-address\nmessage-sv: Hej\nmessage-en: Hello\naddress: https://shop.example/renew\n"+
		"set: 4 "+strings.Repeat("1e", 32)+"\ncompany: Nordlys Ås\n")
	plain := answers("ping", ping, "status: ok\n")
	fetch := asks("fetch", mark3)
	file := usual().String()
	brings := func(file string) string {
		return answers("fetch", fetch, fmt.Sprintf("status: new-set\nfile: %d %s\n", len(file), hash(file)))
	}
	one := func(name, expect, spec, comment, asking, body string) talk {
		return talk{name: "reply-" + name, kind: "reply", expect: expect, spec: spec, comment: comment, asked: asked(asking), body: body}
	}
	form := func(name, spec, comment, text string) talk {
		return one(name, "exchange.malformed", spec, comment, ping, answered(text))
	}
	old := asks("ping", "")
	expired := []string{signingKey("acme-set"), `{"key":"` + public("acme-receipt") + `",` + swap(receiptLine, "2027-12-31", "2026-06-09")}
	revoked := []string{signingKey("acme-set"), `{"key":"` + public("acme-receipt") + `",` + receiptLine, `{"revoke":"` + public("acme-receipt") + `"}`}
	return []talk{
		one("ok-plain", "ok", "5", "nothing is new", ping, answered(plain)),
		one("ok-full", "ok", "5", "a message with an address", ping, answered(full)),
		one("ok-refused", "ok", "5.1", "a refusal", ping, answered(answers("ping", ping, "refused: not-registered\nstatus: problem\n"))),
		one("ok-last", "ok", "5.4", "how far the installation was", ping, answered(answers("ping", ping, "status: ok\nlast: 42 0123abcd "+strings.Repeat("9a", 32)+"\n"))),
		one("ok-file", "ok", "5", "a license file", fetch, answered(brings(file))+"\n"+file),
		one("other-version", "exchange.other-version", "2", "a reply of version 2", ping, answered(swap(plain, "reply/v1", "reply/v2"))),
		one("changed", "set.bad-signature", "5.3", "the status was changed after signing", ping, swap(answered(plain), "status: ok", "status: problem")),
		one("signed-by-set-key", "set.bad-signature", "5.3", "signed with the key for sets", ping, signedBy(plain, answerName, "acme-set")+chain()),
		one("strange-key", "set.bad-signature", "5.3", "signed with a key that no certificate names", ping, signedBy(plain, answerName, "witness")+chain()),
		one("expired-key", "set.certificate-expired", "5.3", "the key was valid until the day before", ping, signedBy(plain, answerName, "acme-receipt")+chain(expired...)),
		one("revoked-key", "set.revoked", "5.3", "the certificate revokes the key", ping, signedBy(plain, answerName, "acme-receipt")+chain(revoked...)),
		one("old", "exchange.other-reply", "5.3", "the reply to an earlier request", ping, answered(swap(answers("ping", old, "status: ok\n"), usualNonce, strings.Repeat("77", 16)))),
		one("other-request", "exchange.other-reply", "5.3", "the same nonce, and other lines were asked", ping, answered(answers("ping", old, "status: ok\n"))),
		one("other-kind", "exchange.other-reply", "5.3", "the answer to a fetch", ping, answered(answers("fetch", ping, "status: ok\n"))),
		one("other-serial", "exchange.other-reply", "5.3", "for another serial number", ping, answered(swap(plain, "1600065823", "1801550193"))),
		one("other-installation", "exchange.other-reply", "5.3", "for another key", ping, answered(swap(plain, fingerprint("installation"), fingerprint("witness")))),
		one("other-file", "exchange.malformed", "5", "another file than it says", fetch, answered(brings(file))+"\n"+swap(file, "ACME", "ACNE")),
		one("no-file", "exchange.malformed", "5", "the file is missing", fetch, answered(brings(strings.Repeat(file, 3)))),
		form("ping-with-file", "5", "a ping brings a file", answers("ping", ping, "status: ok\nfile: 9 "+hash("x")+"\n")),
		form("http-address", "5", "an address that is not https", swap(full, "https://", "http://")),
		form("address-alone", "5", "an address without a message", answers("ping", ping, "status: ok\naddress: https://shop.example\n")),
		form("unknown-status", "5.2", "a status word that does not exist", answers("ping", ping, "status: fine\n")),
		form("unknown-refusal", "5.1", "a refusal that does not exist", answers("ping", ping, "refused: no\nstatus: problem\n")),
		form("last-without-number", "5.4", "how far it was, without a number", answers("ping", ping, "status: ok\nlast: 0123abcd "+strings.Repeat("9a", 32)+"\n")),
		form("last-zero", "5.4", "a number that would be left out", answers("ping", ping, "status: ok\nlast: 0 0123abcd "+strings.Repeat("9a", 32)+"\n")),
		form("last-out-of-order", "5.4", "how far it was, before the company", answers("ping", ping, "status: ok\nlast: 42 0123abcd "+strings.Repeat("9a", 32)+"\ncompany: Nordlys\n")),
		form("languages-out-of-order", "5", "messages in another order", answers("ping", ping, "status: message\nmessage-en: Hello\nmessage-sv: Hej\n")),
	}
}

// writeTalks replaces the vectors of the protocol, in a folder below dir.
func writeTalks(dir string) error {
	folder := filepath.Join(dir, "server")
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, t := range talks() {
		if err := os.WriteFile(filepath.Join(folder, t.name+".txt"), []byte(t.text()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
