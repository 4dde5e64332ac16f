package installation

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Why answers a question like [Installation.Check], with every path that gives
// it and everything that is missing, and what would help. Names may be typed as
// people type them.
func (in *Installation) Why(ctx context.Context, act Act, q api.Check) (api.Why, error) {
	return in.explain(ctx, act, q, false)
}

// WhyProved is Why with the proof that the license that decides is in the set in
// force. The error is a [NoProofError] when no set in force has the license.
func (in *Installation) WhyProved(ctx context.Context, act Act, q api.Check) (api.Why, error) {
	return in.explain(ctx, act, q, true)
}

func (in *Installation) explain(ctx context.Context, act Act, q api.Check, proved bool) (api.Why, error) {
	var why api.Why
	var damage damageQuestion
	var words teller
	err := in.view(func(v *store.View) error {
		words = teller{active: v.Active(), lang: act.Language}
		full, err := spellOut(v, q)
		if err != nil {
			return err
		}
		asked, err := readQuestion(full)
		if err != nil {
			return err
		}
		if why, err = in.why(v, asked, act); err != nil {
			return err
		}
		why.Question = full
		if proved {
			why.Proof, err = proofOf(ctx, v, decisive(v.Active(), asked.Question))
		}
		damage = in.damageQuestion(v, asked, why.Effect)
		return err
	})
	if err != nil {
		return why, err
	}
	why.Damage, err = in.damageOf(ctx, damage, func(fact string, name license.Name) string {
		return words.say(fact, struct {
			Name   license.Name
			Issuer license.Issuer
		}{name, damage.asked.Name.Issuer})
	})
	return why, err
}

// spellOut completes the names of a question where people may leave out the
// issuer, and names the person as checks know them.
func spellOut(v *store.View, q api.Check) (api.Check, error) {
	active := v.Active()
	if d, err := findDatabase(v, q.Database); err == nil && q.Database != "" {
		q.Database = d.Name
	}
	if p, err := findPerson(v, q.Person); err == nil && !p.Deleted {
		q.Person = p.Personal.UserID
	}
	for _, text := range []*string{&q.Module, &q.Feature} {
		if *text == "" || strings.Contains(*text, ".") {
			continue
		}
		name, err := active.Resolve(*text)
		if err != nil {
			return q, err
		}
		*text = name.String()
	}
	if q.Client != "" && !strings.Contains(q.Client, ".") {
		name, err := resolveClient(active, q.Client)
		if err != nil {
			return q, err
		}
		q.Client = name.String()
	}
	return q, nil
}

// resolveClient finds the client that a bare name stands for.
func resolveClient(active *license.Active, text string) (license.Name, error) {
	var found []license.Name
	for _, set := range active.Sets() {
		for _, c := range set.Clients {
			if license.Module(c.Name).Fold() == license.Module(text).Fold() {
				found = append(found, license.NameOf(set.Issuer, license.Module(c.Name)))
			}
		}
	}
	switch len(found) {
	case 0:
		return license.Name{}, &UnknownClientError{Client: text}
	case 1:
		return found[0], nil
	}
	return license.Name{}, &AmbiguousClientError{Client: text, Names: found}
}

func (in *Installation) why(v *store.View, q question, act Act) (api.Why, error) {
	if q.database != "" {
		return in.whyDatabase(v, q, act), nil
	}
	now := in.clock(v)
	w := api.Why{Paths: []api.Path{}, Missing: []api.Missing{}}
	words := teller{v, v.Active(), act.Language, act.Lacks}
	var p store.Person
	if q.person != "" {
		var err error
		// Checks do not know deleted people: somebody else may have the user id.
		if p, err = findPerson(v, q.person); err != nil || p.Deleted {
			w.Answer = api.Answer{Effect: api.Deny, Reason: unknownPerson, Seq: v.Seq()}
			w.Missing = append(w.Missing, api.Missing{Fact: unknownPerson, Text: words.say(unknownPerson, nil), With: map[string]string{"person": q.person}})
			return w, nil
		}
	}
	s := in.standing(v, p, now)
	s.Closed = closedFor(v, p, now)
	t := s.Why(q.Question, license.DateOf(now.In(zone(v))))
	w.Answer = answerOf(t, v.Seq())
	if t.Reason == seat.NoLoginEvent {
		w.Expected = timeOf(s.Closed.Expected)
	}
	words.trace(&w, t)
	return w, nil
}

