package web

import (
	"fmt"
	"strings"
)

// A NoSuchPageError is returned for a path that no page has.
type NoSuchPageError struct{ Path string }

func (e *NoSuchPageError) Error() string { return "there is no page at " + e.Path }

// Code returns the stable code of the error.
func (e *NoSuchPageError) Code() string { return "page.unknown" }

// A NoInstallationError is returned where several organisations share a server
// and an address names none of them.
type NoInstallationError struct{}

func (e *NoInstallationError) Error() string { return "the address names no organisation" }

// Code returns the stable code of the error.
func (e *NoInstallationError) Code() string { return "page.no-installation" }

// A NeedSignInError is returned for a page that only somebody signed in may see.
// Readers are led to the page where they sign in.
type NeedSignInError struct{}

func (e *NeedSignInError) Error() string { return "nobody is signed in" }

// Code returns the stable code of the error.
func (e *NeedSignInError) Code() string { return "page.sign-in" }

// A NotPermittedError is returned for a page the reader's roles do not reach.
type NotPermittedError struct {
	Needs string   // the scope it takes
	Who   []string // names of people who may
}

func (e *NotPermittedError) Error() string {
	return fmt.Sprintf("it takes %s, which %s may", e.Needs, strings.Join(e.Who, ", "))
}

// Code returns the stable code of the error.
func (e *NotPermittedError) Code() string { return "page.not-permitted" }

// A ForeignFormError is returned for a form that was not sent from one of our
// own pages, or from a page of an earlier session.
type ForeignFormError struct{}

func (e *ForeignFormError) Error() string {
	return "the form does not come from a page of this session"
}

// Code returns the stable code of the error.
func (e *ForeignFormError) Code() string { return "page.foreign-form" }

// A BadFormError is returned for a form that cannot be read.
type BadFormError struct{}

func (e *BadFormError) Error() string { return "the form cannot be read" }

// Code returns the stable code of the error.
func (e *BadFormError) Code() string { return "page.bad-form" }

// A FormTooLargeError is returned for a form or a file that is too large.
type FormTooLargeError struct{ Limit int64 } // bytes

func (e *FormTooLargeError) Error() string {
	return fmt.Sprintf("the form is larger than %d bytes", e.Limit)
}

// Code returns the stable code of the error.
func (e *FormTooLargeError) Code() string { return "page.too-large" }

// A NotAPersonError says that whoever came in by the recovery door has no pages
// of their own.
type NotAPersonError struct{}

func (e *NotAPersonError) Error() string { return "the recovery door is nobody in particular" }

// Code returns the stable code of the error.
func (e *NotAPersonError) Code() string { return "page.not-a-person" }
