package authority

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A Request is what a company that wants to issue sets of its own sends to the
// holder of the root keys. It is signed with the key it asks for, so nobody can
// ask for a key that is not theirs. Who sent it, it cannot say: the fingerprint
// is compared over another way.
type Request struct {
	Issuer  license.Issuer
	Company string
	Contact string              // "" when it says none
	Made    time.Time           // UTC, whole seconds
	Key     licensefile.RootKey // name and public half of the issuer key
}

const (
	requestFormat = "pott-issuer-request/v1"
	maxRequest    = 8 << 10 // bytes
)

// text returns the lines that are signed.
func (r *Request) text() string {
	text := fmt.Sprintf("%s\nissuer: %s\ncompany: %s\n", requestFormat, r.Issuer, r.Company)
	if r.Contact != "" {
		text += "contact: " + r.Contact + "\n"
	}
	return text + fmt.Sprintf("made: %s\nkey: %s\n", r.Made.UTC().Format(time.RFC3339), r.Key)
}

// Check returns a [*RequestMalformedError] when the texts of a request cannot
// stand in one.
func (r *Request) Check() error {
	if err := plain(r.Company); err != nil {
		return &RequestMalformedError{0, "the company: " + err.Error()}
	}
	if err := plain(r.Contact); err != nil && r.Contact != "" {
		return &RequestMalformedError{0, "the contact: " + err.Error()}
	}
	return nil
}

// SignRequest returns a request as a file.
func SignRequest(r Request, signer licensefile.Signer) ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	r.Made = r.Made.UTC().Truncate(time.Second)
	v, err := note.NewVerifier(r.Key.String())
	if err != nil {
		return nil, err
	}
	file, err := note.Sign(&note.Note{Text: r.text()}, noteSigner{v, signer})
	if err != nil {
		return nil, fmt.Errorf("signing with key %s: %w", licensefile.Fingerprint(signer.Public()), err)
	}
	_, err = ParseRequest(file)
	return file, err
}

// ParseRequest reads a request and checks that it is signed with the key it
// asks for. What it accepts has one spelling.
func ParseRequest(file []byte) (*Request, error) {
	if len(file) > maxRequest {
		return nil, &RequestMalformedError{0, fmt.Sprintf("it has %d bytes, and at most %d are read", len(file), maxRequest)}
	}
	lines := strings.Split(string(file), "\n")
	r, n, why := readRequest(lines)
	if why != "" {
		return nil, &RequestMalformedError{n, why}
	}
	// What is left is a blank line, one signature and the end.
	if lines = lines[n:]; len(lines) != 3 || lines[0] != "" || lines[2] != "" {
		return nil, &RequestMalformedError{n + 1, "after the key come a blank line and one signature"}
	}
	if r.text() != strings.Join(strings.Split(string(file), "\n")[:n], "\n")+"\n" {
		return nil, &RequestMalformedError{0, "it is not in its one spelling"}
	}
	encoded, ok := strings.CutPrefix(lines[1], "— "+r.Key.Name+" ")
	b, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !ok || err != nil || base64.StdEncoding.EncodeToString(b) != encoded {
		return nil, &RequestMalformedError{n + 2, "the signature is not by " + r.Key.Name}
	}
	v, err := note.NewVerifier(r.Key.String())
	if err != nil {
		return nil, &RequestMalformedError{n, err.Error()}
	}
	if _, err := note.Open(file, note.VerifierList(v)); err != nil {
		return nil, &RequestMalformedError{n + 2, "the signature does not belong to the text: one of them was changed"}
	}
	return r, nil
}

// readRequest reads the lines before the blank one and returns how many they
// are; or the line that is wrong, and why.
func readRequest(lines []string) (r *Request, n int, why string) {
	if lines[0] != requestFormat {
		if strings.HasPrefix(lines[0], "pott-issuer-request/v") {
			return nil, 1, "it is of a newer version of Pott"
		}
		return nil, 1, "the first line must be " + requestFormat
	}
	r, n = &Request{}, 1
	for _, field := range []struct {
		name string
		may  bool
		read func(value string) error
	}{
		{"issuer", false, func(v string) (err error) { r.Issuer, err = license.ParseIssuer(v); return err }},
		{"company", false, func(v string) error { r.Company = v; return plain(v) }},
		{"contact", true, func(v string) error { r.Contact = v; return plain(v) }},
		{"made", false, func(v string) (err error) { r.Made, err = time.Parse(time.RFC3339, v); return err }},
		{"key", false, func(v string) (err error) { r.Key, err = licensefile.ParseRootKey(v); return err }},
	} {
		if n == len(lines) {
			return nil, n, "the " + field.name + " is missing"
		}
		value, ok := strings.CutPrefix(lines[n], field.name+": ")
		if !ok && field.may {
			continue
		}
		if n++; !ok {
			return nil, n, "the " + field.name + " must stand here"
		}
		if err := field.read(value); err != nil {
			return nil, n, err.Error()
		}
	}
	return r, n, ""
}

// plain returns an error for a text that is empty or cannot be seen.
func plain(s string) error {
	if s == "" {
		return errors.New("the text is empty")
	}
	if fault := textFault(s); fault != "" {
		return errors.New("the text " + fault)
	}
	return nil
}

// IsRequest reports whether a file says that it is a request.
func IsRequest(file []byte) bool { return bytes.HasPrefix(file, []byte("pott-issuer-request/")) }
