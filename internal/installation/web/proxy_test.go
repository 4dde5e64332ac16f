package web

import (
	"crypto/tls"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestWhereAReaderComesFromIsBelievedOfOurOwnProxiesOnly(t *testing.T) {
	named := []netip.Prefix{netip.MustParsePrefix("10.0.3.0/24"), netip.MustParsePrefix("2001:db8:7::2/128")}
	for name, c := range map[string]struct {
		peer      string
		forwarded []string // header lines
		proto     string
		tls       bool
		named     []netip.Prefix
		from      string
		secure    bool
	}{
		"somebody without a proxy":                        {peer: "203.0.113.9:5000", from: "203.0.113.9"},
		"somebody who claims to be elsewhere":             {peer: "203.0.113.9:5000", forwarded: []string{"198.51.100.1"}, proto: "https", from: "203.0.113.9"},
		"somebody in a private network":                   {peer: "10.0.3.9:5000", forwarded: []string{"198.51.100.1"}, proto: "https", from: "10.0.3.9"},
		"a proxy on this machine":                         {peer: "127.0.0.1:5000", forwarded: []string{"198.51.100.1"}, proto: "https", from: "198.51.100.1", secure: true},
		"a proxy on this machine by IPv6":                 {peer: "[::1]:5000", forwarded: []string{"198.51.100.1"}, from: "198.51.100.1"},
		"a proxy that says nothing":                       {peer: "127.0.0.1:5000", from: "127.0.0.1"},
		"a proxy in a named network":                      {peer: "10.0.3.9:5000", forwarded: []string{"198.51.100.1"}, proto: "https", named: named, from: "198.51.100.1", secure: true},
		"a proxy in a named network, written as IPv6":     {peer: "[::ffff:10.0.3.9]:5000", forwarded: []string{"198.51.100.1"}, named: named, from: "198.51.100.1"},
		"a proxy beside the named network":                {peer: "10.0.4.9:5000", forwarded: []string{"198.51.100.1"}, named: named, from: "10.0.4.9"},
		"what the reader wrote before our proxy":          {peer: "127.0.0.1:5000", forwarded: []string{"192.0.2.66, 198.51.100.1"}, from: "198.51.100.1"},
		"what the reader wrote in a line of its own":      {peer: "127.0.0.1:5000", forwarded: []string{"192.0.2.66", "198.51.100.1"}, from: "198.51.100.1"},
		"two proxies of ours":                             {peer: "127.0.0.1:5000", forwarded: []string{"192.0.2.66, 198.51.100.1, 10.0.3.7"}, named: named, from: "198.51.100.1"},
		"two proxies, and the reader writes of one":       {peer: "127.0.0.1:5000", forwarded: []string{"10.0.3.7, 198.51.100.1, 10.0.3.7"}, named: named, from: "198.51.100.1"},
		"nobody but proxies of ours":                      {peer: "127.0.0.1:5000", forwarded: []string{"10.0.3.8, 10.0.3.7"}, named: named, from: "10.0.3.8"},
		"an address with a port":                          {peer: "127.0.0.1:5000", forwarded: []string{"198.51.100.1:4711"}, from: "198.51.100.1"},
		"an IPv6 address in brackets with a port":         {peer: "127.0.0.1:5000", forwarded: []string{"[2001:db8::1]:4711"}, from: "2001:db8::1"},
		"something that is no address":                    {peer: "127.0.0.1:5000", forwarded: []string{"198.51.100.1, unknown"}, from: "127.0.0.1"},
		"something that is no address behind a proxy":     {peer: "127.0.0.1:5000", forwarded: []string{"unknown, 10.0.3.7"}, named: named, from: "10.0.3.7"},
		"an empty header":                                 {peer: "127.0.0.1:5000", forwarded: []string{""}, from: "127.0.0.1"},
		"HTTPS of our own":                                {peer: "203.0.113.9:5000", tls: true, from: "203.0.113.9", secure: true},
		"HTTPS of our own, from this machine":             {peer: "127.0.0.1:5000", tls: true, proto: "http", from: "127.0.0.1", secure: true},
		"HTTPS of our own, whatever somebody else claims": {peer: "203.0.113.9:5000", tls: true, proto: "http", from: "203.0.113.9", secure: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.peer
			for _, line := range c.forwarded {
				r.Header.Add("X-Forwarded-For", line)
			}
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			if r.TLS = nil; c.tls {
				r.TLS = &tls.ConnectionState{}
			}
			d := &Door{options: Options{Proxies: c.named}}
			if got := d.provenanceOf(r); got != (provenance{c.from, c.secure}) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
