package host

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/licenseserver"
)

// failed reports whether something of the server itself does not work.
func (d *doctor) failed() bool {
	about := []string{"no-key", "no-root", "bad-root", "no-database", "database", "newer-schema", "older-schema", "moved", "no-installation", "other-key"}
	return slices.ContainsFunc(d.findings, func(f Finding) bool { return slices.Contains(about, f.Code) })
}

// askFor is how long all license servers together may take.
const askFor = 30 * time.Second

// authorities asks the license servers of every installation whether they are
// there, know it, and have the same time. The house is opened without anchors and
// does nothing by itself, so that nothing is written.
func (d *doctor) authorities(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	h := &Host{config: d.c, node: beside, keys: Keys{d.c.Keys}, log: slog.New(slog.DiscardHandler), now: func() time.Time { return d.now }, look: true}
	defer h.Close()
	var err error
	if h.db, err = openDatabase(ctx, d.c); err == nil {
		err = h.open(ctx)
	}
	if err != nil {
		d.find(Fail, "database", d.c.Place(), err.Error())
		return
	}
	for _, name := range h.Names() {
		for _, r := range h.house.Installation(name).Reach(ctx) {
			d.authority(name, r)
		}
	}
}

// clockWarns is how far two clocks may differ, in seconds.
const clockWarns = 300

func (d *doctor) authority(name string, r installation.Reached) {
	switch {
	case errors.As(r.Err, new(*installation.UnreachableAuthorityError)), errors.Is(r.Err, context.DeadlineExceeded):
		d.find(Warn, "authority-away", name, r.Issuer, r.Address, r.Err.Error())
		return
	case r.Err != nil:
		d.find(Warn, "authority-wrong", name, r.Issuer, r.Address, inWords(r.Err))
		return
	case r.Refused == licenseserver.NotRegistered:
		d.find(Warn, "authority-unknown", name, r.Issuer, r.Address)
	case r.Refused == licenseserver.Replaced:
		d.find(Fail, "authority-replaced", name, r.Issuer, r.Address)
	case r.Refused != "":
		d.find(Warn, "authority-refuses", name, r.Issuer, r.Address, string(r.Refused))
	case r.Status == licenseserver.Problem:
		d.find(Fail, "authority-problem", name, r.Issuer, r.Address)
	default:
		d.find(Fine, "authority", name, r.Issuer, r.Address, string(r.Status))
	}
	if r.Difference > clockWarns || r.Difference < -clockWarns {
		d.find(Warn, "authority-clock", name, r.Issuer, (time.Duration(r.Difference) * time.Second).String())
	}
}

// inWords is the sentence of an error that has one.
func inWords(err error) string {
	var coded interface {
		error
		Code() string
	}
	if errors.As(err, &coded) {
		if text, ok := i18n.Sentence("en", coded.Code(), coded); ok {
			return text.Detail
		}
	}
	return err.Error()
}
