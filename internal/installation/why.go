package installation

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// Why answers a question like [Installation.Check], with every path that gives
// it and everything that is missing, and what would help. Names may be typed as
// people type them.
func (in *Installation) Why(ctx context.Context, act Act, q api.Check) (api.Why, error) {
	var why api.Why
	err := in.view(func(v *store.View) error {
		full, err := spellOut(v, q)
		if err != nil {
			return err
		}
		asked, err := readQuestion(full)
		if err != nil {
			return err
		}
		why, err = in.why(v, asked)
		why.Question = full
		return err
	})
	return why, err
}

// spellOut completes the names of a question where people may leave out the
// issuer.
func spellOut(v *store.View, q api.Check) (api.Check, error) {
	active := v.Active()
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
		for _, set := range active.Sets() {
			for _, c := range set.Clients {
				if c.Name == q.Client {
					q.Client = license.NameOf(set.Issuer, license.Module(c.Name)).String()
					return q, nil
				}
			}
		}
	}
	return q, nil
}

func (in *Installation) why(v *store.View, q question) (api.Why, error) {
	now := in.clock(v)
	w := api.Why{Paths: []api.Path{}, Missing: []api.Missing{}}
	var s seat.Standing
	if q.person == "" {
		s = standing(v, store.Person{}, now)
	} else {
		p, err := findPerson(v, q.person)
		if err != nil {
			w.Answer = api.Answer{Effect: api.Deny, Reason: "person-unknown", Seq: v.Seq()}
			w.Missing = append(w.Missing, api.Missing{Fact: "person-unknown", Text: fmt.Sprintf("nobody has the user id %s", q.person)})
			return w, nil
		}
		s = standing(v, p, now)
	}
	t := s.Why(q.Question, license.DateOf(now.In(zone(v))))
	w.Answer = api.Answer{Effect: string(t.Effect), Reason: t.Reason, Until: t.Until, Grace: t.Grace, Seq: v.Seq()}
	for _, p := range t.Paths {
		path := api.Path{Steps: []api.Step{}}
		for _, step := range p.Steps {
			path.Steps = append(path.Steps, whyStep(step))
		}
		w.Paths = append(w.Paths, path)
	}
	for _, m := range t.Missing {
		w.Missing = append(w.Missing, whyMissing(m))
	}
	return w, nil
}

func whyStep(s seat.Step) api.Step {
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
		put("since", time.UnixMicro(s.Since).UTC().Format(time.RFC3339))
	}
	if s.Number != 0 {
		put("set", setID(s.Issuer, s.Number))
		put("state", s.State.String())
	}
	return api.Step{Fact: string(s.Fact), Text: stepText(s), With: with}
}

func stepText(s seat.Step) string {
	until := ""
	if !s.Until.IsZero() {
		until = ", through " + s.Until.String()
	}
	switch s.Fact {
	case seat.PersonHolds:
		day := time.UnixMicro(s.Since).UTC().Format(time.DateOnly)
		return fmt.Sprintf("was given %s (%s) by %s on %s", s.Name, s.Source, s.By, day)
	case seat.ProfileHas:
		return fmt.Sprintf("the profile %s has %s", s.Profile, s.Name)
	case seat.PlanIncludes:
		return fmt.Sprintf("%s includes %s", s.Of, s.Name)
	case seat.PrerequisiteHeld:
		return fmt.Sprintf("%s needs %s, which is held", s.Of, s.Name)
	case seat.PrerequisiteMissing:
		return fmt.Sprintf("%s needs %s, which is not held", s.Of, s.Name)
	case seat.SystemOn:
		return fmt.Sprintf("%s is on for everybody", s.Name)
	case seat.MaySignIn:
		return "has a login" + until
	case seat.SetInForce:
		return fmt.Sprintf("set %d of %s is in force (%s)%s", s.Number, s.Issuer, s.State, until)
	}
	return string(s.Fact)
}

func whyMissing(m seat.Missing) api.Missing {
	out := api.Missing{Fact: m.Reason, Text: missingText(m), With: map[string]string{}, Fixes: []api.Fix{}}
	if m.Name != (license.Name{}) {
		out.With["name"] = m.Name.String()
	}
	if !m.Until.IsZero() {
		out.With["until"] = m.Until.String()
	}
	for _, f := range m.Fixes {
		out.Fixes = append(out.Fixes, api.Fix{Act: string(f.Act), Name: f.Name, Free: f.Free, Text: fixText(f)})
	}
	return out
}

func missingText(m seat.Missing) string {
	switch m.Reason {
	case seat.NotHeld, seat.ClientNeeds, string(seat.PrerequisiteMissing):
		return fmt.Sprintf("does not hold %s", m.Name)
	case seat.ModuleUnknown:
		return fmt.Sprintf("no set in force has %s", m.Name)
	case seat.FeatureOff:
		return fmt.Sprintf("%s is not on in any set in force", m.Name)
	case seat.NoEdit:
		return fmt.Sprintf("may look but not edit: does not hold %s", m.Name)
	case seat.PersonGone:
		return "has left or is deleted"
	case seat.NoLogin:
		return "has no login"
	case seat.ValidThroughPassed:
		return fmt.Sprintf("the login ended after %s", m.Until)
	case seat.ClientUnknown:
		return fmt.Sprintf("no set in force has the client %s", m.Name)
	case seat.ClientKind:
		return fmt.Sprintf("%s is not for this kind of person", m.Name)
	case seat.IssuerReadOnly:
		return fmt.Sprintf("the set ended after %s: reading only", m.Until)
	}
	return m.Reason
}

func fixText(f seat.Fix) string {
	room := ""
	if f.Free != nil {
		room = " (" + strconv.FormatInt(*f.Free, 10) + " spare)"
	}
	switch f.Act {
	case seat.DoSetPlan:
		return fmt.Sprintf("put the person on %s%s", f.Name, room)
	case seat.DoGiveExtra:
		return fmt.Sprintf("give the extra %s%s", f.Name, room)
	case seat.DoChangeProfile:
		return fmt.Sprintf("put the person on a profile with %s%s", f.Name, room)
	case seat.DoGiveLogin:
		return "give the person a login"
	case seat.DoExtendLogin:
		return "let the login last longer"
	case seat.DoBringBack:
		return "bring the person back"
	case seat.DoActivateSet:
		return "activate a set of the issuer that has it"
	}
	return string(f.Act)
}
