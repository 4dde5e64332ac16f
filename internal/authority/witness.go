package authority

import (
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/licenseserver"
)

// The kinds of alarm.
const (
	AlarmUnknownSet = "unknown-set" // an installation has a set that was not signed here
	AlarmClone      = "clone"       // two histories under one key
	AlarmWentBack   = "went-back"   // a backup was taken into use
	AlarmReplaced   = "replaced"    // another installation was registered in its place
	AlarmReplayed   = "replayed"    // a nonce came twice with different lines
)

// lag is how late a request may arrive after one that was made later: servers of
// one installation do not wait for each other.
const lag = 2 * time.Minute

// A past is what is on record of an installation when it speaks again.
type past struct {
	last    *store.Report // the newest; nil for none
	first   *store.Report // of the same epoch; nil when the epoch is new
	highest *store.Report // of the same epoch, of those that arrived longer ago than lag; nil for none
	forked  *store.Report // of the same epoch and number of changes, with another head; nil for none
	strange []licenseserver.Mark
}

// A finding is an alarm that is to be raised.
type finding struct {
	kind  string
	facts []audit.Fact
}

// witness says what is suspicious about a request of an installation.
func witness(q *licenseserver.Request, p past) (found []finding) {
	clone := func(other *store.Report) {
		found = append(found, finding{AlarmClone, []audit.Fact{audit.F("epoch", q.Epoch), audit.F("seq", q.Seq), audit.F("head", q.Head),
			audit.F("other_report", other.Number), audit.F("other_epoch", other.Request.Epoch), audit.F("other_seq", other.Request.Seq), audit.F("other_head", other.Request.Head)}})
	}
	switch {
	case p.forked != nil:
		clone(p.forked)
	case p.highest != nil && p.highest.Request.Seq > q.Seq:
		clone(p.highest)
	case p.first != nil && p.last.Request.Epoch != q.Epoch:
		clone(p.last) // a history that was left goes on
	case p.first == nil && p.last != nil:
		found = append(found, finding{AlarmWentBack, []audit.Fact{audit.F("epoch", q.Epoch), audit.F("seq", q.Seq),
			audit.F("left_epoch", p.last.Request.Epoch), audit.F("left_seq", p.last.Request.Seq)}})
	}
	for _, m := range p.strange {
		found = append(found, finding{AlarmUnknownSet, []audit.Fact{audit.F("set", m.Number), audit.F("checkpoint", m.Checkpoint)}})
	}
	return found
}

// offer is what there is for an installation.
type offer struct {
	newest  *store.Entry // the newest set signed for it; nil for none
	bound   bool         // that set is for another installation's key
	change  *store.RegisterCode
	message *store.Message
	problem bool
}

// status returns the word for an installation: of several that fit, the first in
// the order of the protocol.
func (o offer) status(q *licenseserver.Request) licenseserver.Status {
	newer := o.newest != nil && !o.bound && o.newest.Number > q.Set.Number
	switch {
	case o.problem || o.bound:
		return licenseserver.Problem
	case o.change != nil:
		return licenseserver.NewSerial
	case newer && q.Company != "" && o.newest.Company != q.Company:
		return licenseserver.NewCompanyName
	case newer:
		return licenseserver.NewSet
	case o.message != nil && o.message.Address != "":
		return licenseserver.MessageAndAddress
	case o.message != nil:
		return licenseserver.Message
	}
	return licenseserver.OK
}
