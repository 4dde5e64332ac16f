package installation

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/tamper"
)

// A box is what a browser keeps between two steps of signing in and must neither
// read nor change: the key id, a nonce and AES-256-GCM of until when it is good
// and the content. The server keeps nothing, so that any server on the database
// takes the second step, also while nothing can be written.
const (
	boxNonce = 12
	boxLife  = 10 * time.Minute
)

// sealBox puts a value in a box that is good for life.
func (in *Installation) sealBox(kind string, value any, life time.Duration) (text string, err error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	plain = append(binary.BigEndian.AppendUint64(nil, uint64(in.options.Now().Add(life).UnixMicro())), plain...)
	err = in.view(func(v *store.View) error {
		id, key, ok := v.SessionKey()
		if !ok {
			return &RefusedError{}
		}
		b := append(id[:], make([]byte, boxNonce)...)
		rand.Read(b[len(id):])
		b = boxCipher(key, v.Info().ID).Seal(b, b[len(id):], plain, []byte(kind))
		text = base64.RawURLEncoding.EncodeToString(b)
		return nil
	})
	return text, err
}

// openBox takes a value out of a box. The error is a [*StaleError] for one that is
// too old, of another kind, or not of this installation.
func (in *Installation) openBox(kind, text string, value any) error {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	var id tamper.KeyID
	if err != nil || len(b) < len(id)+boxNonce {
		return &StaleError{}
	}
	copy(id[:], b)
	return in.view(func(v *store.View) error {
		key, ok := v.SessionKeyOf(id)
		if !ok {
			return &StaleError{}
		}
		plain, err := boxCipher(key, v.Info().ID).Open(nil, b[len(id):len(id)+boxNonce], b[len(id)+boxNonce:], []byte(kind))
		if err != nil || len(plain) < 8 || in.options.Now().UnixMicro() >= int64(binary.BigEndian.Uint64(plain)) {
			return &StaleError{}
		}
		if json.Unmarshal(plain[8:], value) != nil {
			return &StaleError{}
		}
		return nil
	})
}

// openOnce is openBox for what may be done once on this server.
func (in *Installation) openOnce(kind, text string, value any) error {
	if err := in.openBox(kind, text, value); err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(text))
	if !in.forgotten.once("box "+hex.EncodeToString(hash[:]), in.options.Now()) {
		return &StaleError{}
	}
	return nil
}

func boxCipher(key [32]byte, installation string) cipher.AEAD {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("pott/box/v1\n" + installation))
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		panic(err) // the length is right
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // the block size is right
	}
	return aead
}
