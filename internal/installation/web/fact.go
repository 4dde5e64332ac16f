package web

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
)

// A told is one thing that an entry of the audit trail says, in words.
type told struct {
	Name  string   // "" where only a newer version knows
	Code  string   // what it is called where it is stored
	Was   []figure // before; nil where the entry does not say
	Is    []figure
	Proof bool // a hash or an id: for whoever compares
}

// A figure is a value as the reader expects it.
type figure struct {
	Text string
	Code string // what programs call it, where that says more; "" for none
	Path string // where it has a page of its own; "" for none
	Lang string // of the text where it is not the page's
	Raw  bool   // the text is as it is stored
}

// A fact is how one thing that entries say is read.
type fact struct {
	name  string // as it is stored, without the number of a list
	in    string // the action where it means this, or with a dot behind it all that begin so; "" wherever no other row says otherwise
	word  string // its word is "fact." and this; "" is the name
	read  reading
	proof bool // a hash or an id: only the page of an entry shows it
	moves bool // the value says what was before: "light -> dark"
}

// factTable is everything that entries say, in the order it is read in.
var factTable = slices.Concat(factsOfPeople, factsOfSets, factsOfServers, factsOfMessages)

var factsOfPeople = []fact{
	{name: "plan", read: asLicense},
	{name: "given", read: asLicense},
	{name: "extra", read: asLicense},
	{name: "license", read: asLicense},
	{name: "name", read: asLicense, word: "license"},
	{name: "quantity", read: asNumber},
	{name: "released", read: asLicense},
	{name: "holding", read: asLicense},
	{name: "do", read: asWord("fact.do.", "switch", "remove", "end-login", "give")},
	{name: "profile", read: asProfile},
	{name: "module", read: asLicense, word: "contents"},
	{name: "role", read: asWord("people.role.", "administrator", "user-administrator", "auditor")},
	{name: "number", read: asNumber},
	{name: "kind", read: asWord("people.kind.", "internal", "external", "system", "anonymous", "resource")},
	{name: "login", read: asYesNo},
	{name: "waiting", read: asYesNo},
	{name: "waits", read: asYesNo, word: "waiting"},
	{name: "former", read: asYesNo},
	{name: "personal", read: asChanged},
	{name: "valid_through", read: asDay},
	{name: "database", read: asDatabase},
	{name: "people", read: asNumber},
	{name: "databases", read: asNumber},
	{name: "method", read: asWord("fact.method.", "password", "passkey", "link", "provider", "recovery")},
	{name: "sessions", read: asNumber},
	{name: "credentials", read: asNumber},
	{name: "attempts", read: asNumber},
	{name: "language", read: asLanguage, moves: true},
	{name: "theme", read: asTheme, moves: true},
	{name: "shortcuts", read: asYesNo},
	{name: "shared", read: asYesNo},
	{name: "collected", read: asYesNo},
	{name: "ground", read: asWord("fact.ground.", "given", "changed")},
	{name: "erased", in: "activity.set", read: asNumber, word: "erased-people"},
	{name: "session", read: asIs, proof: true},
	{name: "passkey", read: asIs, proof: true},
	{name: "view", read: asIs, proof: true},
	{name: "link", in: "link.make", read: asIs, proof: true, word: "one-time-link"},
}

var factsOfSets = []fact{
	{name: "set", read: asSet},
	{name: "replaced", read: asSet},
	{name: "instead", read: asSet},
	{name: "to", in: "set.choose", read: asLicense, word: "plan"},
	{name: "start", read: asDay},
	{name: "acknowledged", read: asLicense},
	{name: "how", read: asWord("history.how.", "by-hand", "automatic", "on-day", "roll-back")},
	{name: "agreed_by", read: asActor},
	{name: "again", read: asWord("fact.again.", "withdrawn")},
	{name: "why", read: asProblem},
	{name: "restored", read: asNumber},
	{name: "not_restored", read: asNumber},
	{name: "activation", read: asWord("settings.policy-", "automatic", "ask")},
	{name: "issuer", read: asIssuer},
	{name: "issuer", in: "provider.put", read: asIs, word: "address"},
	{name: "status", read: asWord("fact.status.", "ok", "new-set", "new-company-name", "new-serial", "message", "message-and-address", "activated", "problem", "unknown-error")},
	{name: "error", read: asProblem},
	{name: "refused", in: "set.fetch", read: asWord("fact.refused.", "unknown-code", "code-used", "code-expired", "not-registered", "replaced", "replayed", "nothing-issued")},
	{name: "kind", in: "set.report", read: asAsked, word: "asked"},
	{name: "kind", in: "installation.request", read: asAsked, word: "asked"},
	{name: "serial", read: asIs},
	{name: "was", in: "owner.change", read: asIs, word: "serial"},
	{name: "company", read: asIs},
	{name: "company_was", read: asIs, word: "company"},
	{name: "demo", read: asYesNo},
	{name: "revocations", read: asNumber},
	{name: "checkpoint", read: asIs, proof: true},
	{name: "accepted", read: asIs, proof: true},
	{name: "refused", read: asIs, proof: true, word: "not-accepted"},
	{name: "file", read: asIs, proof: true},
	{name: "hash", read: asIs, proof: true},
	{name: "request", read: asIs, proof: true},
}

