package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// Book is one installation: its rows, checked and in memory, and the way to
// change them. It may be used by any number of goroutines.
type Book struct {
	ledger
	store  *Store
	teller *teller
	place  place // as it was when the book was opened
	// standing is what the list of installations says of it now.
	standing atomic.Pointer[place]

	owners      *table[int64, Owner]
	people      *table[string, person]
	assignments *table[int64, Assignment]
	licenses    *table[license.Name, License]
	sets        *table[string, Set]
	keyLists    *table[int64, KeyList]
	profiles    *table[string, Profile]
	tokens      *table[string, Token]
	activations *table[int64, Activation]
	agreements  *table[string, Agreement]
	policies    *table[int64, Policy]
	events      *table[int64, Event]
	authorities *table[string, Authority]
	databases   *table[int64, Database]
	sites       *table[int64, SiteAssignment]
	roles       *table[roleKey, Role]
	hooks       *table[string, Hook]

	credentials *table[string, Credential]
	sessions    *table[string, Session]
	preferences *table[string, Preference]
	providers   *table[string, Provider]

	messageRules   *table[messageKey, MessageRule]
	messageChoices *table[string, MessageChoice]
	snoozes        *table[string, Snooze]
	activity       *table[int64, ActivityPolicy]
	messagesTold   *table[messageKey, ToldMessage]
	messagesOut    *table[string, OutMessage]

	pastPeople   *table[int64, PastPerson]
	pastProfiles *table[int64, PastProfile]
	endedRows    ended
	changedAt    since // from the rows above

	credentialsOf, sessionsOf ofPerson

	byUser     map[string]string   // folded user id to person, of people who are not deleted
	byGone     map[string][]string // folded user id to people who had it and are deleted
	byNumber   map[int64]string    // number to person
	byHash     map[[32]byte]string // hash of the secret to token
	current    map[string][]int64  // person to numbers of current assignments, rising
	ended      map[string][]int64  // person to numbers of ended assignments
	last       numbers
	files      map[string][]byte // hash to file, of sets that wait or are in force
	active     *license.Active
	unsettled  bool                   // active is older than sets
	personal   map[string]personalRow // read beside the rows being applied
	touched    Commit                 // what has changed since the last Commit was told
	watchMu    sync.Mutex
	watchers   map[int]func(*View, Commit)
	nextWatch  int
	notifiedAt int64
}

// numbers are the last small numbers given.
type numbers struct {
	person, assignment, license, activation, event, database, site, pastPerson, pastProfile int64
}

// personalRow is a row of the table personal.
type personalRow struct {
	salt   []byte
	values Personal
}

