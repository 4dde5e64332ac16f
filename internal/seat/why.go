package seat

import (
	"slices"

	"github.com/pott-dev/pott/license"
)

// A Question is what may be asked about a person, or about an installation.
type Question struct {
	Ask  Ask
	Name license.Name // the module; for a client, its name in place of the module
}

// Ask says what a question is about.
type Ask string

const (
	AskModule  Ask = "module"  // may the person use it?
	AskClient  Ask = "client"  // may the person sign in that way?
	AskFeature Ask = "feature" // is the system module on?
	AskEdit    Ask = "edit"    // may the person edit in the feature?
)

// An Effect is what an answer says.
type Effect string

const (
	Allow    Effect = "allow"
	ReadOnly Effect = "read-only"
	Deny     Effect = "deny"
)

// A Trace is an answer with everything that led to it: every way something is
// given, and, when it is not allowed in full, everything that stands in the way
// with what would help.
type Trace struct {
	Effect  Effect
	Reason  string       // a stable code
	Grace   bool         // the issuer's set is past its expiry and not past its grace
	Until   license.Date // the last day the answer stands as far as is known; zero: no end
	Paths   []Path
	Missing []Missing
}

// A Path is one way to one thing, from what was given to what is used.
type Path struct {
	Name  license.Name // what it gives
	Steps []Step
}

// A Step is one fact of a path. Which fields are set depends on the fact.
type Step struct {
	Fact    Fact
	Name    license.Name   // the module or plan it is about
	Of      license.Name   // the plan that includes it, or the module that needs it
	Profile string         //
	Source  Source         //
	By      string         // who gave it
	Since   int64          // when, in microseconds since 1970 UTC
	Issuer  license.Issuer //
	Number  int64          // of the set
	State   license.State  // of the set
	Until   license.Date   // zero: no end
}

// A Fact is the stable code of a step.
type Fact string

const (
	PersonHolds         Fact = "person-holds"         // Name was given By, Since, from Source
	ProfileHas          Fact = "profile-has"          // Profile has Name
	LoginGives          Fact = "login-gives"          // whoever has a login holds Name
	PlanIncludes        Fact = "plan-includes"        // Of includes Name
	PrerequisiteHeld    Fact = "prerequisite-held"    // Of needs Name, which is held
	PrerequisiteMissing Fact = "prerequisite-missing" // Of needs Name, which is not held
	SystemOn            Fact = "system-on"            // Name is on for everybody
	MaySignIn           Fact = "may-sign-in"          // has a login, good Until
	DatabaseHolds       Fact = "database-holds"       // a database was given Name By, Since
	SetInForce          Fact = "set-in-force"         // set Number of Issuer is in State, good Until
)

// Reasons of answers and of what is missing.
const (
	Held               = "held"                 // was given by hand or by the profile
	Included           = "included"             // comes with a plan
	SystemIsOn         = "system"               // the system module is on
	NotHeld            = "not-held"             //
	ModuleUnknown      = "module-unknown"       // no set in force has it
	FeatureOff         = "feature-off"          // no set in force has the system module
	NoEdit             = "no-edit"              // the feature is on, and what adds editing is not held
	PersonGone         = "person-gone"          //
	NoLogin            = "no-login"             //
	WaitingForApproval = "waiting-for-approval" //
	ValidThroughPassed = "valid-through-passed" //
	ClientUnknown      = "client-unknown"       //
	ClientKind         = "client-kind"          // not a way in for this kind of person
	ClientNeeds        = "client-needs"         // something signing in needs is missing
	IssuerReadOnly     = "issuer-read-only"     // past the grace date
	DatabaseLacks      = "database-lacks"       // a database was not given the site module
	DatabaseRemoved    = "database-removed"     //
	ForPeople          = "for-people"           // people are given it, never a database
	NoLoginEvent       = "no-login-event"       // an event keeps everybody but administrators from signing in
)

// A Missing is one thing that stands in the way.
type Missing struct {
	Reason string         // a stable code
	Name   license.Name   // what is missing; the zero Name when it is not a license
	Until  license.Date   // the day that has passed
	Issuer license.Issuer // whose set is out of force, its Number, the revoked Key, and the first day without it
	Number int64
	Key    string
	Since  license.Date
	Fixes  []Fix // what would help, the nearest first
}

