package installation

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// What finds a person by what a provider says.
const (
	MatchUserID = "user-id"
	MatchEmail  = "email"
)

// usualClaim is where providers say what people sign in with.
const usualClaim = "preferred_username"

// ProviderPath is what the path of everything about one provider begins with, on
// the pages.
const ProviderPath = "/signin/provider/"

var providerCode = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)

// Providers returns who else says who people are, by code.
func (in *Installation) Providers(ctx context.Context, act Act) (api.List[api.Provider], error) {
	var list api.List[api.Provider]
	err := in.view(func(v *store.View) error {
		list = api.List[api.Provider]{AsOf: in.clock(v).UTC(), Seq: v.Seq(), Items: []api.Provider{}}
		for _, p := range v.Providers() {
			list.Items = append(list.Items, providerOf(p))
		}
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

func providerOf(p store.Provider) api.Provider {
	return api.Provider{Code: p.Code, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, Secret: len(p.Secret) > 0, Match: p.Match,
		Claim: p.Claim, Callback: ProviderPath + p.Code + "/callback", Created: timeOf(p.Created)}
}

// PutProvider adds a provider or changes one.
func (in *Installation) PutProvider(ctx context.Context, act Act, code string, body api.ProviderBody) (api.ChangedProvider, error) {
	next, err := readProvider(code, body)
	if err != nil {
		return api.ChangedProvider{}, err
	}
	if body.Secret != "" {
		if next.Secret, err = in.encryptSecret(next, body.Secret); err != nil {
			return api.ChangedProvider{}, err
		}
	}
	var answer api.ChangedProvider
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		next := next
		old, there := tx.Provider(code)
		if err := changesProvider(act, body.New, there, old, &next); err != nil {
			return false, err
		}
		if there {
			next.Created, next.By = old.Created, old.By
			if body.Secret == "" && old.Issuer == next.Issuer && old.ClientID == next.ClientID {
				next.Secret = old.Secret
			}
		} else {
			next.Created, next.By = tx.Now().UnixMicro(), act.By.String()
		}
		answer.Provider = providerOf(next)
		if there && providerOf(old) == answer.Provider && body.Secret == "" {
			return false, nil
		}
		tx.Entry("provider.put", "", audit.F("provider", code), audit.F("issuer", next.Issuer), audit.F("match", next.Match), audit.F("claim", next.Claim))
		return true, tx.PutProvider(next)
	})
	answer.Outcome = outcome
	return answer, err
}

// changesProvider refuses to add what is there already, to change what was removed
// meanwhile, and to write over what somebody else has changed meanwhile.
func changesProvider(act Act, add, there bool, old store.Provider, next *store.Provider) error {
	switch {
	case add && there:
		return &ProviderTakenError{Provider: next.Code, Name: old.Name}
	case !there && len(act.Was) > 0:
		return &UnknownProviderError{Provider: next.Code}
	}
	return act.meanwhile(old.Name, field{"name", old.Name, &next.Name}, field{"issuer", old.Issuer, &next.Issuer}, field{"client_id", old.ClientID, &next.ClientID},
		field{"match", old.Match, &next.Match}, field{"claim", old.Claim, &next.Claim})
}

func readProvider(code string, body api.ProviderBody) (store.Provider, error) {
	p := store.Provider{Code: code, Name: body.Name, Issuer: body.Issuer, ClientID: body.ClientID, Match: body.Match, Claim: body.Claim}
	if !providerCode.MatchString(code) {
		return p, &BadValueError{Field: "code", Why: "use 1 to 40 letters a–z, digits and hyphens"}
	}
	for _, f := range []struct {
		field, text string
		least, most int
	}{{"name", p.Name, 1, 100}, {"issuer", p.Issuer, 1, 500}, {"client_id", p.ClientID, 1, 500}, {"secret", body.Secret, 0, 1000}, {"claim", p.Claim, 0, 100}} {
		if err := checkText(f.field, f.text, f.least, f.most); err != nil {
			return p, err
		}
	}
	if err := checkIssuer(p.Issuer); err != nil {
		return p, err
	}
	switch p.Match {
	case "", MatchUserID:
		p.Match = MatchUserID
		if p.Claim == "" {
			p.Claim = usualClaim
		}
	case MatchEmail:
		if p.Claim != "" && p.Claim != "email" {
			return p, &BadValueError{Field: "claim", Why: "an address is always said in email"}
		}
		p.Claim = "email"
	default:
		return p, &BadValueError{Field: "match", Why: "use user-id or email"}
	}
	return p, nil
}

// checkIssuer refuses addresses nobody should be sent to.
func checkIssuer(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return &BadValueError{Field: "issuer", Why: "it is not an address such as https://id.example.com"}
	case u.Scheme == "https" || u.Scheme == "http" && isHere(u.Hostname()):
		return nil
	}
	return &BadValueError{Field: "issuer", Why: "it begins with https://; http:// is for this machine itself"}
}

func isHere(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}

// RemoveProvider removes a provider.
func (in *Installation) RemoveProvider(ctx context.Context, act Act, code string) (api.ChangedProvider, error) {
	var answer api.ChangedProvider
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		p, ok := tx.Provider(code)
		if !ok {
			return false, &UnknownProviderError{Provider: code}
		}
		answer.Provider = providerOf(p)
		tx.Protects()
		tx.Entry("provider.remove", "", audit.F("provider", code))
		return true, tx.DropProvider(code)
	})
	answer.Outcome = outcome
	return answer, err
}

// provider returns a provider by its code.
func (in *Installation) provider(code string) (p store.Provider, err error) {
	err = in.view(func(v *store.View) error {
		var ok bool
		if p, ok = v.Provider(code); !ok {
			return &UnknownProviderError{Provider: code}
		}
		return nil
	})
	return p, err
}

// secretCipher encrypts the client secrets of providers. Its key follows from the
// private key of the installation, which is in no database and outlives the keys
// rows are sealed with.
func (in *Installation) secretCipher(p store.Provider) (cipher.AEAD, []byte, error) {
	if in.key == nil {
		return nil, nil, &NoSecretKeyError{Provider: p.Code}
	}
	key, err := hkdf.Key(sha256.New, in.key.Seed(), nil, "pott/provider-secret/v1", 32)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, []byte(p.Code + "\n" + p.Issuer + "\n" + p.ClientID), err
}

func (in *Installation) encryptSecret(p store.Provider, secret string) ([]byte, error) {
	aead, about, err := in.secretCipher(p)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	return aead.Seal(nonce, nonce, []byte(secret), about), nil
}

// secretOf returns the client secret of a provider, or "" when it has none.
func (in *Installation) secretOf(p store.Provider) (string, error) {
	if len(p.Secret) == 0 {
		return "", nil
	}
	aead, about, err := in.secretCipher(p)
	if err != nil {
		return "", err
	}
	if len(p.Secret) < aead.NonceSize() {
		return "", &NoSecretKeyError{Provider: p.Code}
	}
	plain, err := aead.Open(nil, p.Secret[:aead.NonceSize()], p.Secret[aead.NonceSize():], about)
	if err != nil {
		return "", &NoSecretKeyError{Provider: p.Code}
	}
	return string(plain), nil
}

// A ProviderTakenError is returned when a provider is added under a code that
// another one has.
type ProviderTakenError struct {
	Provider string // the code
	Name     string // of the one that has it
}

func (e *ProviderTakenError) Error() string {
	return fmt.Sprintf("%s is the code of %s already", e.Provider, e.Name)
}

// Code returns the stable code of the error.
func (e *ProviderTakenError) Code() string { return "provider.taken" }
