package store

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/internal/tamper"
)

// Credential is one way for a person to show who it is. Its row is sealed, so
// that whoever can only write the database cannot make one.
type Credential struct {
	ID     string // unique in the installation
	Person string // opaque id
	Kind   string // CredentialPassword, CredentialPasskey or CredentialLink
	Name   string // what the person calls it
	// Secret is what a secret is checked against: the PHC text of a password's
	// hash, the public key of a passkey, the SHA-256 of a link's secret.
	Secret  []byte
	Data    []byte // what else a passkey is checked against
	Created int64  // microseconds since 1970 UTC
	By      string // the actor that made it
	Expires int64  // exclusive; 0: never
	Used    int64  // when it last let somebody in; 0: never
	Count   int64  // how often a passkey says it was used
}

// The kinds of credentials.
const (
	CredentialPassword = "password"
	CredentialPasskey  = "passkey"
	CredentialLink     = "link"
)

// PasswordOf returns the id of a person's password.
func PasswordOf(person string) string { return "password." + person }

// Session is a visit that somebody has begun by signing in.
type Session struct {
	ID     string
	Person string
	Hash   [32]byte // SHA-256 of what the browser has
	Method string   // how the person signed in
	Device string   // with what, in words: "Firefox, Linux"
	Begun  int64    // microseconds since 1970 UTC
	Ends   int64    // exclusive
}

// Preference is how a person wants pages to be, and which sessions of the person
// count. That of nobody, person "", is for people who have chosen nothing.
type Preference struct {
	Person    string
	Language  string // "": as the browser asks
	Theme     string // "": nothing chosen
	Shortcuts bool   // single letters are shortcuts
	// Generation rises when all sessions of the person end: none of an earlier one
	// counts, whether it was recorded or not.
	Generation int64
}

// Provider is somebody else who says who a person is, by OpenID Connect.
type Provider struct {
	Code     string // a–z, digits and hyphens; stands in addresses
	Name     string // on the button
	Issuer   string // URL
	ClientID string
	Secret   []byte // encrypted with a key outside the database; nil: none
	Match    string // what finds the person: "user-id" or "email"
	Claim    string // where the provider says it
	Created  int64  // microseconds since 1970 UTC
	By       string
}

var (
	credentialLayout = tamper.NewLayout("credential", "id:t", "person:t kind:t name:t secret:b data:b created:i created_by:t expires:i used:i count:i")
	sessionLayout    = tamper.NewLayout("session", "id:t", "person:t hash:b method:t device:t begun:i ends:i")
	preferenceLayout = tamper.NewLayout("preference", "person:t", "language:t theme:t shortcuts:i generation:i")
	providerLayout   = tamper.NewLayout("provider", "code:t", "name:t issuer:t client_id:t secret:b match:t claim:t created:i created_by:t")
)

var credentialCodec = codec[string, Credential]{
	layout: credentialLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(c *Credential) []tamper.Value {
		return []tamper.Value{tamper.Str(c.Person), tamper.Str(c.Kind), tamper.Str(c.Name), tamper.Bytes(c.Secret), tamper.Bytes(c.Data),
			tamper.Int(c.Created), tamper.Str(c.By), tamper.Int(c.Expires), tamper.Int(c.Used), tamper.Int(c.Count)}
	},
	decode: func(k string, v []tamper.Value) Credential {
		return Credential{ID: k, Person: v[0].Str(), Kind: v[1].Str(), Name: v[2].Str(), Secret: []byte(v[3].Str()), Data: []byte(v[4].Str()),
			Created: v[5].Int(), By: v[6].Str(), Expires: v[7].Int(), Used: v[8].Int(), Count: v[9].Int()}
	},
}

