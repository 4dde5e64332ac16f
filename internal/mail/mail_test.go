package mail_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/mail"
)

// A station is a mail server of one connection after another. It answers RCPT
// with refuse, unless that is empty.
type station struct {
	t       *testing.T
	address string
	tls     *tls.Config // offered with STARTTLS; nil: it is not
	refuse  string
	got     chan taken
}

type taken struct {
	from, to, auth, data string
	encrypted            bool
}

func newStation(t *testing.T, config *tls.Config, refuse string) *station {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &station{t: t, address: l.Addr().String(), tls: config, refuse: refuse, got: make(chan taken, 10)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.serve(c)
		}
	}()
	return s
}

func (s *station) serve(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	r, m := bufio.NewReader(c), taken{}
	say := func(line string) { io.WriteString(c, line+"\r\n") }
	say("220 station")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			if s.tls != nil && !m.encrypted {
				say("250-station")
				say("250 STARTTLS")
			} else {
				say("250-station")
				say("250 AUTH PLAIN")
			}
		case "STARTTLS":
			say("220 go on")
			c = tls.Server(c, s.tls)
			r, m.encrypted = bufio.NewReader(c), true
		case "AUTH":
			m.auth = line
			say("235 welcome")
		case "MAIL":
			m.from = line
			say("250 ok")
		case "RCPT":
			m.to = line
			if s.refuse != "" {
				say(s.refuse)
			} else {
				say("250 ok")
			}
		case "DATA":
			say("354 go on")
			var data strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				data.WriteString(line)
			}
			m.data = data.String()
			s.got <- m
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

