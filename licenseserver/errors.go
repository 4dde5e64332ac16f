package licenseserver

import "fmt"

// A MalformedError is returned for a text that is no request or reply.
type MalformedError struct {
	Line int // 0 when none is to blame
	Why  string
}

func (e *MalformedError) Error() string {
	if e.Line == 0 {
		return "the text is malformed: " + e.Why
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Why)
}

// Code returns the stable code of the error.
func (e *MalformedError) Code() string { return "exchange.malformed" }

// A VersionError is returned for a text of another version of the protocol.
type VersionError struct {
	Needs string // as the text says
	Reads string // what this program reads
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the text is %s, and %s is known", e.Needs, e.Reads)
}

// Code returns the stable code of the error.
func (e *VersionError) Code() string { return "exchange.other-version" }

// A TooLargeError is returned for a text beyond its limit.
type TooLargeError struct {
	What  string
	Limit int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s has more than %d bytes", e.What, e.Limit)
}

// Code returns the stable code of the error.
func (e *TooLargeError) Code() string { return "exchange.too-large" }

// A SignatureError is returned for a text that is not signed as it must be.
type SignatureError struct {
	What string
	Why  string
}

func (e *SignatureError) Error() string { return fmt.Sprintf("%s is not genuine: %s", e.What, e.Why) }

// Code returns the stable code of the error.
func (e *SignatureError) Code() string { return "exchange.bad-signature" }

// An OtherReplyError is returned for a genuine reply to another question: an old
// one that was sent again, or one for somebody else.
type OtherReplyError struct {
	Field     string // the first in which it differs
	Got, Want string
}

func (e *OtherReplyError) Error() string {
	return fmt.Sprintf("the reply is not the answer to this request: its %s is %s, not %s", e.Field, e.Got, e.Want)
}

// Code returns the stable code of the error.
func (e *OtherReplyError) Code() string { return "exchange.other-reply" }

// An AddressError is returned for an address that is never asked.
type AddressError struct {
	Address string
	Why     string
}

func (e *AddressError) Error() string { return fmt.Sprintf("%q is not asked: %s", e.Address, e.Why) }

// Code returns the stable code of the error.
func (e *AddressError) Code() string { return "exchange.bad-address" }
