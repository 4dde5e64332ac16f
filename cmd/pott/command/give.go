package command

import (
	"strings"

	"github.com/pott-dev/pott/api"
)

type userPlan struct {
	Set userPlanSet `cmd:"" help:"Put a person on a plan, in place of the one of the same group."`
	Add userPlanAdd `cmd:"" help:"Give a person one more plan."`
	Rm  userPlanRm  `cmd:"" help:"Take a plan back."`
}

// planArgs are the arguments of everything about one person and one plan.
type planArgs struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	Plan string `arg:"" help:"The plan's name, such as sales-premium."`
}

type userPlanSet struct {
	User   string            `arg:"" help:"The person's user id, or # and the number."`
	Plan   string            `arg:"" optional:"" help:"The plan's name, such as sales-premium."`
	Line   map[string]string `placeholder:"LINE=TIER" help:"Instead of a plan: the tier of a line of products. May be given more than once."`
	Reason string            `placeholder:"TEXT" help:"Why, for the record."`
	taking
}

func (c userPlanSet) Run(s *session) error {
	if c.Plan == "" && len(c.Line) == 0 {
		return &UsageError{Problem: "neither a plan nor a line was given", Help: "pott user plan set --help"}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.SetPlan(s.ctx, c.User, api.PlanChoice{Plan: c.Plan, Lines: c.Line, Reason: c.Reason}, c.how())
	if err != nil {
		return err
	}
	return s.changed(done, "did.plan-set", undoPlan(c.User, c.Plan, done))
}

// undoPlan returns the command that puts things back.
func undoPlan(user, plan string, done api.ChangedPerson) string {
	for _, h := range done.Effect.Released {
		for _, l := range done.Effect.Given {
			if l.Name.Issuer == h.Name.Issuer {
				return "pott user plan set " + quoted(user) + " " + quoted(h.Name.String())
			}
		}
	}
	if plan == "" && len(done.Effect.Given) > 0 { // chosen by its lines
		plan = done.Effect.Given[len(done.Effect.Given)-1].Name.String()
	}
	return "pott user plan rm " + quoted(user) + " " + quoted(plan)
}

type userPlanAdd struct {
	planArgs
	Reason string `placeholder:"TEXT" help:"Why, for the record."`
	preview
}

func (c userPlanAdd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.AddPlan(s.ctx, c.User, api.PlanChoice{Plan: c.Plan, Reason: c.Reason}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.plan-added", "pott user plan rm "+quoted(c.User)+" "+quoted(c.Plan))
}

type userPlanRm struct {
	planArgs
	taking
}

func (c userPlanRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RemovePlan(s.ctx, c.User, c.Plan, c.how())
	if err != nil {
		return err
	}
	return s.changed(done, "did.plan-removed", "pott user plan add "+quoted(c.User)+" "+quoted(c.Plan))
}

type userExtra struct {
	Add userExtraAdd `cmd:"" help:"Give a person a license beside a plan."`
	Rm  userExtraRm  `cmd:"" help:"Take it back."`
}

// extraArgs are the arguments of everything about one person and one license.
type extraArgs struct {
	User    string `arg:"" help:"The person's user id, or # and the number."`
	License string `arg:"" help:"The license's name, such as synchronizer-cal."`
}

type userExtraAdd struct {
	extraArgs
	Quantity int64  `placeholder:"N" default:"1" help:"How many seats it takes."`
	Reason   string `placeholder:"TEXT" help:"Why, for the record."`
	preview
}

func (c userExtraAdd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.GiveExtra(s.ctx, c.User, c.License, api.ExtraChoice{Quantity: c.Quantity, Reason: c.Reason}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.extra-added", "pott user extra rm "+quoted(c.User)+" "+quoted(c.License))
}

type userExtraRm struct {
	extraArgs
	taking
}

func (c userExtraRm) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RemoveExtra(s.ctx, c.User, c.License, c.how())
	if err != nil {
		return err
	}
	return s.changed(done, "did.extra-removed", "pott user extra add "+quoted(c.User)+" "+quoted(c.License))
}

type userProfile struct {
	Set userProfileSet `cmd:"" help:"Put a person on a profile, or on none."`
}

type userProfileSet struct {
	User    string `arg:"" help:"The person's user id, or # and the number."`
	Profile string `arg:"" optional:"" help:"The profile's code; none when left out."`
	seen
	taking
}

func (c userProfileSet) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	// What it was is needed to say how to undo; not knowing it is no reason to
	// fail.
	was, _ := cl.Person(s.ctx, c.User, "")
	done, err := cl.SetProfile(s.ctx, c.User, api.ProfileChoice{Profile: c.Profile, Was: c.Was}, c.how())
	if err != nil {
		return err
	}
	undo := strings.TrimSpace("pott user profile set " + quoted(c.User) + " " + was.Profile)
	return s.changed(done, "did.profile-set", undo)
}

type userLogin struct {
	Set userLoginSet `cmd:"" help:"Give a person a login, or change its last day."`
	End userLoginEnd `cmd:"" help:"Take a person's login away."`
}

type userLoginSet struct {
	User         string `arg:"" help:"The person's user id, or # and the number."`
	ValidThrough string `placeholder:"DAY" help:"The last day the login is good; no end when left out."`
	seen
	preview
}

func (c userLoginSet) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.GiveLogin(s.ctx, c.User, api.LoginChoice{ValidThrough: c.ValidThrough, Was: c.Was}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.login-set", "pott user login end "+quoted(c.User))
}

type userLoginEnd struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	taking
}

func (c userLoginEnd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.EndLogin(s.ctx, c.User, c.how())
	if err != nil {
		return err
	}
	return s.changed(done, "did.login-ended", "pott user login set "+quoted(c.User))
}
