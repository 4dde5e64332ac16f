package main

import (
	"fmt"
	"io"
	"runtime/debug"

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

type versionCommand struct{}

// Run prints the version the program was built from.
func (c versionCommand) Run(s *session) error {
	version := "(devel)"
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		version = b.Main.Version
	}
	return s.answer(map[string]string{"version": version}, func(w io.Writer) { fmt.Fprintln(w, "pott-verify", version) })
}
