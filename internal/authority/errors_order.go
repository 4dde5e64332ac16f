package authority

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// An OrderMalformedError is returned for a text that is no order.
type OrderMalformedError struct {
	Line int // 0 when no line is to blame
	Why  string
}

func (e *OrderMalformedError) Error() string { return "this is not an order: " + placed(e.Line, e.Why) }

// Code returns the stable code of the error.
func (e *OrderMalformedError) Code() string { return "order.malformed" }

// An OrderIssuerError says that an order is for another issuer's catalogue.
type OrderIssuerError struct{ Order, Catalogue license.Issuer }

func (e *OrderIssuerError) Error() string {
	return fmt.Sprintf("the order is for %s and the catalogue is of %s", e.Order, e.Catalogue)
}

// Code returns the stable code of the error.
func (e *OrderIssuerError) Code() string { return "order.wrong-issuer" }

// An OrderUnknownError says that an order names what the catalogue does not
// have.
type OrderUnknownError struct {
	What    string // "module", "plan" or "generation"
	Name    string
	Nearest string // what was probably meant; "" when nothing is near
}

func (e *OrderUnknownError) Error() string {
	text := fmt.Sprintf("the catalogue has no %s %q", e.What, e.Name)
	if e.Nearest != "" {
		text += fmt.Sprintf("; did you mean %q?", e.Nearest)
	}
	return text
}

// Code returns the stable code of the error.
func (e *OrderUnknownError) Code() string { return "order.unknown" }

// An OrderPlanNameError says that an order sells what is only another format's
// name for plans.
type OrderPlanNameError struct {
	Name  license.Module
	Plans []license.Module // the plans that go by it
}

func (e *OrderPlanNameError) Error() string {
	return fmt.Sprintf("%q is another format's name for plans and cannot be ordered: name the plan (%s)", e.Name, names(e.Plans))
}

// Code returns the stable code of the error.
func (e *OrderPlanNameError) Code() string { return "order.plan-name" }

// An OrderGenerationError says that an order names a plan of another
// generation.
type OrderGenerationError struct {
	Plan       license.Module
	Generation string // of the plan
	Order      string // of the order
}

func (e *OrderGenerationError) Error() string {
	return fmt.Sprintf("the plan %q is of generation %s, and the order is of generation %s", e.Plan, e.Generation, e.Order)
}

// Code returns the stable code of the error.
func (e *OrderGenerationError) Code() string { return "order.wrong-generation" }

// An OrderDuplicateError says that two lines of an order are for the same
// module; letter case makes no difference.
type OrderDuplicateError struct {
	Name  license.Module // as the second line spells it
	First int            // line of the first
}

func (e *OrderDuplicateError) Error() string {
	return fmt.Sprintf("%q is ordered already, at line %d", e.Name, e.First)
}

// Code returns the stable code of the error.
func (e *OrderDuplicateError) Code() string { return "order.duplicate" }

// An OrderEmptyError says that an order sells nothing.
type OrderEmptyError struct{}

func (e *OrderEmptyError) Error() string { return "the order has no lines" }

// Code returns the stable code of the error.
func (e *OrderEmptyError) Code() string { return "order.empty" }

// An OrderQuantityError says that a quantity cannot be granted.
type OrderQuantityError struct {
	Name     license.Module
	Quantity int64
	Least    int64
	Most     int64
}

func (e *OrderQuantityError) Error() string {
	return fmt.Sprintf("the quantity of %q is %d, and must be from %d to %d", e.Name, e.Quantity, e.Least, e.Most)
}

// Code returns the stable code of the error.
func (e *OrderQuantityError) Code() string { return "order.quantity" }

// An OrderIncludedError says that a plan of the order includes a module the
// order lacks: whoever got the plan could not be given the module.
type OrderIncludedError struct{ Plan, Module license.Module }

func (e *OrderIncludedError) Error() string {
	return fmt.Sprintf("the plan %q includes %q, which the order lacks", e.Plan, e.Module)
}

// Code returns the stable code of the error.
func (e *OrderIncludedError) Code() string { return "order.included-missing" }

// An OrderPrerequisiteError says that a module of the order needs one the order
// lacks: it could never be given.
type OrderPrerequisiteError struct{ Module, Prerequisite license.Module }

func (e *OrderPrerequisiteError) Error() string {
	return fmt.Sprintf("%q needs %q, which the order lacks", e.Module, e.Prerequisite)
}

// Code returns the stable code of the error.
func (e *OrderPrerequisiteError) Code() string { return "order.prerequisite-missing" }

// An OrderShortError warns that a hidden module has fewer seats than the plans
// that include it: the plans cannot all be given to different people.
type OrderShortError struct {
	Module   license.Module
	Quantity int64
	Plans    int64 // sum of the plans that include it
}

func (e *OrderShortError) Error() string {
	return fmt.Sprintf("%q has %d seats, and the plans that include it have %d together", e.Module, e.Quantity, e.Plans)
}

// Code returns the stable code of the error.
func (e *OrderShortError) Code() string { return "order.short" }

// An OrderClientError warns that a set has the user modules of a client but not
// the system modules: nobody could sign in that way.
type OrderClientError struct {
	Client  string
	Missing []license.Module
}

func (e *OrderClientError) Error() string {
	return fmt.Sprintf("nobody could sign in with the client %q: the order lacks %s", e.Client, names(e.Missing))
}

// Code returns the stable code of the error.
func (e *OrderClientError) Code() string { return "order.client" }

// An OrderHiddenError warns that no plan of the order includes a hidden user
// module: nobody could be given it.
type OrderHiddenError struct{ Module license.Module }

