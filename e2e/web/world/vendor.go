package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// The issuers of the world. Stranger has keys that no root names.
const (
	office   license.Issuer = "KONTORET" // plans in lines, extras, system and site licenses
	maps     license.Issuer = "KARTAN"   // a second tab at the same customer
	cases    license.Issuer = "ARKIV"    // profiles, as in the pool model
	stranger license.Issuer = "STRANGER"
)

// vendors sign whatever a test asks for. Their keys are the same each time and
// guard nothing.
type vendors struct {
	root         licensefile.Signer
	list         []byte
	signing      map[license.Issuer]licensefile.Signer
	certificates map[license.Issuer][]byte
}

func key(name string) licensefile.Signer {
	seed := sha256.Sum256([]byte("browser tests " + name))
	return licensefile.NewSigner(ed25519.NewKeyFromSeed(seed[:]))
}

func newVendors() (*vendors, error) {
	v := &vendors{root: key("root"), signing: map[license.Issuer]licensefile.Signer{}, certificates: map[license.Issuer][]byte{}}
	from, through := license.Date{Year: 2020, Month: 1, Day: 1}, license.Date{Year: 2099, Month: 12, Day: 31}
	list := licensefile.KeyList{Number: 1, Issued: from.Midnight(time.UTC), Threshold: 1, Roots: v.roots()}
	for _, issuer := range []license.Issuer{office, maps, cases, stranger} {
		own := key("own " + string(issuer))
		v.signing[issuer] = key("signs " + string(issuer))
		certificate, err := licensefile.SignCertificate(&licensefile.Certificate{Issuer: issuer, Number: 1, Issued: from.Midnight(time.UTC),
			SigningKeys: []licensefile.SigningKey{{Key: v.signing[issuer].Public(), Type: licensefile.TypeSet, From: from, Through: through}}}, own)
		if err != nil {
			return nil, err
		}
		v.certificates[issuer] = certificate
		if issuer != stranger {
			list.Issuers = append(list.Issuers, licensefile.IssuerGrant{Issuer: issuer, Key: own.Public(), Fence: licensefile.Fence{
				From: from, Through: through, LastDate: through, MaxTermDays: 36500, MaxQuantity: 1 << 40, MaxTotal: 1 << 50,
				Kinds: []license.Kind{license.System, license.Site, license.User}, Modules: []string{"*"},
				Unrestricted: true, NoExpiry: true, Clients: true,
			}})
		}
	}
	var err error
	v.list, err = licensefile.SignKeyList(&list, v.root)
	return v, err
}

func (v *vendors) roots() []licensefile.RootKey {
	return []licensefile.RootKey{{Name: "browser-tests/root", Key: v.root.Public()}}
}

func (v *vendors) rootFile() []byte {
	return licensefile.Trust{Threshold: 1, Roots: v.roots()}.RootFile()
}

// file signs a set.
func (v *vendors) file(set license.Set) ([]byte, error) {
	draft, err := licensefile.NewDraft(set)
	if err != nil {
		return nil, err
	}
	return draft.Seal(v.signing[set.Issuer], v.certificates[set.Issuer], v.list)
}
