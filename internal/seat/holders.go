package seat

import (
	"encoding/binary"
	"iter"

	"github.com/pott-dev/pott/license"
)

// Holders is everybody in an installation: an id, and what was given, as
// [Holds] returns it; or every database, as [HoldsAt].
type Holders = iter.Seq2[string, []license.Held]

// A group is everybody who was given the same. Where there are many people,
// there are few different ways to hold licenses.
type group struct {
	holds  []license.Held
	people []string
}

// groups gathers people by what they hold, in the order first seen. Those who
// hold nothing are a group too.
func groups(holders Holders) []*group {
	var all []*group
	seen := map[string]*group{}
	var key []byte
	if holders == nil {
		return nil
	}
	for id, holds := range holders {
		key = key[:0]
		for _, h := range holds {
			key = append(key, h.Name.Issuer...)
			key = append(key, '.')
			key = append(key, h.Name.Module...)
			key = append(key, 0)
			key = binary.AppendVarint(key, h.Quantity)
		}
		g := seen[string(key)]
		if g == nil {
			g = &group{holds: holds}
			seen[string(key)] = g
			all = append(all, g)
		}
		g.people = append(g.people, id)
	}
	return all
}
