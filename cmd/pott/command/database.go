package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

type databaseCmd struct {
	Ls      databaseLs      `cmd:"" help:"List databases, and the site licenses each holds."`
	Show    databaseShow    `cmd:"" help:"Show one database."`
	Add     databaseAdd     `cmd:"" help:"Add a satellite database."`
	Rename  databaseRename  `cmd:"" help:"Give a database another name."`
	Remove  databaseRemove  `cmd:"" help:"Remove a satellite database and take back everything it holds."`
	Assign  databaseAssign  `cmd:"" help:"Give a database a site license."`
	Release databaseRelease `cmd:"" help:"Take a site license back from a database."`
	Why     databaseWhy     `cmd:"" help:"Say whether a database may use a license, and everything that led to it."`
	Check   databaseCheck   `cmd:"" help:"Say in one line whether a database may use a license."`
}

type databaseLs struct {
	Removed bool `help:"Also those that were removed."`
}

func (c databaseLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Databases(s.ctx, c.Removed)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(d api.Database) string { return fmt.Sprint(d.Number) }), human: func(o *paper) {
		t := &table{columns: []column{{head: "database", right: true}, {head: "title", cut: late}, {head: "state"}, {head: "has", cut: late}}}
		for _, d := range list.Items {
			state := ""
			if d.Removed {
				state = s.say("database.gone")
			}
			t.add(fmt.Sprint(d.Number), d.Name, state, o.siteHas(d))
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

type databaseShow struct {
	Database string `arg:"" help:"The database's number or name."`
}

func (c databaseShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	d, err := cl.Database(s.ctx, c.Database)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: d, ids: []string{fmt.Sprint(d.Number)}, human: func(o *paper) {
		state := ""
		if d.Removed {
			state = s.say("database.gone")
		}
		o.pairs([][2]string{{"number", fmt.Sprint(d.Number)}, {"name", d.Name}, {"state", state}, {"licenses", o.siteHas(d)}}...)
	}})
}

func (o *paper) siteHas(d api.Database) string {
	short := shorter(namesOf(d.Licenses, func(h api.Holding) license.Name { return h.Name }))
	var parts []string
	for _, h := range d.Licenses {
		text := title(h.DisplayName, h.Name)
		if h.DisplayName == "" {
			text = short(h.Name)
		}
		if h.Quantity > 1 {
			text += fmt.Sprintf(" ×%d", h.Quantity)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// databaseArg is the argument of everything about one database.
type databaseArg struct {
	Database string `arg:"" help:"The database's number or name; 0 is the central one."`
}

type databaseAdd struct {
	Name string `arg:"" help:"What people call it."`
	preview
}

func (c databaseAdd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.AddDatabase(s.ctx, c.Name, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedDatabase(done, "database.added", "pott database remove "+quoted(c.Name)+" --yes")
}

type databaseRename struct {
	databaseArg
	Name string `arg:"" help:"Its new name."`
	seen
	preview
}

func (c databaseRename) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RenameDatabase(s.ctx, c.Database, api.DatabaseRename{Name: c.Name, Was: c.Was}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedDatabase(done, "database.renamed", "")
}

type databaseRemove struct {
	databaseArg
	Yes bool `help:"Remove without asking."`
	preview
}

func (c databaseRemove) Run(s *session) error {
	if !c.DryRun {
		if err := s.confirm(c.Yes, s.say("database.ask", c.Database)); err != nil {
			return err
		}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.RemoveDatabase(s.ctx, c.Database, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedDatabase(done, "database.removed", "")
}

type databaseAssign struct {
	databaseArg
	License  string `arg:"" help:"The license's name, such as translate."`
	Quantity int64  `placeholder:"N" default:"1" help:"How many seats it takes."`
	Reason   string `placeholder:"TEXT" help:"Why, for the record."`
	preview
}

func (c databaseAssign) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.AssignSite(s.ctx, c.Database, c.License, api.SiteChoice{Quantity: c.Quantity, Reason: c.Reason}, c.DryRun)
	if err != nil {
		return err
	}
	return s.changedDatabase(done, "database.has", "pott database release "+quoted(c.Database)+" "+quoted(c.License))
}

type databaseRelease struct {
	databaseArg
	License string `arg:"" help:"The license's name, such as translate."`
	taking
}

func (c databaseRelease) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.ReleaseSite(s.ctx, c.Database, c.License, c.how())
	if err != nil {
		return err
	}
	return s.changedDatabase(done, "database.has", "pott database assign "+quoted(c.Database)+" "+quoted(c.License))
}

// taking is the flags of everything that takes a license back.
type taking struct {
	WithDependants bool `help:"Take back what needs it as well."`
	preview
}

func (t taking) how() client.Taking {
	return client.Taking{DryRun: t.DryRun, WithDependants: t.WithDependants}
}

func (s *session) changedDatabase(done api.ChangedDatabase, key, undo string) error {
	return s.answer(answer{doc: done, ids: []string{fmt.Sprint(done.Database.Number)}, human: func(o *paper) {
		d := done.Database
		has := o.siteHas(d)
		if has == "" {
			has = s.say("has.nothing")
		}
		switch {
		case !done.Changed && !done.DryRun:
			o.line("did.already", d.Name, has)
			return
		case done.DryRun:
			o.line("did.would", s.say(key, d.Name, has))
		default:
			o.line(key, d.Name, has)
		}
		o.along(done.Effect)
		o.pools(done.Effect.Pools)
		if undo != "" && !done.DryRun {
			s.remark("undo", undo)
		}
	}})
}

// along says what was given or taken back that nobody named.
func (o *paper) along(e api.Effect) {
	if len(e.Parents) > 0 {
		o.line("along.parents", names(e.Parents))
	}
	if len(e.Dependants) > 0 {
		o.line("along.dependants", names(e.Dependants))
	}
}
