package archive

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/age"
)

// Into is what becomes of what is read, before it is known whether the rest of
// the archive is whole: what it does must be undone when the reading fails. A
// func that is nil is not called.
type Into struct {
	Table func(name string, columns []string) error
	Row   func(values []any) error // int64, string, []byte or nil; valid until it returns
	End   func() error             // of a table
}

// A Reader reads an archive, once.
type Reader struct {
	Header    Header
	Encrypted bool

	file    io.Reader // what is packed and perhaps encrypted
	in      *bufio.Reader
	all     hash.Hash // of everything read
	before  []byte    // of everything before the record at hand
	buf     []byte
	into    Into
	tables  []Table
	table   *Table // being read
	rows    hash.Hash
	scratch []any
}

// NewReader reads as far as the header of an archive. An encrypted one is opened
// with identities.
//
// The errors are [*NotAnArchiveError], [*EncryptedError] and [*BrokenError].
func NewReader(from io.Reader, identities []age.Identity) (*Reader, error) {
	buffered := bufio.NewReaderSize(from, 1<<16)
	begins, _ := buffered.Peek(len(ageMagic))
	from = io.Reader(buffered)
	if string(begins) == ageMagic {
		opened, err := openAge(buffered, identities)
		if err != nil {
			return nil, err
		}
		from = bufio.NewReaderSize(opened, 1<<16)
	} else if len(begins) < 2 || begins[0] != 0x1f || begins[1] != 0x8b {
		return nil, &NotAnArchiveError{}
	}
	packed, err := gzip.NewReader(from)
	if err != nil && from != buffered {
		return nil, &BrokenError{Why: "what is encrypted cannot be read"}
	} else if err != nil {
		return nil, &NotAnArchiveError{}
	}
	packed.Multistream(false)
	r := &Reader{tables: []Table{}, file: from, in: bufio.NewReaderSize(packed, 1<<15), all: sha256.New()}
	line := make([]byte, len(Format)+1)
	if _, err := io.ReadFull(r.in, line); err != nil || string(line) != Format+"\n" {
		return nil, &NotAnArchiveError{}
	}
	r.all.Write(line)
	r.Encrypted = from != io.Reader(buffered)
	return r, r.readHeader()
}

// Read reads everything after the header, and checks it.
func (r *Reader) Read(into Into) (*Manifest, error) {
	r.into = into
	m, err := r.run()
	if err != nil {
		return nil, err
	}
	// What follows the end was not written by us.
	if n, err := io.Copy(io.Discard, r.file); err != nil || n > 0 {
		return nil, &BrokenError{Why: "something follows its end"}
	}
	return m, nil
}

const ageMagic = "age-encryption.org/v1"

func openAge(from io.Reader, identities []age.Identity) (io.Reader, error) {
	if len(identities) == 0 {
		return nil, &EncryptedError{}
	}
	opened, err := age.Decrypt(from, identities...)
	if none := new(age.NoIdentityMatchError); errors.As(err, &none) {
		return nil, &EncryptedError{Tried: len(identities)}
	}
	if err != nil {
		return nil, &BrokenError{Why: "the encryption does not check"}
	}
	return opened, nil
}

func (r *Reader) run() (*Manifest, error) {
	for {
		kind, payload, err := r.record()
		if err != nil {
			return nil, err
		}
		switch {
		case kind == tableRecord && r.table == nil:
			err = r.beginTable(payload)
		case kind == rowRecord && r.table != nil:
			err = r.row(payload)
		case kind == endRecord && r.table != nil:
			err = r.endTable(payload)
		case kind == manifestRecord && r.table == nil:
			return r.manifest(payload)
		default:
			err = &BrokenError{Why: fmt.Sprintf("a record of kind %q stands where none may", kind)}
		}
		if err != nil {
			return nil, err
		}
	}
}

// record reads the next record. What it returns is valid until the next call.
func (r *Reader) record() (kind byte, payload []byte, err error) {
	r.before = r.all.Sum(r.before[:0])
	var head [5]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return 0, nil, &BrokenError{Why: cutOff(err)}
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxRecord {
		return 0, nil, &BrokenError{Why: "a record is larger than any that is written"}
	}
	r.all.Write(head[:])
	// Grown as it is filled: a length that lies costs no memory.
	into := bytes.NewBuffer(r.buf[:0])
	if got, err := io.CopyN(into, r.in, int64(n)); err != nil || got != int64(n) {
		return 0, nil, &BrokenError{Why: cutOff(err)}
	}
	r.buf = into.Bytes()
	r.all.Write(r.buf)
	return head[0], r.buf, nil
}

