package store

// unreadable leaves a book with nothing in it but why: the database cannot read
// its rows. Nothing is answered from what was read before that, and nothing is
// written; the other installations of the server go on.
func (b *Book) unreadable(cause error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.tables {
		t.clear()
	}
	b.clearIndexes()
	b.files = map[string][]byte{}
	b.touched, b.unsettled = Commit{}, false
	b.health, b.shut = ReadOnly, true
	b.damages = []Damage{{Table: "database", What: "cannot be read: " + cause.Error()}}
}
