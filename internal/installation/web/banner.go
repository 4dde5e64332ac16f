package web

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

func bannerRoutes() []route {
	return []route{post("/snooze", member, snooze).whatever(), post("/fold", member, fold).whatever()}
}

// banner puts what is most wrong on top of the page.
func (v *visit) banner() {
	ask := v.told()
	ask.Page, ask.Reader, ask.Hidden = bannerPage(v.Path), v.bannerReader(), v.snoozed()
	b, err := v.in.Banner(ask)
	if err != nil || b == nil || v.session == nil && b.Event == 0 {
		return
	}
	v.Banner = v.bannerOf(b, ask.Reader == seat.Staff)
}

func (v *visit) bannerReader() seat.BannerReader {
	if v.may(api.ScopeRead) {
		return seat.Staff
	}
	return seat.AnyReader
}

// reads is who reads the page, as records know it.
func (v *visit) reads() string {
	if v.session == nil {
		return ""
	}
	return v.act.By.String()
}

func bannerPage(path string) seat.BannerPage {
	switch {
	case path == "/":
		return seat.HomePage
	case len(path) >= 9 && path[:9] == "/licenses":
		return seat.LicensePage
	}
	return seat.OtherPage
}

// overPath is where everybody stands who has a license.
func overPath(name string) string {
	if n, err := license.ParseName(name); err == nil {
		return licensePath(n) + "#holders"
	}
	return "/licenses"
}

func (v *visit) bannerOf(b *installation.Banner, staff bool) *page.Banner {
	out := &page.Banner{Kind: "crit"}
	day := b.On.Midnight(time.UTC)
	link := func(text, path, scope string) {
		if v.may(scope) {
			out.Links = append(out.Links, page.Link{Text: text, Path: path})
		}
	}
	load := func() { link(v.Say("banner.load"), "/licenses/import", api.ScopeActivate) }
	switch b.Kind {
	case seat.TroubleRolledBack:
		out.Title, out.Text = v.Say("banner.rolled-back"), v.Say("banner.rolled-back-says")
		link(v.Say("banner.details"), "/status", api.ScopeRead)
	case seat.TroubleTampered:
		out.Title, out.Text = v.Say("banner.tampered", "N", b.Count), v.Say("banner.tampered-says")
		link(v.Say("banner.decide"), "/status/damage", api.ScopeRead)
	case seat.TroubleUnchecked:
		out.Title, out.Text = v.Say("banner.unchecked"), v.Say("banner.unchecked-says")
		link(v.Say("banner.details"), "/status", api.ScopeRead)
	case seat.TroubleSuspended:
		out.Title, out.Text = v.Say("banner.suspended"), b.Text
	case seat.TroubleReadOnly:
		out.Title, out.Text = v.Say("banner.read-only", "Day", b.On.Add(1), "Name", b.Issuer), v.Say("banner.read-only-user", "Names", v.in.WhoMay(api.ScopeActivate))
		if staff {
			out.Text = v.Say("banner.read-only-says")
		}
		load()
	case seat.TroubleGrace:
		out.Kind, out.Title, out.Text = "warn", v.Say("banner.grace", "Day", day, "Ended", b.Ended, "Name", b.Issuer), v.Say("banner.grace-says")
		load()
	case seat.TroubleOver:
		out.Kind, out.Title = "warn", v.Say("banner.over", "Name", b.Name, "N", b.Count)
		link(v.Say("banner.see-who"), overPath(b.About), api.ScopeRead)
	case seat.TroubleExpires:
		out.Kind, out.Title = "warn", v.Say("banner.expires", "Day", day, "N", b.Days, "Name", b.Issuer)
		load()
	case seat.TroubleOverdue:
		out.Kind, out.Title, out.Text = "warn", v.Say("banner.overdue"), b.Text
		link(v.Say("banner.end-it"), eventPath(api.Event{Number: b.Event}), api.ScopeRead)
	case seat.TroubleNoSignIn:
		out.Kind, out.Title, out.Text = "info", v.Say("banner.no-login"), b.Text
		out.Now, out.Until = v.now, b.Until
	case seat.TroubleMaintenance:
		out.Kind, out.Title, out.Text = "info", v.Say("banner.maintenance"), b.Text
	default:
		out.Kind, out.Title, out.Text = "info", v.Say("banner.message"), b.Text
	}
	if !b.Until.IsZero() {
		out.Rest = v.Say("banner.until", "At", v.In(b.Until))
	}
	if out.Text == b.Text && b.Event != 0 {
		out.Lang = v.foreignEvent(b.Event)
	}
	if b.Collapsible && v.session != nil {
		out.Folded = v.hidden()[installation.FoldOf(b.Item())] > 0
		word := "banner.fold"
		if out.Folded {
			word = "banner.unfold"
		}
		out.Fold = &page.Act{Text: v.Say(word), Path: "/fold", Fields: [][2]string{{"item", b.Item()}, {"to", v.with()}}}
	}
	if days := b.Snooze(); days > 0 && v.session != nil {
		out.Snooze = &page.Act{Text: v.Say("banner.snooze", "N", days), Path: "/snooze",
			Fields: [][2]string{{"item", b.Item()}, {"to", v.with()}}}
	}
	return out
}

