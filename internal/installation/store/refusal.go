package store

// A Deed is a kind of act, as far as it matters while not every act is let through.
type Deed struct {
	Protects bool // it takes something back, repairs or erases: see [Tx.Protects]
	Grants   bool // it gives something, or takes a set into force
}

// Refuses returns why every act of a kind would be refused now, whatever it does; nil
// says only that it would not be refused for that.
func (v *View) Refuses(d Deed) error {
	err := v.book.closed()
	if err == nil && d.Grants {
		err = v.book.granting()
	}
	if err == nil && !d.Protects {
		err = v.book.suspended()
	}
	return err
}

// closed returns why nothing may be written, or nil.
func (b *Book) closed() error {
	if b.health == Unchecked {
		return b.sealed.of(b.Name())
	}
	if err := b.rolledBack(b.Name()); err != nil {
		return err
	}
	if err := b.store.changedSchema(); err != nil {
		return err
	}
	if b.shut {
		return &ReadOnlyError{Installation: b.Name(), Why: "its head is damaged, and what it counted cannot be known before that is repaired"}
	}
	return nil
}

// granting returns why nothing may be granted, or nil.
func (b *Book) granting() error {
	why := ""
	switch {
	case b.health == ReadOnly:
		why = "its rows do not add up to what was last written"
	case b.owners.damaged[1] != nil:
		why = "the row that says whose it is was changed behind the store's back"
	default:
		return nil
	}
	return &ReadOnlyError{Installation: b.Name(), Why: why}
}
