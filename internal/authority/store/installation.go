package store

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// A RegisterCode is a one-time code that was handed out, by its hash.
type RegisterCode struct {
	Hash     string // SHA-256 of the code in lower-case hex
	Issuer   license.Issuer
	Serial   string
	Company  string    // of the agreement
	Replaces string    // serial number of the installation that is to change to this one; "" for a new one
	Expires  time.Time // exclusive
	At       time.Time
	By       string
}

// A Registration is an installation that is known.
type Registration struct {
	Number  int64
	Issuer  license.Issuer
	Serial  string
	Company string
	Key     ed25519.PublicKey
	Code    string // hash of the code that was used; "" when a person vouched for the key
	Way     string // "register", "change" or "file"
	At      time.Time
	By      string
}

// Name returns how people write it: ISSUER/serial.
func (r *Registration) Name() string { return fmt.Sprintf("%s/%s", r.Issuer, r.Serial) }

// A Report is something an installation has asked or reported.
type Report struct {
	Number       int64
	Registration int64
	Request      licenseserver.Request // without company name changes, code and key
	Hash         string                // of the request
	Status       licenseserver.Status  // that was answered
	Refused      licenseserver.Refusal
	At           time.Time // by the clock of the authority
}

// An Alarm is something somebody should look into.
type Alarm struct {
	Number       int64
	Registration int64
	Kind         string
	Facts        []audit.Fact
	At           time.Time
}

// A Message is what an installation is shown.
type Message struct {
	Issuer  license.Issuer
	Serial  string
	Texts   license.Texts // nil takes it away
	Address string
	At      time.Time
	By      string
}

// A CodeTakenError says that a one-time code was used by somebody else a moment
// ago.
type CodeTakenError struct{}

func (e *CodeTakenError) Error() string { return "the one-time code was used a moment ago" }

// Code returns the stable code of the error.
func (e *CodeTakenError) Code() string { return "installation.code-taken" }

// AddCode records a one-time code.
func (s *Store) AddCode(ctx context.Context, c RegisterCode) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO register_code (hash, issuer, serial, company, replaces, expires, at, by_whom) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			c.Hash, c.Issuer, c.Serial, c.Company, c.Replaces, c.Expires.UnixMicro(), c.At.UnixMicro(), c.By)
		if err != nil {
			return err
		}
		about := fmt.Sprintf("%s/%s", c.Issuer, c.Serial)
		return Act{At: c.At, By: c.By, What: "installation.code", About: about, Facts: []audit.Fact{audit.F("company", c.Company), audit.F("expires", c.Expires.UTC().Format(time.RFC3339)), audit.F("replaces", c.Replaces)}}.add(ctx, tx)
	})
}

// A Desk is where one exchange with an installation is decided: everything read
// and written through it is one transaction.
type Desk struct {
	ctx context.Context
	tx  *sqldb.Tx
}

// Exchange runs do in one transaction, one at a time; when it loses a race it
// runs again, so it sets anew what it hands out.
func (s *Store) Exchange(ctx context.Context, do func(*Desk) error) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		// Everybody who decides here sees what those before have written.
		if _, err := tx.Exec(ctx, `UPDATE act_head SET number = number WHERE one = 1`); err != nil {
			return err
		}
		return do(&Desk{ctx, tx})
	})
}

// Look runs do in one transaction that changes nothing.
func (s *Store) Look(ctx context.Context, do func(*Desk) error) error {
	return s.db.View(ctx, func(tx *sqldb.Tx) error { return do(&Desk{ctx, tx}) })
}

// Code returns the one-time code of a hash, or nil.
func (d *Desk) Code(hash string) (*RegisterCode, error) {
	return one(d.codes(`WHERE hash = ?`, hash))
}

// Waiting returns the codes that let an installation change to another serial
// number, and that nobody has used, newest first.
func (d *Desk) Waiting(issuer license.Issuer, serial string) ([]RegisterCode, error) {
	return d.codes(`WHERE issuer = ? AND replaces = ? AND hash NOT IN (SELECT code FROM registration WHERE code IS NOT NULL) ORDER BY at DESC`, issuer, serial)
}

func (d *Desk) codes(where string, args ...any) (list []RegisterCode, err error) {
	err = d.each(`SELECT hash, issuer, serial, company, replaces, expires, at, by_whom FROM register_code `+where, args, func(rows *sql.Rows) error {
		var c RegisterCode
		var expires, at int64
		err := rows.Scan(&c.Hash, &c.Issuer, &c.Serial, &c.Company, &c.Replaces, &expires, &at, &c.By)
		c.Expires, c.At = moment(expires), moment(at)
		list = append(list, c)
		return err
	})
	return list, err
}

// Registered returns the newest registration of an issuer and serial number, or
// nil.
func (d *Desk) Registered(issuer license.Issuer, serial string) (*Registration, error) {
	return one(d.registrations(`WHERE issuer = ? AND serial = ? ORDER BY number DESC LIMIT 1`, issuer, serial))
}