func newBook(s *Store, p place) *Book {
	b := &Book{store: s, place: p, watchers: map[int]func(*View, Commit){}}
	b.ledger = ledger{installation: p.id, name: seatsLedger, node: s.options.Node, texts: texts{}, keyring: s.keyring(p.id)}
	b.owners, b.people, b.assignments = newTable(ownerCodec), newTable(personCodec), newTable(assignmentCodec)
	b.licenses, b.sets, b.keyLists = newTable(licenseCodec), newTable(setCodec), newTable(keyListCodec)
	b.profiles, b.tokens = newTable(profileCodec), newTable(tokenCodec)
	b.activations, b.agreements, b.policies = newTable(activationCodec), newTable(agreementCodec), newTable(policyCodec)
	b.events, b.authorities = newTable(eventCodec), newTable(authorityCodec)
	b.databases, b.sites, b.roles, b.hooks = newTable(databaseCodec), newTable(siteCodec), newTable(roleCodec), newTable(hookCodec)
	b.pastPeople, b.pastProfiles = newTable(pastPersonCodec), newTable(pastProfileCodec)
	b.credentials, b.sessions = newTable(credentialCodec), newTable(sessionCodec)
	b.preferences, b.providers = newTable(preferenceCodec), newTable(providerCodec)
	b.messageRules, b.messageChoices = newTable(messageRuleCodec), newTable(messageChoiceCodec)
	b.snoozes, b.activity = newTable(snoozeCodec), newTable(activityPolicyCodec)
	b.messagesTold, b.messagesOut = newTable(messageToldCodec), newTable(messageOutCodec)
	b.tables = []sealedTable{b.assignments, b.keyLists, b.licenses, b.sets, b.owners, b.people, b.profiles, b.tokens,
		b.activations, b.agreements, b.policies, b.events, b.authorities,
		b.databases, b.sites, b.roles, b.hooks, b.pastPeople, b.pastProfiles,
		b.credentials, b.sessions, b.preferences, b.providers,
		b.messageRules, b.messageChoices, b.messagesTold, b.messagesOut, b.snoozes, b.activity}
	b.clearIndexes()
	b.files = map[string][]byte{}
	b.people.changed, b.people.admit = b.personChanged, b.admitPerson
	b.assignments.changed = b.assignmentChanged
	b.assignments.archive = func(a *Assignment) bool { return a.Until != 0 }
	b.licenses.changed, b.sets.changed, b.tokens.changed = b.licenseChanged, b.setChanged, b.tokenChanged
	b.keyLists.changed = func(_, _ *KeyList) { b.touched.KeyLists = true }
	b.activations.changed = func(_, a *Activation) {
		if a != nil {
			b.last.activation = max(b.last.activation, a.Number)
		}
	}
	b.events.changed = b.eventChanged
	b.pastPeople.changed, b.pastProfiles.changed = b.pastPersonChanged, b.pastProfileChanged
	b.databases.changed, b.sites.changed, b.roles.changed = b.databaseChanged, b.siteChanged, b.roleChanged
	b.credentials.changed, b.sessions.changed = b.credentialChanged, b.sessionChanged
	b.profiles.changed = func(_, _ *Profile) { b.touched.Profiles = true }
	b.activity.changed = func(_, _ *ActivityPolicy) { b.touched.Activity = true }
	b.owners.changed = func(_, _ *Owner) { b.touched.Installation = true }
	b.beside, b.besides, b.misshapen = b.readBeside, b.besidesOf, s.misshapen
	b.settle = func() {
		if b.unsettled {
			b.settleSets()
		}
	}
	b.active = license.NewActive()
	return b
}

func (b *Book) clearIndexes() {
	b.byUser, b.byHash, b.last = map[string]string{}, map[[32]byte]string{}, numbers{}
	b.current, b.ended = map[string][]int64{}, map[string][]int64{}
	b.changedAt = since{}
	b.endedRows.forget()
	b.credentialsOf, b.sessionsOf = ofPerson{}, ofPerson{}
	b.byGone, b.byNumber = map[string][]string{}, map[int64]string{}
}

func (b *Book) personChanged(old, new *person) {
	for _, p := range []*person{old, new} {
		if p != nil {
			b.touched.person(p.ID)
		}
	}
	if old != nil && b.byUser[FoldUserID(old.Personal.UserID)] == old.ID {
		delete(b.byUser, FoldUserID(old.Personal.UserID))
	}
	if new != nil {
		b.last.person = max(b.last.person, new.Number)
		if new.findable() {
			b.byUser[FoldUserID(new.Personal.UserID)] = new.ID
		}
	}
	b.findableChanged(old, new)
}

// findable reports whether the person can be found by user id.
func (p *person) findable() bool { return !p.Deleted && p.Erased == 0 && p.Personal.UserID != "" }

func (b *Book) assignmentChanged(old, new *Assignment) {
	if old != nil && old.Until == 0 {
		b.touched.person(old.Person)
		b.current[old.Person] = without(b.current[old.Person], old.Number)
		if len(b.current[old.Person]) == 0 {
			delete(b.current, old.Person)
		}
	}
	if new != nil {
		b.touched.person(new.Person)
		b.last.assignment = max(b.last.assignment, new.Number)
		if new.Until == 0 {
			b.current[new.Person] = with(b.current[new.Person], new.Number)
		} else if !slices.Contains(b.ended[new.Person], new.Number) { // it may be read again
			b.ended[new.Person] = append(b.ended[new.Person], new.Number)
		}
		if new.Until != 0 {
			b.endedRows.note(new)
		}
	}
}

func (b *Book) licenseChanged(_, new *License) {
	b.touched.Licenses = true
	if new != nil {
		b.last.license = max(b.last.license, new.Number)
	}
}

