package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
)

type roleCmd struct {
	Ls   roleLs   `cmd:"" help:"List who has which role."`
	Give roleGive `cmd:"" help:"Give a person a role."`
	Take roleTake `cmd:"" help:"Take a role back; the last administrator who can sign in keeps it."`
}

type roleLs struct{}

func (roleLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Roles(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(r api.RoleHolder) string { return r.Person }), human: func(o *paper) {
		t := &table{columns: []column{{head: "role"}, {head: "user"}, {head: "login"}, {head: "since"}, {head: "who", cut: late}}}
		for _, r := range list.Items {
			login := "login.no"
			if r.SignsIn {
				login = "login.yes"
			}
			t.add(s.say("role."+r.Role), r.Person, s.say(login), day(r.Since), r.By)
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

// roleArgs are the arguments of everything about one person and one role.
type roleArgs struct {
	User string `arg:"" help:"The person's user id, or # and the number."`
	Role string `arg:"" enum:"administrator,user-administrator,auditor" help:"administrator, user-administrator or auditor."`
}

type roleGive struct {
	roleArgs
	preview
}

func (c roleGive) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.GiveRole(s.ctx, c.User, c.Role, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedRoles(done, fmt.Sprintf("pott role take %s %s", quoted(c.User), c.Role))
}

type roleTake struct {
	roleArgs
	preview
}

func (c roleTake) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.TakeRole(s.ctx, c.User, c.Role, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedRoles(done, fmt.Sprintf("pott role give %s %s", quoted(c.User), c.Role))
}

func (s *session) changedRoles(done api.ChangedRoles, undo string) error {
	return s.answer(answer{doc: done, ids: []string{done.Person}, human: func(o *paper) {
		roles := make([]string, len(done.Roles))
		for i, r := range done.Roles {
			roles[i] = s.say("role." + r)
		}
		has := strings.Join(roles, ", ")
		if has == "" {
			has = s.say("role.none")
		}
		switch {
		case !done.Changed && !done.DryRun:
			o.line("did.already", done.Person, has)
		case done.DryRun:
			o.line("did.would", s.say("role.has", done.Person, has))
		default:
			o.line("role.has", done.Person, has)
			s.remark("undo", undo)
		}
	}})
}