// A Fix is something an administrator could do.
type Fix struct {
	Act   Act
	Name  license.Name   // the plan or extra to give
	Free  *int64         // seats left in the tightest pool it needs; nil when no number limits it
	Gains []license.Name // modules the person would get; plans are not among them
	Loses []license.Name // and those the person would no longer have
}

// An Act is the stable code of a fix.
type Act string

const (
	DoSetPlan       Act = "set-plan"
	DoGiveExtra     Act = "give-extra"
	DoChangeProfile Act = "change-profile"
	DoGiveLogin     Act = "give-login"
	DoApprove       Act = "approve" // somebody who waits for it
	DoExtendLogin   Act = "extend-login"
	DoBringBack     Act = "bring-back"   // a former employee
	DoActivateSet   Act = "activate-set" // one that has it, or is valid longer
	DoEndEvent      Act = "end-event"    // or wait until it is over
	DoAssignSite    Act = "assign-site"  // give the license to the database
)

// Why answers a question with everything that led to the answer. today is the
// date where the installation is; the issuers' dates come from the standing.
// Questions of [AskFeature] are not about the person.
func (s Standing) Why(q Question, today license.Date) Trace {
	w := why{s, today, s.Uses()}
	switch q.Ask {
	case AskClient:
		return w.client(q.Name)
	case AskFeature:
		return w.feature(q.Name)
	case AskEdit:
		return w.edit(q.Name)
	}
	if l := s.Active.License(q.Name); l != nil && l.Kind == license.System {
		return w.feature(q.Name)
	}
	return w.module(q.Name)
}

type why struct {
	Standing
	today license.Date
	uses  []license.Held
}

func (w why) module(name license.Name) Trace {
	switch l := w.Active.License(name); {
	case l == nil:
		return Trace{Effect: Deny, Reason: ModuleUnknown, Missing: []Missing{{Reason: ModuleUnknown, Name: name, Fixes: []Fix{{Act: DoActivateSet}}}}}
	case l.Kind == license.Site:
		// A database has it, never a person.
		return Trace{Effect: Deny, Reason: NotHeld, Missing: []Missing{{Reason: NotHeld, Name: name}}}
	}
	t := Trace{Reason: w.heldHow(name), Missing: w.person(), Paths: w.paths(name)}
	if !has(w.uses, name) {
		t.Missing = append(t.Missing, w.notHeld(NotHeld, name)...)
	}
	signIn := signsIn(w.Active.Set(name.Issuer), name.Module)
	return w.limit(w.conclude(t, name.Issuer, signIn))
}

func (w why) feature(name license.Name) Trace {
	return w.conclude(w.switchedOn(name), name.Issuer, false)
}

// switchedOn begins the trace of a question about a system module.
func (w why) switchedOn(name license.Name) Trace {
	if l := w.Active.License(name); l == nil || l.Kind != license.System {
		return Trace{Missing: []Missing{w.off(name)}}
	}
	return Trace{Reason: SystemIsOn, Paths: []Path{w.on(name)}}
}

func (w why) edit(name license.Name) Trace {
	t := w.switchedOn(name)
	if len(t.Missing) == 0 {
		t.Missing = w.person()
		if l := w.Active.License(name); l.Edit != "" {
			edit := license.NameOf(name.Issuer, l.Edit)
			t.Paths = append(t.Paths, w.paths(edit)...)
			if t.Reason = w.heldHow(edit); !has(w.uses, edit) || w.Active.License(edit) == nil {
				t.Missing = append(t.Missing, w.notHeld(NoEdit, edit)...)
			}
		}
	}
	return w.limit(w.conclude(t, name.Issuer, false))
}

// heldHow returns whether a name was given itself or comes with a plan.
func (w why) heldHow(name license.Name) string {
	if has(w.Holds(), name) {
		return Held
	}
	return Included
}

