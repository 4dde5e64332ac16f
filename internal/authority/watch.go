package authority

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Rewrap returns the file of a signed set with the newest certificate and the
// newest key lists around it, as a customer who has newer lists already needs
// it. The set, its signature and its hash stay the same. It is refused when a
// customer would refuse the file as new. That it was asked for is noted unless
// by is "".
func (a *Authority) Rewrap(ctx context.Context, by string, e *Entry, now time.Time) ([]byte, error) {
	if e.State != store.Signed {
		return nil, stateError(e)
	}
	c, err := a.chain(ctx, e.Issuer)
	if err != nil {
		return nil, err
	}
	f, err := licensefile.Parse(e.File)
	if err != nil {
		return nil, fmt.Errorf("reading set %d of %s from the record: %w", e.Number, e.Serial, err)
	}
	file, err := f.Rewrap(c.certificate, c.lists...)
	if err != nil {
		return nil, err
	}
	v, err := licensefile.Verify(file, a.trust, now)
	if err != nil {
		return nil, &StaleSignatureError{e.Issuer, e.Serial, e.Number, err.Error()}
	}
	if v.Hash != e.Hash {
		return nil, &SignedOtherwiseError{e.Issuer, e.Serial, e.Number, "the checkpoint"}
	}
	if by == "" {
		return file, nil
	}
	return file, a.note(ctx, by, "set.rewrapped", fmt.Sprintf("%s/%s/%d", e.Issuer, e.Serial, e.Number), now,
		audit.F("certificate", c.parsed.Number), audit.F("key_list", c.list.Number))
}

// A ReportedSet is a set that a customer says it has.
type ReportedSet struct {
	Issuer license.Issuer
	Serial string
	Number int64
	Hash   string // of the checkpoint, in lower-case hex
}

// Name returns the set as people write it.
func (r ReportedSet) Name() string { return fmt.Sprintf("%s/%s/%d", r.Issuer, r.Serial, r.Number) }

const maxReport = 1 << 20 // bytes

// ParseReport reads a list of a customer's sets: one set a line, written as
// ISSUER/SERIAL/NUMBER and its checkpoint hash. Blank lines, and lines that
// begin with #, say nothing.
func ParseReport(text []byte) ([]ReportedSet, error) {
	if len(text) > maxReport {
		return nil, &ReportMalformedError{0, fmt.Sprintf("it has %d bytes, and at most %d are read", len(text), maxReport)}
	}
	var list []ReportedSet
	n := 0
	for line := range bytes.Lines(text) {
		n++
		fields := strings.Fields(string(line))
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		r, why := readReported(fields)
		if why != "" {
			return nil, &ReportMalformedError{n, why}
		}
		list = append(list, r)
	}
	return list, nil
}

func readReported(fields []string) (r ReportedSet, why string) {
	const form = "a line is ISSUER/SERIAL/NUMBER and a hash"
	if len(fields) != 2 {
		return r, form
	}
	parts := strings.Split(fields[0], "/")
	if len(parts) != 3 {
		return r, form
	}
	var err error
	if r.Issuer, err = license.ParseIssuer(parts[0]); err != nil {
		return r, err.Error()
	}
	if r.Number, err = strconv.ParseInt(parts[2], 10, 64); err != nil || r.Number < 1 {
		return r, "the number of a set is a whole number from 1"
	}
	r.Serial, r.Hash = parts[1], fields[1]
	if len(r.Hash) != 64 || strings.Trim(r.Hash, "0123456789abcdef") != "" {
		return r, "a hash is 64 hexadecimal digits in lower case"
	}
	return r, ""
}

// A Finding is what the record says about a reported set.
type Finding string

const (
	Ours        Finding = "ours"        // signed here
	Interrupted Finding = "interrupted" // its signing began here; the file got out before it was recorded
	Unsigned    Finding = "unsigned"    // prepared here, and never signed
	Otherwise   Finding = "otherwise"   // on record with another checkpoint
	Unknown     Finding = "unknown"     // not on record
)

// Alarming reports whether a finding means that a key was used elsewhere, or
// that the record is not complete.
func (f Finding) Alarming() bool { return f == Unsigned || f == Otherwise || f == Unknown }

// An AuditedSet is a reported set and what the record says about it.
type AuditedSet struct {
	ReportedSet
	Finding Finding
	Record  string // hash on record, when it is another
}

// AuditSets compares the sets that a customer says it has with the record. With
// an alarming one it returns an [*UnknownSetsError] as well, and the alarm is
// recorded unless by is "".
func (a *Authority) AuditSets(ctx context.Context, by string, list []ReportedSet, now time.Time) ([]AuditedSet, error) {
	var out []AuditedSet
	alarm := &UnknownSetsError{}
	for _, r := range list {
		found, err := a.audited(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, found)
		if !found.Finding.Alarming() {
			continue
		}
		if found.Finding == Otherwise {
			alarm.Other++
		} else {
			alarm.Unknown++
		}
		if by != "" {
			if err := a.note(ctx, by, "alarm.set", r.Name(), now, audit.F("finding", found.Finding), audit.F("hash", r.Hash)); err != nil {
				return nil, err
			}
		}
	}
	if alarm.Unknown+alarm.Other > 0 {
		return out, alarm
	}
	return out, nil
}

func (a *Authority) audited(ctx context.Context, r ReportedSet) (AuditedSet, error) {
	s := AuditedSet{ReportedSet: r, Finding: Unknown}
	e, err := a.record.Set(ctx, r.Issuer, r.Serial, r.Number)
	if missing := (*store.MissingError)(nil); errors.As(err, &missing) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	switch {
	case e.Hash != r.Hash:
		s.Finding, s.Record = Otherwise, e.Hash
	case e.State == store.Signed:
		s.Finding = Ours
	case e.State == store.Begun:
		s.Finding = Interrupted
	default:
		s.Finding = Unsigned
	}
	return s, nil
}

// Act is something that was done, as the record has it.
type Act = store.Act

// Acts returns everything that was done here, from the first, or what there is
// before a place where it was changed, with a [*store.BrokenActsError].
func (a *Authority) Acts(ctx context.Context) ([]Act, error) { return a.record.Acts(ctx) }

// Note records an act that changes nothing else here, such as a key that was
// made.
func (a *Authority) Note(ctx context.Context, by, what, about string, now time.Time, facts ...audit.Fact) error {
	return a.note(ctx, by, what, about, now, facts...)
}
