package signer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/licensefile"
)

var moment = time.Date(2026, 6, 10, 12, 0, 0, 5, time.UTC)

const keyList = "pott-key-list/v1\n{\"number\":1}\n"

const checkpoint = "ACME/pott-set/1600065823/1\n4\nR0qRh0TfV5g0lJXPWWFkQyzSxLO2XQzZVJ8xT8Tn6PA=\n"

// private returns the key of a name, always the same one.
func privateKey(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

func key(name string, types ...string) Key {
	return Key{name, types, licensefile.NewSigner(privateKey(name))}
}

func public(name string) string {
	return base64.StdEncoding.EncodeToString(privateKey(name).Public().(ed25519.PublicKey))
}

func code(err error) string {
	var c interface{ Code() string }
	if errors.As(err, &c) {
		return c.Code()
	}
	return ""
}

// folder returns a new folder whose path is short enough for a socket, which
// that of a test's own folder need not be.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pott")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// A running signer.
type running struct {
	server *Server
	record *Record
	socket string
	stop   func() error // ends it and returns what Serve returned
}

func (r *running) lines(t *testing.T) []entry {
	t.Helper()
	text, err := os.ReadFile(r.record.path)
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	for line := range strings.Lines(string(text)) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("the record has the line %q: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

// start runs a signer until the test ends.
func start(t *testing.T, keys ...Key) *running {
	t.Helper()
	return startPatient(t, requestTimeout, keys...)
}

// startPatient runs a signer that waits so long for its partners.
func startPatient(t *testing.T, patience time.Duration, keys ...Key) *running {
	t.Helper()
	dir := folder(t)
	record, err := OpenRecord(filepath.Join(dir, "record"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := NewServer(keys, record, func() time.Time { return moment }, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	server.timeout = patience
	socket := filepath.Join(dir, "socket")
	l, err := Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, l) }()
	stopped := false
	stop := func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("Serve = %v", err)
		}
		record.Close()
	})
	return &running{server, record, socket, stop}
}

// A raw conversation, line by line.
type raw struct {
	net.Conn
	r *bufio.Reader
}

func (r *running) connect(t *testing.T) raw {
	t.Helper()
	conn, err := net.Dial("unix", r.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return raw{conn, bufio.NewReader(conn)}
}

// say sends text as it is and returns the next line, or "" when the other side
// ends the conversation.
func (c raw) say(text string) string {
	io.WriteString(c, text)
	line, _ := c.r.ReadString('\n')
	return line
}

const hello = `{"request":"hello","version":"pott-signer/v1"}` + "\n"

func signRequest(key, typ, text string) string {
	return `{"request":"sign","key":"` + key + `","type":"` + typ + `","message":"` + base64.StdEncoding.EncodeToString([]byte(text)) + `"}` + "\n"
}

// refusal returns the code of a refusal, "" for any other reply.
func refusal(line string) Refusal {
	r, err := parseReply([]byte(strings.TrimSuffix(line, "\n")))
	if err != nil {
		return Refusal("no reply: " + err.Error())
	}
	return r.Code
}

func TestAKeyElsewhereSignsAsOneHereWould(t *testing.T) {
	t.Parallel()
	s := start(t, key("root-1", "pott-key-list/v1"), key("acme", "pott-issuer-certificate/v1", TypeSet))
	c, err := Dial(t.Context(), s.socket)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range c.Keys() {
		names = append(names, k.Name+": "+strings.Join(k.Types, ", "))
	}
	if want := []string{"acme: pott-issuer-certificate/v1, set", "root-1: pott-key-list/v1"}; !slices.Equal(names, want) {
		t.Errorf("keys %q, want %q", names, want)
	}
	k, err := c.Signer("root-1")
	if err != nil {
		t.Fatal(err)
	}
	var _ licensefile.Signer = k
	got, err := k.Sign([]byte(keyList))
	if want := ed25519.Sign(privateKey("root-1"), []byte(keyList)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("Sign = %x, %v; want %x", got, err, want)
	}
	if !k.MaySign("pott-key-list/v1") || k.MaySign(TypeSet) || !k.Public().Equal(privateKey("root-1").Public()) {
		t.Error("the key is not the one that was asked for")
	}
	if _, err := c.Signer("nobody"); code(err) != "signer.no-key" {
		t.Errorf("Signer of nobody = %v", err)
	}
	lines := s.lines(t)
	if len(lines) != 1 || lines[0].Act != "sign" || lines[0].Key != "root-1" || lines[0].Type != "pott-key-list/v1" ||
		lines[0].At != "2026-06-10T12:00:00.000000005Z" || lines[0].Bytes != len(keyList) {
		t.Errorf("on record: %+v", lines)
	}
	// The signer is stopped and started again in between.
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign([]byte(keyList)); code(err) != "signer.unreachable" {
		t.Errorf("Sign without a signer = %v", err)
	}
}

func TestAKeySignsOnlyWhatItIsFor(t *testing.T) {
	t.Parallel()
	s := start(t, key("root-1", "pott-key-list/v1"), key("acme", TypeSet))
	for _, row := range []struct {
		name, key, typ, text string
		want                 Refusal
	}{
		{"a root key signs a key list", "root-1", "pott-key-list/v1", keyList, ""},
		{"a signing key signs a set", "acme", "set", checkpoint, ""},
		{"a signing key signs no key list", "acme", "pott-key-list/v1", keyList, TypeNotAllowed},
		{"a root key signs no set", "root-1", "set", checkpoint, TypeNotAllowed},
		{"nor a certificate", "root-1", "pott-issuer-certificate/v1", "pott-issuer-certificate/v1\n", TypeNotAllowed},
		{"nor a key list of another version", "root-1", "pott-key-list/v2", "pott-key-list/v2\n", TypeNotAllowed},
		{"a key list said to be a set is neither", "acme", "set", keyList, WrongType},
		{"a set said to be a key list is neither", "root-1", "pott-key-list/v1", checkpoint, WrongType},
		{"a checkpoint has no further line", "acme", "set", checkpoint + "more\n", WrongType},
		{"a text without a first line of a format is nothing", "acme", "set", "hello\n", WrongType},
		{"a text whose end is cut off is nothing", "root-1", "pott-key-list/v1", "pott-key-list/v1", WrongType},
		{"bytes are nothing", "root-1", "pott-key-list/v1", "pott-key-list/v1\n\xff\n", WrongType},
		{"a key the signer does not have", "other", "set", checkpoint, UnknownKey},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := len(s.lines(t))
			c := s.connect(t)
			c.say(hello)
			line := c.say(signRequest(public(row.key), row.typ, row.text))
			if got := refusal(line); got != row.want {
				t.Fatalf("refusal %q, want %q: %s", got, row.want, line)
			}
			wrote := len(s.lines(t)) - before
			if wrote != 0 && row.want != "" || wrote != 1 && row.want == "" {
				t.Errorf("%d lines were written", wrote)
			}
			// A refusal of this kind does not end the conversation.
			if line := c.say(`{"request":"keys"}` + "\n"); !strings.HasPrefix(line, `{"reply":"keys","keys":[{"name":"acme","public":"`+public("acme")) {
				t.Errorf("the next reply is %q", line)
			}
		})
	}
}

