package store

import "sync"

// Commit says what one or more batches have changed.
type Commit struct {
	Seq          int64
	People       []string // ids of people whose row or assignments changed, without repetition
	Sets         bool
	KeyLists     bool
	Licenses     bool // also when only counters changed
	Profiles     bool
	Events       bool
	Activity     bool // whether it is collected when people were active, or on what ground
	Installation bool

	seen map[string]bool
}

func (c *Commit) person(id string) {
	if c.seen[id] {
		return
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[id] = true
	c.People = append(c.People, id)
}

// Watch calls seen after every change, from this server or another, with a view
// of the state after it, and before the acts of the batch are answered. Calls
// come one at a time and in order. seen must be quick: the next batch waits for
// it. It may not call Update.
func (b *Book) Watch(seen func(*View, Commit)) (stop func()) {
	b.watchMu.Lock()
	defer b.watchMu.Unlock()
	n := b.nextWatch
	b.nextWatch++
	b.watchers[n] = seen
	return func() {
		b.watchMu.Lock()
		defer b.watchMu.Unlock()
		delete(b.watchers, n)
	}
}

// Subscribe returns a channel that gets a Commit after every change, until
// cancel is called, which closes it. A reader that is slow gets several changes
// as one Commit; none is lost.
func (b *Book) Subscribe() (commits <-chan Commit, cancel func()) {
	out := make(chan Commit)
	var mu sync.Mutex
	var waiting *Commit
	wake := make(chan struct{}, 1)
	done := make(chan struct{})
	stop := b.Watch(func(_ *View, c Commit) {
		mu.Lock()
		if waiting == nil {
			waiting = &Commit{}
		}
		waiting.add(c)
		mu.Unlock()
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	go func() {
		defer close(out)
		for {
			select {
			case <-wake:
			case <-done:
				return
			}
			mu.Lock()
			c := waiting
			waiting = nil
			mu.Unlock()
			if c == nil {
				continue
			}
			select {
			case out <- *c:
			case <-done:
				return
			}
		}
	}()
	return out, sync.OnceFunc(func() { stop(); close(done) })
}

func (c *Commit) add(d Commit) {
	for _, id := range d.People {
		c.person(id)
	}
	c.Seq = max(c.Seq, d.Seq)
	c.Sets = c.Sets || d.Sets
	c.KeyLists = c.KeyLists || d.KeyLists
	c.Licenses = c.Licenses || d.Licenses
	c.Profiles = c.Profiles || d.Profiles
	c.Events = c.Events || d.Events
	c.Installation = c.Installation || d.Installation
	c.Activity = c.Activity || d.Activity
}

// nothing reports whether nothing has changed.
func (c *Commit) nothing() bool {
	return len(c.People) == 0 && !c.Sets && !c.KeyLists && !c.Licenses && !c.Profiles && !c.Events && !c.Installation && !c.Activity
}

// tell calls the watchers when the book has moved on since they were last told,
// or rows were found to be damaged and are out of use.
// It runs on the goroutine that writes.
func (b *Book) tell() {
	if b.unsettled {
		b.mu.Lock()
		b.settleSets()
		if !b.unsettled {
			b.touched.Sets = true // those who watch were told when they could not be read
		}
		b.mu.Unlock()
	}
	if b.head.Seq == b.notifiedAt && b.touched.nothing() {
		return
	}
	b.notifiedAt = b.head.Seq
	c := b.touched
	c.Seq, b.touched = b.head.Seq, Commit{}
	b.watchMu.Lock()
	defer b.watchMu.Unlock()
	if len(b.watchers) == 0 {
		return
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, seen := range b.watchers {
		seen(&View{book: b}, c)
	}
}
