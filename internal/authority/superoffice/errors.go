package superoffice

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/license"
)

// A MalformedError is returned for a text that is not a license package in the
// one form that is read.
type MalformedError struct {
	Line, Column int // both from 1; columns count bytes
	Rule         string
}

func (e *MalformedError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Rule)
}

// Code returns the stable code of the error.
func (e *MalformedError) Code() string { return "superoffice.malformed" }

// A TooLargeError is returned for a package above a limit.
type TooLargeError struct {
	What       string // "package", "rows" or the name of an element
	Limit, Got int    // Got is how far it was looked at
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s: %d, and at most %d are read", e.What, e.Got, e.Limit)
}

// Code returns the stable code of the error.
func (e *TooLargeError) Code() string { return "superoffice.too-large" }

// An EncodingError is returned for a text in another encoding than UTF-8.
type EncodingError struct{ Encoding string }

func (e *EncodingError) Error() string {
	return fmt.Sprintf("the text is encoded as %s, and only UTF-8 is read", e.Encoding)
}

// Code returns the stable code of the error.
func (e *EncodingError) Code() string { return "superoffice.encoding" }

// An UnknownElementError is returned for an element or an attribute that the
// format does not have. It may be what the rest depends on, so nothing is read.
type UnknownElementError struct {
	Line, Column int
	Element      string
	In           string // the element around it
}

func (e *UnknownElementError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s is not known in %s", e.Line, e.Column, e.Element, e.In)
}

// Code returns the stable code of the error.
func (e *UnknownElementError) Code() string { return "superoffice.unknown-element" }

// A DuplicateElementError is returned for an element that stands twice where it
// may stand once.
type DuplicateElementError struct {
	Line, Column int
	Element      string
	First        int // line of the first one
}

func (e *DuplicateElementError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s stands on line %d already", e.Line, e.Column, e.Element, e.First)
}

// Code returns the stable code of the error.
func (e *DuplicateElementError) Code() string { return "superoffice.duplicate-element" }

// A BadValueError is returned for a value that its element cannot have.
type BadValueError struct {
	Line, Column int
	Element      string
	Value        string // shortened when long
	Why          string
}

func (e *BadValueError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s is %q: %s", e.Line, e.Column, e.Element, e.Value, e.Why)
}

// Code returns the stable code of the error.
func (e *BadValueError) Code() string { return "superoffice.bad-value" }

// An OwnerError is returned for a row of another owner than the package's, and
// for a package without an owner: a set has one issuer.
type OwnerError struct {
	Line           int // of the row; 0 for the package
	Owner, Package string
}

func (e *OwnerError) Error() string {
	if e.Line == 0 {
		return "the package names no owner"
	}
	return fmt.Sprintf("line %d: the row is of %s and the package of %s", e.Line, e.Owner, e.Package)
}

// Code returns the stable code of the error.
func (e *OwnerError) Code() string { return "superoffice.owner" }

// A DiffersError warns that a row says something else than the catalogue. The
// set will say what the catalogue says.
type DiffersError struct {
	Module             license.Module // as the package names it; "" for the package itself
	Element            string
	Package, Catalogue string
}

func (e *DiffersError) Error() string {
	text := fmt.Sprintf("%s is %q in the package and %q in the catalogue, which counts", e.Element, e.Package, e.Catalogue)
	if e.Module != "" {
		text = string(e.Module) + ": " + text
	}
	return text
}

// Code returns the stable code of the error.
func (e *DiffersError) Code() string { return "superoffice.differs" }

// A PlanDiffersError warns that a plan of the package includes something else
// than the plan of the catalogue it was taken for.
type PlanDiffersError struct {
	Module       license.Module // as the package names it
	Plan         license.Module // of the catalogue
	Gained, Lost []license.Module
}

func (e *PlanDiffersError) Error() string {
	return fmt.Sprintf("%s is taken for the plan %s, which adds %s and lacks %s", e.Module, e.Plan, names(e.Gained), names(e.Lost))
}

// Code returns the stable code of the error.
func (e *PlanDiffersError) Code() string { return "superoffice.plan-differs" }

// A NotImportedError warns of something a package says that an order cannot.
type NotImportedError struct {
	Element string
	Value   string         // shortened when long; "" for a key or a signature
	Module  license.Module // "" for the package
	More    int            // how many other rows have the element too
}

func (e *NotImportedError) Error() string {
	text := e.Element
	if e.Module != "" {
		text = fmt.Sprintf("%s: %s", e.Module, e.Element)
	}
	if e.Value != "" {
		text += fmt.Sprintf(" (%q)", e.Value)
	}
	text += " was left out"
	if e.More > 0 {
		text += fmt.Sprintf(", and of %d more rows", e.More)
	}
	return text
}

// Code returns the stable code of the error.
func (e *NotImportedError) Code() string { return "superoffice.not-imported" }

// A SortOrderError warns that the rows of a package do not say in which order
// they stand.
type SortOrderError struct {
	Module license.Module
	Sort   uint32 // 0: it says nothing
	First  int    // line of the other row with the same number; 0 when there is none
}

func (e *SortOrderError) Error() string {
	if e.Sort == 0 {
		return fmt.Sprintf("%s has no SortOrder and stands last", e.Module)
	}
	return fmt.Sprintf("%s has the SortOrder %d of line %d and stands behind it", e.Module, e.Sort, e.First)
}

// Code returns the stable code of the error.
func (e *SortOrderError) Code() string { return "superoffice.sort-order" }

// A PlansCollideError is returned for a set with two licenses that have the
// same name in a package, where a name stands once.
type PlansCollideError struct {
	Name          license.Module // in a package
	First, Second license.Module
}

func (e *PlansCollideError) Error() string {
	return fmt.Sprintf("%s and %s are both called %s in a package", e.First, e.Second, e.Name)
}

// Code returns the stable code of the error.
func (e *PlansCollideError) Code() string { return "superoffice.plans-collide" }

// A CannotSayError is returned for a set that a package cannot state without
// saying something else.
type CannotSayError struct {
	Module license.Module // "" for the set itself
	What   string         // the field, as license files name it
	Value  string
}

func (e *CannotSayError) Error() string {
	text := fmt.Sprintf("a package cannot state %s %s", e.What, e.Value)
	if e.Module != "" {
		text = string(e.Module) + ": " + text
	}
	return text
}

// Code returns the stable code of the error.
func (e *CannotSayError) Code() string { return "superoffice.cannot-say" }

// A NotExportedError says that a package has no place for something the set has.
type NotExportedError struct {
	Field   string           // as license files and catalogues name it
	Value   string           // "" when it is said of licenses
	Modules []license.Module // the licenses that have it; nil when it is said of the set
}

func (e *NotExportedError) Error() string {
	if e.Modules == nil {
		return fmt.Sprintf("%s (%s) was left out", e.Field, e.Value)
	}
	return fmt.Sprintf("%s of %s was left out", e.Field, names(e.Modules))
}

// Code returns the stable code of the error.
func (e *NotExportedError) Code() string { return "superoffice.not-exported" }

func names(list []license.Module) string {
	if len(list) == 0 {
		return "nothing"
	}
	var b strings.Builder
	for i, m := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(m))
	}
	return b.String()
}
