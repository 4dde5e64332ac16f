package licenseserver_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// A vector is one case of the specification.
type vector struct {
	name, kind, expect, spoken string
	asked                      *licenseserver.Request
	trust                      licensefile.Trust
	body                       []byte
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	names, err := filepath.Glob("../spec/vectors/server/*.txt")
	if err != nil || len(names) < 50 {
		t.Fatalf("%d vectors, %v", len(names), err)
	}
	var all []vector
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, readVector(t, strings.TrimSuffix(filepath.Base(name), ".txt"), text))
	}
	return all
}

func readVector(t testing.TB, name string, text []byte) vector {
	t.Helper()
	head, body, _ := bytes.Cut(text, []byte("\n\n"))
	v := vector{name: name, body: body}
	for line := range strings.Lines(string(head) + "\n") {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		var err error
		switch key {
		case "kind":
			v.kind = value
		case "expect":
			v.expect = value
		case "spoken":
			v.spoken = value
		case "asked":
			var asked []byte
			if asked, err = base64.StdEncoding.DecodeString(value); err == nil {
				v.asked, err = licenseserver.ParseRequest(asked)
			}
		case "root":
			var k licensefile.RootKey
			k, err = licensefile.ParseRootKey(value)
			v.trust.Roots = append(v.trust.Roots, k)
		case "threshold":
			v.trust.Threshold, err = strconv.Atoi(value)
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", name, key, err)
		}
	}
	return v
}

func code(err error) string {
	var c interface{ Code() string }
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &c):
		return c.Code()
	}
	return err.Error()
}

func TestEveryVector(t *testing.T) {
	for _, v := range readVectors(t) {
		t.Run(v.name, func(t *testing.T) {
			var err error
			if v.kind == "request" {
				_, err = licenseserver.ParseRequest(v.body)
			} else {
				_, _, err = licenseserver.OpenReply(v.body, v.asked, v.trust)
			}
			if got := code(err); got != v.expect {
				t.Errorf("%s (%v); want %s", got, err, v.expect)
			}
			if got := licenseserver.Spoken(v.body); v.spoken != "" && got != v.spoken {
				t.Errorf("spoken %s, want %s", got, v.spoken)
			}
		})
	}
}

// Whichever byte of a good request or reply is changed, it is refused.
func TestEveryChangedByteOfATextIsFound(t *testing.T) {
	for _, v := range readVectors(t) {
		if v.name != "ok-ping" && v.name != "reply-ok-file" {
			continue
		}
		for i := range v.body {
			body := bytes.Clone(v.body)
			body[i] ^= 0x01
			var err error
			if v.kind == "request" {
				_, err = licenseserver.ParseRequest(body)
			} else {
				_, _, err = licenseserver.OpenReply(body, v.asked, v.trust)
			}
			if err == nil {
				t.Errorf("%s: byte %d may be changed to %q", v.name, i, body[i])
			}
			if _, err := licenseserver.ParseRequest(v.body[:i]); err == nil {
				t.Errorf("%s: the first %d bytes are a request", v.name, i)
			}
		}
	}
}

func TestAReplyNeedsARootToTrust(t *testing.T) {
	for _, v := range readVectors(t) {
		if v.name != "reply-ok-plain" {
			continue
		}
		if _, _, err := licenseserver.OpenReply(v.body, v.asked, licensefile.Trust{}); code(err) != "set.untrusted" {
			t.Errorf("without a root: %v", err)
		}
		v.trust.HighestKeyList = 2
		if _, _, err := licenseserver.OpenReply(v.body, v.asked, v.trust); code(err) != "set.old-key-list" {
			t.Errorf("with older key lists than were accepted: %v", err)
		}
	}
}

// FuzzParseRequest: what is read was signed by somebody, and has one spelling.
func FuzzParseRequest(f *testing.F) {
	genuine := map[string]bool{}
	for _, v := range readVectors(f) {
		f.Add(v.body)
		if v.kind == "request" && v.expect == "ok" {
			genuine[string(v.body)] = true
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := licenseserver.ParseRequest(body); err == nil && !genuine[string(body)] {
			t.Errorf("a request that nobody signed is read")
		}
	})
}

// FuzzOpenReply: nothing is believed that the issuer did not sign for the
// request.
func FuzzOpenReply(f *testing.F) {
	var ping vector
	genuine := map[string]bool{}
	for _, v := range readVectors(f) {
		f.Add(v.body)
		if v.name == "reply-ok-plain" {
			ping = v
		}
		if strings.HasPrefix(v.name, "reply-ok-") {
			genuine[string(v.body)] = true
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, _, err := licenseserver.OpenReply(body, ping.asked, ping.trust); err == nil && !genuine[string(body)] {
			t.Errorf("a reply that nobody signed is believed")
		}
	})
}
