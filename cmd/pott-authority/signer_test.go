package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pott-dev/pott/internal/signer"
	"github.com/pott-dev/pott/licensefile"
)

// serveSigner is the script command `signer SOCKET RECORD NAME=TYPE…`: until the
// script ends, a signer with keys in memory answers at the socket. The same name
// is always the same key.
func serveSigner(ts *testscript.TestScript, neg bool, args []string) {
	var keys []signer.Key
	for _, arg := range args[2:] {
		name, types, _ := strings.Cut(arg, "=")
		seed := bytes.Repeat([]byte{byte(len(name))}, ed25519.SeedSize)
		copy(seed, name)
		keys = append(keys, signer.Key{Name: name, Types: strings.Split(types, ","), Signer: licensefile.NewSigner(ed25519.NewKeyFromSeed(seed))})
	}
	record, err := signer.OpenRecord(ts.MkAbs(args[1]))
	ts.Check(err)
	server, err := signer.NewServer(keys, record, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ts.Check(err)
	l, err := signer.Listen(ts.MkAbs(args[0]))
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- server.Serve(ctx, l) }()
	ts.Defer(func() {
		stop()
		if err := <-done; err != nil {
			ts.Logf("the signer: %v", err)
		}
		record.Close()
	})
}
