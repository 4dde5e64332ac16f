package host

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

var tester = audit.Actor{Kind: audit.Host, ID: "test"}

// made makes a server with an installation that knows some people, in a database
// that dsn names; "" is a file.
func made(t *testing.T, dsn string, names ...string) Config {
	t.Helper()
	dir := t.TempDir()
	c := Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Database: dsn, Listen: "127.0.0.1:0"}
	if strings.HasPrefix(dsn, "/") {
		c.Database = "" // a file belongs into the data directory
	}
	if _, err := Make(c, housetest.NewVendors(t).Trust().RootFile()); err != nil {
		t.Fatal(err)
	}
	h := opened(t, c)
	for _, name := range names {
		if _, err := h.Add(t.Context(), tester, New{Name: name, TimeZone: "UTC"}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"anna", "bo"} {
			addPerson(t, h.House().Installation(name), id)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

func opened(t *testing.T, c Config) *Host {
	t.Helper()
	h, err := Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func addPerson(t *testing.T, in *installation.Installation, id string) {
	t.Helper()
	if _, err := in.AddPerson(t.Context(), installation.Act{By: tester}, api.NewPerson{UserID: id, FirstName: id}); err != nil {
		t.Fatal(err)
	}
}

func intact(t *testing.T, c Config) fsck.Report {
	t.Helper()
	report, err := Fsck(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if broken := report.Broken(); len(broken) > 0 || report.Rows.State != fsck.Intact {
		t.Errorf("%v %+v", broken, report.Rows)
	}
	return report
}

// What one kind of database held is what the other kind holds after a restore.
func TestABackupIsRestoredIntoEitherKindOfDatabase(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := made(t, dsn, "acme", "birka")
		before := intact(t, c)
		b, err := MakeBackup(t.Context(), c, time.Now(), Backup{To: t.TempDir()})
		if err != nil || b.Verdict() != nil {
			t.Fatal(err, b.Verdict())
		}
		sqldbtest.EachDSN(t, func(t *testing.T, other string) {
			to := c
			to.Data, to.Database = filepath.Join(t.TempDir(), "data"), other
			if strings.HasPrefix(other, "/") {
				to.Database = ""
			}
			root, err := os.ReadFile(c.root())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := RestoreBackup(t.Context(), to, time.Now(), Restore{From: b.File, Root: root}); err != nil {
				t.Fatal(err)
			}
			if after := intact(t, to); after.Checked != before.Checked {
				t.Errorf("checked %+v, there were %+v", after.Checked, before.Checked)
			}
			if _, err := RestoreBackup(t.Context(), to, time.Now(), Restore{From: b.File}); !errors.As(err, new(*OccupiedError)) {
				t.Errorf("where there is something: %v", err)
			}
			again, err := RestoreBackup(t.Context(), to, time.Now(), Restore{From: b.File, Replace: true})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(again.Kept); err != nil {
				t.Errorf("what was there is gone: %v", err)
			}
			intact(t, to)
		})
	})
}

// While a server changes things, a backup is one moment of it: neither before
// nor after a change, never in the middle.
func TestABackupOfABusyServerIsOneMomentOfIt(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := made(t, dsn, "acme")
		h := opened(t, c)
		in := h.House().Installation("acme")
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					id := "p" + string(rune('a'+w)) + strings.Repeat("x", i%50) + time.Now().Format("150405.000000000")
					if _, err := in.AddPerson(t.Context(), installation.Act{By: tester}, api.NewPerson{UserID: id, FirstName: id}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		var last int64
		for range 3 {
			b, err := MakeBackup(t.Context(), c, time.Now(), Backup{To: filepath.Join(t.TempDir(), "b.backup")})
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Verdict(); err != nil {
				t.Errorf("%v: %+v", err, b.Check)
			}
			if rows := b.Manifest.Rows(); rows <= last {
				t.Errorf("%d rows after %d: nothing happened meanwhile", rows, last)
			} else {
				last = rows
			}
		}
		close(stop)
		wg.Wait()
	})
}

// A damaged database is backed up as it is: what was done to it can still be
// found out. It is not taken into use unless somebody means it.
func TestABackupOfADamagedDatabaseSaysSo(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := made(t, dsn, "acme")
		db := sqldbtest.Open(t, c.DSN())
		if _, err := db.Exec(t.Context(), "UPDATE person SET login = 1 - login"); err != nil {
			t.Fatal(err)
		}
		b, err := MakeBackup(t.Context(), c, time.Now(), Backup{To: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if broken := new(BrokenBackupError); !errors.As(b.Verdict(), &broken) || broken.Places == 0 {
			t.Errorf("the verdict is %v", b.Verdict())
		}
		to := c
		to.Data, to.Database = filepath.Join(t.TempDir(), "data"), ""
		root, _ := os.ReadFile(c.root())
		if _, err := RestoreBackup(t.Context(), to, time.Now(), Restore{From: b.File, Root: root}); !errors.As(err, new(*BrokenBackupError)) {
			t.Errorf("restoring it: %v", err)
		}
		if _, err := os.Stat(to.DSN()); err == nil {
			t.Error("it was restored")
		}
		if _, err := RestoreBackup(t.Context(), to, time.Now(), Restore{From: b.File, Root: root, Anyway: true}); err != nil {
			t.Errorf("restoring it although: %v", err)
		}
	})
}
