package main

import (
	"fmt"
	"io"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type proofCommands struct {
	Make  proofMakeCommand  `cmd:"" help:"Print a proof of one license of a file, which shows no other."`
	Check proofCheckCommand `cmd:"" help:"Check a proof from the root keys down."`
}

type proofMakeCommand struct {
	File   string `arg:"" help:"The license file; - reads standard input."`
	Module string `arg:"" help:"The module whose license is proved, as inspect shows it."`
}

// madeProof is a proof for programs.
type madeProof struct {
	Schema     int    `json:"schema"`
	Issuer     string `json:"issuer"`
	Serial     string `json:"serial"`
	Number     int64  `json:"number"`
	Module     string `json:"module"`
	Index      int64  `json:"index"` // of the license among the lines of the set; 2 is the first
	Checkpoint string `json:"checkpoint"`
	Proof      string `json:"proof"` // the text to hand on
}

// Run prints the proof. Whoever gets it runs pott-verify proof check on it.
func (c proofMakeCommand) Run(s *session) error {
	f, err := s.parse(c.File)
	if err != nil {
		return err
	}
	if f.Set.License(license.Module(c.Module)) == nil {
		return noModule(c.Module)
	}
	text, err := f.Proof(license.Module(c.Module))
	if err != nil {
		return err
	}
	p, err := licensefile.ParseProof(text)
	if err != nil {
		return fmt.Errorf("reading the proof again: %w", err)
	}
	made := madeProof{1, string(f.Set.Issuer), f.Set.Serial, f.Set.Number, string(p.License.Module), p.Index, f.Hash, string(text)}
	return s.answer(made, func(w io.Writer) { w.Write(text) })
}

type proofCheckCommand struct {
	Proof string `arg:"" help:"The proof; - reads standard input."`
	against
}

// Run checks the proof. It says that the license was in a set, never that the
// set is in use.
func (c proofCheckCommand) Run(s *session, now time.Time) error {
	return c.check(s, c.Proof, now, func(text []byte) error {
		if !isA(text, proofKind) {
			return notAProof(c.Proof)
		}
		return nil
	})
}

// proofKind begins the first line of a proof.
const proofKind = "pott-license-proof"
