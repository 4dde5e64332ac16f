package web

import (
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
)

func exportPeople(v *visit) error {
	f := filterOf(v.r.URL.Query())
	f.Limit = installation.MostListed
	list, err := v.in.ListForFile(v.ctx(), v.act, f)
	if err != nil {
		return err
	}
	if strings.HasSuffix(v.Path, ".json") {
		return v.json(list)
	}
	shown := v.r.URL.Query()["col"]
	if len(shown) == 0 {
		if shown, err = v.usual(); err != nil {
			return err
		}
	}
	shown = slices.DeleteFunc(slices.Clone(shown), func(c string) bool { return c == "active" && !v.in.CollectsActivity() })
	s := sheet{name: "users", head: v.words("people.name", "people.user-id")}
	for _, c := range shown {
		if slices.Contains(coded, c) {
			s.head = append(s.head, v.withCode("people.col."+c)...)
		} else {
			s.head = append(s.head, v.words("people.col."+c)...)
		}
	}
	for _, p := range list.Items {
		row := []string{strings.TrimSpace(p.FirstName + " " + p.LastName), p.UserID}
		for _, c := range shown {
			if row = append(row, v.cell(p, c)); slices.Contains(coded, c) {
				row = append(row, cellCode(p, c))
			}
		}
		s.rows = append(s.rows, row)
	}
	return v.csv(s)
}

// coded are the columns that stand in a file in words and in codes.
var coded = []string{"plan", "extras", "role", "login", "active", "profile", "kind", "source"}

// cellCode is what somebody has in a column in the words of the API.
func cellCode(p api.Person, column string) string {
	switch column {
	case "plan":
		return holdingCodes(p.Plans)
	case "extras":
		return holdingCodes(p.Extras)
	case "role":
		return strings.Join(p.Roles, " ")
	case "login":
		return loginCode(p)
	case "active":
		return p.LastActive
	case "profile":
		return p.Profile
	case "kind":
		return p.Kind.String()
	case "source":
		var all []string
		for _, h := range slices.Concat(p.Plans, p.Extras) {
			if !slices.Contains(all, h.Source) {
				all = append(all, h.Source)
			}
		}
		return strings.Join(all, " ")
	}
	return ""
}

func holdingCodes(list []api.Holding) string {
	var all []string
	for _, h := range list {
		all = append(all, h.Name.String())
	}
	return strings.Join(all, " ")
}

// loginCode is whether somebody may sign in, and the last day there is one.
func loginCode(p api.Person) string {
	switch {
	case p.Deleted:
		return "deleted"
	case p.Former:
		return "former"
	case p.Waiting:
		return "waiting"
	case !p.Login:
		return "no"
	case !p.ValidThrough.IsZero():
		return "through " + p.ValidThrough.String()
	}
	return "yes"
}
