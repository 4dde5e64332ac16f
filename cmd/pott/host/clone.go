package host

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
)

// A Clone says which copy for tests is to be made.
type Clone struct {
	By     audit.Actor
	Name   string // of the installation; "" where there is only one
	To     Config // where the copy lives: a server of its own
	DryRun bool
}

// CloneTest makes a copy of an installation for tests: a server of its own, whose
// only installation has the people and sets of the original and neither its id,
// nor its keys, nor its tokens. It returns the name and the secret of the copy's
// first administrator token, which is not kept anywhere.
func CloneTest(ctx context.Context, c Config, now func() time.Time, log *slog.Logger, clone Clone) (name, secret string, err error) {
	if err := errors.Join(clone.To.Check(), MayMake(clone.To)); err != nil {
		return "", "", err
	}
	root, err := os.ReadFile(c.root())
	if err != nil {
		return "", "", &NotMadeError{Data: c.Data}
	}
	from, err := Open(ctx, c, now, log)
	if err != nil {
		return "", "", err
	}
	defer from.Close()
	in := from.house.Installation(clone.Name)
	if names := from.Names(); clone.Name == "" && len(names) == 1 {
		in = from.house.Installation(names[0])
	}
	if in == nil {
		return "", "", &installation.BadValueError{Field: "name", Why: "there is no installation of this name, or there are several and none was named"}
	}
	if clone.DryRun {
		return in.Name(), "", nil
	}
	undo, err := Make(clone.To, root)
	if err != nil {
		return "", "", err
	}
	if secret, err = copyInto(ctx, in, clone, now, log); err != nil {
		Keys{clone.To.Keys}.Remove(keyFile(in.Name()))
		undo()
		return "", "", err
	}
	return in.Name(), secret, nil
}

func copyInto(ctx context.Context, in *installation.Installation, clone Clone, now func() time.Time, log *slog.Logger) (secret string, err error) {
	to, err := Open(ctx, clone.To, now, log)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := to.keys.MakeInstallation(in.Name()); err != nil {
		return "", err
	}
	made, err := in.CloneTest(ctx, to.house, clone.By)
	if err != nil {
		return "", err
	}
	token, err := made.MakeToken(ctx, installation.Act{By: clone.By}, api.NewToken{Name: "first administrator", Scopes: []string{api.ScopeAdmin}})
	return token.Secret, err
}
