package command

import (
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/problem"
)

// exitOf returns the exit code of a server's code. A code from a newer server
// has the one that goes with its HTTP status.
func exitOf(code string, otherwise int) int {
	if row, ok := problem.Lookup(code); ok {
		return row.Exit
	}
	return otherwise
}

// ownFailure puts an error of this program into words. The program is the
// caller's own, so an error without a code is shown as it is.
func (s *session) ownFailure(err error) failure {
	p, known := problem.Of(err)
	f := failure{Code: p.Code, Message: err.Error(), Details: p.Facts, Exit: p.Exit}
	if !known {
		return f
	}
	if text, ok := i18n.Sentence(s.language(), p.Code, p.Cause); ok {
		f.Message, f.Hint = text.Detail, text.Hint
	}
	return f
}
