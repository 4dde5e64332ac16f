package web

import (
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/printing"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/page"
)

// action says what an entry of the audit trail records: "Plan added" for
// "plan.add". A code there is no word for is shown as it is: the trail may hold
// what a newer version wrote.
func (v *visit) action(code string) string {
	word := strings.ReplaceAll(code, ".", "-")
	if i18n.WordSource("en", "action."+word) == "" {
		return code
	}
	return v.Say("action." + word)
}

// actor is who did something, in words: people by name, tokens and whoever was at the
// server's machine as what they are.
func (v *visit) actor(by string) string {
	return printing.Actor(v.Lang, by, v.in.ActorName(by))
}

// actionOptions are the actions to filter by, in the order of their words. The
// beginning of codes ("plan.") and a code nobody knows can be asked for by
// address, and stand first then.
func (v *visit) actionOptions(chosen string) []page.Option {
	var all []page.Option
	known := chosen == ""
	for _, key := range i18n.WordKeys("en") {
		word, is := strings.CutPrefix(key, "action.")
		if !is {
			continue
		}
		code := strings.Replace(word, "-", ".", 1) // a room is one word
		known = known || code == chosen
		all = append(all, page.Option{Value: code, Text: v.action(code), Chosen: code == chosen})
	}
	locale.Sort(locale.For(v.Lang), all, func(o page.Option) string { return o.Text })
	if !known {
		all = slices.Insert(all, 0, page.Option{Value: chosen, Text: chosen, Chosen: true})
	}
	return slices.Insert(all, 0, page.Option{Text: v.Say("people.any")})
}
