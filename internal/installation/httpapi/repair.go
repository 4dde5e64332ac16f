package httpapi

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
)

// A RepairOnlyError is returned for every request while the server cannot read
// its database at all.
type RepairOnlyError struct {
	Why string // "" to those who may not know
}

func (e *RepairOnlyError) Error() string { return "the server cannot read its database: " + e.Why }

// Code returns the stable code of the error.
func (e *RepairOnlyError) Code() string { return "host.repair-only" }

// NewRepair returns the door of a server whose database cannot be read. It says
// that it is alive and not ready, and tells whoever comes with a recovery token
// why. Programs that ask are told to try again, so that they go on with what they
// know.
func NewRepair(why string, recovered func(installation, token string, now time.Time) bool, now func() time.Time, log *slog.Logger) http.Handler {
	d := &Door{log: log, boot: bootID()}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", d.nextID())
		switch r.URL.Path {
		case "/healthz":
			writeJSON(w, http.StatusOK, api.Health{Status: "ok"})
			return
		case "/readyz":
			writeJSON(w, http.StatusServiceUnavailable, api.Health{Status: "not-ready"})
			return
		}
		e := &RepairOnlyError{}
		if recovered(nameIn(r), bearer(r), now()) {
			e.Why = why
		}
		fail(w, r, log, e)
	})
}

// nameIn returns the installation that a request names, by its path or its
// host, without knowing which there are.
func nameIn(r *http.Request) string {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if first != "v1" && strings.HasPrefix(rest, "v1/") {
		return first
	}
	label, _, _ := strings.Cut(r.Host, ".")
	return strings.ToLower(label)
}
