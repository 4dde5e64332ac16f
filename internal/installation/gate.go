package installation

import (
	"sync"
	"time"

	"github.com/pott-dev/pott/internal/throttle"
)

// gatekeeper is what an installation remembers of those who try to sign in. It is
// lost at a restart, and each server has its own.
type gatekeeper struct {
	users     throttle.Throttle // by person, or by user id where there is none
	addresses throttle.Throttle
	refused   refusals
	known     acquaintances
}

func (g *gatekeeper) init() {
	g.users.Free, g.users.Most = 5, 5*time.Minute
	g.addresses.Free, g.addresses.Most = 50, time.Minute
}

// counted returns what somebody's attempts from a network are counted by. All
// networks together are one, but where the person has come in from lately counts
// by itself: else a stranger who fails every few minutes would keep out whoever
// is meant.
func (g *gatekeeper) counted(who, network string, now time.Time) string {
	if g.known.has(who, network, now) {
		return who + " " + network
	}
	return who
}

// acquaintances are the networks people have come in from.
type acquaintances struct {
	mu   sync.Mutex
	last map[acquaintance]time.Time // when last
}

type acquaintance struct{ person, network string }

const (
	acquainted        = 30 * 24 * time.Hour // how long a network is known
	mostAcquaintances = 100_000
)

// met notes that somebody has come in from a network.
func (a *acquaintances) met(person, network string, now time.Time) {
	if network == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last == nil {
		a.last = map[acquaintance]time.Time{}
	}
	if len(a.last) >= mostAcquaintances {
		for known, last := range a.last {
			if now.Sub(last) >= acquainted || len(a.last) >= mostAcquaintances {
				delete(a.last, known)
			}
		}
	}
	a.last[acquaintance{person, network}] = now
}

func (a *acquaintances) has(person, network string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	last, ok := a.last[acquaintance{person, network}]
	return ok && now.Sub(last) < acquainted
}
