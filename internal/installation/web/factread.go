package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

// A reading is how values of one kind are read. What cannot be read is shown as it
// is stored: the trail may hold what a newer version wrote.
type reading func(v *visit, stored string) []figure

// asIs are people's own words, and codes that are the same for everybody.
func asIs(_ *visit, stored string) []figure { return []figure{{Text: stored, Raw: true}} }

func one(text string) []figure { return []figure{{Text: text}} }

func asNumber(v *visit, stored string) []figure {
	n, err := strconv.ParseInt(stored, 10, 64)
	if err != nil {
		return asIs(v, stored)
	}
	return one(v.Number(n))
}

func asYesNo(v *visit, stored string) []figure {
	switch stored {
	case "true", "yes":
		return one(v.yes(true))
	case "false", "no":
		return one(v.yes(false))
	}
	return asIs(v, stored)
}

// asChanged are values that the trail is not to keep: only that they are other ones.
func asChanged(v *visit, stored string) []figure {
	if stored != "changed" {
		return asIs(v, stored)
	}
	return one(v.Say("fact.is-changed"))
}

func asDay(v *visit, stored string) []figure {
	d, err := license.ParseDate(stored)
	if err != nil {
		return asIs(v, stored)
	}
	return one(v.day(d))
}

func asMoment(v *visit, stored string) []figure {
	t, err := time.Parse(time.RFC3339, stored)
	if err != nil {
		return asIs(v, stored)
	}
	return one(v.Time(t))
}

// asLicense is what people call a license, with its code beside it.
func asLicense(v *visit, stored string) []figure {
	n, err := license.ParseName(stored)
	if err != nil {
		return asIs(v, stored)
	}
	name := v.in.DisplayName(stored, v.Lang)
	if name == "" {
		return asIs(v, stored)
	}
	return []figure{{Text: name, Code: n.String(), Path: licensePath(n), Lang: v.foreign(n)}}
}

func asSet(_ *visit, stored string) []figure {
	return []figure{{Text: stored, Path: "/licenses/history", Raw: true}}
}

func asIssuer(v *visit, stored string) []figure {
	return []figure{{Text: v.in.IssuerName(stored), Raw: true}}
}

func asProfile(v *visit, stored string) []figure {
	name := v.profileName(stored)
	return []figure{{Text: name, Code: unless(stored, name), Raw: true}}
}

// unless is a code, where it does not only repeat the text it stands beside.
func unless(code, text string) string {
	if code == text {
		return ""
	}
	return code
}

func asDatabase(v *visit, stored string) []figure {
	n, err := strconv.ParseInt(stored, 10, 64)
	if err != nil {
		return asIs(v, stored)
	}
	name := v.in.DatabaseName(n)
	return []figure{{Text: cmp.Or(name, "#"+stored), Path: "/status/databases", Raw: true}}
}

func asToken(v *visit, stored string) []figure {
	name, found := strings.CutPrefix(v.in.ActorName("token "+stored), "token ")
	if !found || name == stored {
		return asIs(v, stored)
	}
	return []figure{{Text: name, Code: stored, Raw: true}}
}

func asActor(v *visit, stored string) []figure {
	d := v.doer(stored)
	return []figure{{Text: d.Name, Path: d.Path, Raw: d.Own}}
}

// asTeller is who said what time it is.
func asTeller(v *visit, stored string) []figure {
	if stored == "host" {
		return one(v.Say("audit.kind-host"))
	}
	return asIssuer(v, stored)
}

// asWord are the words of a list that is known here.
func asWord(room string, known ...string) reading {
	return func(v *visit, stored string) []figure {
		if !slices.Contains(known, stored) {
			return asIs(v, stored)
		}
		return one(i18n.Word(v.Lang, room+stored))
	}
}

func asLanguage(v *visit, stored string) []figure {
	if stored == "" {
		return one(v.Say("me.language-browser"))
	}
	for _, l := range page.Languages {
		if l.Code == stored {
			return []figure{{Text: l.Name, Lang: l.Code}}
		}
	}
	return asIs(v, stored)
}

