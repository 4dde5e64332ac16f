package entitletest

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Keys are throw-away keys of a whole chain: a root, any number of issuers and
// their signing keys. They are new in every process and in no file.
type Keys struct {
	root    licensefile.Signer
	issuers map[license.Issuer]issuer
}

type issuer struct {
	list []byte // the signed key list that grants it everything
	cert []byte // its certificate
	sign licensefile.Signer
}

// NewKeys returns a new chain of keys.
func NewKeys() *Keys {
	return &Keys{root: newSigner(), issuers: map[license.Issuer]issuer{}}
}

func newSigner() licensefile.Signer {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // the system has no randomness
	}
	return licensefile.NewSigner(key)
}

const rootName = "entitletest.example/root"

// Trust returns what a verifier must trust to believe license files signed here.
func (k *Keys) Trust() licensefile.Trust {
	return licensefile.Trust{Threshold: 1, Roots: k.roots()}
}

func (k *Keys) roots() []licensefile.RootKey {
	return []licensefile.RootKey{{Name: rootName, Key: k.root.Public()}}
}

// File returns a set as a signed license file. The keys are valid for years
// around the day the set is issued.
func (k *Keys) File(set license.Set) ([]byte, error) {
	d, err := licensefile.NewDraft(set)
	if err != nil {
		return nil, err
	}
	i, err := k.issuer(set.Issuer, set.Issued)
	if err != nil {
		return nil, err
	}
	return d.Seal(i.sign, i.cert, i.list)
}

// issuer returns the keys of an issuer, made when it first signs.
func (k *Keys) issuer(name license.Issuer, issued time.Time) (issuer, error) {
	if i, ok := k.issuers[name]; ok {
		return i, nil
	}
	from, through := license.DateOf(issued.AddDate(-10, 0, 0)), license.DateOf(issued.AddDate(90, 0, 0))
	began := from.Midnight(time.UTC)
	own := newSigner()
	i := issuer{sign: newSigner()}
	var err error
	i.list, err = licensefile.SignKeyList(&licensefile.KeyList{
		Number: 1, Issued: began, Threshold: 1, Roots: k.roots(),
		Issuers: []licensefile.IssuerGrant{{Issuer: name, Key: own.Public(), Fence: licensefile.Fence{
			From: from, Through: through, LastDate: through, MaxTermDays: 36500, MaxQuantity: 1 << 40, MaxTotal: 1 << 50,
			Kinds:   []license.Kind{license.System, license.Site, license.User},
			Modules: []string{"*"}, Unrestricted: true, NoExpiry: true, Clients: true,
		}}},
	}, k.root)
	if err != nil {
		return issuer{}, fmt.Errorf("signing a key list: %w", err)
	}
	i.cert, err = licensefile.SignCertificate(&licensefile.Certificate{
		Issuer: name, Number: 1, Issued: began,
		SigningKeys: []licensefile.SigningKey{{Key: i.sign.Public(), Type: licensefile.TypeSet, From: from, Through: through}},
	}, own)
	if err != nil {
		return issuer{}, fmt.Errorf("signing a certificate: %w", err)
	}
	k.issuers[name] = i
	return i, nil
}