var factsOfServers = []fact{
	{name: "name", in: "installation.create", read: asIs, word: "installation"},
	{name: "reason", read: asIs},
	{name: "administrator", read: asIs},
	{name: "as", read: asWord("fact.as.", "test")},
	{name: "from", read: asIs},
	{name: "to", read: asIs},
	{name: "from", in: "audit.export", read: asNumber},
	{name: "to", in: "audit.export", read: asNumber},
	{name: "from", in: "clock.confirm", read: asTeller, word: "teller"},
	{name: "was", read: asMoment},
	{name: "time", read: asMoment},
	{name: "wall", read: asMoment},
	{name: "until", read: asMoment},
	{name: "compromised", read: asYesNo},
	{name: "token", read: asToken},
	{name: "scopes", read: asScopes},
	{name: "expires", read: asDay},
	{name: "provider", read: asIs},
	{name: "match", read: asWord("settings.match-", "user-id", "email")},
	{name: "claim", read: asIs},
	{name: "host", read: asIs},
	{name: "timeout_ms", read: asNumber},
	{name: "unreachable", read: asWord("settings.unreachable-", "warn", "block")},
	{name: "kind", in: "job.", read: asJobKind, word: "job-kind"},
	{name: "act", read: asJobAct},
	{name: "file", in: "job.start", read: asIs, word: "list"},
	{name: "rows", read: asNumber},
	{name: "changed", read: asNumber},
	{name: "state", read: asWord("bulk.state.", "draft", "running", "done", "cancelled", "failed", "interrupted")},
	{name: "whole", read: asYesNo},
	{name: "undoes", read: asJob},
	{name: "job", read: asJob},
	{name: "bytes", read: asNumber},
	{name: "table", read: asIs},
	{name: "key", in: "repair.", read: asIs, word: "record"},
	{name: "what", read: asBreak},
	{name: "counts", read: asCounts},
	{name: "incident", read: asIs},
	{name: "installations", read: asNumber},
	{name: "gap", read: asNumber},
	{name: "backup_seq", read: asNumber},
	{name: "highest_seq", read: asNumber},
	{name: "from_seq", read: asNumber},
	{name: "seq", read: asNumber},
	{name: "place", read: asIs, proof: true},
	{name: "id", read: asIs, proof: true},
	{name: "key", read: asIs, proof: true},
	{name: "archive", read: asIs, proof: true},
	{name: "epoch", read: asIs, proof: true},
	{name: "link", read: asIs, proof: true},
	{name: "from_epoch", read: asIs, proof: true},
	{name: "from_link", read: asIs, proof: true},
	{name: "backup_epoch", read: asIs, proof: true},
	{name: "backup_link", read: asIs, proof: true},
	{name: "highest_epoch", read: asIs, proof: true},
	{name: "highest_link", read: asIs, proof: true},
}

var factsOfMessages = []fact{
	{name: "type", read: asEventType},
	{name: "code", read: asNotice},
	{name: "number", in: "event.", read: asEvent, word: "notification"},
	{name: "from", in: "event.change", read: asChanged, word: "begins"},
	{name: "expected", read: asChanged},
	{name: "audience", read: asChanged},
	{name: "texts", read: asChanged},
	{name: "progress", read: asChanged},
	{name: "emergency", read: asYesNo},
	{name: "kind", in: "message.", read: asMessage, word: "occasion"},
	{name: "event", read: asMessage, word: "occasion"},
	{name: "off", read: asMessages},
	{name: "about", read: asAbout},
	{name: "level", read: asNumber},
	{name: "reader", read: asReader},
	{name: "on", read: asYesNo},
	{name: "channel", read: asWord("fact.channel.", "mail", "webhook")},
	{name: "messages", read: asNumber},
	{name: "tries", read: asNumber},
	{name: "webhook", read: asIs, proof: true},
	{name: "hook", read: asIs, proof: true, word: "webhook"},
	{name: "message", read: asIs, proof: true},
	{name: "item", read: asIs, proof: true},
}

// befores are facts that say what another fact of the same entry was before it.
var befores = []struct{ action, was, is string }{
	{"plan.set", "released", "plan"},
	{"plan.set", "released", "given"},
	{"set.activate", "replaced", "set"},
	{"set.auto-activate", "replaced", "set"},
	{"set.roll-back", "instead", "set"},
	{"owner.change", "was", "serial"},
	{"owner.change", "company_was", "company"},
	{"clock.confirm", "was", "time"},
	{"seal.rotate", "from", "to"},
	{"schema.upgrade", "from", "to"},
	{"server.move", "from", "to"},
}

