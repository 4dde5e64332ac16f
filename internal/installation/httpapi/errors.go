package httpapi

import "fmt"

// A MissingTokenError is returned for a request without a bearer token.
type MissingTokenError struct{}

func (e *MissingTokenError) Error() string { return "the request carries no token" }

// Code returns the stable code of the error.
func (e *MissingTokenError) Code() string { return "auth.missing" }

// An InvalidTokenError is returned for a token that is malformed, unknown,
// revoked, expired or damaged. It does not say which: that would help nobody
// but a guesser.
type InvalidTokenError struct{}

func (e *InvalidTokenError) Error() string { return "the token is not good here" }

// Code returns the stable code of the error.
func (e *InvalidTokenError) Code() string { return "auth.invalid" }

// An OtherInstallationError is returned for a good token of another
// installation on the same server.
type OtherInstallationError struct{}

func (e *OtherInstallationError) Error() string {
	return "the token belongs to another installation"
}

// Code returns the stable code of the error.
func (e *OtherInstallationError) Code() string { return "auth.other-installation" }

// A ScopeError is returned for a token that does not reach far enough.
type ScopeError struct {
	Needs string   // one of these would do, separated by " or "
	Has   []string // what the token has
}

func (e *ScopeError) Error() string {
	return fmt.Sprintf("the token has %v and needs %s", e.Has, e.Needs)
}

// Code returns the stable code of the error.
func (e *ScopeError) Code() string { return "auth.scope" }

// A MalformedError is returned for a body that cannot be read as JSON of the
// right shape.
type MalformedError struct {
	Why string
}

func (e *MalformedError) Error() string { return "the body cannot be read: " + e.Why }

// Code returns the stable code of the error.
func (e *MalformedError) Code() string { return "request.malformed" }

// An UnknownFieldError is returned for a body with a field that is not one of
// the operation's. Letter case counts.
type UnknownFieldError struct {
	Field string
	Known []string // the fields there are
}

func (e *UnknownFieldError) Error() string { return fmt.Sprintf("there is no field %q", e.Field) }

// Code returns the stable code of the error.
func (e *UnknownFieldError) Code() string { return "request.unknown-field" }

// A TooLargeError is returned for a body beyond the operation's limit.
type TooLargeError struct {
	Limit int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the body is larger than %d bytes", e.Limit)
}

// Code returns the stable code of the error.
func (e *TooLargeError) Code() string { return "request.too-large" }

// A MediaTypeError is returned for a body of the wrong type.
type MediaTypeError struct {
	Got  string
	Want string
}

func (e *MediaTypeError) Error() string {
	return fmt.Sprintf("the body is %q and must be %q", e.Got, e.Want)
}

// Code returns the stable code of the error.
func (e *MediaTypeError) Code() string { return "request.media-type" }

// A ParameterError is returned for a query parameter that the operation does
// not have, or whose value it cannot read.
type ParameterError struct {
	Parameter string
	Why       string
}

func (e *ParameterError) Error() string { return fmt.Sprintf("parameter %q: %s", e.Parameter, e.Why) }

// Code returns the stable code of the error.
func (e *ParameterError) Code() string { return "request.parameter" }

// A NoSuchPathError is returned for a path that no operation has.
type NoSuchPathError struct {
	Path string
}

func (e *NoSuchPathError) Error() string { return fmt.Sprintf("there is nothing at %s", e.Path) }

// Code returns the stable code of the error.
func (e *NoSuchPathError) Code() string { return "request.no-such-path" }

// A MethodError is returned for a method that the path does not have.
type MethodError struct {
	Method  string
	Allowed []string
}

func (e *MethodError) Error() string {
	return fmt.Sprintf("%s is not one of %v here", e.Method, e.Allowed)
}

// Code returns the stable code of the error.
func (e *MethodError) Code() string { return "request.method" }

// A TooManyChecksError is returned for a batch with more questions than one
// request may ask.
type TooManyChecksError struct {
	Got   int
	Limit int
}

func (e *TooManyChecksError) Error() string {
	return fmt.Sprintf("%d questions in one request, and at most %d are answered", e.Got, e.Limit)
}

// Code returns the stable code of the error.
func (e *TooManyChecksError) Code() string { return "request.too-many-checks" }
