package web

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
)

// stored is an entry as it is stored, which is what hashes are made of.
func stored(e api.AuditEntry) string {
	facts := maps.Clone(e.Facts)
	if facts == nil {
		facts = map[string]string{}
	}
	for key, value := range map[string]string{audit.FactDoor: e.Door, audit.FactRequest: e.Request} {
		if value != "" {
			facts[key] = value
		}
	}
	lines := []string{"actor=" + e.Actor, "action=" + e.Action, "subject=" + e.Subject}
	for _, k := range slices.Sorted(maps.Keys(facts)) {
		lines = append(lines, k+"="+facts[k])
	}
	return strings.Join(lines, "\n")
}

// kindOf is what sort of actor did something, in the words of the API.
func kindOf(e api.AuditEntry) string {
	kind, _, _ := strings.Cut(e.Actor, " ")
	return kind
}

// kind says what sort of actor did something.
func (v *visit) kind(e api.AuditEntry) string {
	switch kindOf(e) {
	case "person":
		return v.Say("audit.kind-person")
	case "token":
		return v.Say("audit.kind-token")
	case "host":
		return v.Say("audit.kind-host")
	}
	return v.Say("audit.kind-system")
}

// cameBy says through what something came; what only a newer version knows is said as
// it is stored.
func (v *visit) cameBy(e api.AuditEntry) string {
	if e.Door == "" {
		return v.Say("audit.door-none")
	}
	if !slices.Contains(audit.Doors, audit.Door(e.Door)) {
		return e.Door
	}
	return v.Say("audit.door-" + e.Door)
}

// under is what stands below who did something: what programs call them, or what
// sort of actor it is, and through what it came.
func (v *visit) under(e api.AuditEntry, who doer) string {
	parts := []string{cmp.Or(who.Code, v.kind(e))}
	if e.Door != "" && v.cameBy(e) != parts[0] {
		parts = append(parts, v.cameBy(e))
	}
	return strings.Join(parts, " · ")
}

// doorOptions are the doors one can choose among; the last is where it is not on
// record.
func (v *visit) doorOptions(chosen string) []page.Option {
	options := []page.Option{{Text: v.Say("people.any")}}
	for _, d := range append(slices.Clone(audit.Doors), audit.NoDoor) {
		options = append(options, page.Option{Value: string(d), Text: v.Say("audit.door-" + string(d)), Chosen: chosen == string(d)})
	}
	return options
}

// requestPath is where everything of one request is listed.
func requestPath(number string) string { return "/audit?request=" + escapeQuery(number) }

// findRequest finds a request by its reference number, once that is whole, if
// anything is on record of it.
func (v *visit) findRequest(text string) ([]hit, error) {
	number := strings.ToLower(strings.TrimSpace(text))
	if boot, n, ok := strings.Cut(number, "-"); !ok || len(boot) < 12 || n == "" || !audit.IsRequest(number) {
		return nil, nil
	}
	list, err := v.in.Audit(v.ctx(), v.act, installation.AuditFilter{Request: number, Limit: 1})
	if err != nil || len(list.Items) == 0 {
		return nil, err
	}
	return []hit{{Text: v.Say("audit.of-request", "Number", number), More: v.action(list.Items[0].Action), Path: requestPath(number)}}, nil
}
