package client

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// A Problem is a refusal in the server's own words.
type Problem struct {
	ErrorCode string         // stable: "seat.pool-full"
	Title     string         // a few words, in the language asked for
	Detail    string         // the sentence, in the language asked for
	Hint      string         // what would help; "" when the server knows nothing
	Facts     map[string]any // everything the sentence was made from
	Status    int            // of HTTP
	RequestID string
}

func (e *Problem) Error() string {
	if e.Detail != "" {
		return e.Detail
	}
	return e.Title
}

// Code returns the server's code.
func (e *Problem) Code() string { return e.ErrorCode }

// Exit returns the exit code that belongs to the HTTP status, for codes this
// program does not know because the server is newer.
func (e *Problem) Exit() int {
	switch e.Status {
	case http.StatusUnauthorized:
		return 4
	case http.StatusForbidden:
		return 5
	case http.StatusNotFound:
		return 3
	case http.StatusConflict, http.StatusPreconditionFailed:
		return 6
	case http.StatusLocked:
		return 9
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return 10
	}
	return 1
}

// readProblem reads a refusal. An answer that is no problem document comes from
// something between us and the server, and says so.
func readProblem(server string, res *http.Response, body []byte) error {
	var doc struct {
		Title    string         `json:"title"`
		Detail   string         `json:"detail"`
		Code     string         `json:"code"`
		Hint     string         `json:"hint"`
		Facts    map[string]any `json:"facts"`
		Instance string         `json:"instance"`
	}
	if !isProblem(res) || json.Unmarshal(body, &doc) != nil || doc.Code == "" {
		return &BadAnswerError{Server: server, Status: res.StatusCode, Why: "it is " + res.Status + " without a reason"}
	}
	p := &Problem{
		ErrorCode: doc.Code, Title: doc.Title, Detail: doc.Detail, Hint: doc.Hint,
		Facts: doc.Facts, Status: res.StatusCode, RequestID: doc.Instance,
	}
	if id := res.Header.Get("X-Request-Id"); id != "" {
		p.RequestID = id
	}
	return p
}

// BadServerError is returned for an address that is not one of a server.
type BadServerError struct{ Server string }

func (e *BadServerError) Error() string {
	return fmt.Sprintf("%q is not the address of a server, as in http://127.0.0.1:7070", e.Server)
}

// Code returns the stable code of the error.
func (e *BadServerError) Code() string { return "client.bad-server" }

// UnreachableError is returned when no answer came. Whether the server did what
// it was asked is not known; asking again is safe.
type UnreachableError struct {
	Server string
	Why    string
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no answer from %s: %s", e.Server, e.Why)
}

// Code returns the stable code of the error.
func (e *UnreachableError) Code() string { return "client.unreachable" }

// BadAnswerError is returned for an answer that is not one of this API.
type BadAnswerError struct {
	Server string
	Status int // of HTTP; 0 when the answer was a good one that could not be read
	Why    string
}

func (e *BadAnswerError) Error() string {
	return fmt.Sprintf("the answer from %s is not one of a Pott server: %s", e.Server, e.Why)
}

// Code returns the stable code of the error.
func (e *BadAnswerError) Code() string { return "client.bad-answer" }
