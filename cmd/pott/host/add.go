package host

import (
	"context"
	"errors"
	"os"
	"regexp"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// New says what an installation is.
type New struct {
	Name     string
	Company  string
	Serial   string
	TimeZone string
	Demo     bool
	// Administrator is the user id of a person who is to administer it; "": nobody
	// is added.
	Administrator string
}

var nameText = regexp.MustCompile(`^[a-z0-9-]{1,63}$`)

// Check reports what makes no sense of an installation whose name becomes part
// of paths and of a file.
func (n New) Check() error {
	if err := installation.CheckName(n.Name); err != nil {
		return err
	}
	if n.Administrator != "" {
		if err := installation.CheckUserID(n.Administrator); err != nil {
			return err
		}
	}
	if n.Serial != "" {
		if err := license.CheckSerial(n.Serial); err != nil {
			return err
		}
	}
	if _, err := time.LoadLocation(n.TimeZone); err != nil {
		return &installation.BadValueError{Field: "time_zone", Why: "it is not known here; write a name such as Europe/Stockholm"}
	}
	return nil
}

// MayAdd reports whether an installation can be added.
func (h *Host) MayAdd(n New) error {
	if err := n.Check(); err != nil {
		return err
	}
	if h.house.Installation(n.Name) != nil {
		return &AlreadyMadeError{Data: n.Name}
	}
	if _, err := os.Stat(h.keys.path(keyFile(n.Name))); err == nil {
		return &KeyExistsError{Path: h.keys.path(keyFile(n.Name))}
	}
	return nil
}

// Add adds an installation with a key of its own, and returns the secret of its
// first administrator's token: it is not kept anywhere.
func (h *Host) Add(ctx context.Context, by audit.Actor, n New) (secret string, err error) {
	h.tidy()
	if err := h.MayAdd(n); err != nil {
		return "", err
	}
	if err := h.keys.MakeInstallation(n.Name); err != nil {
		return "", err
	}
	in, err := h.house.Create(ctx, by, installation.New{
		Name: n.Name, Company: n.Company, Serial: n.Serial, TimeZone: n.TimeZone, Demo: n.Demo,
	})
	if err != nil {
		if surelyNotMade(err, h.house.Has(n.Name)) {
			h.keys.Remove(keyFile(n.Name))
		}
		return "", err
	}
	made, err := in.MakeToken(ctx, installation.Act{By: by}, api.NewToken{Name: "first administrator", Scopes: []string{api.ScopeAdmin}})
	return made.Secret, err
}

// FirstAdministrator adds a person with a login and the role of an administrator,
// and returns the path of a one-time link, from the installation's address on.
func (h *Host) FirstAdministrator(ctx context.Context, by audit.Actor, name, user string) (path string, err error) {
	in := h.house.Installation(name)
	if in == nil {
		return "", &store.UnknownInstallationError{Name: name}
	}
	act := installation.Act{By: by}
	if _, err := in.AddPerson(ctx, act, api.NewPerson{UserID: user, Login: true}); err != nil {
		return "", err
	}
	if _, err := in.GiveRole(ctx, act, user, "administrator"); err != nil {
		return "", err
	}
	link, err := in.MakeLink(ctx, act, user)
	return link.Path, err
}

// surelyNotMade reports whether an installation that could not be made is
// certainly not there. Otherwise its key is kept: whoever finds the installation
// after all needs it.
func surelyNotMade(err error, there bool) bool {
	unknown := new(store.UnknownOutcomeError)
	return !there && !errors.As(err, &unknown)
}
