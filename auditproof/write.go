package auditproof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"io"

	"github.com/pott-dev/pott/licensefile"
)

// A Writer writes a proof: the header first, then each batch with its entries,
// then people. The first failure sticks, and is what Close returns.
type Writer struct {
	w            io.Writer
	sum          hash.Hash
	lines        int64
	installation string
	err          error
}

// NewWriter begins a proof. Its key is that of the signer it will be closed with.
func NewWriter(w io.Writer, h Header, signer licensefile.Signer) *Writer {
	p := &Writer{w: w, sum: sha256.New(), installation: h.Installation}
	if h.Key = ""; signer != nil {
		h.Key = strict64.EncodeToString(signer.Public())
	}
	p.put([]byte(format))
	p.line(&h)
	return p
}

// Batch writes a batch, with its entries if it has any.
func (p *Writer) Batch(b *Batch) error {
	p.line(b)
	for i := range b.Entries {
		p.line(&b.Entries[i])
	}
	return p.err
}

// Person writes who an opaque id stands for.
func (p *Writer) Person(person Person) error {
	p.line(&person)
	return p.err
}

// Close signs the proof, unless there is no signer.
func (p *Writer) Close(signer licensefile.Signer) error {
	if p.err != nil {
		return p.err
	}
	note := noteOf(p.installation, p.lines, p.sum.Sum(nil))
	tail := append([]byte("\n"), note...)
	if signer != nil {
		sig, err := signer.Sign(note)
		if err != nil {
			return fmt.Errorf("signing the proof: %w", err)
		}
		tail = append(tail, "\n— "+p.installation+" "...)
		tail = strict64.AppendEncode(tail, append(binary.BigEndian.AppendUint32(nil, keyHash(p.installation, signer.Public())), sig...))
		tail = append(tail, '\n')
	}
	_, err := p.w.Write(tail)
	return err
}

func (p *Writer) line(value any) {
	if p.err != nil {
		return
	}
	text, err := marshal(value)
	if err == nil && len(text) > MaxLine {
		err = &FormatError{Line: int(p.lines) + 1, Why: tooLong}
	}
	if p.err = err; err == nil {
		p.put(text)
	}
}

func (p *Writer) put(line []byte) {
	line = append(line, '\n')
	p.sum.Write(line)
	p.lines++
	if _, err := p.w.Write(line); p.err == nil {
		p.err = err
	}
}

// marshal returns the one spelling of a line.
func marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// noteOf returns the lines that are signed. The hash stands for the body, so that
// a trail of any length is signed, and shown to a signer, in four lines.
func noteOf(installation string, lines int64, sum []byte) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%d\n%s\n", format, installation, lines, strict64.EncodeToString(sum))
}

var strict64 = base64.StdEncoding.Strict()

// keyHash returns the key id of a signed note: a hint, and no reason to trust.
func keyHash(name string, key ed25519.PublicKey) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n\x01"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

// note returns the lines that were signed.
func (p *Proof) note() []byte {
	sum := sha256.Sum256(p.body)
	return noteOf(p.Installation, p.lines, sum[:])
}
