package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// A provenance is how a request came here: from where, and whether over HTTPS.
type provenance struct {
	from   string // the reader's address
	secure bool
}

// provenanceOf follows a request back through the proxies that are believed. Everybody can
// write X-Forwarded-For; what counts is what the first proxy that is ours wrote: the
// rightmost address that is none of ours. What comes from elsewhere says nothing
// about itself that is believed.
func (d *Door) provenanceOf(r *http.Request) provenance {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	w := provenance{from: host, secure: r.TLS != nil}
	peer, err := netip.ParseAddr(host)
	if err != nil || !d.believed(peer) {
		return w
	}
	w.secure = w.secure || r.Header.Get("X-Forwarded-Proto") == "https"
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		at, ok := hopAddress(hop)
		if !ok {
			break // whoever is before it cannot be known
		}
		w.from = at.String()
		if !d.believed(at) {
			break
		}
	}
	return w
}

// believed reports whether a proxy at an address is one of ours: on this machine, or
// in a network that was named.
func (d *Door) believed(at netip.Addr) bool {
	at = at.Unmap().WithZone("")
	return at.IsLoopback() || slices.ContainsFunc(d.options.Proxies, func(p netip.Prefix) bool { return p.Contains(at) })
}

// hopAddress reads an address as proxies write it, with a port or without.
func hopAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if at, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return at.Unmap().WithZone(""), true
	}
	at, err := netip.ParseAddrPort(text)
	return at.Addr().Unmap().WithZone(""), err == nil
}

// secure reports whether a request came over HTTPS, here or at a proxy that is
// believed.
func secure(r *http.Request) bool {
	a, _ := r.Context().Value(arrivalKey{}).(arrival)
	return a.came.secure
}

// claimsHTTPS reports whether a request may have come over HTTPS, whoever says so.
func claimsHTTPS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") != ""
}
