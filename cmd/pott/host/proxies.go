package host

import (
	"fmt"
	"net/netip"
	"strings"
)

// SplitProxies reads networks as an environment variable has them, with commas
// between them; nil for none.
func SplitProxies(text string) (all []string) {
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// checkProxies refuses what is no network, and one that has everybody in it.
func checkProxies(all []string) error {
	for _, text := range all {
		network, err := parseProxy(text)
		switch {
		case err != nil:
			return fmt.Errorf("trusted_proxies: %q is no network such as 10.0.3.0/24, and no address", text)
		case network.Bits() == 0:
			return fmt.Errorf("trusted_proxies: %s has everybody in it, who could then forge where they come from", text)
		}
	}
	return nil
}

// parseProxy reads a network, or a single address.
func parseProxy(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		at, err := netip.ParseAddr(text)
		if err != nil || at.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is no address", text)
		}
		at = at.Unmap()
		return netip.PrefixFrom(at, at.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err
}

// proxies are the networks of the settings, which were checked.
func (c Config) proxies() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range c.Proxies {
		if network, err := parseProxy(text); err == nil {
			all = append(all, network)
		}
	}
	return all
}
