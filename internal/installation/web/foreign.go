package web

import (
	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

// What issuers and people wrote is shown in another language where it is missing in
// the reader's. Pages say which, so that it is read aloud as what it is. A text in
// the page's own language has "".

// foreign is the language of a license's name.
func (v *visit) foreign(n license.Name) string {
	name, _ := v.in.Languages(n, v.Lang)
	return unless(name, v.Lang)
}

// foreignTooltip is the language of what an issuer says about a license.
func (v *visit) foreignTooltip(n license.Name) string {
	_, tooltip := v.in.Languages(n, v.Lang)
	return unless(tooltip, v.Lang)
}

// foreignEvent is the language of what people wrote of an event.
func (v *visit) foreignEvent(number int64) string {
	if number == 0 {
		return ""
	}
	return unless(v.in.EventLanguage(number, v.Lang), v.Lang)
}

// foreignItem is the language of the text of something that needs attention: what
// people wrote of an event, where that is what it tells.
func (v *visit) foreignItem(item api.AttentionItem) string {
	switch item.Kind {
	case "maintenance", "message":
		return v.foreignEvent(item.Event)
	}
	return ""
}
