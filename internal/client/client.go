// Package client asks an installation's server what its JSON API offers and
// gives back the API's own types, or an error that carries everything the
// server said: code, facts, hint and the exit code that goes with it.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer is the largest answer that is read, in bytes: more than any page of
// a list, less than what would hurt.
const maxAnswer = 64 << 20

// Options say which server is asked and as whom.
type Options struct {
	Server       string // "http://127.0.0.1:7070", with or without a path before /v1
	Installation string // "" when the server has only one, or the host name says which
	Token        string // "" asks without one
	Language     string // of sentences: "sv"; "" leaves it to the server
	UserAgent    string
	HTTP         *http.Client // nil for one with sensible limits
	// Trace, when set, hears of each request. It is never told a token.
	Trace func(Exchange)
}

// An Exchange is one request and what became of it.
type Exchange struct {
	Method, Path string
	Status       int // 0 when no answer came
	Took         time.Duration
	RequestID    string
}

// A Client asks one server about one installation. It may be used by several
// goroutines at once.
type Client struct {
	base string // up to, not including, "/v1"
	o    Options
}

// New returns a client. It does not ask anything yet.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.Server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &BadServerError{Server: o.Server}
	}
	base := strings.TrimSuffix(u.Scheme+"://"+u.Host+u.EscapedPath(), "/")
	if o.Installation != "" {
		base += "/" + url.PathEscape(o.Installation)
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 60 * time.Second}
	}
	return &Client{base: base, o: o}, nil
}

// Server returns the address that is asked.
func (c *Client) Server() string { return c.o.Server }

// A request is one question to the server.
type request struct {
	method string
	path   string // below /v1, escaped
	query  url.Values
	body   any    // JSON, unless raw is set
	raw    []byte // sent as it is, as text
}

// ask sends r and decodes the answer into answer, unless that is nil. Fields of
// the answer that this client does not know are ignored: a newer server may say
// more.
func (c *Client) ask(ctx context.Context, r request, answer any) error {
	body, err := c.text(ctx, r)
	if err != nil || answer == nil {
		return err
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return &BadAnswerError{Server: c.o.Server, Why: err.Error()}
	}
	return nil
}

// text sends r and returns the body of a good answer.
func (c *Client) text(ctx context.Context, r request) ([]byte, error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	start := time.Now() //nolint: how long the answer took is only shown, never decided on
	res, err := c.o.HTTP.Do(req)
	if err != nil {
		c.trace(Exchange{Method: r.method, Path: req.URL.Path, Took: time.Since(start)})
		return nil, unreachable(ctx, c.o.Server, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	c.trace(Exchange{r.method, req.URL.Path, res.StatusCode, time.Since(start), res.Header.Get("X-Request-Id")})
	switch {
	case err != nil:
		return nil, unreachable(ctx, c.o.Server, err)
	case len(body) > maxAnswer:
		return nil, &BadAnswerError{Server: c.o.Server, Why: fmt.Sprintf("it is longer than %d bytes", maxAnswer)}
	case res.StatusCode >= 400:
		return nil, readProblem(c.o.Server, res, body)
	case res.StatusCode >= 300:
		return nil, &BadAnswerError{Server: c.o.Server, Why: "it sends us elsewhere: " + res.Status}
	}
	return body, nil
}

// copy sends r and writes the body of a good answer to w, however long it is.
func (c *Client) copy(ctx context.Context, r request, w io.Writer) error {
	req, err := c.build(ctx, r)
	if err != nil {
		return err
	}
	start := time.Now() //nolint: how long the answer took is only shown, never decided on
	res, err := c.o.HTTP.Do(req)
	if err != nil {
		c.trace(Exchange{Method: r.method, Path: req.URL.Path, Took: time.Since(start)})
		return unreachable(ctx, c.o.Server, err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		_, err = io.Copy(w, res.Body)
	}
	c.trace(Exchange{r.method, req.URL.Path, res.StatusCode, time.Since(start), res.Header.Get("X-Request-Id")})
	switch {
	case err != nil:
		return unreachable(ctx, c.o.Server, err)
	case res.StatusCode >= 400:
		body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		if err != nil {
			return unreachable(ctx, c.o.Server, err)
		}
		return readProblem(c.o.Server, res, body)
	case res.StatusCode != http.StatusOK:
		return &BadAnswerError{Server: c.o.Server, Why: "it sends us elsewhere: " + res.Status}
	}
	return nil
}

func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	kind := "application/json"
	switch {
	case r.raw != nil:
		body, kind = bytes.NewReader(r.raw), "text/plain; charset=utf-8"
	case r.body != nil:
		b, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	address := c.base + r.path
	if q := r.query.Encode(); q != "" {
		address += "?" + q
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, &BadServerError{Server: c.o.Server}
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	for name, value := range map[string]string{"Accept-Language": c.o.Language, "User-Agent": c.o.UserAgent} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if c.o.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.o.Token)
	}
	return req, nil
}

func (c *Client) trace(e Exchange) {
	if c.o.Trace != nil {
		c.o.Trace(e)
	}
}

// unreachable keeps an interruption apart from a server that does not answer.
func unreachable(ctx context.Context, server string, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return &UnreachableError{Server: server, Why: err.Error()}
}

// isProblem reports whether an answer is a problem document.
func isProblem(res *http.Response) bool {
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return err == nil && kind == "application/problem+json"
}
