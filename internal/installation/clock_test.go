package installation_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licenseserver"
)

// A doubted clock is believed on the word of the server's machine or of an issuer,
// and on nobody else's.
func TestWhoMayVouchForAClock(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		v, in := connected(t, db)
		jump := housetest.Noon.AddDate(0, 3, 0)
		doubt := func(when time.Time) {
			t.Helper()
			v.f.Set(when)
			v.f.ReopenUnconfirmed(t)
			in = v.f.Installation("acme")
			if c, err := in.Clock(ctx); err != nil || c.State != api.ClockUnconfirmed {
				t.Fatalf("the clock that jumped: %+v, %v", c, err)
			}
		}
		right := func() bool {
			t.Helper()
			c, err := in.Clock(ctx)
			must(t, err)
			return c.State == api.ClockRight
		}
		if done, err := in.VouchForClock(ctx, admin, api.ConfirmClock{Code: housetest.Code}); err != nil || done.Changed {
			t.Errorf("a clock that is right: %+v, %v", done, err)
		}
		doubt(jump)
		for name, c := range map[string]struct {
			say  api.ConfirmClock
			want string
		}{
			"nobody's word":       {api.ConfirmClock{}, "request.bad-value"},
			"two at a time":       {api.ConfirmClock{Code: housetest.Code, Issuer: "superoffice"}, "request.bad-value"},
			"a code that is none": {api.ConfirmClock{Code: "AAAA-BBBB-CCCC"}, "damage.not-confirmed"},
			"an unknown issuer":   {api.ConfirmClock{Issuer: "acme"}, "fetch.no-address"},
			"no issuer at all":    {api.ConfirmClock{Issuer: "a b"}, "license.bad-name"},
		} {
			if _, err := in.VouchForClock(ctx, admin, c.say); codeIn(err) != c.want || right() {
				t.Errorf("%s: %v", name, err)
			}
		}
		dry := admin
		dry.DryRun = true
		if done, err := in.VouchForClock(ctx, dry, api.ConfirmClock{Code: "only looked at"}); err != nil || !done.Changed || !done.DryRun || right() {
			t.Errorf("a preview: %+v, %v", done, err)
		}
		done, err := in.VouchForClock(ctx, admin, api.ConfirmClock{Code: housetest.Code})
		must(t, err)
		if !done.Changed || !done.Proven.Equal(jump) || !right() {
			t.Errorf("somebody at the machine: %+v", done)
		}

		// An issuer's signed answer counts, whatever the wall clock says.
		truth := jump.AddDate(0, 0, 1)
		v.say = func(_ *licenseserver.Request, r *licenseserver.Reply) { r.Made = truth }
		doubt(jump.AddDate(0, 3, 0))
		v.send = func([]byte, *licenseserver.Reply) ([]byte, error) { return nil, errors.New("no route to host") }
		if _, err := in.VouchForClock(ctx, admin, api.ConfirmClock{Issuer: "superoffice"}); codeIn(err) != "fetch.unreachable" || right() {
			t.Errorf("an issuer that is away: %v", err)
		}
		v.send = func(reply []byte, _ *licenseserver.Reply) ([]byte, error) {
			forged := append([]byte{}, reply...)
			forged[len("pott-license-reply/v1\nkind: ping\nissuer: S")]++
			return forged, nil
		}
		if _, err := in.VouchForClock(ctx, admin, api.ConfirmClock{Issuer: "superoffice"}); err == nil || right() {
			t.Errorf("an answer that was tampered with: %v", err)
		}
		v.send = nil
		done, err = in.VouchForClock(ctx, admin, api.ConfirmClock{Issuer: "superoffice"})
		must(t, err)
		if !done.Changed || !done.Proven.Equal(truth) {
			t.Errorf("an issuer: %+v, want %v", done, truth)
		}
	})
}
