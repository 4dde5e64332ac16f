package httpapi

import "fmt"

// A TokenMissingError is returned for a request without a bearer token.
type TokenMissingError struct{}

func (e *TokenMissingError) Error() string { return "the request carries no token" }

// Code returns the stable code of the error.
func (e *TokenMissingError) Code() string { return "auth.missing" }

// A TokenInvalidError is returned for a token that is not the one of the
// server.
type TokenInvalidError struct{}

func (e *TokenInvalidError) Error() string { return "the token is not good here" }

// Code returns the stable code of the error.
func (e *TokenInvalidError) Code() string { return "auth.invalid" }

// A NoRouteError is returned for a path where there is nothing.
type NoRouteError struct{ Path string }

func (e *NoRouteError) Error() string { return fmt.Sprintf("there is nothing at %s", e.Path) }

// Code returns the stable code of the error.
func (e *NoRouteError) Code() string { return "authority.no-such-path" }

// A MediaError is returned for a request of another type than text.
type MediaError struct{ Got string }

func (e *MediaError) Error() string {
	return fmt.Sprintf("the request is %q, and only text/plain is read", e.Got)
}

// Code returns the stable code of the error.
func (e *MediaError) Code() string { return "authority.media-type" }

// A BusyError is returned when somebody asks too often.
type BusyError struct{ Seconds int } // until the next request is let in

func (e *BusyError) Error() string {
	return fmt.Sprintf("too many requests: try again in %d seconds", e.Seconds)
}

// Code returns the stable code of the error.
func (e *BusyError) Code() string { return "authority.busy" }
