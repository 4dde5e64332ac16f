package seat_test

import (
	"slices"
	"testing"

	"github.com/pott-dev/pott/internal/seat"
)

func TestARoleMayDoWhatItsPermissionReaches(t *testing.T) {
	all := []string{seat.MayCheck, seat.MayRead, seat.MayAssign, seat.MayActivate, seat.MayAdmin}
	for _, c := range []struct {
		who   string
		roles []seat.Role
		may   []string
	}{
		{"an administrator may do everything", []seat.Role{seat.Administrator}, all},
		{"a user administrator changes people and sees everything", []seat.Role{seat.UserAdministrator}, []string{seat.MayRead, seat.MayAssign}},
		{"an auditor sees everything and changes nothing", []seat.Role{seat.Auditor}, []string{seat.MayRead}},
		{"two roles add up", []seat.Role{seat.Auditor, seat.UserAdministrator}, []string{seat.MayRead, seat.MayAssign}},
		{"nobody else may do anything", nil, nil},
		{"a role nobody knows gives nothing", []seat.Role{"owner"}, nil},
	} {
		has := seat.Permissions(c.roles)
		for _, p := range all {
			if got, want := seat.Reaches(has, p), slices.Contains(c.may, p); got != want {
				t.Errorf("%s: %s is %v", c.who, p, got)
			}
		}
		if lacks := seat.Lacking(has); len(lacks)+len(c.may) != len(all) || slices.ContainsFunc(lacks, func(p string) bool { return slices.Contains(c.may, p) }) {
			t.Errorf("%s: lacks %v", c.who, lacks)
		}
		if !seat.Reaches(has) {
			t.Errorf("%s: what needs nothing is for everybody", c.who)
		}
	}
}

func TestWhoIsToBeAsked(t *testing.T) {
	for needs, want := range map[string][]seat.Role{
		seat.MayAdmin:    {seat.Administrator},
		seat.MayActivate: {seat.Administrator},
		seat.MayAssign:   {seat.Administrator, seat.UserAdministrator},
		seat.MayRead:     {seat.Administrator, seat.UserAdministrator, seat.Auditor},
	} {
		if got := seat.RolesFor(needs); !slices.Equal(got, want) {
			t.Errorf("%s: %v", needs, got)
		}
	}
}
