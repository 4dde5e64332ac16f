package store

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/internal/tamper"
)

// Hook is an address of the host application that is asked before something is
// done.
type Hook struct {
	Name        string // what is asked: "blockers"
	URL         string
	Timeout     int64  // milliseconds
	Unreachable string // what no answer means: "warn" or "block"
}

var hookLayout = tamper.NewLayout("hook", "name:t", "url:t timeout:i unreachable:t")

var hookCodec = codec[string, Hook]{
	layout: hookLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(h *Hook) []tamper.Value {
		return []tamper.Value{tamper.Str(h.URL), tamper.Int(h.Timeout), tamper.Str(h.Unreachable)}
	},
	decode: func(k string, v []tamper.Value) Hook {
		return Hook{Name: k, URL: v[0].Str(), Timeout: v[1].Int(), Unreachable: v[2].Str()}
	},
}

// Hook returns a hook. damaged says that there is one that cannot be believed.
func (v *View) Hook(name string) (h Hook, ok, damaged bool) {
	found := v.book.hooks.get(name)
	if v.staged != nil {
		found = v.staged.hooks.get(name)
	}
	if found == nil {
		return Hook{}, false, v.book.hooks.damaged[name] != nil
	}
	return *found, true, false
}

// PutHook stores a hook.
func (tx *Tx) PutHook(h Hook) error {
	if err := tx.granting(); err != nil {
		return err
	}
	return tx.staged.hooks.put(h.Name, &h)
}

// DropHook deletes a hook.
func (tx *Tx) DropHook(name string) error { return tx.staged.hooks.put(name, nil) }

// Hooks returns all hooks, by name.
func (v *View) Hooks() []Hook {
	var list []Hook
	for h := range all(v, v.book.hooks, func(s *staged) *staging[string, Hook] { return s.hooks }) {
		list = append(list, *h)
	}
	slices.SortFunc(list, func(x, y Hook) int { return cmp.Compare(x.Name, y.Name) })
	return list
}
