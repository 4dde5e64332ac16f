package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
)

// answering returns a client of a server that always gives one answer, and
// what it was asked last.
func answering(t *testing.T, status int, kind, body string) (*Client, *http.Request) {
	t.Helper()
	asked := &http.Request{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		*asked = *r.Clone(context.Background())
		asked.Body = io.NopCloser(strings.NewReader(string(sent)))
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Request-Id", "r-1")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	c, err := New(Options{Server: server.URL + "/", Installation: "nordlys", Token: "pott_id_secret", Language: "sv"})
	if err != nil {
		t.Fatal(err)
	}
	return c, asked
}

func TestAQuestionGoesToTheInstallationWithTokenAndLanguage(t *testing.T) {
	c, asked := answering(t, 200, "application/json", `{"person":{"user_id":"a b/c"},"changed":true,"new_field":1}`)
	done, err := c.SetPlan(t.Context(), "a b/c", api.PlanChoice{Plan: "x.y"}, Taking{DryRun: true})
	if err != nil || !done.Changed || done.Person.UserID != "a b/c" {
		t.Fatalf("%+v %v", done, err)
	}
	if asked.URL.EscapedPath() != "/nordlys/v1/people/a%20b%2Fc/plan" || asked.URL.RawQuery != "dry_run=true" || asked.Method != http.MethodPut {
		t.Errorf("%s %s?%s", asked.Method, asked.URL.EscapedPath(), asked.URL.RawQuery)
	}
	if asked.Header.Get("Authorization") != "Bearer pott_id_secret" || asked.Header.Get("Accept-Language") != "sv" {
		t.Errorf("%v", asked.Header)
	}
}

func TestAFileTravelsAsItIs(t *testing.T) {
	c, asked := answering(t, 200, "application/json", `{}`)
	for _, file := range []string{"", "line\r\n\x00\xff"} {
		if _, err := c.LoadSet(t.Context(), []byte(file), false); err != nil {
			t.Fatal(err)
		}
		if sent, _ := io.ReadAll(asked.Body); string(sent) != file || !strings.HasPrefix(asked.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("sent %q as %s", sent, asked.Header.Get("Content-Type"))
		}
	}
}

func TestARefusalKeepsEverythingTheServerSaid(t *testing.T) {
	c, _ := answering(t, 409, "application/problem+json; charset=utf-8",
		`{"type":"x","title":"No seat","status":409,"detail":"It is full.","code":"seat.pool-full","facts":{"seats":3},"hint":"Buy one.","instance":"r-1"}`)
	_, err := c.Status(t.Context())
	var p *Problem
	if !errors.As(err, &p) {
		t.Fatalf("%T %v", err, err)
	}
	if p.Code() != "seat.pool-full" || p.Error() != "It is full." || p.Hint != "Buy one." || p.Facts["seats"] != 3.0 || p.RequestID != "r-1" || p.Exit() != 6 {
		t.Errorf("%+v", p)
	}
}

func TestWhatIsNotAnAnswerOfTheServerSaysSo(t *testing.T) {
	for _, row := range []struct {
		name, kind, body string
		status           int
	}{
		{"a page of something in between", "text/html", "<html>", 502},
		{"a problem without a code", "application/problem+json", `{"title":"x"}`, 400},
		{"a problem that cannot be read", "application/problem+json", `{`, 400},
		{"a good answer that cannot be read", "application/json", `{"now":`, 200},
		{"a page where an answer should be", "text/html", "<html>", 200},
		{"an answer that points elsewhere", "text/plain", "", 304},
	} {
		c, _ := answering(t, row.status, row.kind, row.body)
		_, err := c.Status(t.Context())
		var bad *BadAnswerError
		if !errors.As(err, &bad) {
			t.Errorf("%s: %T %v", row.name, err, err)
		}
	}
}

func TestNoAnswerIsKeptApartFromAnInterruption(t *testing.T) {
	c, err := New(Options{Server: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	var gone *UnreachableError
	if _, err := c.Status(t.Context()); !errors.As(err, &gone) || strings.Contains(gone.Why, "Get ") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Status(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestOnlyAddressesOfServersAreTaken(t *testing.T) {
	for _, address := range []string{"", "nonsense", "ftp://x", "http://", "127.0.0.1:7070", "http://a b"} {
		if _, err := New(Options{Server: address}); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

func TestTheTokenIsNeverPartOfATraceOrAnError(t *testing.T) {
	c, _ := answering(t, 500, "text/plain", "x")
	var heard strings.Builder
	c.o.Trace = func(e Exchange) { fmt.Fprintf(&heard, "%+v", e) }
	_, err := c.Status(t.Context())
	if strings.Contains(heard.String()+err.Error(), "secret") || !strings.Contains(heard.String(), "r-1") {
		t.Errorf("%s %v", heard.String(), err)
	}
}
