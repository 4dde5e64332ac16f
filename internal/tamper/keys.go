package tamper

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// KeyID tells keys apart. It says nothing about the key.
type KeyID [4]byte

// String returns the id in lower-case hex.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// ServerInstallation is the installation id of the server's own ledger.
const ServerInstallation = "server"

// IDOf returns the id of the keys derived from a master.
func IDOf(master [32]byte) KeyID {
	return KeyID(derive(master, "", "id", len(KeyID{})))
}

func derive(master [32]byte, installation, use string, length int) []byte {
	key, err := hkdf.Key(sha256.New, master[:], []byte(installation), "pott/seal/v1/"+use, length)
	if err != nil { // only a length beyond 255 hashes can fail
		panic(err)
	}
	return key
}

// Keys seals and checks what belongs to one installation. It keeps scratch
// space between calls, so only one goroutine may use it at a time; Clone makes
// another for another goroutine.
type Keys struct {
	ID           KeyID
	installation string
	secret       *secret

	row, sum, column hash.Hash
	buf              []byte
	out              [sha256.Size]byte
}

type secret struct {
	row, sum, column, anchor []byte
	session                  [32]byte
	head, box                cipher.AEAD
}

// NewKeys derives the keys of an installation from the master.
func NewKeys(master [32]byte, installation string) *Keys {
	use := func(use string) []byte { return derive(master, installation, use, 32) }
	aead := func(of string) cipher.AEAD {
		block, err := aes.NewCipher(use(of))
		if err != nil {
			panic(err) // the length is right
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			panic(err) // the block size is right
		}
		return gcm
	}
	k := &Keys{ID: IDOf(master), installation: installation, secret: &secret{
		row: use("row"), sum: use("sum"), column: use("column"), anchor: use("anchor"), head: aead("head"), box: aead("box"),
		session: [32]byte(use("session")),
	}}
	return k.Clone()
}

// Clone returns the same keys for use by another goroutine.
func (k *Keys) Clone() *Keys {
	return &Keys{
		ID: k.ID, installation: k.installation, secret: k.secret,
		row:    hmac.New(sha256.New, k.secret.row),
		sum:    hmac.New(sha256.New, k.secret.sum),
		column: hmac.New(sha256.New, k.secret.column),
	}
}

// Installation returns the installation the keys belong to.
func (k *Keys) Installation() string { return k.installation }

// Session returns the key that sessions of people are sealed with. Nothing that
// is stored is made with it.
func (k *Keys) Session() [32]byte { return k.secret.session }

// mac returns the MAC of message under one of the keys. The result is valid
// until the next call.
func (k *Keys) mac(h hash.Hash, message []byte) []byte {
	h.Reset()
	h.Write(message)
	return h.Sum(k.out[:0])
}
