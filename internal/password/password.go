// Package password keeps passwords in a way that reading what is kept tells
// nobody what they are.
//
// What is kept is a PHC text of argon2id, such as
//
//	$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>
//
// Passwords are compared in Unicode's composed form, so that two keyboards that
// write å in two ways write one password.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Parameters are the work one hash is.
type parameters struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

var today = parameters{memory: 19 * 1024, time: 2, threads: 1}

// What a text may ask for at most: a row that was tampered with must not cost the
// server its memory.
const (
	mostMemory  = 256 * 1024
	mostTime    = 16
	mostThreads = 8
	saltLen     = 16
	hashLen     = 32
)

var b64 = base64.RawStdEncoding.Strict()

// Hash returns the text that is kept of a password. Two hashes of one password
// differ.
func Hash(password string) string {
	salt := make([]byte, saltLen)
	rand.Read(salt)
	return today.text(salt, today.hash(password, salt, hashLen))
}

func (p parameters) hash(password string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, p.time, p.memory, p.threads, length)
}

func (p parameters) text(salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads, b64.EncodeToString(salt), b64.EncodeToString(hash))
}

// Verify reports whether a password is the one a text was made of. weak says that
// the text was made with less work than is usual today and is to be replaced. A
// text that cannot be read is nobody's, and takes as long.
func Verify(text, password string) (ok, weak bool) {
	p, salt, want, err := parse(text)
	if err != nil {
		today.hash(password, make([]byte, saltLen), hashLen)
		return false, false
	}
	got := p.hash(password, salt, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, p.memory < today.memory || p.time < today.time
}

// parse reads a text. It accepts exactly what text writes, for any parameters
// within the limits.
func parse(text string) (p parameters, salt, hash []byte, err error) {
	bad := fmt.Errorf("not the text of an argon2id hash")
	parts := strings.Split(text, "$")
	if len(text) > 512 || len(parts) != 6 {
		return p, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, nil, nil, bad
	}
	salt, err1 := b64.DecodeString(parts[4])
	hash, err2 := b64.DecodeString(parts[5])
	switch {
	case err1 != nil || err2 != nil || p.text(salt, hash) != text:
		return p, nil, nil, bad
	case p.memory < 8*uint32(p.threads) || p.memory > mostMemory || p.time < 1 || p.time > mostTime || p.threads < 1 || p.threads > mostThreads:
		return p, nil, nil, bad
	case len(salt) < 8 || len(hash) < 16:
		return p, nil, nil, bad
	}
	return p, salt, hash, nil
}
