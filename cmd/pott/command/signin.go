package command

import (
	"strings"

	"github.com/pott-dev/pott/api"
)

type userLink struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	preview
}

// Help says what kong's one line cannot.
func (userLink) Help() string {
	return "Whoever opens the link first comes in as the person and chooses a password or a passkey. It is good once, for 24 hours, and replaces any link made before. Send it in a way only the person reads. With --recover it needs no token: only somebody who can read the server's keys."
}

func (c userLink) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	made, err := cl.MakeLink(s.ctx, c.User, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: made, ids: []string{either(made.Path, made.Person)}, human: func(o *paper) {
		if made.DryRun {
			o.line("link.would", made.Person)
			return
		}
		o.printf("%s\n", s.address()+made.Path)
		s.remark("link.once", made.Person, made.Expires.UTC().Format("2006-01-02 15:04"))
	}})
}

// address is where people reach the installation, as far as the command knows.
func (s *session) address() string {
	c, err := s.g.connection(s.p.Env)
	if err != nil || s.g.Recover {
		return ""
	}
	address := strings.TrimSuffix(c.Server.Value, "/")
	if c.Installation.Value != "" {
		address += "/" + c.Installation.Value
	}
	return address
}

type userSignIn struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
}

func (c userSignIn) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	who, err := cl.SignIn(s.ctx, c.User)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: who, ids: idsOf(who.Sessions, func(x api.Session) string { return x.ID }), human: func(o *paper) {
		t := &table{columns: []column{{head: "kind"}, {head: "id"}, {head: "title", cut: late}, {head: "since"}, {head: "until"}}}
		if !who.Password.IsZero() {
			t.add(s.say("signin.password"), "", "", day(who.Password), "")
		}
		for _, k := range who.Passkeys {
			t.add(s.say("signin.passkey"), k.ID, k.Name, day(k.Created), "")
		}
		if !who.Link.IsZero() {
			t.add(s.say("signin.link"), "", "", "", moment(who.Link))
		}
		for _, x := range who.Sessions {
			t.add(s.say("signin.session"), x.ID, x.Device, moment(x.Begun), moment(x.Ends))
		}
		if len(t.rows) == 0 {
			o.line("signin.none", who.Person)
			return
		}
		o.table(t)
	}})
}

type userSignOut struct {
	User    string `arg:"" help:"The person's user id, or # and the number."`
	Session string `placeholder:"ID" help:"Only this session, as pott user signin shows it."`
	preview
}

func (c userSignOut) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.EndSessions(s.ctx, c.User, c.Session, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedSignIn(done, "signin.ended")
}

type userForget struct {
	User    string `arg:"" help:"The person's user id, or # and the number."`
	Passkey string `placeholder:"ID" help:"This passkey, as pott user signin shows it; the password when left out."`
	preview
}

// Help says what kong's one line cannot.
func (userForget) Help() string {
	return "For a password others may know, or a phone that was lost. All sessions of the person end; pott user link makes a way in again."
}

func (c userForget) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.Passkey != "" {
		done, err := cl.RemovePasskey(s.ctx, c.User, c.Passkey, c.DryRun)
		if err != nil {
			return err
		}
		return s.changedSignIn(done, "signin.passkey-removed")
	}
	done, err := cl.RemovePassword(s.ctx, c.User, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedSignIn(done, "signin.password-removed")
}

func (s *session) changedSignIn(done api.ChangedSignIn, word string) error {
	return s.answer(answer{doc: done, ids: []string{done.Person}, human: func(o *paper) {
		said := s.say(word, done.Person, done.Ended)
		switch {
		case !done.Changed && !done.DryRun:
			o.line("did.already", done.Person, s.say("signin.no-password"))
		case done.DryRun:
			o.line("did.would", said)
		default:
			o.line(word, done.Person, done.Ended)
		}
	}})
}
