package licensefile

import (
	"crypto/ed25519"
	"fmt"

	"github.com/pott-dev/pott/license"
)

func appendKeyList(b []byte, l *KeyList) []byte {
	w := writer{append(b, keyListFormat+"\n"...)}
	w.open()
	w.integer("number", l.Number)
	w.moment("issued", l.Issued)
	w.date("through", l.Through)
	w.integer("threshold", int64(l.Threshold))
	if len(l.Algorithms) > 0 {
		w.name("algorithms")
		w.b = append(w.b, '[')
		for i, a := range l.Algorithms {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.open()
			w.must("name", a.Name)
			w.date("from", a.From)
			w.close()
		}
		w.b = append(w.b, ']')
	}
	w.close()
	w.b = append(w.b, '\n')
	for _, k := range l.Roots {
		writeRoot(&w, "root", k)
	}
	for _, k := range l.NextRoots {
		writeRoot(&w, "next_root", k)
	}
	for i := range l.Issuers {
		g := &l.Issuers[i]
		w.open()
		w.must("issuer", string(g.Issuer))
		w.must("key", padded.EncodeToString(g.Key))
		w.name("fence")
		writeFence(&w, &g.Fence)
		writeAlso(&w, g.Also)
		w.close()
		w.b = append(w.b, '\n')
	}
	for _, r := range l.Revocations {
		w.open()
		w.must("revoke", padded.EncodeToString(r.Key))
		w.must("effect", string(r.Effect))
		w.date("date", r.Date)
		w.close()
		w.b = append(w.b, '\n')
	}
	return w.b
}

func writeRoot(w *writer, field string, k RootKey) {
	w.open()
	w.must(field, k.Name)
	w.must("key", padded.EncodeToString(k.Key))
	writeAlso(w, k.Also)
	w.close()
	w.b = append(w.b, '\n')
}

// The lines of a key list come in groups, in this order.
const (
	rootLines = iota
	nextLines
	issuerLines
	revokeLines
)

func readKeyList(n note, b block) (*KeyList, error) {
	if err := checkFormat(b, keyListFormat); err != nil {
		return nil, err
	}
	if len(b.lines) < 2 {
		return nil, &FormatError{Line: b.line, Rule: "a key list has a header line"}
	}
	if err := checkTextLines(b, "the key list"); err != nil {
		return nil, err
	}
	l := &KeyList{note: n}
	if err := l.readHeader(b.line+1, b.lines[1]); err != nil {
		return nil, err
	}
	group := rootLines
	var seen once // every name of a root, and every key within its group
	for i, text := range b.lines[2:] {
		r := &reader{line: b.line + 2 + i, s: string(text)}
		r.open()
		g := l.readLine(r, &seen)
		if r.end() == nil && g < group {
			r.fail(0, "the lines of a key list are roots, next roots, issuers, revocations, in this order")
		}
		if r.err != nil {
			return nil, r.err
		}
		group = g
	}
	return l, l.check(b.line + 1)
}

func (l *KeyList) readHeader(line int, text []byte) error {
	r := &reader{line: line, s: string(text)}
	r.open()
	readRequires(r)
	r.need("number", keyListFields)
	l.Number = r.integer(1)
	r.need("issued", keyListFields)
	l.Issued = r.moment()
	if r.field("through") {
		l.Through = r.date()
	}
	r.need("threshold", keyListFields)
	if at, n := r.i, r.integer(1); n > MaxThreshold {
		r.fail(at, "the threshold is at most %d", MaxThreshold)
	} else {
		l.Threshold = int(n)
	}
	if r.field("algorithms") {
		var names once
		r.array(func() {
			at := r.i
			var a Algorithm
			r.open()
			r.need("name", algorithmFields)
			a.Name = word(r, parseWord)
			r.need("from", algorithmFields)
			a.From = r.date()
			r.close(algorithmFields)
			if a.Name == "ed25519" {
				r.fail(at, "ed25519 is always required and never listed")
			}
			if r.err == nil && names.again(a.Name) {
				r.fail(at, "the algorithm %q stands twice", a.Name)
			}
			l.Algorithms = append(l.Algorithms, a)
		})
	}
	r.close(keyListFields)
	return r.end()
}

