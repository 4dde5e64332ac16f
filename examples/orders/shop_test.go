package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pott-dev/pott/entitletest"
)

// shopSet is what the vendor sells.
func shopSet() *entitletest.Set {
	return entitletest.NewSet("SUPEROFFICE").Feature("sale", "sale-cal").
		Plan("sales-premium", "user", "web", "sale-cal", "report-cal").
		Plan("service-premium", "user", "web").
		Client("web", "user", "web")
}

func TestShop(t *testing.T) {
	t.Parallel()
	inst := entitletest.New(t).Set(shopSet()).Person("anna", "sales-premium").Person("bo", "service-premium").Person("cecilia")
	s := newShop(inst.Open(t))
	for _, row := range []struct {
		sentence       string
		method, target string
		status         int
		holds, lacks   string
	}{
		{"anna edits orders", "GET", "/?as=anna", 200, "may edit orders: included", "disabled"},
		{"bo reads orders", "GET", "/?as=bo", 200, `disabled title="no-edit"`, "Download"},
		{"cecilia may not sign in", "GET", "/?as=cecilia", 200, "may not sign in: client-needs", "desks"},
		{"nobody sees nothing", "GET", "/", 200, "Say who you are", "desks"},
		{"anna sends an order", "POST", "/orders/1?as=anna", 303, "", ""},
		{"there is no such order", "POST", "/orders/9?as=anna", 404, "no such order", ""},
		{"bo sends none", "POST", "/orders/3?as=bo", 403, "You may not do that: no-edit", ""},
		{"cecilia sends none", "POST", "/orders/3?as=cecilia", 403, "You may not sign in: client-needs", ""},
		{"anna downloads the list", "GET", "/orders.csv?as=anna", 200, "1,12 chairs,true\n2,a lamp,true\n3,4 desks,false\n", ""},
		{"bo does not", "GET", "/orders.csv?as=bo", 403, "You may not do that: not-held", ""},
		{"the operator sees that all is well", "GET", "/health", 200, "ok: 3 people", ""},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(row.method, row.target, nil))
		body := w.Body.String()
		if w.Code != row.status || !strings.Contains(body, row.holds) || row.lacks != "" && strings.Contains(body, row.lacks) {
			t.Errorf("%s: %s %s answers %d\n%s", row.sentence, row.method, row.target, w.Code, body)
		}
	}
}

func TestShopFollowsChangesAndOutlivesTheServer(t *testing.T) {
	t.Parallel()
	inst := entitletest.New(t).Set(shopSet()).Person("anna", "sales-premium")
	s := newShop(inst.Open(t))
	see := func(what, target, holds string) {
		t.Helper()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if !strings.Contains(w.Body.String(), holds) {
			t.Errorf("%s: %s shows\n%s", what, target, w.Body)
		}
	}
	inst.Person("anna", "service-premium")
	see("after another plan", "/?as=anna", "may only read orders: no-edit")
	inst.Offline()
	see("while the server is away", "/?as=anna", "may only read orders: no-edit")
	see("while the server is away", "/health", "the license server is away")
	inst.Online()
	see("when it is back", "/health", "ok: 1 people")
}

// TestRun starts the program as the README says, without a server.
func TestRun(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, []string{"--listen", "localhost:0"}, w) }()
	lines := bufio.NewScanner(r)
	address := ""
	for address == "" && lines.Scan() {
		_, address, _ = strings.Cut(lines.Text(), "The shop is open at ")
	}
	go io.Copy(io.Discard, r)
	res, err := http.PostForm(address+"/orders/3", url.Values{"as": {"anna"}})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), "anna may edit orders") {
		t.Errorf("%s %s %v", res.Status, body, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestRunIsRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--no-such-flag"}, {"--server", "http://localhost:1"}, {"--listen", "nowhere:at-all"}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}
