package web

import (
	"net/http"
	"slices"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// saw is what a field said when the form was opened, as the form carries it; one that
// carries nothing was opened now.
func (v *visit) saw(field, now string) string {
	if seen, ok := v.r.PostForm["was_"+field]; ok {
		return seen[0]
	}
	return now
}

// seeing is the act with what the form's reader saw, by the names of the API. A form
// that carries nothing is taken as it comes.
func (v *visit) seeing(act installation.Act, fields ...string) installation.Act {
	act.Was = map[string]string{}
	for _, f := range fields {
		if seen, ok := v.r.PostForm["was_"+f]; ok {
			act.Was[f] = seen[0]
		}
	}
	return act
}

// A contested field was changed by the reader and by somebody else.
type contested struct {
	Field string // of the form
	Label string
	Yours string
	Now   string
	Say   func(text string) string // nil: as it is written
}

// A meanwhileView compares what was typed with what somebody else wrote meanwhile.
type meanwhileView struct {
	What    string // it is about
	By      string // who else; "" where that is not known
	Caption string
	Rows    []meanwhileRow
	Action  string      // where the form goes
	Back    string      // where it all is as it is now
	Fields  [][2]string // of the form that writes what was typed all the same
	Note    string      // what of it must be typed again; "" is nothing
}

// A meanwhileRow is one field that both have changed.
type meanwhileRow struct{ Label, Yours, Theirs, Was string }

// meanwhile shows yours, theirs and what it was, with everything that was typed, so
// that it can be written all the same. The title and the way here are set.
func (v *visit) meanwhile(x meanwhileView, all []contested) error {
	again := map[string]string{}
	for _, c := range all {
		say := c.Say
		if say == nil {
			say = func(text string) string { return text }
		}
		x.Rows = append(x.Rows, meanwhileRow{c.Label, say(c.Yours), say(c.Now), say(v.saw(c.Field, ""))})
		again["was_"+c.Field] = c.Now
	}
	for _, f := range v.carried() {
		if now, contested := again[f[0]]; contested {
			f[1] = now
		}
		x.Fields = append(x.Fields, f)
	}
	v.Title = v.Say("plans.conflict", "Name", x.What)
	v.status = http.StatusConflict
	return v.show(meanwhilePage(v, x))
}

// contestedOf are the fields an error names, in the order of all.
func contestedOf(names []string, all ...contested) []contested {
	return slices.DeleteFunc(all, func(c contested) bool { return !slices.Contains(names, c.Field) })
}

// lastWho is who did something last, "" where that is not known or the reader may not
// know. fact and value say to what; fact "" stands for the only thing there is.
func (v *visit) lastWho(action, fact, value string) string {
	list, err := v.in.Audit(v.ctx(), v.act, installation.AuditFilter{Action: action, Limit: 50})
	if err != nil {
		return ""
	}
	for _, e := range list.Items {
		if fact == "" || e.Facts[fact] == value {
			return v.actor(e.Actor)
		}
	}
	return ""
}

// wasFields are what a form carries along of what its reader sees, field by value.
func (v *visit) wasFields(pairs ...string) (fields [][2]string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		fields = append(fields, [2]string{"was_" + pairs[i], v.saw(pairs[i], pairs[i+1])})
	}
	return fields
}

// undoing are the fields of an undo: what it was again, unless somebody has changed
// it once more meanwhile. triples are field, what it was and what it is.
func undoing(triples ...string) (fields [][2]string) {
	for i := 0; i+2 < len(triples); i += 3 {
		fields = append(fields, [2]string{triples[i], triples[i+1]}, [2]string{"was_" + triples[i], triples[i+2]})
	}
	return fields
}

// settingConflict shows a conflict about something of the settings.
func (v *visit) settingConflict(part, path string, x meanwhileView, all []contested) error {
	v.titled("settings", "")
	v.crumbs(v.crumb("nav.settings", "/settings"), page.Link{Text: v.Say(part), Path: path})
	x.Back = path
	return v.meanwhile(x, all)
}
