package signer

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheTypeOfATextIsInItsFirstLine(t *testing.T) {
	t.Parallel()
	root := strings.Split(checkpoint, "\n")[2]
	for _, row := range []struct{ name, text, want string }{
		{"a key list", keyList, "pott-key-list/v1"},
		{"a certificate", "pott-issuer-certificate/v1\n{}\n", "pott-issuer-certificate/v1"},
		{"a set", checkpoint, "set"},
		{"the first line alone", "pott-key-list/v1\n", "pott-key-list/v1"},
		{"names in other languages", "pott-key-list/v1\nÅ – ß\n", "pott-key-list/v1"},

		{"nothing", "", ""},
		{"no end", "pott-key-list/v1", ""},
		{"version 0", "pott-key-list/v0\n", ""},
		{"a version with a zero before it", "pott-key-list/v01\n", ""},
		{"capitals", "Pott-Key-List/v1\n", ""},
		{"a space after it", "pott-key-list/v1 \n", ""},
		{"a carriage return", "pott-key-list/v1\r\n", ""},
		{"a tab further down", "pott-key-list/v1\n\t\n", ""},
		{"not UTF-8", "pott-key-list/v1\n\xc0\xaf\n", ""},
		{"the word set", "set\n", ""},
		{"a set without a number", "ACME/pott-set/1600065823/\n4\n" + root + "\n", ""},
		{"a set of nobody", "/pott-set/1600065823/1\n4\n" + root + "\n", ""},
		{"an issuer in small letters", "acme/pott-set/1600065823/1\n4\n" + root + "\n", ""},
		{"a checkpoint of something else", "ACME/pott-log/1600065823/1\n4\n" + root + "\n", ""},
		{"a checkpoint of no lines", "ACME/pott-set/1600065823/1\n0\n" + root + "\n", ""},
		{"a checkpoint with a short hash", "ACME/pott-set/1600065823/1\n4\nAAAA\n", ""},
		{"a checkpoint without a hash", "ACME/pott-set/1600065823/1\n4\n", ""},
		{"a checkpoint with an extension", checkpoint + "more\n", ""},
	} {
		got, err := TypeOf([]byte(row.text))
		if got != row.want || (err == nil) != (row.want != "") {
			t.Errorf("%s: %q, %v; want %q", row.name, got, err, row.want)
		}
	}
}

func TestAReferenceNamesASocketAndAKey(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Reference{
		"signer:/run/pott/socket#root-1": {"/run/pott/socket", "root-1"},
		"signer:s#a":                     {"s", "a"},
		"signer:/odd#folder/s#a":         {"/odd#folder/s", "a"},
	} {
		if got, err := ParseReference(text); err != nil || got != want || got.String() != text || !IsReference(text) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "root-1", "signer:", "signer:s", "signer:#a", "signer:s#", "signer:s#a b", "signer:s#-a", "signer:\x00#a", "SIGNER:s#a"} {
		if got, err := ParseReference(text); code(err) != "signer.bad-reference" {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	for _, line := range []string{hello, `{"request":"keys"}`, signRequest(public("root-1"), "pott-key-list/v1", keyList), `{"request":"keys","Request":"sign"}`} {
		f.Add([]byte(strings.TrimSuffix(line, "\n")))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := parseRequest(line)
		if err == nil && string(marshal(r)) != string(line)+"\n" {
			t.Errorf("%q is read, and written again as %q", line, marshal(r))
		}
	})
}

func FuzzParseReply(f *testing.F) {
	for _, line := range []string{helloBack, keysBack(good("root-1")), signatureBack(public("root-1"), make([]byte, 64)), `{"reply":"refusal","code":"malformed","message":"no"}`} {
		f.Add([]byte(strings.TrimSuffix(line, "\n")))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := parseReply(line)
		if err == nil && string(marshal(r)) != string(line)+"\n" {
			t.Errorf("%q is read, and written again as %q", line, marshal(r))
		}
		fault(r)
	})
}

func FuzzTypeOf(f *testing.F) {
	f.Add([]byte(keyList))
	f.Add([]byte(checkpoint))
	f.Fuzz(func(t *testing.T, text []byte) {
		typ, err := TypeOf(text)
		if err != nil {
			return
		}
		first, _, _ := bytes.Cut(text, []byte{'\n'})
		if !IsType(typ) || typ != TypeSet && typ != string(first) || typ == TypeSet && bytes.Count(text, []byte{'\n'}) != 3 {
			t.Errorf("%q is of type %q", text, typ)
		}
	})
}

func FuzzParseReference(f *testing.F) {
	f.Add("signer:/run/pott/socket#root-1")
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := ParseReference(text); err == nil && r.String() != text {
			t.Errorf("%q is read as %q", text, r)
		}
	})
}