// readLine reads one line after the header and returns its group.
func (l *KeyList) readLine(r *reader, seen *once) int {
	once := func(at int, group, what string) {
		if r.err == nil && seen.again(group+" "+what) {
			r.fail(at, "%.80q stands twice among the %ss", what, group)
		}
	}
	also := func(group string) []SecondKey {
		return readAlso(r, func(key string) bool { return seen.again(group + " also " + key) })
	}
	key := func(group string, fields []string) ed25519.PublicKey {
		r.need("key", fields)
		at := r.i
		k := word(r, parseKey)
		once(at, group+" key", padded.EncodeToString(k))
		return k
	}
	at := r.i
	switch {
	case r.field("root"):
		name := word(r, parseKeyName)
		once(at, "root", name)
		l.Roots = append(l.Roots, RootKey{name, key("root", rootFields), also("root")})
		r.close(rootFields)
		return rootLines
	case r.field("next_root"):
		name := word(r, parseKeyName)
		once(at, "next root", name)
		l.NextRoots = append(l.NextRoots, RootKey{name, key("next root", nextFields), also("next root")})
		r.close(nextFields)
		return nextLines
	case r.field("issuer"):
		g := IssuerGrant{Issuer: r.issuer(), Key: key("issuer", issuerFields)}
		r.need("fence", issuerFields)
		g.Fence = readFence(r)
		g.Also = also("issuer")
		r.close(issuerFields)
		l.Issuers = append(l.Issuers, g)
		return issuerLines
	case r.field("revoke"):
		v := l.readRevocation(r)
		once(at, "revocation", padded.EncodeToString(v.Key))
		l.Revocations = append(l.Revocations, v)
		return revokeLines
	}
	r.fail(at, "a line of a key list begins with root, next_root, issuer or revoke")
	return 0
}

var parseKeyName = func(s string) (string, error) {
	if !isKeyName(s) {
		return "", fmt.Errorf("%.80q cannot name a key: names are ASCII without spaces and plus signs", s)
	}
	return s, nil
}

func (l *KeyList) readRevocation(r *reader) Revocation {
	v := Revocation{Key: word(r, parseKey)}
	r.need("effect", revokeFields)
	v.Effect = word(r, func(s string) (Effect, error) {
		if e := Effect(s); e == RefuseNew || e == DropOn {
			return e, nil
		}
		return "", fmt.Errorf("%q is not an effect: refuse-new or drop-on", s)
	})
	if v.Effect == DropOn {
		r.need("date", revokeFields)
		at := r.i
		v.Date = r.date()
		if r.err == nil && license.DateOf(l.Issued).DaysUntil(v.Date) < MinNotice {
			r.fail(at, "sets are dropped at the earliest %d days after the list is issued", MinNotice)
		}
	}
	r.close(revokeFields)
	return v
}

// check checks what no single line shows.
func (l *KeyList) check(line int) error {
	switch {
	case len(l.Roots) == 0:
		return &FormatError{Line: line, Rule: "a key list names at least one root"}
	case len(l.Roots) > MaxRoots || len(l.NextRoots) > MaxRoots:
		return &TooLargeError{What: fmt.Sprintf("the key list at line %d", line-1), Unit: "roots", Limit: MaxRoots, Got: int64(max(len(l.Roots), len(l.NextRoots)))}
	case l.Threshold > len(l.Roots):
		return &FormatError{Line: line, Rule: fmt.Sprintf("%d roots must sign, and there are %d", l.Threshold, len(l.Roots))}
	}
	for _, g := range l.Issuers {
		if findRoot(l.Roots, g.Key) != nil {
			return &FormatError{Line: line, Rule: fmt.Sprintf("a key of %s is also a root key", g.Issuer)}
		}
	}
	return nil
}
