package entitle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A snapshot is everything a client needs to answer, from one moment.
type snapshot struct {
	holdings *Holdings
	text     []byte // of the holdings, as received
	files    map[string]*licensefile.File
}

// begin finds something to answer from: the server, or else the cache.
func (c *Client) begin(ctx context.Context) error {
	cached, cacheErr := c.readCache()
	s, err := c.fetch(ctx)
	if err != nil {
		var refused *ServerError
		if errors.As(err, &refused) || cached == nil {
			return errors.Join(err, cacheErr)
		}
		c.o.Log.Warn("entitle: the server gives no usable answer, going on from the cache", "error", err, "made", cached.holdings.Made)
		c.fail(err)
		c.adopt(cached, false)
		return nil
	}
	c.adopt(s, true)
	c.status.Connected = true
	c.writeCache(s)
	return nil
}

// patience is how long the server may take to send everything.
const patience = 5 * time.Minute

// fetch reads the holdings and the sets they go with from the server.
func (c *Client) fetch(ctx context.Context) (*snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := c.get(ctx, "/v1/holdings", MaxHoldingsBytes)
	if err != nil {
		return nil, err
	}
	h, err := c.parse(text)
	if err != nil {
		return nil, err
	}
	files, err := c.sets(ctx, h.Sets)
	if err != nil {
		return nil, err
	}
	return &snapshot{h, text, files}, nil
}

// parse reads holdings under the key that is expected, or the first one seen.
func (c *Client) parse(text []byte) (*Holdings, error) {
	c.mu.Lock()
	key := c.known.key
	c.mu.Unlock()
	if key == nil {
		said, err := HoldingsKey(text)
		if err != nil {
			return nil, err
		}
		key = said
	}
	h, err := ParseHoldings(text, key)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known.installation != "" && c.known.installation != h.Installation {
		return nil, &OtherInstallationError{Want: c.known.installation, Got: h.Installation}
	}
	c.known.key, c.known.installation = key, h.Installation
	return h, nil
}

// sets returns the files of sets, by hash; those known already are not read
// again.
func (c *Client) sets(ctx context.Context, hashes []string) (map[string]*licensefile.File, error) {
	files := map[string]*licensefile.File{}
	for _, hash := range hashes {
		c.mu.Lock()
		f := c.known.files[hash]
		c.mu.Unlock()
		if f == nil {
			text, err := c.get(ctx, "/v1/sets/"+hash+"/file", licensefile.MaxBytes)
			if err != nil {
				return nil, err
			}
			if f, err = c.readSet(text); err != nil {
				return nil, err
			}
			if f.Hash != hash {
				return nil, &BadAnswerError{What: "the set " + hash, Why: "it is another set"}
			}
		}
		files[hash] = f
	}
	return files, nil
}

// readSet reads a license file, and checks it against the roots if there are any.
func (c *Client) readSet(text []byte) (*licensefile.File, error) {
	if len(c.o.Roots.Roots) == 0 {
		return licensefile.Parse(text)
	}
	return verifySet(text, c.o.Roots, c.o.Now())
}

// verifySet reads a license file and checks it against roots. The installation
// judged the keys on the day it accepted the set. That day is not known here, so
// they are judged by the day of issue, which it cannot be before.
func verifySet(text []byte, roots licensefile.Trust, now time.Time) (*licensefile.File, error) {
	f, err := licensefile.Parse(text)
	if err != nil {
		return nil, err
	}
	v, err := licensefile.VerifyAccepted(text, roots, f.Set.Issued, now)
	if err != nil {
		return nil, err
	}
	return v.File, nil
}

// adopt makes a snapshot what the client answers from. live says that it is the
// present truth; else it was when it was made.
func (c *Client) adopt(s *snapshot, live bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := &c.known
	h := s.holdings
	c.learnMark(h.Mark)
	c.learnSeq(h.Epoch, h.Seq)
	k.maxAge, k.fresh = h.MaxAge, h.Made
	if live {
		k.fresh = c.now()
	}
	k.files = s.files
	defer c.tell()
	active := activeOf(s.files)
	now := c.now()
	if x := c.index.Load(); x == nil {
		c.index.Store(NewIndex(active, h, now))
	} else {
		c.index.Store(x.Replace(h).Under(active, now))
	}
	c.look()
}

// learnSeq takes in where the installation stands, and notices when it went
// back. The caller holds mu.
func (c *Client) learnSeq(epoch string, seq int64) {
	k := &c.known
	if seq < k.highest {
		c.status.WentBack = true
		c.o.Log.Warn("entitle: the server went back to an earlier state", "seq", seq, "highest", k.highest, "epoch", epoch)
	}
	k.epoch, k.seq = epoch, seq
	k.highest = max(k.highest, seq)
}

