package demo

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
)

// A Door is where an administrator signs in to the pages of an installation.
type Door struct {
	Name     string // of the installation
	URL      string
	User     string
	Password string // made for this run
}

// letIn makes somebody administrator and chooses a password, as the person would
// by a one-time link.
func (d *Demo) letIn(ctx context.Context, door Door) error {
	in := d.host.House().Installation(door.Name)
	act := installation.Act{By: audit.Actor{Kind: audit.Host, ID: "demo"}}
	if _, err := in.GiveRole(ctx, act, door.User, "administrator"); err != nil {
		return err
	}
	link, err := in.MakeLink(ctx, act, door.User)
	if err != nil {
		return err
	}
	door.URL, door.Password = d.Server+"/"+door.Name+"/", "demo-"+strings.ToLower(rand.Text()[:10])
	if _, err := in.SignInLink(ctx, installation.Visit{Device: "demo"}, strings.TrimPrefix(link.Path, installation.LinkPath), door.Password); err != nil {
		return err
	}
	d.Doors = append(d.Doors, door)
	return nil
}
