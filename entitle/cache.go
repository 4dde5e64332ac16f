package entitle

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pott-dev/pott/licensefile"
)

// The cache folder holds
//
//	holdings      the last holdings, as received and signed
//	<hash>.set    the license files they go with, as received
//	seen          the installation, the key its holdings were signed with, and
//	              the highest seq ever seen, and the furthest head
//
// Nothing in it is believed more than what the server sends: holdings and sets
// are checked again when they are read.
const (
	cachedHoldings = "holdings"
	cachedSeen     = "seen"
)

// seen is what a client remembers besides files.
type seen struct {
	Installation string `json:"installation"`
	Key          []byte `json:"key"`
	Highest      int64  `json:"highest"`
	Head         string `json:"head,omitempty"` // the furthest seen
	HeadSeq      int64  `json:"head_seq,omitempty"`
}

// readCache returns what the cache holds, or nil when there is nothing usable.
func (c *Client) readCache() (*snapshot, error) {
	if c.o.Cache == "" {
		return nil, nil
	}
	if err := c.readSeen(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(c.o.Cache, cachedHoldings))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	h, err := c.parse(text)
	if err != nil {
		return nil, err
	}
	s := &snapshot{h, text, map[string]*licensefile.File{}}
	for _, hash := range h.Sets {
		text, err := os.ReadFile(filepath.Join(c.o.Cache, hash+".set"))
		if err != nil {
			return nil, err
		}
		f, err := c.readSet(text)
		if err != nil {
			return nil, err
		}
		s.files[f.Hash] = f
	}
	return s, nil
}

// readSeen remembers the installation and key that were seen first.
func (c *Client) readSeen() error {
	b, err := os.ReadFile(filepath.Join(c.o.Cache, cachedSeen))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	var s seen
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	k := &c.known
	k.installation, k.highest, k.head, k.headSeq = s.Installation, s.Highest, s.Head, s.HeadSeq
	if k.key == nil && len(s.Key) > 0 {
		k.key = s.Key
	}
	return nil
}

// writeCache keeps a snapshot. A cache that cannot be written is no reason not
// to answer.
func (c *Client) writeCache(s *snapshot) {
	if c.o.Cache == "" {
		return
	}
	if err := c.keep(s); err != nil {
		c.o.Log.Warn("entitle: the cache could not be written", "error", err)
	}
}

func (c *Client) keep(s *snapshot) error {
	if err := os.MkdirAll(c.o.Cache, 0o700); err != nil {
		return err
	}
	c.mu.Lock()
	k := &c.known
	remembered, err := json.Marshal(k.seen())
	k.cached, k.cachedSeq = c.o.Now(), s.holdings.Seq
	c.mu.Unlock()
	if err != nil {
		return err
	}
	// The sets are there before the holdings that name them.
	for hash, f := range s.files {
		if err := writeFile(filepath.Join(c.o.Cache, hash+".set"), f.Bytes()); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(c.o.Cache, cachedHoldings), s.text); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(c.o.Cache, cachedSeen), remembered); err != nil {
		return err
	}
	return c.sweep(s)
}

func (k *known) seen() seen { return seen{k.installation, k.key, k.highest, k.head, k.headSeq} }

// keepSeen keeps what was seen, where a cache was written before: a program that
// is started often would forget it otherwise.
func (c *Client) keepSeen() {
	if c.o.Cache == "" {
		return
	}
	c.mu.Lock()
	remembered, err := json.Marshal(c.known.seen())
	c.mu.Unlock()
	if err == nil {
		err = writeFile(filepath.Join(c.o.Cache, cachedSeen), remembered)
	}
	if err != nil {
		c.o.Log.Warn("entitle: the cache could not be written", "error", err)
	}
}

// sweep removes sets that are no longer in force.
func (c *Client) sweep(s *snapshot) error {
	old, err := filepath.Glob(filepath.Join(c.o.Cache, "*.set"))
	for _, path := range old {
		hash := filepath.Base(path[:len(path)-len(".set")])
		if s.files[hash] == nil {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}

// refreshCache brings the cache up to date when it is old enough.
func (c *Client) refreshCache(ctx context.Context) {
	c.mu.Lock()
	k := &c.known
	due := c.o.Cache != "" && k.seq > k.cachedSeq && c.o.Now().Sub(k.cached) >= c.o.Refresh
	if due {
		k.cached = c.o.Now() // not again before the next time is due, whatever happens
	}
	c.mu.Unlock()
	if !due {
		return
	}
	c.done.Go(func() {
		s, err := c.fetch(ctx)
		if err != nil {
			c.o.Log.Warn("entitle: the cache could not be brought up to date", "error", err)
			return
		}
		c.writeCache(s)
	})
}

// writeFile replaces a file whole or not at all.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