// trace tells every path and everything that is missing.
func (words teller) trace(w *api.Why, t seat.Trace) {
	for _, p := range t.Paths {
		path := api.Path{Steps: []api.Step{}}
		for _, step := range p.Steps {
			path.Steps = append(path.Steps, words.step(step))
		}
		w.Paths = append(w.Paths, path)
	}
	for _, m := range t.Missing {
		w.Missing = append(w.Missing, words.missing(m))
	}
}

const unknownPerson = "person-unknown"

// A teller says in words what the rules found.
type teller struct {
	v      *store.View // names tokens; nil where none is named
	active *license.Active
	lang   string
	lacks  []string // scopes
}

// say returns the sentence of a code about facts, with licenses by the names
// people know them by.
func (t teller) say(code string, facts any) string {
	text, _ := i18n.SentenceNamed(t.lang, "why."+code, facts, func(name string) string {
		n, err := license.ParseName(name)
		if err != nil {
			return ""
		}
		return displayName(t.active, n, t.lang)
	})
	return text.Detail
}

func (t teller) step(s seat.Step) api.Step {
	s.By = t.actor(s.By)
	with := map[string]string{}
	put := func(key, value string) {
		if value != "" {
			with[key] = value
		}
	}
	put("name", s.Name.String())
	put("of", s.Of.String())
	put("profile", s.Profile)
	put("source", string(s.Source))
	put("by", s.By)
	put("issuer", string(s.Issuer))
	put("until", s.Until.String())
	if s.Since != 0 {
		put("since", timeOf(s.Since).Format(time.RFC3339))
	}
	if s.Number != 0 {
		put("set", setID(s.Issuer, s.Number))
		put("state", s.State.String())
	}
	if s.Issuer != "" {
		s.Issuer = license.Issuer(issuerName(t.active, s.Issuer))
	}
	s.By = t.byWhom(s.By)
	return api.Step{Fact: string(s.Fact), Text: t.say(string(s.Fact), s), With: with}
}

// byWhom is an actor as a sentence has it.
func (t teller) byWhom(by string) string {
	switch kind, name, _ := strings.Cut(by, " "); kind {
	case "token":
		return i18n.Word(t.lang, "uses.token", "Name", name)
	case "host":
		return i18n.Word(t.lang, "uses.host", "Name", name)
	case "system":
		return i18n.Word(t.lang, "uses.system")
	}
	return by
}

// actor names who gave something; people are named by their user ids.
func (t teller) actor(by string) string {
	if id, ok := strings.CutPrefix(by, "person "); ok {
		if p, ok := t.v.Person(id); ok && p.Erased == 0 {
			return p.Personal.UserID
		}
		return by
	}
	return actorName(t.v, by)
}

func (t teller) missing(m seat.Missing) api.Missing {
	out := api.Missing{Fact: m.Reason, Text: t.say(m.Reason, m), With: map[string]string{}, Fixes: []api.Fix{}}
	if m.Name != (license.Name{}) {
		out.With["name"] = m.Name.String()
	}
	if !m.Until.IsZero() {
		out.With["until"] = m.Until.String()
	}
	for _, f := range m.Fixes {
		out.Fixes = append(out.Fixes, t.fix(f))
	}
	return out
}

// fix says what would help, and who can do it when the asker cannot.
func (t teller) fix(f seat.Fix) api.Fix {
	out := api.Fix{Act: string(f.Act), Name: f.Name, Free: f.Free, Text: t.say("do."+string(f.Act), f), Needs: needs(f.Act)}
	if slices.Contains(t.lacks, out.Needs) {
		out.Forbidden = true
		out.Text += " " + t.say("not-yours", nil)
	}
	return out
}

// needs returns the scope that doing something takes.
func needs(act seat.Act) string {
	switch act {
	case seat.DoActivateSet:
		return api.ScopeActivate
	case seat.DoEndEvent:
		return api.ScopeAdmin
	}
	return api.ScopeAssign
}
