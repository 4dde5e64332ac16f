package seat

import "github.com/pott-dev/pott/license"

// A Withholding says why nothing of an issuer's set can be given, to anybody.
// What was given stays, and can be taken back.
type Withholding struct {
	Code  string       // of the refusal
	Since license.Date // the first day it is so; zero when no day is known
}

// Withheld returns why nothing of a set can be given while its dates are in a
// state and out is what keeps it from giving; nil when it can.
func Withheld(set *license.Set, state license.State, out *Outage) *Withholding {
	switch {
	case set == nil:
		return nil
	case out != nil && out.Reason == SetDropped:
		return &Withholding{(&DroppedError{}).Code(), out.Since}
	case out != nil:
		return &Withholding{(&NotGenuineError{}).Code(), license.Date{}}
	case state != license.ReadOnly:
		return nil
	}
	w := &Withholding{Code: (&ReadOnlyError{}).Code()}
	if end := set.Dates.End(); !end.IsZero() {
		w.Since = end.Add(1)
	}
	return w
}

// SignsIn reports whether people sign in with a module of a set. Past the set's
// grace it still lets them in.
func SignsIn(set *license.Set, module license.Module) bool { return signsIn(set, module) }

// withheld says why nothing of an issuer can be given, nil when it can.
func (s Standing) withheld(issuer license.Issuer) *Withholding {
	return Withheld(s.Active.Set(issuer), s.state(issuer), s.outage(issuer))
}
