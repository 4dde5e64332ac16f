package signer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A request is one line from the asking side.
type request struct {
	Request string `json:"request"` // hello, keys or sign
	Version string `json:"version,omitempty"`
	Key     []byte `json:"key,omitempty"` // the full public key
	Type    string `json:"type,omitempty"`
	Message []byte `json:"message,omitempty"`
}

// A reply is one line from the signer.
type reply struct {
	Reply     string   `json:"reply"` // hello, keys, signature or refusal
	Version   string   `json:"version,omitempty"`
	Keys      []Listed `json:"keys,omitempty"`
	Key       []byte   `json:"key,omitempty"`
	Signature []byte   `json:"signature,omitempty"`
	Code      Refusal  `json:"code,omitempty"`
	Message   string   `json:"message,omitempty"`
}

// A Listed is what a signer says about one of its keys.
type Listed struct {
	Name        string   `json:"name"`
	Public      []byte   `json:"public"`
	Fingerprint string   `json:"fingerprint"`
	Types       []string `json:"types"` // what it may sign, sorted
}

// A Refusal is the reason why a signer does not do what it is asked.
type Refusal string

// The refusals. After the first three the conversation is over.
const (
	Malformed      Refusal = "malformed"        // the line is not a request
	UnknownVersion Refusal = "unknown-version"  // the other side speaks another version
	OutOfTurn      Refusal = "out-of-turn"      // no hello at first, or a request before the reply to the last
	UnknownKey     Refusal = "unknown-key"      // no key of the signer has this public key
	WrongType      Refusal = "wrong-type"       // the text is not of the type it is said to be
	TypeNotAllowed Refusal = "type-not-allowed" // the key signs other texts
	RecordFailed   Refusal = "record-failed"    // it could not be written down, so it was not signed
	KeyFailed      Refusal = "key-failed"       // the key gave no good signature
)

// over reports whether a conversation ends with the refusal.
func (r Refusal) over() bool { return r == Malformed || r == UnknownVersion || r == OutOfTurn }

// parseRequest reads a request's line, without its end. Exactly one spelling of
// each request is read.
func parseRequest(line []byte) (request, error) {
	var r request
	if err := parse(line, &r); err != nil {
		return request{}, err
	}
	version, key, message := r.Version != "", r.Key != nil, r.Message != nil || r.Type != ""
	switch r.Request {
	case "hello":
		if !version || key || message {
			return request{}, errors.New("hello has a version and nothing else")
		}
	case "keys":
		if version || key || message {
			return request{}, errors.New("keys has no fields")
		}
	case "sign":
		if version || !key || r.Type == "" || r.Message == nil {
			return request{}, errors.New("sign has a key, a type, a message and nothing else")
		}
	default:
		return request{}, errors.New("the request is none of hello, keys and sign")
	}
	return r, nil
}

// parseReply reads a reply's line, without its end.
func parseReply(line []byte) (reply, error) {
	var r reply
	if err := parse(line, &r); err != nil {
		return reply{}, err
	}
	has := [...]bool{r.Version != "", r.Keys != nil, r.Key != nil && r.Signature != nil, r.Code != "" && r.Message != ""}
	some := [...]bool{has[0], has[1], r.Key != nil || r.Signature != nil, r.Code != "" || r.Message != ""}
	for i, kind := range []string{"hello", "keys", "signature", "refusal"} {
		if want := r.Reply == kind; has[i] != want || some[i] != want {
			return reply{}, errors.New("the reply is of no kind there is")
		}
	}
	return r, nil
}

// parse reads one JSON object. The decoder of the standard library takes fields
// twice, in other cases and in any order, and text that is not UTF-8; all of
// that shows when the object is written again.
func parse(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the line is no JSON object of this protocol: %w", err)
	}
	if !bytes.Equal(marshal(into), append(bytes.Clone(line), '\n')) {
		return errors.New("the line is not in the one spelling this protocol has")
	}
	return nil
}

// marshal returns a request or reply as its line, with the end.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // plain strings and bytes always encode
	}
	return b.Bytes()
}

var errTooLong = errors.New("the line is longer than any may be")

// readLine returns the next line without its end. It keeps at most limit bytes.
// io.EOF means that the other side is gone, with or without half a line.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > limit+1 {
			return nil, errTooLong
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// gone reports whether a read failed because the other side left.
func gone(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
