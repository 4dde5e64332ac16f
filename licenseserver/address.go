package licenseserver

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/pott-dev/pott/licensefile"
)

// AddressIn returns the address that a license file names, or "". A line that
// names none that may be asked is ignored, as every line that is not understood.
func AddressIn(optional []licensefile.Optional) string {
	for _, o := range optional {
		if o.Name == AddressLine && CheckAddress(o.Text) == nil {
			return o.Text
		}
	}
	return ""
}

// CheckAddress returns a [*AddressError] unless an address may be asked: https
// with a host, and nothing behind the path. On this machine http will do.
func CheckAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return &AddressError{Address: address, Why: "it is not written as https://licenses.example"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return &AddressError{Address: address, Why: "it has a name, a question mark or a fragment in it"}
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return &AddressError{Address: address, Why: "only https is asked, and http on this machine"}
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Endpoint returns the URL that requests are sent to, below an address.
func Endpoint(address string) string { return strings.TrimSuffix(address, "/") + Path }