// snoozeCookie keeps in the browser what the reader does not want to see for a while
// where it could not be stored: items, and until when. It decides nothing but what is
// shown.
const snoozeCookie = "pott_snooze"

// hidden is what the reader does not want to see now, by item: until when.
func (v *visit) hidden() map[string]int64 {
	if v.hides != nil {
		return v.hides
	}
	v.hides = v.hiddenHere()
	if v.session != nil {
		for item, until := range v.in.Snoozed(v.session, v.now) {
			v.hides[item] = until.Unix()
		}
	}
	return v.hides
}

// hiddenHere is what is hidden in this browser alone.
func (v *visit) hiddenHere() map[string]int64 {
	text, _ := url.QueryUnescape(v.cookie(snoozeCookie))
	items := map[string]int64{}
	if json.Unmarshal([]byte(text), &items) != nil {
		return map[string]int64{}
	}
	for item, until := range items {
		if until <= v.now.Unix() {
			delete(items, item)
		}
	}
	return items
}

func (v *visit) snoozed() func(item string) bool {
	items := v.hidden()
	return func(item string) bool { return items[item] > 0 }
}

// told is what the reader could be told of first.
func (v *visit) told() installation.BannerAsk {
	return installation.BannerAsk{Language: v.Lang, Kind: license.Internal, Administrator: v.may(api.ScopeAdmin), Reads: v.reads()}
}

// snooze hides what a page tells of first, for as long as the rule allows.
func snooze(v *visit) error {
	to, _ := here(v.form("to"))
	if v.in.Snooze(v.ctx(), v.session, v.told(), v.form("item")) == nil {
		return v.goTo(to)
	}
	items := v.hiddenHere()
	troubles, err := v.in.Troubles(v.told())
	if err != nil {
		return err
	}
	for _, t := range troubles {
		if days := t.Snooze(); days > 0 && t.Item() == v.form("item") && len(items) < 20 {
			items[t.Item()] = v.now.AddDate(0, 0, days).Unix()
		}
	}
	return v.hideHere(items, to)
}

// fold folds a banner that cannot be hidden to one line for a while, or opens it
// again.
func fold(v *visit) error {
	to, _ := here(v.form("to"))
	items, key := v.hiddenHere(), installation.FoldOf(v.form("item"))
	if items[key] == 0 && v.in.Fold(v.ctx(), v.session, v.told(), v.form("item")) == nil {
		return v.goTo(to)
	}
	if items[key] > 0 {
		delete(items, key)
		return v.hideHere(items, to)
	}
	troubles, err := v.in.Troubles(v.told())
	if err != nil {
		return err
	}
	for _, t := range troubles {
		if t.Folds() && t.Item() == v.form("item") && len(items) < 20 {
			items[key] = v.now.AddDate(0, 0, seat.FoldDays).Unix()
		}
	}
	return v.hideHere(items, to)
}

// hideHere keeps in the browser what could not be stored, and leads back.
func (v *visit) hideHere(items map[string]int64, to string) error {
	text, err := json.Marshal(items)
	if err != nil {
		return err
	}
	v.setCookie(snoozeCookie, url.QueryEscape(string(text)), 8*24*time.Hour)
	return v.goTo(to)
}
