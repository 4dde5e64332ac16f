package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// A Ceremony is the first of two steps with a passkey: what the browser is asked,
// and what it brings back beside the answer.
type Ceremony struct {
	Options json.RawMessage // for navigator.credentials
	State   string
}

const (
	registering = "passkey.register"
	signingIn   = "passkey.signin"
)

// ceremony is what is kept in the box between the steps.
type ceremony struct {
	Person  string               `json:"person,omitempty"`
	Session webauthn.SessionData `json:"session"`
}

// relyingParty is whom passkeys are made for at an address of ours: its host name.
func (in *Installation) relyingParty(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &BadPasskeyError{}
	}
	rp, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: in.displayName(), RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired}})
	if err != nil { // an address in figures, for one
		return nil, &BadPasskeyError{}
	}
	return rp, nil
}

// displayName is what the installation is called among a person's passkeys.
func (in *Installation) displayName() (name string) {
	in.view(func(v *store.View) error {
		if name = v.Info().Company; name == "" {
			name = in.name
		}
		return nil
	})
	return name
}

// A keyOwner is a person as the passkey library sees one.
type keyOwner struct {
	p    store.Person
	keys []webauthn.Credential
}

func (o *keyOwner) WebAuthnID() []byte                         { return []byte(o.p.ID) }
func (o *keyOwner) WebAuthnName() string                       { return o.p.Personal.UserID }
func (o *keyOwner) WebAuthnDisplayName() string                { return nameOf(o.p) }
func (o *keyOwner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// passkeyID returns the id a passkey has here.
func passkeyID(credential []byte) string {
	hash := sha256.Sum256(credential)
	return "key." + hex.EncodeToString(hash[:12])
}

// owner returns a person with the passkeys that are registered for a host.
func owner(v *store.View, person, host string) (*keyOwner, bool) {
	p, ok := v.Person(person)
	if !ok {
		return nil, false
	}
	o := &keyOwner{p: p}
	for _, c := range v.Credentials(person) {
		if k, of, ok := readPasskey(c); ok && of == host {
			o.keys = append(o.keys, k)
		}
	}
	return o, true
}

// keptPasskey is what the column data of a passkey holds.
type keptPasskey struct {
	Host string              `json:"host"`
	Key  webauthn.Credential `json:"key"`
}

func readPasskey(c store.Credential) (k webauthn.Credential, host string, ok bool) {
	var kept keptPasskey
	if c.Kind != store.CredentialPasskey || json.Unmarshal(c.Data, &kept) != nil || passkeyID(kept.Key.ID) != c.ID {
		return k, "", false
	}
	kept.Key.PublicKey, kept.Key.Authenticator.SignCount = c.Secret, uint32(c.Count)
	return kept.Key, kept.Host, true
}

// BeginPasskey begins to register a passkey for the person of a session, who has
// signed in lately. origin is the address of the page, with scheme and port.
func (in *Installation) BeginPasskey(s *Session, origin string) (Ceremony, error) {
	if !in.Fresh(s) {
		return Ceremony{}, &SignInAgainError{}
	}
	rp, err := in.relyingParty(origin)
	if err != nil {
		return Ceremony{}, err
	}
	var o *keyOwner
	in.view(func(v *store.View) error { o, _ = owner(v, s.Person, rp.Config.RPID); return nil })
	if o == nil {
		return Ceremony{}, &UnknownPersonError{}
	}
	options, session, err := rp.BeginRegistration(o, webauthn.WithExclusions(webauthn.Credentials(o.keys).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, err
	}
	return in.ceremony(registering, options.Response, ceremony{Person: s.Person, Session: *session})
}

func (in *Installation) ceremony(kind string, options any, c ceremony) (Ceremony, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, err
	}
	state, err := in.sealBox(kind, c, boxLife)
	return Ceremony{Options: text, State: state}, err
}

// AddPasskey registers the passkey a browser has made.
func (in *Installation) AddPasskey(ctx context.Context, s *Session, origin, state, name string, answer []byte) (api.Passkey, error) {
	if err := checkText("name", name, 1, 100); err != nil {
		return api.Passkey{}, err
	}
	var c ceremony
	if err := in.openOnce(registering, state, &c); err != nil {
		return api.Passkey{}, err
	}
	rp, err := in.relyingParty(origin)
	if err != nil || c.Person != s.Person {
		return api.Passkey{}, &BadPasskeyError{}
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return api.Passkey{}, &BadPasskeyError{}
	}
	var o *keyOwner
	in.view(func(v *store.View) error { o, _ = owner(v, s.Person, rp.Config.RPID); return nil })
	if o == nil {
		return api.Passkey{}, &UnknownPersonError{}
	}
	key, err := rp.CreateCredential(o, c.Session, parsed)
	if err != nil {
		return api.Passkey{}, &BadPasskeyError{}
	}
	return in.keepPasskey(ctx, s, name, keptPasskey{Host: rp.Config.RPID, Key: *key})
}

func (in *Installation) keepPasskey(ctx context.Context, s *Session, name string, kept keptPasskey) (api.Passkey, error) {
	id, count, public := passkeyID(kept.Key.ID), kept.Key.Authenticator.SignCount, kept.Key.PublicKey
	kept.Key.PublicKey, kept.Key.Authenticator.SignCount, kept.Key.Attestation = nil, 0, webauthn.CredentialAttestation{}
	data, err := json.Marshal(kept)
	if err != nil {
		return api.Passkey{}, err
	}
	var made api.Passkey
	_, err = in.perform(ctx, Act{By: s.Actor()}, func(tx *store.Tx) (bool, error) {
		if _, there := tx.Credential(id); there {
			return false, &BadPasskeyError{}
		}
		now := tx.Now()
		made = api.Passkey{ID: id, Name: name, Created: now}
		tx.Entry("passkey.add", s.Person, audit.F("passkey", id))
		return true, tx.PutCredential(store.Credential{ID: id, Person: s.Person, Kind: store.CredentialPasskey, Name: name, Secret: public,
			Data: data, Created: now.UnixMicro(), By: tx.By().String(), Count: int64(count)})
	})
	return made, err
}

// RenamePasskey says what a passkey of the person of a session is called.
func (in *Installation) RenamePasskey(ctx context.Context, s *Session, id, name string) error {
	if err := checkText("name", name, 1, 100); err != nil {
		return err
	}
	_, err := in.perform(ctx, Act{By: s.Actor()}, func(tx *store.Tx) (bool, error) {
		c, ok := tx.Credential(id)
		if !ok || c.Person != s.Person || c.Kind != store.CredentialPasskey {
			return false, &UnknownCredentialError{Credential: id}
		}
		if c.Name == name {
			return false, nil
		}
		c.Name = name
		tx.Entry("passkey.rename", s.Person, audit.F("passkey", id))
		return true, tx.PutCredential(c)
	})
	return err
}

// BeginPasskeySignIn begins to sign in with a passkey. Who it is, the passkey
// says.
func (in *Installation) BeginPasskeySignIn(origin string) (Ceremony, error) {
	rp, err := in.relyingParty(origin)
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, err
	}
	return in.ceremony(signingIn, options.Response, ceremony{Session: *session})
}

