package main

import (
	"fmt"
	"runtime/debug"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type inspectCommand struct {
	File string `arg:"" help:"The license file; - reads standard input."`
}

// Run shows the file. Its lines belong to its checkpoint, or it is refused;
// nobody is asked to be trusted.
func (c inspectCommand) Run(s *session) error {
	f, err := s.parse(c.File)
	if err != nil {
		return err
	}
	r := reportOn(f)
	if err := s.answer(r, r.print); err != nil {
		return err
	}
	s.remark("nobody has checked who signed this; run pott-verify verify")
	return nil
}

func (s *session) parse(name string) (*licensefile.File, error) {
	text, err := s.read(name)
	if err != nil {
		return nil, err
	}
	return licensefile.Parse(text)
}

type proveCommand struct {
	File   string `arg:"" help:"The license file; - reads standard input."`
	Module string `arg:"" help:"The module whose license is proved."`
}

// Run prints the proof. Whoever gets it runs pott-verify verify on it.
func (c proveCommand) Run(s *session) error {
	f, err := s.parse(c.File)
	if err != nil {
		return err
	}
	if f.Set.License(license.Module(c.Module)) == nil {
		return noModule(c.Module)
	}
	proof, err := f.Proof(license.Module(c.Module))
	if err != nil {
		return err
	}
	_, err = s.stdout.Write(proof)
	return err
}

type versionCommand struct{}

// Run prints the version the program was built from.
func (c versionCommand) Run(s *session) error {
	version := "(devel)"
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		version = b.Main.Version
	}
	_, err := fmt.Fprintln(s.stdout, "pott-verify", version)
	return err
}
