package seat

import (
	"testing"

	"github.com/pott-dev/pott/license"
)

func TestTheMostSevereTroubleIsTold(t *testing.T) {
	expires := func(days int) Trouble {
		return Trouble{Kind: TroubleExpires, About: "SUPEROFFICE", Days: days, Ends: days + 14, On: license.Date{Year: 2026, Month: 11, Day: 1}}
	}
	for name, c := range map[string]struct {
		troubles []Trouble
		page     BannerPage
		reader   BannerReader
		hides    []Trouble
		want     TroubleKind
		snooze   int
	}{
		"nothing is wrong":                           {},
		"edited records come before read-only":       {troubles: []Trouble{{Kind: TroubleReadOnly}, {Kind: TroubleTampered}}, reader: Staff, want: TroubleTampered},
		"read-only comes before grace":               {troubles: []Trouble{{Kind: TroubleGrace}, {Kind: TroubleReadOnly}}, reader: Staff, want: TroubleReadOnly},
		"grace comes before over-use":                {troubles: []Trouble{{Kind: TroubleOver}, {Kind: TroubleGrace}}, reader: Staff, want: TroubleGrace},
		"over-use comes before an expiry":            {troubles: []Trouble{expires(2), {Kind: TroubleOver}}, reader: Staff, want: TroubleOver},
		"an expiry comes before maintenance":         {troubles: []Trouble{{Kind: TroubleMaintenance}, expires(2)}, reader: Staff, want: TroubleExpires, snooze: 1},
		"an expiry comes before what is overdue":     {troubles: []Trouble{{Kind: TroubleOverdue}, expires(2)}, reader: Staff, want: TroubleExpires, snooze: 1},
		"who started it is reminded for a day":       {troubles: []Trouble{{Kind: TroubleMessage}, {Kind: TroubleOverdue}}, want: TroubleOverdue, snooze: 1},
		"who has no role hears of maintenance":       {troubles: []Trouble{{Kind: TroubleTampered}, {Kind: TroubleMaintenance}}, want: TroubleMaintenance},
		"an expiry in 31 days stands on home":        {troubles: []Trouble{expires(31)}, reader: Staff, page: HomePage, want: TroubleExpires, snooze: 7},
		"an expiry in 31 days stands nowhere else":   {troubles: []Trouble{expires(31)}, reader: Staff, page: LicensePage},
		"in 30 days it stands on pages of licenses":  {troubles: []Trouble{expires(30)}, reader: Staff, page: LicensePage, want: TroubleExpires, snooze: 7},
		"in 15 days it stands nowhere else":          {troubles: []Trouble{expires(15)}, reader: Staff},
		"in 14 days it stands on every page":         {troubles: []Trouble{expires(14)}, reader: Staff, want: TroubleExpires, snooze: 7},
		"in 3 days it is hidden for a day":           {troubles: []Trouble{expires(3)}, reader: Staff, want: TroubleExpires, snooze: 1},
		"who lose nothing yet do not hear of it":     {troubles: []Trouble{expires(3)}},
		"three days before the loss everybody hears": {troubles: []Trouble{{Kind: TroubleGrace, Days: 3}}, want: TroubleGrace},
		"four days before it nobody else does":       {troubles: []Trouble{{Kind: TroubleGrace, Days: 4}}},
		"what is hidden is not told":                 {troubles: []Trouble{expires(14)}, reader: Staff, hides: []Trouble{expires(13)}},
		"what is hidden comes back at the next step": {troubles: []Trouble{expires(3)}, reader: Staff, hides: []Trouble{expires(14)}, want: TroubleExpires, snooze: 1},
		"grace cannot be hidden":                     {troubles: []Trouble{{Kind: TroubleGrace}}, reader: Staff, hides: []Trouble{{Kind: TroubleGrace}}, want: TroubleGrace},
		"of two expiries the nearer is told":         {troubles: []Trouble{expires(9), expires(2)}, reader: Staff, want: TroubleExpires, snooze: 1},
	} {
		t.Run(name, func(t *testing.T) {
			hidden := map[string]bool{}
			for _, h := range c.hides {
				hidden[h.Item()] = true
			}
			got := Banner(c.troubles, c.page, c.reader, func(item string) bool { return hidden[item] })
			switch {
			case got == nil && c.want == "":
			case got == nil, got.Kind != c.want:
				t.Errorf("got %+v, want %s", got, c.want)
			case got.Snooze() != c.snooze:
				t.Errorf("hidden for %d days, want %d", got.Snooze(), c.snooze)
			}
		})
	}
}
