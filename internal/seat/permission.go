package seat

import "slices"

// What somebody may do in an installation. Roles and tokens give the same: there
// is one list for both.
const (
	MayCheck    = "check"    // ask what people may use
	MayRead     = "read"     // see everything
	MayAssign   = "assign"   // people, and what they are given
	MayActivate = "activate" // load sets and put them in force
	MayAdmin    = "admin"    // everything, tokens and roles included
)

// includes says what a permission brings along.
var includes = map[string][]string{
	MayAdmin:    {MayCheck, MayRead, MayAssign, MayActivate},
	MayAssign:   {MayRead},
	MayActivate: {MayRead},
}

// gives says what each role may do. Who has no role may see the own pages.
var gives = map[Role]string{
	Administrator:     MayAdmin,
	UserAdministrator: MayAssign,
	Auditor:           MayRead,
}

// Permissions returns what somebody with some roles may do, the widest first; nil
// without a role.
func Permissions(roles []Role) []string {
	var may []string
	for _, r := range Roles {
		if p, ok := gives[r]; ok && slices.Contains(roles, r) {
			may = append(may, p)
		}
	}
	return may
}

// Reaches reports whether somebody who has some permissions may do what needs any
// one of others. What needs none is for everybody.
func Reaches(has []string, needs ...string) bool {
	if len(needs) == 0 {
		return true
	}
	for _, h := range has {
		if slices.Contains(needs, h) || slices.ContainsFunc(includes[h], func(p string) bool { return slices.Contains(needs, p) }) {
			return true
		}
	}
	return false
}

// Lacking returns the permissions that somebody who has some does not have,
// narrowest first.
func Lacking(has []string) (lacks []string) {
	for _, p := range []string{MayCheck, MayRead, MayAssign, MayActivate, MayAdmin} {
		if !Reaches(has, p) {
			lacks = append(lacks, p)
		}
	}
	return lacks
}

// RolesFor returns the roles that may do what needs any one of some permissions,
// the widest first: whom to ask.
func RolesFor(needs ...string) []Role {
	var roles []Role
	for _, r := range Roles {
		if Reaches(Permissions([]Role{r}), needs...) {
			roles = append(roles, r)
		}
	}
	return roles
}
