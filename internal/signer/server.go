package signer

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/licensefile"
)

// A Key is one key of a signer and what it may sign.
type Key struct {
	Name   string   // `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`, unlike that of the signer's other keys
	Types  []string // [TypeSet] or first lines of formats; at least one
	Signer licensefile.Signer
}

// A Server answers requests on a socket. Its fields are set before [Server.Serve]
// and not changed after.
type Server struct {
	keys    []Key // by name, types sorted
	record  *Record
	now     func() time.Time
	log     *slog.Logger
	timeout time.Duration // for a request to come, and for a reply to be taken

	one sync.Mutex // the record has its lines in the order of the signatures
}

// NewServer returns a signer with these keys. It writes every signature into
// record before it gives it out, and every refusal to log.
func NewServer(keys []Key, record *Record, now func() time.Time, log *slog.Logger) (*Server, error) {
	s := &Server{record: record, now: now, log: log, timeout: requestTimeout}
	if len(keys) == 0 || len(keys) > MaxKeys {
		return nil, &KeyError{"", fmt.Sprintf("a signer has 1 to %d keys, not %d", MaxKeys, len(keys))}
	}
	for _, k := range keys {
		k.Types = slices.Sorted(slices.Values(k.Types))
		if why := s.fault(k); why != "" {
			return nil, &KeyError{k.Name, why}
		}
		s.keys = append(s.keys, k)
	}
	slices.SortFunc(s.keys, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	return s, nil
}

// fault says why a key cannot be served beside those there are, or "".
func (s *Server) fault(k Key) string {
	if !IsName(k.Name) {
		return "a name has letters A–Z and a–z, digits, dots, hyphens and underscores"
	}
	if len(k.Types) == 0 || len(k.Types) > MaxTypes {
		return fmt.Sprintf("it must be said what it may sign, in 1 to %d types", MaxTypes)
	}
	for i, t := range k.Types {
		if !IsType(t) {
			return fmt.Sprintf("%q is no type of text: write set, or the first line of a format such as pott-key-list/v1", t)
		}
		if i > 0 && t == k.Types[i-1] {
			return fmt.Sprintf("it may sign %s twice", t)
		}
	}
	if err := licensefile.CheckKey(k.Signer.Public()); err != nil {
		return err.Error()
	}
	for _, other := range s.keys {
		if other.Name == k.Name {
			return "there are two of that name"
		}
		if other.Signer.Public().Equal(k.Signer.Public()) {
			return fmt.Sprintf("it is the same key as %s", other.Name)
		}
	}
	return ""
}

// Serve answers until ctx ends, and closes l. A request that has come is
// answered first.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	defer l.Close()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	places := make(chan struct{}, MaxConversations)
	var talks sync.WaitGroup
	defer talks.Wait()
	for {
		places <- struct{}{}
		conn, err := l.Accept()
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("waiting for somebody to ask: %w", err)
		}
		talks.Go(func() {
			defer func() { <-places }()
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })()
			s.talk(ctx, conn)
		})
	}
}

// talk answers the requests of one connection, one after another.
func (s *Server) talk(ctx context.Context, conn net.Conn) {
	r := bufio.NewReader(conn)
	for greeted := false; ; greeted = true {
		conn.SetReadDeadline(time.Now().Add(s.timeout))
		if ctx.Err() != nil {
			return
		}
		line, err := readLine(r, maxRequest)
		if err != nil && !errors.Is(err, errTooLong) {
			return
		}
		var answer reply
		switch {
		case err != nil:
			answer = refuse(Malformed, err.Error())
		case r.Buffered() > 0:
			answer = refuse(OutOfTurn, "a request came before the reply to the one before it")
		default:
			answer = s.answer(line, greeted)
		}
		if answer.Code != "" {
			s.log.Warn("refused", "code", answer.Code, "why", answer.Message)
		}
		conn.SetWriteDeadline(time.Now().Add(s.timeout))
		if _, err := conn.Write(marshal(answer)); err != nil || answer.Code.over() {
			return
		}
	}
}

func refuse(code Refusal, why string) reply {
	return reply{Reply: "refusal", Code: code, Message: strings.ToValidUTF8(why, "?")}
}

// answer returns the reply to one line.
func (s *Server) answer(line []byte, greeted bool) reply {
	q, err := parseRequest(line)
	switch {
	case err != nil:
		return refuse(Malformed, err.Error())
	case greeted == (q.Request == "hello"):
		return refuse(OutOfTurn, "a conversation begins with one hello")
	case q.Request == "hello" && q.Version != Version:
		return refuse(UnknownVersion, "this signer speaks "+Version)
	case q.Request == "hello":
		return reply{Reply: "hello", Version: Version}
	case q.Request == "keys":
		return s.list()
	}
	return s.sign(q)
}

func (s *Server) list() reply {
	answer := reply{Reply: "keys"}
	for _, k := range s.keys {
		public := k.Signer.Public()
		answer.Keys = append(answer.Keys, Listed{k.Name, public, licensefile.Fingerprint(public), k.Types})
	}
	return answer
}

func (s *Server) sign(q request) reply {
	i := slices.IndexFunc(s.keys, func(k Key) bool { return k.Signer.Public().Equal(ed25519.PublicKey(q.Key)) })
	if i < 0 {
		return refuse(UnknownKey, "no key here has that public key")
	}
	k := &s.keys[i]
	typ, err := TypeOf(q.Message)
	switch {
	case err != nil:
		return refuse(WrongType, err.Error())
	case typ != q.Type:
		return refuse(WrongType, fmt.Sprintf("the text is said to be %q and is %q", q.Type, typ))
	case !slices.Contains(k.Types, typ):
		return refuse(TypeNotAllowed, fmt.Sprintf("%s signs %s, not %s", k.Name, strings.Join(k.Types, ", "), typ))
	}
	s.one.Lock()
	defer s.one.Unlock()
	// Written first: a signature that exists is always on record, and one that
	// the key then refuses to make is on record as failed.
	if err := s.record.write(entryOf(s.now(), "sign", k, typ, q.Message)); err != nil {
		return refuse(RecordFailed, err.Error())
	}
	signature, err := k.Signer.Sign(q.Message)
	if err == nil && !ed25519.Verify(k.Signer.Public(), q.Message, signature) {
		err = errors.New("the signature does not belong to the public key")
	}
	if err != nil {
		failed := s.record.write(entryOf(s.now(), "failed", k, typ, q.Message))
		return refuse(KeyFailed, errors.Join(err, failed).Error())
	}
	s.log.Info("signed", "key", k.Name, "type", typ, "bytes", len(q.Message))
	return reply{Reply: "signature", Key: q.Key, Signature: signature}
}
