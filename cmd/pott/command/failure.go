package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pott-dev/pott/internal/client"
)

// A failure is an error as people and programs see it.
type failure struct {
	Code      string         `json:"code"`
	Message   string         `json:"message"`
	Hint      string         `json:"hint,omitempty"`
	Details   map[string]any `json:"details,omitempty"`
	RequestID string         `json:"request_id,omitempty"`
	Exit      int            `json:"exit"`
}

// interrupted is the exit code of a command that was stopped from outside.
const interrupted = 130

// fail prints err, if there is one, and returns the exit code.
func (s *session) fail(err error) int {
	s.flush()
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) || s.ctx.Err() != nil {
		return interrupted
	}
	f := s.failure(err)
	if s.g.JSON {
		e := json.NewEncoder(s.p.Stderr)
		e.SetEscapeHTML(false)
		e.Encode(struct {
			Error failure `json:"error"`
		}{f})
		return f.Exit
	}
	fmt.Fprintf(s.p.Stderr, "pott: %s\n", s.say("error", f.Message))
	if f.Hint != "" {
		fmt.Fprintf(s.p.Stderr, "pott: %s\n", s.say("hint", f.Hint))
	}
	// Only a fault of the server is worth a reference number.
	if f.Code == "internal" && f.RequestID != "" {
		fmt.Fprintf(s.p.Stderr, "pott: %s\n", s.say("request", f.RequestID))
	}
	return f.Exit
}

// failure puts an error into words. What a server refused comes in the server's
// own words; what this program refused has its words in the same catalogues.
func (s *session) failure(err error) failure {
	var refused *client.Problem
	if errors.As(err, &refused) {
		return failure{
			Code: refused.ErrorCode, Message: refused.Error(), Hint: refused.Hint, Details: refused.Facts,
			RequestID: refused.RequestID, Exit: exitOf(refused.ErrorCode, refused.Exit()),
		}
	}
	return s.ownFailure(err)
}
