package fsck

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

var (
	testMaster = [32]byte{1, 2, 3}
	testNow    = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	testBy     = audit.Actor{Kind: audit.Person, ID: "1"}
)

// built is a database that the store wrote: two installations, each with a set
// in force, people on plans, a profile, a token and a key list.
type built struct {
	t     *testing.T
	db    *sqldb.DB
	north string // id of an installation
	south string

	oldLicense  *row // of north, before more seats were taken
	goneProfile *row // of north, before it was deleted
}

func build(t *testing.T, db *sqldb.DB) *built {
	t.Helper()
	ctx := t.Context()
	s := openStore(t, db)
	b := &built{t: t, db: db}
	for _, name := range []string{"north", "south"} {
		book, err := s.CreateInstallation(ctx, testBy, testNow, store.NewInstallation{Name: name,
			Owner: store.Owner{Company: "Company " + name, Serial: "1600065823", TimeZone: "UTC", Language: "en"}})
		if err != nil {
			t.Fatal(err)
		}
		f := &filler{t: t, book: book}
		f.set()
		if name == "south" {
			b.south = book.ID()
			f.people()
			continue
		}
		b.north = book.ID()
		b.oldLicense = b.row(tableNamed("license"), b.north, "user")
		f.people()
		f.profile("gone", true)
		b.goneProfile = b.row(tableNamed("profile"), b.north, "gone")
		f.profile("gone", false)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return b
}

func openStore(t testing.TB, db *sqldb.DB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), db, store.Keys{Master: testMaster}, store.Options{Parse: parse})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(file []byte) (*license.Set, error) {
	f, err := licensefile.Parse(file)
	if err != nil {
		return nil, err
	}
	return &f.Set, nil
}

type filler struct {
	t     testing.TB
	book  *store.Book
	kept  map[keptRow]any // what the writers of the matrix remember of their rows
	hash  byte
	seats int64 // of every pool; 0 is few
}

func (f *filler) update(act func(tx *store.Tx) error) {
	f.t.Helper()
	if _, err := f.book.Update(f.t.Context(), testBy, testNow, act); err != nil {
		f.t.Fatal(err)
	}
}

func smallSet() license.Set {
	user := func(m license.Module, seats int64) license.License {
		return license.License{Module: m, Kind: license.User, Quantity: seats, People: license.Internal}
	}
	plan := func(m license.Module, seats int64, includes ...license.Module) license.License {
		l := user(m, seats)
		l.Plan = &license.Plan{Includes: includes, Group: "crm"}
		return l
	}
	return license.Set{
		Issuer: "ACME", IssuerName: "Acme", Company: "Nordlys", Serial: "1600065823", Number: 1, Issued: testNow.Add(-time.Hour),
		TimeZone: "UTC", Dates: license.Dates{Expiry: license.Date{Year: 2027, Month: 3, Day: 27}}, Occupancy: license.ByCredentials,
		Licenses: []license.License{
			{Module: "server", Kind: license.System, Quantity: 1, Hidden: true},
			user("user", 10), user("web", 10), user("case", 10),
			plan("sales", 5, "user", "web"), plan("service", 5, "user", "web", "case"), plan("none", 3),
			{Module: "translate", Kind: license.Site, Quantity: 2},
		},
	}
}

