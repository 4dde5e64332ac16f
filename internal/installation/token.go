package installation

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// A token reads pott_<id>_<secret>: 16 and 64 hex digits. Only the SHA-256 of
// the whole text is kept; the secret has 256 random bits, so there is nothing a
// slow hash would protect.
const (
	tokenPrefix  = "pott_"
	tokenIDLen   = 16
	tokenTextLen = len(tokenPrefix) + tokenIDLen + 1 + 64
)

// A Visitor is a program that was let in.
type Visitor struct {
	Token  string // its id
	Scopes []string
	// Recovered says that no record vouches for the visitor, but somebody who can
	// read the server's keys: see [Options.Recovered].
	Recovered bool
}

// Actor is who acts when the visitor does.
func (v *Visitor) Actor() audit.Actor {
	if v.Recovered {
		return audit.Actor{Kind: audit.Host, ID: "recovery " + v.Token}
	}
	return audit.Actor{Kind: audit.Token, ID: v.Token}
}

// Admit returns who comes with a bearer token, or nil when it is not good here
// now: unknown, revoked, expired, or its record is damaged.
func (in *Installation) Admit(bearer string, now time.Time) *Visitor {
	if strings.HasPrefix(bearer, RecoveryPrefix) {
		return in.recovered(bearer, now)
	}
	if len(bearer) != tokenTextLen || bearer[:len(tokenPrefix)] != tokenPrefix || bearer[len(tokenPrefix)+tokenIDLen] != '_' {
		return nil
	}
	present := in.now.Load()
	t, ok := present.tokens[bearer[len(tokenPrefix):len(tokenPrefix)+tokenIDLen]]
	if !ok {
		return nil
	}
	var text [tokenTextLen]byte // not on the heap: this is asked with every request
	copy(text[:], bearer)
	hash := sha256.Sum256(text[:])
	micros := max(now.UnixMicro(), present.mark.UnixMicro()) // a clock that was set back brings none back
	if subtle.ConstantTimeCompare(hash[:], t.Hash[:]) != 1 || t.Revoked != 0 || t.Expires != 0 && micros >= t.Expires {
		return nil
	}
	return t.visitor
}

// A knownToken is a token with whoever comes with it.
type knownToken struct {
	store.Token
	visitor *Visitor
}

// tokens are the records tokens are compared with.
func tokens(v *store.View) map[string]knownToken {
	all := map[string]knownToken{}
	for _, t := range v.Tokens() {
		all[t.ID] = knownToken{t, &Visitor{Token: t.ID, Scopes: t.Scopes}}
	}
	return all
}

// MakeToken makes a token. Its secret is in the answer and nowhere else.
func (in *Installation) MakeToken(ctx context.Context, act Act, n api.NewToken) (api.MadeToken, error) {
	if err := checkText("name", n.Name, 1, 100); err != nil {
		return api.MadeToken{}, err
	}
	scopes, err := readScopes(n.Scopes)
	if err != nil {
		return api.MadeToken{}, err
	}
	id, text := newToken()
	var answer api.MadeToken
	answer.Outcome, err = in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		now := tx.Now()
		expires, err := readExpiry(n.Expires, now, zone(&tx.View))
		if err != nil {
			return false, err
		}
		t := store.Token{ID: id, Name: n.Name, Hash: sha256.Sum256([]byte(text)), Scopes: scopes, Created: now.UnixMicro(), CreatedBy: act.By.String(), Expires: expires}
		if err := tx.PutToken(t); err != nil {
			return false, err
		}
		answer.Token = tokenOf(t)
		tx.Entry("token.make", "", audit.F("token", id), audit.F("scopes", strings.Join(scopes, " ")), audit.F("expires", expires))
		return true, nil
	})
	if err == nil && !act.DryRun {
		answer.Secret = text
	}
	return answer, err
}

func newToken() (id, text string) {
	b := make([]byte, tokenIDLen/2+32)
	rand.Read(b)
	id = hex.EncodeToString(b[:tokenIDLen/2])
	return id, tokenPrefix + id + "_" + hex.EncodeToString(b[tokenIDLen/2:])
}

func readScopes(words []string) ([]string, error) {
	var scopes []string
	for _, s := range api.Scopes {
		if slices.Contains(words, s) {
			scopes = append(scopes, s)
		}
	}
	for _, w := range words {
		if !slices.Contains(api.Scopes, w) {
			return nil, &license.BadWordError{Word: w, Of: "scope", Allowed: strings.Join(api.Scopes, ", ")}
		}
	}
	if len(scopes) == 0 {
		return nil, &BadValueError{Field: "scopes", Why: "a token needs at least one of " + strings.Join(api.Scopes, ", ")}
	}
	return scopes, nil
}

// readExpiry reads a moment, or a day that is good through its end.
func readExpiry(text string, now time.Time, zone *time.Location) (int64, error) {
	if text == "" {
		return 0, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		day, dayErr := license.ParseDate(text)
		if dayErr != nil {
			return 0, &BadValueError{Field: "expires", Why: "it is neither a moment written as 2026-06-10T12:00:00Z nor a day written as 2026-06-10"}
		}
		at = day.Add(1).Midnight(zone)
	}
	if !at.After(now) {
		return 0, &BadValueError{Field: "expires", Why: "it has passed"}
	}
	return at.UnixMicro(), nil
}

// RevokeToken makes a token good for nothing, at once and for ever.
func (in *Installation) RevokeToken(ctx context.Context, act Act, id string) (api.RevokedToken, error) {
	var answer api.RevokedToken
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		t, ok := tx.Token(id)
		if !ok {
			return false, &UnknownTokenError{Token: id}
		}
		changed := t.Revoked == 0
		if changed {
			t.Revoked = tx.Now().UnixMicro()
			tx.Protects()
			if err := tx.PutToken(t); err != nil {
				return false, err
			}
			tx.Entry("token.revoke", "", audit.F("token", id))
		}
		answer.Token = tokenOf(t)
		return changed, nil
	})
	answer.Outcome = outcome
	return answer, err
}

// Tokens returns all tokens, oldest first, without their secrets.
func (in *Installation) Tokens(ctx context.Context, act Act) (api.List[api.Token], error) {
	var list api.List[api.Token]
	err := in.view(func(v *store.View) error {
		list = api.List[api.Token]{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Items: []api.Token{}}
		for _, t := range v.Tokens() {
			list.Items = append(list.Items, tokenOf(t))
		}
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

func tokenOf(t store.Token) api.Token {
	return api.Token{ID: t.ID, Name: t.Name, Scopes: t.Scopes, Created: timeOf(t.Created), Expires: timeOf(t.Expires), Revoked: timeOf(t.Revoked)}
}
