package web

import "github.com/pott-dev/pott/api"

func helpRoutes() []route {
	return []route{get("/help", anybody, showHelp)}
}

// A helpView is what the help page needs to know.
type helpView struct {
	Administrators []string
	Keys           []shortcut
}

// A shortcut is a key and what it does.
type shortcut struct{ Keys, Word string }

var shortcuts = []shortcut{
	{"Ctrl K", "help.key-palette"}, {"/", "help.key-search"}, {"g h", "nav.home"}, {"g l", "nav.licenses"}, {"g u", "nav.users"},
	{"g s", "nav.status"}, {"g a", "nav.audit"}, {"g m", "nav.me"}, {"?", "help.key-help"},
}

// showHelp says how to find one's way, and whom to ask. People who are not
// signed in learn no names.
func showHelp(v *visit) error {
	v.titled("", v.Say("help.title"))
	view := helpView{Keys: shortcuts}
	if v.session != nil {
		view.Administrators = v.in.WhoMay(api.ScopeAdmin)
	}
	return v.show(helpPage(v, view))
}
