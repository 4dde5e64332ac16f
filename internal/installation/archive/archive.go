// Package archive carries the rows of a database in one file, byte for byte and
// between kinds of database, and notices when a byte of the file is missing or
// another.
//
// It does not know what the rows mean: seals and chain travel as they are, so
// that what is wrong with them is found on the other side exactly as it would
// have been here. No key is ever in an archive. spec/archive.md says how the
// file is laid out.
package archive

import (
	"time"
)

// Format is the first line of an archive, once it is unpacked.
const Format = "pott-archive/v1"

// What an archive is of.
const (
	Server       = "server"       // everything in a database
	Installation = "installation" // one installation, without what the server keeps of it
)

// A Header is what an archive says of itself before its rows.
type Header struct {
	Of       string    `json:"of"` // Server or Installation
	Made     time.Time `json:"made"`
	Database string    `json:"database"` // "sqlite" or "postgres": where the rows were read
	Schema   int64     `json:"schema"`   // version of the tables
	Heads    []Head    `json:"heads"`    // where each chain stood, as its row said
	// ID, Name and Created say which installation it is, when it is of one.
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Created int64  `json:"created,omitempty"` // microseconds since 1970 UTC
	// Marks are the numbers that only rise, as they were before its rows were read:
	// where they stand in a database, only the seal key opens them.
	Marks *Marks `json:"marks,omitempty"`
}

// Marks are the highest numbers an installation has accepted.
type Marks struct {
	Sets    []SetMark `json:"sets,omitempty"` // by issuer and serial number
	KeyList uint64    `json:"key_list,omitempty"`
	Clock   int64     `json:"clock"` // microseconds since 1970 UTC
}

// A SetMark is one of them, as it stands in a head.
type SetMark struct {
	Issuer string `json:"issuer"`
	Serial string `json:"serial"`
	Value  string `json:"value"` // a decimal number: some are larger than JSON's are exact
}

// A Head is where a chain stood.
type Head struct {
	Installation string `json:"installation"` // id; "server" for the server's own ledger
	Ledger       string `json:"ledger"`
	Epoch        string `json:"epoch"` // hex, as the next two
	Seq          int64  `json:"seq"`
	Link         string `json:"link"`
	KeyID        string `json:"key_id"` // of the seal key
}

// A Table is what an archive holds of one table.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"` // of its rows as they stand in the archive, hex
}

// A Manifest is what a whole archive says of itself. It was read to its end and
// everything in it is as it was written.
type Manifest struct {
	Header
	Tables []Table `json:"tables"`
	SHA256 string  `json:"sha256"` // of everything before the manifest, hex
	// Signer is the public key that signed the archive, and that did check; nil
	// when nobody signed.
	Signer []byte `json:"signer,omitempty"`
}

// Rows returns how many rows there are in all tables.
func (m *Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// The largest record and the most columns that are read. A larger archive was
// not made by this program.
const (
	maxRecord  = 1 << 30
	maxColumns = 1000
)

// Records begin with what they are and how long they are.
const (
	headerRecord    = 'H'
	tableRecord     = 'T'
	rowRecord       = 'R'
	endRecord       = 'E' // of a table
	manifestRecord  = 'M'
	signatureRecord = 'S'
)
