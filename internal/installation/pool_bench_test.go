package installation_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

// BenchmarkPages measures what pages about licenses ask of an installation of
// 10,000 people, each of them on a plan.
func BenchmarkPages(b *testing.B) {
	const people, writers = 10_000, 256
	ctx := b.Context()
	f := housetest.New(b, sqldbtest.Open(b, sqldbtest.SQLite(b)), "large")
	in := f.Installation("large")
	set := smallSet("SUPEROFFICE", 1)
	for i := range set.Licenses {
		set.Licenses[i].Quantity = people + 5
	}
	enforce(b, f, in, set)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < people; i += writers {
				n := api.NewPerson{UserID: fmt.Sprint("person", i), FirstName: fmt.Sprintf("%c%d", 'A'+i%26, i), LastName: "Öst", Login: true, Plan: "sales"}
				if _, err := in.AddPerson(ctx, admin, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	act := installation.Act{By: admin.By, Language: "sv"}
	for what, ask := range map[string]func() error{
		"licenses": func() error { _, err := in.Licenses(ctx, act, true); return err },
		"peaks":    func() error { _, err := in.Peaks(ctx, act, "2026-03-12", "", true); return err },
		"course":   func() error { _, err := in.Course(ctx, act, "sales", ""); return err },
		"holders": func() error {
			_, err := in.HoldersByName(ctx, act, "sale-cal", installation.HolderQuery{Page: 1, Size: 50})
			return err
		},
		"people": func() error { _, err := in.People(ctx, act, installation.PeopleFilter{Limit: 1}); return err },
		"logins": func() error {
			_, err := in.People(ctx, act, installation.PeopleFilter{Limit: 1, SignsIn: "true"})
			return err
		},
		"on plans": func() error {
			_, err := in.People(ctx, act, installation.PeopleFilter{Limit: 1, Paid: "true"})
			return err
		},
		"audit": func() error { _, err := in.Audit(ctx, act, installation.AuditFilter{Limit: 10}); return err },
		"sets":  func() error { _, err := in.Sets(ctx, act); return err },
		"roles": func() error { _, err := in.Roles(ctx, act); return err },
		"banner": func() error {
			_, err := in.Banner(installation.BannerAsk{Language: "sv", Administrator: true})
			return err
		},
		"attention": func() error { _, err := in.Attention(ctx, act); return err },
		"status":    func() error { _, err := in.Status(ctx, act); return err },
		"set":       func() error { _, err := in.Set(ctx, act, "superoffice-1"); return err },
	} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, ask())
			}
		})
	}
}
