package tamper

import (
	"crypto/rand"
	"strconv"
)

// Box encrypts and authenticates a value for one place: opened at another, or in
// another installation, it is nothing. Any goroutine may call it.
func (k *Keys) Box(place string, part int64, plain []byte) []byte {
	box := append([]byte(nil), k.ID[:]...)
	nonce := make([]byte, k.secret.box.NonceSize())
	rand.Read(nonce)
	return k.secret.box.Seal(append(box, nonce...), nonce, plain, boxAt(place, part))
}

// Unbox returns the value in a box, or false when it is not one that these keys
// closed at this place. Any goroutine may call it.
func (k *Keys) Unbox(place string, part int64, box []byte) ([]byte, bool) {
	n := len(k.ID) + k.secret.box.NonceSize()
	if len(box) < n || BoxKey(box) != k.ID {
		return nil, false
	}
	plain, err := k.secret.box.Open(nil, box[len(k.ID):n], box[n:], boxAt(place, part))
	return plain, err == nil
}

// BoxKey returns the id of the key that a box names.
func BoxKey(box []byte) (id KeyID) {
	copy(id[:], box)
	return id
}

func boxAt(place string, part int64) []byte {
	return strconv.AppendInt(append([]byte(place), 0), part, 10)
}
