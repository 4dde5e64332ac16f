package authority

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// Receipts are the keys that a license server answers with, by issuer. They sign
// no set.
type Receipts map[license.Issuer]licensefile.Signer

// Answer answers a request of an installation as the license server of its
// issuer, and keeps both. What the server refuses is a signed reply too. fields
// are the optional ones that the installation can read. The error is a
// [*NotServedError] when no key answers for the issuer here.
func (a *Authority) Answer(ctx context.Context, q *licenseserver.Request, receipts Receipts, now time.Time, fields ...string) ([]byte, error) {
	signer := receipts[q.Issuer]
	if signer == nil {
		return nil, &NotServedError{q.Issuer}
	}
	chain, err := a.chain(ctx, q.Issuer)
	if err != nil {
		return nil, err
	}
	var x *exchange
	err = a.record.Exchange(ctx, func(d *store.Desk) error {
		x = &exchange{Desk: d, q: q, r: licenseserver.ReplyTo(q, now), now: now, remind: slices.Contains(fields, licenseserver.FieldLast)}
		return x.answer()
	})
	if err != nil {
		return nil, err
	}
	if x.bring != nil {
		if x.r.File, err = a.File(ctx, x.bring); err != nil {
			return nil, err
		}
	}
	return licenseserver.SignReply(x.r, signer, chain.certificate, chain.lists...)
}

// An exchange is one request that is being answered.
type exchange struct {
	*store.Desk
	q     *licenseserver.Request
	r     *licenseserver.Reply
	now   time.Time
	bring *store.Entry // whose file goes with the reply; nil for none

	remind bool // the installation is told how far it was
}

func (x *exchange) refuse(why licenseserver.Refusal) {
	x.r.Refused, x.r.Status = why, licenseserver.Problem
}

// answer fills in the reply and records what was asked and answered. What comes
// from a key nobody knows is answered and not kept.
func (x *exchange) answer() error {
	var known *store.Registration
	var err error
	switch x.q.Kind {
	case licenseserver.Register:
		known, err = x.register(x.q.Serial)
	case licenseserver.Change:
		known, err = x.change()
	default:
		known, err = x.known(x.q.Serial)
	}
	if err != nil || known == nil {
		return err
	}
	if fresh, err := x.fresh(known); err != nil || !fresh {
		return err
	}
	return x.serve(known)
}

// known returns the registration of the key that asks, or nil when the request
// is refused.
func (x *exchange) known(serial string) (*store.Registration, error) {
	mine, err := x.Known(x.q.Issuer, serial, x.q.Key)
	if err != nil {
		return nil, err
	}
	newest, err := x.Registered(x.q.Issuer, serial)
	switch {
	case err != nil:
		return nil, err
	case mine == nil:
		x.refuse(licenseserver.NotRegistered)
		return nil, nil
	case !newest.Key.Equal(x.q.Key):
		x.refuse(licenseserver.Replaced)
		return nil, nil
	}
	return newest, nil
}

// register makes a key the one of a serial number when it comes with the code
// for that, or has come with it before.
func (x *exchange) register(serial string) (*store.Registration, error) {
	sum := sha256.Sum256([]byte(x.q.Code))
	code, err := x.Code(hex.EncodeToString(sum[:]))
	if err != nil {
		return nil, err
	}
	change := x.q.Kind == licenseserver.Change
	if code == nil || code.Issuer != x.q.Issuer || code.Serial != serial || code.Replaces != "" && (!change || code.Replaces != x.q.Serial) {
		x.refuse(licenseserver.UnknownCode)
		return nil, nil
	}
	used, err := x.UsedBy(code.Hash)
	switch {
	case err != nil:
		return nil, err
	case used != nil && !used.Key.Equal(x.q.Key):
		x.refuse(licenseserver.CodeUsed)
		return nil, nil
	case used != nil:
		return x.known(serial)
	case !x.now.Before(code.Expires):
		x.refuse(licenseserver.CodeExpired)
		return nil, nil
	}
	return x.enter(&store.Registration{Issuer: x.q.Issuer, Serial: serial, Company: code.Company, Key: x.q.Key, Code: code.Hash, Way: string(x.q.Kind), At: x.now, By: code.By})
}