func (e *OrderHiddenError) Error() string {
	return fmt.Sprintf("nobody could be given %q: it is hidden, and no plan of the order includes it", e.Module)
}

// Code returns the stable code of the error.
func (e *OrderHiddenError) Code() string { return "order.unreachable" }

// An OrderDatesError says that two dates stand in the wrong order, or that one
// needs another.
type OrderDatesError struct {
	Earlier string // the field that must not be later
	Later   string
	First   license.Date // value of Earlier
	Second  license.Date // value of Later; zero: it is missing
}

func (e *OrderDatesError) Error() string {
	if e.Second.IsZero() {
		return fmt.Sprintf("%s is %s, and there is no %s", e.Earlier, e.First, e.Later)
	}
	return fmt.Sprintf("%s is %s, after %s, which is %s", e.Earlier, e.First, e.Later, e.Second)
}

// Code returns the stable code of the error.
func (e *OrderDatesError) Code() string { return "order.dates" }

// An OrderPastError says that a set would be over before it is issued.
type OrderPastError struct {
	End   license.Date // last day everything works
	Today license.Date
}

func (e *OrderPastError) Error() string {
	return fmt.Sprintf("the last day of the set would be %s, and today is %s", e.End, e.Today)
}

// Code returns the stable code of the error.
func (e *OrderPastError) Code() string { return "order.past" }

// An OrderSerialError says what is wrong with a serial number.
type OrderSerialError struct {
	Serial string
	Fault  SerialFault
	Digits int    // how many it should have; 0: any
	Check  string // the check digit it should have; "" when that is not the fault
}

func (e *OrderSerialError) Error() string {
	switch e.Fault {
	case SerialEmpty:
		return "there is no serial number"
	case SerialLength:
		return fmt.Sprintf("the serial number %q has %d digits, and must have %d", e.Serial, len(e.Serial), e.Digits)
	case SerialCheckDigit:
		return fmt.Sprintf("the serial number %q is mistyped: its check digit would be %s", e.Serial, e.Check)
	}
	return fmt.Sprintf("the serial number %q holds what no serial number of this issuer does", e.Serial)
}

// Code returns the stable code of the error.
func (e *OrderSerialError) Code() string { return "order.serial" }

// An OrderDemoError says that an order and its serial number disagree about
// being for a demo installation, or that a demo set would run too long.
type OrderDemoError struct {
	Serial string // is a demo number
	Demo   bool   // the order says demo
	Days   int    // how long a demo set may run; 0 when that is not the fault
}

func (e *OrderDemoError) Error() string {
	switch {
	case e.Days > 0:
		return fmt.Sprintf("a demo set ends within %d days", e.Days)
	case e.Demo:
		return fmt.Sprintf("the order is for a demo installation, and %q is not a demo serial number", e.Serial)
	}
	return fmt.Sprintf("%q is a demo serial number, and the order does not say demo", e.Serial)
}

// Code returns the stable code of the error.
func (e *OrderDemoError) Code() string { return "order.demo" }

// An OrderTextError says that a text cannot stand in a set.
type OrderTextError struct {
	Field string
	Why   string
}

func (e *OrderTextError) Error() string { return fmt.Sprintf("%s %s", e.Field, e.Why) }

// Code returns the stable code of the error.
func (e *OrderTextError) Code() string { return "order.bad-text" }

// An OrderZoneError says that a time zone is not known.
type OrderZoneError struct{ TimeZone string }

func (e *OrderZoneError) Error() string {
	return fmt.Sprintf("the time zone %q is not known: use a name such as Europe/Stockholm", e.TimeZone)
}

// Code returns the stable code of the error.
func (e *OrderZoneError) Code() string { return "order.time-zone" }

// An OrderNumberError says that an order is for a set that is not the next one.
type OrderNumberError struct {
	Number int64 // what the order says
	Next   int64 // what comes next
}

func (e *OrderNumberError) Error() string {
	return fmt.Sprintf("the order is for set %d, and the next one is set %d", e.Number, e.Next)
}

// Code returns the stable code of the error.
func (e *OrderNumberError) Code() string { return "order.number" }

// An OrderCompanyError warns that the company differs from the one of the set
// before.
type OrderCompanyError struct{ Company, Before string }

func (e *OrderCompanyError) Error() string {
	return fmt.Sprintf("the company is %q, and was %q in the set before", e.Company, e.Before)
}

// Code returns the stable code of the error.
func (e *OrderCompanyError) Code() string { return "order.company-changed" }

// An OrderFenceError says that the issuer may not issue what the order asks
// for: every customer's verifier would refuse the set.
type OrderFenceError struct {
	Fence  string         // which limit
	Module license.Module // "" when the whole set is outside
	Limit  string
	Got    string
}

func (e *OrderFenceError) Error() string {
	what := "the set"
	if e.Module != "" {
		what = fmt.Sprintf("%q", e.Module)
	}
	return fmt.Sprintf("%s is outside what the issuer may issue: %s; allowed: %s", what, e.Got, e.Limit)
}

// Code returns the stable code of the error.
func (e *OrderFenceError) Code() string { return "order.fence" }

// An OrderOnePlanError says that an order does not have exactly one plan where
// everybody with a login is on one.
type OrderOnePlanError struct{ Plans int }

func (e *OrderOnePlanError) Error() string {
	return fmt.Sprintf("everybody with a login is on one plan, and the order has %d", e.Plans)
}

// Code returns the stable code of the error.
func (e *OrderOnePlanError) Code() string { return "order.one-plan" }
