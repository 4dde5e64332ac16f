package host

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licensefile"
)

var byTester = installation.Act{By: tester}

// second is the second set of a customer.
func second(t *testing.T) []byte {
	t.Helper()
	v := housetest.NewVendors(t)
	first, err := licensefile.Parse(v.File(t, numbered(1, "")))
	if err != nil {
		t.Fatal(err)
	}
	return v.File(t, numbered(2, first.Hash))
}

// exportedSet is the export of an installation of a server, with a set in force
// and somebody on a plan, and that server's settings.
func exportedSet(t *testing.T, dsn string) (from Config, file string) {
	t.Helper()
	from = made(t, dsn, "acme", "other")
	h := opened(t, from)
	in := h.House().Installation("acme")
	if _, err := in.Load(t.Context(), byTester, second(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Activate(t.Context(), byTester, "superoffice-2", api.Activate{}); err != nil {
		t.Fatal(err)
	}
	if _, err := in.GiveExtra(t.Context(), byTester, "anna", "superoffice.sale", 1, "to take along"); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "acme.export")
	if _, err := h.Export(t.Context(), "acme", file, nil, false); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return from, file
}

// holders says who has what, as people see it.
func holdersOf(t *testing.T, in *installation.Installation) string {
	t.Helper()
	text := ""
	for _, id := range []string{"anna", "bo"} {
		p, err := in.Person(t.Context(), byTester, id)
		if err != nil {
			t.Fatal(err)
		}
		text += p.UserID + " " + p.FirstName
		for _, held := range p.Extras {
			text += " " + held.Name.String()
		}
		text += "\n"
	}
	return text
}

// An installation that moves to another server, of either kind of database, has
// everything there, and not what was given out for the old one.
func TestAnInstallationMovesToAnotherServer(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		from, file := exportedSet(t, dsn)
		sqldbtest.EachDSN(t, func(t *testing.T, there string) {
			to := made(t, there, "other")
			h := opened(t, to)
			key := filepath.Join(from.Keys, "installation-acme.key")
			dry, _, err := h.Import(t.Context(), tester, Import{File: file, Key: key, DryRun: true})
			if err != nil || dry.Check == nil || h.House().Has("acme") {
				t.Fatalf("a preview: %+v, %v", dry, err)
			}
			done, secret, err := h.Import(t.Context(), tester, Import{File: file, Key: key})
			if err != nil {
				t.Fatal(err)
			}
			in := h.House().Installation("acme")
			old := opened(t, from).House().Installation("acme")
			if got, want := holdersOf(t, in), holdersOf(t, old); got != want || !strings.Contains(want, "sale") {
				t.Errorf("people have %s, want %s", got, want)
			}
			if in.Admit(secret, h.now()) == nil || !done.KeptKey || done.ID == done.Manifest.ID {
				t.Errorf("imported %+v", done)
			}
			if tokens, err := in.Tokens(t.Context(), byTester); err != nil || tokens.Total != 1 {
				t.Errorf("the tokens of the other server came along: %+v, %v", tokens, err)
			}
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
			intact(t, to)

			// An older set is refused here too, and the newest goes on.
			h = opened(t, to)
			in = h.House().Installation("acme")
			first := housetest.NewVendors(t).File(t, numbered(1, ""))
			if _, err := in.Load(t.Context(), byTester, first); err == nil {
				t.Error("a set of a lower number was taken")
			}
			if _, err := in.RemoveExtra(t.Context(), byTester, "anna", "superoffice.sale"); err != nil {
				t.Error(err)
			}
			if entries, err := in.Audit(t.Context(), byTester, installation.AuditFilter{Action: "installation.import"}); err != nil || len(entries.Items) != 1 {
				t.Errorf("the entry: %+v, %v", entries, err)
			}
		})
	})
}

