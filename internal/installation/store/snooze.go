package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/internal/tamper"
)

// A Snooze is what a person does not want to see on top of the pages for a while.
type Snooze struct {
	Person string           // opaque id
	Until  map[string]int64 // by item: to when, in microseconds since 1970 UTC; exclusive
}

var snoozeLayout = tamper.NewLayout("snooze", "person:t", "items:t")

var snoozeCodec = codec[string, Snooze]{
	layout: snoozeLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(s *Snooze) []tamper.Value { return []tamper.Value{tamper.Str(formatSnooze(s.Until))} },
	decode: func(k string, v []tamper.Value) Snooze { return Snooze{Person: k, Until: parseSnooze(v[0].Str())} },
}

// formatSnooze writes one line for each item, sorted.
func formatSnooze(until map[string]int64) string {
	var b strings.Builder
	for _, item := range slices.Sorted(maps.Keys(until)) {
		fmt.Fprintf(&b, "%d %s\n", until[item], item)
	}
	return b.String()
}

// parseSnooze reads what formatSnooze writes; lines that make no sense hide nothing.
func parseSnooze(text string) map[string]int64 {
	until := map[string]int64{}
	for line := range strings.Lines(text) {
		at, item, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if n, err := strconv.ParseInt(at, 10, 64); err == nil && item != "" {
			until[item] = n
		}
	}
	return until
}

// Snooze returns what a person does not want to see.
func (v *View) Snooze(person string) Snooze {
	found := v.book.snoozes.get(person)
	if v.staged != nil {
		found = v.staged.snoozes.get(person)
	}
	if found == nil {
		return Snooze{Person: person}
	}
	return Snooze{Person: person, Until: maps.Clone(found.Until)}
}

// PutSnooze stores what a person does not want to see; nothing deletes the row. An
// item has no line end.
func (tx *Tx) PutSnooze(s Snooze) error {
	if len(s.Until) == 0 {
		return tx.staged.snoozes.put(s.Person, nil)
	}
	return tx.staged.snoozes.put(s.Person, &s)
}
