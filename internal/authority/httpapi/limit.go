package httpapi

import (
	"sync"
	"time"
)

// A limiter lets each of many callers do something a number of times a minute.
type limiter struct {
	perMinute float64
	mu        sync.Mutex
	buckets   map[string]bucket
}

// A bucket is what a caller has left, and when that was counted.
type bucket struct {
	left float64
	at   time.Time
}

// maxBuckets bounds what is remembered of callers.
const maxBuckets = 10_000

func newLimiter(perMinute float64) *limiter {
	return &limiter{perMinute: perMinute, buckets: map[string]bucket{}}
}

// take takes one turn of a caller, or says when there is one again.
func (l *limiter) take(caller string, now time.Time) *BusyError {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[caller]
	if !known {
		b = bucket{l.perMinute, now}
		l.forget(now)
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.left = min(l.perMinute, b.left+passed.Minutes()*l.perMinute)
	}
	b.at = now
	if b.left < 1 {
		l.buckets[caller] = b
		return &BusyError{Seconds: int(60/l.perMinute) + 1}
	}
	b.left--
	l.buckets[caller] = b
	return nil
}

// forget makes room when many callers are remembered: those who have not come
// for a minute have all their turns again.
func (l *limiter) forget(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for caller, b := range l.buckets {
		if now.Sub(b.at) >= time.Minute {
			delete(l.buckets, caller)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}
