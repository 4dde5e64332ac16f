package fsck

import (
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

const southInstallation = "00112233445566778899aabbccddeeff"

func otherMaster() (master [32]byte) {
	copy(master[:], fill(32, 0x80))
	return master
}

func profileRow(code, name string) *row {
	return &row{table: tableNamed("profile"), key: []any{code}, values: []any{name, ""}}
}

func gone(code string) *row { return &row{table: tableNamed("profile"), key: []any{code}} }

// pages are the ledgers of the sheet all verdicts begin with.
type pages struct{ server, north, south *scribe }

func newPages() pages {
	m := vectorMaster()
	p := pages{newScribe(m, serverLedger, serverLedger), newScribe(m, vectorInstallation, seatsLedger), newScribe(m, southInstallation, seatsLedger)}
	for i, s := range []*scribe{p.north, p.south} {
		p.server.write("installation.create", "", &row{table: tableNamed("installation"), key: []any{s.id.installation},
			values: []any{int64(i + 1), []string{"north", "south"}[i], int64(1780000000000000), "active"}})
	}
	p.south.write("profile.set", "", profileRow("doctor", "Doctor"))
	p.north.write("profile.set", "", profileRow("nurse", "Nurse"), profileRow("clerk", "Clerk"))
	p.north.write("profile.set", "", profileRow("nurse", "Head nurse"), profileRow("guest", "Guest"))
	p.north.write("profile.drop", "", gone("guest"))
	return p
}

func (p pages) sheet() *sheet {
	all := &sheet{tables: map[string][]fields{}, anchors: map[string][]byte{}, keys: []Key{{Master: vectorMaster()}}}
	for _, s := range []*scribe{p.server, p.north, p.south} {
		all.add(s)
		all.anchors[s.id.installation+"."+s.id.name+".node-1.0.anchor"] = anchorOf(s.head(), vectorMaster())
	}
	return all
}

// verdicts are a sheet for every verdict: what was done to it, and the file it
// stands in.
var verdicts = []struct {
	name, comment string
	make          func(p pages) *sheet
}{
	{"intact", "nothing was done", func(p pages) *sheet { return p.sheet() }},
	{"edited", "a value was edited", func(p pages) *sheet {
		s := p.sheet()
		s.find("profile", fields{"code": "nurse"})["name"] = "Owner"
		return s
	}},
	{"edited-seal", "a bit of a seal was edited", func(p pages) *sheet {
		s := p.sheet()
		s.find("profile", fields{"code": "nurse"})["seal"].([]byte)[19] ^= 1
		return s
	}},
	{"inserted", "a row was made up", func(p pages) *sheet {
		s := p.sheet()
		f := maps.Clone(s.find("profile", fields{"code": "nurse"}))
		f["code"], f["seal"] = "owner", append(slices.Clone(p.north.k.id[:]), make([]byte, 16)...)
		s.tables["profile"] = append(s.tables["profile"], f)
		return s
	}},
	{"deleted", "a row was deleted", func(p pages) *sheet {
		s := p.sheet()
		s.drop("profile", fields{"code": "nurse"})
		return s
	}},
	{"old-copy", "a row was put back as it was", func(p pages) *sheet {
		s := p.sheet()
		old := p.north.sealed(profileRow("nurse", "Nurse"), 1)
		maps.Copy(s.find("profile", fields{"code": "nurse"}), old.fields())
		return s
	}},
	{"deleted-put-back", "a deleted row was put back", func(p pages) *sheet {
		s := p.sheet()
		s.tables["profile"] = append(s.tables["profile"], p.north.sealed(profileRow("guest", "Guest"), 2).fields())
		return s
	}},
	{"copied-row", "a row was copied from another, seal and all", func(p pages) *sheet {
		s := p.sheet()
		f := maps.Clone(s.find("profile", fields{"code": "nurse"}))
		f["code"] = "owner"
		s.tables["profile"] = append(s.tables["profile"], f)
		return s
	}},
	{"copied-installation", "a row was copied from another installation", func(p pages) *sheet {
		s := p.sheet()
		f := maps.Clone(s.find("profile", fields{"code": "doctor"}))
		f["installation"] = vectorInstallation
		s.tables["profile"] = append(s.tables["profile"], f)
		return s
	}},
	{"copied-database", "a row was copied from another database", func(p pages) *sheet {
		s := p.sheet()
		other := newScribe(otherMaster(), vectorInstallation, seatsLedger)
		maps.Copy(s.find("profile", fields{"code": "nurse"}), other.sealed(profileRow("nurse", "Owner"), 2).fields())
		return s
	}},
	{"head-edited", "the sequence number of a head was edited", func(p pages) *sheet {
		s := p.sheet()
		s.find("head", fields{"installation": vectorInstallation})["seq"] = int64(2)
		return s
	}},
	{"head-or-journal", "the rows agree with the journal and not with the head", func(p pages) *sheet {
		s := p.sheet()
		short := maps.Clone(p.north.rows)
		delete(p.north.rows, "profile"+string(appendValue(nil, "clerk")))
		maps.Copy(s.find("head", fields{"installation": vectorInstallation}), fields{"box": p.north.head().box})
		p.north.rows = short
		return s
	}},
	{"journal-edited", "a batch was edited", func(p pages) *sheet {
		s := p.sheet()
		s.find("journal", fields{"installation": vectorInstallation, "seq": int64(2)})["node"] = "node-2"
		return s
	}},
	{"audit-edited", "an entry says that somebody else did it", func(p pages) *sheet {
		s := p.sheet()
		s.find("audit", fields{"installation": vectorInstallation, "seq": int64(2)})["actor"] = "8"
		return s
	}},
	{"restored", "a backup was taken into use, and that is on record", func(p pages) *sheet {
		lost := p.sheet().anchors
		p.north.restore(9)
		p.north.write("profile.set", "", profileRow("nurse", "Nurse again"))
		s := p.sheet()
		s.anchors[vectorInstallation+".seats.node-2.0.anchor"] = lost[vectorInstallation+".seats.node-1.0.anchor"]
		return s
	}},
	{"abandoned", "a row and a batch of the branch that was given up are put back", func(p pages) *sheet {
		p.north.write("profile.set", "", profileRow("owner", "Owner"))
		lost, batch := p.north.sealed(profileRow("owner", "Owner"), 4), p.north.batches[3]
		p.north = newPages().north
		p.north.restore(9)
		s := p.sheet()
		s.tables["profile"] = append(s.tables["profile"], lost.fields())
		s.tables["journal"] = append(s.tables["journal"], fields{"installation": vectorInstallation, "ledger": seatsLedger, "seq": batch.seq, "epoch": batch.epoch,
			"batch": batch.id, "at": batch.at, "node": batch.node, "entries": batch.entries, "changes": batch.changes, "link": batch.link})
		return s
	}},
	{"rolled-back", "the whole database is an older copy", func(p pages) *sheet {
		s := p.sheet()
		p.north.write("profile.set", "", profileRow("nurse", "Nurse again"))
		s.anchors = p.sheet().anchors
		return s
	}},
	{"forked", "the whole database went on from an older copy", func(p pages) *sheet {
		s := p.sheet()
		p = newPages()
		p.north.batches, p.north.entries, p.north.seq, p.north.link = p.north.batches[:2], p.north.entries[:2], 2, p.north.batches[1].link
		p.north.write("profile.set", "", profileRow("nurse", "Nurse again"))
		s.anchors = p.sheet().anchors
		return s
	}},
	{"no-anchor", "nobody remembers", func(p pages) *sheet {
		s := p.sheet()
		s.anchors = map[string][]byte{}
		return s
	}},
	{"wrong-key", "the reader has another key", func(p pages) *sheet {
		s := p.sheet()
		s.keys = []Key{{Master: otherMaster()}}
		return s
	}},
	{"two-keys", "a ledger has moved to the next key of the ring, a row has not", func(p pages) *sheet {
		p.north.k, p.north.before = keysFor(otherMaster(), vectorInstallation), []*keys{p.north.k}
		p.north.write("seal.rotate", fmt.Sprintf("compromised=no\nfrom=%x\nto=%x\n", idOf(vectorMaster()), idOf(otherMaster())), profileRow("nurse", "Nurse again"))
		s := p.sheet()
		s.anchors[vectorInstallation+".seats.node-1.0.anchor"] = anchorOf(p.north.head(), otherMaster())
		s.keys = append(s.keys, Key{Master: otherMaster()})
		return s
	}},
	{"missing-key", "the same, and the reader lacks the first key of the ring", func(p pages) *sheet {
		p.north.k, p.north.before = keysFor(otherMaster(), vectorInstallation), []*keys{p.north.k}
		p.north.write("seal.rotate", "", profileRow("nurse", "Nurse again"))
		s := p.sheet()
		s.anchors = map[string][]byte{vectorInstallation + ".seats.node-1.0.anchor": anchorOf(p.north.head(), otherMaster())}
		s.keys = []Key{{Master: otherMaster()}}
		return s
	}},
	{"retired-key", "a row is sealed with a key that is retired", func(p pages) *sheet {
		first := newPages()
		m := otherMaster()
		p = pages{newScribe(m, serverLedger, serverLedger), newScribe(m, vectorInstallation, seatsLedger), newScribe(m, southInstallation, seatsLedger)}
		for i, s := range []*scribe{p.north, p.south} {
			p.server.write("installation.create", "", &row{table: tableNamed("installation"), key: []any{s.id.installation},
				values: []any{int64(i + 1), []string{"north", "south"}[i], int64(1780000000000000), "active"}})
		}
		p.north.write("profile.set", "", profileRow("nurse", "Nurse"))
		s := p.sheet()
		for _, l := range []*scribe{p.server, p.north, p.south} {
			s.anchors[l.id.installation+"."+l.id.name+".node-1.0.anchor"] = anchorOf(l.head(), m)
		}
		maps.Copy(s.find("profile", fields{"code": "nurse"}), first.north.sealed(profileRow("nurse", "Nurse"), 1).fields())
		s.keys = []Key{{Master: vectorMaster(), Retired: true}, {Master: m}}
		return s
	}},
}

// text writes a sheet down, and what must be said of it.
func (p *sheet) text(comment string, r Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "spec: storage-integrity 12\ncomment: %s\n", comment)
	for _, k := range p.keys {
		word := "key"
		if k.Retired {
			word = "retired key"
		}
		fmt.Fprintf(&b, "%s: %x\n", word, k.Master)
	}
	for _, table := range slices.Sorted(maps.Keys(p.tables)) {
		for _, f := range p.tables[table] {
			b.WriteString("row: " + table)
			for _, name := range slices.Sorted(maps.Keys(f)) {
				switch v := f[name].(type) {
				case int64:
					fmt.Fprintf(&b, "\t%s=i %d", name, v)
				case string:
					fmt.Fprintf(&b, "\t%s=t %s", name, strconv.Quote(v))
				case []byte:
					fmt.Fprintf(&b, "\t%s=b %x", name, v)
				}
			}
			b.WriteByte('\n')
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.anchors)) {
		fmt.Fprintf(&b, "anchor: %s %x\n", name, p.anchors[name])
	}
	for _, a := range r.answers() {
		fmt.Fprintf(&b, "answer: %s %s\n", a.name, a.answer.State)
		for _, place := range a.answer.At {
			fmt.Fprintf(&b, "place: %s %s\n", a.name, place)
		}
	}
	return b.String()
}

