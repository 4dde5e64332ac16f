package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// serving runs the program until it says where the page is, and returns the
// address and a function that waits for its exit code.
func serving(t *testing.T, args ...string) (url string, code func() int) {
	t.Helper()
	out, in := io.Pipe()
	codes := make(chan int, 1)
	var complaint bytes.Buffer
	go func() {
		codes <- run(args, nil, in, &complaint)
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	for url == "" && lines.Scan() {
		url = regexp.MustCompile(`http://[0-9.:]+/`).FindString(lines.Text())
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // until the program closes it
	if url == "" {
		t.Fatalf("no address: %s", &complaint)
	}
	return url, func() int { return <-codes }
}

func TestServeShowsThePageUntilASignalEndsIt(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		args   []string
	}{
		{syscall.SIGINT, []string{"serve", "--listen", "127.0.0.1:0"}},
		{syscall.SIGTERM, []string{"serve", "--listen", "localhost:0", "--json"}},
	} {
		url, code := serving(t, c.args...)
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if !strings.Contains(string(page), "Check a license file") || res.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %s, %d bytes", url, res.Status, len(page))
		}
		if err := syscall.Kill(os.Getpid(), c.signal); err != nil {
			t.Fatal(err)
		}
		if got := code(); got != 0 {
			t.Errorf("%v after %v: exit %d", c.args, c.signal, got)
		}
		if _, err := http.Get(url); err == nil {
			t.Errorf("%s still answers after %v", url, c.signal)
		}
	}
}
