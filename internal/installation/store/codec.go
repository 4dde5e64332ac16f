package store

import (
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// A codec turns rows of a table into values in the order of its layout and
// back. decode sees only rows whose seal was good, so it does not fail; a text
// it cannot read becomes the zero value.
type codec[K comparable, R any] struct {
	layout *tamper.Layout
	key    func(K) []tamper.Value
	parse  func([]tamper.Value) K
	encode func(*R) []tamper.Value
	decode func(K, []tamper.Value) R
}

func textKey(k string) []tamper.Value       { return []tamper.Value{tamper.Str(k)} }
func parseTextKey(k []tamper.Value) string  { return k[0].Str() }
func numberKey(k int64) []tamper.Value      { return []tamper.Value{tamper.Int(k)} }
func parseNumberKey(k []tamper.Value) int64 { return k[0].Int() }
func nameKey(n license.Name) []tamper.Value {
	return []tamper.Value{tamper.Str(string(n.Issuer)), tamper.Str(string(n.Module))}
}
func parseNameKey(k []tamper.Value) license.Name { return nameOf(k[0], k[1]) }

// place is a row of the server's ledger: that an installation exists.
type place struct {
	id      string
	number  int64
	name    string
	created int64
	state   string // StateOpen, StateSuspended or StateDeleted
	reason  string // why it is not open
}

var placeCodec = codec[string, place]{
	layout: installationLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(p *place) []tamper.Value {
		return []tamper.Value{tamper.Int(p.number), tamper.Str(p.name), tamper.Int(p.created), tamper.Str(p.stateText())}
	},
	decode: func(k string, v []tamper.Value) place {
		p := place{id: k, number: v[0].Int(), name: v[1].Str(), created: v[2].Int()}
		p.state, p.reason = parseState(v[3].Str())
		return p
	},
}

// What the column demo of an owner holds.
const (
	takesDemo = 1
	isTest    = 2
)

func (o *Owner) use() (use int64) {
	if o.Demo {
		use |= takesDemo
	}
	if o.Test {
		use |= isTest
	}
	return use
}

var ownerCodec = codec[int64, Owner]{
	layout: ownerLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(o *Owner) []tamper.Value {
		return []tamper.Value{tamper.Str(o.Company), tamper.Str(o.Serial), tamper.Str(o.TimeZone), tamper.Int(o.use()),
			tamper.Str(o.Language), tamper.Bytes(o.SiteKey)}
	},
	decode: func(_ int64, v []tamper.Value) Owner {
		return Owner{Company: v[0].Str(), Serial: v[1].Str(), TimeZone: v[2].Str(), Demo: v[3].Int()&takesDemo != 0, Test: v[3].Int()&isTest != 0,
			Language: v[4].Str(), SiteKey: []byte(v[5].Str())}
	},
}

// person is a Person with what binds the personal values to the sealed row.
type person struct {
	Person
	salt       [32]byte
	commitment [32]byte
}

const (
	herePerson    = "here"
	waitingPerson = "waiting"
	formerPerson  = "former"
	deletedPerson = "deleted"
)

var personCodec = codec[string, person]{
	layout: personLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(p *person) []tamper.Value {
		state := herePerson
		switch {
		case p.Deleted:
			state = deletedPerson
		case p.Former:
			state = formerPerson
		case p.Waiting:
			state = waitingPerson
		}
		return []tamper.Value{tamper.Int(p.Number), tamper.Int(int64(p.Kind)), tamper.Flag(p.Login),
			tamper.Str(p.ValidThrough.String()), tamper.Str(p.Profile), tamper.Str(state), tamper.Bytes(p.commitment[:]),
			tamper.Int(p.Created), tamper.Int(p.Erased)}
	},
	decode: func(k string, v []tamper.Value) person {
		through, _ := license.ParseDate(v[3].Str())
		p := person{Person: Person{
			Person: seat.Person{ID: k, Kind: license.PersonKind(v[1].Int()), Login: v[2].Flag(), ValidThrough: through,
				Profile: v[4].Str(), Waiting: v[5].Str() == waitingPerson, Former: v[5].Str() == formerPerson, Deleted: v[5].Str() == deletedPerson},
			Number: v[0].Int(), Created: v[7].Int(), Erased: v[8].Int(),
		}}
		copy(p.commitment[:], v[6].Str())
		return p
	},
}

var assignmentCodec = codec[int64, Assignment]{
	layout: assignmentLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(a *Assignment) []tamper.Value {
		return []tamper.Value{tamper.Str(a.Person), tamper.Str(string(a.Name.Issuer)), tamper.Str(string(a.Name.Module)),
			tamper.Int(a.Quantity), tamper.Str(string(a.Source)), tamper.Int(a.From), tamper.Int(a.Until),
			tamper.Str(a.By), tamper.Str(a.Reason), tamper.Str(a.EndedBy), tamper.Str(a.EndReason)}
	},
	decode: func(k int64, v []tamper.Value) Assignment {
		return Assignment{Assignment: seat.Assignment{Number: k, Person: v[0].Str(), Name: nameOf(v[1], v[2]),
			Quantity: v[3].Int(), Source: seat.Source(v[4].Str()), From: v[5].Int(), Until: v[6].Int(),
			By: v[7].Str(), Reason: v[8].Str()}, EndedBy: v[9].Str(), EndReason: v[10].Str()}
	},
}

var licenseCodec = codec[license.Name, License]{
	layout: licenseLayout,
	key:    nameKey,
	parse:  parseNameKey,
	encode: func(l *License) []tamper.Value {
		return []tamper.Value{tamper.Int(l.Number), tamper.Int(l.SetNumber), tamper.Int(l.Line), tamper.Int(int64(l.Kind)),
			tamper.Int(l.Seats), tamper.Int(l.Taken), tamper.Flag(l.Unrestricted), tamper.Flag(l.OpenEnded), tamper.Flag(l.Hidden)}
	},
	decode: func(k license.Name, v []tamper.Value) License {
		return License{Name: k, Number: v[0].Int(), SetNumber: v[1].Int(), Line: v[2].Int(),
			Kind: license.Kind(v[3].Int()), Seats: v[4].Int(), Taken: v[5].Int(),
			Unrestricted: v[6].Flag(), OpenEnded: v[7].Flag(), Hidden: v[8].Flag()}
	},
}

var setCodec = codec[string, Set]{
	layout: setLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(s *Set) []tamper.Value {
		return []tamper.Value{tamper.Str(string(s.Issuer)), tamper.Int(s.Number), tamper.Str(s.Serial), tamper.Str(string(s.State)),
			tamper.Str(s.File), tamper.Str(strings.Join(s.Certificates, " ")), tamper.Int(s.LoadedAt), tamper.Int(s.AcceptedAt),
			tamper.Int(s.From), tamper.Int(s.Until)}
	},
	decode: func(k string, v []tamper.Value) Set {
		return Set{Checkpoint: k, Issuer: license.Issuer(v[0].Str()), Number: v[1].Int(), Serial: v[2].Str(),
			State: SetState(v[3].Str()), File: v[4].Str(), Certificates: strings.Fields(v[5].Str()),
			LoadedAt: v[6].Int(), AcceptedAt: v[7].Int(), From: v[8].Int(), Until: v[9].Int()}
	},
}

var keyListCodec = codec[int64, KeyList]{
	layout: keyListLayout,
	key:    numberKey,
	parse:  parseNumberKey,
	encode: func(l *KeyList) []tamper.Value {
		return []tamper.Value{tamper.Bytes(l.Note), tamper.Int(l.LearnedAt)}
	},
	decode: func(k int64, v []tamper.Value) KeyList {
		return KeyList{Number: k, Note: []byte(v[0].Str()), LearnedAt: v[1].Int()}
	},
}

var profileCodec = codec[string, Profile]{
	layout: profileLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(p *Profile) []tamper.Value {
		return []tamper.Value{tamper.Str(p.Name), tamper.Str(formatNames(p.Modules))}
	},
	decode: func(k string, v []tamper.Value) Profile {
		return Profile{Code: k, Name: v[0].Str(), Modules: parseNames(v[1].Str())}
	},
}

var tokenCodec = codec[string, Token]{
	layout: tokenLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(t *Token) []tamper.Value {
		return []tamper.Value{tamper.Str(t.Name), tamper.Bytes(t.Hash[:]), tamper.Str(strings.Join(t.Scopes, " ")),
			tamper.Int(t.Created), tamper.Str(t.CreatedBy), tamper.Int(t.Expires), tamper.Int(t.Revoked)}
	},
	decode: func(k string, v []tamper.Value) Token {
		t := Token{ID: k, Name: v[0].Str(), Scopes: slices.Clip(strings.Fields(v[2].Str())),
			Created: v[3].Int(), CreatedBy: v[4].Str(), Expires: v[5].Int(), Revoked: v[6].Int()}
		copy(t.Hash[:], v[1].Str())
		return t
	},
}

func nameOf(issuer, module tamper.Value) license.Name {
	return license.Name{Issuer: license.Issuer(issuer.Str()), Module: license.Module(module.Str())}
}

// Names are stored one to a line.
func formatNames(names []license.Name) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(n.String() + "\n")
	}
	return b.String()
}

func parseNames(text string) (names []license.Name) {
	for line := range strings.Lines(text) {
		if n, err := license.ParseName(strings.TrimSuffix(line, "\n")); err == nil {
			names = append(names, n)
		}
	}
	return names
}