func TestWhichExportsAreNotTakenIn(t *testing.T) {
	from, file := exportedSet(t, "")
	to := made(t, "", "other")
	key := filepath.Join(from.Keys, "installation-acme.key")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	written := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	changed := bytes.Clone(good)
	changed[len(changed)/2] ^= 1
	backup := filepath.Join(t.TempDir(), "all.backup")
	if _, err := MakeBackup(t.Context(), from, opened(t, from).now(), Backup{To: backup}); err != nil {
		t.Fatal(err)
	}
	h := opened(t, to)
	for name, c := range map[string]struct {
		i    Import
		want string
	}{
		"whose name is taken":               {Import{File: file, Key: key, Name: "other"}, "installation.exists"},
		"whose name makes no sense":         {Import{File: file, Key: key, Name: "../x"}, "request.bad-value"},
		"that another key should have made": {Import{File: file, Key: filepath.Join(from.Keys, "installation-other.key")}, "host.not-genuine"},
		"with another fingerprint":          {Import{File: file, Fingerprint: "0123"}, "host.not-genuine"},
		"of which one byte is another":      {Import{File: written("changed", changed), Key: key}, "archive.broken"},
		"that is cut off":                   {Import{File: written("cut", good[:len(good)-40]), Key: key}, "archive.broken"},
		"that is a backup":                  {Import{File: backup, Key: key}, "host.not-an-export"},
		"whose key is none":                 {Import{File: file, Key: file}, "host.bad-key"},
	} {
		if _, _, err := h.Import(t.Context(), tester, c.i); ownCode(err) != c.want {
			t.Errorf("an export %s: %v, want %s", name, err, c.want)
		}
	}
	if got := h.Names(); len(got) != 1 {
		t.Errorf("installations: %v", got)
	}
	if _, err := os.Stat(h.keys.path(keyFile("acme"))); err == nil {
		t.Error("a key was left behind")
	}
}

// What was changed behind the other server's back is not signed for, and what
// somebody signs all the same does not make an installation.
func TestADamagedExportIsNotTakenIn(t *testing.T) {
	from, _ := exportedSet(t, "")
	db, err := sqldb.Open(t.Context(), from.DSN())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "UPDATE license SET taken = 2 WHERE taken = 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	h := opened(t, from)
	file := filepath.Join(t.TempDir(), "damaged.export")
	if _, err := h.Export(t.Context(), "acme", file, nil, false); err != nil {
		t.Fatal(err)
	}
	h.Close()
	to := opened(t, made(t, "", "other"))
	key := filepath.Join(from.Keys, "installation-acme.key")
	genuine := new(NotGenuineError)
	if _, _, err := to.Import(t.Context(), tester, Import{File: file, Key: key}); !errors.As(err, &genuine) || genuine.Signer != "" {
		t.Errorf("an export of damage: %v", err)
	}
}

// An import that was cut short after its key was written is begun again.
func TestAnImportIsBegunAgain(t *testing.T) {
	from, file := exportedSet(t, "")
	h := opened(t, made(t, "", "other"))
	key := filepath.Join(from.Keys, "installation-acme.key")
	content, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.keys.keep("acme", content); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Import(t.Context(), tester, Import{File: file, Key: key}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Import(t.Context(), tester, Import{File: file, Key: key}); !errors.As(err, new(*store.InstallationExistsError)) {
		t.Errorf("twice: %v", err)
	}
	// Without its key it gets another one, under another name.
	m, err := VerifyBackup(t.Context(), h.config, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	done, _, err := h.Import(t.Context(), tester, Import{File: file, Name: "copy", Fingerprint: fingerprintOf(m.Manifest.Signer)})
	if err != nil || done.KeptKey {
		t.Errorf("with its fingerprint: %+v, %v", done, err)
	}
}

// Whoever is killed leaves a copy of what was to be brought, and perhaps a new key
// that belongs to nothing. The next who makes something tidies up; what another
// process still uses is left alone.
func TestWhatAKilledImportLeftIsTidiedUp(t *testing.T) {
	_, file := exportedSet(t, "")
	h := opened(t, made(t, "", "other"))
	leave := func(name, keyOf string) string {
		t.Helper()
		dir := filepath.Join(h.config.Data, ".pott-"+name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, text := range map[string]string{"lock": "", "pott.db": "rows of people", "key-of": keyOf} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	killed, finished, strange, used := leave("killed", "acme"), leave("finished", "other"), leave("strange", "../seal"), leave("used", "busy")
	for _, name := range []string{"acme", "busy"} {
		if err := h.keys.MakeInstallation(name); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := os.OpenFile(filepath.Join(used, "lock"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := lockFile(lock); err != nil {
		t.Fatal(err)
	}
	m, err := VerifyBackup(t.Context(), h.config, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Import(t.Context(), tester, Import{File: file, Fingerprint: fingerprintOf(m.Manifest.Signer)}); err != nil {
		t.Errorf("begun again: %v", err)
	}
	for dir, stays := range map[string]bool{killed: false, finished: false, strange: false, used: true} {
		if _, err := os.Stat(dir); (err == nil) != stays {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for _, key := range []string{"installation-acme.key", "installation-other.key", "installation-busy.key", "seal.key"} {
		if _, err := os.Stat(h.keys.path(key)); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func fingerprintOf(key []byte) string { return licensefile.Fingerprint(key) }

func ownCode(err error) string {
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		return coded.Code()
	}
	return ""
}
