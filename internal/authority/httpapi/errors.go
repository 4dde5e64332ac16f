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
