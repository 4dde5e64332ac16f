package installation_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

const origin = "https://pott.example:8443"

// A phone is a passkey and what holds it.
type phone struct {
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newPhone() *phone {
	return &phone{rp: virtualwebauthn.RelyingParty{Name: "acme", ID: "pott.example", Origin: origin},
		auth: virtualwebauthn.NewAuthenticator(), key: housetest.Passkey()}
}

func (p *phone) register(t *testing.T, in *installation.Installation, s *installation.Session) (installation.Ceremony, []byte) {
	t.Helper()
	c, err := in.BeginPasskey(s, origin)
	must(t, err)
	options, err := virtualwebauthn.ParseAttestationOptions(`{"publicKey":` + string(c.Options) + `}`)
	must(t, err)
	p.auth.Options.UserHandle = []byte(s.Person)
	return c, []byte(virtualwebauthn.CreateAttestationResponse(p.rp, p.auth, p.key, *options))
}

func (p *phone) sign(t *testing.T, in *installation.Installation) (installation.Ceremony, []byte) {
	t.Helper()
	c, err := in.BeginPasskeySignIn(origin)
	must(t, err)
	options, err := virtualwebauthn.ParseAssertionOptions(`{"publicKey":` + string(c.Options) + `}`)
	must(t, err)
	p.key.Counter++
	return c, []byte(virtualwebauthn.CreateAssertionResponse(p.rp, p.auth, p.key, *options))
}

func withPhone(t *testing.T, db *sqldb.DB) (*installation.Installation, *phone, *installation.Session, string) {
	t.Helper()
	_, in := signInHouse(t, db)
	s := signIn(t, in, "björn").Session
	p := newPhone()
	c, answer := p.register(t, in, s)
	made, err := in.AddPasskey(t.Context(), s, origin, c.State, "My phone", answer)
	must(t, err)
	return in, p, s, made.ID
}

func TestAPasskeySignsInWithoutAUserID(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		in, p, s, id := withPhone(t, db)
		for range 2 {
			c, answer := p.sign(t, in)
			begun, err := in.SignInPasskey(t.Context(), office, origin, c.State, answer)
			if err != nil || begun.Session.UserID != "björn" || begun.Session.Method != installation.ByPasskey {
				t.Fatalf("%+v, %v", begun, err)
			}
			if _, err := in.SignInPasskey(t.Context(), office, origin, c.State, answer); code(err) != "signin.stale" {
				t.Errorf("what was signed is taken twice: %v", err)
			}
		}
		must(t, in.RenamePasskey(t.Context(), s, id, "Old phone"))
		who, err := in.SignIn(t.Context(), admin, "björn", s.ID)
		if err != nil || len(who.Passkeys) != 1 || who.Passkeys[0].Name != "Old phone" || who.Passkeys[0].Used.IsZero() {
			t.Errorf("%+v, %v", who, err)
		}
		if _, err := in.RemovePasskey(t.Context(), admin, "björn", id, ""); err != nil {
			t.Fatal(err)
		}
		c, answer := p.sign(t, in)
		if _, err := in.SignInPasskey(t.Context(), office, origin, c.State, answer); code(err) != "signin.refused" {
			t.Errorf("a passkey that was removed: %v", err)
		}
	})
}

func TestAPasskeyIsOfOnePersonAtOneAddress(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	in, p, s, id := withPhone(t, db)
	refused := func(what string, change func(c *installation.Ceremony, answer []byte) (string, []byte), want string) {
		t.Helper()
		c, answer := p.sign(t, in)
		where := origin
		if change != nil {
			where, answer = change(&c, answer)
		}
		if _, err := in.SignInPasskey(t.Context(), office, where, c.State, answer); code(err) != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("another host", func(c *installation.Ceremony, a []byte) (string, []byte) { return "https://evil.example", a }, "signin.refused")
	refused("another port", func(c *installation.Ceremony, a []byte) (string, []byte) { return "https://pott.example", a }, "signin.refused")
	refused("no host", func(c *installation.Ceremony, a []byte) (string, []byte) { return "null", a }, "passkey.bad")
	refused("no answer", func(c *installation.Ceremony, a []byte) (string, []byte) { return origin, nil }, "signin.refused")
	refused("half an answer", func(c *installation.Ceremony, a []byte) (string, []byte) { return origin, a[:len(a)/2] }, "signin.refused")
	refused("an answer to another question", func(c *installation.Ceremony, a []byte) (string, []byte) {
		*c, _ = in.BeginPasskeySignIn(origin)
		return origin, a
	}, "signin.refused")
	refused("no question", func(c *installation.Ceremony, a []byte) (string, []byte) { c.State = ""; return origin, a }, "signin.stale")
	refused("a forged signature", func(c *installation.Ceremony, a []byte) (string, []byte) {
		var doc map[string]any
		must(t, json.Unmarshal(a, &doc))
		response := doc["response"].(map[string]any)
		signature := response["signature"].(string)
		response["signature"] = signature[:20] + string('A'+(signature[20]-'A'+1)%26) + signature[21:]
		forged, err := json.Marshal(doc)
		must(t, err)
		return origin, forged
	}, "signin.refused")

	p.key.Counter = 1000
	refused("nothing", nil, "")
	p.key.Counter = 5 // somebody copied the key, and the copy counts for itself
	refused("a count that went back", nil, "signin.refused")

	// Whose it is, its row says, and that is sealed.
	c, answer := p.register(t, in, s)
	if _, err := in.AddPasskey(t.Context(), s, origin, c.State, "Again", answer); code(err) != "passkey.bad" {
		t.Errorf("registered twice: %v", err)
	}
	anna := signIn(t, in, "anna").Session
	c, answer = newPhone().register(t, in, anna)
	if _, err := in.AddPasskey(t.Context(), s, origin, c.State, "Stolen", answer); code(err) != "passkey.bad" {
		t.Errorf("for somebody else: %v", err)
	}
	if err := in.RenamePasskey(t.Context(), anna, id, "Mine"); code(err) != "credential.unknown" {
		t.Errorf("somebody else's: %v", err)
	}
	c, answer = newPhone().register(t, in, anna)
	for _, name := range []string{"", strings.Repeat("x", 101), "a\u200bb"} {
		if _, err := in.AddPasskey(t.Context(), anna, origin, c.State, name, answer); code(err) != "request.bad-value" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAPasskeyWorksWhileNothingMayBeWritten(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	f, in := signInHouse(t, db)
	s := signIn(t, in, "björn").Session
	p := newPhone()
	c, answer := p.register(t, in, s)
	_, err := in.AddPasskey(t.Context(), s, origin, c.State, "My phone", answer)
	must(t, err)
	exec(t, db, "CREATE TRIGGER weapon AFTER INSERT ON session BEGIN SELECT 1; END")
	f.Reopen(t)
	in = f.Installation("acme")
	c, answer = p.sign(t, in)
	begun, err := in.SignInPasskey(t.Context(), office, origin, c.State, answer)
	if err != nil || !goodFor(f, in, begun.Cookie) {
		t.Errorf("%v", err)
	}
	c, answer = p.sign(t, in)
	f.Set(f.Clock().Add(11 * time.Minute))
	if _, err := in.SignInPasskey(t.Context(), office, origin, c.State, answer); code(err) != "signin.stale" {
		t.Errorf("eleven minutes later: %v", err)
	}
}
