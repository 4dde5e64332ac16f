package installation

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// RecentDays is how far back the peaks of a list look, today included.
const RecentDays = 90

// A usageKey says under what something was worked out that depends on nothing but
// who used what: signing in and the like change none of it.
type usageKey struct {
	used   int64  // the last change that could have changed it
	day    string // where the installation is
	damage int
	health store.Health
}

// usageKeyOf returns the key of a state. ok is false while a change is on its way,
// and nothing may be kept then.
func (in *Installation) usageKeyOf(v *store.View) (key usageKey, ok bool) {
	key = usageKey{used: in.usedSince.Load(), day: in.clock(v).In(zone(v)).Format(time.DateOnly), damage: len(v.Damage()), health: v.Health()}
	return key, key.used <= v.Seq() && in.supposed == nil
}

// recentPeaks are the peaks of the last days as they were at one state.
type recentPeaks struct {
	key usageKey
	by  map[license.Name]api.PeakRow
}

// RecentPeaks returns the most seats that were taken of each license in the last
// [RecentDays] days. Licenses of which no seat was taken are left out. What it
// returns is shared and must not be changed.
func (in *Installation) RecentPeaks(ctx context.Context, act Act) (map[license.Name]api.PeakRow, error) {
	var since string
	var key usageKey
	var keep bool
	err := in.view(func(v *store.View) error {
		since = in.clock(v).In(zone(v)).AddDate(0, 0, 1-RecentDays).Format(time.DateOnly)
		key, keep = in.usageKeyOf(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if r := in.recent.Load(); keep && r != nil && r.key == key {
		return r.by, nil
	}
	peaks, err := in.Peaks(ctx, act, since, "", true)
	if err != nil {
		return nil, err
	}
	r := &recentPeaks{key: key, by: make(map[license.Name]api.PeakRow, len(peaks.Items))}
	for _, p := range peaks.Items {
		r.by[p.Name] = p
	}
	if keep {
		in.recent.Store(r)
	}
	return r.by, nil
}

// recentCourses are the courses that were asked for since anything changed.
type recentCourses struct {
	mu  sync.Mutex
	key usageKey
	by  map[string]api.Course
}

// mostCourses is how many are kept.
const mostCourses = 64

// find returns a course that was worked out under the same key.
func (r *recentCourses) find(key usageKey, what string) (api.Course, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.by[what]
	return c, ok && r.key == key
}

func (r *recentCourses) keep(key usageKey, what string, c api.Course) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key != key || len(r.by) >= mostCourses {
		r.key, r.by = key, map[string]api.Course{}
	}
	r.by[what] = c
}

// RecentCourse is [Installation.Course], worked out once for each change of who uses
// what.
func (in *Installation) RecentCourse(ctx context.Context, act Act, text, by string) (api.Course, error) {
	var key usageKey
	var keep bool
	var seq int64
	var now time.Time
	err := in.view(func(v *store.View) error {
		key, keep = in.usageKeyOf(v)
		seq, now = v.Seq(), in.clock(v).UTC()
		return nil
	})
	if err != nil {
		return api.Course{}, err
	}
	what := act.Language + " " + by + " " + text
	if c, ok := in.courses.find(key, what); ok && keep {
		c.AsOf, c.Seq, c.Items = now, seq, slices.Clone(c.Items)
		if n := len(c.Items); n > 0 {
			c.Items[n-1].To = timeOf(now.UnixMicro() + 1)
		}
		return c, nil
	}
	c, err := in.Course(ctx, act, text, by)
	if err == nil && keep {
		in.courses.keep(key, what, c)
	}
	return c, err
}