func (w why) client(name license.Name) Trace {
	c := client(w.Active.Set(name.Issuer), name.Module)
	if c == nil {
		return Trace{Effect: Deny, Reason: ClientUnknown, Missing: []Missing{{Reason: ClientUnknown, Name: name}}}
	}
	t := Trace{Reason: Held, Missing: w.person()}
	if c.People&w.Person.Kind == 0 {
		t.Missing = append(t.Missing, Missing{Reason: ClientKind, Name: name})
	}
	stopped := len(t.Missing) > 0
	w.needs(&t, c, name.Issuer)
	t = w.limit(w.conclude(t, name.Issuer, true))
	switch {
	case t.Effect == Deny && !stopped && t.Missing[0].Issuer == "":
		t.Reason = ClientNeeds
	case t.Effect == Allow && w.state(name.Issuer) == license.ReadOnly:
		t.Reason = IssuerReadOnly
	}
	return w.shut(t)
}

// shut denies signing in while an event keeps the person out. Whoever could not
// sign in anyway hears of it behind everything else.
func (w why) shut(t Trace) Trace {
	if w.Closed == nil {
		return t
	}
	t.Missing = append(t.Missing, Missing{Reason: NoLoginEvent, Number: w.Closed.Number, Until: w.Closed.Until, Fixes: []Fix{{Act: DoEndEvent}}})
	if t.Effect != Deny {
		t.Effect, t.Reason, t.Grace, t.Until = Deny, NoLoginEvent, false, w.Closed.Until
	}
	return t
}

// needs traces each module that signing in to a client needs.
func (w why) needs(t *Trace, c *license.Client, issuer license.Issuer) {
	for _, m := range c.System {
		n := license.NameOf(issuer, m)
		if l := w.Active.License(n); l == nil || l.Kind != license.System {
			t.Missing = append(t.Missing, w.off(n))
		} else {
			t.Paths = append(t.Paths, w.on(n))
		}
	}
	for _, m := range c.User {
		n := license.NameOf(issuer, m)
		if paths := w.paths(n); len(paths) > 0 {
			t.Paths = append(t.Paths, paths...)
		} else {
			t.Missing = append(t.Missing, w.notHeld(ClientNeeds, n)...)
		}
	}
	// A prerequisite that the client needs anyway is named once.
	all := slices.Clone(t.Missing)
	t.Missing = slices.DeleteFunc(t.Missing, func(m Missing) bool {
		return m.Reason == string(PrerequisiteMissing) && slices.ContainsFunc(all, func(other Missing) bool {
			return other.Reason == ClientNeeds && other.Name == m.Name
		})
	})
}

// conclude gives a trace its effect: what is missing denies, or leaves reading
// when it is only the right to edit, a set out of force denies everything, and
// the issuer's dates lower what is allowed. Signing in stays allowed on every
// day.
func (w why) conclude(t Trace, issuer license.Issuer, signIn bool) Trace {
	t.Effect = Allow
	if out, set := w.outage(issuer), w.Active.Set(issuer); out != nil && set != nil {
		m := Missing{Reason: out.Reason, Issuer: issuer, Number: set.Number, Key: out.Key, Since: out.Since, Fixes: []Fix{{Act: DoActivateSet}}}
		if len(t.Missing) > 0 && t.Missing[0].Reason == NoEdit {
			t.Missing = slices.Insert(t.Missing, 0, m)
		} else {
			t.Missing = append(t.Missing, m)
		}
	}
	if len(t.Missing) > 0 {
		t.Effect, t.Reason = Deny, t.Missing[0].Reason
		if t.Reason != NoEdit {
			return t
		}
		t.Effect = ReadOnly
	}
	set, state := w.Active.Set(issuer), w.state(issuer)
	if state != license.ReadOnly {
		t.Grace, t.Until = state == license.Grace, set.Dates.End()
		return t
	}
	if !signIn {
		t.Missing = append(t.Missing, Missing{Reason: IssuerReadOnly, Until: set.Dates.End(), Fixes: []Fix{{Act: DoActivateSet}}})
		if t.Effect == Allow {
			t.Effect, t.Reason = ReadOnly, IssuerReadOnly
		}
	}
	return t
}

// limit ends an answer about a person no later than the person's login.
func (w why) limit(t Trace) Trace {
	end := w.Person.ValidThrough
	if t.Effect != Deny && !end.IsZero() && (t.Until.IsZero() || end.Before(t.Until)) {
		t.Until = end
	}
	return t
}