func TestAConversationHasOneSpelling(t *testing.T) {
	t.Parallel()
	s := start(t, key("root-1", "pott-key-list/v1"))
	sign := signRequest(public("root-1"), "pott-key-list/v1", keyList)
	for _, row := range []struct {
		name string
		say  string // after hello, unless it holds one
		want Refusal
	}{
		{"a field nobody knows", `{"request":"keys","verbose":true}`, Malformed},
		{"a field twice", `{"request":"sign","request":"keys"}`, Malformed},
		{"a field in capitals", `{"Request":"keys"}`, Malformed},
		{"a space", `{"request": "keys"}`, Malformed},
		{"another order", strings.Replace(strings.TrimSpace(sign), `{"request":"sign",`, `{`, 1) + `,"request":"sign"}`, Malformed},
		{"base64 in another spelling", strings.Replace(strings.TrimSpace(sign), `"message":"`, `"message":"\n`, 1), Malformed},
		{"a field of another request", `{"request":"keys","type":"set"}`, Malformed},
		{"a sign without its type", strings.Replace(strings.TrimSpace(sign), `"type":"pott-key-list/v1",`, "", 1), Malformed},
		{"a sign without its message", `{"request":"sign","key":"` + public("root-1") + `","type":"set"}`, Malformed},
		{"an empty message", `{"request":"sign","key":"` + public("root-1") + `","type":"set","message":""}`, Malformed},
		{"a null", `{"request":"keys","key":null}`, Malformed},
		{"two objects", `{"request":"keys"}{"request":"keys"}`, Malformed},
		{"no object", `keys`, Malformed},
		{"an empty line", ``, Malformed},
		{"a request there is not", `{"request":"export"}`, Malformed},
		{"a second hello", `{"request":"hello","version":"pott-signer/v1"}`, OutOfTurn},
		{"two requests at once", "{\"request\":\"keys\"}\n{\"request\":\"keys\"}", OutOfTurn},
		{"a carriage return", "{\"request\":\"keys\"}\r", Malformed},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.connect(t)
			c.say(hello)
			if got := refusal(c.say(row.say + "\n")); got != row.want {
				t.Fatalf("refusal %q, want %q", got, row.want)
			}
			if line := c.say(`{"request":"keys"}` + "\n"); line != "" {
				t.Errorf("the conversation goes on: %q", line)
			}
		})
	}
	for say, want := range map[string]Refusal{
		`{"request":"keys"}` + "\n": OutOfTurn,
		sign:                        OutOfTurn,
		`{"request":"hello","version":"pott-signer/v2"}` + "\n": UnknownVersion,
		hello + `{"request":"keys"}` + "\n":                     OutOfTurn,
	} {
		if got := refusal(s.connect(t).say(say)); got != want {
			t.Errorf("%.60q at first: refusal %q, want %q", say, got, want)
		}
	}
	if lines := s.lines(t); len(lines) > 0 {
		t.Errorf("on record: %+v", lines)
	}
}

