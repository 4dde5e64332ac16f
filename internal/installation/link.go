package installation

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// LinkLife is how long a one-time link is good.
const LinkLife = 24 * time.Hour

// LinkPath is what the path of every one-time link begins with.
const LinkPath = "/signin/link/"

// A link is 8 bytes that are its id and 24 that are secret, all random. Only the
// SHA-256 of all is kept.
const linkLen = 32

// MakeLink makes a one-time link for a person, in place of any made before:
// whoever opens it first comes in as that person and chooses how to sign in from
// then on. It is shown once.
func (in *Installation) MakeLink(ctx context.Context, act Act, person string) (api.MadeLink, error) {
	secret := make([]byte, linkLen)
	rand.Read(secret)
	var answer api.MadeLink
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		p, err := findPerson(&tx.View, person)
		switch {
		case err != nil:
			return false, err
		case p.Gone():
			return false, named(&seat.PersonGoneError{Deleted: p.Deleted}, p)
		}
		for _, c := range tx.Credentials(p.ID) {
			if c.Kind == store.CredentialLink {
				if err := tx.DropCredential(c.ID); err != nil {
					return false, err
				}
			}
		}
		hash, now := sha256.Sum256(secret), tx.Now()
		expires := now.Add(LinkLife)
		tx.Protects()
		tx.Entry("link.make", p.ID, audit.F("link", linkID(secret)))
		answer.Person, answer.Expires = p.Personal.UserID, expires
		return true, tx.PutCredential(store.Credential{ID: linkID(secret), Person: p.ID, Kind: store.CredentialLink, Secret: hash[:],
			Created: now.UnixMicro(), By: act.By.String(), Expires: expires.UnixMicro()})
	})
	answer.Outcome = outcome
	if err == nil && !act.DryRun {
		answer.Path = LinkPath + base64.RawURLEncoding.EncodeToString(secret)
	}
	return answer, err
}

func linkID(secret []byte) string { return "link." + hex.EncodeToString(secret[:8]) }

// goodLink returns the credential of a link's text, or a [*LinkOverError].
func (in *Installation) goodLink(v *store.View, text string) (store.Credential, error) {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(secret) != linkLen {
		return store.Credential{}, &LinkOverError{}
	}
	c, ok := v.Credential(linkID(secret))
	hash := sha256.Sum256(secret)
	if !ok || c.Kind != store.CredentialLink || subtle.ConstantTimeCompare(c.Secret, hash[:]) != 1 || max(in.options.Now().UnixMicro(), v.Mark().UnixMicro()) >= c.Expires {
		return store.Credential{}, &LinkOverError{}
	}
	return c, nil
}

// A LinkFor says whom a one-time link is for.
type LinkFor struct {
	UserID, Name string
	Expires      time.Time
}

// LookAtLink says whom a one-time link is for, without using it: programs open
// links to see what is there.
func (in *Installation) LookAtLink(text string) (LinkFor, error) {
	var answer LinkFor
	err := in.view(func(v *store.View) error {
		c, err := in.goodLink(v, text)
		if err != nil {
			return err
		}
		p, ok := v.Person(c.Person)
		if !ok {
			return &LinkOverError{}
		}
		answer = LinkFor{UserID: p.Personal.UserID, Name: nameOf(p), Expires: timeOf(c.Expires)}
		return in.admits(v, p, in.options.Now())
	})
	return answer, err
}

// SignInLink lets in whoever has a one-time link, which is used up. With a
// password, that is the person's from now on, and all earlier sessions end;
// without, a password or a passkey is chosen after. A link that cannot be used up
// lets nobody in.
func (in *Installation) SignInLink(ctx context.Context, from Visit, text, secret string) (Begun, error) {
	var c store.Credential
	err := in.view(func(v *store.View) (err error) {
		c, err = in.goodLink(v, text)
		return err
	})
	hash := ""
	if err == nil && secret != "" {
		hash, err = in.newHash(ctx, c.Person, secret)
	}
	if err != nil {
		return Begun{}, err
	}
	return in.begin(ctx, arrival{person: c.Person, method: ByLink, device: from.Device, must: true, renew: hash != "", with: func(tx *store.Tx) error {
		c, err := in.goodLink(&tx.View, text)
		if err != nil {
			return &refusedBegin{err}
		}
		if err := tx.DropCredential(c.ID); err != nil || hash == "" {
			return err
		}
		_, err = putPassword(tx, c.Person, hash, "")
		return err
	}})
}
