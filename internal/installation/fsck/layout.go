package fsck

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// Ledgers, and the installation id of the server's own.
const (
	serverLedger = "server"
	seatsLedger  = "seats"
)

// A table is a sealed table as spec/storage-integrity.md lists it. It is
// written down here a second time on purpose: a slip in the store's list must
// not be a slip here as well.
type table struct {
	name    string
	ledger  string
	layout  int64
	key     []column
	columns []column
}

type column struct {
	name string
	tag  byte // 'i', 't' or 'b'
}

// tables are all sealed tables, in byte order of their names.
var tables = []*table{
	sealed(seatsLedger, "activation", "number:i",
		"issuer:t set_number:i checkpoint:t replaced:t from_at:i until_at:i how:t given_by:t undo:b seen_at:i reported_at:i"),
	sealed(seatsLedger, "assignment", "number:i",
		"person:t issuer:t module:t quantity:i source:t from_at:i until_at:i given_by:t reason:t ended_by:t end_reason:t"),
	sealed(seatsLedger, "event", "number:i",
		"type:t code:t about:t ending:t audience:t texts:t facts:t started_by:t started:i from_at:i expected:i ended:i ended_by:t end_reason:t done:i total:i"),
	sealed(serverLedger, "installation", "id:t", "number:i name:t created:i state:t"),
	sealed(seatsLedger, "key_list", "number:i", "note:b learned_at:i"),
	sealed(seatsLedger, "license", "issuer:t module:t",
		"number:i set_number:i line:i kind:i seats:i taken:i unrestricted:i open_ended:i hidden:i"),
	sealed(seatsLedger, "license_set", "checkpoint:t",
		"issuer:t number:i serial:t state:t file:t certificates:t loaded_at:i accepted_at:i from_at:i until_at:i"),
	sealed(seatsLedger, "owner", "id:i", "company:t serial:t time_zone:t demo:i language:t site_key:b"),
	sealed(seatsLedger, "person", "id:t",
		"number:i kind:i login:i valid_through:t profile:t state:t commitment:b created:i erased:i"),
	sealed(seatsLedger, "profile", "code:t", "name:t modules:t"),
	sealed(seatsLedger, "set_agreement", "checkpoint:t", "agreed_at:i agreed_by:t accepts:t told_at:i"),
	sealed(seatsLedger, "set_policy", "id:i", "activation:t"),
	sealed(seatsLedger, "token", "id:t", "name:t hash:b scopes:t created:i created_by:t expires:i revoked:i"),
}

// unsealed are the other tables that may be there; the specification gives the
// reason for each.
var unsealed = []string{"head", "journal", "audit", "personal", "set_file", "goose_db_version", "goose_lock"}

// sealed reads a layout; all of them are number 1 so far.
func sealed(ledger, name, key, columns string) *table {
	return &table{name: name, ledger: ledger, layout: 1, key: parseColumns(key), columns: parseColumns(columns)}
}

func parseColumns(text string) []column {
	var columns []column
	for _, field := range strings.Fields(text) {
		name, tag, _ := strings.Cut(field, ":")
		columns = append(columns, column{name, tag[0]})
	}
	return columns
}

// schemaDigest is what a head carries to say which layouts its rows follow.
func schemaDigest() [32]byte {
	var text strings.Builder
	write := func(columns []column) {
		for _, c := range columns {
			fmt.Fprintf(&text, " %s:%c", c.name, c.tag)
		}
	}
	for _, t := range tables {
		fmt.Fprintf(&text, "%s %d", t.name, t.layout)
		write(t.key)
		text.WriteString(" |")
		write(t.columns)
		text.WriteByte('\n')
	}
	return sha256.Sum256([]byte(text.String()))
}

// find returns the index of a column among the value columns, or -1.
func (t *table) find(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
}

func tableNamed(name string) *table {
	for _, t := range tables {
		if t.name == name {
			return t
		}
	}
	return nil
}

// tablesOf returns the sealed tables of a ledger.
func tablesOf(ledger string) []*table {
	var of []*table
	for _, t := range tables {
		if t.ledger == ledger {
			of = append(of, t)
		}
	}
	return of
}
