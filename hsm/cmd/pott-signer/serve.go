package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/pott-dev/pott/hsm/token"
	"github.com/pott-dev/pott/internal/signer"
)

type serveCmd struct {
	Socket string   `required:"" placeholder:"PATH" help:"Unix socket to answer on, in a folder that only this user can enter."`
	Log    string   `required:"" placeholder:"FILE" help:"File that every signature is written into before it is given out."`
	Key    []string `required:"" sep:"none" placeholder:"NAME=TYPES" help:"Key to sign with, and what: set, or first lines such as pott-key-list/v1, with commas between. May be given several times."`
	place  `embed:""`
}

func (c *serveCmd) Run(s *session) (err error) {
	t, err := c.open(token.ReadOnly)
	if err != nil {
		return err
	}
	defer t.Close()
	keys, err := c.keys(t)
	if err != nil {
		return err
	}
	record, err := signer.OpenRecord(c.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	log := slog.New(slog.NewTextHandler(s.p.stderr, nil))
	server, err := signer.NewServer(keys, record, s.p.now, log)
	if err != nil {
		return err
	}
	l, err := signer.Listen(c.Socket)
	if err != nil {
		return err
	}
	log.Info("ready", "socket", c.Socket, "token", c.Token, "keys", len(keys))
	return server.Serve(s.ctx, l)
}

// keys returns the keys of the flags.
func (c *serveCmd) keys(t *token.Token) ([]signer.Key, error) {
	var keys []signer.Key
	for _, flag := range c.Key {
		name, types, ok := strings.Cut(flag, "=")
		if !ok || types == "" {
			return nil, &usageError{fmt.Sprintf("--key %s does not say what the key may sign: write NAME=TYPES", flag)}
		}
		k, err := t.Key(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, signer.Key{Name: name, Types: strings.Split(types, ","), Signer: k})
	}
	return keys, nil
}
