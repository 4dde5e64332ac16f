package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/cmd/pott/command"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/web"
)

// control is what tests do to worlds. Whoever knows the token may.
type control struct {
	ctx     context.Context
	dir     string
	token   string
	vendors *vendors

	mu        sync.Mutex
	templates map[string]*template // by the number of people and where
	worlds    map[string]*world
	made      int
}

func (c *control) door() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /worlds", answering(c.fresh))
	mux.HandleFunc("DELETE /worlds/{id}", answering(c.end))
	mux.HandleFunc("POST /worlds/{id}/clock", answering(c.move))
	mux.HandleFunc("POST /worlds/{id}/edit", answering(c.edit))
	mux.HandleFunc("POST /worlds/{id}/rows", answering(c.read))
	mux.HandleFunc("POST /worlds/{id}/issue", answering(c.issue))
	mux.HandleFunc("POST /worlds/{id}/load", answering(c.load))
	mux.HandleFunc("POST /worlds/{id}/restart", answering(c.restart))
	mux.HandleFunc("POST /worlds/{id}/pott", answering(c.pott))
	mux.HandleFunc("POST /worlds/{id}/session", answering(c.session))
	mux.HandleFunc("POST /worlds/{id}/recover", answering(c.recover))
	mux.HandleFunc("POST /worlds/{id}/confirm", answering(c.confirm))
	mux.HandleFunc("POST /worlds/{id}/hold", answering(c.hold))
	mux.HandleFunc("POST /worlds/{id}/suspend", answering(c.suspend))
	mux.HandleFunc("POST /paths", answering(paths))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+c.token)) != 1 {
			http.Error(w, "not yours", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// answering reads a body of JSON, answers with JSON, and with the error's text
// where it failed.
func answering[T any](act func(r *http.Request, body T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil && !errors.Is(err, io.EOF) {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer, err := act(r, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer)
	}
}

// wanted is a fresh world.
type wanted struct {
	People   int     `json:"people"`   // 0 is 300
	Postgres string  `json:"postgres"` // address of a server that may be used; "" is SQLite
	Verify   string  `json:"verify"`   // how long a round through all records takes: "4s"; "" is as usual
	Load     []issue `json:"load"`     // sets to receive, in order
	// Authority is the address of Kontoret's license server; "" is none.
	Authority string `json:"authority"`
}

func (c *control) fresh(_ *http.Request, want wanted) (any, error) {
	want.People = cmp.Or(want.People, 300)
	verify, err := time.ParseDuration(cmp.Or(want.Verify, "0"))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	id := fmt.Sprint(c.made)
	w, err := c.begin(filepath.Join(c.dir, "world-"+id), want, verify)
	if err != nil {
		return nil, err
	}
	c.worlds[id] = w
	for _, i := range want.Load {
		if _, err := w.load(c.ctx, i); err != nil {
			return nil, err
		}
	}
	return w.says(id), nil
}

// begin copies the template of such worlds, which it makes first where there is
// none, and starts the copy.
func (c *control) begin(dir string, want wanted, verify time.Duration) (*world, error) {
	kind := fmt.Sprintf("template-%d-%t", want.People, want.Postgres != "")
	t := c.templates[kind]
	if t == nil {
		dsn, err := databaseOn(c.ctx, want.Postgres, "")
		if err != nil {
			return nil, err
		}
		if t, err = found(c.ctx, filepath.Join(c.dir, kind), dsn, c.vendors, want.People); err != nil {
			return nil, err
		}
		c.templates[kind] = t
	}
	if err := t.copyTo(dir); err != nil {
		return nil, err
	}
	dsn, err := databaseOn(c.ctx, want.Postgres, t.dsn)
	if err != nil {
		return nil, err
	}
	return start(dir, dsn, c.vendors, t.secrets, verify, want.Authority)
}

func (c *control) world(r *http.Request) (*world, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.worlds[r.PathValue("id")]
	if w == nil {
		return nil, fmt.Errorf("no world %s", r.PathValue("id"))
	}
	return w, nil
}

func (c *control) end(r *http.Request, _ struct{}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	delete(c.worlds, r.PathValue("id"))
	c.mu.Unlock()
	return map[string]any{}, errors.Join(w.stop(), os.RemoveAll(w.dir))
}

func (c *control) stopAll() {
	for _, w := range c.worlds {
		w.stop()
	}
}

// move sets how far a world's clock is ahead of the true time: "720h".
func (c *control) move(r *http.Request, body struct {
	Ahead string `json:"ahead"`
}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	d, err := time.ParseDuration(body.Ahead)
	if err != nil {
		return nil, err
	}
	w.clock.set(d)
	return map[string]any{"now": w.clock.now().UTC()}, nil
}

type statement struct {
	SQL  string `json:"sql"`
	Args []any  `json:"args"`
}

func (c *control) edit(r *http.Request, s statement) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	n, err := w.edit(r.Context(), s.SQL, s.Args)
	return map[string]any{"rows": n}, err
}

func (c *control) read(r *http.Request, s statement) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	return w.rows(r.Context(), s.SQL, s.Args)
}

// issue returns a signed file, in base64 because it may be spoiled.
func (c *control) issue(r *http.Request, i issue) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	file, err := i.file(w.vendors, w.clock.now(), w.before(name(i.Customer)))
	return map[string]any{"file": base64.StdEncoding.EncodeToString(file)}, err
}

