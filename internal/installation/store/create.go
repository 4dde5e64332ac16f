package store

import (
	"context"
	"errors"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
)

// NewInstallation is what a new installation is made of.
type NewInstallation struct {
	Name string // host name or first path segment; unique on this server
	Owner
}

// CreateInstallation makes an installation, in the server's ledger and in its
// own, in one transaction. A name that is taken is an
// [*InstallationExistsError]. After an [*UnknownOutcomeError] it may or may not
// be there.
func (s *Store) CreateInstallation(ctx context.Context, by audit.Actor, now time.Time, n NewInstallation) (*Book, error) {
	return s.createFrom(ctx, by, now, n, nil)
}

// createFrom is CreateInstallation with something that is in it from the
// beginning: fill stages it in the first batch.
func (s *Store) createFrom(ctx context.Context, by audit.Actor, now time.Time, n NewInstallation, fill func(*staged) error) (*Book, error) {
	var made *Book
	err := s.alone(ctx, func(ctx context.Context, w *sqldb.Writer) error {
		var merge func()
		err := s.inTx(ctx, w, func() (err error) {
			made, merge, err = s.create(ctx, w, by, now, n, fill)
			return err
		}, func() (bool, error) { return s.headIsThere(ctx, w, made.installation) })
		if err != nil {
			return err
		}
		merge()
		if fill != nil {
			if err := made.open(ctx); err != nil {
				return err
			}
			made.rollback = Rollback{Witnessed: true}
		}
		s.anchors.keep(&made.ledger)
		made.remember()
		s.server.remember()
		s.add(made)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (s *Store) create(ctx context.Context, w *sqldb.Writer, by audit.Actor, now time.Time, n NewInstallation, fill func(*staged) error) (b *Book, merge func(), err error) {
	l := &s.server
	if err := s.mayList(n.Name); err != nil {
		return nil, nil, err
	}
	if err := l.lock(ctx, w); err != nil {
		return nil, nil, err
	}
	p := place{id: NewID(), name: n.Name, created: max(micros(now), l.secret.Clock), state: StateOpen}
	for _, other := range s.known() {
		if other.name == n.Name {
			return nil, nil, &InstallationExistsError{Name: n.Name}
		}
		p.number = max(p.number, other.number)
	}
	p.number++
	stage := newStage(l)
	stage.at = p.created
	if err := newStaging(s.places, stage).put(p.id, &p); err != nil {
		return nil, nil, err
	}
	stage.entries = []audit.Entry{{At: p.created, Actor: by, Action: "installation.create", Facts: []audit.Fact{audit.F("id", p.id), audit.F("name", p.name)}}}
	if damages, err := l.writeBatch(ctx, w, stage); err != nil || len(damages) > 0 {
		return nil, nil, errors.Join(err, joined(damages))
	}
	b = newBook(s, p)
	b.keys = b.ring.Key(l.keys.ID) // as the server's own: it may not have reached the newest yet
	if err := b.create(ctx, w); err != nil {
		return nil, nil, err
	}
	if err := b.lock(ctx, w); err != nil {
		return nil, nil, err
	}
	first := b.stage()
	if err := first.run(ctx, by, now, func(tx *Tx) error {
		tx.Entry("installation.create", "", audit.F("name", p.name), audit.F("serial", n.Serial), audit.F("demo", n.Demo))
		return tx.SetOwner(n.Owner)
	}); err != nil {
		return nil, nil, err
	}
	if fill != nil {
		if err := fill(first); err != nil {
			return nil, nil, err
		}
	}
	if _, err := b.writeBatch(ctx, w, first.stage); err != nil {
		return nil, nil, err
	}
	return b, func() {
		b.merge(first)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.merge(stage)
	}, nil
}
