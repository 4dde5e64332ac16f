package e2e

import (
	"fmt"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

func (d apiDoor) activateWith(set string, choices []api.Choice) string {
	_, err := d.c.Activate(d.ctx(), set, api.Activate{Acknowledge: d.w.accepts[set], Choices: choices}, false)
	return d.code(err)
}

func (d apiDoor) rollBack() string {
	_, err := d.c.RollBack(d.ctx(), api.RollBack{}, false)
	return d.code(err)
}

func (d apiDoor) takePlan(person, plan string) string {
	_, err := d.c.RemovePlan(d.ctx(), person, plan, client.Taking{})
	return d.code(err)
}

func (d apiDoor) takeExtra(person, name string, with bool) string {
	_, err := d.c.RemoveExtra(d.ctx(), person, name, client.Taking{WithDependants: with})
	return d.code(err)
}

func (d apiDoor) retire(person string) string {
	_, err := d.c.RetirePerson(d.ctx(), person, false)
	return d.code(err)
}

func (d apiDoor) restore(person string) string {
	_, err := d.c.RestorePerson(d.ctx(), person, api.RestoreChoice{}, false)
	return d.code(err)
}

func (d apiDoor) remove(person string) string {
	_, err := d.c.RemovePerson(d.ctx(), person, false)
	return d.code(err)
}

func (d apiDoor) giveLogin(person string) string {
	_, err := d.c.GiveLogin(d.ctx(), person, api.LoginChoice{}, false)
	return d.code(err)
}

func (d apiDoor) endLogin(person string) string {
	_, err := d.c.EndLogin(d.ctx(), person, client.Taking{})
	return d.code(err)
}

func (d apiDoor) role(person, role string) string {
	_, err := d.c.GiveRole(d.ctx(), person, role, false)
	return d.code(err)
}

func (d apiDoor) takeRole(person, role string) string {
	_, err := d.c.TakeRole(d.ctx(), person, role, false)
	return d.code(err)
}

func (d apiDoor) whatIf(steps ...api.WhatIfStep) api.WhatIfAnswer {
	return must[api.WhatIfAnswer](d.t)(d.c.WhatIf(d.ctx(), api.WhatIf{Steps: steps}))
}

func (d apiDoor) addDatabase(name string) string {
	_, err := d.c.AddDatabase(d.ctx(), name, false)
	return d.code(err)
}

func (d apiDoor) assignSite(database, name string) string {
	_, err := d.c.AssignSite(d.ctx(), database, name, api.SiteChoice{}, false)
	return d.code(err)
}

func (d apiDoor) releaseSite(database, name string) string {
	_, err := d.c.ReleaseSite(d.ctx(), database, name, client.Taking{})
	return d.code(err)
}

func (d apiDoor) removeDatabase(database string) string {
	_, err := d.c.RemoveDatabase(d.ctx(), database, false)
	return d.code(err)
}

func (d apiDoor) holders(name, asOf string) []string {
	return whoHolds(must[api.List[api.Holder]](d.t)(d.c.HoldersAsOf(d.ctx(), name, asOf, client.Page{})))
}

func whoHolds(list api.List[api.Holder]) (who []string) {
	for _, h := range list.Items {
		who = append(who, h.Person+h.Database)
	}
	return who
}

func (d apiDoor) countAsOf(asOf string) api.Count {
	return must[api.Count](d.t)(d.c.CountAsOf(d.ctx(), asOf))
}

func (d apiDoor) startEvent(kind string) (int64, string) {
	e, err := d.c.StartEvent(d.ctx(), api.NewEvent{Type: kind, Texts: license.Texts{"en": "We are upgrading"}}, false)
	return e.Event.Number, d.code(err)
}

func (d apiDoor) endEvent(number int64) string {
	_, err := d.c.EndEvent(d.ctx(), fmt.Sprint(number), api.EndEvent{}, false)
	return d.code(err)
}

func (d apiDoor) profile(person, code string) string {
	_, err := d.c.SetProfile(d.ctx(), person, api.ProfileChoice{Profile: code}, client.Taking{})
	return d.code(err)
}

func (d apiDoor) importList(list string) string {
	b, err := d.c.ImportPeople(d.ctx(), client.Import{File: []byte(list)})
	if err == nil {
		d.await(b.Job.ID)
	}
	return d.code(err)
}

func (d apiDoor) undoImport() string {
	jobs := must[api.List[api.Job]](d.t)(d.c.Jobs(d.ctx()))
	b, err := d.c.UndoJob(d.ctx(), jobs.Items[0].ID, "", false)
	if err == nil {
		d.await(b.Job.ID)
	}
	return d.code(err)
}

// await returns when a job is over.
func (d apiDoor) await(id string) {
	for until := time.Now().Add(time.Minute); time.Now().Before(until); {
		if job := must[api.Job](d.t)(d.c.Job(d.ctx(), id)); job.State != "running" {
			return
		}
	}
	d.t.Errorf("job %s does not come to an end", id)
}

func (d commandDoor) profile(person, code string) string {
	return d.ask(nil, "user", "profile", "set", person, code)
}

func (d commandDoor) importList(list string) string {
	d.w.write(d.t, "list.csv", []byte(list))
	return d.ask(nil, "user", "import", d.w.path("list.csv"))
}

func (d commandDoor) undoImport() string {
	var jobs api.List[api.Job]
	d.ask(&jobs, "job", "ls")
	return d.ask(nil, "job", "undo", jobs.Items[0].ID)
}

func (d commandDoor) activateWith(set string, choices []api.Choice) string {
	var lines strings.Builder
	for _, c := range choices {
		person := c.Person
		if c.Everyone {
			person = "*"
		}
		fmt.Fprintf(&lines, "%s,%s,%s,%s,%s\n", person, c.Do, c.Name, c.To, c.Holding)
	}
	d.w.write(d.t, "choices.csv", []byte(lines.String()))
	return d.ask(nil, append([]string{"set", "activate", set, "--yes", "--free", d.w.path("choices.csv")}, d.w.accepting(set)...)...)
}

func (d commandDoor) rollBack() string { return d.ask(nil, "set", "roll-back", "--yes") }

func (d commandDoor) takePlan(person, plan string) string {
	return d.ask(nil, "user", "plan", "rm", person, plan)
}

func (d commandDoor) takeExtra(person, name string, with bool) string {
	args := []string{"user", "extra", "rm", person, name}
	if with {
		args = append(args, "--with-dependants")
	}
	return d.ask(nil, args...)
}

func (d commandDoor) retire(person string) string  { return d.ask(nil, "user", "retire", person) }
func (d commandDoor) restore(person string) string { return d.ask(nil, "user", "restore", person) }
func (d commandDoor) remove(person string) string  { return d.ask(nil, "user", "rm", person, "--yes") }
func (d commandDoor) giveLogin(person string) string {
	return d.ask(nil, "user", "login", "set", person)
}
func (d commandDoor) endLogin(person string) string {
	return d.ask(nil, "user", "login", "end", person)
}
func (d commandDoor) role(person, role string) string {
	return d.ask(nil, "role", "give", person, role)
}
func (d commandDoor) takeRole(person, role string) string {
	return d.ask(nil, "role", "take", person, role)
}

func (d commandDoor) whatIf(steps ...api.WhatIfStep) (w api.WhatIfAnswer) {
	args := []string{"what-if"}
	for _, s := range steps {
		args = append(args, strings.TrimSpace(strings.Join([]string{s.Act, s.Set + s.Date + s.Person, s.Name}, " ")))
	}
	if code := d.ask(&w, args...); code != "" {
		d.t.Errorf("pott %v: %s", args, code)
	}
	return w
}

func (d commandDoor) addDatabase(name string) string { return d.ask(nil, "database", "add", name) }
func (d commandDoor) assignSite(database, name string) string {
	return d.ask(nil, "database", "assign", database, name)
}
func (d commandDoor) releaseSite(database, name string) string {
	return d.ask(nil, "database", "release", database, name)
}
func (d commandDoor) removeDatabase(database string) string {
	return d.ask(nil, "database", "remove", database, "--yes")
}

func (d commandDoor) holders(name, asOf string) []string {
	args := []string{"license", "holders", name}
	if asOf != "" {
		args = append(args, "--as-of", asOf)
	}
	var list api.List[api.Holder]
	d.ask(&list, args...)
	return whoHolds(list)
}

func (d commandDoor) countAsOf(asOf string) (n api.Count) {
	d.ask(&n, "count", "--as-of", asOf)
	return n
}

func (d commandDoor) startEvent(kind string) (int64, string) {
	var e api.ChangedEvent
	code := d.ask(&e, "event", "start", kind, "--text", "en=We are upgrading")
	return e.Event.Number, code
}

func (d commandDoor) endEvent(number int64) string {
	return d.ask(nil, "event", "end", fmt.Sprint(number))
}
