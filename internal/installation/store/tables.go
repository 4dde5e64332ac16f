package store

import (
	"maps"
	"slices"
)

// Tables returns the names of all tables that rows of installations stand in,
// the server's list of them included, sorted.
func Tables() []string {
	names := slices.Collect(maps.Keys(unsealed))
	for _, l := range layouts {
		names = append(names, l.Table)
	}
	slices.Sort(names)
	return names
}
