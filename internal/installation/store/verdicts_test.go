package store

import (
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/internal/tamper"
)

// A small database for every verdict stands in spec/vectors/storage, and fsck,
// which shares no code with the store, is held to the same files. What the store
// sees when it opens one is the same rows; what only a full check sees, it
// leaves alone.
func TestVerdictsOfTheVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../spec/vectors/storage/verdict-*.txt")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "verdict-"), ".txt")
		t.Run(name, func(t *testing.T) { openVector(t, string(text)) })
	}
}

func openVector(t *testing.T, text string) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	if err := db.Migrate(t.Context(), Migrations()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var masters tamper.Ring
	answers := map[string]string{}
	var places []string
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		name, value, _ := strings.Cut(rest, " ")
		switch word {
		case "key", "retired key":
			masters = append(masters, tamper.Master{Key: [32]byte(bytesOf(t, rest)), Retired: word != "key"})
		case "anchor":
			if err := os.WriteFile(filepath.Join(dir, name), bytesOf(t, value), 0o600); err != nil {
				t.Fatal(err)
			}
		case "row":
			insertVector(t, db, strings.Split(rest, "\t"))
		case "answer":
			answers[name] = value
		case "place":
			if table, _, _ := strings.Cut(value, " "); name == "rows" && table == "profile" {
				places = append(places, value)
			}
		}
	}
	s, err := Open(t.Context(), db, Keys{Ring: func() (tamper.Ring, error) { return masters, nil }}, Options{Anchors: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b, err := s.Book("north")
	if err != nil {
		t.Fatal(err)
	}
	health, damages := b.Health(), b.Damage()
	sound := answers["rows"] == "intact" && answers["totals"] == "intact"
	switch {
	case answers["rollback"] == "broken":
		if health != RolledBack {
			t.Errorf("health is %v: %v", health, damages)
		}
	case answers["rows"] == "cannot-be-checked":
		if health != Unchecked {
			t.Errorf("health is %v: %v", health, damages)
		}
	case sound && health != Sound && answers["chain"] == "intact", !sound && health == Sound:
		t.Errorf("health is %v: %v", health, damages)
	}
	if answers["chain"] == "broken" {
		places = nil // without the chain only what is wrong by itself has a name
	}
	for _, place := range places {
		row, _, _ := strings.Cut(strings.TrimPrefix(place, "profile code="), ":")
		if !slices.ContainsFunc(damages, func(d Damage) bool { return d.Table == "profile" && d.Key == row }) {
			t.Errorf("nothing is said of %s: %v", place, damages)
		}
	}
	for _, d := range damages {
		if d.Table == "profile" && !slices.ContainsFunc(places, func(place string) bool { return strings.HasPrefix(place, "profile code="+d.Key+":") }) {
			t.Errorf("%v is said, and nothing was done to it", d)
		}
	}
}

func insertVector(t *testing.T, db *sqldb.DB, parts []string) {
	t.Helper()
	values := map[string]any{}
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		tag, value, _ := strings.Cut(value, " ")
		var err error
		switch tag {
		case "i":
			values[name], err = strconv.ParseInt(value, 10, 64)
		case "t":
			values[name], err = strconv.Unquote(value)
		default:
			values[name] = bytesOf(t, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	names := slices.Sorted(maps.Keys(values))
	var args []any
	for _, name := range names {
		args = append(args, values[name])
	}
	if _, err := db.Exec(t.Context(), insertText(parts[0], names, 1), args...); err != nil {
		t.Fatal(err)
	}
}

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
