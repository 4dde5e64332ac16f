package entitle

import "github.com/pott-dev/pott/license"

// A PersonHandle stands for a person an index has found once. It is small, may
// be kept for as long as the program runs, and stays valid in every index made
// from the one that gave it. It never answers for anybody else: not when the
// person is deleted, not when somebody else gets the user id, not in the index of
// another installation.
//
// The zero handle stands for nobody.
type PersonHandle struct{ line, person uint32 }

// A ModuleHandle stands for a module, like a [PersonHandle] for a person. It may
// be asked for before any set has the module, and answers from the day one does.
//
// The zero handle stands for no module.
type ModuleHandle struct{ line, module uint32 }

// Person returns the handle of a user id, and whether the index knows it.
func (x *Index) Person(id string) (PersonHandle, bool) {
	person := x.people.find(x.line.seed, id)
	if person == 0 {
		return PersonHandle{}, false
	}
	return PersonHandle{x.line.id, person}, true
}

// Module returns the handle of a module. Call it once per module, not once per
// check: it takes a lock.
func (x *Index) Module(name license.Name) ModuleHandle {
	x.line.mu.Lock()
	defer x.line.mu.Unlock()
	return ModuleHandle{x.line.id, x.line.module(license.NameOf(name.Issuer, name.Module))}
}

// CheckHandle answers whether a person may use a module, like [Index.Check], in
// a few nanoseconds.
func (x *Index) CheckHandle(p PersonHandle, m ModuleHandle) Answer {
	if p.line != x.line.id || m.line != x.line.id {
		return deny(HandleUnknown)
	}
	if m.module >= uint32(len(x.rules)) {
		return deny(ModuleUnknown)
	}
	return x.answer(&x.rules[m.module], x.people.lot(p.person))
}

// Check answers whether a person may use a module: holds it, if it is given to
// people; or whether it is on, if it is a system module. The name is a folded
// one, as [license.NameOf] and [license.ParseName] return it.
//
// What a license requires before it may be given is not looked at here: it was,
// when it was given.
func (x *Index) Check(person string, name license.Name) Answer {
	number, ok := x.deck.numbers[name]
	if !ok {
		return deny(ModuleUnknown)
	}
	r := &x.rules[number]
	if r.kind != license.User {
		return r.system()
	}
	found := x.people.find(x.line.seed, person)
	if found == 0 {
		return x.unknown()
	}
	return x.answer(r, x.people.lot(found))
}

// CheckSystem answers whether a system module is on for the installation.
func (x *Index) CheckSystem(feature license.Name) Answer {
	if number, ok := x.deck.numbers[feature]; ok && x.rules[number].kind == license.System {
		return x.rules[number].answer
	}
	return deny(FeatureOff)
}

// CheckLogin answers whether a person may sign in to a client, such as
// "superoffice.web": the person has a login that has not ended, is of a kind the
// client is for, and holds every user module it needs, and every system module
// it needs is on. When the grace of the issuer's set is over, those who could
// sign in still can, with the reason [IssuerReadOnly]. While an event keeps
// everybody but administrators out, the others are denied with the reason
// [NoLoginEvent]; what they may do once inside does not change.
func (x *Index) CheckLogin(person string, client license.Name) Answer {
	return x.login(x.people.find(x.line.seed, person), client)
}

func (x *Index) login(person uint32, name license.Name) Answer {
	c := x.clients[name]
	if c == nil {
		return deny(ClientUnknown)
	}
	if person == 0 {
		return x.unknown()
	}
	row := x.row(x.people.lot(person))
	last := day(row[0])
	switch {
	case last < x.today:
		return x.refuse(row)
	case c.people&license.PersonKind(row[0]>>32) == 0:
		return deny(ClientKind)
	case c.absent:
		return deny(ClientNeeds)
	}
	for i, need := range c.needs {
		if need&^row[1+2*i] != 0 {
			return deny(ClientNeeds)
		}
	}
	a := until(c.answer, c.end, last)
	if a.Effect != Deny {
		if e := x.closes(row[0]); e != nil {
			return x.shut(e)
		}
	}
	return a
}