func (b *Book) setChanged(_, _ *Set) { b.touched.Sets, b.unsettled = true, true }

func (b *Book) tokenChanged(old, new *Token) {
	if old != nil {
		delete(b.byHash, old.Hash)
	}
	if new != nil {
		b.byHash[new.Hash] = new.ID
	}
}

// with and without return a new slice: readers may hold the old one.
func with(numbers []int64, n int64) []int64 {
	at, _ := slices.BinarySearch(numbers, n)
	return slices.Insert(slices.Clip(numbers), at, n)
}

func without(numbers []int64, n int64) []int64 {
	return slices.DeleteFunc(slices.Clone(numbers), func(m int64) bool { return m == n })
}

// readBeside reads personal values for the people about to be applied.
func (b *Book) readBeside(ctx context.Context, q queryer, table string, keys [][]tamper.Value) (err error) {
	if table == "person" {
		b.personal, err = b.personalRows(ctx, q, keys)
	}
	return err
}

// personalRows reads the personal values of people, or of all when keys is nil.
func (b *Book) personalRows(ctx context.Context, q queryer, keys [][]tamper.Value) (map[string]personalRow, error) {
	found := map[string]personalRow{}
	const text = `SELECT person, salt, user_id, first_name, last_name, email, grp FROM personal WHERE installation = ?`
	read := func(rows *sql.Rows) error {
		var id string
		var r personalRow
		p := &r.values
		if err := rows.Scan(&id, &r.salt, &p.UserID, &p.First, &p.Last, &p.Email, &p.Group); err != nil {
			return err
		}
		found[id] = r
		return nil
	}
	if keys == nil {
		return found, each(ctx, q, text, []any{b.installation}, read)
	}
	for len(keys) > 0 {
		n := sizeFor(len(keys))
		args := []any{b.installation}
		for _, key := range keys[:n] {
			args = append(args, key[0].Str())
		}
		if err := each(ctx, q, text+" AND person IN "+tuple(n), args, read); err != nil {
			return nil, err
		}
		keys = keys[n:]
	}
	return found, nil
}

// admitPerson joins a person with the personal values, if they are the ones the
// sealed row commits to.
func (b *Book) admitPerson(p *person) string {
	r, ok := b.personal[p.ID]
	delete(b.personal, p.ID)
	if fault := p.beside(r, ok); fault != "" || !ok {
		return fault
	}
	copy(p.salt[:], r.salt)
	p.Personal = r.values
	return ""
}

// beside says what is wrong with the personal values that stand beside a person,
// or "".
func (p *person) beside(r personalRow, ok bool) string {
	switch {
	case p.Erased != 0 && ok:
		return "erased personal values put back"
	case p.Erased != 0:
		return ""
	case !ok:
		return "personal values deleted"
	}
	if c := tamper.Commitment(r.salt, r.values.fields()...); c != p.commitment || len(r.salt) != len(p.salt) {
		return "personal values edited"
	}
	return ""
}

