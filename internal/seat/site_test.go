package seat_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// places is a set with everything that databases can be given.
const places = `
server system 1
translate site 2
glossary site 3 needs=translate
sync site 2 needs=server
free site 1 unrestricted
secret site 2 hidden
tier site 9 marker
orphan site 2 needs=absent
user user 4
basic user 4 plan user translate
`

// at does one thing in words: "1 give translate 2", "1 release translate", "1 removed".
func (o *office) at(words string) (seat.SiteChange, error) {
	var database, quantity int64 = 0, 1
	var act, module string
	fmt.Sscan(words, &database, &act, &module, &quantity)
	s := o.siteStanding(database)
	var c seat.SiteChange
	var err error
	switch act {
	case "give":
		c, err = s.Assign(so(module), quantity)
	case "release":
		c, err = s.Release(so(module))
	case "removed":
		c, err = s.Remove()
	case "ended":
		o.state["SUPEROFFICE"] = license.ReadOnly
	}
	return c, o.doAt(database, c, err)
}

func sayAt(c seat.SiteChange) string {
	var words []string
	for _, a := range c.Release {
		words = append(words, "-"+string(a.Name.Module))
	}
	for _, a := range c.Give {
		words = append(words, "+"+string(a.Name.Module))
	}
	for _, t := range c.Takes {
		words = append(words, fmt.Sprintf("%s%+d", t.Name.Module, t.Delta))
	}
	return strings.Join(words, " ")
}

func TestDecisionsAboutDatabases(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, given, step, want string }{
		{"a site license takes a seat", "", "0 give translate", "+translate translate+1"},
		{"each database takes its own", "0 give translate", "1 give translate", "+translate translate+1"},
		{"and no more than there are", "0 give translate\n1 give translate", "2 give translate", "no seat left of superoffice.translate: 2 of 2 taken"},
		{"given again it changes nothing", "1 give translate", "1 give translate", ""},
		{"another quantity replaces the one held", "1 give translate", "1 give translate 2", "-translate +translate translate+1"},
		{"a quantity of nothing is refused", "", "1 give translate 0", "0 is not a number of seats from 1 to 1000000"},
		{"what is needed is given along", "", "1 give glossary", "+translate +glossary glossary+1 translate+1"},
		{"all or nothing", "0 give translate 2", "1 give glossary", "no seat left of superoffice.translate: 2 of 2 taken"},
		{"what another database holds does not count", "0 give translate", "1 give glossary", "+translate +glossary glossary+1 translate+1"},
		{"a system license of the set counts for every database", "", "1 give sync", "+sync sync+1"},
		{"what needs something the set lacks cannot be given", "", "1 give orphan", "superoffice.orphan needs superoffice.absent, which is not held"},
		{"an unrestricted one is given beyond its number", "0 give free", "1 give free", "+free free+1"},
		{"a hidden one is not given by hand", "", "1 give secret", "superoffice.secret is hidden: only a plan gives it"},
		{"a marker is not given", "", "1 give tier", "superoffice.tier is a marker: it is not given to anything"},
		{"nor a user license", "", "1 give user", "superoffice.user is a user license: it is not given to databases"},
		{"nor what no set has", "", "1 give nothing", "no license set in force has the module \"superoffice.nothing\""},
		{"taking back takes what needs it", "1 give glossary", "1 release translate", "-glossary -translate glossary-1 translate-1"},
		{"what is not held cannot be taken back", "0 give translate", "1 release translate", "superoffice.translate is not held"},
		{"a database that is removed gives everything back", "1 give glossary\n1 give free", "1 removed", "-translate -glossary -free free-1 glossary-1 translate-1"},
		{"the central one is not removed", "", "0 removed", "the central database cannot be removed"},
		{"after the grace date nothing is given", "0 ended", "1 give translate", "superoffice.translate cannot be given: the licenses of SUPEROFFICE ended on "},
		{"after the grace date taking back works", "1 give translate\n0 ended", "1 release translate", "-translate translate-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, set(t, "SUPEROFFICE", places))
			for line := range strings.Lines(test.given) {
				_, err := o.at(strings.TrimSpace(line))
				o.must(err)
			}
			c, err := o.at(test.step)
			got := sayAt(c)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("%s\n got: %s\nwant: %s", test.step, got, test.want)
			}
		})
	}
}

func TestASetThatIsTooSmallForTheDatabasesIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t, set(t, "SUPEROFFICE", places))
	for _, step := range []string{"0 give translate", "3 give translate", "3 give free"} {
		_, err := o.at(step)
		o.must(err)
	}
	// A plan that lists a site license gives nobody a seat of it.
	o.add("anna")
	c, err := o.standing("anna").SetPlan(so("basic"))
	o.must(o.do("anna", c, err))
	less := set(t, "SUPEROFFICE", "translate site 1\nuser user 4\nbasic user 4 plan user translate")
	rows, err := o.activate(less)
	var small *seat.TooSmallError
	if !errors.As(err, &small) || len(small.Rows) != 2 {
		t.Fatalf("%v, %+v", err, rows)
	}
	for i, want := range []seat.Short{
		{Name: so("translate"), Seats: 1, Need: 2, Over: 1, Holders: []string{"database 0", "database 3"}},
		{Name: so("free"), Seats: 0, Need: 1, Over: 1, Holders: []string{"database 3"}},
	} {
		got := small.Rows[i]
		if got.Name != want.Name || got.Over != want.Over || got.Need != want.Need || !slices.Equal(got.Holders, want.Holders) {
			t.Errorf("row %d is %+v, want %+v", i, got, want)
		}
	}
	for _, row := range rows {
		if row.Name == so("translate") && (row.InUse == nil || *row.InUse != 2 || *row.NewFree != -1) {
			t.Errorf("the row of a site license is %+v", row)
		}
	}
	_, err = o.at("3 release translate")
	o.must(err)
	_, err = o.at("3 release free")
	o.must(err)
	if _, err := o.activate(less); err != nil || o.pools[so("translate")].Taken != 1 {
		t.Errorf("activated with %d taken: %v", o.pools[so("translate")].Taken, err)
	}
}
