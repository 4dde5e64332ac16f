package host

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/tamper"
)

// A SealState is what a seal key is to a server.
type SealState string

// What a seal key may be.
const (
	SealPrepared SealState = "prepared" // made, and nothing sealed with it yet
	SealInUse    SealState = "in-use"   // seals what is written
	SealLeaving  SealState = "leaving"  // a later one has taken over; some rows may still carry it
	SealRetired  SealState = "retired"  // only backups need it
)

// SealKeyStatus is one seal key of a server.
type SealKeyStatus struct {
	ID    string    `json:"id"`
	Made  string    `json:"made,omitempty"` // a day
	State SealState `json:"state"`
	Rows  int64     `json:"rows"`
}

// SealStatus says which seal keys a server has, and what is sealed with them.
type SealStatus struct {
	Keys     []SealKeyStatus `json:"keys"`
	Left     int64           `json:"left"`               // rows that wait to be sealed with the key in use
	Made     string          `json:"made,omitempty"`     // id of the key that this command made
	Finished bool            `json:"finished,omitempty"` // an earlier rotation was finished
	DryRun   bool            `json:"dry_run,omitempty"`
}

// InUse returns the key that seals what is written, by its id; "" when some
// ledgers seal with another than others.
func (s SealStatus) InUse() string {
	id := ""
	for _, k := range s.Keys {
		if k.State == SealInUse {
			if id != "" {
				return ""
			}
			id = k.ID
		}
	}
	return id
}

// sealStatus puts together what the ring and the ledgers say.
func (h *Host) sealStatus() (SealStatus, Ring, error) {
	ring, err := h.keys.Ring()
	if err != nil {
		return SealStatus{}, nil, err
	}
	rows, current, reached := map[string]int64{}, map[string]bool{}, -1
	for _, ledger := range h.house.Sealing() {
		current[ledger.Key] = true
		for id, n := range ledger.Rows {
			rows[id] += n
		}
	}
	for i, k := range ring {
		if current[k.ID()] {
			reached = i
		}
	}
	status := SealStatus{}
	for i, k := range ring {
		state := SealLeaving
		switch {
		case k.Retired:
			state = SealRetired
		case current[k.ID()]:
			state = SealInUse
		case i > reached:
			state = SealPrepared
		}
		status.Keys = append(status.Keys, SealKeyStatus{ID: k.ID(), Made: k.Made, State: state, Rows: rows[k.ID()]})
		if i < reached {
			status.Left += rows[k.ID()]
		}
	}
	return status, ring, nil
}

// SealStatus says which seal keys there are, and what is sealed with them.
func (h *Host) SealStatus() (SealStatus, error) {
	status, _, err := h.sealStatus()
	return status, err
}

// A SealRotation says how the seal key is to be rotated.
type SealRotation struct {
	By audit.Actor
	// Prepare only makes the new key, so that it can be copied to all servers
	// that share the database before the first of them uses it.
	Prepare bool
	// Compromised says that somebody else may know the present key: everything is
	// checked under it first, and it is retired as soon as no row carries it.
	Compromised bool
	DryRun      bool
	// Moved is called now and then with the number of rows that are left.
	Moved func(left int64)
}

// RotateSeal makes a seal key, or takes the one that was prepared, seals what is
// written with it from now on, and then every row there is. A rotation that was
// cut short is finished instead: no other key is made. Servers that run go on.
func RotateSeal(ctx context.Context, c Config, now func() time.Time, log *slog.Logger, r SealRotation) (SealStatus, error) {
	if r.Compromised && !r.DryRun {
		if err := checkBeforeRotation(ctx, c); err != nil {
			return SealStatus{}, err
		}
	}
	h, err := Open(ctx, c, now, log)
	if err != nil {
		return SealStatus{}, err
	}
	status, err := h.rotateSeal(ctx, r)
	return status, errors.Join(err, h.Close())
}

