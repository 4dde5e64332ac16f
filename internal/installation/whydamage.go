package installation

import (
	"context"
	"slices"
	"strconv"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// How damaged rows bear on an answer.
const (
	damagedPerson    = "damaged-person"   // the person asked about
	damagedSomebody  = "damaged-somebody" // a person; it cannot be told whether the one asked about
	damagedHolding   = "damaged-holding"  // what was given to whom the question is about
	damagedAnybody   = "damaged-anybody"  // what was given; it cannot be told to whom
	damagedProfile   = "damaged-profile"  // the person's profile
	damagedLicense   = "damaged-license"  // the count of the license, or of a plan that includes it
	damagedItsSet    = "damaged-set"      // the issuer's set
	mostDamageLooked = 200                // places looked at for one answer,
	mostDamageShown  = 20                 // and named in it
)

// A damageQuestion is what must be known to tell which damaged rows an answer
// hangs on.
type damageQuestion struct {
	asked   question
	names   []license.Name // whose seats the answer is about: what is asked for, and the plans that include it
	person  string         // opaque id; "" when nobody is found
	number  int64          // typed in place of a user id; 0: none was
	profile string
	inForce bool // the issuer has a set in force
	allowed bool
	places  []store.DamagedPlace
}

// damageQuestion reads what is damaged, and what tells which of it matters.
func (in *Installation) damageQuestion(v *store.View, q question, effect string) damageQuestion {
	d := damageQuestion{asked: q, allowed: effect == api.Allow}
	if v.Health() == store.Sound {
		return d
	}
	active := v.Active()
	d.names = []license.Name{q.Name}
	if set := active.Set(q.Name.Issuer); set != nil {
		d.inForce = true
		for i := range set.Licenses {
			l := &set.Licenses[i]
			if l.Plan != nil && slices.ContainsFunc(l.Plan.Includes, func(m license.Module) bool { return m.Fold() == q.Name.Module }) {
				d.names = append(d.names, license.NameOf(set.Issuer, l.Module))
			}
		}
	}
	if p, err := findPerson(v, q.person); err == nil && q.person != "" && !p.Deleted {
		d.person, d.profile = p.ID, p.Profile
	}
	if len(q.person) > 1 && q.person[0] == '#' {
		d.number, _ = strconv.ParseInt(q.person[1:], 10, 64)
	}
	places := v.Places()
	d.places = places[:min(len(places), mostDamageLooked)]
	return d
}

// damageOf names the damaged rows that an answer hangs on, or may. What they say
// of themselves counts only where the seal of the column is good.
func (in *Installation) damageOf(ctx context.Context, d damageQuestion, words func(fact string, name license.Name) string) ([]api.WhyDamage, error) {
	var list []api.WhyDamage
	for _, place := range d.places {
		if len(list) == mostDamageShown {
			break
		}
		e, err := in.book.Evidence(ctx, place.ID)
		if _, gone := err.(*store.UnknownPlaceError); gone {
			continue // repaired meanwhile
		}
		if err != nil {
			return nil, err
		}
		if fact, name := d.bears(e); fact != "" {
			list = append(list, api.WhyDamage{Fact: fact, Place: e.ID, Table: e.Table, What: e.What, Columns: e.Columns, Name: name, Text: words(fact, name)})
		}
	}
	return list, nil
}

// bears returns how a damaged row bears on the answer, "" when it does not, and
// the license it is about where that is known.
func (d damageQuestion) bears(e store.Evidence) (fact string, name license.Name) {
	row := genuine(e)
	switch e.Table {
	case "person":
		return d.bearsPerson(row), name
	case "assignment":
		return d.bearsGiven(row, "person", d.person, d.asked.person != "")
	case "site_assignment":
		return d.bearsGiven(row, "database", d.asked.database, d.asked.database != "")
	case "profile":
		if d.profile != "" && e.Key == d.profile {
			return damagedProfile, name
		}
	case "license":
		for _, n := range d.names {
			if e.Key == string(n.Issuer)+"/"+string(n.Module) {
				return damagedLicense, n
			}
		}
	case "license_set", "set_file":
		if issuer, ok := row["issuer"]; !d.inForce && (!ok || issuer == string(d.asked.Name.Issuer)) {
			return damagedItsSet, name
		}
	}
	return "", name
}

func (d damageQuestion) bearsPerson(row map[string]string) string {
	switch {
	case d.person != "" || d.asked.person == "":
		return ""
	case d.number != 0 && row["number"] == strconv.FormatInt(d.number, 10):
		return damagedPerson
	case d.number != 0 && row["number"] != "":
		return ""
	}
	return damagedSomebody
}

// bearsGiven is for a row that says who was given what.
func (d damageQuestion) bearsGiven(row map[string]string, column, who string, about bool) (fact string, name license.Name) {
	if until, ok := row["until_at"]; !about || ok && until != "0" {
		return "", name // it had ended
	}
	issuer, hasIssuer := row["issuer"]
	module, hasModule := row["module"]
	if hasIssuer && hasModule {
		if name = license.NameOf(license.Issuer(issuer), license.Module(module)); !slices.Contains(d.names, name) {
			return "", name
		}
	}
	switch of, ok := row[column]; {
	case ok && of == who:
		return damagedHolding, name
	case !ok && !d.allowed:
		return damagedAnybody, name
	}
	return "", name
}

// genuine returns the columns of a damaged row that nobody has edited.
func genuine(e store.Evidence) map[string]string {
	row := map[string]string{}
	for column, value := range e.Found {
		if !slices.Contains(e.Columns, column) {
			row[column] = value
		}
	}
	return row
}
