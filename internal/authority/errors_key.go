package authority

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// A KeyTakenError says that a key is something already, and cannot be anything
// else: one key has one use.
type KeyTakenError struct {
	Key string // fingerprint
	As  string // what it is, in English: "a root", "revoked"
}

func (e *KeyTakenError) Error() string { return fmt.Sprintf("key %s is %s already", e.Key, e.As) }

// Code returns the stable code of the error.
func (e *KeyTakenError) Code() string { return "key.taken" }

// A NotListedError says that what is to be taken away is not there.
type NotListedError struct {
	What  string // "root", "issuer", "signing key", "algorithm"
	Name  string
	Where string // "key list 2"
}

func (e *NotListedError) Error() string {
	return fmt.Sprintf("there is no %s %s in %s", e.What, e.Name, e.Where)
}

// Code returns the stable code of the error.
func (e *NotListedError) Code() string { return "key.not-listed" }

// A NoticeError says that accepted sets would be dropped too soon: customers
// need time to get other ones.
type NoticeError struct{ Date, Earliest license.Date }

func (e *NoticeError) Error() string {
	return fmt.Sprintf("accepted sets cannot be dropped on %s; the earliest day is %s", e.Date, e.Earliest)
}

// Code returns the stable code of the error.
func (e *NoticeError) Code() string { return "key.notice" }

// A ThresholdError says that so many roots cannot be asked for.
type ThresholdError struct{ Threshold, Roots, Most int }

func (e *ThresholdError) Error() string {
	return fmt.Sprintf("%d roots cannot be asked for: there are %d, and at most %d can be", e.Threshold, e.Roots, e.Most)
}

// Code returns the stable code of the error.
func (e *ThresholdError) Code() string { return "key.threshold" }

// A NotARootError says that a key has no say in a key list.
type NotARootError struct {
	Key     string // fingerprint
	KeyList int64
}

func (e *NotARootError) Error() string {
	return fmt.Sprintf("key %s is no root of key list %d, nor of the one before", e.Key, e.KeyList)
}

// Code returns the stable code of the error.
func (e *NotARootError) Code() string { return "key.not-a-root" }

// A DraftsDifferError says that two files are not drafts of one text.
type DraftsDifferError struct {
	Number      int64
	Hash, Other string
}

func (e *DraftsDifferError) Error() string {
	return fmt.Sprintf("these are different texts of key list %d: %s and %s", e.Number, e.Hash, e.Other)
}

// Code returns the stable code of the error.
func (e *DraftsDifferError) Code() string { return "key.drafts-differ" }

// A ListCompleteError says that a key list has all the signatures it needs, so
// that it may be in the world.
type ListCompleteError struct{ KeyList int64 }

func (e *ListCompleteError) Error() string {
	return fmt.Sprintf("key list %d has all the signatures it needs, and may be in the world", e.KeyList)
}

// Code returns the stable code of the error.
func (e *ListCompleteError) Code() string { return "key.list-complete" }

// A NotApprovedError says that a key never signed a draft here.
type NotApprovedError struct {
	Key     string // fingerprint; "" when no root has
	KeyList int64
}

func (e *NotApprovedError) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("no root has signed a draft of key list %d here", e.KeyList)
	}
	return fmt.Sprintf("key %s has not signed this text of key list %d here", e.Key, e.KeyList)
}

// Code returns the stable code of the error.
func (e *NotApprovedError) Code() string { return "key.not-approved" }

// A RequestMalformedError says why a text is no request of an issuer.
type RequestMalformedError struct {
	Line int // 0 when no line is to blame
	Why  string
}

func (e *RequestMalformedError) Error() string {
	return "this is no request of an issuer: " + placed(e.Line, e.Why)
}

// Code returns the stable code of the error.
func (e *RequestMalformedError) Code() string { return "key.request-malformed" }

// An IssuerTakenError says that an issuer of a name is there already, with
// another key.
type IssuerTakenError struct{ Issuer license.Issuer }

func (e *IssuerTakenError) Error() string {
	return fmt.Sprintf("there is an issuer %s already, with another key", e.Issuer)
}

// Code returns the stable code of the error.
func (e *IssuerTakenError) Code() string { return "key.issuer-taken" }

// A StaleSignatureError says that a set cannot be wrapped anew, because the key
// that signed it is certified no longer.
type StaleSignatureError struct {
	Issuer license.Issuer
	Serial string
	Number int64
	Why    string
}

func (e *StaleSignatureError) Error() string {
	return fmt.Sprintf("set %d of %s for %s would be refused as new: %s", e.Number, e.Issuer, e.Serial, e.Why)
}

// Code returns the stable code of the error.
func (e *StaleSignatureError) Code() string { return "set.stale-signature" }

// An UnknownSetsError says that a customer has sets that are not on record: a
// key was used elsewhere, or the record is not complete.
type UnknownSetsError struct {
	Unknown int // sets that are not on record, or were never signed here
	Other   int // sets on record under another checkpoint
}

func (e *UnknownSetsError) Error() string {
	return fmt.Sprintf("%d sets are not on record, and %d are there with another checkpoint", e.Unknown, e.Other)
}

// Code returns the stable code of the error.
func (e *UnknownSetsError) Code() string { return "set.not-ours" }

// A ReportMalformedError says why a list of a customer's sets cannot be read.
type ReportMalformedError struct {
	Line int
	Why  string
}

func (e *ReportMalformedError) Error() string {
	return "this is no list of sets: " + placed(e.Line, e.Why)
}

// Code returns the stable code of the error.
func (e *ReportMalformedError) Code() string { return "set.report-malformed" }
