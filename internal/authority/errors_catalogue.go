package authority

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/license"
)

// A CatalogueMalformedError is returned for a text that is no catalogue.
type CatalogueMalformedError struct {
	Line int // 0 when no line is to blame
	Why  string
}

func (e *CatalogueMalformedError) Error() string {
	return "this is not a catalogue: " + placed(e.Line, e.Why)
}

// Code returns the stable code of the error.
func (e *CatalogueMalformedError) Code() string { return "catalogue.malformed" }

func placed(line int, why string) string {
	if line == 0 {
		return why
	}
	return fmt.Sprintf("line %d: %s", line, why)
}

// A CatalogueNameError says that a name in a catalogue is not one.
type CatalogueNameError struct {
	Text string
	Why  string
}

func (e *CatalogueNameError) Error() string {
	return fmt.Sprintf("%q is not a name: %s", e.Text, e.Why)
}

// Code returns the stable code of the error.
func (e *CatalogueNameError) Code() string { return "catalogue.bad-name" }

// A CatalogueTextError says that a text in a catalogue cannot stand in a set.
type CatalogueTextError struct {
	Field string
	Why   string
}

func (e *CatalogueTextError) Error() string { return fmt.Sprintf("%s %s", e.Field, e.Why) }

// Code returns the stable code of the error.
func (e *CatalogueTextError) Code() string { return "catalogue.bad-text" }

// A CatalogueDuplicateError says that a catalogue has two of something.
type CatalogueDuplicateError struct {
	What  string // "module", "plan", "client", "generation", "line of products"
	Name  string // as the second one is spelled
	First int    // line of the first one
}

func (e *CatalogueDuplicateError) Error() string {
	return fmt.Sprintf("the %s %q is in the catalogue already, at line %d", e.What, e.Name, e.First)
}

// Code returns the stable code of the error.
func (e *CatalogueDuplicateError) Code() string { return "catalogue.duplicate" }

// A CatalogueUnknownError says that something in a catalogue names what the
// catalogue does not have.
type CatalogueUnknownError struct {
	What string // "module" or "generation"
	Name string
	In   string // who names it: "the plan sales-premium"
}

func (e *CatalogueUnknownError) Error() string {
	return fmt.Sprintf("%s names the %s %q, which the catalogue does not have", e.In, e.What, e.Name)
}

// Code returns the stable code of the error.
func (e *CatalogueUnknownError) Code() string { return "catalogue.unknown" }

// A CatalogueKindError says that a module stands where only another kind may.
type CatalogueKindError struct {
	Module license.Module
	Kind   license.Kind // what it is
	Wanted license.Kind // what it should be
	In     string       // who names it
}

func (e *CatalogueKindError) Error() string {
	return fmt.Sprintf("%s names %q, a %s module, where only a %s module may stand", e.In, e.Module, e.Kind, e.Wanted)
}

// Code returns the stable code of the error.
func (e *CatalogueKindError) Code() string { return "catalogue.wrong-kind" }

// A CatalogueFieldError says that a field does not belong to a module of its
// kind, or lacks its value.
type CatalogueFieldError struct {
	Name  string // of the module, plan or client
	Field string
	Why   string
}

func (e *CatalogueFieldError) Error() string {
	return fmt.Sprintf("%q: %s %s", e.Name, e.Field, e.Why)
}

// Code returns the stable code of the error.
func (e *CatalogueFieldError) Code() string { return "catalogue.bad-field" }

// A CatalogueCircleError says that modules need each other, so that none of
// them could ever be given.
type CatalogueCircleError struct{ Modules []license.Module }

func (e *CatalogueCircleError) Error() string {
	return fmt.Sprintf("%s need each other, so that none of them could be given", names(e.Modules))
}

// Code returns the stable code of the error.
func (e *CatalogueCircleError) Code() string { return "catalogue.circle" }

// A CataloguePrerequisiteError says that a plan includes a module without what
// that module needs.
type CataloguePrerequisiteError struct {
	Plan         license.Module
	Module       license.Module
	Prerequisite license.Module
}

func (e *CataloguePrerequisiteError) Error() string {
	return fmt.Sprintf("the plan %q includes %q but not %q, which it needs", e.Plan, e.Module, e.Prerequisite)
}

// Code returns the stable code of the error.
func (e *CataloguePrerequisiteError) Code() string { return "catalogue.prerequisite" }

// names returns modules as people list them.
func names(ms []license.Module) string {
	var b strings.Builder
	for i, m := range ms {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", m)
	}
	return b.String()
}
