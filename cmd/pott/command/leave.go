package command

import "github.com/pott-dev/pott/api"

type userApprove struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	preview
}

func (c userApprove) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.ApprovePerson(s.ctx, c.User, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.approved", "")
}

type userRefuse struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	preview
}

func (c userRefuse) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RefusePerson(s.ctx, c.User, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.refused", "")
}

type userRetire struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	preview
}

func (c userRetire) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RetirePerson(s.ctx, c.User, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.retired", "pott user restore "+quoted(c.User))
}

type userRestore struct {
	User string `arg:"" help:"The user id the person had, or # and the number."`
	As   string `placeholder:"USER" help:"Another user id, when somebody else has the old one by now."`
	preview
}

func (c userRestore) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RestorePerson(s.ctx, c.User, api.RestoreChoice{UserID: c.As}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changed(done, "did.restored", "")
}