// enter adds a registration, and alarms when it takes the place of another.
func (x *exchange) enter(r *store.Registration) (*store.Registration, error) {
	before, err := x.Registered(r.Issuer, r.Serial)
	if err != nil {
		return nil, err
	}
	if err := x.Register(r); err != nil {
		return nil, err
	}
	if before != nil && !before.Key.Equal(r.Key) {
		err = x.AddAlarm(store.Alarm{Registration: r.Number, Kind: AlarmReplaced, At: x.now,
			Facts: []audit.Fact{audit.F("key", licensefile.Fingerprint(r.Key)), audit.F("was", licensefile.Fingerprint(before.Key))}}, r.Name())
	}
	return r, err
}

// change registers the key for the other serial number, once there is a set to
// go with it.
func (x *exchange) change() (*store.Registration, error) {
	newest, err := x.Newest(x.q.Issuer, x.q.NewSerial)
	if err != nil {
		return nil, err
	}
	if newest == nil {
		x.refuse(licenseserver.NothingIssued)
		return nil, nil
	}
	known, err := x.register(x.q.NewSerial)
	if err != nil || known == nil {
		return nil, err
	}
	x.r.NewSerial, x.r.NewCompany, x.bring = x.q.NewSerial, newest.Company, newest
	return known, nil
}

// fresh reports whether the nonce was never used with this key.
func (x *exchange) fresh(known *store.Registration) (bool, error) {
	seen, err := x.ByNonce(known.Number, x.q.Nonce)
	if err != nil || seen == nil {
		return err == nil, err
	}
	x.refuse(licenseserver.Replayed)
	x.bring, x.r.NewSerial, x.r.NewCompany = nil, "", ""
	if seen.Hash != x.q.Hash() {
		err = x.AddAlarm(store.Alarm{Registration: known.Number, Kind: AlarmReplayed, At: x.now,
			Facts: []audit.Fact{audit.F("nonce", x.q.Nonce), audit.F("report", seen.Number)}}, known.Name())
	}
	return false, err
}

// serve answers an installation that is known.
func (x *exchange) serve(known *store.Registration) error {
	found, err := x.suspicious(known)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := x.AddAlarm(store.Alarm{Registration: known.Number, Kind: f.kind, Facts: f.facts, At: x.now}, known.Name()); err != nil {
			return err
		}
	}
	o, err := x.offer(known)
	if err != nil {
		return err
	}
	o.problem = slices.ContainsFunc(found, func(f finding) bool { return f.kind == AlarmUnknownSet || f.kind == AlarmClone })
	x.say(o)
	if err := x.reminded(known); err != nil {
		return err
	}
	return x.AddReport(&store.Report{Registration: known.Number, Request: *x.q, Hash: x.q.Hash(), Status: x.r.Status, Refused: x.r.Refused, At: x.now})
}

// reminded tells an installation how far it was: a copy of its records that was
// put back does not know that.
func (x *exchange) reminded(known *store.Registration) error {
	if !x.remind {
		return nil
	}
	far, err := x.Furthest(known.Number)
	if err == nil && far != nil && far.Request.Seq > 0 {
		x.r.Last = licenseserver.Place{Seq: far.Request.Seq, Epoch: far.Request.Epoch, Head: far.Request.Head}
	}
	return err
}

// suspicious compares a request with what is on record.
func (x *exchange) suspicious(known *store.Registration) ([]finding, error) {
	var p past
	var err error
	if p.last, err = x.Last(known.Number); err != nil {
		return nil, err
	}
	if p.first, err = x.First(known.Number, x.q.Epoch); err != nil {
		return nil, err
	}
	if p.highest, err = x.Highest(known.Number, x.q.Epoch, x.now.Add(-lag)); err != nil {
		return nil, err
	}
	if p.forked, err = x.Forked(known.Number, x.q.Epoch, x.q.Seq, x.q.Head); err != nil {
		return nil, err
	}
	for _, m := range []licenseserver.Mark{x.q.Set, x.q.Left} {
		if m == (licenseserver.Mark{}) {
			continue
		}
		// The serial number of the request: a change names the set it leaves.
		signed, err := x.Signed(x.q.Issuer, x.q.Serial, m)
		if err != nil {
			return nil, err
		}
		if !signed {
			p.strange = append(p.strange, m)
		}
	}
	return witness(x.q, p), nil
}

