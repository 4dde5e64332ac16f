package store

// Head is where a ledger stands: its latest change, and the link that stands for
// everything before.
type Head struct {
	Epoch [16]byte // changes when a backup is taken into use
	Seq   int64    // 0: nothing has been written yet
	Link  [32]byte
}

// Head returns where the installation's own ledger stands.
func (b *Book) Head() Head { return b.ledger.at() }

// Head returns where the server's own ledger stands.
func (s *Store) Head() Head { return s.server.at() }

func (l *ledger) at() Head {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return Head{Epoch: l.head.Epoch, Seq: l.head.Seq, Link: l.head.Link}
}
