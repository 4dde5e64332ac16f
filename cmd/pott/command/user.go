package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

type userCmd struct {
	Ls       userLs       `cmd:"" help:"List people."`
	Show     userShow     `cmd:"" help:"Show a person, and everything the person may use."`
	Add      userAdd      `cmd:"" help:"Add a person."`
	Change   userChange   `cmd:"" help:"Change names, kind or group, or make somebody a former employee."`
	Rm       userRm       `cmd:"" help:"Delete a person and take back everything the person holds."`
	Erase    userErase    `cmd:"" help:"Forget for good who somebody is; number and history stay."`
	Import   userImport   `cmd:"" help:"Take in a list of people as CSV."`
	Export   userExport   `cmd:"" help:"Write people as a list that can be imported again."`
	Template userTemplate `cmd:"" help:"Write an empty list of people."`
	Bulk     userBulk     `cmd:"" help:"Do the same for many people."`
	Approve  userApprove  `cmd:"" help:"Let somebody in who waits for approval."`
	Refuse   userRefuse   `cmd:"" help:"Turn somebody away who waits for approval; number and history stay."`
	Retire   userRetire   `cmd:"" help:"Make somebody a former employee: takes back everything and every role."`
	Restore  userRestore  `cmd:"" help:"Bring back somebody who has left or was deleted, without plan or role."`
	Plan     userPlan     `cmd:"" help:"Give and take plans."`
	Extra    userExtra    `cmd:"" help:"Give and take licenses beside a plan."`
	Profile  userProfile  `cmd:"" help:"Put a person on a profile."`
	Login    userLogin    `cmd:"" help:"Give and end logins."`
	Why      userWhy      `cmd:"" help:"Say whether a person may, and everything that led to it."`
	Check    userCheck    `cmd:"" help:"Say in one line whether a person may."`

	Link    userLink    `cmd:"" help:"Make a one-time link with which a person comes in and chooses a password or passkey."`
	Signin  userSignIn  `cmd:"" help:"Show how a person may sign in to the pages, and where the person is signed in."`
	SignOut userSignOut `cmd:"" help:"End a person's sessions."`
	Forget  userForget  `cmd:"" help:"Remove a person's password or a passkey."`

	Messages userMessages `cmd:"" help:"Show or change which kinds of mail a person wants."`

	Offer    userOffer    `cmd:"" help:"List what a person may be given, with what is spare."`
	Arrange  userArrange  `cmd:"" help:"Give a person exactly these plans and extras, and take back the others."`
	Licenses userLicenses `cmd:"" help:"List what a person may use and why, as it is told to the person."`
}

func (o *paper) roles(roles []string) string {
	var words []string
	for _, r := range roles {
		words = append(words, o.s.say("role."+r))
	}
	return strings.Join(words, ", ")
}

func fullName(p api.Person) string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

func (o *paper) login(p api.Person) string {
	switch {
	case p.Deleted:
		return o.s.say("login.deleted")
	case p.Former:
		return o.s.say("login.former")
	case p.Waiting:
		return o.s.say("login.waiting")
	case !p.Login:
		return o.s.say("login.no")
	case !p.ValidThrough.IsZero():
		return o.s.say("login.through", p.ValidThrough)
	}
	return o.s.say("login.yes")
}

// has says in a few words what a person was given.
func (o *paper) has(p api.Person) string {
	var parts []string
	for _, h := range p.Plans {
		parts = append(parts, title(h.DisplayName, h.Name))
	}
	for _, h := range p.Extras {
		parts = append(parts, "+ "+title(h.DisplayName, h.Name))
	}
	if len(p.Plans)+len(p.Extras) == 0 && len(p.AllowedBy) > 0 {
		parts = append(parts, names(p.AllowedBy))
	}
	if !p.Counted && len(p.AllowedBy) > 0 {
		parts = append(parts, o.s.say("has.not-counted"))
	}
	if p.Profile != "" {
		parts = append(parts, o.s.say("has.profile", p.Profile))
	}
	return strings.Join(parts, ", ")
}

func ended(history []api.Holding) []api.Holding {
	var past []api.Holding
	for _, h := range history {
		if !h.Until.IsZero() {
			past = append(past, h)
		}
	}
	return past
}

func (o *paper) holdings(heading string, list []api.Holding) {
	if len(list) == 0 {
		return
	}
	o.printf("\n")
	o.line(heading)
	t := &table{columns: []column{{}, {cut: late}, {}, {}}}
	short := shorter(namesOf(list, func(h api.Holding) license.Name { return h.Name }))
	for _, h := range list {
		since := day(h.Since)
		if !h.Until.IsZero() {
			since += " – " + day(h.Until)
		}
		t.add("  "+short(h.Name), h.DisplayName, o.s.say("source."+h.Source), since)
	}
	o.table(t)
}