func TestTheLargestTextIsSignedAndOneByteMoreIsNot(t *testing.T) {
	t.Parallel()
	s := start(t, key("root-1", "pott-key-list/v1"))
	k, err := Open(t.Context(), Reference{s.socket, "root-1"})
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("pott-key-list/v1\n" + strings.Repeat("x", MaxMessage-18) + "\n")
	if _, err := k.Sign(text); err != nil {
		t.Errorf("%d bytes: %v", len(text), err)
	}
	if _, err := k.Sign(append(text, '\n')); code(err) != "signer.unknown-text" {
		t.Errorf("%d bytes: %v", len(text)+1, err)
	}
	c := s.connect(t)
	c.say(hello)
	if got := refusal(c.say(signRequest(public("root-1"), "pott-key-list/v1", string(text)+"\n"))); got != WrongType {
		t.Errorf("refusal %q, want %q", got, WrongType)
	}
	// A line without an end is not kept.
	c = s.connect(t)
	c.say(hello)
	if got := refusal(c.say(strings.Repeat("x", maxRequest+8192))); got != Malformed {
		t.Errorf("refusal %q, want %q", got, Malformed)
	}
}

func TestAConversationCutShortSignsNothing(t *testing.T) {
	t.Parallel()
	s := start(t, key("root-1", "pott-key-list/v1"))
	request := signRequest(public("root-1"), "pott-key-list/v1", keyList)
	for _, cut := range []int{0, 1, len(request) / 2, len(request) - 1} {
		c := s.connect(t)
		c.say(hello)
		io.WriteString(c, request[:cut])
		c.Conn.(*net.UnixConn).CloseWrite()
		if line, err := c.r.ReadString('\n'); err == nil {
			t.Errorf("after %d bytes it says %q", cut, line)
		}
	}
	if lines := s.lines(t); len(lines) > 0 {
		t.Errorf("on record: %+v", lines)
	}
	// Whoever asks and does not wait has asked: it is on record.
	c := s.connect(t)
	c.say(hello)
	io.WriteString(c, request)
	c.Close()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if lines := s.lines(t); len(lines) > 1 {
		t.Errorf("on record: %+v", lines)
	}
}

func TestWhoeverSaysNothingIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := startPatient(t, 50*time.Millisecond, key("root-1", "pott-key-list/v1"))
	var silent []raw
	for range 3 * MaxConversations {
		silent = append(silent, s.connect(t))
	}
	// All places are taken; each is given back in its time.
	if line := s.connect(t).say(hello); line == "" {
		t.Error("no reply beside silent conversations")
	}
	for _, c := range silent {
		if line := c.say(""); line != "" {
			t.Errorf("a silent conversation hears %q", line)
		}
	}
}

func TestStoppingEndsConversationsAndTakesTheSocketAway(t *testing.T) {
	t.Parallel()
	s := start(t, key("root-1", "pott-key-list/v1"))
	c := s.connect(t)
	c.say(hello)
	began := time.Now()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if line := c.say(`{"request":"keys"}` + "\n"); line != "" {
		t.Errorf("a stopped signer says %q", line)
	}
	if _, err := os.Lstat(s.socket); err == nil {
		t.Error("the socket is still there")
	}
}

