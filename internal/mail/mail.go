// Package mail hands letters to a mail server, over an encrypted connection
// wherever the server is another machine.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// The ways a connection is encrypted.
const (
	StartTLS = "starttls" // from the first command on that would say anything
	TLS      = "tls"      // from the first byte
	None     = "none"     // not at all: only to this machine
)

// A Server is where letters are handed over. The zero value is none.
type Server struct {
	Address      string `yaml:"server" json:"server,omitempty"` // host:port; without a port 587, or 465 with tls
	From         string `yaml:"from" json:"from,omitempty"`     // such as "Pott <pott@example.com>"
	User         string `yaml:"user" json:"user,omitempty"`     // "": nobody signs in
	PasswordFile string `yaml:"password_file" json:"password_file,omitempty"`
	TLS          string `yaml:"tls" json:"tls,omitempty"` // StartTLS unless set
	CA           string `yaml:"ca" json:"ca,omitempty"`   // certificates that are trusted beside the machine's, in PEM
}

// timeout is how long a letter may take to be handed over.
const timeout = 30 * time.Second

// IsSet reports whether there is a server.
func (s Server) IsSet() bool { return s.Address != "" }

// Check reports what makes no sense together.
func (s Server) Check() error {
	if s == (Server{}) {
		return nil
	}
	host, _, err := s.place()
	switch {
	case s.Address == "":
		return errors.New("mail: it needs a server")
	case err != nil:
		return fmt.Errorf("mail: %q is no server: write smtp.example.com:587", s.Address)
	case s.From == "":
		return errors.New("mail: it needs a sender, from")
	case (s.User == "") != (s.PasswordFile == ""):
		return errors.New("mail: user and password_file belong together: one of them is missing")
	case s.TLS != "" && s.TLS != StartTLS && s.TLS != TLS && s.TLS != None:
		return fmt.Errorf("mail: tls is starttls, tls or none, not %q", s.TLS)
	case s.TLS == None && !local(host):
		return errors.New("mail: without tls the server must be this machine")
	}
	if _, err := netmail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("mail: from is no address: %q", s.From)
	}
	return nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s Server) place() (host string, port int, err error) {
	usual := 587
	if s.TLS == TLS {
		usual = 465
	}
	host, digits, err := net.SplitHostPort(s.Address)
	if err != nil {
		if strings.ContainsAny(s.Address, ":/ ") || s.Address == "" {
			return "", 0, errors.New("no address")
		}
		return s.Address, usual, nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 || host == "" {
		return "", 0, errors.New("no address")
	}
	return host, int(n), nil
}

// A Letter is one mail.
type Letter struct {
	ID       string // what stands before the @ of the Message-ID
	To       string // an address
	Language string
	Subject  string
	Text     string
	HTML     string
	Made     time.Time
}

// A RefusedError is returned for a letter that the server, or nobody, takes. It
// names no address, whatever the server answered.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }

// Send hands over a letter. A [*RefusedError] is about this letter; every other
// error about the server.
func (s Server) Send(ctx context.Context, l Letter) error {
	m, err := s.message(l)
	if err != nil {
		return &RefusedError{err.Error()}
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	err = c.DialAndSendWithContext(ctx, m)
	if refused := new(gomail.SendError); errors.As(err, &refused) {
		if m.IsDelivered() {
			return nil // it was taken, and only the parting failed
		}
		why := refused.Reason.String()
		if refused.ErrorCode() != 0 {
			why = strings.TrimSpace(fmt.Sprintf("%d %s", refused.ErrorCode(), refused.EnhancedStatusCode()))
		}
		return &RefusedError{why}
	}
	if err != nil && m.IsDelivered() {
		return nil
	}
	return err
}

// message makes the letter's bytes: text and HTML of the same, from one sender to
// one reader. What would be a second line of a header is refused or encoded.
func (s Server) message(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, errors.New("the sender is no address")
	}
	to, err := netmail.ParseAddress(l.To)
	if err != nil || to.Name != "" || strings.ContainsAny(l.To, "\r\n") {
		return nil, errors.New("the reader has no address that mail can be sent to")
	}
	if strings.ContainsAny(l.Subject+l.ID+l.Language, "\r\n") {
		return nil, errors.New("the subject has more than one line")
	}
	m.FromMailAddress(from)
	m.ToMailAddress(to)
	m.Subject(l.Subject)
	m.SetDateWithValue(l.Made)
	m.SetMessageIDWithValue(l.ID + from.Address[strings.LastIndexByte(from.Address, '@'):])
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", l.Language)
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, nil
}

func (s Server) client() (*gomail.Client, error) {
	host, port, err := s.place()
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(timeout)}
	switch s.TLS {
	case TLS:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.CA != "" {
		roots, err := s.roots()
		if err != nil {
			return nil, err
		}
		options = append(options, gomail.WithTLSConfig(&tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}))
	}
	if s.User != "" {
		password, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, err
		}
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User),
			gomail.WithPassword(strings.TrimRight(string(password), "\r\n")))
	}
	return gomail.NewClient(host, options...)
}

func (s Server) roots() (*x509.CertPool, error) {
	pem, err := os.ReadFile(s.CA)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", s.CA)
	}
	return roots, nil
}
