package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott-demo/demo"
)

// What somebody waits for who presses Tab behind the beginning of a user id, among
// many people: a small part of the time after which completion gives up.
func BenchmarkCompletingAUserID(b *testing.B) {
	w := start(b, "", designteamet)
	c := w.client(b, designteamet.Name)
	if _, err := demo.Activate(b.Context(), c, w.issue(b, "designteamet/order-1.yaml")); err != nil {
		b.Fatal(err)
	}
	var list strings.Builder
	list.WriteString("user_id;first_name\n")
	const people = 10_000
	for i := range people - 1 {
		fmt.Fprintf(&list, "p%05d;Person\n", i)
	}
	list.WriteString("zeb;Zeb\n")
	w.write(b, "many.csv", []byte(list.String()))
	if r := w.pott(designteamet.Name, "user", "import", w.path("many.csv")); r.exit != 0 {
		b.Fatalf("%+v", r)
	}
	if _, err := c.AddPerson(b.Context(), api.NewPerson{UserID: "zebra"}, false); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r := w.pott(designteamet.Name, "__complete", "--", "user", "show", "ze"); r.stdout != "zeb\nzebra\n" {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/0.3, "of-its-time")
}