// A badKey is a key that gives what it is told to.
type badKey struct {
	name string
	sign func([]byte) ([]byte, error)
}

func (k badKey) Public() ed25519.PublicKey {
	return privateKey(k.name).Public().(ed25519.PublicKey)
}

func (k badKey) Sign(text []byte) ([]byte, error) { return k.sign(text) }

func TestAKeyThatFailsGivesNothing(t *testing.T) {
	t.Parallel()
	s := start(t,
		Key{"gone", []string{"pott-key-list/v1"}, badKey{"gone", func([]byte) ([]byte, error) { return nil, errors.New("the token was\x1b[2J removed") }}},
		Key{"wrong", []string{"pott-key-list/v1"}, badKey{"wrong", func(text []byte) ([]byte, error) { return ed25519.Sign(privateKey("other"), text), nil }}},
		Key{"short", []string{"pott-key-list/v1"}, badKey{"short", func(text []byte) ([]byte, error) { return []byte("x"), nil }}},
	)
	for _, name := range []string{"gone", "wrong", "short"} {
		k, err := Open(t.Context(), Reference{s.socket, name})
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.Sign([]byte(keyList))
		e := (*RefusedError)(nil)
		if !errors.As(err, &e) || e.Refusal != KeyFailed || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var acts []string
	for _, e := range s.lines(t) {
		acts = append(acts, e.Key+" "+e.Act)
	}
	if want := []string{"gone sign", "gone failed", "wrong sign", "wrong failed", "short sign", "short failed"}; !slices.Equal(acts, want) {
		t.Errorf("on record %q, want %q", acts, want)
	}
}

func TestWhatCannotBeWrittenDownIsNotSigned(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		spoil func(t *testing.T, r *Record)
	}{
		{"the disk refuses", func(t *testing.T, r *Record) { r.file.Close() }},
		{"the disk is full", func(t *testing.T, r *Record) { full(t, r) }},
		{"the record was moved away", func(t *testing.T, r *Record) { os.Rename(r.path, r.path+".old") }},
		{"the record was deleted", func(t *testing.T, r *Record) { os.Remove(r.path) }},
		{"the record was replaced", func(t *testing.T, r *Record) {
			os.Remove(r.path)
			os.WriteFile(r.path, nil, 0o600)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			used := false
			s := start(t, Key{"root-1", []string{"pott-key-list/v1"}, badKey{"root-1", func(text []byte) ([]byte, error) {
				used = true
				return ed25519.Sign(privateKey("root-1"), text), nil
			}}})
			row.spoil(t, s.record)
			k, err := Open(t.Context(), Reference{s.socket, "root-1"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = k.Sign([]byte(keyList))
			if e := (*RefusedError)(nil); !errors.As(err, &e) || e.Refusal != RecordFailed {
				t.Errorf("Sign = %v", err)
			}
			if used {
				t.Error("the key was used")
			}
		})
	}
}

// full puts a file that can never be written in the record's place.
func full(t *testing.T, r *Record) {
	t.Helper()
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.file.Close()
	r.file, r.path = f, "/dev/full"
}

func TestAServerRefusesKeysThatCannotBeToldApart(t *testing.T) {
	t.Parallel()
	weak := make(ed25519.PublicKey, ed25519.PublicKeySize)
	weak[0] = 1
	for _, row := range []struct {
		name string
		keys []Key
	}{
		{"none", nil},
		{"too many", make([]Key, MaxKeys+1)},
		{"two of one name", []Key{key("a", "set"), {"a", []string{"set"}, licensefile.NewSigner(privateKey("b"))}}},
		{"one key under two names", []Key{key("a", "set"), {"b", []string{"set"}, licensefile.NewSigner(privateKey("a"))}}},
		{"a name with a space", []Key{key("a b", "set")}},
		{"a key that signs nothing", []Key{key("a")}},
		{"a type there cannot be", []Key{key("a", "everything")}},
		{"a type twice", []Key{key("a", "set", "set")}},
		{"too many types", []Key{key("a", make([]string, MaxTypes+1)...)}},
		{"a weak key", []Key{{"a", []string{"set"}, weakKey{weak}}}},
	} {
		if _, err := NewServer(row.keys, nil, nil, nil); code(err) != "signer.bad-key" {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

type weakKey struct{ public ed25519.PublicKey }

func (k weakKey) Public() ed25519.PublicKey   { return k.public }
func (k weakKey) Sign([]byte) ([]byte, error) { return nil, nil }