// CheckEdit answers whether a person may edit where a feature is. A feature is a
// system module; the set says which user module adds editing.
//
//	the feature is off                     deny
//	it is on, the person lacks the module  read-only
//	it is on and the person holds it       allow
//	it is on and takes no module           allow
//
// Somebody who may not sign in at all is denied.
func (x *Index) CheckEdit(person string, feature license.Name) Answer {
	return x.edit(x.people.find(x.line.seed, person), feature)
}

func (x *Index) edit(person uint32, feature license.Name) Answer {
	number, ok := x.deck.numbers[feature]
	if !ok || x.rules[number].kind != license.System {
		return deny(FeatureOff)
	}
	if person == 0 {
		return x.unknown()
	}
	row := x.row(x.people.lot(person))
	if day(row[0]) < x.today {
		return x.refuse(row)
	}
	return x.edits(&x.rules[number], row, day(row[0]))
}

// edits answers for somebody who may do something until their last day, where a
// feature is on.
func (x *Index) edits(r *rule, row []uint64, last day) Answer {
	if !r.edits || r.answer.Effect == Deny { // its set is out of force
		return until(r.answer, r.end, last)
	}
	a := deny(NotHeld)
	if r.edit != noModule && x.rules[r.edit].kind == license.User {
		a = x.holds(&x.rules[r.edit], row, last)
	}
	switch {
	case a.Effect == Deny:
		a = r.answer
		a.Effect, a.Reason = ReadOnly, NoEdit
		return until(a, r.end, last)
	case r.answer.Effect == Allow:
		return a
	}
	// A module that signs in is still allowed when the feature no longer is.
	return until(r.answer, r.end, last)
}

// answer answers for somebody of a lot.
func (x *Index) answer(r *rule, lot uint32) Answer {
	if r.kind != license.User {
		return r.system()
	}
	row := x.row(lot)
	if day(row[0]) < x.today {
		return x.refuse(row)
	}
	return x.holds(r, row, day(row[0]))
}

// holds answers for somebody who may do something until their last day. With
// answer it is the hot path: it reads the rule of the module and a word or two
// of the row.
func (x *Index) holds(r *rule, row []uint64, last day) Answer {
	word, bit := 1+2*int(r.bit>>6), r.bit&63
	if row[word]>>bit&1 == 0 {
		return deny(NotHeld)
	}
	a := r.answer
	if a.Reason == Included && row[word+1]>>bit&1 != 0 {
		a.Reason = Held
	}
	return until(a, r.end, last)
}

// system answers for a module that is not given to people. A module given to
// databases is not on for anybody here.
func (r *rule) system() Answer {
	switch r.kind {
	case license.System:
		return r.answer
	case license.Site:
		return deny(NotHeld)
	}
	return deny(ModuleUnknown)
}

// row returns the row of a lot.
func (x *Index) row(lot uint32) []uint64 {
	at := int(lot) * x.deck.stride
	return x.rows[at : at+x.deck.stride : at+x.deck.stride]
}

// until returns an answer that ends on end, or on the person's last day when
// that is before.
func until(a Answer, end, last day) Answer {
	if last < end {
		a.Until = dateOf(last)
	}
	return a
}

// refuse says why somebody whose last day has passed is denied everything.
func (x *Index) refuse(row []uint64) Answer {
	if x.tooOld {
		return deny(TooOld)
	}
	if cause := Reason(row[0] >> 40 & 0xff); cause != NoReason {
		return deny(cause)
	}
	return deny(ValidThroughPassed)
}

// unknown says why a user id nobody has is denied.
func (x *Index) unknown() Answer {
	if x.tooOld {
		return deny(TooOld)
	}
	return deny(PersonUnknown)
}