// Known returns the newest registration of a key for an issuer and serial
// number, also when another has taken its place, or nil.
func (d *Desk) Known(issuer license.Issuer, serial string, key ed25519.PublicKey) (*Registration, error) {
	return one(d.registrations(`WHERE issuer = ? AND serial = ? AND public = ? ORDER BY number DESC LIMIT 1`, issuer, serial, public(key)))
}

// UsedBy returns the registration that a code was used for, or nil.
func (d *Desk) UsedBy(code string) (*Registration, error) {
	return one(d.registrations(`WHERE code = ?`, code))
}

func (d *Desk) registrations(where string, args ...any) (list []Registration, err error) {
	err = d.each(`SELECT number, issuer, serial, company, public, COALESCE(code, ''), way, at, by_whom FROM registration `+where, args, func(rows *sql.Rows) error {
		var r Registration
		var key string
		var at int64
		if err := rows.Scan(&r.Number, &r.Issuer, &r.Serial, &r.Company, &key, &r.Code, &r.Way, &at, &r.By); err != nil {
			return err
		}
		r.At = moment(at)
		b, err := base64.StdEncoding.DecodeString(key)
		r.Key = b
		list = append(list, r)
		return err
	})
	return list, err
}

// Register adds a registration and numbers it.
func (d *Desk) Register(r *Registration) error {
	// The act comes first: its head is the row that others wait for.
	act := Act{At: r.At, By: r.By, What: "installation.registered", About: r.Name(),
		Facts: []audit.Fact{audit.F("company", r.Company), audit.F("key", licensefile.Fingerprint(r.Key)), audit.F("way", r.Way)}}
	if err := act.add(d.ctx, d.tx); err != nil {
		return err
	}
	var code any
	if r.Code != "" {
		code = r.Code
	}
	err := d.tx.QueryRow(d.ctx, `INSERT INTO registration (number, issuer, serial, company, public, code, way, at, by_whom)
		SELECT COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM registration RETURNING number`,
		r.Issuer, r.Serial, r.Company, public(r.Key), code, r.Way, r.At.UnixMicro(), r.By).Scan(&r.Number)
	if _, taken := sqldb.Constraint(err); taken {
		return &CodeTakenError{}
	}
	return err
}

const reportColumns = `number, registration, kind, nonce, hash, made, epoch, seq, head, set_number, checkpoint,
	left_number, left_checkpoint, key_list, company, status, refused, at`

func (d *Desk) reports(where string, args ...any) (list []Report, err error) {
	err = d.each(`SELECT `+reportColumns+` FROM report `+where, args, func(rows *sql.Rows) error {
		var r Report
		var made, at int64
		q := &r.Request
		err := rows.Scan(&r.Number, &r.Registration, &q.Kind, &q.Nonce, &r.Hash, &made, &q.Epoch, &q.Seq, &q.Head, &q.Set.Number, &q.Set.Checkpoint,
			&q.Left.Number, &q.Left.Checkpoint, &q.KeyList, &q.Company, &r.Status, &r.Refused, &at)
		q.Made, r.At = moment(made), moment(at)
		list = append(list, r)
		return err
	})
	return list, err
}

// Last returns the newest report of a registration, or nil.
func (d *Desk) Last(registration int64) (*Report, error) {
	return one(d.reports(`WHERE registration = ? ORDER BY number DESC LIMIT 1`, registration))
}

// ByNonce returns the report of a nonce, or nil.
func (d *Desk) ByNonce(registration int64, nonce string) (*Report, error) {
	return one(d.reports(`WHERE registration = ? AND nonce = ?`, registration, nonce))
}

// Highest returns the report of an epoch with the most changes among those that
// arrived before a moment, or nil.
func (d *Desk) Highest(registration int64, epoch string, before time.Time) (*Report, error) {
	return one(d.reports(`WHERE registration = ? AND epoch = ? AND at < ? ORDER BY seq DESC, number LIMIT 1`, registration, epoch, before.UnixMicro()))
}

// Furthest returns the report with the most changes of any epoch, the newest of
// several, or nil.
func (d *Desk) Furthest(registration int64) (*Report, error) {
	return one(d.reports(`WHERE registration = ? ORDER BY seq DESC, number DESC LIMIT 1`, registration))
}

// First returns the first report of an epoch, or nil.
func (d *Desk) First(registration int64, epoch string) (*Report, error) {
	return one(d.reports(`WHERE registration = ? AND epoch = ? ORDER BY number LIMIT 1`, registration, epoch))
}

// Forked returns a report of an epoch with a number of changes and another head, or
// nil.
func (d *Desk) Forked(registration int64, epoch string, seq int64, head string) (*Report, error) {
	return one(d.reports(`WHERE registration = ? AND epoch = ? AND seq = ? AND head <> ? ORDER BY number LIMIT 1`, registration, epoch, seq, head))
}

