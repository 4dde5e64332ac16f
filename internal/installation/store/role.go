package store

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/tamper"
)

// Role is a role somebody has.
type Role struct {
	Person string // opaque id
	Role   seat.Role
	From   int64 // when it was given, in microseconds since 1970 UTC
	By     string
}

type roleKey struct{ person, role string }

var roleLayout = tamper.NewLayout("role", "person:t role:t", "from_at:i given_by:t")

var roleCodec = codec[roleKey, Role]{
	layout: roleLayout,
	key:    func(k roleKey) []tamper.Value { return []tamper.Value{tamper.Str(k.person), tamper.Str(k.role)} },
	parse:  func(k []tamper.Value) roleKey { return roleKey{k[0].Str(), k[1].Str()} },
	encode: func(r *Role) []tamper.Value { return []tamper.Value{tamper.Int(r.From), tamper.Str(r.By)} },
	decode: func(k roleKey, v []tamper.Value) Role {
		return Role{Person: k.person, Role: seat.Role(k.role), From: v[0].Int(), By: v[1].Str()}
	},
}

func (b *Book) roleChanged(old, new *Role) {
	for _, r := range []*Role{old, new} {
		if r != nil {
			b.touched.person(r.Person)
		}
	}
}

// Roles returns who has which role: by person, then by role.
func (v *View) Roles() []Role {
	var list []Role
	for r := range all(v, v.book.roles, func(s *staged) *staging[roleKey, Role] { return s.roles }) {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(x, y Role) int { return cmp.Or(cmp.Compare(x.Person, y.Person), cmp.Compare(x.Role, y.Role)) })
	return list
}

// HasRole reports whether a person has a role.
func (v *View) HasRole(person string, role seat.Role) bool {
	k := roleKey{person, string(role)}
	if v.staged != nil {
		return v.staged.roles.get(k) != nil
	}
	return v.book.roles.get(k) != nil
}

// GiveRole stores that a person has a role. From is the time of the act and By
// its actor unless they are set.
func (tx *Tx) GiveRole(r Role) error {
	if err := tx.granting(); err != nil {
		return err
	}
	if r.From == 0 {
		r.From = tx.now
	}
	if r.By == "" {
		r.By = tx.by.String()
	}
	return tx.staged.roles.put(roleKey{r.Person, string(r.Role)}, &r)
}

// TakeRole deletes that a person has a role.
func (tx *Tx) TakeRole(person string, role seat.Role) error {
	return tx.staged.roles.put(roleKey{person, string(role)}, nil)
}
