package seat

import (
	"hash/fnv"
	"time"
)

// Asking is when an installation asks the license server of an issuer by itself.
type Asking struct {
	// From is when the day begins from which on it asks; zero: never by itself.
	From time.Time
	// Last is when it asked last, whatever came of it; zero: never.
	Last time.Time
	// Lost says that something accepted before is not there any more, because a
	// backup was taken into use: it asks until that is back.
	Lost bool
	// Of names the installation and the issuer: installations do not all ask in the
	// same hour.
	Of string
}

// askEvery is how long it waits after asking, with or without success. In between
// come up to askSpread more, so that those who failed together do not come back
// together.
const (
	askEvery  = 24 * time.Hour
	askSpread = time.Hour
)

// lostEvery is how long it waits while something is lost.
const lostEvery = 10 * time.Minute

// firstHours is how far the first questions of a day are spread.
const firstHours = 6 * time.Hour

// Next returns when it asks next, or the zero time for never: some hours into the
// day From, and then once a day until a new set says another day.
func (a Asking) Next() time.Time {
	if a.From.IsZero() {
		return time.Time{}
	}
	first := a.From.Add(spread(a.Of, firstHours))
	if a.Last.Before(first) {
		return first
	}
	return a.Last.Add(askEvery + spread(a.Of+a.Last.UTC().Format(time.RFC3339), askSpread))
}

// Due reports whether it is time to ask.
func (a Asking) Due(now time.Time) bool {
	if a.Lost && (a.Last.IsZero() || !now.Before(a.Last.Add(lostEvery)) || now.Before(a.Last)) {
		return true
	}
	next := a.Next()
	return !next.IsZero() && !now.Before(next)
}

// DueForAdministrator reports whether it asks because an administrator is there:
// at most once a day.
func (a Asking) DueForAdministrator(now time.Time) bool {
	return a.Last.IsZero() || !now.Before(a.Last.Add(askEvery)) || now.Before(a.Last)
}

// Reporting is when an installation reports a set that came in force.
type Reporting struct {
	Same   bool      // what is in force is what was reported last
	Failed bool      // the last try to report came to nothing
	Last   time.Time // when that was; zero: never
}

// reportEvery is how long it waits at least between two reports.
const reportEvery = time.Minute

// Due reports whether it is time to report.
func (r Reporting) Due(now time.Time) bool {
	wait := reportEvery
	if r.Failed {
		wait = askEvery
	}
	return !r.Same && (r.Last.IsZero() || !now.Before(r.Last.Add(wait)) || now.Before(r.Last))
}

// spread returns a part of most that is always the same for the same words.
func spread(words string, most time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(words))
	return time.Duration(h.Sum64() % uint64(most)).Truncate(time.Second)
}
