package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/pott-dev/pott/licensefile"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// scripts ask the program itself for candidates, so that they never go stale.
// Where it has none the shell completes the names of files.
var scripts = map[string]string{
	"bash": `_pott_verify() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$(pott-verify __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _pott_verify pott-verify
`,
	"zsh": `#compdef pott-verify
_pott_verify() {
  local -a candidates
  candidates=(${(f)"$(pott-verify __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( ${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _pott_verify pott-verify
`,
	"fish": `complete -c pott-verify -a '(pott-verify __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
}

// Run prints the script.
func (c completionCommand) Run(s *session) error {
	script := scripts[c.Shell]
	return s.answer(map[string]string{"shell": c.Shell, "script": script}, func(w io.Writer) { io.WriteString(w, script) })
}

// completeCommand answers the shells. It is silent on every failure: somebody
// is in the middle of typing.
type completeCommand struct {
	Words []string `arg:"" optional:"" help:"What has been typed after pott-verify; the last word is being typed."`
}

// Run prints one candidate to a line.
func (c completeCommand) Run(s *session, parser *kong.Kong) error {
	words := c.Words
	if len(words) == 0 {
		words = []string{""}
	}
	typed, last := words[:len(words)-1], words[len(words)-1]
	for _, candidate := range s.candidates(parser.Model.Node, typed, last) {
		if strings.HasPrefix(candidate, last) {
			fmt.Fprintln(s.stdout, candidate)
		}
	}
	return nil
}

// candidates returns what may stand in place of the last word; nothing where
// the name of a file belongs.
func (s *session) candidates(node *kong.Node, typed []string, last string) []string {
	var given []string // arguments of the command
	for i, word := range typed {
		child := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == word && !n.Hidden })
		switch {
		case child >= 0:
			node = node.Children[child]
		case strings.HasPrefix(word, "--") && word != "--json" && !strings.Contains(word, "="):
			if i == len(typed)-1 {
				return nil // the value of a flag
			}
		case strings.HasPrefix(word, "--"), i > 0 && strings.HasPrefix(typed[i-1], "--") && typed[i-1] != "--json":
		default:
			given = append(given, word)
		}
	}
	switch {
	case strings.HasPrefix(last, "-"):
		return flagsOf(node)
	case len(node.Children) > 0:
		return childrenOf(node)
	case len(given) >= len(node.Positional):
		return nil
	}
	switch node.Positional[len(given)].Name {
	case "shell":
		return []string{"bash", "fish", "zsh"}
	case "module":
		return s.modulesOf(given[0])
	}
	return nil
}

func flagsOf(node *kong.Node) (names []string) {
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			names = append(names, "--"+f.Name)
		}
	}
	slices.Sort(names)
	return names
}

func childrenOf(node *kong.Node) (names []string) {
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return names
}

// modulesOf returns the modules of a license file.
func (s *session) modulesOf(name string) (modules []string) {
	if name == "-" {
		return nil // standard input is the terminal
	}
	text, err := s.read(name)
	if err != nil {
		return nil
	}
	f, err := licensefile.Parse(text)
	if err != nil {
		return nil
	}
	for i := range f.Set.Licenses {
		modules = append(modules, string(f.Set.Licenses[i].Module))
	}
	return modules
}
