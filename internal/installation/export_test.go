package installation

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Rollback reports whether the database is behind what is remembered of it.
func (in *Installation) Rollback() bool { return in.book.Rollback().Back }

// Miscount writes a wrong count, as only a mistake of the program could.
func (in *Installation) Miscount(ctx context.Context, act Act, name license.Name, taken int64) error {
	_, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		tx.Entry("mistake", "")
		return true, tx.SetTaken(name, taken)
	})
	return err
}

// SplitKeyLists is what [Installation.Load] takes a file of key lists apart with.
var SplitKeyLists = splitKeyLists

// Look is what the timer does when it fires, and UntilNextLook how long it waits.
func (in *Installation) Look() { in.nextDay() }

func (in *Installation) UntilNextLook() time.Duration { return in.untilNextDay() }

// Winds reports whether the timer would fire, and stops it.
func (in *Installation) Winds() bool { return in.day.Stop() }

// WatchClocks is what the house does every second.
func (h *House) WatchClocks(ctx context.Context) { h.watchClocks(ctx) }

// NoticeCodes are all codes of notices.
func NoticeCodes() []string { return slices.Sorted(maps.Keys(noticeEndings)) }

// RemoveFromAll takes a license from people as a job does, and lets something be
// done between the preview and the job.
func (in *Installation) RemoveFromAll(ctx context.Context, act Act, name string, partial bool, between func(), people ...string) (api.Job, error) {
	o := bulkOrder{head: jobHead{Kind: "change", Act: modeRemove, Names: []string{name}, Partial: partial}, source: seat.Direct}
	for i, who := range people {
		o.tasks = append(o.tasks, changeTask(i+1, who, modeRemove, []gift{{name, 1}}))
	}
	heard := &heard{}
	found, err := in.tryTasks(ctx, act, o, heard)
	if err != nil {
		return api.Job{}, err
	}
	between()
	return in.beginJob(ctx, act, o, found, heard)
}

// LaneTime says how long messages to one address are tried in a row.
func (in *Installation) LaneTime(d time.Duration) { in.telling.lane = d }

// KeptOfJob is everything that is kept of a job.
func (in *Installation) KeptOfJob(ctx context.Context, id string) (all string) {
	boxes, _ := in.book.Boxes(ctx, jobPlace+id)
	for _, b := range boxes {
		all += string(b.Plain) + "\n"
	}
	return all
}

// Failure is what a job that failed says of it.
func (in *Installation) Failure(ctx context.Context, cause error) *api.Refused {
	return in.failure(ctx, cause, Act{Language: "en"}, "")
}

// Together counts the other entries of a request within so many commits of an entry.
func (in *Installation) Together(ctx context.Context, e api.AuditEntry, far int64) (int, error) {
	return in.together(ctx, e, far)
}
