package installation

import (
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// A Somebody is a person as others know them.
type Somebody struct {
	Name   string // the name, or else the user id
	UserID string
	Number int64
}

// Called says who an opaque id of a record stands for. ok is false for nobody, and
// for somebody whose values were erased.
func (in *Installation) Called(id string) (who Somebody, ok bool) {
	_ = in.view(func(v *store.View) error { // a view of what is there fails for nobody
		var p store.Person
		if p, ok = v.Person(id); ok {
			ok = p.Erased == 0
			who = Somebody{Name: actorName(v, "person "+id), UserID: p.Personal.UserID, Number: p.Number}
		}
		return nil
	})
	return who, ok
}

// DatabaseName returns what people call a database, or "" where there is none of
// that number, or no longer.
func (in *Installation) DatabaseName(number int64) (name string) {
	_ = in.view(func(v *store.View) error {
		if d, ok := v.Database(number); ok {
			name = d.Name
		}
		return nil
	})
	return name
}

// Languages returns the languages that the name and the tooltip of a license in
// force are in when they are asked for in one: that language, English where it
// stands in, "" where there is no text or no such license.
func (in *Installation) Languages(n license.Name, lang string) (name, tooltip string) {
	l := in.now.Load().index.Active().License(n)
	if l == nil {
		return "", ""
	}
	return l.Names.Language(lang), l.Tooltips.Language(lang)
}

// EventLanguage returns the language of what people wrote of an event, when that is
// asked for in one; "" where the server tells it in its own words.
func (in *Installation) EventLanguage(number int64, lang string) (language string) {
	_ = in.view(func(v *store.View) error {
		if e, ok := v.Event(number); ok {
			language = eventLanguage(v, e, lang)
		}
		return nil
	})
	return language
}

// MessageLanguage returns the language of the message that the license server of an
// issuer sent last, when that is asked for in one; "" where there is none.
func (in *Installation) MessageLanguage(issuer, lang string) (language string) {
	_ = in.view(func(v *store.View) error {
		if a, ok := v.Authority(license.Issuer(issuer)); ok {
			language = messageLanguage(a.Messages, lang)
		}
		return nil
	})
	return language
}
