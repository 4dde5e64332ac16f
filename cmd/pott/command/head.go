package command

import "github.com/pott-dev/pott/api"

type auditHead struct{}

// Help says what kong's one line cannot.
func (auditHead) Help() string {
	return "One line, to be kept where whoever can change the database cannot: pott audit compare says later whether the record goes on from it. Any program with a token can keep one."
}

func (auditHead) Run(s *session) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	head, err := c.Head(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: head, ids: []string{head.Head}, human: func(o *paper) { o.printf("%s\n", head.Head) }})
}

type auditCompare struct {
	Head string `arg:"" help:"The head that was kept, as pott audit head or pott server head printed it."`
	preview
}

// Help says what kong's one line cannot.
func (auditCompare) Help() string {
	return "When the record ends before that head, or has something else there, administrators are told, and nothing is stopped: anybody may say anything. pott fsck --head, on the server's machine, goes through all of it. Exit code 8: it does not agree."
}

func (c auditCompare) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.CompareHead(s.ctx, c.Head, c.DryRun)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: done, ids: []string{done.Verdict}, human: func(o *paper) { o.line("head.compared-"+done.Verdict, done.Kept) }})
	if err == nil && done.Verdict != api.HeadAgrees {
		err = &HeadDiffersError{Kept: done.Kept, Verdict: done.Verdict}
	}
	return err
}

// A HeadDiffersError is returned beside the answer for a head that the record does
// not go on from.
type HeadDiffersError struct {
	Kept    int64
	Verdict string
}

func (e *HeadDiffersError) Error() string {
	return "the record does not go on from that head: " + e.Verdict
}

// Code returns the stable code of the error.
func (e *HeadDiffersError) Code() string { return "audit.head-differs" }
