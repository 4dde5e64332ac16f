package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
)

// A listing is a list of a page as files: exactly what the page shows, without its
// pages.
type listing struct {
	sheet  sheet
	doc    any // in the words of the API
	people int // rows that name people: such a file is on record
}

// exporting are the routes of a list as files, beside the page at the path.
func exporting(path, scope string, list func(*visit) (listing, error)) []route {
	serve := func(v *visit) error {
		x, err := list(v)
		if err != nil {
			return err
		}
		return v.export(x, v.Path)
	}
	return []route{get(path+".csv", scope, serve), get(path+".json", scope, serve)}
}

// export answers with a list in the format that a path ends with.
func (v *visit) export(x listing, path string) error {
	if x.people > 0 && v.r.Method != http.MethodHead {
		v.in.RecordExport(v.ctx(), v.act, x.people)
	}
	if strings.HasSuffix(path, ".json") {
		return v.json(x.doc)
	}
	return v.csv(x.sheet)
}

// heads puts the headings of a sheet together: words by keys, and where a key ends
// with "=" the same once more for codes.
func (v *visit) heads(keys ...string) (head []string) {
	for _, key := range keys {
		if word, coded := strings.CutSuffix(key, "="); coded {
			head = append(head, v.withCode(word)...)
		} else {
			head = append(head, v.words(key)...)
		}
	}
	return head
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// yes is a word for whether something is so.
func (v *visit) yes(so bool) string {
	if so {
		return v.Say("fact.yes")
	}
	return v.Say("fact.no")
}

func keysList(v *visit) (listing, error) {
	keys, err := v.in.Keys(v.ctx(), v.act)
	x := listing{doc: keys, sheet: sheet{name: "keys", head: v.heads("keys.issuer", "keys.key", "person.from", "person.until", "keys.modules", "keys.is-revoked", "keys.in-force", "keys.checked")}}
	for _, k := range keys.Issuers {
		row := []string{k.Issuer, k.Key, k.From.String(), k.Through.String(), strings.Join(k.Modules, " "), v.yes(k.Revoked)}
		if len(k.Sets) == 0 {
			x.sheet.rows = append(x.sheet.rows, append(row, "", ""))
		}
		for _, s := range k.Sets {
			x.sheet.rows = append(x.sheet.rows, append(row[:len(row):len(row)], s.Set, isoTime(s.Checked)))
		}
	}
	return x, err
}

func eventsList(v *visit) (listing, error) {
	list, err := v.in.Events(v.ctx(), v.act, v.query("ended") != "", mostEvents, "")
	x := listing{doc: list, people: len(list.Items), sheet: sheet{name: "notifications", head: v.heads("fact.number", "status.event=", "status.state=", "status.message",
		"status.activated", "status.activated-by", "status.expected", "status.is-ended", "status.applies=")}}
	for _, e := range list.Items {
		x.sheet.rows = append(x.sheet.rows, []string{digits(e.Number), v.eventType(e.Type), e.Type, v.eventMark(e).Text, e.State, e.Text,
			isoTime(e.From), v.actor(e.StartedBy), isoTime(e.Expected), isoTime(e.Ended), v.audience(e.Audience), strings.Join(e.Audience, " ")})
	}
	return x, err
}

// mostEvents is how many notifications a file has.
const mostEvents = 1000

func damageList(v *visit) (listing, error) {
	d, err := v.in.Damage(v.ctx(), v.act)
	x := listing{doc: d, sheet: sheet{name: "damage", head: v.heads("damage.record", "damage.what=", "damage.columns", "damage.incident")}}
	for _, p := range d.Items {
		x.sheet.rows = append(x.sheet.rows, []string{recordName(p), v.breakText(p.What), p.What, strings.Join(p.Columns, " "), p.Incident})
	}
	return x, err
}

func databasesList(v *visit) (listing, error) {
	list, err := v.in.Databases(v.ctx(), v.act, false)
	x := listing{doc: list, sheet: sheet{name: "databases", head: v.heads("fact.number", "databases.name", "person.license=", "license.quantity", "license.since")}}
	for _, d := range list.Items {
		if len(d.Licenses) == 0 {
			x.sheet.rows = append(x.sheet.rows, []string{digits(d.Number), d.Name, "", "", "", ""})
		}
		for _, h := range d.Licenses {
			x.sheet.rows = append(x.sheet.rows, []string{digits(d.Number), d.Name, v.holding(h), h.Name.String(), digits(h.Quantity), isoTime(h.Since)})
		}
	}
	return x, err
}

func rolesList(v *visit) (listing, error) {
	list, err := v.in.Roles(v.ctx(), v.act)
	x := listing{doc: list, people: len(list.Items), sheet: sheet{name: "roles", head: v.heads("settings.person", "settings.role=", "settings.login", "settings.since")}}
	for _, h := range list.Items {
		login := "settings.login-no"
		if h.SignsIn {
			login = "settings.login-yes"
		}
		x.sheet.rows = append(x.sheet.rows, []string{h.Person, v.Say("settings.role-" + h.Role), h.Role, v.words(login)[0], isoTime(h.Since)})
	}
	return x, err
}

func tokensList(v *visit) (listing, error) {
	list, err := v.in.Tokens(v.ctx(), v.act)
	x := listing{doc: list, sheet: sheet{name: "tokens", head: v.heads("settings.token-name", "fact.id", "settings.scopes", "settings.made", "settings.expires", "settings.token-gone")}}
	for _, t := range list.Items {
		x.sheet.rows = append(x.sheet.rows, []string{t.Name, t.ID, strings.Join(t.Scopes, " "), isoTime(t.Created), isoTime(t.Expires), isoTime(t.Revoked)})
	}
	return x, err
}

func providersList(v *visit) (listing, error) {
	list, err := v.in.Providers(v.ctx(), v.act)
	x := listing{doc: list, sheet: sheet{name: "providers", head: v.heads("people.name", "settings.code", "settings.issuer", "settings.client-id", "settings.match=", "settings.claim", "settings.made")}}
	for _, p := range list.Items {
		x.sheet.rows = append(x.sheet.rows, []string{p.Name, p.Code, p.Issuer, p.ClientID, v.Say("settings.match-" + p.Match), p.Match, p.Claim, isoTime(p.Created)})
	}
	return x, err
}

func messagesList(v *visit) (listing, error) {
	m, err := v.in.Messages(v.ctx(), v.act)
	x := listing{doc: m, people: len(m.Failures), sheet: sheet{name: "messages", head: v.heads("message.event=", "fact.channel=", "message.to", "message.made", "message.tries", "message.why", "message.given-up")}}
	for _, f := range m.Failures {
		x.sheet.rows = append(x.sheet.rows, []string{v.Say("message.kind-" + f.Event), f.Event, v.Say("fact.channel." + f.Channel), f.Channel, f.To, isoTime(f.Made),
			digits(f.Tries), f.Error, isoTime(f.GivenUp)})
	}
	return x, err
}

func personHistoryList(v *visit) (listing, error) {
	c, err := v.card("history")
	x := listing{doc: c.History, people: len(c.History), sheet: sheet{name: "history", head: v.heads("person.license=", "person.from", "person.until", "person.by=", "person.source=", "person.reason")}}
	for _, h := range c.newestFirst() {
		x.sheet.rows = append(x.sheet.rows, []string{v.holding(h), h.Name.String(), isoTime(h.Since), isoTime(h.Until), v.actor(h.By), h.By,
			v.Say("person.source-" + h.Source), h.Source, h.Reason})
	}
	return x, err
}

func usesList(v *visit) (listing, error) {
	c, err := v.card("uses")
	if err != nil {
		return listing{}, err
	}
	view := usesView{card: c, All: v.query("all") != ""}
	err = v.useRows(&view, "")
	answers := []api.Answer{}
	x := listing{people: 1, sheet: sheet{name: "uses", head: v.heads("person.license=", "uses.type=", "uses.may=")}}
	for _, r := range view.Rows {
		answers = append(answers, r.Answer)
		x.sheet.rows = append(x.sheet.rows, []string{r.Title, r.Name.String(), v.Say("uses.type-" + r.Kind), r.Kind, r.Mark.Text, r.Answer.Effect})
	}
	x.doc = answers
	return x, err
}

func jobsList(v *visit) (listing, error) {
	jobs, err := v.bulkJobs()
	x := listing{doc: jobs, people: len(jobs), sheet: sheet{name: "jobs", head: v.heads("bulk.begun", "fact.job", "bulk.what=", "bulk.state=", "bulk.rows", "person.by")}}
	for _, j := range jobs {
		x.sheet.rows = append(x.sheet.rows, []string{isoTime(j.Created), j.ID, v.Say("bulk.job-" + j.Kind), j.Kind, v.jobMark(j).Text, j.State, digits(int64(j.Rows)), v.actor(j.By)})
	}
	return x, err
}

// jobRowsList are the rows of a job, those with one result or all.
func (v *visit) jobRowsList(id string) (listing, error) {
	list, err := v.in.JobRows(v.ctx(), v.act, id, "")
	rows := ofResult(list.Items, v.query("result"))
	list.Items, list.Total = rows, len(rows)
	x := listing{doc: list, people: len(rows), sheet: sheet{name: "job", head: v.heads("bulk.row", "bulk.person", "bulk.result=", "bulk.details")}}
	for _, r := range rows {
		x.sheet.rows = append(x.sheet.rows, []string{strconv.Itoa(r.Row), r.Person, v.rowMark(r, false).Text, r.Result, v.rowWhat(r)})
	}
	return x, err
}

// diffList are the rows in which two sets differ, and the set's own fields.
func (v *visit) diffList(d api.SetDifference) listing {
	x := listing{doc: d, sheet: sheet{name: d.From + "-" + d.To, head: append(v.heads("review.license=", "history.became=", "history.field"), d.From, d.To)}}
	for _, f := range d.Fields {
		x.sheet.rows = append(x.sheet.rows, []string{v.Say("history.of-set"), "", v.Say("history.became.changed"), "changed", f.Field, f.From, f.To})
	}
	for _, l := range d.Licenses {
		row := []string{licenseTitle(api.License{Name: l.Name, DisplayName: l.DisplayName}), l.Name.String(), v.Say("history.became." + l.Became), l.Became}
		if len(l.Fields) == 0 {
			x.sheet.rows = append(x.sheet.rows, append(row, "", "", ""))
		}
		for _, f := range l.Fields {
			x.sheet.rows = append(x.sheet.rows, append(row[:len(row):len(row)], f.Field, f.From, f.To))
		}
	}
	return x
}

func searchList(v *visit) (listing, error) {
	all, err := v.search(v.query("q"))
	x := listing{doc: all, people: peopleIn(all), sheet: sheet{name: "search", head: v.heads("bulk.what", "people.name", "bulk.details", "fact.address")}}
	for _, part := range all {
		for _, h := range part.Items {
			x.sheet.rows = append(x.sheet.rows, []string{part.Title, h.Text, h.More, v.origin() + v.Base + h.Path})
		}
	}
	return x, err
}
