package signer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/pott-dev/pott/licensefile"
)

// A Client asks the signer of one socket. It connects anew for each signature,
// so a signer may be restarted in between.
type Client struct {
	ctx     context.Context
	socket  string
	keys    []Listed
	timeout time.Duration // of one whole conversation
}

// Dial asks the signer at a socket for its keys. The end of ctx ends later
// signatures too. A socket that others could have put there is not spoken to.
func Dial(ctx context.Context, socket string) (*Client, error) {
	c := &Client{ctx: ctx, socket: socket, timeout: replyTimeout}
	answer, err := c.ask(request{Request: "keys"})
	if err != nil {
		return nil, err
	}
	if why := fault(answer); why != "" {
		return nil, &AnswerError{socket, why}
	}
	c.keys = answer.Keys
	return c, nil
}

// fault says what is wrong with the list of keys in a reply, or "".
func fault(answer reply) string {
	if answer.Reply != "keys" || len(answer.Keys) > MaxKeys {
		return "it does not list its keys"
	}
	names, publics := map[string]bool{}, map[string]bool{}
	for _, k := range answer.Keys {
		if err := licensefile.CheckKey(k.Public); err != nil {
			return err.Error()
		}
		if !IsName(k.Name) || names[k.Name] || publics[string(k.Public)] {
			return "a key has no name of its own, or stands twice"
		}
		if k.Fingerprint != licensefile.Fingerprint(k.Public) {
			return fmt.Sprintf("the fingerprint of %s is not its own", k.Name)
		}
		if len(k.Types) == 0 || len(k.Types) > MaxTypes || !slices.IsSorted(k.Types) || slices.ContainsFunc(k.Types, func(t string) bool { return !IsType(t) }) {
			return fmt.Sprintf("it does not say what %s may sign", k.Name)
		}
		names[k.Name], publics[string(k.Public)] = true, true
	}
	return ""
}

// Keys returns what the signer said about its keys, by name.
func (c *Client) Keys() []Listed { return c.keys }

// Signer returns the key of that name. Each of its signatures is verified before
// it is returned. A name the signer does not have is a *NoKeyError.
func (c *Client) Signer(name string) (*RemoteKey, error) {
	e := &NoKeyError{Socket: c.socket, Name: name, Known: []string{}}
	for _, k := range c.keys {
		if k.Name == name {
			return &RemoteKey{c, k}, nil
		}
		e.Known = append(e.Known, k.Name)
	}
	return nil, e
}

// A RemoteKey is a [licensefile.Signer] whose private half is elsewhere.
type RemoteKey struct {
	client *Client
	listed Listed
}

// Open returns the key that a reference names.
func Open(ctx context.Context, r Reference) (*RemoteKey, error) {
	c, err := Dial(ctx, r.Socket)
	if err != nil {
		return nil, err
	}
	return c.Signer(r.Name)
}

// Name returns the name the signer gives the key.
func (k *RemoteKey) Name() string { return k.listed.Name }

// Public returns the public half.
func (k *RemoteKey) Public() ed25519.PublicKey { return k.listed.Public }

// MaySign reports whether the signer said that the key may sign texts of a type.
func (k *RemoteKey) MaySign(typ string) bool { return slices.Contains(k.listed.Types, typ) }

// Sign returns the key's signature of a text.
func (k *RemoteKey) Sign(text []byte) ([]byte, error) {
	typ, err := TypeOf(text)
	if err != nil {
		return nil, err
	}
	c := k.client
	answer, err := c.ask(request{Request: "sign", Key: k.listed.Public, Type: typ, Message: text})
	if err != nil {
		return nil, err
	}
	if answer.Reply != "signature" || !bytes.Equal(answer.Key, k.listed.Public) {
		return nil, &AnswerError{c.socket, "it answers something else than it was asked"}
	}
	if !ed25519.Verify(k.Public(), text, answer.Signature) {
		return nil, &SignatureError{c.socket, k.Name(), k.listed.Fingerprint}
	}
	return answer.Signature, nil
}

// ask holds one conversation: hello, and one request.
func (c *Client) ask(q request) (reply, error) {
	if err := reachable(c.socket); err != nil {
		return reply{}, err
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", c.socket)
	if err != nil {
		return reply{}, c.silence(plainDial(err))
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	r := bufio.NewReader(conn)
	hello, err := c.exchange(conn, r, request{Request: "hello", Version: Version})
	if err != nil {
		return reply{}, err
	}
	if hello.Reply != "hello" || hello.Version != Version {
		return reply{}, &AnswerError{c.socket, "it does not speak " + Version}
	}
	return c.exchange(conn, r, q)
}

// exchange sends one request and returns the reply to it.
func (c *Client) exchange(conn net.Conn, r *bufio.Reader, q request) (reply, error) {
	if _, err := conn.Write(marshal(q)); err != nil {
		return reply{}, c.silence(plainDial(err))
	}
	line, err := readLine(r, maxReply)
	if err == errTooLong {
		return reply{}, &AnswerError{c.socket, err.Error()}
	}
	if gone(err) {
		return reply{}, c.silence("it ended the conversation")
	}
	if err != nil {
		return reply{}, c.silence(plainDial(err))
	}
	answer, err := parseReply(line)
	if err == nil && r.Buffered() > 0 {
		err = fmt.Errorf("it says more than it was asked")
	}
	if err != nil {
		return reply{}, &AnswerError{c.socket, err.Error()}
	}
	if answer.Reply == "refusal" {
		return reply{}, &RefusedError{c.socket, answer.Code, printable(answer.Message)}
	}
	return answer, nil
}

// silence is the error for a signer that cannot be spoken to; when whoever asks
// was stopped, it is that.
func (c *Client) silence(why string) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	return &UnreachableError{c.socket, why}
}