var sessionCodec = codec[string, Session]{
	layout: sessionLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(s *Session) []tamper.Value {
		return []tamper.Value{tamper.Str(s.Person), tamper.Bytes(s.Hash[:]), tamper.Str(s.Method), tamper.Str(s.Device), tamper.Int(s.Begun), tamper.Int(s.Ends)}
	},
	decode: func(k string, v []tamper.Value) Session {
		s := Session{ID: k, Person: v[0].Str(), Method: v[2].Str(), Device: v[3].Str(), Begun: v[4].Int(), Ends: v[5].Int()}
		copy(s.Hash[:], v[1].Str())
		return s
	},
}

var preferenceCodec = codec[string, Preference]{
	layout: preferenceLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(p *Preference) []tamper.Value {
		return []tamper.Value{tamper.Str(p.Language), tamper.Str(p.Theme), tamper.Flag(p.Shortcuts), tamper.Int(p.Generation)}
	},
	decode: func(k string, v []tamper.Value) Preference {
		return Preference{Person: k, Language: v[0].Str(), Theme: v[1].Str(), Shortcuts: v[2].Flag(), Generation: v[3].Int()}
	},
}

var providerCodec = codec[string, Provider]{
	layout: providerLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(p *Provider) []tamper.Value {
		return []tamper.Value{tamper.Str(p.Name), tamper.Str(p.Issuer), tamper.Str(p.ClientID), tamper.Bytes(p.Secret), tamper.Str(p.Match),
			tamper.Str(p.Claim), tamper.Int(p.Created), tamper.Str(p.By)}
	},
	decode: func(k string, v []tamper.Value) Provider {
		return Provider{Code: k, Name: v[0].Str(), Issuer: v[1].Str(), ClientID: v[2].Str(), Secret: []byte(v[3].Str()), Match: v[4].Str(),
			Claim: v[5].Str(), Created: v[6].Int(), By: v[7].Str()}
	},
}

// ofPerson finds rows by the person they belong to.
type ofPerson map[string]map[string]bool

func (o ofPerson) changed(id, old, new string) {
	if old != "" {
		delete(o[old], id)
		if len(o[old]) == 0 {
			delete(o, old)
		}
	}
	if new != "" {
		if o[new] == nil {
			o[new] = map[string]bool{}
		}
		o[new][id] = true
	}
}

func (b *Book) credentialChanged(old, new *Credential) {
	if old != nil {
		b.credentialsOf.changed(old.ID, old.Person, "")
	}
	if new != nil {
		b.credentialsOf.changed(new.ID, "", new.Person)
	}
}

func (b *Book) sessionChanged(old, new *Session) {
	if old != nil {
		b.sessionsOf.changed(old.ID, old.Person, "")
	}
	if new != nil {
		b.sessionsOf.changed(new.ID, "", new.Person)
	}
}

// ofPersonRows returns the rows of a person, as the acts before have left them.
func ofPersonRows[R any](v *View, index ofPerson, t *table[string, R], in func(*staged) *staging[string, R], person func(*R) string, who string) []R {
	var list []R
	add := func(r *R) {
		if r != nil && person(r) == who {
			list = append(list, *r)
		}
	}
	if v.staged == nil {
		for id := range index[who] {
			add(t.get(id))
		}
		return list
	}
	d := in(v.staged)
	for id := range index[who] {
		add(d.get(id))
	}
	for id, draft := range d.drafts {
		if !index[who][id] {
			add(draft.row)
		}
	}
	return list
}

// Credential returns a credential by id, expired ones included.
func (v *View) Credential(id string) (Credential, bool) {
	c := v.book.credentials.get(id)
	if v.staged != nil {
		c = v.staged.credentials.get(id)
	}
	if c == nil {
		return Credential{}, false
	}
	return *c, true
}

// Credentials returns a person's credentials: by the time they were made, then
// by id.
func (v *View) Credentials(person string) []Credential {
	list := ofPersonRows(v, v.book.credentialsOf, v.book.credentials, func(s *staged) *staging[string, Credential] { return s.credentials },
		func(c *Credential) string { return c.Person }, person)
	slices.SortFunc(list, func(x, y Credential) int { return cmp.Or(cmp.Compare(x.Created, y.Created), cmp.Compare(x.ID, y.ID)) })
	return list
}

