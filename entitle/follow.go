package entitle

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
)

const (
	firstWait = time.Second      // before the first new try
	lastWait  = 30 * time.Second // between tries, in the long run
	silence   = 75 * time.Second // after which a silent stream is given up
	maxEvent  = 256 << 20        // bytes of one event
)

// errStale means that the stream cannot go on from what is known.
var errStale = errors.New("the holdings must be read again")

// follow keeps the client at the present state until ctx ends.
//
// Changes are not signed, so the stream is followed only from holdings that this
// server has shown: a client that began from its cache reads them first.
func (c *Client) follow(ctx context.Context) {
	c.mu.Lock()
	unread := !c.status.Connected
	c.mu.Unlock()
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		again := unread
		heard, err := c.catchUp(ctx, &unread)
		if ctx.Err() != nil {
			return
		}
		if heard {
			wait = firstWait
		}
		if errors.Is(err, errStale) {
			unread = true
			if !again {
				continue
			}
		}
		c.fail(err)
		c.o.Log.Warn("entitle: lost the server, answering from what is known", "error", err, "next_try", wait)
		select {
		case <-ctx.Done():
			return
		case <-c.o.After(wait):
		}
	}
}

// catchUp reads the holdings if they are still unread, and then follows the
// stream for as long as it lasts. heard says whether the server was there at
// all.
func (c *Client) catchUp(ctx context.Context, unread *bool) (heard bool, err error) {
	if *unread {
		s, err := c.fetch(ctx)
		if err != nil {
			return false, err
		}
		*unread = false
		c.adopt(s, true)
		c.writeCache(s)
	}
	return c.stream(ctx)
}

// stream follows the change stream until it breaks.
func (c *Client) stream(ctx context.Context) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.mu.Lock()
	since := c.known.seq
	c.mu.Unlock()
	tooLong := time.AfterFunc(silence, cancel)
	res, err := c.ask(ctx, "/v1/changes", url.Values{"since": {strconv.FormatInt(since, 10)}})
	tooLong.Stop()
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	events := make(chan event)
	c.done.Go(func() { readEvents(ctx, res.Body, events) })
	for {
		select {
		case e := <-events:
			if e.err != nil {
				return heard, e.err
			}
			heard = true
			if err := c.take(ctx, e); err != nil {
				return heard, err
			}
		case <-ctx.Done():
			return heard, ctx.Err()
		case <-c.o.After(silence):
			return heard, &BadAnswerError{What: "/v1/changes", Why: fmt.Sprintf("silent for %v", silence)}
		}
	}
}

// take does what an event asks for.
func (c *Client) take(ctx context.Context, e event) error {
	switch e.name {
	case api.EventHello:
		var hello api.Hello
		if err := json.Unmarshal(e.data, &hello); err != nil {
			return &BadAnswerError{What: "/v1/changes", Why: err.Error()}
		}
		err := c.greet(&hello)
		if err == nil {
			c.keepSeen()
		}
		return err
	case api.EventReset:
		return errStale
	case api.EventChange:
		var change api.Change
		if err := json.Unmarshal(e.data, &change); err != nil {
			return &BadAnswerError{What: "/v1/changes", Why: err.Error()}
		}
		if err := c.apply(ctx, &change); err != nil {
			return errors.Join(errStale, err)
		}
	default:
		c.mu.Lock()
		c.hear()
		c.mu.Unlock()
	}
	c.refreshCache(ctx)
	return nil
}

// greet compares where the server says it stands with what is known.
func (c *Client) greet(hello *api.Hello) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := &c.known
	switch {
	case hello.Installation != k.installation:
		return &OtherInstallationError{Want: k.installation, Got: hello.Installation}
	case hello.Epoch != k.epoch || hello.Seq < k.seq:
		return errStale
	}
	c.learnMark(hello.Mark)
	c.learnHead(hello.Head, hello.Seq)
	c.index.Store(c.index.Load().StoppedBy(StopsFromWire(hello.Stops)).Announcing(EventsFromWire(hello.Events)))
	if !c.status.Connected {
		c.o.Log.Info("entitle: following the server", "seq", hello.Seq)
	}
	c.status.Connected, c.status.Err = true, nil
	if hello.Seq == k.seq {
		c.hear()
	}
	c.tell()
	return nil
}

// fail notes why the server cannot be followed.
func (c *Client) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status.Connected, c.status.Err = false, err
	c.tell()
}

// An event is one of the stream; a keep-alive has no name.
type event struct {
	name string
	data []byte
	err  error
}

// readEvents sends the events of a stream, and what ended it.
func readEvents(ctx context.Context, body io.Reader, events chan<- event) {
	r := bufio.NewReader(body)
	var e event
	size := 0
	send := func(e event) bool {
		select {
		case events <- e:
			return e.err == nil
		case <-ctx.Done():
			return false
		}
	}
	for {
		line, err := readLine(r, maxEvent-size)
		if err != nil {
			send(event{err: fmt.Errorf("following the changes: %w", err)})
			return
		}
		size += len(line)
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && e.name == "" && e.data == nil:
			size = 0
		case line == "":
			if !send(e) {
				return
			}
			e, size = event{}, 0
		case field == "event":
			e.name = value
		case field == "data" && e.data != nil:
			e.data = append(append(e.data, '\n'), value...)
		case field == "data":
			e.data = []byte(value)
		case field == "":
			if !send(event{}) {
				return
			}
		}
	}
}

// readLine reads a line of limited length, without its end.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > limit {
			return "", &BadAnswerError{What: "/v1/changes", Why: fmt.Sprintf("an event has more than %d bytes", maxEvent)}
		}
		line = append(line, part...)
		if err == nil {
			return strings.TrimRight(string(line), "\r\n"), nil
		}
		if err != bufio.ErrBufferFull {
			return "", err
		}
	}
}
