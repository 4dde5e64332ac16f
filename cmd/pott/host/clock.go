package host

import (
	"context"
	"errors"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
)

// ClockConfirmed is what became of the clock of one installation.
type ClockConfirmed struct {
	Installation string `json:"installation"`
	api.ClockConfirmed
}

// ConfirmClock says to every installation that the clock of this machine is
// right. Those that have no doubt are left alone.
func (h *Host) ConfirmClock(ctx context.Context, by audit.Actor, dryRun bool) (list []ClockConfirmed, err error) {
	var errs []error
	for _, name := range h.Names() {
		in := h.house.Installation(name)
		done, err := in.ConfirmClock(ctx, installation.Act{By: by, DryRun: dryRun}, installation.ClockReceipt{Time: h.now(), From: "host"})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, ClockConfirmed{name, done})
	}
	return list, errors.Join(errs...)
}
