package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
)

// apiDoor goes through the JSON API.
type apiDoor struct {
	t *testing.T
	w *world
	c *client.Client
}

func (d apiDoor) ctx() context.Context { return context.Background() }

func (d apiDoor) code(err error) string {
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		return coded.Code()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return v
	}
}

func (d apiDoor) load(file []byte) (string, string) {
	loaded, err := d.c.LoadSet(d.ctx(), file, false)
	return loaded.Set.ID, d.code(err)
}

func (d apiDoor) review(set string) (bool, []string) {
	r := must[api.Review](d.t)(d.c.ReviewWith(d.ctx(), set, api.Choices{Acknowledge: d.w.accepts[set]}))
	return r.Fits, blocking(r)
}

// accepting spells what a set may turn off for everyone as flags.
func (w *world) accepting(set string) (flags []string) {
	for _, name := range w.accepts[set] {
		flags = append(flags, "--acknowledge", name)
	}
	return flags
}

func blocking(r api.Review) []string {
	var names []string
	for _, row := range r.Rows {
		if row.Result == api.ResultOver || row.Result == api.ResultRemovedInUse {
			names = append(names, row.Name.String())
		}
	}
	return names
}

func (d apiDoor) activate(set string) string {
	_, err := d.c.Activate(d.ctx(), set, api.Activate{Acknowledge: d.w.accepts[set]}, false)
	return d.code(err)
}

func (d apiDoor) add(p api.NewPerson) string {
	_, err := d.c.AddPerson(d.ctx(), p, false)
	return d.code(err)
}

func (d apiDoor) former(person string) string {
	former := true
	_, err := d.c.ChangePerson(d.ctx(), person, api.PersonPatch{Former: &former}, false)
	return d.code(err)
}

func (d apiDoor) setPlan(person, plan string) string {
	_, err := d.c.SetPlan(d.ctx(), person, api.PlanChoice{Plan: plan}, client.Taking{})
	return d.code(err)
}

func (d apiDoor) extra(person, name string) string {
	_, err := d.c.GiveExtra(d.ctx(), person, name, api.ExtraChoice{}, false)
	return d.code(err)
}

func (d apiDoor) licenses() []api.License {
	return must[api.List[api.License]](d.t)(d.c.Licenses(d.ctx(), true)).Items
}

func (d apiDoor) count() api.Count { return must[api.Count](d.t)(d.c.Count(d.ctx())) }

func (d apiDoor) may(q api.Check) api.Answer { return must[api.Answer](d.t)(d.c.Check(d.ctx(), q)) }

func (d apiDoor) why(q api.Check) api.Why { return must[api.Why](d.t)(d.c.Why(d.ctx(), q)) }

// commandDoor goes through the commands.
type commandDoor struct {
	t  *testing.T
	w  *world
	at string // the installation
}

// ask runs a command with --json and reads its answer; it returns the code of
// the refusal, or "".
func (d commandDoor) ask(into any, args ...string) string {
	d.t.Helper()
	r := d.w.pott(d.at, append(args, "--json")...)
	if r.stdout != "" && into != nil {
		if err := json.Unmarshal([]byte(r.stdout), into); err != nil {
			d.t.Errorf("pott %v: %v in %q", args, err, r.stdout)
		}
	}
	if r.exit == 0 {
		return ""
	}
	e := r.refusal(d.t)
	if e.Exit != r.exit {
		d.t.Errorf("pott %v exits with %d, its error says %d", args, r.exit, e.Exit)
	}
	return e.Code
}

func (d commandDoor) load(file []byte) (string, string) {
	d.w.write(d.t, "set.pott", file)
	var loaded api.LoadedSet
	code := d.ask(&loaded, "set", "load", d.w.path("set.pott"))
	return loaded.Set.ID, code
}

func (d commandDoor) review(set string) (bool, []string) {
	var r api.Review
	code := d.ask(&r, append([]string{"set", "review", set}, d.w.accepting(set)...)...)
	if r.Fits != (code == "") {
		d.t.Errorf("the review fits %v and ends with %q", r.Fits, code)
	}
	return r.Fits, blocking(r)
}

func (d commandDoor) activate(set string) string {
	return d.ask(nil, append([]string{"set", "activate", set, "--yes"}, d.w.accepting(set)...)...)
}

func (d commandDoor) add(p api.NewPerson) string {
	args := []string{"user", "add", p.UserID}
	for flag, value := range map[string]string{"--first": p.FirstName, "--last": p.LastName, "--group": p.Group, "--plan": p.Plan} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	if p.Login {
		args = append(args, "--login")
	}
	return d.ask(nil, args...)
}

func (d commandDoor) former(person string) string {
	return d.ask(nil, "user", "change", person, "--former")
}

func (d commandDoor) setPlan(person, plan string) string {
	return d.ask(nil, "user", "plan", "set", person, plan)
}

func (d commandDoor) extra(person, name string) string {
	return d.ask(nil, "user", "extra", "add", person, name)
}

func (d commandDoor) licenses() []api.License {
	var list api.List[api.License]
	d.ask(&list, "license", "ls", "--hidden")
	return list.Items
}

func (d commandDoor) count() (n api.Count) {
	d.ask(&n, "count")
	return n
}

func (d commandDoor) question(q api.Check) []string {
	switch {
	case q.Client != "":
		return []string{q.Person, "--client", q.Client}
	case q.Feature != "":
		return []string{q.Person, "--feature", q.Feature}
	}
	return []string{q.Person, q.Module}
}

func (d commandDoor) may(q api.Check) (a api.Answer) {
	if code := d.ask(&a, append([]string{"user", "check"}, d.question(q)...)...); code != "" {
		d.t.Errorf("checking %+v: %s", q, code)
	}
	return a
}

func (d commandDoor) why(q api.Check) (y api.Why) {
	if code := d.ask(&y, append([]string{"user", "why"}, d.question(q)...)...); code != "" {
		d.t.Errorf("why %+v: %s", q, code)
	}
	return y
}