// AddReport adds a report.
func (d *Desk) AddReport(r *Report) error {
	q := &r.Request
	return d.tx.QueryRow(d.ctx, `INSERT INTO report (`+reportColumns+`)
		SELECT COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM report RETURNING number`,
		r.Registration, string(q.Kind), q.Nonce, r.Hash, q.Made.UnixMicro(), q.Epoch, q.Seq, q.Head, q.Set.Number, q.Set.Checkpoint,
		q.Left.Number, q.Left.Checkpoint, q.KeyList, q.Company, string(r.Status), string(r.Refused), r.At.UnixMicro()).Scan(&r.Number)
}

// AddAlarm adds an alarm, unless the newest one of the registration is of the
// same kind with the same facts.
func (d *Desk) AddAlarm(a Alarm, about string) error {
	facts := audit.FormatFacts(a.Facts)
	var kind, before string
	err := d.tx.QueryRow(d.ctx, `SELECT kind, facts FROM alarm WHERE registration = ? ORDER BY number DESC LIMIT 1`, a.Registration).Scan(&kind, &before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || kind == a.Kind && before == facts {
		return err
	}
	act := Act{At: a.At, By: "license server", What: "alarm." + a.Kind, About: about, Facts: a.Facts}
	if err := act.add(d.ctx, d.tx); err != nil {
		return err
	}
	_, err = d.tx.Exec(d.ctx, `INSERT INTO alarm (number, registration, kind, facts, at)
		SELECT COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM alarm`, a.Registration, a.Kind, facts, a.At.UnixMicro())
	return err
}

// Message returns what an installation is shown, or nil.
func (d *Desk) Message(issuer license.Issuer, serial string) (*Message, error) {
	m := Message{Issuer: issuer, Serial: serial}
	var texts string
	var at int64
	err := d.tx.QueryRow(d.ctx, `SELECT texts, address, at, by_whom FROM message WHERE issuer = ? AND serial = ? ORDER BY number DESC LIMIT 1`, issuer, serial).
		Scan(&texts, &m.Address, &at, &m.By)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	}
	m.At = moment(at)
	if err := json.Unmarshal([]byte(texts), &m.Texts); err != nil || len(m.Texts) == 0 {
		return nil, err
	}
	return &m, nil
}

// AddMessage records what an installation is shown from now on.
func (s *Store) AddMessage(ctx context.Context, m Message) error {
	texts, err := json.Marshal(m.Texts)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		act := Act{At: m.At, By: m.By, What: "installation.message", About: fmt.Sprintf("%s/%s", m.Issuer, m.Serial), Facts: []audit.Fact{audit.F("address", m.Address), audit.F("texts", string(texts))}}
		if err := act.add(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO message (number, issuer, serial, texts, address, at, by_whom)
			SELECT COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ? FROM message`, m.Issuer, m.Serial, string(texts), m.Address, m.At.UnixMicro(), m.By)
		return err
	})
}

// Newest returns the newest signed set of a serial number, or nil.
func (d *Desk) Newest(issuer license.Issuer, serial string) (*Entry, error) {
	return d.entry(`p.issuer = ? AND p.serial = ? AND s.step = 'signed' ORDER BY p.number DESC LIMIT 1`, issuer, serial)
}

// Signed reports whether a set was signed here.
func (d *Desk) Signed(issuer license.Issuer, serial string, m licenseserver.Mark) (bool, error) {
	e, err := d.entry(`p.issuer = ? AND p.serial = ? AND p.number = ? AND p.hash = ? AND (s.step = 'signed' OR b.step = 'begun')`, issuer, serial, m.Number, m.Checkpoint)
	return e != nil, err
}

func (d *Desk) entry(where string, args ...any) (*Entry, error) {
	e, err := scan(d.tx.QueryRow(d.ctx, `SELECT `+columns+tables+` WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return e, err
}

// Registrations returns all registrations, oldest first.
func (d *Desk) Registrations() ([]Registration, error) { return d.registrations(`ORDER BY number`) }

// Reports returns the newest reports of a registration, newest first.
func (d *Desk) Reports(registration int64, limit int) ([]Report, error) {
	return d.reports(`WHERE registration = ? ORDER BY number DESC LIMIT ?`, registration, limit)
}

// Alarms returns all alarms, newest first.
func (d *Desk) Alarms() (list []Alarm, err error) {
	err = d.each(`SELECT number, registration, kind, facts, at FROM alarm ORDER BY number DESC`, nil, func(rows *sql.Rows) error {
		var a Alarm
		var facts string
		var at int64
		if err := rows.Scan(&a.Number, &a.Registration, &a.Kind, &facts, &at); err != nil {
			return err
		}
		a.At = moment(at)
		a.Facts, err = audit.ParseFacts(facts)
		list = append(list, a)
		return err
	})
	return list, err
}

func (d *Desk) each(query string, args []any, row func(*sql.Rows) error) error {
	rows, err := d.tx.Query(d.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// one returns the only item of a list, or nil.
func one[T any](list []T, err error) (*T, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
