package store

import "slices"

// findableChanged keeps the indexes that find people by number, and those who
// were deleted by the user id they had.
func (b *Book) findableChanged(old, new *person) {
	if old != nil {
		if old.remembered() {
			folded := FoldUserID(old.Personal.UserID)
			b.byGone[folded] = slices.DeleteFunc(slices.Clone(b.byGone[folded]), func(id string) bool { return id == old.ID })
			if len(b.byGone[folded]) == 0 {
				delete(b.byGone, folded)
			}
		}
		if b.byNumber[old.Number] == old.ID {
			delete(b.byNumber, old.Number)
		}
	}
	if new != nil {
		b.byNumber[new.Number] = new.ID
		if new.remembered() {
			folded := FoldUserID(new.Personal.UserID)
			b.byGone[folded] = append(slices.Clip(b.byGone[folded]), new.ID)
		}
	}
}

// remembered reports whether a person is deleted and can still be found by the
// user id.
func (p *person) remembered() bool { return p.Deleted && p.Erased == 0 && p.Personal.UserID != "" }

// PersonByNumber returns a person by number.
func (v *View) PersonByNumber(number int64) (Person, bool) {
	if p, ok := v.Person(v.book.byNumber[number]); ok {
		return p, true
	}
	if v.staged != nil {
		return v.Person(v.staged.byNumber[number])
	}
	return Person{}, false
}

// DeletedByUserID returns the deleted person who had a user id last, in any
// letter case.
func (v *View) DeletedByUserID(userID string) (found Person, ok bool) {
	folded := FoldUserID(userID)
	consider := func(p *person) {
		if p != nil && p.remembered() && FoldUserID(p.Personal.UserID) == folded && p.Number > found.Number {
			found, ok = p.Person, true
		}
	}
	for _, id := range v.book.byGone[folded] {
		consider(v.person(id))
	}
	if v.staged != nil {
		for _, draft := range v.staged.people.drafts {
			consider(draft.row)
		}
	}
	return found, ok
}
