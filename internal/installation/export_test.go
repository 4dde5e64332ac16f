package installation

import (
	"context"
	"maps"
	"slices"
	"time"
)

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
