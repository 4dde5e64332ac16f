package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"filippo.io/edwards25519"
	"golang.org/x/mod/sumdb/tlog"
)

// private returns the key of a name. Everybody can compute it: it signs test
// vectors and nothing else.
func private(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("pott test vector key: " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func base(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func debase(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// public returns the public key of a name in base64.
func public(name string) string { return base(private(name).Public().(ed25519.PublicKey)) }

func keyID(name string, key ed25519.PublicKey) []byte {
	sum := sha256.Sum256([]byte(name + "\n\x01" + string(key)))
	return sum[:4]
}

func rootName(root string) string { return "root.example/" + root }

// verifierKey returns the line of a root in a root file.
func verifierKey(root string) string {
	key := private(root).Public().(ed25519.PublicKey)
	name := rootName(root)
	return fmt.Sprintf("%s+%x+%s", name, keyID(name, key), base(append([]byte{1}, key...)))
}

// A sig is one signature to be made: a key name and the key that signs. How it
// is made may be replaced.
type sig struct {
	name string
	key  string
	make func(text []byte, key ed25519.PrivateKey) []byte

	second bool // by the second key of the same name
	bent   bool // the first byte of a second signature is changed
}

func (s sig) line(text string) string {
	if s.second {
		return secondSig(s.name, s.key, text, s.bent)
	}
	key := private(s.key)
	signature := ed25519.Sign(key, []byte(text))
	if s.make != nil {
		signature = s.make([]byte(text), key)
	}
	return "— " + s.name + " " + base(append(keyID(s.name, key.Public().(ed25519.PublicKey)), signature...)) + "\n"
}

// A part is a text and who signs it.
type part struct {
	text string
	sigs []sig
}

func (p part) String() string {
	b := p.text + "\n"
	for _, s := range p.sigs {
		b += s.line(p.text)
	}
	return b
}

// A doc is a license file before it is signed.
type doc struct {
	lines  []string
	origin string
	size   int    // 0 for the number of lines
	root   string // "" for the root of the lines
	extra  string // more lines in the checkpoint
	sigs   []sig
	cert   part
	lists  []part
}

func (d doc) String() string {
	text := strings.Join(d.lines, "\n") + "\n\n" + d.checkpoint().String() + "\n" + d.cert.String()
	for _, l := range d.lists {
		text += "\n" + l.String()
	}
	return text
}

func (d doc) checkpoint() part {
	size, root := d.size, d.root
	if size == 0 {
		size = len(d.lines)
	}
	if root == "" {
		root = treeRoot(d.lines)
	}
	return part{d.origin + "\n" + strconv.Itoa(size) + "\n" + root + "\n" + d.extra, d.sigs}
}

// treeRoot returns the root hash in base64.
func treeRoot(lines []string) string {
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, i := range indexes {
			hashes = append(hashes, stored[i])
		}
		return hashes, nil
	})
	for i, line := range lines {
		more, err := tlog.StoredHashes(int64(i), []byte(line), read)
		if err != nil {
			panic(err)
		}
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(int64(len(lines)), read)
	if err != nil {
		panic(err)
	}
	return base(root[:])
}

// highS signs and adds the order of the group to S.
func highS(text []byte, key ed25519.PrivateKey) []byte {
	// The order of the group, little endian.
	order := []byte{
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
	}
	s := ed25519.Sign(key, text)
	carry := 0
	for i, b := range order {
		sum := int(s[32+i]) + int(b) + carry
		s[32+i], carry = byte(sum), sum>>8
	}
	return s
}

// withR signs with a given R instead of a secret one: the S that belongs to it
// when R is taken for the neutral element.
func withR(r []byte) func([]byte, ed25519.PrivateKey) []byte {
	return func(text []byte, key ed25519.PrivateKey) []byte {
		expanded := sha512.Sum512(key.Seed())
		a, err := new(edwards25519.Scalar).SetBytesWithClamping(expanded[:32])
		if err != nil {
			panic(err)
		}
		h := sha512.New()
		h.Write(r)
		h.Write(key.Public().(ed25519.PublicKey))
		h.Write(text)
		k, err := new(edwards25519.Scalar).SetUniformBytes(h.Sum(nil))
		if err != nil {
			panic(err)
		}
		return append(append([]byte{}, r...), new(edwards25519.Scalar).Multiply(k, a).Bytes()...)
	}
}

type keyOf = ed25519.PrivateKey

func sign(text []byte, key keyOf) []byte { return ed25519.Sign(key, text) }

// flat returns the SHA-256 of all lines in base64.
func flat(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return base(sum[:])
}

// longSignature makes what stands for a signature of another kind.
func longSignature(text []byte, _ ed25519.PrivateKey) []byte {
	sum := sha512.Sum512(text)
	return append(sum[:], sum[:]...)
}

// Points that are not to be used as keys or as R.
var (
	neutral    = append([]byte{1}, make([]byte, 31)...)
	neutralPP  = fieldElement(1) // the neutral element with p added to y
	orderEight = []byte{
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
		0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
	}
)

// fieldElement returns p + y in 32 bytes, for a small y: a second spelling of y.
func fieldElement(y byte) []byte {
	b := make([]byte, 32)
	for i := range b {
		b[i] = 0xff
	}
	b[0], b[31] = 0xed+y, 0x7f
	return b
}

// pointWith returns the first encoding that spell gives for a small y and that
// is, or is not, a point of large order.
func pointWith(spell func(y byte) []byte, point bool) string {
	for y := byte(2); y < 19; y++ {
		b := spell(y)
		p, err := new(edwards25519.Point).SetBytes(b)
		if (err == nil) != point {
			continue
		}
		if !point || new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 0 {
			return base(b)
		}
	}
	panic("no such point")
}

func canonical(y byte) []byte { return append([]byte{y}, make([]byte, 31)...) }
