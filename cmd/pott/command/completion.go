package command

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
)

type completeScriptCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// scripts ask the program itself for candidates, so that they never go stale.
var scripts = map[string]string{
	"bash": `_pott() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$(pott __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _pott pott
`,
	"zsh": `#compdef pott
_pott() {
  local -a candidates
  candidates=("${(@f)$(pott __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a candidates
}
compdef _pott pott
`,
	"fish": `complete -c pott -f -a '(pott __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
}

func (c completeScriptCmd) Run(s *session) error {
	script := scripts[c.Shell]
	if s.g.JSON {
		return s.answerJSON(struct {
			Shell  string `json:"shell"`
			Script string `json:"script"`
		}{c.Shell, script})
	}
	return s.answerText(script)
}

// completeCmd answers the shells. It is silent on every failure: somebody is in
// the middle of typing.
type completeCmd struct {
	Words []string `arg:"" optional:"" help:"What has been typed after pott; the last word is being typed."`
}

// completionTime is how long somebody who presses Tab waits at most.
const completionTime = 300 * time.Millisecond

func (c completeCmd) Run(s *session) error {
	ctx, stop := context.WithTimeout(s.ctx, completionTime)
	defer stop()
	s.ctx = ctx
	words := c.Words
	if len(words) == 0 {
		words = []string{""}
	}
	var out strings.Builder
	for _, candidate := range s.candidates(words) {
		if strings.HasPrefix(candidate, words[len(words)-1]) {
			fmt.Fprintln(&out, candidate)
		}
	}
	return s.answerText(out.String())
}

// candidates returns what could stand in place of the last word.
func (s *session) candidates(words []string) []string {
	typed, last := words[:len(words)-1], words[len(words)-1]
	node, flags, given, pending := s.walk(typed)
	switch {
	case pending != nil:
		return s.valuesOf(pending.Name, pending.Enum, last)
	case strings.HasPrefix(last, "-"):
		var names []string
		for _, f := range flags {
			names = append(names, "--"+f.Name)
		}
		slices.Sort(names)
		return names
	case len(node.Children) > 0:
		var names []string
		for _, child := range node.Children {
			if !child.Hidden {
				names = append(names, child.Name)
			}
		}
		return names
	case len(node.Positional) > 0:
		p := node.Positional[min(given, len(node.Positional)-1)]
		return s.valuesOf(p.Name, p.Enum, last)
	}
	return nil
}

// walk follows typed words down the tree: the command they name, the flags it
// knows, how many arguments were given, and the flag that waits for its value.
func (s *session) walk(typed []string) (node *kong.Node, flags []*kong.Flag, given int, pending *kong.Flag) {
	node = s.parser.Model.Node
	flags = slices.DeleteFunc(slices.Clone(node.Flags), func(f *kong.Flag) bool { return f.Hidden })
	for _, word := range typed {
		switch name, isFlag := strings.CutPrefix(word, "--"); {
		case pending != nil:
			s.remember(pending.Name, word)
			pending = nil
		case isFlag:
			name, value, whole := strings.Cut(name, "=")
			i := slices.IndexFunc(flags, func(f *kong.Flag) bool { return f.Name == name })
			switch {
			case i < 0:
			case whole:
				s.remember(name, value)
			case !flags[i].IsBool():
				pending = flags[i]
			}
		case strings.HasPrefix(word, "-"):
		default:
			child := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == word })
			if child < 0 {
				given++
				continue
			}
			node = node.Children[child]
			flags = append(flags, node.Flags...)
		}
	}
	return node, flags, given, pending
}

// remember takes the flags that say which server is asked from the line being
// typed.
func (s *session) remember(flag, value string) {
	switch flag {
	case "server":
		s.g.Server = value
	case "installation":
		s.g.Installation = value
	case "token-file":
		s.g.TokenFile = value
	case "context":
		s.g.Context = value
	}
}

// valuesOf returns the values an argument or flag may have, going by its name. What
// has been typed of it says which of many are worth asking for.
func (s *session) valuesOf(name, enum, typed string) []string {
	switch name {
	case "context":
		all, _ := readContexts(s.p.Env)
		return all.names()
	case "lang":
		return []string{"en", "sv", "nb", "da", "de", "nl"}
	case "scope":
		return api.Scopes
	}
	if enum != "" {
		return strings.Split(enum, ",")
	}
	if s.g.TokenFile == "-" {
		return nil // standard input is the terminal
	}
	c, err := s.client()
	if err != nil {
		return nil
	}
	return s.asked(c, name, typed)
}

// userIDs returns the ids that begin with what was typed, in the order the server has
// them: as many as it says before the time is over.
func (s *session) userIDs(c *client.Client, typed string) []string {
	var found []string
	f := client.PeopleFilter{Text: typed, Page: client.Page{Limit: 500}}
	for len(found) < mostCandidates {
		list, err := c.People(s.ctx, f)
		if err != nil {
			break
		}
		for _, p := range list.Items {
			if strings.HasPrefix(p.UserID, typed) {
				found = append(found, p.UserID)
			}
		}
		if f.After = list.Next; f.After == "" {
			break
		}
	}
	return found
}

// mostCandidates is how many user ids a shell is told: nobody reads more.
const mostCandidates = 500

// asked returns the values only the server knows.
func (s *session) asked(c *client.Client, name, typed string) []string {
	switch name {
	case "user":
		return s.userIDs(c, typed)
	case "license", "holds", "plan", "feature":
		list, _ := c.Licenses(s.ctx, name != "plan")
		var found []string
		for _, l := range list.Items {
			if l.Plan || name != "plan" {
				found = append(found, l.Name.String())
			}
		}
		return found
	case "set":
		list, _ := c.Sets(s.ctx)
		return idsOf(list.Items, func(x api.Set) string { return x.ID })
	case "profile":
		list, _ := c.Profiles(s.ctx)
		return idsOf(list.Items, func(p api.Profile) string { return p.Code })
	case "token":
		list, _ := c.Tokens(s.ctx)
		return idsOf(list.Items, func(t api.Token) string { return t.ID })
	}
	return nil
}
