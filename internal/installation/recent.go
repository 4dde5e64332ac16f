package installation

import (
	"context"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// RecentDays is how far back the peaks of a list look, today included.
const RecentDays = 90

// recentPeaks are the peaks of the last days as they were at one state.
type recentPeaks struct {
	seq   int64
	since string
	by    map[license.Name]api.PeakRow
}

// RecentPeaks returns the most seats that were taken of each license in the last
// [RecentDays] days. Licenses of which no seat was taken are left out. What it
// returns is shared and must not be changed.
func (in *Installation) RecentPeaks(ctx context.Context, act Act) (map[license.Name]api.PeakRow, error) {
	var since string
	var seq int64
	err := in.view(func(v *store.View) error {
		now := in.clock(v).In(zone(v))
		since, seq = now.AddDate(0, 0, 1-RecentDays).Format(time.DateOnly), v.Seq()
		return nil
	})
	if err != nil {
		return nil, err
	}
	if r := in.recent.Load(); r != nil && r.seq == seq && r.since == since {
		return r.by, nil
	}
	peaks, err := in.Peaks(ctx, act, since, "", true)
	if err != nil {
		return nil, err
	}
	r := &recentPeaks{seq: peaks.Seq, since: since, by: make(map[license.Name]api.PeakRow, len(peaks.Items))}
	for _, p := range peaks.Items {
		r.by[p.Name] = p
	}
	in.recent.Store(r)
	return r.by, nil
}
