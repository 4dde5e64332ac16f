package store

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/tamper"
)

//go:embed schemas
var schemas embed.FS

// schemaDigest is bound into every head this program writes.
var schemaDigest = tamper.SchemaDigest(layouts)

// shipped are the digests of the schemas that older programs write, and what
// they are called: a file in the folder schemas holds the text of each.
var shipped = readShipped()

func readShipped() map[[32]byte]string {
	known := map[[32]byte]string{}
	files, err := fs.Glob(schemas, "schemas/*.txt")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range files {
		text, err := schemas.ReadFile(name)
		if err != nil {
			panic(err) // it was just listed
		}
		known[sha256.Sum256(text)] = name
	}
	return known
}

// schemaKnown reports whether rows under a head with this digest follow layouts
// this program reads.
func schemaKnown(digest [32]byte) bool {
	_, old := shipped[digest]
	return old || digest == schemaDigest
}

// An UnknownSchemaError is returned when the rows of an installation follow
// layouts of a newer program. They are genuine, but this program would not
// know what they mean.
type UnknownSchemaError struct {
	Installation string
	Digest       string // of the schema, the first 8 digits in hex
}

func (e *UnknownSchemaError) Error() string {
	return fmt.Sprintf("installation %s was written by a newer version of Pott: its tables follow schema %s, which this version does not know",
		e.Installation, e.Digest)
}

// Code returns the stable code of the error.
func (e *UnknownSchemaError) Code() string { return "storage.unknown-schema" }

func (l *ledger) unknownSchema(digest [32]byte) error {
	return &UnknownSchemaError{Installation: l.installation, Digest: schemaName(digest)}
}

func schemaName(digest [32]byte) string { return hex.EncodeToString(digest[:4]) }

// upgradeEntry records that a ledger moves to the schema of this program. The
// batch it is in writes the head with the new digest; rows move to their newest
// layout when they are next written.
func (l *ledger) upgradeEntry(at int64) audit.Entry {
	return audit.Entry{At: at, Actor: audit.Actor{Kind: audit.System, ID: "upgrade"}, Action: "schema.upgrade",
		Facts: []audit.Fact{audit.F("from", schemaName(l.head.Schema)), audit.F("to", schemaName(schemaDigest))}}
}

// outdated reports whether the head was written by an older program and can be
// moved to the schema of this one.
func (l *ledger) outdated() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.head.Schema != schemaDigest && l.trusted()
}
