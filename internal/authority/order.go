package authority

import (
	"fmt"

	"github.com/pott-dev/pott/license"
)

// orderFormat is the first thing an order says of itself.
const orderFormat = "pott-order/v1"

// An Order is what one customer bought: the whole next set, not a change to the
// one before. examples/README.md says what every field means.
type Order struct {
	Format       string         `yaml:"format"`
	Issuer       license.Issuer `yaml:"issuer"`
	Company      string         `yaml:"company"`
	Serial       string         `yaml:"serial"`
	TimeZone     string         `yaml:"time_zone"`
	Number       int64          `yaml:"number"` // 0: the next one
	Generation   string         `yaml:"generation"`
	Deployment   string         `yaml:"deployment"`
	Product      string         `yaml:"product"`
	Version      string         `yaml:"version"`
	Start        license.Date   `yaml:"start"` // zero: in force at once
	Dates        OrderDates     `yaml:"dates"`
	Demo         bool           `yaml:"demo"`
	Final        bool           `yaml:"final"`
	Installation string         `yaml:"installation"`
	Quantities   Quantities     `yaml:"quantities"`
	Lines        []OrderLine    `yaml:"lines"`
}

// OrderDates are the five dates of the set.
type OrderDates struct {
	NextCheck   license.Date `yaml:"next_check"`
	Warning     license.Date `yaml:"warning"`
	Expiry      license.Date `yaml:"expiry"`
	Grace       license.Date `yaml:"grace"`
	Maintenance license.Date `yaml:"maintenance"`
}

// Quantities says whether an order states every quantity.
type Quantities string

const (
	// Explicit orders list all there is. It is what an order that says nothing
	// means.
	Explicit Quantities = "explicit"
	// Derived orders name the plans; what these include, and their markers, are
	// added with the sum of the plans that name them. A line in the order wins
	// over the sum.
	Derived Quantities = "derived"
)

// UnmarshalText accepts the two words only.
func (q *Quantities) UnmarshalText(text []byte) error {
	switch *q = Quantities(text); *q {
	case Explicit, Derived:
		return nil
	}
	return &license.BadWordError{Word: string(text), Of: "way to state quantities", Allowed: "explicit, derived"}
}

// An OrderLine is one license of the order: a module or a plan.
type OrderLine struct {
	Module       license.Module `yaml:"module"` // either this
	Plan         license.Module `yaml:"plan"`   // or this
	Quantity     int64          `yaml:"quantity"`
	Hidden       *bool          `yaml:"hidden"`       // nil: as the catalogue says
	Unrestricted *bool          `yaml:"unrestricted"` // nil: as the catalogue says
	OpenEnded    bool           `yaml:"open_ended"`   // paid by use: never shown as a total
	Line         int            `yaml:"-"`            // in the text; 0 when it was derived
}

// Name returns the module or plan of the line.
func (l *OrderLine) Name() license.Module {
	if l.Plan != "" {
		return l.Plan
	}
	return l.Module
}

// ParseOrder reads an order. It returns an [*OrderMalformedError] for a text
// that is none; what an order says may still be wrong, see [Compose].
func ParseOrder(text []byte) (*Order, error) {
	o := &Order{}
	root, f := decode(text, o)
	if f != nil {
		return nil, &OrderMalformedError{f.Line, f.Why}
	}
	if o.Format != orderFormat {
		return nil, &OrderMalformedError{1, fmt.Sprintf("its format is %q, and only %q is known", o.Format, orderFormat)}
	}
	for i, ls := 0, lines(root, "lines"); i < len(o.Lines); i++ {
		l := &o.Lines[i]
		l.Line = at(ls, i)
		if (l.Module == "") == (l.Plan == "") {
			return nil, &OrderMalformedError{l.Line, "a line names a module or a plan, and not both"}
		}
	}
	if o.Quantities == "" {
		o.Quantities = Explicit
	}
	return o, nil
}