func sealedFile(t testing.TB, set license.Set) (file []byte, checkpoint string) {
	t.Helper()
	key := func(name string) licensefile.Signer {
		seed := sha256.Sum256([]byte(name))
		return licensefile.NewSigner(ed25519.NewKeyFromSeed(seed[:]))
	}
	date := func(year int) license.Date { return license.Date{Year: year, Month: 1, Day: 1} }
	draft, err := licensefile.NewDraft(set)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := licensefile.SignCertificate(&licensefile.Certificate{Issuer: "ACME", Number: 1, Issued: testNow,
		SigningKeys: []licensefile.SigningKey{{Key: key("set").Public(), Type: licensefile.TypeSet, From: date(2026), Through: date(2028)}}}, key("issuer"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := licensefile.SignKeyList(&licensefile.KeyList{Number: 1, Issued: testNow, Threshold: 1,
		Roots: []licensefile.RootKey{{Name: "root.example/1", Key: key("root").Public()}},
		Issuers: []licensefile.IssuerGrant{{Issuer: "ACME", Key: key("issuer").Public(), Fence: licensefile.Fence{
			From: date(2026), Through: date(2030), LastDate: date(2032), MaxTermDays: 1000, MaxQuantity: 1_000_000, MaxTotal: 100_000_000,
			Kinds: []license.Kind{license.System, license.Site, license.User}, Modules: []string{"*"}}}}}, key("root"))
	if err != nil {
		t.Fatal(err)
	}
	file, err = draft.Seal(key("set"), cert, list)
	if err != nil {
		t.Fatal(err)
	}
	return file, draft.Hash()
}

func (f *filler) set() {
	set := smallSet()
	for i := range set.Licenses {
		set.Licenses[i].Quantity = max(set.Licenses[i].Quantity, f.seats)
	}
	file, checkpoint := sealedFile(f.t, set)
	f.update(func(tx *store.Tx) error {
		hash := tx.PutSetFile(file)
		err := tx.PutSet(store.Set{Checkpoint: checkpoint, Issuer: "ACME", Number: 1, Serial: set.Serial, State: store.SetActive, File: hash,
			Certificates: []string{"c1"}, LoadedAt: 1, AcceptedAt: 1, From: 1})
		if err != nil {
			return err
		}
		for i, l := range set.Licenses {
			err := tx.PutLicense(store.License{Name: license.NameOf("ACME", l.Module), SetNumber: 1, Line: int64(i + 1), Kind: l.Kind,
				Seats: l.Quantity, Unrestricted: l.Unrestricted, OpenEnded: l.OpenEnded, Hidden: l.Hidden})
			if err != nil {
				return err
			}
		}
		if err := tx.PutKeyList(store.KeyList{Number: 1, Note: []byte("a note"), LearnedAt: 1}); err != nil {
			return err
		}
		if err := tx.PutActivation(store.Activation{Issuer: "ACME", SetNumber: 1, Checkpoint: checkpoint, From: 1, How: store.ByHand, By: "host test",
			Undo: store.Undo{Released: []int64{1}}}); err != nil {
			return err
		}
		if err := tx.PutAgreement(store.Agreement{Checkpoint: checkpoint, At: 1, By: "host test"}); err != nil {
			return err
		}
		if err := tx.SetPolicy(store.Ask); err != nil {
			return err
		}
		if err := tx.PutToken(store.Token{ID: "t1", Name: "product", Hash: [32]byte{7}, Scopes: []string{"check"}, Created: 1, CreatedBy: "1"}); err != nil {
			return err
		}
		if _, err := tx.PutEvent(store.Event{Event: seat.Event{Type: seat.NoSignIn, Ending: seat.Free, StartedBy: "1", Started: 1, From: 2},
			Texts: license.Texts{"en": "Back soon"}}); err != nil {
			return err
		}
		if err := tx.PutAuthority(store.Authority{Issuer: "ACME", Serial: set.Serial, Asked: 1, Status: "ok"}); err != nil {
			return err
		}
		if err := tx.PutProfile(store.Profile{Code: "nurse", Name: "Nurse"}); err != nil { // it had no modules before
			return err
		}
		if err := tx.PutProfile(store.Profile{Code: "nurse", Name: "Nurse", Modules: []license.Name{license.NameOf("ACME", "case")}}); err != nil {
			return err
		}
		tx.Entry("set.activate", "", audit.F("set", 1))
		return nil
	})
	f.sites()
}

// sites adds a satellite that holds a site license, and a hook.
func (f *filler) sites() {
	f.update(func(tx *store.Tx) error {
		n, err := tx.PutDatabase(store.Database{Database: seat.Database{Name: "Oslo"}}, true)
		if err != nil {
			return err
		}
		translate := license.NameOf("ACME", "translate")
		for _, quantity := range []int64{2, 1} { // the first is given and taken back
			a, err := tx.AssignSite(seat.SiteAssignment{Database: n, Name: translate, Quantity: quantity})
			if err != nil {
				return err
			}
			if quantity == 2 {
				err = tx.EndSite(a, "moved")
			}
			if err != nil {
				return err
			}
		}
		if err := tx.TakeSeats([]seat.Take{{Name: translate, Delta: 1}}); err != nil {
			return err
		}
		tx.Entry("site.assign", "")
		return tx.PutHook(store.Hook{Name: "blockers", URL: "https://crm.example/pott", Timeout: 2000, Unreachable: "warn"})
	})
}

// people adds six people: five on plans, the sixth by a profile. The first is
// put on another plan afterwards, and the fifth is erased.
func (f *filler) people() {
	ids := make([]string, 6)
	for i := range ids {
		f.update(func(tx *store.Tx) error {
			p := store.Person{Person: seat.Person{Kind: license.Internal, Login: true}, Personal: store.Personal{UserID: fmt.Sprintf("user%d", i), First: "Åsa", Email: "a@example.com"}}
			p.ID = store.NewID()
			if i == 5 {
				p.Profile, p.Waiting = "nurse", true
			}
			p, err := tx.PutPerson(p)
			if err != nil {
				return err
			}
			if i == 0 {
				if err := tx.GiveRole(store.Role{Person: p.ID, Role: seat.Administrator}); err != nil {
					return err
				}
			}
			ids[i] = p.ID
			tx.Entry("person.add", p.ID)
			if i == 4 { // somebody who was without a login for a while
				p.Login = false
				if _, err := tx.PutPerson(p); err != nil {
					return err
				}
				p.Login = true
				_, err = tx.PutPerson(p)
			}
			return err
		})
	}
	for i, id := range ids[:5] {
		plan := []license.Module{"sales", "service", "none", "sales", "sales"}[i]
		f.give(id, plan, +1)
	}
	f.update(func(tx *store.Tx) error {
		tx.Entry("profile.set", ids[5])
		return tx.TakeSeats([]seat.Take{{Name: license.NameOf("ACME", "case"), Delta: 1}})
	})
	f.give(ids[0], "sales", -1)
	f.give(ids[0], "service", +1)
	f.give(ids[4], "sales", -1)
	f.update(func(tx *store.Tx) error {
		p, _ := tx.Person(ids[4])
		p.Deleted = true
		if _, err := tx.PutPerson(p); err != nil {
			return err
		}
		tx.Entry("person.erase", ids[4])
		return tx.ErasePersonal(ids[4])
	})
}

// profile adds a profile without modules, or drops it.
func (f *filler) profile(code string, there bool) {
	f.update(func(tx *store.Tx) error {
		tx.Entry("profile.change", "")
		if !there {
			return tx.DropProfile(code)
		}
		return tx.PutProfile(store.Profile{Code: code, Name: "Gone"})
	})
}

// give puts a person on a plan, or with -1 takes the person off it, moving the
// seats of the plan and of what it includes.
func (f *filler) give(person string, plan license.Module, delta int64) {
	f.update(func(tx *store.Tx) error {
		name := license.NameOf("ACME", plan)
		takes := []seat.Take{{Name: name, Delta: delta}}
		for _, m := range tx.Active().License(name).Plan.Includes {
			takes = append(takes, seat.Take{Name: license.NameOf("ACME", m), Delta: delta})
		}
		if delta > 0 {
			if _, err := tx.Assign(seat.Assignment{Person: person, Name: name, Quantity: 1, Source: seat.Direct}); err != nil {
				return err
			}
		} else {
			for _, a := range tx.Assignments(person) {
				if err := tx.EndAssignment(a.Number, "moved"); err != nil {
					return err
				}
			}
		}
		tx.Entry("plan.set", person, audit.F("plan", name))
		return tx.TakeSeats(takes)
	})
}

func (b *built) options() Options { return Options{Keys: []Key{{Master: testMaster}}} }

// check checks with what somebody outside remembers of every ledger, or with
// what the caller says.
func (b *built) check(options ...Options) Report {
	b.t.Helper()
	o := b.options()
	for _, o = range options {
	}
	r, err := Check(b.t.Context(), b.db, o)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *built) exec(text string, args ...any) {
	b.t.Helper()
	res, err := b.db.Exec(context.Background(), text, args...)
	if err != nil {
		b.t.Fatalf("%s: %v", text, err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		b.t.Fatalf("%s: no row", text)
	}
}

// read runs do with a check that can read.
func (b *built) read(do func(c *check)) {
	b.t.Helper()
	read(b.t, b.db, do)
}

func read(t *testing.T, db *sqldb.DB, do func(c *check)) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		do(&check{ctx: t.Context(), tx: tx, db: db})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// heads returns the heads as they are.
func (b *built) heads() (heads []*head) {
	b.t.Helper()
	b.read(func(c *check) {
		var broken string
		var err error
		if heads, broken, err = c.readHeads(); err != nil || broken != "" {
			b.t.Fatal(broken, err)
		}
	})
	return heads
}

// anchors returns what an anchor says of every ledger now.
func (b *built) anchors() map[string][]byte {
	b.t.Helper()
	files := map[string][]byte{}
	for _, h := range b.heads() {
		files[h.installation+"."+h.ledger+".pott.0.anchor"] = anchorOf(h, testMaster)
	}
	return files
}

func (b *built) keyID() []byte {
	id := idOf(testMaster)
	return id[:]
}

// copyRow copies a row with an integer key to another installation and key,
// seal and all.
func (b *built) copyRow(table, from, key string, n int64, to string, as int64) {
	b.t.Helper()
	t := tableNamed(table)
	columns := ""
	for _, c := range t.columns {
		columns += ", " + c.name
	}
	columns += ", ver, layout, seal, colsum"
	b.exec("INSERT INTO "+table+" (installation, "+key+columns+") SELECT CAST(? AS TEXT), CAST(? AS BIGINT)"+columns+" FROM "+table+
		" WHERE installation = ? AND "+key+" = ?", to, as, from, n)
}

// row returns the row whose last key column is key.
func (b *built) row(t *table, installation, key string) (found *row) {
	b.t.Helper()
	b.read(func(c *check) {
		c.scan(t, installation, func(r *row) {
			if r.key[len(r.key)-1] == key {
				found = r.keep()
			}
		})
	})
	if found == nil {
		b.t.Fatalf("no %s %s", t.name, key)
	}
	return found
}

// insert puts a row into the database as it was read.
func (b *built) insert(r *row) {
	b.t.Helper()
	names, marks, args := "installation", "?", []any{r.installation}
	add := func(name string, value any) {
		names, marks, args = names+", "+name, marks+", ?", append(args, value)
	}
	for i, c := range r.table.key {
		add(c.name, r.key[i])
	}
	for i, c := range r.table.columns {
		add(c.name, r.values[i])
	}
	add("ver", r.ver)
	add("layout", r.layout)
	add("seal", r.seal)
	add("colsum", r.colsum)
	b.exec("INSERT INTO "+r.table.name+" ("+names+") VALUES ("+marks+")", args...)
}

// keep remembers every row of every table and returns what puts them back.
func (b *built) keep() (putBack func()) {
	b.t.Helper()
	ctx := b.t.Context()
	columns, err := b.db.Tables(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	kept := map[string][][]any{}
	err = b.db.View(ctx, func(tx *sqldb.Tx) error {
		for table, names := range columns {
			rows, err := tx.Query(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+table)
			if err != nil {
				return err
			}
			for rows.Next() {
				values, into := make([]any, len(names)), make([]any, len(names))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				for i := range values {
					if bytes, ok := values[i].([]byte); ok && bytes == nil {
						values[i] = []byte{} // nil would be written as null
					}
				}
				kept[table] = append(kept[table], values)
			}
			rows.Close()
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return func() {
		b.t.Helper()
		if _, err := b.db.Exec(ctx, "DROP VIEW IF EXISTS seats"); err != nil {
			b.t.Fatal(err)
		}
		err := b.db.Update(ctx, func(tx *sqldb.Tx) error {
			for table, names := range columns {
				if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
					return err
				}
				marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
				for _, values := range kept[table] {
					if _, err := tx.Exec(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+marks+")", values...); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
}
