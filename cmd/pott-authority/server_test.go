package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestServeAnswersUntilItIsStopped(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	pass, token, home := write("pass", "open sesame\n"), write("token", "secret\nmore\n"), filepath.Join(dir, "authority")
	program := func(stdout io.Writer, args ...string) *program {
		return &program{args: append([]string{"--dir", home}, args...), env: func(string) (string, bool) { return "", false }, stdin: strings.NewReader(""), stdout: stdout, stderr: io.Discard, now: time.Now}
	}
	if code := program(io.Discard, "init", "--catalogue", "../../examples/amsystem/catalogue.yaml", "--passphrase-file", pass, "--work", "4").run(ctx); code != 0 {
		t.Fatalf("init exits with %d", code)
	}
	r, w := io.Pipe()
	done := make(chan int)
	go func() {
		done <- program(w, "server", "serve", "--listen", "127.0.0.1:0", "--token-file", token).run(ctx)
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(strings.TrimSpace(line), "listening on ")
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/v1/catalogues": 401} {
		res, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s answers %d; want %d", path, res.StatusCode, want)
		}
	}
	req, _ := http.NewRequest("GET", address+"/v1/catalogues", nil)
	req.Header.Set("Authorization", "Bearer secret")
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != 200 {
		t.Errorf("with the token of the file's first line: %v, %v", res, err)
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("a stopped server exits with %d; want 0", code)
	}
}
