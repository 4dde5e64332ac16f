package installation

import (
	"sync"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
)

// What a change stream remembers, and how far behind it may fall.
const (
	keptChanges    = 4096
	followerBuffer = 1024
)

// A feed hands every change to everybody who follows.
type feed struct {
	mu        sync.Mutex
	kept      []api.Change // the latest, oldest first, without a gap
	followers map[*Following]bool
	closed    bool
}

// A Following is one reader of the change stream.
type Following struct {
	Hello   api.Hello
	Reset   bool              // what was asked for is no longer kept: read the holdings again
	Changes <-chan api.Change // closed when the reader is too slow or the installation closes
	changes chan api.Change
	feed    *feed
}

func (f *feed) start() { f.followers = map[*Following]bool{} }

func (f *feed) publish(c api.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = append(f.kept, c)
	if len(f.kept) > 2*keptChanges {
		f.kept = append([]api.Change(nil), f.kept[keptChanges:]...)
	}
	for r := range f.followers {
		select {
		case r.changes <- c:
		default:
			f.drop(r)
		}
	}
}

// drop ends a reader. The caller holds mu.
func (f *feed) drop(r *Following) {
	if f.followers[r] {
		delete(f.followers, r)
		close(r.changes)
	}
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for r := range f.followers {
		f.drop(r)
	}
}

// Close ends the following.
func (r *Following) Close() {
	r.feed.mu.Lock()
	defer r.feed.mu.Unlock()
	r.feed.drop(r)
}

// Follow returns the changes after a state, and then those to come; since -1
// means from now on.
func (in *Installation) Follow(since int64) *Following {
	f := &in.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	r := &Following{feed: f, Hello: in.now.Load().hello()}
	// The present moment may be one commit ahead of the feed: then the change
	// comes after the hello that already counted it, which does no harm.
	missed, ok := f.after(since, r.Hello.Seq)
	r.Reset = !ok
	r.changes = make(chan api.Change, followerBuffer+len(missed))
	r.Changes = r.changes
	for _, c := range missed {
		r.changes <- c
	}
	if f.closed {
		close(r.changes)
	} else {
		f.followers[r] = true
	}
	return r
}

// after returns the kept changes after a state, and whether none is missing.
func (f *feed) after(since, present int64) ([]api.Change, bool) {
	if since < 0 || since == present {
		return nil, true
	}
	if since > present || len(f.kept) == 0 || f.kept[0].Seq > since+1 {
		return nil, false
	}
	for i, c := range f.kept {
		if c.Seq > since {
			return f.kept[i:], true
		}
	}
	return nil, true
}

func (m *moment) hello() api.Hello {
	return api.Hello{Installation: m.id, Epoch: m.epoch, Seq: m.seq, Mark: m.mark, Head: m.head, Stops: entitle.StopsToWire(m.stops), Events: entitle.EventsToWire(m.events)}
}
