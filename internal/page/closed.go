package page

import "slices"

// A Closing says why a form would be refused now, whatever is typed.
type Closing struct {
	Why   string // why, what still works and who can end it; "" when it would not be refused
	Shows bool   // the form holds what is the case: its fields are shown all the same
}

// closing is what [Frame.Closed] says of a form. Its reason stands on top of the page.
func (f *Frame) closing(path string) Closing {
	if f.Closed == nil {
		return Closing{}
	}
	c := f.Closed(path)
	f.Refuse(c.Why)
	return c
}

// Refuse has the page say on top why an action is missing; "" says nothing.
func (f *Frame) Refuse(why string) {
	if why != "" && !slices.Contains(f.Refused, why) {
		f.Refused = append(f.Refused, why)
	}
}

// Open reports whether a form may be shown; where it would be refused, the page says
// why on top.
func (f *Frame) Open(path string) bool { return f.closing(path).Why == "" }
