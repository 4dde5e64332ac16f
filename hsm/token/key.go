//go:build cgo

package token

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"github.com/miekg/pkcs11"

	"github.com/pott-dev/pott/internal/signer"
	"github.com/pott-dev/pott/licensefile"
)

// Numbers of PKCS#11 3.0 that the driver's package, made for 2.40, lacks.
const (
	keyTypeEdwards = 0x40   // CKK_EC_EDWARDS
	mechanismMake  = 0x1055 // CKM_EC_EDWARDS_KEY_PAIR_GEN
	mechanismEdDSA = 0x1057 // CKM_EDDSA; without parameters it is plain Ed25519
)

const objectsAtOnce = 64

// probe is what a new key signs to show that it can.
const probe = "pott-signer-probe/v1\n"

// curve is the object identifier of Ed25519, 1.3.101.112, in DER.
var curve = []byte{0x06, 0x03, 0x2b, 0x65, 0x70}

// A Key is an Ed25519 key on a token. It is a [licensefile.Signer].
type Key struct {
	Name    string // the label of both halves
	token   *Token
	public  ed25519.PublicKey
	private pkcs11.ObjectHandle
	leaves  bool
}

// Public returns the public half.
func (k *Key) Public() ed25519.PublicKey { return k.public }

// MayLeave reports whether the token would let the private half be taken out,
// as it may when another program made the key.
func (k *Key) MayLeave() bool { return k.leaves }

// Sign returns the plain Ed25519 signature of a message.
func (k *Key) Sign(message []byte) ([]byte, error) {
	t := k.token
	t.one.Lock()
	defer t.one.Unlock()
	if err := t.driver.SignInit(t.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanismEdDSA, nil)}, k.private); err != nil {
		return nil, &TokenError{t.label, "signing with " + k.Name, reason(err)}
	}
	signature, err := t.driver.Sign(t.session, message)
	if err != nil {
		return nil, &TokenError{t.label, "signing with " + k.Name, reason(err)}
	}
	return signature, nil
}

// Keys returns the Ed25519 keys of the token that have both halves, by name.
func (t *Token) Keys() ([]*Key, error) {
	t.one.Lock()
	defer t.one.Unlock()
	return t.find(nil)
}

// Key returns the key of that name.
func (t *Token) Key(name string) (*Key, error) {
	t.one.Lock()
	defer t.one.Unlock()
	found, err := t.find([]*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_LABEL, name)})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, &NoKeyError{t.label, name}
	case len(found) > 1:
		return nil, &TokenError{t.label, "finding " + name, "several keys have that name"}
	}
	return found[0], nil
}

// find returns the keys whose public half has these attributes.
func (t *Token) find(attributes []*pkcs11.Attribute) ([]*Key, error) {
	publics, err := t.objects(append(ofClass(pkcs11.CKO_PUBLIC_KEY), attributes...))
	if err != nil {
		return nil, err
	}
	var keys []*Key
	for _, object := range publics {
		k, err := t.key(object)
		if err != nil {
			return nil, err
		}
		if k != nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b *Key) int { return strings.Compare(a.Name, b.Name) })
	return keys, nil
}

func ofClass(class uint) []*pkcs11.Attribute {
	return []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, uint(keyTypeEdwards))}
}

// objects returns all objects with these attributes.
func (t *Token) objects(attributes []*pkcs11.Attribute) ([]pkcs11.ObjectHandle, error) {
	if err := t.driver.FindObjectsInit(t.session, attributes); err != nil {
		return nil, &TokenError{t.label, "looking for keys", reason(err)}
	}
	defer t.driver.FindObjectsFinal(t.session)
	var all []pkcs11.ObjectHandle
	for {
		some, _, err := t.driver.FindObjects(t.session, objectsAtOnce)
		if err != nil {
			return nil, &TokenError{t.label, "looking for keys", reason(err)}
		}
		if len(some) == 0 {
			return all, nil
		}
		all = append(all, some...)
	}
}

