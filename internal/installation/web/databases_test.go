package web_test

import (
	"strings"
	"testing"
)

func TestDatabasesAndTheirSiteLicensesAreManagedOnAPage(t *testing.T) {
	w := newWorld(t)
	r := w.visitor("uma")
	r.get("/status").says(t, "Databases 1")
	r.get("/status/databases").says(t, "Central database", "Holds no site license.")
	r.send("/status/databases", "name", "Oslo").says(t, "Oslo was added.", "Satellite, number 1")
	r.send("/status/databases/1/give", "license", "superoffice.translate").says(t, "Oslo is changed.", "Undo", "Take back translate")
	r.get("/licenses/SUPEROFFICE/translate").says(t, "Oslo")
	r.get("/status/databases")
	r.send("/status/databases/0/give", "license", "superoffice.translate").says(t, "is changed.")
	r.send("/status/databases", "name", "Bergen").says(t, "Bergen was added.")
	s := r.send("/status/databases/2/give", "license", "superoffice.translate")
	if s.status != 422 {
		t.Errorf("a third of two: %d", s.status)
	}
	s.says(t, "2 of 2 in use")
	r.send("/status/databases/1/rename", "name", "Trondheim").says(t, "The database is called Trondheim.")
	s = r.send("/status/databases/2/rename", "name", "trondheim")
	if s.status != 422 || !strings.Contains(s.body, `value="trondheim"`) {
		t.Errorf("a name that is taken: %d", s.status)
	}
	r.get("/status/databases/1/remove").says(t, "Nothing is saved yet.", "Taken back: translate.", "Remove Trondheim")
	r.send("/status/databases/1/remove").says(t, "Trondheim is removed.")
	r.send("/status/databases/0/release", "license", "superoffice.translate").says(t, "Taken back: translate.")
	if s := r.get("/status/databases/0/remove"); s.status == 200 {
		t.Error("the central database can be removed")
	}
	if s := r.get("/status/databases/seven/remove"); s.status != 404 {
		t.Errorf("one that is not there: %d", s.status)
	}
}

func TestAnAuditorSeesDatabasesAndChangesNone(t *testing.T) {
	w := newWorld(t)
	r := w.visitor("olle")
	r.get("/status/databases").says(t, "Central database", "To have this changed, ask")
	r.last.lacks(t, "Add this database", "Rename or remove")
	for _, path := range []string{"/status/databases", "/status/databases/0/give", "/status/databases/0/rename", "/status/databases/0/release", "/status/databases/0/remove"} {
		if s := r.send(path, "name", "Oslo", "license", "superoffice.translate"); s.status != 403 {
			t.Errorf("%s: %d", path, s.status)
		}
	}
}
