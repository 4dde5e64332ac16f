package main

import (
	"fmt"
	"os"

	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/entitletest"
)

// sampleServer starts a license server with three people inside this program:
// anna edits orders, bo reads them, and cecilia may not sign in. A real product
// has this in its tests only.
func sampleServer() (entitle.Options, func()) {
	var s sample
	set := entitletest.NewSet("SUPEROFFICE").Feature("sale", "sale-cal").
		Plan("sales-premium", "user", "web", "sale-cal", "report-cal").
		Plan("service-premium", "user", "web", "report-cal").
		Plan("no-selection").
		Client("web", "user", "web")
	inst := entitletest.New(&s).Set(set).
		Person("anna", "sales-premium").
		Person("bo", "service-premium").
		Person("cecilia", "no-selection")
	return inst.Options(), s.end
}

// sample stands where a test would stand.
type sample struct{ ends []func() }

func (s *sample) Helper() {}

func (s *sample) Cleanup(end func()) { s.ends = append(s.ends, end) }

func (s *sample) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "orders: "+format+"\n", args...)
	os.Exit(1)
}

func (s *sample) end() {
	for _, end := range s.ends {
		end()
	}
}