// key returns the key of a public half, or nil when it is on another curve or
// its private half is not here.
func (t *Token) key(public pkcs11.ObjectHandle) (*Key, error) {
	values, err := t.driver.GetAttributeValue(t.session, public, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, nil), pkcs11.NewAttribute(pkcs11.CKA_ID, nil), pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil),
	})
	if err != nil {
		return nil, &TokenError{t.label, "reading a public key", reason(err)}
	}
	k := &Key{Name: string(values[0].Value), token: t, public: point(values[2].Value)}
	if licensefile.CheckKey(k.public) != nil {
		return nil, nil
	}
	// The id ties the two halves; the label is a name that people gave.
	same := pkcs11.NewAttribute(pkcs11.CKA_ID, values[1].Value)
	if len(values[1].Value) == 0 {
		same = pkcs11.NewAttribute(pkcs11.CKA_LABEL, values[0].Value)
	}
	privates, err := t.objects(append(ofClass(pkcs11.CKO_PRIVATE_KEY), same))
	if err != nil || len(privates) != 1 {
		return nil, err
	}
	k.private = privates[0]
	leaves, err := t.driver.GetAttributeValue(t.session, k.private, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, nil)})
	k.leaves = err != nil || len(leaves) != 1 || slices.ContainsFunc(leaves[0].Value, func(b byte) bool { return b != 0 })
	return k, nil
}

// point returns the 32 bytes of a public key. Tokens give them bare, as an octet
// string (SoftHSM does) or as a bit string. nil stands for anything else.
func point(value []byte) ed25519.PublicKey {
	for _, wrap := range []string{"", "\x04\x20", "\x03\x21\x00"} {
		if rest, ok := strings.CutPrefix(string(value), wrap); ok && len(rest) == ed25519.PublicKeySize {
			return ed25519.PublicKey(rest)
		}
	}
	return nil
}

// Generate makes a key on the token that stays there: the private half can
// neither be read nor wrapped. A name that is taken is an *ExistsError. The new
// key signs a text of no meaning, and is removed again when that does not verify.
func (t *Token) Generate(name string) (*Key, error) {
	if err := t.Free(name); err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	rand.Read(id)
	public, private, err := t.make(name, id)
	if err != nil {
		return nil, err
	}
	k, err := t.Key(name)
	if err == nil {
		err = k.check()
	}
	if err != nil {
		t.one.Lock()
		defer t.one.Unlock()
		return nil, errors.Join(err, t.driver.DestroyObject(t.session, private), t.driver.DestroyObject(t.session, public))
	}
	return k, nil
}

// Free returns an error unless a key could be made under that name: a *NameError
// or an *ExistsError.
func (t *Token) Free(name string) error {
	if !signer.IsName(name) {
		return &NameError{name}
	}
	t.one.Lock()
	defer t.one.Unlock()
	taken, err := t.objects([]*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_LABEL, name)})
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		return &ExistsError{t.label, name}
	}
	return nil
}

func (t *Token) make(name string, id []byte) (public, private pkcs11.ObjectHandle, err error) {
	t.one.Lock()
	defer t.one.Unlock()
	both := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, uint(keyTypeEdwards)),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, name),
		pkcs11.NewAttribute(pkcs11.CKA_ID, id),
	}
	ofPublic := append(slices.Clone(both), pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, curve), pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true))
	ofPrivate := append(slices.Clone(both),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false), pkcs11.NewAttribute(pkcs11.CKA_SIGN, true))
	public, private, err = t.driver.GenerateKeyPair(t.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanismMake, nil)}, ofPublic, ofPrivate)
	if err != nil {
		return 0, 0, &TokenError{t.label, "making the key " + name, reason(err)}
	}
	return public, private, nil
}

// check signs a text of no meaning.
func (k *Key) check() error {
	signature, err := k.Sign([]byte(probe))
	if err != nil {
		return err
	}
	if !ed25519.Verify(k.public, []byte(probe), signature) {
		return &TokenError{k.token.label, "trying " + k.Name, "its signatures are not plain Ed25519"}
	}
	if k.leaves {
		return &TokenError{k.token.label, "making " + k.Name, "the token would let the private half be taken out"}
	}
	return nil
}
