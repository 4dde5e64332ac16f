package fsck

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Ledgers, and the installation id of the server's own.
const (
	serverLedger = "server"
	seatsLedger  = "seats"
)

// tables are all sealed tables, in byte order of their names. They are written
// down here a second time on purpose: a slip in the store's list must not be a
// slip here as well. Section 6 of spec/storage-integrity.md has the same lines.
var tables = []*table{
	sealed(seatsLedger, "activation", "number:i",
		"issuer:t set_number:i checkpoint:t replaced:t from_at:i until_at:i how:t given_by:t undo:b reported_at:i"),
	sealed(seatsLedger, "activity_policy", "id:i", "ground:t from_at:i"),
	sealed(seatsLedger, "assignment", "number:i",
		"person:t issuer:t module:t quantity:i source:t from_at:i until_at:i given_by:t reason:t ended_by:t end_reason:t"),
	sealed(seatsLedger, "authority", "issuer:t",
		"serial:t registered:i asked:i answered:i failures:i error:t why:t refused:t status:t messages:t address:t offered:i company:t new_serial:t new_company:t clock:i reported:i checkpoint:t told_at:i"),
	sealed(seatsLedger, "credential", "id:t",
		"person:t kind:t name:t secret:b data:b created:i created_by:t expires:i used:i count:i"),
	sealed(seatsLedger, "database", "number:i", "name:t state:t created:i"),
	sealed(seatsLedger, "event", "number:i",
		"type:t code:t about:t ending:t audience:t texts:t facts:t started_by:t started:i from_at:i expected:i ended:i ended_by:t end_reason:t done:i total:i"),
	sealed(seatsLedger, "hook", "name:t", "url:t timeout:i unreachable:t"),
	sealed(serverLedger, "installation", "id:t", "number:i name:t created:i state:t"),
	sealed(seatsLedger, "key_list", "number:i", "note:b learned_at:i"),
	sealed(seatsLedger, "license", "issuer:t module:t",
		"number:i set_number:i line:i kind:i seats:i taken:i unrestricted:i open_ended:i hidden:i"),
	sealed(seatsLedger, "license_set", "checkpoint:t",
		"issuer:t number:i serial:t state:t file:t certificates:t loaded_at:i accepted_at:i from_at:i until_at:i"),
	sealed(seatsLedger, "message_choice", "person:t", "off:t"),
	sealed(seatsLedger, "message_out", "id:t",
		"kind:t about:t level:i channel:t target:t made:i due:i failed:i tries:i error:t"),
	sealed(seatsLedger, "message_rule", "kind:t reader:t", "told:i"),
	sealed(seatsLedger, "message_told", "kind:t about:t", "level:i at:i over_at:i facts:t next:i"),
	sealed(seatsLedger, "owner", "id:i", "company:t serial:t time_zone:t demo:i language:t site_key:b"),
	sealed(seatsLedger, "person", "id:t",
		"number:i kind:i login:i valid_through:t profile:t state:t commitment:b created:i erased:i"),
	sealed(seatsLedger, "person_past", "number:i", "person:t kind:i login:i profile:t state:t from_at:i until_at:i"),
	sealed(seatsLedger, "preference", "person:t", "language:t theme:t shortcuts:i generation:i"),
	sealed(seatsLedger, "profile", "code:t", "name:t modules:t"),
	sealed(seatsLedger, "profile_past", "number:i", "code:t modules:t from_at:i until_at:i"),
	sealed(seatsLedger, "provider", "code:t",
		"name:t issuer:t client_id:t secret:b match:t claim:t created:i created_by:t"),
	sealed(seatsLedger, "role", "person:t role:t", "from_at:i given_by:t"),
	sealed(seatsLedger, "session", "id:t", "person:t hash:b method:t device:t begun:i ends:i"),
	sealed(seatsLedger, "set_agreement", "checkpoint:t", "agreed_at:i agreed_by:t accepts:t told_at:i choices:t@2= effects:t@2="),
	sealed(seatsLedger, "set_policy", "id:i", "activation:t"),
	sealed(seatsLedger, "site_assignment", "number:i",
		"database:i issuer:t module:t quantity:i from_at:i until_at:i given_by:t reason:t ended_by:t end_reason:t"),
	sealed(seatsLedger, "snooze", "person:t", "items:t"),
	sealed(seatsLedger, "token", "id:t", "name:t hash:b scopes:t created:i created_by:t expires:i revoked:i"),
}

// unsealed are the other tables that may be there; the specification gives the
// reason for each.
var unsealed = []string{"head", "journal", "audit", "personal", "set_file", "box", "activity", "goose_db_version", "goose_lock"}

// olderSchemas are the digests of the layouts that earlier versions wrote.
var olderSchemas = []string{
	"03c6b66340e4254bdf668f8bfc2f84cba22d5ac4de108d821fd4f952408762b4", // the first
	"a25ac273fdaea82290732f16224e18fd6904478eb1d7b0bda0caa9a5f39436dd", // before a waiting set had choices
}

// A table is a sealed table with the newest of its layouts.
type table struct {
	name    string
	ledger  string
	layout  int64
	key     []column
	columns []column // earlier layouts are the beginnings of this list
}

type column struct {
	name    string
	tag     byte // 'i', 't' or 'b'
	since   int64
	missing any // what rows of earlier layouts must hold
	text    string
}

// sealed reads a layout: "name:tag" for every column, and "name:tag@2=value"
// for one that came with layout 2, where rows of layout 1 hold that value.
func sealed(ledger, name, key, columns string) *table {
	t := &table{name: name, ledger: ledger, layout: 1, key: parseColumns(key), columns: parseColumns(columns)}
	for _, c := range t.columns {
		t.layout = max(t.layout, c.since)
	}
	return t
}

func parseColumns(text string) []column {
	var columns []column
	for _, field := range strings.Fields(text) {
		name, rest, _ := strings.Cut(field, ":")
		c := column{name: name, tag: rest[0], since: 1, text: field}
		if _, later, ok := strings.Cut(rest, "@"); ok {
			number, value, _ := strings.Cut(later, "=")
			since, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				panic("layout " + field) // the list above is wrong
			}
			c.since = since
			switch c.tag {
			case 'i':
				if c.missing, err = strconv.ParseInt(value, 10, 64); err != nil {
					panic("layout " + field)
				}
			case 't':
				c.missing = value
			case 'b':
				c.missing = []byte(value)
			}
		}
		columns = append(columns, c)
	}
	return columns
}

// at returns how many of the columns a layout seals, and false for a layout
// nobody has shipped.
func (t *table) at(layout int64) (int, bool) {
	if layout < 1 || layout > t.layout {
		return 0, false
	}
	n := slices.IndexFunc(t.columns, func(c column) bool { return c.since > layout })
	if n < 0 {
		n = len(t.columns)
	}
	return n, true
}

// names returns all columns, in the order a row is read in.
func (t *table) names() []string {
	names := []string{"installation"}
	for _, c := range slices.Concat(t.key, t.columns) {
		names = append(names, c.name)
	}
	return append(names, "ver", "layout", "seal", "colsum")
}

// schemaText has one line for every sealed table.
func schemaText() string {
	var text strings.Builder
	for _, t := range tables {
		fmt.Fprintf(&text, "%s %d", t.name, t.layout)
		for _, c := range t.key {
			text.WriteString(" " + c.text)
		}
		text.WriteString(" |")
		for _, c := range t.columns {
			text.WriteString(" " + c.text)
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// schemaDigest is what a head carries to say which layouts its rows follow.
func schemaDigest() [32]byte { return sha256.Sum256([]byte(schemaText())) }

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
