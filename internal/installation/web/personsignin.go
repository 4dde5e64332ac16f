package web

import (
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
)

func personSignInRoutes() []route {
	return []route{
		get("/users/{id}/signin", api.ScopeAdmin, showPersonSignIn),
		post("/users/{id}/signin/link", api.ScopeAdmin, makePersonLink).protecting().granting(),
		post("/users/{id}/signin/end", api.ScopeAdmin, endPersonSessions).protecting(),
		post("/users/{id}/signin/forget", api.ScopeAdmin, forgetPerson).protecting(),
	}
}

// A personSignIn is how somebody else signs in, for whoever helps.
type personSignIn struct {
	api.SignIn
	Card card
	Path string // of this page
	Link string // just made; shown once

	Links []page.Link // to what is on record of it
}

func showPersonSignIn(v *visit) error { return v.showPersonSignIn("") }

func (v *visit) showPersonSignIn(link string, links ...page.Link) error {
	c, err := v.card("signin")
	if err != nil {
		return err
	}
	who, err := v.in.SignIn(v.ctx(), v.act, v.r.PathValue("id"), "")
	if err != nil {
		return err
	}
	v.Command = "pott user signin " + quoted(who.Person)
	return v.show(personSignInPage(v, personSignIn{SignIn: who, Card: c, Path: c.Path + "/signin", Link: link, Links: links}))
}

// makePersonLink shows the page with the link itself: a receipt would keep it in a
// cookie.
func makePersonLink(v *visit) error {
	made, err := v.in.MakeLink(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.Path = strings.TrimSuffix(v.Path, "/link")
	return v.showPersonSignIn(v.origin()+v.Base+made.Path, v.recorded(made.Outcome)...)
}

func endPersonSessions(v *visit) error {
	id := v.r.PathValue("id")
	done, err := v.in.EndSessions(v.ctx(), v.act, id, v.form("session"), "")
	if err != nil {
		return err
	}
	return v.done("/users/"+escape(id)+"/signin", page.Receipt{Title: v.Say("me.ended", "N", done.Ended)})
}

// forgetPerson removes the password, or the passkey that is named.
func forgetPerson(v *visit) (err error) {
	id, passkey := v.r.PathValue("id"), v.form("passkey")
	var done api.ChangedSignIn
	said := v.Say("me.passkey-removed")
	if passkey != "" {
		done, err = v.in.RemovePasskey(v.ctx(), v.act, id, passkey, "")
	} else {
		said = v.Say("signin.person-removed", "User", id)
		done, err = v.in.RemovePassword(v.ctx(), v.act, id, "")
	}
	if err != nil {
		return err
	}
	return v.done("/users/"+escape(id)+"/signin", page.Receipt{Title: said, Text: v.Say("me.ended", "N", done.Ended)})
}
