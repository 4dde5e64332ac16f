package installation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// An AuditFilter chooses entries. Empty fields choose all.
type AuditFilter struct {
	Person string // user id or # and number
	Action string // such as plan.set; one that ends with a dot stands for all that begin with it
	Who    string // a user id, # and number, the id of a token; person, token, system or host
	From   string // day, inclusive, where the installation is
	To     string // likewise, through the whole day
	Door   string // one of [audit.Doors], or none: of which it is not on record
	// Request is the reference number of a request: what was done in it, and by jobs
	// that were begun in it.
	Request string
	After   string // the next of the page before
	Limit   int
}

// Audit returns one page of who did what, newest first.
func (in *Installation) Audit(ctx context.Context, act Act, f AuditFilter) (api.List[api.AuditEntry], error) {
	list := api.List[api.AuditEntry]{AsOf: in.options.Now().UTC(), Items: []api.AuditEntry{}}
	want := store.AuditFilter{Newest: true, Action: f.Action, Limit: f.Limit}
	if want.Limit == 0 {
		want.Limit = defaultPage
	}
	if f.After != "" {
		if n, err := fmt.Sscanf(f.After, "%d-%d", &want.After.Seq, &want.After.N); n != 2 || err != nil {
			return list, &BadValueError{Field: "after", Why: "it is not the next of a page"}
		}
	}
	var names callers
	err := in.view(func(v *store.View) (err error) {
		list.Seq, names = v.Seq(), callersOf(v)
		if f.Person != "" {
			p, err := findPerson(v, f.Person)
			if want.Subject = p.ID; err != nil {
				return err
			}
		}
		if want.From, want.Until, err = daysBetween(f.From, f.To, zone(v)); err != nil {
			return err
		}
		if want.Kind, want.Actor, err = whoDid(v, f.Who); err != nil {
			return err
		}
		want.Door, want.Request, err = cameThrough(f)
		return err
	})
	if err != nil {
		return list, err
	}
	entries, err := in.book.AuditEntries(ctx, want)
	for _, e := range entries {
		list.Items = append(list.Items, names.entry(e))
	}
	if len(entries) == want.Limit {
		last := entries[len(entries)-1]
		list.Next = strconv.FormatInt(last.Seq, 10) + "-" + strconv.FormatInt(last.N, 10)
	}
	return list, err
}

// daysBetween returns the moments two days stand for: from the beginning of the
// one to the end of the other.
func daysBetween(from, to string, zone *time.Location) (first, until int64, err error) {
	day, err := readDay("from", from)
	if err != nil {
		return 0, 0, err
	}
	if !day.IsZero() {
		first = day.Midnight(zone).UnixMicro()
	}
	if day, err = readDay("to", to); err == nil && !day.IsZero() {
		until = day.Add(1).Midnight(zone).UnixMicro()
	}
	return first, until, err
}

// whoDid reads who is meant: a kind of actor, the id of a token, or somebody.
func whoDid(v *store.View, who string) (audit.Kind, string, error) {
	switch kind := audit.Kind(who); kind {
	case "", audit.Person, audit.Token, audit.System, audit.Host:
		return kind, "", nil
	}
	if _, ok := v.Token(who); ok {
		return audit.Token, who, nil
	}
	p, err := findPerson(v, who)
	return audit.Person, p.ID, err
}

// cameThrough reads which door and request are meant.
func cameThrough(f AuditFilter) (audit.Door, string, error) {
	door := audit.Door(f.Door)
	if door != "" && door != audit.NoDoor && !slices.Contains(audit.Doors, door) {
		return "", "", &BadValueError{Field: "door", Why: "it is none of page, api, command, job, host, server and none"}
	}
	request := strings.ToLower(f.Request)
	if request != "" && !audit.IsRequest(request) {
		return "", "", &BadValueError{Field: "request", Why: "it is not the reference number of a request"}
	}
	return door, request, nil
}

// callers are what people call those who stand in entries by their ids.
type callers struct{ userIDs, tokens map[string]string }

func callersOf(v *store.View) callers {
	c := callers{map[string]string{}, map[string]string{}}
	for p := range v.People() {
		c.userIDs[p.ID] = p.Personal.UserID
	}
	for _, t := range v.Tokens() {
		c.tokens[t.ID] = t.Name
	}
	return c
}

func (c callers) entry(e audit.Entry) api.AuditEntry {
	out := api.AuditEntry{
		Seq: e.Seq, N: e.N, At: timeOf(e.At), Actor: strings.TrimSpace(string(e.Actor.Kind) + " " + e.Actor.ID),
		Who: c.who(e.Actor), Action: e.Action, Subject: e.Subject, Person: c.userIDs[e.Subject], Facts: map[string]string{},
		Door: string(e.Origin.Door), Request: e.Origin.Request,
	}
	for _, f := range e.Facts {
		out.Facts[f.Key] = f.Value
	}
	return out
}

func (c callers) who(a audit.Actor) string {
	switch {
	case a.Kind == audit.Person && c.userIDs[a.ID] != "":
		return c.userIDs[a.ID]
	case a.Kind == audit.Token && c.tokens[a.ID] != "":
		return c.tokens[a.ID]
	}
	return cmp.Or(a.ID, string(a.Kind))
}
