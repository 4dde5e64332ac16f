package main

import (
	"context"
	"sync"
)

// A gate holds jobs at a row, so that a test sees them at work for as long as it
// likes.
type gate struct {
	mu    sync.Mutex
	at    int           // jobs that have looked at so many rows wait; below 0 none does
	fault bool          // they do not wait there but break
	moved chan struct{} // closed when at changes; nil while nobody waits
}

// holdAt says where jobs wait from now on, or break. Those that wait elsewhere go on.
func (g *gate) holdAt(row int, fault bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at, g.fault = row, fault
	if g.moved != nil {
		close(g.moved)
		g.moved = nil
	}
}

// pass returns when a job may go on, or when ctx ends.
func (g *gate) pass(ctx context.Context, _ string, looked int) {
	for {
		g.mu.Lock()
		if g.at < 0 || looked < g.at {
			g.mu.Unlock()
			return
		}
		if g.fault {
			g.mu.Unlock()
			panic("a test wants a fault here")
		}
		if g.moved == nil {
			g.moved = make(chan struct{})
		}
		moved := g.moved
		g.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}
