package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// scripts ask the program itself for candidates, so that they never go stale.
var scripts = map[string]string{
	"bash": `_pott_authority() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$(pott-authority __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _pott_authority pott-authority
`,
	"zsh": `#compdef pott-authority
_pott_authority() {
  local -a candidates
  candidates=("${(@f)$(pott-authority __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a candidates
}
compdef _pott_authority pott-authority
`,
	"fish": `complete -c pott-authority -f -a '(pott-authority __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
}

func (c *completionCmd) Run(s *session) error {
	return s.answer(map[string]string{"shell": c.Shell, "script": scripts[c.Shell]}, func(w io.Writer) { io.WriteString(w, scripts[c.Shell]) })
}

// completeCmd answers the shells. It is silent on every failure: somebody is in
// the middle of typing.
type completeCmd struct {
	Words []string `arg:"" optional:"" help:"What has been typed after pott-authority; the last word is being typed."`
}

func (c *completeCmd) Run(s *session) error {
	words := c.Words
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	for _, candidate := range s.candidates(words[:len(words)-1], last) {
		if strings.HasPrefix(candidate, last) {
			fmt.Fprintln(s.p.stdout, candidate)
		}
	}
	return nil
}

// candidates returns what may stand in place of the last word.
func (s *session) candidates(typed []string, last string) []string {
	node := s.k.Model.Node
	for _, word := range typed {
		if i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == word }); i >= 0 {
			node = node.Children[i]
		}
	}
	if strings.HasPrefix(last, "-") {
		var names []string
		for _, group := range node.AllFlags(true) {
			for _, f := range group {
				names = append(names, "--"+f.Name)
			}
		}
		slices.Sort(names)
		return names
	}
	if len(node.Children) > 0 {
		var names []string
		for _, child := range node.Children {
			if !child.Hidden {
				names = append(names, child.Name)
			}
		}
		return names
	}
	if len(node.Positional) == 0 {
		return nil
	}
	return s.values(node.Positional[0].Name)
}

// values returns the values an argument may have that only the record and the
// keys know; files are left to the shell.
func (s *session) values(argument string) []string {
	switch argument {
	case "set":
		return s.fromRecord(func(a *authority.Authority) (names []string) {
			sets, _ := a.Sets(s.ctx)
			for _, e := range sets {
				names = append(names, fmt.Sprintf("%s/%s/%d", e.Issuer, e.Serial, e.Number))
			}
			return slices.Compact(names)
		})
	case "issuer":
		return s.fromRecord(func(a *authority.Authority) (names []string) {
			catalogues, _ := a.Catalogues(s.ctx)
			for _, c := range catalogues {
				names = append(names, string(c.Issuer.Code))
			}
			return names
		})
	case "name":
		var names []string
		list, _ := keyfile.List(s.keys())
		for _, p := range list {
			names = append(names, p.Name)
		}
		return names
	case "shell":
		return []string{"bash", "fish", "zsh"}
	}
	return nil
}

func (s *session) fromRecord(read func(*authority.Authority) []string) []string {
	a, err := s.open()
	if err != nil {
		return nil
	}
	defer a.Close()
	return read(a)
}
