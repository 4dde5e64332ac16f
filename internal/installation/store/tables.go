package store

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
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

// NewestSchema returns the number of the newest migration this program knows.
func NewestSchema() (newest int64) {
	names, err := fs.Glob(Migrations(), "sqlite/*.sql")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			panic("a migration without a number: " + name)
		}
		newest = max(newest, n)
	}
	return newest
}