// person returns what keeps the person from using anything at all.
func (w why) person() []Missing {
	p := w.Person
	switch {
	case p.Deleted:
		return []Missing{{Reason: PersonGone}}
	case p.Former:
		return []Missing{{Reason: PersonGone, Fixes: []Fix{{Act: DoBringBack}}}}
	case !p.Login:
		return []Missing{{Reason: NoLogin, Fixes: []Fix{{Act: DoGiveLogin}}}}
	case p.Waiting:
		return []Missing{{Reason: WaitingForApproval, Fixes: []Fix{{Act: DoApprove}}}}
	case !p.CanSignIn(w.today):
		return []Missing{{Reason: ValidThroughPassed, Until: p.ValidThrough, Fixes: []Fix{{Act: DoExtendLogin}}}}
	}
	return nil
}

func (w why) off(name license.Name) Missing {
	return Missing{Reason: FeatureOff, Name: name, Fixes: []Fix{{Act: DoActivateSet}}}
}

func (w why) on(name license.Name) Path {
	return Path{Name: name, Steps: append([]Step{{Fact: SystemOn, Name: name}}, w.inForce(name.Issuer)...)}
}

// inForce is the step that every path ends with, as long as the set counts.
func (w why) inForce(issuer license.Issuer) []Step {
	if w.outage(issuer) != nil {
		return nil
	}
	set := w.Active.Set(issuer)
	return []Step{{Fact: SetInForce, Issuer: issuer, Number: set.Number, State: w.state(issuer), Until: set.Dates.End()}}
}

// paths returns every way the person holds a name that a set has.
func (w why) paths(name license.Name) []Path {
	if w.Person.Gone() || w.Active.License(name) == nil {
		return nil
	}
	var paths []Path
	for _, from := range w.sources(name) {
		for _, first := range w.given(from) {
			steps := []Step{first}
			if from != name {
				steps = append(steps, Step{Fact: PlanIncludes, Name: name, Of: from})
			}
			paths = append(paths, Path{Name: name, Steps: append(steps, w.rest(name)...)})
		}
	}
	return paths
}

// given returns how the person came to a name that was not derived from a plan:
// each assignment, and the profile.
func (w why) given(name license.Name) []Step {
	var steps []Step
	for _, a := range w.assigned(name) {
		steps = append(steps, Step{Fact: PersonHolds, Name: name, Source: a.Source, By: a.By, Since: a.From})
	}
	set := w.Active.Set(name.Issuer)
	if w.Person.Login && set != nil && set.Occupancy == license.ByCredentials && slices.Contains(w.Profile, name) {
		steps = append(steps, Step{Fact: ProfileHas, Name: name, Profile: w.Person.Profile, Source: Profile})
	}
	if w.Person.Login && slices.Contains(w.Active.LoginGives(w.Person.Kind), name) {
		steps = append(steps, Step{Fact: LoginGives, Name: name, Source: Login})
	}
	return steps
}

// rest returns what every path to a name goes through after what was given.
func (w why) rest(name license.Name) []Step {
	var steps []Step
	if p := prerequisite(w.Active, name); p != (license.Name{}) {
		fact := PrerequisiteMissing
		if met(w.Active, w.uses, p) {
			fact = PrerequisiteHeld
		}
		steps = append(steps, Step{Fact: fact, Name: p, Of: name})
	}
	if w.Person.CanSignIn(w.today) {
		steps = append(steps, Step{Fact: MaySignIn, Until: w.Person.ValidThrough})
	}
	return append(steps, w.inForce(name.Issuer)...)
}

func client(set *license.Set, name license.Module) *license.Client {
	if set == nil {
		return nil
	}
	for i := range set.Clients {
		if license.Module(set.Clients[i].Name).Fold() == name.Fold() {
			return &set.Clients[i]
		}
	}
	return nil
}

// signsIn reports whether one of a set's clients needs a user module.
func signsIn(set *license.Set, module license.Module) bool {
	return set != nil && slices.ContainsFunc(set.Clients, func(c license.Client) bool {
		return slices.ContainsFunc(c.User, func(m license.Module) bool { return m.Fold() == module })
	})
}