func (c *control) load(r *http.Request, i issue) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	return w.load(r.Context(), i)
}

// load has an installation receive a set.
func (w *world) load(ctx context.Context, i issue) (any, error) {
	file, err := i.file(w.vendors, w.clock.now(), w.before(name(i.Customer)))
	if err != nil {
		return nil, err
	}
	return w.host.House().Installation(name(i.Customer)).Load(ctx, byHost, file)
}

func name(customer string) string { return cmp.Or(customer, "northwind") }

func (c *control) restart(r *http.Request, _ struct{}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	if err := w.stop(); err != nil {
		return nil, err
	}
	return w.says(r.PathValue("id")), w.serve()
}

// pott runs a command for the administrator of Northwind.
func (c *control) pott(r *http.Request, body struct {
	Args []string `json:"args"`
}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	env := map[string]string{"POTT_SERVER": "http://" + w.address, "POTT_INSTALLATION": "northwind", "POTT_TOKEN": w.secrets["northwind"],
		"HOME": w.dir, "XDG_CONFIG_HOME": filepath.Join(w.dir, "config")}
	var stdout, stderr bytes.Buffer
	p := command.Program{Args: body.Args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Now: w.clock.now,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	code := p.Run(r.Context())
	return map[string]any{"exit": code, "stdout": stdout.String(), "stderr": stderr.String()}, nil
}

// session signs somebody in without the pages for it. With a password it becomes
// the person's.
func (c *control) session(r *http.Request, body struct {
	Person   string `json:"person"`
	Customer string `json:"customer"`
	Password string `json:"password"`
}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	in := w.host.House().Installation(name(body.Customer))
	link, err := in.MakeLink(r.Context(), byHost, body.Person)
	if err != nil {
		return nil, err
	}
	begun, err := in.SignInLink(r.Context(), installation.Visit{}, strings.TrimPrefix(link.Path, installation.LinkPath), body.Password)
	return map[string]any{"name": installation.SessionCookie, "value": begun.Cookie}, err
}

// recover makes a token for the recovery door, good for an hour.
func (c *control) recover(r *http.Request, body struct {
	Customer string `json:"customer"`
}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	recovery, _, err := w.host.Recover(r.Context(), byHost.By, name(body.Customer), time.Hour)
	return map[string]any{"token": recovery.Token}, err
}

// confirm makes a code as somebody does at the server's machine.
func (c *control) confirm(r *http.Request, body struct {
	Customer string `json:"customer"`
}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	done, err := host.Confirm(w.config, name(body.Customer), w.clock.now())
	return map[string]any{"code": done.Code}, err
}

// hold keeps the jobs of a world from going on beyond a number of rows, until it
// is told another one. Below 0 they go on. With a fault they do not wait there but
// break.
func (c *control) hold(r *http.Request, body struct {
	At    int  `json:"at"`
	Fault bool `json:"fault"`
}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	w.gate.holdAt(body.At, body.Fault)
	return map[string]any{}, nil
}

// suspend lets nothing be changed in an installation, as the host does.
func (c *control) suspend(r *http.Request, body struct {
	Customer string `json:"customer"`
	Reason   string `json:"reason"`
}) (any, error) {
	w, err := c.world(r)
	if err != nil {
		return nil, err
	}
	_, err = w.host.House().Suspend(r.Context(), byHost.By, name(body.Customer), body.Reason)
	return map[string]any{}, err
}

// paths lists every page.
func paths(*http.Request, struct{}) (any, error) {
	all := []map[string]string{}
	for _, p := range web.Paths() {
		all = append(all, map[string]string{"method": p.Method, "path": p.Path, "scope": p.Scope})
	}
	return all, nil
}
