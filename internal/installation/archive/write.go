package archive

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
)

// A Selection is the rows that go into an archive.
type Selection struct {
	Tables []string // those that are not there are left out
	ID     string   // of the installation whose rows they are; "" for all rows
}

// Write writes one consistent state of a database: everything is read in one
// snapshot, also while a server changes it. The header's Database, Schema and
// Heads are filled in here. The key signs the archive; it may be nil.
func Write(ctx context.Context, to io.Writer, db *sqldb.DB, h Header, what Selection, key ed25519.PrivateKey) (*Manifest, error) {
	columns, err := db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	version, err := db.SchemaVersion(ctx)
	if err != nil {
		return nil, err
	}
	h.Database, h.Schema = db.Dialect.String(), version
	packed := gzip.NewWriter(to)
	w := newWriter(packed)
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		var err error
		if h.Heads, err = readHeads(ctx, tx, what); err != nil {
			return err
		}
		w.begin(h)
		for _, name := range slices.Sorted(maps.Keys(columns)) {
			if !slices.Contains(what.Tables, name) {
				continue
			}
			if err := w.table(ctx, tx, name, columns[name], what); err != nil {
				return fmt.Errorf("reading table %s: %w", name, err)
			}
		}
		return w.err
	})
	if err != nil {
		return nil, err
	}
	m := w.end(key)
	if err := w.out.Flush(); err != nil {
		return nil, err
	}
	return m, packed.Close()
}

func readHeads(ctx context.Context, tx *sqldb.Tx, what Selection) ([]Head, error) {
	text, args := "SELECT installation, ledger, epoch, seq, link, key_id FROM head", []any{}
	if what.ID != "" {
		text, args = text+" WHERE installation = ?", []any{what.ID}
	}
	rows, err := tx.Query(ctx, text+" ORDER BY installation, ledger", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	heads := []Head{}
	for rows.Next() {
		var h Head
		var epoch, link, key []byte
		if err := rows.Scan(&h.Installation, &h.Ledger, &epoch, &h.Seq, &link, &key); err != nil {
			return nil, err
		}
		h.Epoch, h.Link, h.KeyID = hex.EncodeToString(epoch), hex.EncodeToString(link), hex.EncodeToString(key)
		heads = append(heads, h)
	}
	return heads, rows.Err()
}

// A writer writes records and hashes them. After the first failure it does
// nothing more.
type writer struct {
	out  *bufio.Writer
	all  hash.Hash // of everything written
	buf  []byte
	err  error
	made Manifest
}

func newWriter(to io.Writer) *writer {
	return &writer{out: bufio.NewWriterSize(to, 1<<16), all: sha256.New()}
}

func (w *writer) begin(h Header) {
	w.made.Header, w.made.Tables = h, []Table{}
	w.bytes([]byte(Format + "\n"))
	w.json(headerRecord, h)
}

func (w *writer) bytes(b []byte) {
	if w.err == nil {
		w.all.Write(b)
		_, w.err = w.out.Write(b)
	}
}

func (w *writer) record(kind byte, payload []byte) {
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload)))
	w.bytes(head)
	w.bytes(payload)
}

func (w *writer) json(kind byte, v any) {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.record(kind, b)
}

func (w *writer) table(ctx context.Context, tx *sqldb.Tx, name string, columns []string, what Selection) error {
	text, args := "SELECT "+strings.Join(columns, ", ")+" FROM "+name, []any{}
	if what.ID != "" {
		if name == "installation" { // the server's rows, not the installation's
			return nil
		}
		text, args = text+" WHERE installation = ?", []any{what.ID}
	}
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	w.json(tableRecord, Table{Name: name, Columns: columns})
	t := Table{Name: name, Columns: columns}
	sum := sha256.New()
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() && w.err == nil {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if err := w.row(values); err != nil {
			return err
		}
		sum.Write(w.buf)
		t.Rows++
	}
	t.SHA256 = hex.EncodeToString(sum.Sum(nil))
	w.json(endRecord, t)
	w.made.Tables = append(w.made.Tables, t)
	return rows.Err()
}

func (w *writer) row(values []any) error {
	w.buf = w.buf[:0]
	for _, v := range values {
		switch v := v.(type) {
		case int64:
			w.buf = binary.BigEndian.AppendUint64(append(w.buf, 'i'), uint64(v))
		case string:
			w.buf = append(binary.BigEndian.AppendUint32(append(w.buf, 't'), uint32(len(v))), v...)
		case []byte:
			w.buf = append(binary.BigEndian.AppendUint32(append(w.buf, 'b'), uint32(len(v))), v...)
		case nil:
			w.buf = append(w.buf, 'n')
		default:
			return fmt.Errorf("a column holds a %T", v)
		}
	}
	w.record(rowRecord, w.buf)
	return nil
}

// end writes the manifest and, with a key, the signature over all that stands
// before it.
func (w *writer) end(key ed25519.PrivateKey) *Manifest {
	w.made.SHA256 = hex.EncodeToString(w.all.Sum(nil))
	w.json(manifestRecord, w.made)
	if key != nil {
		public := key.Public().(ed25519.PublicKey)
		signature := ed25519.Sign(key, signed(w.all.Sum(nil)))
		w.record(signatureRecord, append(slices.Clone(public), signature...))
		w.made.Signer = public
	}
	return &w.made
}

// signed is the text that a signature is over: the hash, and what it is of, so
// that it is no signature of anything else.
func signed(sum []byte) []byte { return append([]byte(Format+" signature\n"), sum...) }
