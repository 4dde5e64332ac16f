package host

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

// newCertificate writes a certificate for 127.0.0.1 and its key, and returns a
// pool that trusts it.
func newCertificate(t *testing.T, cert, key, name string) *x509.CertPool {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(made)
	return pool
}

func TestAServerWithACertificateSpeaksHTTPSOnly(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Listen: "127.0.0.1:0",
		TLSCert: filepath.Join(dir, "cert.pem"), TLSKey: filepath.Join(dir, "key.pem")}
	pool := newCertificate(t, c.TLSCert, c.TLSKey, "first")
	if _, err := Make(c, housetest.NewVendors(t).Trust().RootFile()); err != nil {
		t.Fatal(err)
	}
	h, err := Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	secret, err := h.Add(t.Context(), audit.Actor{Kind: audit.Host, ID: "test"}, New{Name: "acme", TimeZone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	address, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- h.ListenAndServe(ctx, func(a string) { address <- a }) }()
	server := <-address
	if !strings.HasPrefix(server, "https://127.0.0.1:") {
		t.Errorf("the address is %s", server)
	}
	ask := func(pool *x509.CertPool) error {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		cl, err := client.New(client.Options{Server: server, Installation: "acme", Token: secret, HTTP: &http.Client{Transport: transport}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = cl.Status(t.Context())
		return err
	}
	if err := ask(pool); err != nil {
		t.Errorf("a client that trusts the certificate: %v", err)
	}
	if err := ask(x509.NewCertPool()); err == nil {
		t.Error("a client that does not trust the certificate is answered")
	}
	plain, err := http.Get(strings.Replace(server, "https", "http", 1) + "/healthz")
	if err == nil {
		body, _ := io.ReadAll(plain.Body)
		plain.Body.Close()
		if plain.StatusCode != http.StatusBadRequest || bytes.Contains(body, []byte("ok")) {
			t.Errorf("without HTTPS: %s %s", plain.Status, body)
		}
	}
	old := tls.VersionTLS11
	if conn, err := tls.Dial("tcp", strings.TrimPrefix(server, "https://"), &tls.Config{RootCAs: pool, MaxVersion: uint16(old)}); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}

	// The certificate is renewed while the server runs.
	renewed := newCertificate(t, c.TLSCert, c.TLSKey, "second")
	if err := ask(renewed); err != nil {
		t.Errorf("after the renewal: %v", err)
	}
	if err := os.WriteFile(c.TLSKey, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ask(renewed); err != nil {
		t.Errorf("in the middle of another renewal: %v", err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	// A server that begins with half a certificate says so and lets nobody in.
	if err := h.ListenAndServe(t.Context(), func(string) { t.Error("it says that it is ready") }); !errors.As(err, new(*CertificateError)) {
		t.Errorf("a certificate that cannot be read: %v", err)
	}
}
