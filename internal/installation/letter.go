package installation

import (
	"cmp"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/message"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A Letter is one mail. The same message is the same letter whenever it is tried
// and whichever server tries it.
type Letter struct {
	ID       string // what stands before the @ of the Message-ID
	To       string // an address
	Language string
	Subject  string // one line
	Text     string
	HTML     string
	Made     time.Time
}

// letter writes a message in the language of its reader. It returns
// errNoLongerWanted when the reader has left, has no address any more, or does
// not want such mail now.
func (in *Installation) letter(p *parcel) (letter Letter, err error) {
	err = in.view(func(v *store.View) error {
		reader, ok := v.Person(p.Target)
		if !ok || !in.reachedByMail(v, reader, p.occasion, rolesByPerson(v)[p.Target], choiceOf(v)) {
			return errNoLongerWanted
		}
		lang := in.languageOf(v, reader.ID)
		items := in.tidings(v, p.occasion, lang)
		if len(items) == 0 {
			return errNoLongerWanted
		}
		made := timeOf(p.Made)
		if p.Made == 0 {
			made = in.options.Now()
		}
		letter = in.compose(v, reader.Personal.Email, lang, items, linkOf(p.occasion), p.occasion.People)
		letter.ID, letter.Made = p.ID, made
		return nil
	})
	return letter, err
}

// languageOf is the language somebody reads: chosen, else the organisation's.
func (in *Installation) languageOf(v *store.View, person string) string {
	own, _ := v.Preference(person)
	return cmp.Or(own.Language, defaultsOf(v).Language)
}

// tidings are what a message says: one item, or for the daily one about licenses
// that have ended all there are today.
func (in *Installation) tidings(v *store.View, o message.Occasion, lang string) (items []api.AttentionItem) {
	if o.Kind == message.Ended {
		for _, t := range in.troubles(v, BannerAsk{Administrator: true}) {
			if t.Kind == seat.TroubleGrace || t.Kind == seat.TroubleReadOnly {
				items = append(items, attentionItem(v, t, lang))
			}
		}
		return items
	}
	t := o.Trouble
	if !t.On.IsZero() {
		t.Days = today(v, in.clock(v)).DaysUntil(t.On)
	}
	if t.Kind == seat.WaitsNotice {
		e, ok := v.Event(t.Event)
		if !ok {
			return nil
		}
		t.About = eventText(v, e, lang)
	}
	item := attentionItem(v, t, lang)
	if o.People {
		name := issuerName(v.Active(), license.Issuer(t.About))
		item.Title = i18n.Word(lang, "mail.people-title", "Name", name)
		item.Text = i18n.Word(lang, "mail.people-text", "On", t.On)
	}
	return []api.AttentionItem{item}
}

// linkOf is the page on which something can be done about an occasion.
func linkOf(o message.Occasion) string {
	switch {
	case o.People:
		return "/me"
	case o.Kind == message.Pool:
		if n, err := license.ParseName(o.Trouble.About); err == nil {
			return "/licenses/" + url.PathEscape(strings.ToLower(string(n.Issuer))) + "/" + url.PathEscape(string(n.Module))
		}
	case o.Kind == message.Set && o.Trouble.Kind == seat.NewsActivated:
		return "/licenses/history"
	case o.Kind == message.Set:
		return "/licenses/review/" + url.PathEscape(o.Trouble.About)
	case o.Kind == message.Damage:
		return "/status/damage"
	case o.Kind == message.Fetch:
		return "/status"
	case o.Kind == message.Approval:
		return "/users?waiting=true"
	}
	return "/licenses"
}

// address is where a page is found from outside, or "" when nobody has said where
// the server is.
func (in *Installation) address(path string) string {
	if in.options.URL == "" {
		return ""
	}
	return strings.TrimSuffix(in.options.URL, "/") + "/" + in.name + path
}

// compose writes the letter around what it says.
func (in *Installation) compose(v *store.View, to, lang string, items []api.AttentionItem, path string, people bool) Letter {
	company := cmp.Or(v.Info().Company, in.name)
	why := "mail.why"
	if people {
		why = "mail.why-people"
	}
	d := letterData{Language: lang, Items: items, Open: i18n.Word(lang, "mail.open"), Link: in.address(path), Why: i18n.Word(lang, why, "Company", company)}
	l := Letter{To: to, Language: lang, Subject: shorten(oneLine(items[0].Title+" – "+company), 200), Text: d.text()}
	var html strings.Builder
	if err := letterPage.Execute(&html, d); err != nil {
		panic(err) // it is tried with every word in tests, and writes into memory
	}
	l.HTML = html.String()
	return l
}

type letterData struct {
	Language, Open, Link, Why string
	Items                     []api.AttentionItem
}

func (d letterData) text() string {
	var b strings.Builder
	for _, item := range d.Items {
		b.WriteString(oneLine(item.Title) + "\n\n" + item.Text + "\n\n")
	}
	if d.Link != "" {
		b.WriteString(d.Open + ":\n" + d.Link + "\n\n")
	}
	b.WriteString("-- \n" + d.Why + "\n")
	return b.String()
}

// letterPage shows a letter where HTML is read. It loads nothing: no picture tells
// anybody that it was read.
var letterPage = template.Must(template.New("letter").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><title>{{(index .Items 0).Title}}</title></head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em; margin: 1em">
{{range .Items}}<h1 style="font-size: 20px">{{.Title}}</h1>
<p>{{.Text}}</p>
{{end}}{{if .Link}}<p><a href="{{.Link}}">{{.Open}}</a></p>
{{end}}<p style="font-size: 14px; border-top: 1px solid #767676; padding-top: .5em">{{.Why}}</p>
</body></html>
`))
