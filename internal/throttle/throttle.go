// Package throttle makes whoever fails wait longer each time, and nobody for ever.
package throttle

import (
	"sync"
	"time"
)

// A Throttle counts attempts by key. The zero Throttle lets everything through at
// once only until Free is set; set the fields before its first use.
type Throttle struct {
	Free int           // attempts without any wait
	Most time.Duration // the longest wait

	mu   sync.Mutex
	keys map[string]*count
}

// count is how often a key was tried, and when last.
type count struct {
	tries int
	last  time.Time
}

// forgetting is after how many of the longest waits a key that was left alone is
// forgotten.
const forgetting = 4

// capacity bounds the memory. When it is full, what is least worth remembering
// goes first.
const capacity = 100_000

// Wait returns how long a key still has to wait, without counting an attempt.
func (t *Throttle) Wait(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wait(key, now)
}

func (t *Throttle) wait(key string, now time.Time) time.Duration {
	c := t.keys[key]
	if c == nil || t.over(c, now) {
		return 0
	}
	return max(c.last.Add(t.delay(c.tries)).Sub(now), 0)
}

// Try counts an attempt and returns 0, or returns how long to wait and counts
// nothing. It is counted before it is known whether it succeeds, so that many at
// once are not more than one after another.
func (t *Throttle) Try(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait := t.wait(key, now); wait > 0 {
		return wait
	}
	if t.keys == nil {
		t.keys = map[string]*count{}
	}
	c := t.keys[key]
	if c == nil || t.over(c, now) {
		t.makeRoom(now)
		c = &count{}
		t.keys[key] = c
	}
	c.tries, c.last = c.tries+1, now
	return 0
}

// Forget forgets a key: it has succeeded.
func (t *Throttle) Forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.keys, key)
}

// Excuse takes back the last attempt of a key, and no other.
func (t *Throttle) Excuse(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.keys[key]; c != nil {
		if c.tries--; c.tries <= 0 {
			delete(t.keys, key)
		}
	}
}

// delay is how long to wait after a number of attempts: a second after the free
// ones, and twice as long each time.
func (t *Throttle) delay(tries int) time.Duration {
	over := tries - t.Free
	if over < 0 {
		return 0
	}
	if over > 30 {
		return t.Most
	}
	return min(time.Second<<over, t.Most)
}

// over reports whether a key was left alone for so long that it counts as new. A
// clock that was set back makes nobody wait longer.
func (t *Throttle) over(c *count, now time.Time) bool {
	return now.Sub(c.last) >= forgetting*t.Most || c.last.Sub(now) > t.Most
}

func (t *Throttle) makeRoom(now time.Time) {
	if len(t.keys) < capacity {
		return
	}
	for key, c := range t.keys {
		if t.over(c, now) || c.tries < t.Free {
			delete(t.keys, key)
		}
	}
	for key := range t.keys {
		if len(t.keys) < capacity {
			return
		}
		delete(t.keys, key)
	}
}
