package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
)

// A SchemaError is returned for every change while the catalogue of the database
// is not the shipped one. A trigger, a rule or a check that is gone can make a
// change do something else than it says, so none is made. Reading goes on: what
// is read is checked by itself.
type SchemaError struct {
	First string // of what was found
	More  int64  // how many more there are
}

func (e *SchemaError) Error() string {
	s := "the tables of the database are not as they were made: " + e.First
	if e.More > 0 {
		s += fmt.Sprintf(", and %d more", e.More)
	}
	return s
}

// Code returns the stable code of the error.
func (e *SchemaError) Code() string { return "storage.schema-changed" }

// shippedCatalogue returns what [sqldb.DB.Schema] says of a database nobody has
// changed.
func shippedCatalogue(d sqldb.Dialect) []string {
	text, err := files.ReadFile("migrations/" + d.String() + ".catalogue.txt")
	if err != nil {
		panic(err) // it is embedded
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// CheckSchema compares the catalogue of the database with the shipped one.
// While they differ nothing is written; see [SchemaError]. Once it differed when
// the store was opened, a table may not have been read: then nothing is written
// until it is opened again.
func (s *Store) CheckSchema(ctx context.Context) error {
	found, err := s.db.Schema(ctx)
	if err != nil && !sqldb.Damaged(err) {
		return err
	}
	var damages []Damage
	add := func(object, what string) {
		damages = append(damages, Damage{Table: "schema", Key: object, What: what})
	}
	if err != nil {
		add("", "cannot be read: "+err.Error())
	} else {
		compareCatalogue(shippedCatalogue(s.db.Dialect), found, add)
	}
	if before := s.schema.Load(); before == nil {
		s.stunted = len(damages) > 0
	} else if s.stunted && len(damages) == 0 {
		return nil
	}
	s.schema.Store(&damages)
	return nil
}

// compareCatalogue reports every object of want that is missing from found, and
// every one beside them that could change what a statement of the store does.
// What was changed is both. A table, a view or a plain index somebody keeps
// beside the store's does nothing to it.
func compareCatalogue(want, found []string, report func(object, what string)) {
	for _, object := range found {
		if !slices.Contains(want, object) && !harmless(object) {
			report(short(object), "does not belong there")
		}
	}
	for _, object := range want {
		if !slices.Contains(found, object) {
			report(short(object), "is missing")
		}
	}
}

// harmless reports whether an object that does not belong to the store leaves its
// statements alone.
func harmless(object string) bool {
	kind, rest, _ := strings.Cut(object, " ")
	if kind == "CREATE" { // SQLite keeps the statement that made it
		for _, kind := range []string{"TABLE ", "INDEX ", "VIEW "} {
			if name, ok := strings.CutPrefix(rest, kind); ok {
				return kind == "INDEX " || !own(nameIn(name))
			}
		}
		return false
	}
	table := nameIn(rest)
	return !own(table) || kind == "index" && !strings.Contains(object, " UNIQUE ")
}

// nameIn returns the name a text begins with, in lower case and without quotes.
func nameIn(text string) string {
	text = strings.TrimLeft(text, "\"'`[")
	if end := strings.IndexAny(text, " (\"'`]"); end >= 0 {
		text = text[:end]
	}
	return strings.ToLower(text)
}

// own reports whether a table is one of the store's.
func own(table string) bool {
	if unsealed[table] != "" {
		return true
	}
	return slices.ContainsFunc(layouts, func(l *tamper.Layout) bool { return l.Table == table })
}

// short cuts an object where its name is known: the text of a table is long.
func short(object string) string {
	const most = 80
	if letters := []rune(object); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return object
}

// schemaDamage returns what is wrong with the catalogue.
func (s *Store) schemaDamage() []Damage {
	if found := s.schema.Load(); found != nil {
		return *found
	}
	return nil
}

func (s *Store) misshapen() bool { return len(s.schemaDamage()) > 0 }

// changedSchema is why nothing may be written, or nil.
func (s *Store) changedSchema() error {
	found := s.schemaDamage()
	if len(found) == 0 {
		return nil
	}
	return &SchemaError{First: strings.TrimSpace(found[0].Key + " " + found[0].What), More: int64(len(found) - 1)}
}
