package command

import "fmt"

type contextCmd struct {
	Ls   contextLs   `cmd:"" help:"List what is remembered."`
	Show contextShow `cmd:"" help:"Show which server would be asked, and where each value comes from."`
	Use  contextUse  `cmd:"" help:"Make one the current."`
	Add  contextAdd  `cmd:"" help:"Remember an installation."`
	Rm   contextRm   `cmd:"" help:"Forget one."`
}

// Help says what kong's one line cannot.
func (contextCmd) Help() string {
	return "Contexts are kept in $POTT_CONTEXTS, else $XDG_CONFIG_HOME/pott/contexts.json, else ~/.config/pott/contexts.json. They hold where a token is kept, never the token. A flag beats the environment, the environment beats the context."
}

// contextList is the document of everything about contexts.
type contextList struct {
	Current string         `json:"current,omitempty"`
	DryRun  bool           `json:"dry_run,omitempty"`
	Items   []contextEntry `json:"items"`
}

type contextEntry struct {
	Name string `json:"name"`
	place
}

func listed(c contexts) contextList {
	list := contextList{Current: c.Current, Items: []contextEntry{}}
	for _, name := range c.names() {
		list.Items = append(list.Items, contextEntry{name, c.Contexts[name]})
	}
	return list
}

func (s *session) answerContexts(c contexts, dry bool) error {
	doc := listed(c)
	doc.DryRun = dry
	return s.answer(answer{doc: doc, ids: c.names(), human: func(o *paper) {
		t := &table{columns: []column{{}, {head: "context"}, {head: "server", cut: late}, {head: "installation"}, {head: "token-file", cut: late}}}
		for _, e := range doc.Items {
			mark := " "
			if e.Name == c.Current {
				mark = "*"
			}
			t.add(mark, e.Name, e.Server, e.Installation, e.TokenFile)
		}
		o.table(t)
	}})
}

type contextLs struct{}

func (contextLs) Run(s *session) error {
	all, err := readContexts(s.p.Env)
	if err != nil {
		return err
	}
	return s.answerContexts(all, false)
}

type contextShow struct{}

func (contextShow) Run(s *session) error {
	c, err := s.g.connection(s.p.Env)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: c, ids: []string{c.Context}, human: func(o *paper) {
		t := &table{columns: []column{{}, {cut: late}, {}}}
		t.add(s.say("label.context"), c.Context, "")
		t.add(s.say("label.server"), c.Server.Value, c.Server.From)
		t.add(s.say("label.installation"), c.Installation.Value, c.Installation.From)
		t.add(s.say("label.token"), c.Token.Value, c.Token.From)
		o.table(t)
	}})
}

// edit changes the remembered contexts and prints what they are then.
func (s *session) edit(dry bool, act func(*contexts) error) error {
	all, err := readContexts(s.p.Env)
	if err != nil {
		return err
	}
	if err := act(&all); err != nil {
		return err
	}
	if !dry {
		if err := all.write(s.p.Env); err != nil {
			return err
		}
	}
	return s.answerContexts(all, dry)
}

type contextUse struct {
	Name string `arg:"" help:"The context's name."`
	preview
}

func (c contextUse) Run(s *session) error {
	return s.edit(c.DryRun, func(all *contexts) error {
		if _, ok := all.Contexts[c.Name]; !ok {
			return &NoContextError{Name: c.Name, Known: known(*all)}
		}
		all.Current = c.Name
		return nil
	})
}

type contextAdd struct {
	Name string `arg:"" help:"A name of your choice. --server, --installation and --token-file say what it stands for."`
	preview
}

func (c contextAdd) Run(s *session) error {
	if s.g.TokenFile == "-" {
		return &UsageError{Problem: "a context remembers where a token is kept, never the token: give a file", Help: "pott context add --help"}
	}
	return s.edit(c.DryRun, func(all *contexts) error {
		server := s.g.Server
		if server == "" {
			server = defaultServer
		}
		all.Contexts[c.Name] = place{Server: server, Installation: s.g.Installation, TokenFile: absolute(s.g.TokenFile)}
		if all.Current == "" {
			all.Current = c.Name
		}
		return nil
	})
}

type contextRm struct {
	Name string `arg:"" help:"The context's name."`
	preview
}

func (c contextRm) Run(s *session) error {
	return s.edit(c.DryRun, func(all *contexts) error {
		if _, ok := all.Contexts[c.Name]; !ok {
			return &NoContextError{Name: c.Name, Known: known(*all)}
		}
		delete(all.Contexts, c.Name)
		if all.Current == c.Name {
			all.Current = ""
		}
		return nil
	})
}

func known(c contexts) string {
	text := ""
	for i, name := range c.names() {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(name)
	}
	return text
}
