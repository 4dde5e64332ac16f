package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

// Activate loads a license file and puts it in force.
func Activate(ctx context.Context, c *client.Client, file []byte) (api.Activated, error) {
	loaded, err := c.LoadSet(ctx, file, false)
	if err != nil {
		return api.Activated{}, err
	}
	return c.Activate(ctx, loaded.Set.ID, api.Activate{}, false)
}

// SeedDesignteamet adds the people of Designteamet and gives each what the
// example says.
func SeedDesignteamet(ctx context.Context, c *client.Client) error {
	for _, p := range examples.DesignteametPeople() {
		if err := seed(ctx, c, "superoffice", p, license.Date{}); err != nil {
			return fmt.Errorf("%s: %w", p.ID, err)
		}
	}
	return nil
}

// SeedNordlys adds the profiles and people of Nordlys Drift, their dates moved
// to today.
func SeedNordlys(ctx context.Context, c *client.Client, now time.Time) error {
	for _, p := range examples.NordlysProfiles() {
		body := api.ProfileBody{Name: p.Name, Modules: []string{}}
		for _, m := range p.Modules {
			body.Modules = append(body.Modules, "amsystem."+string(m))
		}
		if _, err := c.PutProfile(ctx, p.Code, body, client.Taking{}); err != nil {
			return fmt.Errorf("profile %s: %w", p.Code, err)
		}
	}
	for _, p := range examples.NordlysPeople() {
		if err := seed(ctx, c, "amsystem", p, examples.Moved(p.ValidThrough, license.DateOf(now))); err != nil {
			return fmt.Errorf("%s: %w", p.ID, err)
		}
	}
	return nil
}

func seed(ctx context.Context, c *client.Client, issuer string, p examples.Person, through license.Date) error {
	id := UserID(p)
	n := api.NewPerson{UserID: id, FirstName: p.First, LastName: p.Last, Group: p.Group}
	if !p.Deleted && !p.Former {
		n.Login, n.ValidThrough, n.Profile = p.Login, through.String(), p.Profile
		if p.Plan != "" {
			n.Plan = issuer + "." + string(p.Plan)
		}
	}
	if _, err := c.AddPerson(ctx, n, false); err != nil {
		return err
	}
	for _, extra := range p.Extras {
		if _, err := c.GiveExtra(ctx, id, issuer+"."+string(extra), api.ExtraChoice{}, false); err != nil {
			return err
		}
	}
	var err error
	if p.Former {
		former := true
		_, err = c.ChangePerson(ctx, id, api.PersonPatch{Former: &former}, false)
	}
	if p.Deleted {
		_, err = c.RemovePerson(ctx, id, false)
	}
	return err
}

// UserID returns the user id of a person of the examples.
func UserID(p examples.Person) string {
	if p.Username != "" {
		return p.Username
	}
	return p.ID
}

// A Difference is a number that is not what the example says.
type Difference struct {
	Name      string
	Got, Want int64
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: %d in use, expected %d", d.Name, d.Got, d.Want)
}

// Compare returns where the numbers in use are not the expected ones.
func Compare(ctx context.Context, c *client.Client, issuer string, want map[license.Module]int64) ([]Difference, error) {
	list, err := c.Licenses(ctx, true)
	if err != nil {
		return nil, err
	}
	taken := map[string]int64{}
	for _, l := range list.Items {
		taken[l.Name.String()] = l.Taken
	}
	var all []Difference
	for module, n := range want {
		name := issuer + "." + string(module)
		if got, ok := taken[name]; !ok || got != n {
			all = append(all, Difference{name, got, n})
		}
	}
	return all, nil
}

// InUse turns the list of an example into what Compare wants.
func InUse(rows []examples.InUse) map[license.Module]int64 {
	want := map[license.Module]int64{}
	for _, r := range rows {
		want[r.Module] = r.InUse
	}
	return want
}
