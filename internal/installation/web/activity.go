package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/seat"
)

const activityPath = "/settings/activity"

func activityRoutes() []route {
	return []route{
		get(activityPath, api.ScopeRead, showActivity),
		post(activityPath, api.ScopeAdmin, setActivity).showing(),
		get(activityPath+"/off", api.ScopeAdmin, askActivityOff),
		post(activityPath+"/off", api.ScopeAdmin, endActivity).protecting(),
	}
}

// An activityView is whether it is collected when people were active.
type activityView struct {
	api.Activity
	Typed  string // the ground, as it stands in the form
	Admin  bool
	Faults page.Faults
}

func showActivity(v *visit) error { return v.showActivity(nil) }

func (v *visit) showActivity(refused error) error {
	a, err := v.in.Activity(v.ctx(), v.act)
	if err != nil {
		return err
	}
	v.setting("settings.activity", activityPath)
	v.AsOf, v.Command = v.now, "pott activity show"
	x := activityView{Activity: a, Typed: a.Ground, Admin: v.may(api.ScopeAdmin)}
	if refused == nil {
		return v.show(activityPage(v, x))
	}
	x.Typed = v.form("ground")
	return v.refuse(refused, func(f page.Faults) error {
		f[0].Field = "ground"
		x.Faults = f
		return v.show(activityPage(v, x))
	})
}

// setActivity turns it on, or saves its ground.
func setActivity(v *visit) error {
	was, err := v.in.Activity(v.ctx(), v.act)
	if err != nil {
		return err
	}
	on, ground := true, v.form("ground")
	done, err := v.in.PutActivity(v.ctx(), v.seeing(v.act, "collected", "ground"), api.ActivityPatch{Collected: &on, Ground: &ground})
	if changed := new(installation.ChangedMeanwhileError); errors.As(err, &changed) {
		return v.activityConflict(changed.Fields)
	} else if err != nil {
		return v.showActivity(err)
	}
	r := page.Receipt{Links: v.recorded(done.Outcome)}
	switch {
	case !done.Changed && done.Collected:
		r.Title = v.Say("activity.ground-same")
	case !done.Changed: // somebody has turned it off meanwhile
		r.Title = v.Say("activity.off-already")
	case was.Collected:
		r.Title = v.Say("activity.saved")
		r.Undo = &page.Act{Text: v.Say("settings.undo"), Path: activityPath, Fields: undoing("ground", was.Ground, done.Ground)}
	default:
		r.Title = v.Say("activity.turned-on")
		r.Undo = &page.Act{Text: v.Say("settings.undo"), Path: activityPath + "/off"}
	}
	return v.done(activityPath, r)
}

func (v *visit) activityConflict(fields []string) error {
	now, err := v.in.Activity(v.ctx(), v.act)
	if err != nil {
		return err
	}
	x := meanwhileView{What: v.Say("settings.activity"), By: v.lastWho("activity.set", "", ""), Caption: v.Say("settings.activity"), Action: activityPath}
	word := func(text string) string { return v.yes(text == "true") }
	return v.settingConflict("settings.activity", activityPath, x, contestedOf(fields,
		contested{Field: "collected", Label: v.Say("fact.collected"), Yours: "true", Now: yesNo(now.Collected), Say: word},
		contested{Field: "ground", Label: v.Say("activity.ground"), Yours: v.form("ground"), Now: now.Ground}))
}

func askActivityOff(v *visit) error {
	would, err := v.in.PutActivity(v.ctx(), v.dry(), api.ActivityPatch{Collected: new(bool)})
	if err != nil {
		return err
	}
	if !would.Changed {
		return v.goTo(activityPath)
	}
	what := v.Say("activity.off-nobody")
	if would.Erased > 0 {
		what = v.Say("activity.off-what", "N", would.Erased)
	}
	return v.confirm("settings.activity", activityPath, confirmView{What: what, Act: page.Act{Text: v.Say("activity.off-now"), Path: activityPath + "/off"}})
}

func endActivity(v *visit) error {
	done, err := v.in.PutActivity(v.ctx(), v.act, api.ActivityPatch{Collected: new(bool)})
	if err != nil {
		return err
	}
	r := page.Receipt{Title: v.Say("activity.turned-off", "N", done.Erased), Links: v.recorded(done.Outcome)}
	switch {
	case !done.Changed:
		r.Title = v.Say("activity.off-already")
	case done.Erased == 0:
		r.Title = v.Say("activity.off-nobody")
	}
	return v.done(activityPath, r)
}

func yesNo(is bool) string { return strconv.FormatBool(is) }

// An ownActivity is what the reader is shown of when the reader was active, and why
// that is kept.
type ownActivity struct{ When, Ground string }

func (v *visit) keptOfMe() (ownActivity, error) {
	when, err := v.in.LastActive(v.ctx(), v.session.UserID)
	if err != nil || when == "" {
		return ownActivity{}, err
	}
	a, err := v.in.Activity(v.ctx(), v.act)
	return ownActivity{When: string(when), Ground: a.Ground}, err
}

// active says how long ago somebody was active: "" where that is not collected.
func (v *visit) active(word string) string {
	if word == "" {
		return ""
	}
	return v.Say("activity.ago." + word)
}

// idle are what people can be filtered by beside the words of how long ago itself:
// everybody who was not active for so long.
var idle = []string{strings.Join([]string{string(seat.ActiveQuarter), string(seat.ActiveLonger), string(seat.ActiveNever)}, ","),
	strings.Join([]string{string(seat.ActiveLonger), string(seat.ActiveNever)}, ",")}

// activeOptions are what people can be filtered by.
func (v *visit) activeOptions(chosen string) []page.Option {
	options := []page.Option{{Text: v.Say("people.any")}, {Value: idle[0], Text: v.Say("activity.not-30")}, {Value: idle[1], Text: v.Say("activity.not-90")}}
	for _, a := range seat.LastActives {
		options = append(options, page.Option{Value: string(a), Text: v.active(string(a))})
	}
	for i := range options {
		options[i].Chosen = options[i].Value == chosen
	}
	return options
}

// columns are what a list of people can show beside the name, in its order.
func (v *visit) columns() []string {
	if v.in.CollectsActivity() {
		return columns
	}
	return slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == "active" })
}

// withoutActive is where a list leads that asks when people were active, once that is
// not collected any longer: the list of everybody else is not shown for it unasked.
func (v *visit) withoutActive() (path string, leads bool) {
	sort := strings.TrimPrefix(v.query("sort"), "-")
	if v.in.CollectsActivity() || v.query("active") == "" && sort != "active" {
		return "", false
	}
	if sort == "active" {
		return v.with("active", "", "sort", "", "page", "", "select", ""), true
	}
	return v.with("active", "", "page", "", "select", ""), true
}