// checkBeforeRotation makes sure that nothing is sealed with the next key that
// somebody made with the present one.
func checkBeforeRotation(ctx context.Context, c Config) error {
	report, err := Fsck(ctx, c)
	if err != nil {
		return err
	}
	if broken := report.Broken(); len(broken) > 0 {
		return &SealUnsafeError{Places: len(broken), First: broken[0].String()}
	}
	for _, a := range []fsck.Answer{report.Rows, report.Totals, report.Chain} {
		if a.State != fsck.Intact {
			return &SealUnsafeError{First: a.Why}
		}
	}
	return nil
}

// SealUnsafeError is returned when the records are not intact under a seal key
// that somebody else may know: sealing them with another would make what they
// did look genuine.
type SealUnsafeError struct {
	Places int
	First  string
}

func (e *SealUnsafeError) Error() string {
	return fmt.Sprintf("the records are not intact (%s), so they are not sealed with another key", e.First)
}

// Code returns the stable code of the error.
func (e *SealUnsafeError) Code() string { return "seal.unsafe" }

func (h *Host) rotateSeal(ctx context.Context, r SealRotation) (SealStatus, error) {
	before, ring, err := h.sealStatus()
	if err != nil {
		return SealStatus{}, err
	}
	last := before.Keys[len(before.Keys)-1]
	unfinished := before.Left > 0 || before.InUse() == ""
	before.DryRun, before.Finished = r.DryRun, unfinished
	if r.DryRun {
		return before, nil
	}
	target, made := ring[len(ring)-1], ""
	if !unfinished && last.State != SealPrepared {
		if target, err = h.keys.AddSeal(h.now()); err != nil {
			return SealStatus{}, err
		}
		made = target.ID()
	}
	if !r.Prepare {
		if err := h.moveTo(ctx, r, tamper.IDOf(target.Key)); err != nil {
			return SealStatus{}, err
		}
	}
	after, _, err := h.sealStatus()
	after.Made, after.Finished = made, unfinished
	return after, err
}

// moveTo makes every ledger and every row use a key.
func (h *Host) moveTo(ctx context.Context, r SealRotation, to tamper.KeyID) error {
	if err := h.house.RotateSeal(ctx, r.By, to, r.Compromised); err != nil {
		return err
	}
	for before := int64(-1); ; {
		left, err := h.house.MoveSeals(ctx, 16)
		if err != nil {
			return err
		}
		if r.Moved != nil {
			r.Moved(left)
		}
		if left == 0 || left == before { // what would not move is damaged
			break
		}
		before = left
	}
	if !r.Compromised {
		return nil
	}
	return h.retireAllBut(ctx, r.By, to)
}

// retireAllBut retires every key before the one in use.
func (h *Host) retireAllBut(ctx context.Context, by audit.Actor, keep tamper.KeyID) error {
	ring, err := h.keys.Ring()
	if err != nil {
		return err
	}
	for _, k := range ring {
		if id := tamper.IDOf(k.Key); id != keep && !k.Retired {
			if err := h.retire(ctx, by, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Host) retire(ctx context.Context, by audit.Actor, id tamper.KeyID) error {
	if err := h.house.RetireSeal(ctx, by, id); err != nil {
		return err
	}
	return h.keys.RetireSeal(id)
}

// RetireSeal says of a seal key that no row carries any more that only backups
// need it. It stays in the key directory.
func (h *Host) RetireSeal(ctx context.Context, by audit.Actor, id string, dryRun bool) (SealStatus, error) {
	status, ring, err := h.sealStatus()
	if err != nil {
		return SealStatus{}, err
	}
	b, _ := hex.DecodeString(id)
	if len(b) != len(tamper.KeyID{}) || ring.Masters().Find(tamper.KeyID(b)) < 0 {
		return SealStatus{}, &UnknownKeyError{KeyID: id}
	}
	key := tamper.KeyID(b)
	if err := h.house.MayRetireSeal(key); err != nil {
		return SealStatus{}, err
	}
	at := ring.Masters().Find(key)
	if status.Keys[at].State == SealPrepared {
		return SealStatus{}, &UnknownKeyError{KeyID: id}
	}
	if dryRun || status.Keys[at].State == SealRetired {
		status.DryRun = dryRun
		return status, nil
	}
	if err := h.retire(ctx, by, key); err != nil {
		return SealStatus{}, err
	}
	status, _, err = h.sealStatus()
	return status, err
}