// cutOff says in our words why reading ended too early.
func cutOff(err error) string {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return "it ends too early"
	}
	return "a byte of it is another"
}

func decode(payload []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return &BrokenError{Why: "a record cannot be read"}
	}
	if _, err := d.Token(); err != io.EOF {
		return &BrokenError{Why: "a record holds more than it should"}
	}
	return nil
}

func (r *Reader) readHeader() error {
	kind, payload, err := r.record()
	if err != nil {
		return err
	}
	if kind != headerRecord {
		return &BrokenError{Why: "it does not begin with a header"}
	}
	if err := decode(payload, &r.Header); err != nil {
		return err
	}
	if r.Header.Of != Server && r.Header.Of != Installation {
		return &BrokenError{Why: "it does not say what it is of"}
	}
	return nil
}

func (r *Reader) beginTable(payload []byte) error {
	t := &Table{}
	if err := decode(payload, t); err != nil {
		return err
	}
	if len(t.Columns) == 0 || len(t.Columns) > maxColumns {
		return &BrokenError{Why: "a table has no columns, or too many"}
	}
	if n := len(r.tables); n > 0 && r.tables[n-1].Name >= t.Name {
		return &BrokenError{Why: "tables are not in order"}
	}
	r.table, r.rows = &Table{Name: t.Name, Columns: t.Columns}, sha256.New()
	r.scratch = make([]any, len(t.Columns))
	if r.into.Table == nil {
		return nil
	}
	return r.into.Table(t.Name, t.Columns)
}

func (r *Reader) row(payload []byte) error {
	r.rows.Write(payload)
	r.table.Rows++
	rest := payload
	for i := range r.scratch {
		var ok bool
		if r.scratch[i], rest, ok = value(rest); !ok {
			return &BrokenError{Why: "a row of table " + r.table.Name + " cannot be read"}
		}
	}
	if len(rest) > 0 {
		return &BrokenError{Why: "a row of table " + r.table.Name + " has more values than columns"}
	}
	if r.into.Row == nil {
		return nil
	}
	return r.into.Row(r.scratch)
}

// value takes one value off the front of a row.
func value(b []byte) (v any, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	tag, b := b[0], b[1:]
	switch tag {
	case 'n':
		return nil, b, true
	case 'i':
		if len(b) < 8 {
			return nil, nil, false
		}
		return int64(binary.BigEndian.Uint64(b)), b[8:], true
	case 't', 'b':
		if len(b) < 4 {
			return nil, nil, false
		}
		n := int64(binary.BigEndian.Uint32(b))
		if b = b[4:]; n > int64(len(b)) {
			return nil, nil, false
		}
		if tag == 't' {
			return string(b[:n]), b[n:], true
		}
		return b[:n:n], b[n:], true
	}
	return nil, nil, false
}

func (r *Reader) endTable(payload []byte) error {
	said := Table{}
	if err := decode(payload, &said); err != nil {
		return err
	}
	r.table.SHA256 = hex.EncodeToString(r.rows.Sum(nil))
	if said.Name != r.table.Name || said.Rows != r.table.Rows || said.SHA256 != r.table.SHA256 {
		return &BrokenError{Why: "the rows of table " + r.table.Name + " are not those that were written"}
	}
	r.tables, r.table = append(r.tables, *r.table), nil
	if r.into.End == nil {
		return nil
	}
	return r.into.End()
}

// manifest compares what was read with what the archive says was written, and
// checks the signature when there is one.
func (r *Reader) manifest(payload []byte) (*Manifest, error) {
	before := hex.EncodeToString(r.before)
	read := &Manifest{Header: r.Header, Tables: r.tables, SHA256: before}
	if want, err := json.Marshal(read); err != nil || !bytes.Equal(want, payload) {
		return nil, &BrokenError{Why: "what was read is not what its manifest says"}
	}
	if _, err := r.in.Peek(1); err == io.EOF {
		return read, nil // nobody signed
	}
	kind, payload, err := r.record()
	if err != nil {
		return nil, err
	}
	if kind != signatureRecord || len(payload) != ed25519.PublicKeySize+ed25519.SignatureSize {
		return nil, &BrokenError{Why: "something else than a signature follows the manifest"}
	}
	key := ed25519.PublicKey(bytes.Clone(payload[:ed25519.PublicKeySize]))
	if !ed25519.Verify(key, signed(r.before), payload[ed25519.PublicKeySize:]) {
		return nil, &BrokenError{Why: "its signature does not check"}
	}
	if _, err := r.in.ReadByte(); err != io.EOF {
		return nil, &BrokenError{Why: "something follows its signature"}
	}
	read.Signer = key
	return read, nil
}
