package web

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// details are the fields of the form that says who somebody is.
var details = []string{"user_id", "first_name", "last_name", "email", "group"}

// detailsNow are these fields as they are.
func detailsNow(p api.Person) map[string]string {
	return map[string]string{"user_id": p.UserID, "first_name": p.FirstName, "last_name": p.LastName, "email": p.Email, "group": p.Group}
}

// detailsPatch is what the form changes of what its reader saw. A field the reader
// left alone is not sent: it may have become another meanwhile.
func (v *visit) detailsPatch(now map[string]string) (patch api.PersonPatch, typed map[string]string) {
	was := &api.PersonWas{}
	patch.Was = was
	to := map[string]**string{"user_id": &patch.UserID, "first_name": &patch.FirstName, "last_name": &patch.LastName, "email": &patch.Email, "group": &patch.Group}
	from := map[string]**string{"user_id": &was.UserID, "first_name": &was.FirstName, "last_name": &was.LastName, "email": &was.Email, "group": &was.Group}
	typed = map[string]string{}
	for _, f := range details {
		text, saw := v.form(f), now[f]
		if seen, ok := v.r.PostForm["was_"+f]; ok {
			saw = strings.TrimSpace(seen[0])
		}
		typed[f], typed["was_"+f] = text, saw
		if text != saw {
			*to[f], *from[f] = &text, &saw
		}
	}
	return patch, typed
}

func changeDetails(v *visit) error {
	c, err := v.card("overview")
	if err != nil {
		return err
	}
	patch, typed := v.detailsPatch(detailsNow(c.Person))
	done, err := v.in.ChangePerson(v.ctx(), v.act, fmt.Sprint("#", c.Number), patch)
	changed := new(installation.DetailsChangedError)
	switch {
	case errors.As(err, &changed):
		return v.detailsConflict(c, typed, changed.Fields)
	case err != nil:
		return v.wrong(personPage(v, personView{card: c, Faults: page.Faults{v.fault(fieldOf(err, details), err)}, Form: typed}))
	case !done.Changed:
		return v.done(c.Path, page.Receipt{Title: v.Say("person.already")})
	}
	return v.done(personPath(done.Person.UserID, done.Person.Number), page.Receipt{Title: v.Say("person.saved"), Links: v.recorded(done.Outcome)})
}

// fieldOf is which of some fields an error is about, "" when none.
func fieldOf(err error, fields []string) string {
	about := err.Error()
	for _, f := range fields {
		if strings.Contains(about, f) {
			return f
		}
	}
	return ""
}

func (v *visit) detailsConflict(c card, typed map[string]string, fields []string) error {
	now := detailsNow(c.Person)
	var all []contested
	for _, f := range fields {
		all = append(all, contested{Field: f, Label: v.detailLabel(f), Yours: typed[f], Now: now[f]})
	}
	v.titled("users", "")
	v.crumbs(v.crumb("nav.users", "/users"), page.Link{Text: c.Name(), Path: c.Path})
	return v.meanwhile(meanwhileView{What: c.Name(), By: v.lastChanger(c, "person.change"), Caption: v.Say("person.details"), Action: c.Path + "/details", Back: c.Path}, all)
}

// lastChanger is who did something to a person last, "" when that is not known.
func (v *visit) lastChanger(c card, action string) string {
	list, err := v.in.Audit(v.ctx(), v.act, installation.AuditFilter{Person: fmt.Sprint("#", c.Number), Action: action, Limit: 1})
	if err != nil || len(list.Items) == 0 {
		return ""
	}
	return v.actor(list.Items[0].Actor)
}

func (v *visit) detailLabel(field string) string {
	return map[string]string{"user_id": v.Say("person.user-id"), "first_name": v.Say("person.first-name"), "last_name": v.Say("person.last-name"),
		"email": v.Say("person.email"), "group": v.Say("person.group")}[field]
}
