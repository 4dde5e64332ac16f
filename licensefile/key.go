package licensefile

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/edwards25519"
)

// A Signer signs with a private key that it need not show: the key may live in
// a file, on a token or in another machine.
type Signer interface {
	Public() ed25519.PublicKey
	Sign(message []byte) ([]byte, error) // plain Ed25519, 64 bytes
}

// NewSigner returns the signer of a private key in memory.
func NewSigner(key ed25519.PrivateKey) Signer { return memorySigner{key} }

type memorySigner struct{ key ed25519.PrivateKey }

func (s memorySigner) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

func (s memorySigner) Sign(message []byte) ([]byte, error) {
	return s.key.Sign(nil, message, crypto.Hash(0))
}

// NewCryptoSigner returns the signer of a standard library signer, such as a
// token's driver gives. Its key must be an Ed25519 key.
func NewCryptoSigner(rand io.Reader, key crypto.Signer) (Signer, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the key is a %T, and only Ed25519 keys sign license files", key.Public())
	}
	return cryptoSigner{public, rand, key}, nil
}

type cryptoSigner struct {
	public ed25519.PublicKey
	rand   io.Reader
	key    crypto.Signer
}

func (s cryptoSigner) Public() ed25519.PublicKey { return s.public }

func (s cryptoSigner) Sign(message []byte) ([]byte, error) {
	return s.key.Sign(s.rand, message, crypto.Hash(0))
}

// Fingerprint returns the text by which people compare public keys: the first
// 16 bytes of the key's SHA-256, in eight groups of four hexadecimal digits.
func Fingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	digits := hex.EncodeToString(sum[:16])
	groups := make([]string, 0, 8)
	for i := 0; i < len(digits); i += 4 {
		groups = append(groups, digits[i:i+4])
	}
	return strings.Join(groups, "-")
}

// CheckKey returns an error unless key is a point in its one encoding and not
// of small order. Under a key of small order a signature says nothing: the
// identity point verifies any message.
func CheckKey(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize {
		return fmt.Errorf("an Ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, len(key))
	}
	point, err := new(edwards25519.Point).SetBytes(key)
	if err != nil {
		return errors.New("the key is not a point of the curve")
	}
	if string(point.Bytes()) != string(key) {
		return errors.New("the key is not in its one encoding")
	}
	if new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return errors.New("the key has small order and would verify anything")
	}
	return nil
}

func parseKey(s string) (ed25519.PublicKey, error) {
	key, err := decode64(s)
	if err != nil {
		return nil, err
	}
	return key, CheckKey(key)
}

// padded is standard base64 with padding.
var padded = base64.StdEncoding

// decode64 reads base64 in its one spelling. The decoder of the standard library
// skips line ends and stray bits, so the bytes are encoded again and compared.
func decode64(s string) ([]byte, error) {
	b, err := padded.DecodeString(s)
	if err != nil || padded.EncodeToString(b) != s {
		return nil, fmt.Errorf("%.80q is not base64", s)
	}
	return b, nil
}

// keyID returns the number that a signature line names its key by. It has only
// 32 bits: a hint for finding the key, never a reason to trust it.
func keyID(name string, key ed25519.PublicKey) uint32 {
	h := sha256.New()
	io.WriteString(h, name)
	h.Write([]byte{'\n', algorithmEd25519})
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// algorithmEd25519 is the signature type byte of plain Ed25519 in signed notes.
const algorithmEd25519 = 1

// A RootKey is a public key at the top of the chain, with the name its
// signatures carry.
type RootKey struct {
	Name string // ASCII without spaces and plus signs, at most 255 bytes
	Key  ed25519.PublicKey
	Also []SecondKey // the root's keys of other algorithms, in key lists only; nil for none
}

// String returns the key as one line: its name, key id and key, joined by plus
// signs. Other tools for signed notes read the same line.
func (k RootKey) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.Name, keyID(k.Name, k.Key), padded.EncodeToString(append([]byte{algorithmEd25519}, k.Key...)))
}

// ParseRootKey reads what [RootKey.String] writes.
func ParseRootKey(line string) (RootKey, error) {
	name, rest, _ := strings.Cut(line, "+")
	_, encoded, ok := strings.Cut(rest, "+")
	if !ok || !isKeyName(name) {
		return RootKey{}, errors.New("a root key is written as name+id+key")
	}
	b, err := decode64(encoded)
	if err != nil {
		return RootKey{}, err
	}
	if len(b) > 0 && b[0] != algorithmEd25519 {
		return RootKey{}, &VersionError{Needs: fmt.Sprintf("root keys of type %#02x", b[0])}
	}
	if len(b) != 1+ed25519.PublicKeySize {
		return RootKey{}, fmt.Errorf("an Ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, max(0, len(b)-1))
	}
	k := RootKey{Name: name, Key: ed25519.PublicKey(b[1:])}
	if err := CheckKey(k.Key); err != nil {
		return RootKey{}, err
	}
	if k.String() != line {
		return RootKey{}, errors.New("the key id does not belong to the name and key")
	}
	return k, nil
}

func isKeyName(s string) bool {
	if len(s) == 0 || len(s) > 255 {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '+' {
			return false
		}
	}
	return true
}