type userAdd struct {
	User         string `arg:"" help:"The new user id."`
	First        string `placeholder:"NAME" help:"First name."`
	Last         string `placeholder:"NAME" help:"Last name."`
	Email        string `placeholder:"ADDRESS" help:"E-mail address."`
	Group        string `placeholder:"GROUP" help:"User group."`
	Kind         string `enum:"internal,external,system,anonymous,resource" default:"internal" help:"internal, external, system, anonymous or resource."`
	Login        bool   `help:"Give a login at once."`
	ValidThrough string `placeholder:"DAY" help:"The last day the login is good, such as 2026-12-31."`
	Plan         string `placeholder:"PLAN" help:"Set this plan at once; if it cannot be given, nobody is added."`
	Profile      string `placeholder:"PROFILE" help:"Set this profile at once."`
	Waiting      bool   `help:"The person must be approved before signing in."`
	preview
}

func (c userAdd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.AddPerson(s.ctx, api.NewPerson{
		UserID: c.User, FirstName: c.First, LastName: c.Last, Email: c.Email, Group: c.Group, Kind: c.Kind,
		Login: c.Login, ValidThrough: c.ValidThrough, Plan: c.Plan, Profile: c.Profile, Waiting: c.Waiting,
	}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.added", "pott user rm "+quoted(c.User)+" --yes")
}

type userChange struct {
	User   string            `arg:"" help:"The person's user id, or # and the number."`
	ID     *string           `name:"id" placeholder:"USER" help:"New user id."`
	First  *string           `placeholder:"NAME" help:"First name."`
	Last   *string           `placeholder:"NAME" help:"Last name."`
	Email  *string           `placeholder:"ADDRESS" help:"E-mail address."`
	Group  *string           `placeholder:"GROUP" help:"User group."`
	Kind   *string           `placeholder:"KIND" help:"internal, external, system, anonymous or resource."`
	Former *bool             `negatable:"" help:"Make somebody a former employee: takes back everything the person holds."`
	Was    map[string]string `placeholder:"FIELD=TEXT" help:"What a field said when this was made up, such as last_name=Berg; refused when somebody has changed it since."`
	preview
}

// personWas reads what fields said, by their names in the API.
func personWas(fields map[string]string) (*api.PersonWas, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	was := &api.PersonWas{}
	at := map[string]**string{"user_id": &was.UserID, "first_name": &was.FirstName, "last_name": &was.LastName, "email": &was.Email, "group": &was.Group}
	for name, text := range fields {
		field, ok := at[name]
		if !ok {
			return nil, &UsageError{Problem: fmt.Sprintf("--was %q is not user_id, first_name, last_name, email or group", name), Help: "pott user change --help"}
		}
		*field = &text
	}
	return was, nil
}

func (c userChange) Run(s *session) error {
	patch := api.PersonPatch{UserID: c.ID, FirstName: c.First, LastName: c.Last, Email: c.Email, Group: c.Group, Kind: c.Kind, Former: c.Former}
	if patch == (api.PersonPatch{}) {
		return &UsageError{Problem: "nothing to change was given", Help: "pott user change --help"}
	}
	var err error
	if patch.Was, err = personWas(c.Was); err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.ChangePerson(s.ctx, c.User, patch, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.changed", "")
}

type userRm struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	Yes  bool   `help:"Delete without asking."`
	preview
}

func (c userRm) Run(s *session) error {
	if !c.DryRun {
		if err := s.confirm(c.Yes, s.say("rm.ask", c.User)); err != nil {
			return err
		}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RemovePerson(s.ctx, c.User, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.deleted", "")
}

// changed prints what became of a person, what that did to the pools, and how
// to undo it.
func (s *session) changed(done api.ChangedPerson, key, undo string) error {
	return s.answer(answer{doc: done, ids: []string{done.Person.UserID}, human: func(o *paper) {
		p := done.Person
		has := o.has(p)
		if has == "" {
			has = s.say("has.nothing")
		}
		switch {
		case !done.Changed && !done.DryRun, !done.Changed && done.DryRun && quiet(done.Effect):
			o.line("did.already", p.UserID, has)
			return
		case done.DryRun:
			o.line("did.would", s.say(key, p.UserID, has))
		default:
			o.line(key, p.UserID, has)
		}
		o.along(done.Effect)
		o.pools(done.Effect.Pools)
		if len(done.HandOver) > 0 {
			o.line("hand-over")
			o.inHand(done.HandOver)
		}
		if undo != "" && !done.DryRun {
			s.remark("undo", undo)
		}
	}})
}

func quiet(e api.Effect) bool { return len(e.Given)+len(e.Released)+len(e.Pools) == 0 }

// pools prints the pools a change has touched; those given by plans only are
// counted together.
func (o *paper) pools(changes []api.PoolChange) {
	t := &table{columns: []column{{}, {}, {}}}
	short, hidden := shorter(namesOf(changes, func(c api.PoolChange) license.Name { return c.Name })), 0
	for _, c := range changes {
		if c.Hidden {
			hidden++
			continue
		}
		of := ""
		if !c.Unrestricted {
			of = o.s.say("pool.of", c.Seats)
		}
		t.add("  "+short(c.Name), fmt.Sprintf("%d → %d", c.Before, c.After), of)
	}
	o.table(t)
	if hidden > 0 {
		o.line("pool.hidden", hidden)
	}
}

// quoted returns an argument as a shell wants it.
func quoted(arg string) string {
	plain := arg != "" && strings.IndexFunc(arg, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.@+/:", r))
	}) < 0
	if plain {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
