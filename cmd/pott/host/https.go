package host

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// A certificate is what the server shows of itself over HTTPS. When its files
// change, connections made from then on get the new one: it can be renewed while
// the server runs.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	asOf   [2]time.Time // when each file was last written
}

// loadCertificate reads a certificate chain and its key, in PEM. The two must
// belong together.
func loadCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log}
	c.asOf = c.written()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, &CertificateError{Cert: cert, Key: key, Why: pathless(err)}
	}
	c.loaded = &pair
	return c, nil
}

func (c *certificate) written() (at [2]time.Time) {
	for i, path := range []string{c.cert, c.key} {
		if info, err := os.Stat(path); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}

// current returns the certificate that the files hold. While they cannot be read
// as one, as in the middle of a renewal, it is the one before.
func (c *certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.written()
	if at == c.asOf {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		c.log.Warn("the new certificate cannot be used; the one before is", "cert", c.cert, "err", err)
		return c.loaded, nil
	}
	c.loaded, c.asOf = &pair, at
	return c.loaded, nil
}