// learnHead takes in a head, to be told when the server is asked again: whoever
// puts its database back cannot take that from here. Only one that is further
// takes the place of the one before. The caller holds mu.
func (c *Client) learnHead(head string, seq int64) (further bool) {
	k := &c.known
	plain := strings.IndexFunc(head, func(r rune) bool { return r <= ' ' || r > '~' }) < 0 // it will stand in a header
	if further = head != "" && plain && len(head) <= maxHead && seq > k.headSeq; further {
		k.head, k.headSeq = head, seq
	}
	return further
}

const maxHead = 256 // bytes

func activeOf(files map[string]*licensefile.File) *license.Active {
	sets := make([]*license.Set, 0, len(files))
	for _, f := range files {
		sets = append(sets, &f.Set)
	}
	return license.NewActive(sets...)
}

// apply takes in one change of the stream. A new set is fetched before anything
// of the change is shown, so that answers never mix two states.
func (c *Client) apply(ctx context.Context, change *api.Change) error {
	var files map[string]*licensefile.File
	if change.Sets != nil {
		var err error
		if files, err = c.sets(ctx, change.Sets); err != nil {
			return err
		}
	}
	changed := make([]Holder, len(change.People))
	for i := range change.People {
		changed[i] = FromWire(&change.People[i])
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if change.Epoch != c.known.epoch {
		return errStale
	}
	if change.Seq <= c.known.seq {
		return nil // it was in the holdings already
	}
	c.learnMark(change.Mark)
	c.learnSeq(change.Epoch, change.Seq)
	c.learnHead(change.Head, change.Seq)
	x := c.index.Load().With(changed, change.Removed)
	if change.Events != nil {
		x = x.Announcing(EventsFromWire(change.Events.Open))
	}
	if files != nil {
		c.known.files = files
		x = x.StoppedBy(StopsFromWire(change.Stops)).Under(activeOf(files), c.now())
	}
	c.index.Store(x)
	c.hear()
	c.tell()
	return nil
}

// hear notes that what is known is the present truth. The caller holds mu.
func (c *Client) hear() {
	c.known.fresh = c.now()
	c.look()
}

// get reads one answer of the server.
func (c *Client) get(ctx context.Context, path string, limit int64) ([]byte, error) {
	res, err := c.ask(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if int64(len(b)) > limit {
		return nil, &BadAnswerError{What: path, Why: fmt.Sprintf("it has more than %d bytes", limit)}
	}
	return b, nil
}

// ask sends one request. The caller closes the body.
func (c *Client) ask(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	return c.askIn(ctx, path, query, "")
}

// askIn is ask for texts in a language; "" leaves the choice to the server.
func (c *Client) askIn(ctx context.Context, path string, query url.Values, language string) (*http.Response, error) {
	token, err := c.token()
	if err != nil {
		return nil, err
	}
	address := strings.TrimSuffix(c.o.Server, "/") + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if language != "" {
		req.Header.Set("Accept-Language", language)
	}
	if head := c.lastHead(); head != "" && path == "/v1/changes" {
		req.Header.Set(api.HeadHeader, head)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.o.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		defer res.Body.Close()
		return nil, readRefusal(path, res)
	}
	return res, nil
}

func (c *Client) lastHead() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known.head
}

func (c *Client) token() (string, error) {
	if c.o.TokenFile == "" {
		return c.o.Token, nil
	}
	b, err := os.ReadFile(c.o.TokenFile)
	return strings.TrimSpace(string(b)), err
}

// readRefusal returns a server's refusal in its own words. What is in between,
// such as a proxy that cannot reach the server, counts as the server being away.
func readRefusal(path string, res *http.Response) error {
	b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	var p api.Problem
	if json.Unmarshal(b, &p) != nil || p.Code == "" || res.StatusCode >= 500 {
		return &BadAnswerError{What: path, Why: res.Status}
	}
	return &ServerError{p}
}

// A ServerError is the server's refusal to answer, such as of a token without
// the scope "check".
type ServerError struct{ Problem api.Problem }

func (e *ServerError) Error() string {
	if e.Problem.Detail != "" {
		return "the server refuses: " + e.Problem.Detail
	}
	return "the server refuses: " + e.Problem.Title
}

// Code returns the server's code, such as "auth.scope".
func (e *ServerError) Code() string { return e.Problem.Code }

// A BadAnswerError is returned for an answer that is not one of a Pott server.
type BadAnswerError struct {
	What string // what was asked for
	Why  string
}

func (e *BadAnswerError) Error() string {
	return fmt.Sprintf("the answer to %s is not usable: %s", e.What, e.Why)
}

// Code returns the stable code of the error.
func (e *BadAnswerError) Code() string { return "entitle.bad-answer" }

// An OtherInstallationError is returned when an address suddenly answers for
// another installation.
type OtherInstallationError struct{ Want, Got string }

func (e *OtherInstallationError) Error() string {
	return fmt.Sprintf("the holdings are those of installation %s, not of %s", e.Got, e.Want)
}

// Code returns the stable code of the error.
func (e *OtherInstallationError) Code() string { return "entitle.other-installation" }
