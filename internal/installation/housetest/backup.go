package housetest

import (
	"bytes"
	"testing"

	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/internal/installation/store"
)

// Backup returns every row of the database.
func (f *Fixture) Backup(t testing.TB) []byte {
	t.Helper()
	var file bytes.Buffer
	h := archive.Header{Of: archive.Server, Made: Noon}
	if _, err := archive.Write(t.Context(), &file, f.options.DB, h, archive.Selection{Tables: store.Tables()}, nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// PutBack closes the house and makes the database what it was. What is remembered
// outside of it stays.
func (f *Fixture) PutBack(t testing.TB, backup []byte) {
	t.Helper()
	if err := f.House.Close(); err != nil {
		t.Fatal(err)
	}
	for _, table := range store.Tables() {
		if _, err := f.options.DB.Exec(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	from, err := archive.NewReader(bytes.NewReader(backup), nil)
	if err == nil {
		_, err = archive.Load(t.Context(), from, f.options.DB)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.House = nil
	f.ReopenUnconfirmed(t)
}
