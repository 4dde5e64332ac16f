package seat

import "github.com/pott-dev/pott/license"

// A PoolState is how full a license is, in a word.
type PoolState string

// The states. A pool is nearly full from 85 % of what was bought.
const (
	PoolOver    PoolState = "over"        // more in use than bought
	PoolFull    PoolState = "full"        // nothing spare
	PoolNearly  PoolState = "nearly-full" // little spare
	PoolSpare   PoolState = "spare"
	PoolNone    PoolState = "none"     // none was bought, and none is in use
	PoolNoLimit PoolState = "no-limit" // the number is not enforced
	PoolByUse   PoolState = "by-use"   // paid by use: a total would mislead
	PoolOn      PoolState = "on"       // for everybody, and not counted
	PoolMarker  PoolState = "marker"   // describes what was bought, and is never given
)

// PoolStateOf returns how full a license is with so much taken, in an
// installation with so many people.
func PoolStateOf(l *license.License, p Pool, people int64) PoolState {
	switch {
	case l.Marker:
		return PoolMarker
	case l.Kind == license.System:
		return PoolOn
	case l.Unrestricted:
		return PoolNoLimit
	case OpenEnded(l, people):
		return PoolByUse
	}
	return p.state()
}

// state is that of a pool whose number is enforced.
func (p Pool) state() PoolState {
	switch {
	case p.Over() > 0:
		return PoolOver
	case p.Seats == 0:
		return PoolNone
	case p.Free() == 0:
		return PoolFull
	case p.Free() <= p.Seats/100*15+p.Seats%100*15/100:
		return PoolNearly
	}
	return PoolSpare
}

// With returns the pool as it would be with another number of seats, and its
// state. The number is enforced.
func (p Pool) With(seats int64) (Pool, PoolState) {
	p.Seats, p.Unrestricted = seats, false
	return p, p.state()
}