// open loads the book, on one snapshot.
func (b *Book) open(ctx context.Context) error {
	err := b.store.db.View(ctx, func(tx *sqldb.Tx) error {
		b.clearIndexes()
		if err := b.load(ctx, tx); err != nil {
			return err
		}
		if err := b.loadNumbers(ctx, tx); err != nil {
			return err
		}
		return b.testify(ctx, tx, b.store.anchors.of(&b.ledger))
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.touched, b.unsettled = Commit{}, false
	b.store.anchors.keep(&b.ledger)
	b.remember()
	return b.refreshActive(ctx)
}

// loadNumbers makes sure that a damaged row's small number is not given again.
func (b *Book) loadNumbers(ctx context.Context, q queryer) error {
	if b.misshapen() {
		return nil // nothing is written until the server starts on the right tables
	}
	for _, n := range []struct {
		text string
		last *int64
	}{
		{"SELECT coalesce(max(number), 0) FROM person WHERE installation = ?", &b.last.person},
		{"SELECT coalesce(max(number), 0) FROM assignment WHERE installation = ?", &b.last.assignment},
		{"SELECT coalesce(max(number), 0) FROM license WHERE installation = ?", &b.last.license},
		{"SELECT coalesce(max(number), 0) FROM activation WHERE installation = ?", &b.last.activation},
		{"SELECT coalesce(max(number), 0) FROM event WHERE installation = ?", &b.last.event},
		{"SELECT coalesce(max(number), 0) FROM person_past WHERE installation = ?", &b.last.pastPerson},
		{"SELECT coalesce(max(number), 0) FROM profile_past WHERE installation = ?", &b.last.pastProfile},
		{"SELECT coalesce(max(number), 0) FROM database WHERE installation = ?", &b.last.database},
		{"SELECT coalesce(max(number), 0) FROM site_assignment WHERE installation = ?", &b.last.site},
	} {
		if err := each(ctx, q, n.text, []any{b.installation}, func(rows *sql.Rows) error {
			var found int64
			err := rows.Scan(&found)
			*n.last = max(*n.last, found)
			return err
		}); err != nil && !sqldb.Damaged(err) {
			return err
		}
	}
	for k := range b.assignments.rows {
		b.last.assignment = max(b.last.assignment, k)
	}
	return nil
}

// refreshActive reads the files of sets that wait or are in force and makes the
// view of the active ones. A file that is not what its sealed row says leaves
// its issuer without a set. The caller holds mu.
func (b *Book) refreshActive(ctx context.Context) error {
	files := map[string][]byte{}
	var active []*license.Set
	for _, row := range b.sets.rows {
		s := row.row
		if s == nil || s.State == SetReplaced || s.State == SetSuperseded {
			continue
		}
		file := b.files[s.File]
		if file == nil {
			var err error
			if file, err = b.readFile(ctx, s.File); err != nil {
				if e, ok := err.(*DamagedError); ok {
					b.damages, b.health = append(b.damages, e.Damage), max(b.health, Damaged)
					continue
				}
				return err
			}
		}
		files[s.File] = file
		if s.State == SetActive {
			active = append(active, b.store.parsed(s.File, file))
		}
	}
	b.files, b.active = files, license.NewActive(active...)
	return nil
}

// FileHash returns the name a license file is stored under: the SHA-256 of its
// bytes, in lower-case hex.
func FileHash(file []byte) string {
	h := sha256.Sum256(file)
	return hex.EncodeToString(h[:])
}

// readFile reads a file from the database and checks that it is the one.
func (b *Book) readFile(ctx context.Context, hash string) ([]byte, error) {
	var file []byte
	err := b.store.db.QueryRow(ctx, "SELECT bytes FROM set_file WHERE installation = ? AND hash = ?", b.installation, hash).Scan(&file)
	if err == sql.ErrNoRows {
		return nil, &DamagedError{Damage{Table: "set_file", Key: hash, What: "missing"}}
	}
	if err != nil {
		return nil, err
	}
	if FileHash(file) != hash {
		return nil, &DamagedError{Damage{Table: "set_file", Key: hash, What: "edited"}}
	}
	return bytes.Clone(file), nil
}

// ID returns the random id of the installation.
func (b *Book) ID() string { return b.installation }

// Name returns the name the installation is reached by.
func (b *Book) Name() string { return b.place.name }

// Health says how far the installation can be trusted, and Damage what is wrong.
func (b *Book) Health() Health {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.fitness()
}

// Damage lists what was found to be damaged since the book was opened.
func (b *Book) Damage() []Damage {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.allDamage()
}

// fitness is the health of the ledger under the catalogue as it is. The caller
// holds mu.
func (b *Book) fitness() Health {
	if b.store.misshapen() {
		return max(b.health, ReadOnly)
	}
	return b.health
}

func (b *Book) allDamage() []Damage {
	return append(slices.Clone(b.store.schemaDamage()), b.damages...)
}

// settleSets makes the view of the active sets again once sets have changed.
// When a file of another server's set cannot be read just now, the old view
// stays until it can. The caller holds mu.
func (b *Book) settleSets() {
	b.unsettled = b.refreshActive(context.Background()) != nil
}

// micros is how times are stored.
func micros(t time.Time) int64 { return t.UnixMicro() }
