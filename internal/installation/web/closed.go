package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// closings has the page leave out forms that would be refused now, whatever was typed.
// Which are refused, and why, is for the house to say.
func (v *visit) closings() {
	reasons := map[installation.Deed]string{}
	for _, protects := range []bool{false, true} {
		for _, grants := range []bool{false, true} {
			d := installation.Deed{Protects: protects, Grants: grants}
			if err := v.in.Refusal(d); err != nil {
				reasons[d] = v.refusal(err)
			}
		}
	}
	if len(reasons) == 0 {
		return
	}
	v.Closed = func(path string) page.Closing {
		rt, ok := v.door.posts(path)
		if !ok || rt.always {
			return page.Closing{}
		}
		return page.Closing{Why: reasons[rt.deed], Shows: rt.shows}
	}
}

// refusal says why something is refused, what still works, and who can end it.
func (v *visit) refusal(err error) string {
	text, code := v.explain(err)
	why := strings.TrimSpace(text.Detail + " " + text.Hint)
	scope := ""
	switch room, _, _ := strings.Cut(code, "."); room {
	case "storage":
		scope = api.ScopeAdmin
	case "license":
		scope = api.ScopeActivate
	}
	if scope == "" {
		return why
	}
	if who := v.in.WhoMay(scope); len(who) > 0 {
		why += " " + v.Say("frame.closed-who", "Names", who)
	}
	return why
}

// posts finds the route that takes a form which goes to a path.
func (d *Door) posts(path string) (route, bool) {
	path, _, _ = strings.Cut(path, "?")
	to, err := url.Parse(path)
	if err != nil {
		return route{}, false
	}
	_, pattern := d.mux.Handler(&http.Request{Method: http.MethodPost, URL: to, Host: "pott"})
	rt, ok := d.byPattern[pattern]
	return rt, ok
}

// grants reports whether something may be given now; where not, the page says why on
// top. It is for forms that share their path with one that takes back.
func (v *visit) grants() bool {
	err := v.in.Refusal(installation.Deed{Grants: true})
	if err == nil {
		return true
	}
	v.Refuse(v.refusal(err))
	return false
}

// takes reports whether a form that goes to a path would not be refused now. It is for
// what leads there; where the form itself is left out, [page.Frame.Open] says why.
func (v *visit) takes(path string) bool { return v.Closed == nil || v.Closed(path).Why == "" }

// stillWorks leads to what a reader may do also while little can be changed.
func (v *visit) stillWorks() (links []page.Link) {
	link := func(scope, word, path string) {
		if v.may(scope) && v.takes(path) {
			links = append(links, page.Link{Text: v.Say(word), Path: path})
		}
	}
	link(api.ScopeActivate, "banner.load", "/licenses/import")
	link(api.ScopeRead, "frame.see-licenses", "/licenses")
	users := "frame.see-users"
	if v.may(api.ScopeAssign) && v.takes("/users/bulk/apply") {
		users = "frame.take-back"
	}
	link(api.ScopeRead, users, "/users")
	link(api.ScopeRead, "frame.see-audit", "/audit")
	return append(links, page.Link{Text: v.Say("nav.me"), Path: "/me"})
}