// offer looks up what there is for an installation.
func (x *exchange) offer(known *store.Registration) (o offer, err error) {
	if o.newest, err = x.Newest(known.Issuer, known.Serial); err != nil {
		return o, err
	}
	if o.newest != nil {
		f, err := licensefile.Parse(o.newest.File)
		if err != nil {
			return o, err
		}
		o.bound = f.Set.Installation != "" && f.Set.Installation != x.q.Installation()
	}
	waiting, err := x.Waiting(known.Issuer, known.Serial)
	if err != nil {
		return o, err
	}
	if i := slices.IndexFunc(waiting, func(c store.RegisterCode) bool { return x.now.Before(c.Expires) }); i >= 0 {
		o.change = &waiting[i]
	}
	o.message, err = x.Message(known.Issuer, known.Serial)
	return o, err
}

// say fills in the reply.
func (x *exchange) say(o offer) {
	r := x.r
	r.Status = o.status(x.q)
	if o.newest != nil && !o.bound {
		r.Set, r.Company = licenseserver.Mark{Number: o.newest.Number, Checkpoint: o.newest.Hash}, o.newest.Company
	}
	if o.message != nil {
		r.Messages, r.Address = o.message.Texts, o.message.Address
	}
	if o.change != nil && x.q.Kind != licenseserver.Change {
		r.NewSerial, r.NewCompany = o.change.Serial, o.change.Company
	}
	switch x.q.Kind {
	case licenseserver.Fetch:
		if o.newest == nil || o.bound {
			x.refuse(licenseserver.NothingIssued)
		} else {
			x.bring = o.newest
		}
	case licenseserver.Accepted, licenseserver.RolledBack:
		if r.Status != licenseserver.Problem {
			r.Status = licenseserver.Activated
		}
	case licenseserver.Change:
		if o.bound {
			x.bring = nil
			x.refuse(licenseserver.NothingIssued)
		}
	}
}

// codeDays is how long a one-time code is good when nobody says.
const codeDays = 30

// A NewCode is what a one-time code is for.
type NewCode struct {
	Issuer   license.Issuer
	Serial   string
	Company  string // of the agreement; may be ""
	Replaces string // serial number of the installation that is to change to this one; "" for a new one
	Days     int    // how long it is good; 0: 30
}

// CheckCode reports what stands in the way of a one-time code.
func (a *Authority) CheckCode(ctx context.Context, n NewCode) error {
	if _, err := a.chain(ctx, n.Issuer); err != nil {
		return err
	}
	for _, serial := range []string{n.Serial, n.Replaces} {
		if err := license.CheckSerial(serial); err != nil && (serial != "" || n.Serial == "") {
			return err
		}
	}
	if n.Company != "" {
		return (&Request{Company: n.Company}).Check()
	}
	return nil
}

// MakeCode makes a one-time code for an installation. Only its hash is kept, so
// what is returned is shown once.
func (a *Authority) MakeCode(ctx context.Context, by string, n NewCode, now time.Time) (code string, expires time.Time, err error) {
	if err := a.CheckCode(ctx, n); err != nil {
		return "", expires, err
	}
	if n.Days == 0 {
		n.Days = codeDays
	}
	code, expires = rand.Text()[:20], now.AddDate(0, 0, n.Days)
	sum := sha256.Sum256([]byte(code))
	return licenseserver.ShowCode(code), expires, a.record.AddCode(ctx, store.RegisterCode{Hash: hex.EncodeToString(sum[:]), Issuer: n.Issuer, Serial: n.Serial,
		Company: n.Company, Replaces: n.Replaces, Expires: expires, At: now, By: by})
}