// factOf says how a fact of an action is read; nil where only a newer version
// knows. Of two rows that fit, the one of the action wins.
func factOf(action, name string) *fact {
	var otherwise *fact
	for i := range factTable {
		switch f := &factTable[i]; {
		case f.name != name:
		case f.in != "" && (f.in == action || strings.HasSuffix(f.in, ".") && strings.HasPrefix(action, f.in)):
			return f
		case f.in == "":
			otherwise = f
		}
	}
	return otherwise
}

// listed is what is one of several: "released_2".
var listed = regexp.MustCompile(`^([a-z_]*[a-z])_([0-9]+)$`)

// ofList takes the number off what is one of several, which is 1 for the first.
func ofList(key string) (name string, n int) {
	if m := listed.FindStringSubmatch(key); m != nil {
		n, _ = strconv.Atoi(m[2])
		return m[1], n
	}
	return key, 1
}

// tells is what an entry says in words: what is of one kind together, in the order
// of factTable, and what nobody knows last.
func (v *visit) tells(e api.AuditEntry) []told {
	stored := map[string][]string{}
	keys := slices.SortedFunc(maps.Keys(e.Facts), func(x, y string) int {
		xName, xn := ofList(x)
		yName, yn := ofList(y)
		return cmp.Or(cmp.Compare(xName, yName), cmp.Compare(xn, yn))
	})
	for _, key := range keys {
		if name, _ := ofList(key); e.Facts[key] != "" {
			stored[name] = append(stored[name], e.Facts[key])
		}
	}
	before := beforesOf(e.Action, stored)
	var all []told
	for _, name := range inOrder(e.Action, stored) {
		if _, beside := before[name]; beside {
			continue
		}
		t := v.telling(e.Action, name, stored[name])
		for was, of := range before {
			if of == name {
				t.Was = v.telling(e.Action, was, stored[was]).Is
			}
		}
		all = append(all, v.reachable(e, t))
	}
	return all
}

// reachable takes away links to jobs that are forgotten by now.
func (v *visit) reachable(e api.AuditEntry, t told) told {
	for i := range t.Is {
		if f := &t.Is[i]; strings.HasPrefix(f.Path, jobsPath) && v.now.Sub(e.At) > installation.JobsKept {
			f.Path = ""
		}
	}
	return t
}

// beforesOf are the facts of an entry that say what another was before, and which.
func beforesOf(action string, stored map[string][]string) map[string]string {
	found := map[string]string{}
	for _, b := range befores {
		if b.action == action && stored[b.was] != nil && stored[b.is] != nil && found[b.was] == "" {
			found[b.was] = b.is
		}
	}
	return found
}

// inOrder are the names of facts as they are read.
func inOrder(action string, stored map[string][]string) []string {
	place := func(name string) int {
		f := factOf(action, name)
		return slices.IndexFunc(factTable, func(x fact) bool { return f != nil && x.name == f.name && x.in == f.in })
	}
	return slices.SortedFunc(maps.Keys(stored), func(x, y string) int {
		px, py := place(x), place(y)
		if (px < 0) != (py < 0) {
			return cmp.Compare(py, px) // what nobody knows comes last
		}
		return cmp.Or(cmp.Compare(px, py), cmp.Compare(x, y))
	})
}

// telling is one fact in words.
func (v *visit) telling(action, name string, stored []string) told {
	f := factOf(action, name)
	if f == nil {
		return told{Code: name, Is: []figure{{Text: strings.Join(stored, ", "), Raw: true}}}
	}
	t := told{Name: v.Say("fact." + f.key()), Code: name, Proof: f.proof}
	for _, text := range stored {
		was, is, moved := strings.Cut(text, " -> ")
		if !moved || !f.moves {
			was, is = "", text
		}
		if moved && f.moves {
			t.Was = append(t.Was, f.read(v, was)...)
		}
		t.Is = append(t.Is, f.read(v, is)...)
	}
	return t
}

// key is what the word of a fact ends with.
func (f fact) key() string { return cmp.Or(f.word, strings.ReplaceAll(f.name, "_", "-")) }

// summary is what an entry says in one line. Hashes and ids are left to its page.
func (v *visit) summary(e api.AuditEntry) string {
	var parts []string
	for _, t := range v.tells(e) {
		if t.Proof {
			continue
		}
		text := figuresText(t.Is)
		if t.Was != nil {
			text = figuresText(t.Was) + " → " + text
		}
		parts = append(parts, cmp.Or(t.Name, t.Code)+": "+text)
	}
	return strings.Join(parts, " · ")
}

func figuresText(all []figure) string {
	var texts []string
	for _, f := range all {
		texts = append(texts, f.Text)
	}
	return strings.Join(texts, ", ")
}
