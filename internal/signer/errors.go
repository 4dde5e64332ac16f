package signer

import (
	"fmt"
	"strings"
)

// A ReferenceError says that a text does not name a key of a signer.
type ReferenceError struct{ Text string }

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("%q does not name a key of a signer: write signer:SOCKET#NAME", e.Text)
}

// Code returns the stable code of the error.
func (e *ReferenceError) Code() string { return "signer.bad-reference" }

// An UnreachableError says that no signer answers.
type UnreachableError struct{ Socket, Why string }

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no signer answers at %s: %s", e.Socket, e.Why)
}

// Code returns the stable code of the error.
func (e *UnreachableError) Code() string { return "signer.unreachable" }

// A PlaceError says that a socket or record lies where others could reach it.
type PlaceError struct{ Path, Why string }

func (e *PlaceError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

// Code returns the stable code of the error.
func (e *PlaceError) Code() string { return "signer.open-to-others" }

// A NoKeyError says that a signer has no key of that name.
type NoKeyError struct {
	Socket, Name string
	Known        []string // the names it has
}

func (e *NoKeyError) Error() string {
	return fmt.Sprintf("the signer at %s has no key %q; it has %s", e.Socket, e.Name, strings.Join(e.Known, ", "))
}

// Code returns the stable code of the error.
func (e *NoKeyError) Code() string { return "signer.no-key" }

// A RefusedError is what a signer answers when it does not sign.
type RefusedError struct {
	Socket  string
	Refusal Refusal
	Message string // the signer's own words
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the signer at %s refuses (%s): %s", e.Socket, e.Refusal, e.Message)
}

// Code returns the stable code of the error.
func (e *RefusedError) Code() string { return "signer.refused" }

// An AnswerError says that what answers at a socket does not keep to the
// protocol.
type AnswerError struct{ Socket, Why string }

func (e *AnswerError) Error() string {
	return fmt.Sprintf("what answers at %s is no signer of Pott: %s", e.Socket, e.Why)
}

// Code returns the stable code of the error.
func (e *AnswerError) Code() string { return "signer.bad-answer" }

// A SignatureError says that a signer gave a signature that its key did not
// make over that text. It was not used.
type SignatureError struct{ Socket, Name, Fingerprint string }

func (e *SignatureError) Error() string {
	return fmt.Sprintf("the signer at %s gave a signature that is not one of key %s (%s)", e.Socket, e.Name, e.Fingerprint)
}

// Code returns the stable code of the error.
func (e *SignatureError) Code() string { return "signer.wrong-signature" }

// A TextError says why a text cannot be signed by a signer.
type TextError struct{ Why string }

func (e *TextError) Error() string { return "the text cannot be signed: " + e.Why }

// Code returns the stable code of the error.
func (e *TextError) Code() string { return "signer.unknown-text" }

// A KeyError says why a signer cannot serve a key.
type KeyError struct{ Name, Why string }

func (e *KeyError) Error() string { return fmt.Sprintf("the key %q: %s", e.Name, e.Why) }

// Code returns the stable code of the error.
func (e *KeyError) Code() string { return "signer.bad-key" }

// A RunningError says that a signer answers at a socket already.
type RunningError struct{ Socket string }

func (e *RunningError) Error() string {
	return fmt.Sprintf("a signer answers at %s already", e.Socket)
}

// Code returns the stable code of the error.
func (e *RunningError) Code() string { return "signer.running" }

// A RecordError says why the record of signatures cannot be written.
type RecordError struct{ Path, Why string }

func (e *RecordError) Error() string {
	return fmt.Sprintf("the record of signatures at %s cannot be written: %s", e.Path, e.Why)
}

// Code returns the stable code of the error.
func (e *RecordError) Code() string { return "signer.record" }