// PutCredential stores a credential.
func (tx *Tx) PutCredential(c Credential) error {
	if tx.staged.credentials.get(c.ID) == nil {
		if err := tx.granting(); err != nil {
			return err
		}
	}
	return tx.staged.credentials.put(c.ID, &c)
}

// DropCredential deletes a credential.
func (tx *Tx) DropCredential(id string) error { return tx.staged.credentials.put(id, nil) }

// Session returns a session by id.
func (v *View) Session(id string) (Session, bool) {
	s := v.book.sessions.get(id)
	if v.staged != nil {
		s = v.staged.sessions.get(id)
	}
	if s == nil {
		return Session{}, false
	}
	return *s, true
}

// Sessions returns a person's sessions, those that are over by themselves
// included: by the time they began, then by id.
func (v *View) Sessions(person string) []Session {
	list := ofPersonRows(v, v.book.sessionsOf, v.book.sessions, func(s *staged) *staging[string, Session] { return s.sessions },
		func(s *Session) string { return s.Person }, person)
	slices.SortFunc(list, func(x, y Session) int { return cmp.Or(cmp.Compare(x.Begun, y.Begun), cmp.Compare(x.ID, y.ID)) })
	return list
}

// PutSession stores a session.
func (tx *Tx) PutSession(s Session) error {
	if err := tx.granting(); err != nil {
		return err
	}
	return tx.staged.sessions.put(s.ID, &s)
}

// DropSession ends a session.
func (tx *Tx) DropSession(id string) error { return tx.staged.sessions.put(id, nil) }

// Preference returns how a person wants pages to be. damaged says that there is a
// row that cannot be believed.
func (v *View) Preference(person string) (p Preference, damaged bool) {
	found := v.book.preferences.get(person)
	if v.staged != nil {
		found = v.staged.preferences.get(person)
	}
	if found == nil {
		return Preference{Person: person}, v.book.preferences.damaged[person] != nil
	}
	return *found, false
}

// PutPreference stores how a person wants pages to be.
func (tx *Tx) PutPreference(p Preference) error { return tx.staged.preferences.put(p.Person, &p) }

// DropPreference deletes it.
func (tx *Tx) DropPreference(person string) error { return tx.staged.preferences.put(person, nil) }

// Provider returns a provider by its code.
func (v *View) Provider(code string) (Provider, bool) {
	p := v.book.providers.get(code)
	if v.staged != nil {
		p = v.staged.providers.get(code)
	}
	if p == nil {
		return Provider{}, false
	}
	return *p, true
}

// Providers returns all providers, by code.
func (v *View) Providers() []Provider {
	var list []Provider
	for p := range all(v, v.book.providers, func(s *staged) *staging[string, Provider] { return s.providers }) {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(x, y Provider) int { return cmp.Compare(x.Code, y.Code) })
	return list
}

// PutProvider stores a provider.
func (tx *Tx) PutProvider(p Provider) error {
	if err := tx.granting(); err != nil {
		return err
	}
	return tx.staged.providers.put(p.Code, &p)
}

// DropProvider deletes a provider.
func (tx *Tx) DropProvider(code string) error { return tx.staged.providers.put(code, nil) }

// SessionKey returns the key that sessions are sealed with now, and its id. Ok is
// false while the rows cannot be checked: then nobody is known.
func (v *View) SessionKey() (id tamper.KeyID, key [32]byte, ok bool) {
	if v.book.health == Unchecked || v.book.keys == nil {
		return id, key, false
	}
	return v.book.keys.ID, v.book.keys.Session(), true
}

// SessionKeyOf returns the key of an id, unless it is retired or unknown here.
func (v *View) SessionKeyOf(id tamper.KeyID) (key [32]byte, ok bool) {
	if v.book.health == Unchecked || v.book.ring == nil {
		return key, false
	}
	k := v.book.ring.Key(id)
	if k == nil {
		return key, false
	}
	return k.Session(), true
}
