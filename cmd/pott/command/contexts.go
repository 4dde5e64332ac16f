package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"maps"
	"slices"
)

const defaultServer = "http://127.0.0.1:7070"

// A contexts file remembers the installations a person works with. It never
// holds a token, only where one is kept.
type contexts struct {
	Current  string           `json:"current,omitempty"`
	Contexts map[string]place `json:"contexts"`
}

// A place is one installation a person works with.
type place struct {
	Server       string `json:"server"`
	Installation string `json:"installation,omitempty"`
	TokenFile    string `json:"token_file,omitempty"`
}

// contextsPath is where the file is: $POTT_CONTEXTS, else
// $XDG_CONFIG_HOME/pott/contexts.json, else below ~/.config.
func contextsPath(env func(string) (string, bool)) (string, error) {
	if path, ok := env("POTT_CONTEXTS"); ok && path != "" {
		return path, nil
	}
	if dir, ok := env("XDG_CONFIG_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "pott", "contexts.json"), nil
	}
	home, ok := env("HOME")
	if !ok || home == "" {
		return "", &NoHomeError{}
	}
	return filepath.Join(home, ".config", "pott", "contexts.json"), nil
}

// readContexts reads the file; a file that is not there holds nothing.
func readContexts(env func(string) (string, bool)) (contexts, error) {
	none := contexts{Contexts: map[string]place{}}
	path, err := contextsPath(env)
	if err != nil {
		return none, nil // nowhere to remember anything is no reason to fail
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	} else if err != nil {
		return none, &ContextsFileError{Path: path, Why: err.Error()}
	}
	read := none
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&read); err != nil {
		return none, &ContextsFileError{Path: path, Why: err.Error()}
	}
	if read.Contexts == nil {
		read.Contexts = none.Contexts
	}
	return read, nil
}

// write replaces the file whole, or leaves the old one as it is.
func (c contexts) write(env func(string) (string, bool)) error {
	path, err := contextsPath(env)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &ContextsFileError{Path: path, Why: err.Error()}
	}
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o600); err != nil {
		return &ContextsFileError{Path: path, Why: err.Error()}
	}
	return os.Rename(path+".new", path)
}

func (c contexts) names() []string { return slices.Sorted(maps.Keys(c.Contexts)) }

// A setting is a value with the place it came from, for "pott context show".
type setting struct {
	Value string `json:"value"`
	From  string `json:"from"` // "--flag", "$VARIABLE", "context NAME" or "default"
}

// choose takes the first that says something: flag, environment, context,
// default.
func choose(flag, flagName string, env func(string) (string, bool), variable, remembered, name, fallback string) setting {
	if flag != "" {
		return setting{flag, flagName}
	}
	if v, ok := env(variable); ok && v != "" {
		return setting{v, "$" + variable}
	}
	if remembered != "" {
		return setting{remembered, "context " + name}
	}
	return setting{fallback, "default"}
}

// connection is which server is asked, about which installation, and where the
// token comes from. It never holds the token itself.
type connection struct {
	Context      string  `json:"context,omitempty"`
	Server       setting `json:"server"`
	Installation setting `json:"installation"`
	Token        setting `json:"token"` // value: the file, or "" when the variable holds it
}

// connection decides where a command goes.
func (g *globals) connection(env func(string) (string, bool)) (connection, error) {
	all, err := readContexts(env)
	if err != nil {
		return connection{}, err
	}
	name := choose(g.Context, "--context", env, "POTT_CONTEXT", all.Current, "file", "").Value
	chosen, ok := all.Contexts[name]
	if name != "" && !ok {
		return connection{}, &NoContextError{Name: name, Known: strings.Join(all.names(), ", ")}
	}
	c := connection{Context: name}
	c.Server = choose(g.Server, "--server", env, "POTT_SERVER", chosen.Server, name, defaultServer)
	c.Installation = choose(g.Installation, "--installation", env, "POTT_INSTALLATION", chosen.Installation, name, "")
	c.Token = tokenSource(g, env, chosen, name)
	return c, nil
}

func tokenSource(g *globals, env func(string) (string, bool), chosen place, name string) setting {
	if g.TokenFile != "" {
		return setting{g.TokenFile, "--token-file"}
	}
	if v, ok := env("POTT_TOKEN_FILE"); ok && v != "" {
		return setting{v, "$POTT_TOKEN_FILE"}
	}
	if v, ok := env("POTT_TOKEN"); ok && v != "" {
		return setting{"", "$POTT_TOKEN"}
	}
	if chosen.TokenFile != "" {
		return setting{chosen.TokenFile, "context " + name}
	}
	return setting{"", "default"}
}
