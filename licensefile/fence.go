package licensefile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/license"
)

// A Fence is everything an issuer may grant. The zero Fence allows nothing:
// whatever is not named is forbidden.
type Fence struct {
	From         license.Date   // first day the issuer's key may be used, in UTC
	Through      license.Date   // and the last
	LastDate     license.Date   // no set works longer than this day
	MaxTermDays  int            // days from the issue of a set to its end, the grace time included
	MaxQuantity  int64          // of one license
	MaxTotal     int64          // of all licenses of a set together
	Kinds        []license.Kind // in the order of their numbers
	Modules      []string       // module names, or beginnings of names ending in "*"; "*" is every name
	Unrestricted bool           // licenses whose quantity is not enforced
	NoExpiry     bool           // sets without an expiry
	Clients      bool           // ways to sign in
}

var fenceFields = []string{
	"from", "through", "last_date", "max_term_days", "max_quantity", "max_total",
	"kinds", "modules", "unrestricted", "no_expiry", "clients",
}

func writeFence(w *writer, f *Fence) {
	w.open()
	w.must("from", f.From.String())
	w.must("through", f.Through.String())
	w.must("last_date", f.LastDate.String())
	w.integer("max_term_days", int64(f.MaxTermDays))
	w.integer("max_quantity", f.MaxQuantity)
	w.integer("max_total", f.MaxTotal)
	list(w, "kinds", f.kinds())
	list(w, "modules", f.Modules)
	w.flag("unrestricted", f.Unrestricted)
	w.flag("no_expiry", f.NoExpiry)
	w.flag("clients", f.Clients)
	w.close()
}

func readFence(r *reader) (f Fence) {
	at := r.i
	r.open()
	r.need("from", fenceFields)
	f.From = r.date()
	r.need("through", fenceFields)
	f.Through = r.date()
	r.need("last_date", fenceFields)
	f.LastDate = r.date()
	r.need("max_term_days", fenceFields)
	if n := r.integer(1); n > math.MaxInt32 {
		r.fail(at, "a term is at most %d days", math.MaxInt32)
	} else {
		f.MaxTermDays = int(n)
	}
	r.need("max_quantity", fenceFields)
	f.MaxQuantity = r.integer(1)
	r.need("max_total", fenceFields)
	f.MaxTotal = r.integer(1)
	r.need("kinds", fenceFields)
	r.array(func() {
		at := r.i
		k := word(r, func(s string) (k license.Kind, err error) { return k, k.UnmarshalText([]byte(s)) })
		if n := len(f.Kinds); n > 0 && k <= f.Kinds[n-1] {
			r.fail(at, "kinds stand once each, in the order system, site, user")
		}
		f.Kinds = append(f.Kinds, k)
	})
	r.need("modules", fenceFields)
	r.array(func() { f.Modules = append(f.Modules, word(r, parsePattern)) })
	for _, flag := range []struct {
		name string
		to   *bool
	}{{"unrestricted", &f.Unrestricted}, {"no_expiry", &f.NoExpiry}, {"clients", &f.Clients}} {
		if r.field(flag.name) {
			*flag.to = r.yes()
		}
	}
	r.close(fenceFields)
	if r.err == nil && f.Through.Before(f.From) {
		r.fail(at, "the fence ends before it begins")
	}
	return f
}

// parsePattern reads a module name or the beginning of one before a "*", in
// lower case, which is the spelling that is compared.
func parsePattern(s string) (string, error) {
	start, open := strings.CutSuffix(s, "*")
	if start == "" && open {
		return s, nil
	}
	// A beginning may end in a space or a dot that a whole name could not end in.
	whole := start
	if open {
		whole += "x"
	}
	m, err := license.ParseModule(whole)
	if err != nil {
		return "", err
	}
	if m.Fold() != m {
		return "", errors.New("a pattern is written in lower case")
	}
	return s, nil
}

// kinds returns the words of the kinds.
func (f *Fence) kinds() []string {
	var words []string
	for _, k := range f.Kinds {
		words = append(words, k.String())
	}
	return words
}

// allows reports whether a pattern of the fence covers a module.
func (f *Fence) allows(m license.Module) bool {
	name := string(m.Fold())
	for _, p := range f.Modules {
		if start, open := strings.CutSuffix(p, "*"); name == p || open && strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// Check returns a [FenceError] for the first thing in a set that is outside the
// fence, or nil. It is what a customer's verifier checks, so an issuer can ask
// before it signs.
func (f *Fence) Check(s license.Set) error {
	if err := f.checkHeader(&s); err != nil {
		return err
	}
	var total int64
	for i := range s.Licenses {
		l := &s.Licenses[i]
		if err := f.checkLicense(&s, i); err != nil {
			return err
		}
		// Both are at most 2^53-1 and the total is at most MaxTotal so far, so
		// the sum cannot overflow.
		if total += l.Quantity; total > f.MaxTotal {
			return &FenceError{s.Issuer, "total", headerLine, "", number(f.MaxTotal), "at least " + number(total) + " seats in all"}
		}
	}
	return nil
}

// The lines of a file that errors about a set point to.
const (
	headerLine       = 2
	firstLicenseLine = 3
)

func (f *Fence) checkHeader(s *license.Set) error {
	outside := func(fence, limit, got string) error {
		return &FenceError{s.Issuer, fence, headerLine, "", limit, got}
	}
	if len(s.Clients) > 0 && !f.Clients {
		return outside("clients", "none", "ways to sign in")
	}
	issued := license.DateOf(s.Issued.UTC())
	end := s.Dates.End()
	switch {
	case s.Demo && end.IsZero():
		return outside("demo", days(MaxDemoDays), "a demo set without an end")
	case s.Demo && issued.DaysUntil(end) > MaxDemoDays:
		return outside("demo", days(MaxDemoDays), "a demo set of "+days(issued.DaysUntil(end)))
	case end.IsZero() && !f.NoExpiry:
		return outside("no-expiry", "sets with an end", "a set without an end")
	case end.IsZero():
		return nil
	case end.After(f.LastDate):
		return outside("last-date", "until "+f.LastDate.String(), "a set until "+end.String())
	case issued.DaysUntil(end) > f.MaxTermDays:
		return outside("term", days(f.MaxTermDays), days(issued.DaysUntil(end))+" from issue to end")
	}
	return nil
}

func (f *Fence) checkLicense(s *license.Set, i int) error {
	l := &s.Licenses[i]
	outside := func(fence, limit, got string) error {
		return &FenceError{s.Issuer, fence, firstLicenseLine + i, l.Module, limit, got}
	}
	switch {
	case !f.allows(l.Module):
		return outside("module", strings.Join(f.Modules, ", "), "a module of this name")
	case !slices.Contains(f.Kinds, l.Kind):
		return outside("kind", strings.Join(f.kinds(), ", "), "a "+l.Kind.String()+" license")
	case l.Unrestricted && !f.Unrestricted:
		return outside("unrestricted", "quantities that are enforced", "an unrestricted license")
	case l.Quantity > f.MaxQuantity:
		return outside("quantity", number(f.MaxQuantity), "a quantity of "+number(l.Quantity))
	}
	return nil
}

func days(n int) string { return fmt.Sprintf("%d days", n) }

func number(n int64) string { return strconv.FormatInt(n, 10) }