// SignInPasskey lets somebody in by what a passkey has signed.
func (in *Installation) SignInPasskey(ctx context.Context, from Visit, origin, state string, answer []byte) (Begun, error) {
	now, address := in.options.Now(), network(from.Address)
	if wait := in.gate.addresses.Try(address, now); wait > 0 {
		return Begun{}, tooMany(wait)
	}
	person, key, err := in.readAssertion(origin, state, answer)
	if err != nil {
		in.gate.refused.add(person, err, now)
		return Begun{}, err
	}
	in.gate.addresses.Excuse(address)
	in.gate.known.met(person, address, now)
	id, count := passkeyID(key.ID), int64(key.Authenticator.SignCount)
	return in.begin(ctx, arrival{person: person, method: ByPasskey, device: from.Device, with: func(tx *store.Tx) error {
		c, ok := tx.Credential(id)
		if !ok || c.Person != person {
			return &refusedBegin{&RefusedError{}} // it was removed meanwhile
		}
		c.Used, c.Count = tx.Now().UnixMicro(), max(c.Count, count)
		return tx.PutCredential(c)
	}})
}

// readAssertion returns whose passkey has signed, and the passkey with its new
// count.
func (in *Installation) readAssertion(origin, state string, answer []byte) (person string, key *webauthn.Credential, err error) {
	var c ceremony
	if err := in.openOnce(signingIn, state, &c); err != nil {
		return "", nil, err
	}
	rp, err := in.relyingParty(origin)
	if err != nil {
		return "", nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", nil, &RefusedError{}
	}
	key, err = rp.ValidateDiscoverableLogin(func(_, handle []byte) (found webauthn.User, err error) {
		err = &RefusedError{}
		in.view(func(v *store.View) error {
			if o, ok := owner(v, string(handle), rp.Config.RPID); ok && !o.p.Gone() {
				person, found, err = o.p.ID, o, nil
			}
			return nil
		})
		return found, err
	}, c.Session, parsed)
	if err != nil || key.Authenticator.CloneWarning {
		return person, nil, &RefusedError{}
	}
	return person, key, nil
}