// parseSheet reads what text wrote, up to the answers.
func parseSheet(t *testing.T, text string) *sheet {
	t.Helper()
	p := &sheet{tables: map[string][]fields{}, anchors: map[string][]byte{}}
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch word {
		case "key", "retired key":
			p.keys = append(p.keys, Key{Master: [32]byte(unhex(t, rest)), Retired: word != "key"})
		case "anchor":
			name, slot, _ := strings.Cut(rest, " ")
			p.anchors[name] = unhex(t, slot)
		case "row":
			parts := strings.Split(rest, "\t")
			f := fields{}
			for _, part := range parts[1:] {
				name, value, _ := strings.Cut(part, "=")
				f[name] = parseField(t, value)
			}
			p.tables[parts[0]] = append(p.tables[parts[0]], f)
		}
	}
	return p
}

func parseField(t *testing.T, text string) any {
	t.Helper()
	tag, value, _ := strings.Cut(text, " ")
	var err error
	var v any
	switch tag {
	case "i":
		v, err = strconv.ParseInt(value, 10, 64)
	case "t":
		v, err = strconv.Unquote(value)
	default:
		v, err = hex.DecodeString(value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// check puts a sheet into a database and checks that.
func (p *sheet) check(t *testing.T, db *sqldb.DB) Report {
	t.Helper()
	for _, table := range slices.Concat(tableNames(), unsealed[:5]) {
		if _, err := db.Exec(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	for table, rows := range p.tables {
		for _, f := range rows {
			var args []any
			names := slices.Sorted(maps.Keys(f))
			for _, name := range names {
				args = append(args, f[name])
			}
			marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
			if _, err := db.Exec(t.Context(), "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+marks+")", args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := Check(t.Context(), db, Options{Keys: p.keys, Anchors: p.anchors, Heads: p.heads})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// One small database for every verdict, rows, heads, journal, anchors and keys
// included, and the places that must be named. The store reads the same files.
func TestVectorsOfVerdicts(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	if err := db.Migrate(t.Context(), store.Migrations()); err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		file := filepath.Join(vectors, "verdict-"+v.name+".txt")
		made := v.make(newPages())
		if *update {
			if err := os.WriteFile(file, []byte(made.text(v.comment, made.check(t, db))), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		stored, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := parseSheet(t, string(stored)).check(t, db)
		if got := made.text(v.comment, r); got != string(stored) {
			t.Errorf("%s: what is computed is not what stands there:\n%s", v.name, answersOf(got))
		}
	}
}

func answersOf(text string) string { return text[strings.Index(text, "answer: "):] }
