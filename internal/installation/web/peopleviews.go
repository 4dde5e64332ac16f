package web

import (
	"net/url"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
)

func saveView(v *visit) error {
	name, query := v.form("view"), v.form("query")
	if _, err := v.in.SaveView(v.ctx(), v.act, api.NewView{Page: "users", Name: name, Query: query, Shared: v.ticked("shared")}); err != nil {
		return v.viewRefused(name, query, err)
	}
	return v.done("/users?"+query, page.Receipt{Title: v.Say("people.view-saved", "Name", name)})
}

// viewRefused shows the list again that was to be saved, and why it was not.
func (v *visit) viewRefused(name, query string, refused error) error {
	if _, err := url.ParseQuery(query); err != nil {
		return refused
	}
	address, asked := *v.r.URL, *v.r
	address.Path, address.RawQuery, asked.URL = "/users", query, &address
	v.r, v.Path, v.Query = &asked, address.Path, query
	view, err := v.people()
	if err != nil {
		return err
	}
	view.saving, view.shared = name, v.ticked("shared")
	view.faults = page.Faults{v.faultAt(refused, map[string]string{"name": "view"})}
	v.listOfPeople(view)
	return v.wrong(peoplePage(v, view))
}

func dropView(v *visit) error {
	done, err := v.in.DropView(v.ctx(), v.act, v.form("id"))
	if err != nil {
		return err
	}
	return v.done("/users", page.Receipt{Title: v.Say("people.view-dropped"), Undo: &page.Act{Text: v.Say("person.undo"), Path: "/users/views",
		Fields: [][2]string{{"view", done.View.Name}, {"query", done.View.Query}, {"shared", shared(done.View)}}}})
}

// shared is the box of a form that shares a view, ticked or not.
func shared(s api.SavedView) string {
	if s.Shared {
		return "on"
	}
	return ""
}

// viewQuery is the address of a list without where one stands in it.
func (v *visit) viewQuery() string {
	q := v.r.URL.Query()
	for _, name := range []string{"page", "select"} {
		q.Del(name)
	}
	return q.Encode()
}
