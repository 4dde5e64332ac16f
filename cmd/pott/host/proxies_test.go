package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProxiesAreNetworksThatNotEverybodyIsIn(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.3.0/24":       "[10.0.3.0/24]",
		"10.0.3.7/24":       "[10.0.3.0/24]",
		"10.0.3.7":          "[10.0.3.7/32]",
		"2001:db8::1":       "[2001:db8::1/128]",
		"::ffff:10.0.3.7":   "[10.0.3.7/32]",
		"0.0.0.0/0":         "everybody in it",
		"::/0":              "everybody in it",
		"proxy.example.com": "is no network",
		"10.0.3.0/33":       "is no network",
		"fe80::1%eth0":      "is no network",
		"":                  "is no network",
	} {
		path := filepath.Join(t.TempDir(), "server.yaml")
		os.WriteFile(path, fmt.Appendf(nil, "trusted_proxies: [%q]\n", text), 0o600)
		c, err := ReadConfig(path)
		if got := fmt.Sprint(c.proxies()); err == nil && got != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
}

func TestNetworksOfTheEnvironmentStandBetweenCommas(t *testing.T) {
	if got := SplitProxies(" 10.0.3.0/24, ,::1,"); fmt.Sprint(got) != "[10.0.3.0/24 ::1]" {
		t.Errorf("%q", got)
	}
	if got := (Config{Proxies: []string{"::1"}}).Over(Config{Proxies: []string{"10.0.0.0/8"}}); len(got.Proxies) != 1 || got.Proxies[0] != "::1" {
		t.Errorf("the settings beat a flag: %v", got.Proxies)
	}
	if got := (Config{}).Over(Config{Proxies: []string{"10.0.0.0/8"}}); len(got.Proxies) != 1 {
		t.Errorf("the settings are lost: %v", got.Proxies)
	}
}
