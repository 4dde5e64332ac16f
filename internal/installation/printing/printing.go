// Package printing says what stands on the papers of an installation: the license
// report and the record of an activation. A page and a PDF are made of the same
// document, so that they say the same.
package printing

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/paper"
	"github.com/pott-dev/pott/license"
)

// A Reader is for whom something is printed.
type Reader struct {
	Lang string
	Name string // as people know the reader
}

// A printer writes words and values for a reader, in the zone of an installation.
type printer struct {
	Reader
	zone   *time.Location
	custom *locale.Locale
}

func printerFor(r Reader, in api.Installation) *printer {
	zone, err := time.LoadLocation(in.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return &printer{Reader: r, zone: zone, custom: locale.For(r.Lang)}
}

// Say returns a word of the reader's language.
func (p *printer) Say(key string, facts ...any) string { return i18n.Word(p.Lang, key, facts...) }

func (p *printer) text(text string) paper.Value {
	if text == "" {
		return dash
	}
	return paper.Value{Text: text}
}

// dash stands where there is nothing to say.
var dash = paper.Value{Text: "–"}

// none stands where there is no number.
func (p *printer) none() paper.Value {
	return paper.Value{Text: p.Say("licenses.nothing"), None: true}
}

func (p *printer) number(n int64) paper.Value { return paper.Value{Text: p.custom.Number(n)} }

// moment is a time to the minute; of none, there is no value.
func (p *printer) moment(t time.Time) paper.Value {
	if t.IsZero() {
		return dash
	}
	return paper.Value{Text: p.custom.Moment(t.In(p.zone)), At: t}
}

func (p *printer) code(text string) paper.Value {
	if text == "" {
		return dash
	}
	return paper.Value{Text: text, Code: true}
}

func (p *printer) codes(texts []string) (all []paper.Value) {
	for _, t := range texts {
		all = append(all, p.code(t))
	}
	if len(all) == 0 {
		all = append(all, p.none())
	}
	return all
}

func state(m page.Mark) paper.Value { return paper.Value{Text: m.Text, Kind: m.Kind} }

// document is a document with what all of them have.
func (p *printer) document(title string, in api.Installation, made time.Time) paper.Document {
	owner := in.Company
	if owner == "" {
		owner = in.Name
	}
	foot := owner
	if in.Serial != "" {
		foot += " · " + in.Serial
	}
	return paper.Document{
		Lang: p.Lang, Title: title, Author: owner, Made: made, Foot: foot + " · " + title + " · " + p.custom.Moment(made.In(p.zone)),
		Page:    func(n, of int) string { return p.Say("report.page", "N", n, "Of", of) },
		Lacking: p.Say("report.lacking"),
	}
}

// Validity says until when a set is valid, and how long that is.
func Validity(lang string, s *api.SetStatus) page.Mark {
	kind := map[string]string{"ok": "ok", "warning": "warn", "grace": "warn", "read-only": "crit", api.OutOfForce: "crit"}[s.State]
	days := 0
	if s.DaysLeft != nil {
		days = *s.DaysLeft
	}
	if s.Expiry.IsZero() {
		return page.Mark{Kind: kind, Text: i18n.Word(lang, "licenses.no-end")}
	}
	return page.Mark{Kind: kind, Text: i18n.Word(lang, "licenses.until", "On", s.Expiry, "Days", days)}
}

// PoolMark says how full a license is.
func PoolMark(lang string, l api.License) page.Mark {
	if l.OutOfForce != nil || l.Withheld != nil {
		return WithheldMark(lang, l.Withheld)
	}
	kind := map[string]string{api.PoolOver: "crit", api.PoolFull: "warn", api.PoolNearly: "warn", api.PoolOn: "ok"}[l.State]
	mark := page.Mark{Kind: kind, Text: i18n.Word(lang, "licenses.state."+l.State, "N", l.Free, "Over", l.Over)}
	if l.Damaged {
		mark = page.Mark{Kind: "crit", Text: i18n.Word(lang, "licenses.damaged", "State", mark.Text)}
	}
	return mark
}

// WithheldMark says in a few words why nothing can be given, and since when.
func WithheldMark(lang string, w *api.Withheld) page.Mark {
	switch {
	case w == nil || w.Code != "license.read-only":
		return page.Mark{Kind: "crit", Text: i18n.Word(lang, "licenses.not-valid")}
	case w.SignIn:
		return page.Mark{Kind: "warn", Text: i18n.Word(lang, "licenses.sign-in-only", "Since", w.Since)}
	}
	return page.Mark{Kind: "crit", Text: i18n.Word(lang, "licenses.read-only", "Since", w.Since)}
}

// IntegrityMark is an answer as a state: what cannot be checked is grey.
func IntegrityMark(lang, state string) page.Mark {
	switch state {
	case "intact":
		return page.Mark{Kind: "ok", Text: i18n.Word(lang, "status.intact")}
	case "broken":
		return page.Mark{Kind: "crit", Text: i18n.Word(lang, "status.broken")}
	}
	return page.Mark{Kind: "off", Text: i18n.Word(lang, "status.cannot")}
}

// Actor is who did something, in words. by is what records say, name what people
// call whoever that is.
func Actor(lang, by, name string) string {
	kind, id, _ := strings.Cut(by, " ")
	switch kind {
	case "token":
		return i18n.Word(lang, "audit.kind-token") + " " + strings.TrimPrefix(name, "token ")
	case "host":
		return strings.TrimSpace(i18n.Word(lang, "audit.kind-host") + " " + id)
	case "system":
		return i18n.Word(lang, "audit.kind-system")
	}
	return name
}

// licensePath is where the page of a license is.
func licensePath(n license.Name) string {
	return "/licenses/" + url.PathEscape(string(n.Issuer)) + "/" + url.PathEscape(string(n.Module))
}

// figure is a number that was written for programs, as the reader writes it.
func (p *printer) figure(text string) paper.Value {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return p.text(text)
	}
	return p.number(n)
}
