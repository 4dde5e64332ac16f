package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type verifyCommand struct {
	File string `arg:"" help:"The license file or proof; - reads standard input."`
	against
}

// Run checks the file and says what it is.
func (c verifyCommand) Run(s *session, now time.Time) error {
	return c.check(s, c.File, now, func([]byte) error { return nil })
}

// against is what a file is checked against.
type against struct {
	Root    string `placeholder:"FILE" help:"File with the root keys you trust."`
	At      string `placeholder:"DATE" help:"Check as of this day (2026-06-10) or time (2026-06-10T12:00:00Z) instead of now."`
	KeyList int64  `placeholder:"N" help:"Refuse files whose newest key list is older than number N."`
}

// check reads a file, asks look whether it is of the kind that is wanted, and
// verifies it. A genuine set whose last day has passed is shown too, and ends
// the program with a code of its own.
func (c against) check(s *session, name string, now time.Time, look func(text []byte) error) error {
	if c.At != "" {
		var err error
		if now, err = parseAt(c.At); err != nil {
			return err
		}
	}
	trust, err := c.trust(s)
	if err != nil {
		return err
	}
	text, err := s.read(name)
	if err != nil {
		return err
	}
	if err := look(text); err != nil {
		return err
	}
	v, proof, err := verify(text, trust, now)
	if err != nil {
		return err
	}
	r := reportOn(v.File)
	r.Verified, r.Proof = true, proof
	r.IssuerKey, r.SigningKey = licensefile.Fingerprint(v.Issuer.Key), licensefile.Fingerprint(v.SigningKey.Key)
	today, err := v.Set.Today(now)
	if err != nil {
		return err
	}
	return errors.Join(s.answer(r, func(w io.Writer) { printVerdict(w, r, today) }), licensefile.CheckNew(v.Set, today))
}

func printVerdict(w io.Writer, r setReport, today license.Date) {
	if r.Proof {
		fmt.Fprintf(w, "genuine proof, checked as of %s: this license was in set %d; whether the set is in use is not said\n\n", today, r.Number)
	} else {
		fmt.Fprintf(w, "genuine, checked as of %s\n\n", today)
	}
	r.print(w)
}

// trust reads the root file.
func (c against) trust(s *session) (licensefile.Trust, error) {
	if c.Root == "" {
		return licensefile.Trust{}, noRoot()
	}
	text, err := s.read(c.Root)
	if err != nil {
		return licensefile.Trust{}, err
	}
	trust, err := licensefile.ParseRootFile(text)
	if err != nil {
		return licensefile.Trust{}, badRootFile(c.Root, err)
	}
	trust.HighestKeyList = c.KeyList
	return trust, nil
}

// verify verifies a license file or a proof.
func verify(text []byte, trust licensefile.Trust, now time.Time) (v *licensefile.Verified, proof bool, err error) {
	if !isA(text, proofKind) {
		v, err = licensefile.Verify(text, trust, now)
		return v, false, err
	}
	p, err := licensefile.VerifyProof(text, trust, now)
	if err != nil {
		return nil, true, err
	}
	return p.Verified, true, nil
}

// parseAt reads a day or a time. A day is taken at its noon in UTC.
func parseAt(text string) (time.Time, error) {
	if d, err := license.ParseDate(text); err == nil {
		return d.Midnight(time.UTC).Add(12 * time.Hour), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, wrongUsage(fmt.Sprintf("--at: %q is neither a day like 2026-06-10 nor a time like 2026-06-10T12:00:00Z", text))
	}
	return t, nil
}
