package host

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/license"
)

var today = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

// numbered is a set of two seats, in force until the end of June with a week of
// grace, or for a year when it is not the first.
func numbered(number int64, previous string) license.Set {
	ends := license.Date{Year: 2026, Month: 6, Day: 30}
	if number > 1 {
		ends = license.Date{Year: 2027, Month: 6, Day: 30}
	}
	return license.Set{Issuer: "SUPEROFFICE", Company: "Acme AB", Serial: "1600070120", Number: number, Issued: today, TimeZone: "UTC", Previous: previous,
		Dates: license.Dates{Expiry: ends, Grace: ends.Add(7)}, Licenses: []license.License{
			{Module: "sale", Kind: license.User, Quantity: 2, People: license.Internal},
			{Module: "web", Kind: license.System, Quantity: 1},
		}}
}

// A wreck is a server with one installation, all seats of a license given, and
// what has happened to it since.
type wreck struct {
	c       Config
	vendors housetest.Vendors
	secret  string // of the first administrator
	first   string // checkpoint of the set in force
	now     time.Time
}

func (w *wreck) open(t *testing.T) *Host {
	t.Helper()
	h, err := OpenToServe(t.Context(), w.c, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("the server does not start: %v", err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func (w *wreck) client(t *testing.T, h *Host, secret string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{Server: "http://host", Installation: "acme", Token: secret, HTTP: &http.Client{Transport: h.InProcess()}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newWreck(t *testing.T, dsn string) *wreck {
	t.Helper()
	dir := t.TempDir()
	w := &wreck{vendors: housetest.NewVendors(t), now: today,
		c: Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Database: dsn, Listen: "127.0.0.1:0"}}
	if strings.HasPrefix(dsn, "/") {
		w.c.Database = ""
	}
	if _, err := Make(w.c, w.vendors.Trust().RootFile()); err != nil {
		t.Fatal(err)
	}
	h := w.open(t)
	var err error
	if w.secret, err = h.Add(t.Context(), tester, New{Name: "acme", TimeZone: "UTC"}); err != nil {
		t.Fatal(err)
	}
	c := w.client(t, h, w.secret)
	if w.first, err = takeIntoUse(t, c, w.vendors.File(t, numbered(1, ""))); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"anna", "bo"} {
		_, err := c.AddPerson(t.Context(), api.NewPerson{UserID: id, FirstName: id, Login: true}, false)
		if err == nil {
			_, err = c.GiveExtra(t.Context(), id, "superoffice.sale", api.ExtraChoice{}, false)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

// takeIntoUse loads a set and sees to it that it is in force.
func takeIntoUse(t *testing.T, c *client.Client, file []byte) (checkpoint string, err error) {
	loaded, err := c.LoadSet(t.Context(), file, false)
	if err != nil {
		return "", err
	}
	_, err = c.Activate(t.Context(), loaded.Set.ID, api.Activate{}, false)
	return loaded.Set.Checkpoint, err
}

func (w *wreck) attack(t *testing.T, text string) {
	t.Helper()
	db := sqldbtest.Open(t, w.c.DSN())
	if _, err := db.Exec(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// Whatever has happened, somebody at the machine gets in as administrator, sees
// how things are, and can do what is left to do.
func TestNobodyIsLockedOut(t *testing.T) {
	for name, row := range map[string]struct {
		happens  func(t *testing.T, w *wreck)
		ordinary string // code that the ordinary administrator's token is answered with; "" when it is good
		status   string // code of the status; "" when it is shown
		load     string // code of loading and activating the next set; "" when it is in force afterwards
		audit    string // verdict of the audit trail
		backup   bool   // whether everything in it can be saved, and is good
		only     sqldb.Dialect
	}{
		"nothing": {happens: func(*testing.T, *wreck) {}, audit: "intact", backup: true},
		"the set has ended": {
			happens: func(_ *testing.T, w *wreck) { w.now = w.now.AddDate(0, 2, 0) }, audit: "intact", backup: true},
		"the last administrator is gone": {
			happens: func(t *testing.T, w *wreck) {
				h := w.open(t)
				c := w.client(t, h, w.secret)
				tokens, err := c.Tokens(t.Context())
				if err == nil {
					_, err = c.RevokeToken(t.Context(), tokens.Items[0].ID, false)
				}
				if err := errors.Join(err, h.Close()); err != nil {
					t.Fatal(err)
				}
			}, ordinary: "auth.invalid", audit: "intact", backup: true},
		"a license row was edited": {
			happens: func(t *testing.T, w *wreck) { w.attack(t, "UPDATE license SET hidden = 1 WHERE module = 'web'") }, audit: "intact", load: "storage.damaged"},
		"every token was edited": {
			happens: func(t *testing.T, w *wreck) { w.attack(t, "UPDATE token SET scopes = 'check'") }, ordinary: "auth.invalid", audit: "intact"},
		"every token was deleted": {
			happens: func(t *testing.T, w *wreck) { w.attack(t, "DELETE FROM token") }, ordinary: "auth.invalid", audit: "intact"},
		"the row that says whose it is was edited": {
			happens: func(t *testing.T, w *wreck) { w.attack(t, "UPDATE owner SET company = 'Mallory AB'") }, audit: "intact", load: "storage.read-only"},
		"a part of the journal was deleted": {
			happens: func(t *testing.T, w *wreck) {
				w.attack(t, "DELETE FROM journal WHERE ledger = 'seats' AND seq = 2")
				w.attack(t, "DELETE FROM token")
			}, ordinary: "auth.invalid", audit: "broken", load: "storage.read-only"},
		"the head was edited": {
			happens: func(t *testing.T, w *wreck) { w.attack(t, "UPDATE head SET box = epoch WHERE ledger = 'seats'") }, audit: "cannot-check", load: "storage.read-only"},
		"the seal key is lost": {
			happens: func(t *testing.T, w *wreck) {
				if err := os.Remove(Keys{w.c.Keys}.path("seal.key")); err != nil {
					t.Fatal(err)
				}
			}, ordinary: "auth.invalid", audit: "cannot-check", load: "storage.cannot-check"},
		"the seal key is another server's": {
			happens: func(t *testing.T, w *wreck) {
				if err := os.Remove(Keys{w.c.Keys}.path("seal.key")); err != nil {
					t.Fatal(err)
				}
				if err := (Keys{w.c.Keys}).Make(); err != nil {
					t.Fatal(err)
				}
			}, ordinary: "auth.invalid", audit: "cannot-check", load: "storage.cannot-check"},
		"the file of the seal key is cut off": {
			happens: func(t *testing.T, w *wreck) {
				if err := os.Truncate(Keys{w.c.Keys}.path("seal.key"), 20); err != nil {
					t.Fatal(err)
				}
			}, ordinary: "auth.invalid", audit: "cannot-check", load: "storage.cannot-check"},
		"a table is gone": {
			happens: func(t *testing.T, w *wreck) { w.attack(t, "DROP TABLE token") }, ordinary: "auth.invalid", audit: "intact", load: "storage.schema-changed"},
		"the list of installations is gone": {
			happens:  func(t *testing.T, w *wreck) { w.attack(t, "DROP TABLE installation") },
			ordinary: "host.repair-only", status: "host.repair-only", audit: "host.repair-only", load: "host.repair-only"},
		"the file is no database": {only: sqldb.SQLite,
			happens: func(t *testing.T, w *wreck) {
				if err := os.WriteFile(w.c.DSN(), bytes.Repeat([]byte("garbage "), 1000), 0o600); err != nil {
					t.Fatal(err)
				}
			}, ordinary: "host.repair-only", status: "host.repair-only", audit: "host.repair-only", load: "host.repair-only"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
				w := newWreck(t, dsn)
				if row.only == sqldb.SQLite && w.c.Database != "" {
					return
				}
				row.happens(t, w)
				h := w.open(t)
				_, err := w.client(t, h, w.secret).Status(t.Context())
				sameCode(t, "the ordinary token", err, row.ordinary)
				made, unrecorded, err := h.Recover(t.Context(), tester, "acme", time.Hour)
				if err != nil {
					t.Fatal(err)
				}
				log, err := os.ReadFile(Keys{w.c.Keys}.path("recovery.log"))
				if err != nil || !strings.Contains(string(log), made.ID) {
					t.Errorf("recovery.log: %s %v", log, err)
				}
				c := w.client(t, h, made.Token)
				_, err = c.Status(t.Context())
				sameCode(t, "the status", err, row.status)
				verdict, err := c.VerifyAudit(t.Context(), "", "")
				if got := verdict.Verdict + codeOf(err); got != row.audit {
					t.Errorf("the audit trail is %q, want %q", got, row.audit)
				}
				if unrecorded == nil {
					entries, err := c.Audit(t.Context(), client.AuditFilter{})
					if err != nil || !slices.ContainsFunc(entries.Items, func(e api.AuditEntry) bool { return e.Action == "recovery.open" }) {
						t.Errorf("the recovery is not recorded: %v", err)
					}
				}
				_, err = takeIntoUse(t, c, w.vendors.File(t, numbered(2, w.first)))
				sameCode(t, "the next set", err, row.load)
				w.saved(t, row.backup)
			})
		})
	}
}

// Damage is repaired by whoever is at the machine: neither a token of the records
// nor a code is needed, a running server is not either, and the trail says who it
// was.
func TestDamageIsRepairedThroughTheRecoveryDoor(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := newWreck(t, dsn)
		w.attack(t, "UPDATE license SET seats = 900 WHERE module = 'sale'")
		w.attack(t, "DELETE FROM token")
		h, err := OpenToRecover(t.Context(), w.c, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		made, _, err := h.Recover(t.Context(), tester, "acme", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		c := w.client(t, h, made.Token)
		list, err := c.Damage(t.Context())
		if err != nil || list.Total != 2 {
			t.Fatalf("damaged: %+v, %v", list, err)
		}
		for _, p := range list.Items {
			r := api.Repair{Action: "restore", Reason: "a drill"}
			if p.Table == "token" {
				r.Action = "remove"
			}
			if tried, err := c.Repair(t.Context(), p.Place, r, true); err != nil || !tried.DryRun {
				t.Errorf("a dry run: %+v, %v", tried, err)
			}
			if _, err := c.Repair(t.Context(), p.Place, r, false); err != nil {
				t.Errorf("%s %s: %v", r.Action, p.Table, err)
			}
		}
		entries, err := c.Audit(t.Context(), client.AuditFilter{Action: "repair."})
		if err != nil || len(entries.Items) != 2 || !strings.HasPrefix(entries.Items[0].Actor, "host recovery") {
			t.Errorf("recorded: %+v, %v", entries.Items, err)
		}
		if list, err := c.Damage(t.Context()); err != nil || list.Total != 0 {
			t.Errorf("afterwards: %+v, %v", list, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		w.saved(t, true)
	})
}

// saved makes a backup, where the database can be read at all.
func (w *wreck) saved(t *testing.T, good bool) {
	t.Helper()
	b, err := MakeBackup(t.Context(), w.c, w.now, Backup{To: t.TempDir()})
	if err != nil {
		if !sqldb.Damaged(err) {
			t.Errorf("nothing can be saved: %v", err)
		}
		return
	}
	if (b.Verdict() == nil) != good {
		t.Errorf("what is saved: %v", b.Verdict())
	}
}

func sameCode(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := codeOf(err); got != want {
		t.Errorf("%s: %q (%v), want %q", what, got, err, want)
	}
}

func codeOf(err error) string {
	var p *client.Problem
	if errors.As(err, &p) {
		return p.ErrorCode
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// A recovery token opens one installation, until its time, and only where the
// key it was made with is.
func TestARecoveryTokenOpensOneDoorForAWhile(t *testing.T) {
	dir := t.TempDir()
	k, other := Keys{filepath.Join(dir, "keys")}, Keys{filepath.Join(dir, "other")}
	for _, keys := range []Keys{k, other} {
		if err := keys.Make(); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.NewRecovery("birka", "root", today, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	r, err := k.NewRecovery("acme", "root", today, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(i int) string {
		b := []byte(r.Token)
		b[i] ^= 1
		return string(b)
	}
	for what, row := range map[string]struct {
		keys  Keys
		name  string
		token string
		at    time.Time
		good  bool
	}{
		"as it was made":            {k, "acme", r.Token, today, true},
		"in its last second":        {k, "acme", r.Token, r.Until.Add(-time.Second), true},
		"when its time is over":     {k, "acme", r.Token, r.Until, false},
		"at another installation":   {k, "birka", r.Token, today, false},
		"at another server":         {other, "acme", r.Token, today, false},
		"with more time in it":      {k, "acme", changed(len("pott_recovery_") + 3), today, false},
		"with another mac":          {k, "acme", changed(len(r.Token) - 1), today, false},
		"in capitals":               {k, "acme", "pott_recovery_" + strings.ToUpper(r.Token[len("pott_recovery_"):]), today, false},
		"cut off":                   {k, "acme", r.Token[:len(r.Token)-1], today, false},
		"with more behind it":       {k, "acme", r.Token + "0", today, false},
		"nothing but its beginning": {k, "acme", "pott_recovery_", today, false},
		"nothing":                   {k, "acme", "", today, false},
		"where there is no key":     {Keys{filepath.Join(dir, "none")}, "acme", r.Token, today, false},
	} {
		if id, ok := row.keys.Recovered(row.name, row.token, row.at); ok != row.good || ok && id != r.ID {
			t.Errorf("%s: %v", what, ok)
		}
	}
	if long, err := k.NewRecovery("acme", "root", today, 1000*time.Hour); err != nil || long.Until.After(today.Add(MaxRecovery)) {
		t.Errorf("good until %v, %v", long.Until, err)
	}
	if err := os.Remove(k.path("recovery.key")); err != nil {
		t.Fatal(err)
	}
	if _, ok := k.Recovered("acme", r.Token, today); ok {
		t.Error("it is good although its key was removed")
	}
}

// Without its key an empty database is not begun: everything in it would be
// sealed with a key that nobody has.
func TestAServerIsNotBegunWithoutItsKey(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := Config{Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys"), Database: dsn}
		if _, err := Make(c, housetest.NewVendors(t).Trust().RootFile()); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(Keys{c.Keys}.path("seal.key")); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenToServe(t.Context(), c, time.Now, slog.New(slog.DiscardHandler)); !errors.As(err, new(*NoKeyError)) {
			t.Errorf("it opens with %v", err)
		}
	})
}
