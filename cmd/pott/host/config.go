package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/pott-dev/pott/internal/mail"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// A Config is the settings of a server on one machine. Empty fields mean the
// default.
type Config struct {
	Data     string `yaml:"data" json:"data"`                 // directory of the database and the pinned root
	Keys     string `yaml:"keys" json:"keys"`                 // directory of the keys
	Anchors  string `yaml:"anchors" json:"anchors,omitempty"` // directory that remembers how far the database was; "" for one beside the data
	Database string `yaml:"database" json:"database"`         // postgres:// address; "" for a file in the data directory
	Listen   string `yaml:"listen" json:"listen"`
	TLSCert  string `yaml:"tls_cert" json:"tls_cert,omitempty"`
	TLSKey   string `yaml:"tls_key" json:"tls_key,omitempty"`
	// Authorities are where the license servers of issuers are asked; they win over
	// what sets say.
	Authorities map[license.Issuer]string `yaml:"authorities" json:"authorities,omitempty"`
	// URL is where people find the server, for the links in mails: such as
	// https://licenses.example.com. Mail is where mails are handed over; the zero
	// value: none are sent.
	URL  string      `yaml:"url" json:"url,omitempty"`
	Mail mail.Server `yaml:"mail" json:"mail,omitzero"`
	// Proxies are the networks of proxies that are believed when they say where a
	// reader comes from and whether over HTTPS, such as 10.0.3.0/24. Those on this
	// machine always are.
	Proxies []string `yaml:"trusted_proxies" json:"trusted_proxies,omitempty"`
	// Pseudo lets pages speak a language nobody speaks: see package web. Only tests
	// set it.
	Pseudo bool `yaml:"-" json:"-"`
	// Verify is how long a round through all records takes, and the time between two
	// full checks; 0 is an hour. Only tests set it, as they do Step: see
	// [installation.Options].
	Verify time.Duration                                              `yaml:"-" json:"-"`
	Step   func(ctx context.Context, installation string, looked int) `yaml:"-" json:"-"`
}

// Default is what holds where nothing else is said.
func Default(home string) Config {
	base := filepath.Join(home, ".local", "share", "pott")
	return Config{Data: filepath.Join(base, "data"), Keys: filepath.Join(base, "keys"), Listen: "127.0.0.1:7070"}
}

// ReadConfig reads a settings file. A key it does not know is an error: a
// setting that does nothing is worse than none.
func ReadConfig(path string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, pathError(path, err)
	}
	var c Config
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return Config{}, &ConfigError{Path: path, Why: err.Error()}
	}
	if err := c.Check(); err != nil {
		return Config{}, &ConfigError{Path: path, Why: err.Error()}
	}
	return c, nil
}

// Over returns c with what is empty taken from d.
func (c Config) Over(d Config) Config {
	for _, f := range []struct{ value, fallback *string }{
		{&c.Data, &d.Data}, {&c.Keys, &d.Keys}, {&c.Anchors, &d.Anchors}, {&c.Database, &d.Database}, {&c.Listen, &d.Listen},
		{&c.TLSCert, &d.TLSCert}, {&c.TLSKey, &d.TLSKey}, {&c.URL, &d.URL},
		{&c.Mail.Address, &d.Mail.Address}, {&c.Mail.From, &d.Mail.From}, {&c.Mail.User, &d.Mail.User},
		{&c.Mail.PasswordFile, &d.Mail.PasswordFile}, {&c.Mail.TLS, &d.Mail.TLS}, {&c.Mail.CA, &d.Mail.CA},
	} {
		if *f.value == "" {
			*f.value = *f.fallback
		}
	}
	if c.Authorities == nil {
		c.Authorities = d.Authorities
	}
	if c.Proxies == nil {
		c.Proxies = d.Proxies
	}
	return c
}

// Check reports what makes no sense together.
func (c Config) Check() error {
	for issuer, address := range c.Authorities {
		if name, err := license.ParseIssuer(string(issuer)); err != nil || name != issuer {
			return fmt.Errorf("authorities: %q is no issuer: it has 1 to 32 letters A–Z and digits", issuer)
		}
		if err := licenseserver.CheckAddress(address); err != nil {
			return fmt.Errorf("authorities: %w", err)
		}
	}
	if err := errors.Join(checkURL(c.URL), c.Mail.Check(), checkProxies(c.Proxies)); err != nil {
		return err
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("tls_cert and tls_key belong together: one of them is missing")
	}
	if c.Data != "" && filepath.Clean(c.Data) == filepath.Clean(c.Keys) {
		return errors.New("data and keys must be two directories: whoever copies the data must not get the keys")
	}
	for what, dir := range map[string]string{"data": c.Data, "keys": c.Keys} {
		if c.Anchors != "" && dir != "" && filepath.Clean(c.Anchors) == filepath.Clean(dir) {
			return fmt.Errorf("anchors and %s must be two directories: whoever puts back the one must not put back the other", what)
		}
	}
	return nil
}

// AnchorDir returns the directory that remembers how far the database was. It
// stands beside the data, never in it: a backup of the data that is put back must
// not bring old anchors along.
func (c Config) AnchorDir() string {
	if c.Anchors != "" {
		return c.Anchors
	}
	dir, base := filepath.Split(filepath.Clean(c.Data))
	if base == "data" {
		return filepath.Join(dir, "anchors")
	}
	return filepath.Join(dir, base+"-anchors")
}

// incidents is where incidents are kept.
func (c Config) incidents() string { return filepath.Join(c.Data, "incidents") }

// verified is where the last full check of the records is remembered.
func (c Config) verified() string { return filepath.Join(c.Data, "verified") }

// DSN returns the address of the database.
func (c Config) DSN() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Data, "pott.db")
}

// root is the file with the pinned root keys.
func (c Config) root() string { return filepath.Join(c.Data, "root.pub") }

// Place returns where the database is, without a password.
func (c Config) Place() string {
	if u, err := url.Parse(c.DSN()); err == nil && u.Host != "" {
		return u.Redacted()
	}
	return c.DSN()
}
