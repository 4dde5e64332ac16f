package licenseserver

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

const (
	requestFormat = "pott-license-request/v1"
	requestKey    = "pott-installation" // name of the key in the signature
)

// A Request is what an installation asks for or reports.
type Request struct {
	Kind    Kind
	Issuer  license.Issuer
	Serial  string
	Company string            // as the installation knows it; may be ""
	Key     ed25519.PublicKey // of the installation
	Nonce   string            // 32 random hexadecimal digits
	Made    time.Time         // UTC, whole seconds, by the installation's clock

	Epoch   string // of the installation's records, which changes when a backup is taken into use
	Seq     int64  // number of the last change of them
	Head    string // the last link of their chain, 64 hexadecimal digits
	Set     Mark   // the set of the issuer that is in force; zero for none
	KeyList int64  // the newest key list known; 0 for none

	Left       Mark   // of a [RolledBack]: the set that was in force before
	Code       string // of a [Register] or [Change]; see [TrimCode]
	NewSerial  string // of a [Change]
	NewCompany string // of a [Change]; "" leaves it to the set
}

// NewNonce returns the nonce of a new request.
func NewNonce() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// text returns the lines that are signed.
func (r *Request) text() []byte {
	var w writer
	w.b.WriteString(requestFormat + "\n")
	w.put("kind", string(r.Kind))
	w.put("issuer", string(r.Issuer))
	w.put("serial", r.Serial)
	w.put("company", r.Company)
	w.put("key", base64.StdEncoding.EncodeToString(r.Key))
	w.put("nonce", r.Nonce)
	w.moment("made", r.Made)
	w.put("epoch", r.Epoch)
	w.number("seq", r.Seq)
	w.put("head", r.Head)
	w.mark("set", r.Set)
	w.number("key-list", r.KeyList)
	w.mark("left", r.Left)
	w.put("code", r.Code)
	w.put("new-serial", r.NewSerial)
	w.put("new-company", r.NewCompany)
	return []byte(w.b.String())
}

// Installation returns the fingerprint of the key that asks.
func (r *Request) Installation() string { return licensefile.Fingerprint(r.Key) }

// Hash returns the SHA-256 of the signed lines in lower-case hex, which the
// reply repeats.
func (r *Request) Hash() string { return hashOf(r.text()) }

// SignRequest returns a request as it is sent, signed with the installation's
// key, which becomes its Key. It refuses what a license server could not read.
func SignRequest(r *Request, signer licensefile.Signer) ([]byte, error) {
	r.Key = signer.Public()
	r.Made = r.Made.UTC().Truncate(time.Second)
	text := r.text()
	if _, err := readRequest(text); err != nil {
		return nil, err
	}
	v, err := verifierOf(requestKey, r.Key)
	if err != nil {
		return nil, err
	}
	body, err := note.Sign(&note.Note{Text: string(text)}, noteSigner{v, signer})
	if err != nil {
		return nil, fmt.Errorf("signing with key %s: %w", licensefile.Fingerprint(r.Key), err)
	}
	_, err = ParseRequest(body)
	return body, err
}

// ParseRequest reads a request and checks that it is signed with the key it
// names. Whose key that is, it does not say.
func ParseRequest(body []byte) (*Request, error) {
	if len(body) > MaxRequest {
		return nil, &TooLargeError{What: "the request", Limit: MaxRequest}
	}
	text, signature, ok := cut(body)
	if !ok {
		return nil, &MalformedError{Why: "it is some lines, a blank line and one signature"}
	}
	r, err := readRequest(text)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(r.text(), text) {
		return nil, &MalformedError{Why: "it is not in its one spelling"}
	}
	return r, verify(text, signature, requestKey, r.Key)
}

// cut separates the signed lines of a text from its one signature line.
func cut(body []byte) (text []byte, signature string, ok bool) {
	head, tail, found := bytes.Cut(body, []byte("\n\n"))
	line, rest, ended := strings.Cut(string(tail), "\n")
	return append(bytes.Clone(head), '\n'), line, found && ended && rest == "" && line != ""
}

func readRequest(text []byte) (*Request, error) {
	rd, err := newReader(text, requestFormat)
	if err != nil {
		return nil, err
	}
	r := &Request{}
	r.Kind = word(rd, "kind", Kinds, true)
	r.Issuer = rd.issuer("issuer")
	r.Serial = rd.matching("serial", serialGrammar, true)
	r.Company = rd.text("company")
	r.Key = rd.key("key")
	r.Nonce = rd.matching("nonce", nonceGrammar, true)
	r.Made = rd.moment("made")
	r.Epoch = rd.matching("epoch", epochGrammar, true)
	r.Seq = rd.number("seq")
	r.Head = rd.matching("head", hashGrammar, true)
	r.Set = rd.mark("set")
	r.KeyList = rd.number("key-list")
	r.Left = rd.mark("left")
	r.Code = rd.matching("code", codeGrammar, false)
	r.NewSerial = rd.matching("new-serial", serialGrammar, false)
	r.NewCompany = rd.text("new-company")
	if err := rd.end(); err != nil {
		return nil, err
	}
	return r, r.complete()
}

// complete checks that a request has what its kind needs, and nothing else.
func (r *Request) complete() error {
	for _, f := range []struct {
		name   string
		there  bool
		needed bool
		may    bool
	}{
		{"code", r.Code != "", r.Kind == Register || r.Kind == Change, false},
		{"new-serial", r.NewSerial != "", r.Kind == Change, false},
		{"new-company", r.NewCompany != "", false, r.Kind == Change},
		{"left", r.Left != Mark{}, r.Kind == RolledBack, false},
		{"set", r.Set != Mark{}, r.Kind == Accepted || r.Kind == RolledBack, true},
	} {
		if f.needed && !f.there || f.there && !f.needed && !f.may {
			return &MalformedError{Why: fmt.Sprintf("a request of kind %q and the field %q do not go together", r.Kind, f.name)}
		}
	}
	return nil
}

func (r *reader) key(name string) ed25519.PublicKey {
	value := r.need(name)
	b, err := base64.StdEncoding.Strict().DecodeString(value)
	if r.err == nil && (err != nil || base64.StdEncoding.EncodeToString(b) != value || licensefile.CheckKey(b) != nil) {
		r.fail("the key is not an Ed25519 public key in base64")
	}
	return b
}

// verify checks the one signature of a text.
func verify(text []byte, line, name string, key ed25519.PublicKey) error {
	encoded, ok := strings.CutPrefix(line, "— "+name+" ")
	b, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !ok || err != nil || base64.StdEncoding.EncodeToString(b) != encoded {
		return &SignatureError{What: "the request", Why: "the signature is not by " + name}
	}
	v, err := verifierOf(name, key)
	if err != nil {
		return &SignatureError{What: "the request", Why: err.Error()}
	}
	if _, err := note.Open(append(append(bytes.Clone(text), '\n'), line+"\n"...), note.VerifierList(v)); err != nil {
		return &SignatureError{What: "the request", Why: "the signature does not belong to the text: one of them was changed"}
	}
	return nil
}

func verifierOf(name string, key ed25519.PublicKey) (note.Verifier, error) {
	return note.NewVerifier(licensefile.RootKey{Name: name, Key: key}.String())
}

// noteSigner lets x/mod sign with a key that may be anywhere.
type noteSigner struct {
	note.Verifier
	signer licensefile.Signer
}

func (s noteSigner) Sign(text []byte) ([]byte, error) { return s.signer.Sign(text) }