var letter = mail.Letter{ID: "4f2a", To: "anna@example.com", Language: "sv", Subject: "Räkneverk är fullt – Åkerö AB", Text: "Räkneverk är fullt.\n\n-- \nVarför",
	HTML: `<!DOCTYPE html><html lang="sv"><p>Räkneverk är fullt.</p></html>`, Made: time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	config, ca := certificate(t)
	s := newStation(t, config, "")
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("se\u00f1or secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := mail.Server{Address: s.address, From: "Pott hos Åkerö <pott@example.com>", User: "pott", PasswordFile: password, CA: ca}
	if err := server.Check(); err != nil {
		t.Fatal(err)
	}
	if err := server.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	got := <-s.got
	if want := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00pott\x00se\u00f1or secret")); !got.encrypted || got.auth != want {
		t.Errorf("encrypted %v, %s", got.encrypted, got.auth)
	}
	m, err := netmail.ReadMessage(strings.NewReader(got.data))
	if err != nil {
		t.Fatal(err)
	}
	var words mime.WordDecoder
	for name, want := range map[string]string{"Subject": letter.Subject, "To": "<anna@example.com>", "From": `Pott hos Åkerö <pott@example.com>`,
		"Message-Id": "<4f2a@example.com>", "Date": "Wed, 10 Jun 2026 12:00:00 +0000", "Auto-Submitted": "auto-generated", "Content-Language": "sv"} {
		value, err := words.DecodeHeader(m.Header.Get(name))
		if strings.ReplaceAll(value, `"`, "") != want || err != nil || len(m.Header[name]) != 1 {
			t.Errorf("%s: %q, %v", name, m.Header[name], err)
		}
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for _, want := range []struct{ kind, text string }{{"text/plain", letter.Text}, {"text/html", letter.HTML}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil || strings.ReplaceAll(strings.TrimSpace(string(text)), "\r\n", "\n") != want.text || !strings.HasPrefix(part.Header.Get("Content-Type"), want.kind) {
			t.Errorf("%s: %q, %v", part.Header.Get("Content-Type"), text, err)
		}
	}
}

// Without encryption nothing is said to another machine, and a server that offers
// none, or one that nobody vouches for, gets no letter.
func TestNothingLeavesUnencrypted(t *testing.T) {
	t.Parallel()
	plain := newStation(t, nil, "")
	config, _ := certificate(t)
	stranger := newStation(t, config, "")
	for _, s := range []*station{plain, stranger} {
		err := mail.Server{Address: s.address, From: "pott@example.com"}.Send(t.Context(), letter)
		if refused := new(mail.RefusedError); err == nil || errors.As(err, &refused) || len(s.got) != 0 {
			t.Errorf("%v, %d letters", err, len(s.got))
		}
	}
	if err := (mail.Server{Address: plain.address, From: "pott@example.com", TLS: mail.None}).Send(t.Context(), letter); err != nil || len(plain.got) != 1 {
		t.Errorf("on this machine: %v", err)
	}
}

func TestAServersRefusalNamesNobody(t *testing.T) {
	t.Parallel()
	s := newStation(t, nil, "550 5.1.1 <anna@example.com>: no such mailbox")
	err := mail.Server{Address: s.address, From: "pott@example.com", TLS: mail.None}.Send(t.Context(), letter)
	if refused := new(mail.RefusedError); !errors.As(err, &refused) || strings.Contains(err.Error(), "anna") || !strings.Contains(err.Error(), "550") {
		t.Errorf("%v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := (mail.Server{Address: s.address, From: "pott@example.com", TLS: mail.None}).Send(ended, letter); err == nil {
		t.Error("it was sent though nobody waits")
	}
}

func TestNobodyWritesHeadersOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newStation(t, nil, "")
	server := mail.Server{Address: s.address, From: "pott@example.com", TLS: mail.None}
	for what, change := range map[string]func(*mail.Letter){
		"the address":          func(l *mail.Letter) { l.To = "anna@example.com\r\nBcc: all@example.com" },
		"two addresses":        func(l *mail.Letter) { l.To = "anna@example.com, bo@example.com" },
		"a name":               func(l *mail.Letter) { l.To = "Anna\r\nBcc: x <anna@example.com>" },
		"the subject":          func(l *mail.Letter) { l.Subject = "Full\r\nBcc: all@example.com" },
		"a bare line feed":     func(l *mail.Letter) { l.Subject = "Full\nBcc: all@example.com" },
		"a bare return":        func(l *mail.Letter) { l.Subject = "Full\rBcc: all@example.com" },
		"the id":               func(l *mail.Letter) { l.ID = "x>\r\nBcc: all@example.com" },
		"an address of no one": func(l *mail.Letter) { l.To = "" },
	} {
		l := letter
		change(&l)
		if err := server.Send(t.Context(), l); err == nil {
			got := <-s.got
			t.Errorf("%s: sent\n%s\n%s", what, got.to, got.data)
		}
	}
	l := letter
	l.Text, l.HTML = "..\r\n.\r\nQUIT\r\n", "<p>\r\n.\r\nMAIL FROM:<x@example.com></p>"
	if err := server.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if got := <-s.got; !strings.Contains(got.data, "MAIL FROM") {
		t.Errorf("the letter ended early:\n%s", got.data)
	}
}

func TestWhatMakesNoSenseTogetherIsRefused(t *testing.T) {
	t.Parallel()
	for what, s := range map[string]mail.Server{
		"no server":               {From: "pott@example.com"},
		"no sender":               {Address: "smtp.example.com"},
		"a sender without domain": {Address: "smtp.example.com", From: "pott"},
		"a port that is none":     {Address: "smtp.example.com:mail", From: "pott@example.com"},
		"an address with a path":  {Address: "smtp://smtp.example.com", From: "pott@example.com"},
		"a user without password": {Address: "smtp.example.com", From: "pott@example.com", User: "pott"},
		"a password without user": {Address: "smtp.example.com", From: "pott@example.com", PasswordFile: "/x"},
		"a word nobody knows":     {Address: "smtp.example.com", From: "pott@example.com", TLS: "maybe"},
		"plain to elsewhere":      {Address: "smtp.example.com:25", From: "pott@example.com", TLS: mail.None},
	} {
		if err := s.Check(); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	for _, s := range []mail.Server{{}, {Address: "smtp.example.com", From: "Pott <pott@example.com>"}, {Address: "[::1]:25", From: "pott@example.com", TLS: mail.None}} {
		if err := s.Check(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// certificate makes one for 127.0.0.1, and the file that vouches for it.
func certificate(t *testing.T) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, path
}
