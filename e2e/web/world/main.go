// Command world is the customers that the browser tests meet: Northwind AB with
// 300 people and 29 licenses, and two that buy in other ways. It is a test
// program and ships nowhere.
//
// It prints one line of JSON, {"control": address, "token": secret}, and then
// does what it is told at that address: make a fresh world, move its clock, edit
// a row behind its back, issue a set. It ends, and leaves nothing behind, when
// its standard input does.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

func main() {
	if err := run(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "world: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, in io.Reader, out io.Writer) error {
	dir, err := os.MkdirTemp("", "pott-browser-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	v, err := newVendors()
	if err != nil {
		return err
	}
	c := &control{ctx: ctx, dir: dir, token: rand.Text(), vendors: v, templates: map[string]*template{}, worlds: map[string]*world{}}
	defer c.stopAll()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: c.door()}
	go server.Serve(listener)
	defer server.Close()
	if err := json.NewEncoder(out).Encode(map[string]string{"control": "http://" + listener.Addr().String(), "token": c.token, "dir": filepath.Clean(dir)}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}