func asTheme(v *visit, stored string) []figure {
	return asWord("me.theme-", "system", "light", "dark", "contrast")(v, cmp.Or(stored, "system"))
}

func asScopes(v *visit, stored string) []figure {
	var all []figure
	for scope := range strings.FieldsSeq(stored) {
		all = append(all, asWord("settings.scope-", "check", "read", "assign", "activate", "admin")(v, scope)...)
	}
	return all
}

// asProblem is the reason of a refusal, as its page would say it.
func asProblem(v *visit, stored string) []figure {
	if text, ok := i18n.Sentence(v.Lang, stored, nil); ok && !strings.Contains(text.Title, "{{") {
		return []figure{{Text: text.Title, Code: stored}}
	}
	return asIs(v, stored)
}

func asNotice(v *visit, stored string) []figure {
	text, ok := i18n.Sentence(v.Lang, "note.event."+stored, nil)
	if !ok {
		return asIs(v, stored)
	}
	return one(text.Title)
}

func asEventType(v *visit, stored string) []figure { return one(v.eventType(stored)) }

func asEvent(v *visit, stored string) []figure {
	return []figure{{Text: "#" + stored, Path: "/status/events/" + escape(stored)}}
}

// asAsked is what a license server was asked, or told.
func asAsked(v *visit, stored string) []figure {
	return asWord("fact.asked.", "register", "ping", "fetch", "accepted", "rolled-back", "change")(v, stored)
}

func asMessage(v *visit, stored string) []figure {
	return asWord("message.kind-", "pool", "set", "expiry", "ended", "damage", "fetch", "approval")(v, stored)
}

func asMessages(v *visit, stored string) []figure {
	var all []figure
	for kind := range strings.FieldsSeq(stored) {
		all = append(all, asMessage(v, kind)...)
	}
	return all
}

func asReader(v *visit, stored string) []figure {
	switch stored {
	case "everybody":
		return one(v.Say("message.everybody"))
	case "webhook":
		return one(v.Say("message.webhook"))
	}
	return asWord("people.role.", "administrator", "user-administrator", "auditor")(v, stored)
}

// asAbout is what a message or notification tells of: a license, an issuer, a set.
func asAbout(v *visit, stored string) []figure {
	if f := asLicense(v, stored); f[0].Code != "" {
		return f
	}
	return asIssuer(v, stored)
}

func asJobKind(v *visit, stored string) []figure {
	if stored == "audit" {
		return one(v.Say("audit.verify-title"))
	}
	return asWord("bulk.job-", "import", "change", "undo")(v, stored)
}

// asJobAct is what a job does: one thing to many people, or what rows of a list mean.
func asJobAct(v *visit, stored string) []figure {
	if f := asWord("bulk.act.", "give", "switch", "remove", "give-login", "end-login", "retire", "approve", "refuse")(v, stored); !f[0].Raw {
		return f
	}
	return asWord("bulk.mode.", "add", "replace")(v, stored)
}

// jobsPath is what paths of jobs begin with.
const jobsPath = "/users/bulk/jobs/"

func asJob(_ *visit, stored string) []figure {
	return []figure{{Text: stored, Path: jobsPath + escape(stored), Raw: true}}
}

func asBreak(v *visit, stored string) []figure {
	text := v.breakText(stored)
	return []figure{{Text: text, Raw: text == stored}}
}

// asCounts are seats that a repair has counted anew: "acme.sales 3 -> 4, …".
func asCounts(v *visit, stored string) []figure {
	var all []figure
	for part := range strings.SplitSeq(stored, ", ") {
		name, numbers, ok := strings.Cut(part, " ")
		was, is, both := strings.Cut(numbers, " -> ")
		if !ok || !both {
			return asIs(v, stored)
		}
		f := asLicense(v, name)[0]
		f.Text += " " + figuresText(asNumber(v, was)) + " → " + figuresText(asNumber(v, is))
		all = append(all, f)
	}
	return all
}
