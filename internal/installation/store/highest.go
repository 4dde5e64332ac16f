package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// What stands in place of a serial number among the set marks. No serial number
// begins with #.
const (
	// certificateMark begins where the certificate numbers of an issuer's key are
	// kept; the key's fingerprint follows.
	certificateMark = "#certificate "
	// checkpointMark begins where it is kept which set the highest one was; the
	// serial number follows.
	checkpointMark = "#checkpoint "
)

// HighestSet returns the highest set number accepted from an issuer for a serial
// number, or 0.
func (v *View) HighestSet(issuer license.Issuer, serial string) int64 {
	return int64(v.secret().Sets[tamper.Owner{Issuer: string(issuer), Serial: serial}])
}

// HighestCheckpoint returns the first 16 digits of the checkpoint hash of the set
// whose number is the highest, or "" when only its number is remembered. It is
// known also of a set that a restore lost.
func (v *View) HighestCheckpoint(issuer license.Issuer, serial string) string {
	first, ok := v.secret().Sets[tamper.Owner{Issuer: string(issuer), Serial: checkpointMark + serial}]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%016x", first)
}

// HighestCertificates returns the highest number of certificate notes accepted,
// by the fingerprint of the issuer key that signed them.
func (v *View) HighestCertificates() map[string]int64 {
	highest := map[string]int64{}
	for mark, number := range v.secret().Sets {
		if key, ok := strings.CutPrefix(mark.Serial, certificateMark); ok {
			highest[key] = int64(number)
		}
	}
	return highest
}

// HighestKeyList returns the highest key list number accepted, or 0.
func (v *View) HighestKeyList() int64 { return int64(v.secret().KeyList) }

// raiseSet remembers the number of a set, and which one it is when none of a
// higher number is known.
func (tx *Tx) raiseSet(s Set) {
	owner := tamper.Owner{Issuer: string(s.Issuer), Serial: s.Serial}
	tx.raise(owner, s.Number)
	if first, ok := firstOf(s.Checkpoint); ok && tx.staged.secret.Sets[owner] == uint64(s.Number) {
		tx.mark(tamper.Owner{Issuer: owner.Issuer, Serial: checkpointMark + owner.Serial}, first)
	}
}

// firstOf returns the first eight bytes of a hash in hex.
func firstOf(hash string) (uint64, bool) {
	if len(hash) < 16 {
		return 0, false
	}
	first, err := strconv.ParseUint(hash[:16], 16, 64)
	return first, err == nil
}

// RaiseCertificate remembers the number of a certificate note that an issuer's
// key signed; see [View.HighestCertificates].
func (tx *Tx) RaiseCertificate(issuer license.Issuer, fingerprint string, number int64) {
	tx.raise(tamper.Owner{Issuer: string(issuer), Serial: certificateMark + fingerprint}, number)
}

func (tx *Tx) raise(owner tamper.Owner, number int64) {
	if uint64(number) > tx.staged.secret.Sets[owner] {
		tx.mark(owner, uint64(number))
	}
}

func (tx *Tx) mark(owner tamper.Owner, value uint64) {
	marks := tx.staged.secret.Sets
	prev, had := marks[owner]
	if had && prev == value {
		return
	}
	marks[owner] = value
	tx.undo(func() {
		if had {
			marks[owner] = prev
		} else {
			delete(marks, owner)
		}
	})
}

// raise lifts the marks that only rise to those the witnesses remember, the first
// of which remember most.
func raise(s *tamper.Secret, witnesses []witness) {
	for _, w := range witnesses {
		for owner, number := range w.Sets {
			if strings.HasPrefix(owner.Serial, checkpointMark) {
				continue // goes with its number
			}
			which := tamper.Owner{Issuer: owner.Issuer, Serial: checkpointMark + owner.Serial}
			first, known := w.Sets[which]
			_, have := s.Sets[which]
			switch {
			case number > s.Sets[owner]:
				s.Sets[owner] = number
				delete(s.Sets, which)
				if known {
					s.Sets[which] = first
				}
			case number == s.Sets[owner] && known && !have:
				s.Sets[which] = first
			}
		}
		s.KeyList, s.Clock = max(s.KeyList, w.KeyList), max(s.Clock, w.Clock)
	}
}
