// Package keyfile keeps a private key so that only its passphrase opens it.
//
// A key file is text. Its head says in clear what the key is for and what its
// public half is, so that keys can be listed without a passphrase; the private
// half is encrypted with age (scrypt). The head is repeated inside: a file whose
// head was changed does not open. Files have mode 0600 in a folder of mode 0700,
// are never written over, and are not read when others can read them.
package keyfile

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// Ext is the end of a key file's name; the name of the key stands before it.
const Ext = ".key"

const format = "pott-private-key/v1"

// DefaultWork is the base-2 logarithm of what one try of a passphrase costs:
// about a second and 256 MiB.
const DefaultWork = 18

// The least and the most a try of a passphrase may cost. Above the most, age
// would refuse to open the file again.
const (
	minWork = 1
	maxWork = 22
)

// maxFile is the largest key file that is read, in bytes.
const maxFile = 64 << 10

// A Use is what a key may sign. A key has one use for all its life.
type Use string

const (
	Root    Use = "root"    // key lists
	Issuer  Use = "issuer"  // certificates of one issuer
	Signing Use = "signing" // license sets of one issuer
	Receipt Use = "receipt" // what the license server of one issuer answers
)

// A Public is what a key file says without its passphrase.
type Public struct {
	Name string // `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`; also the name of the file
	Use  Use
	Key  ed25519.PublicKey
}

// A Key is an opened key file.
type Key struct {
	Public
	Private ed25519.PrivateKey
}

var nameGrammar = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// CheckName returns a [*NameError] for a text that cannot name a key.
func CheckName(name string) error {
	if !nameGrammar.MatchString(name) {
		return &NameError{Name: name}
	}
	return nil
}

// Generate makes a key from random, which must be a source fit for keys.
func Generate(random io.Reader, name string, use Use) (*Key, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	public, private, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, fmt.Errorf("making the key %s: %w", name, err)
	}
	return &Key{Public{name, use, public}, private}, nil
}

// Write stores a key under a folder, which is made with mode 0700 when it is
// missing, and returns the path. It never writes over a file, and it leaves
// none behind when it fails. work is the cost of trying a passphrase; 0 stands
// for [DefaultWork].
func Write(folder string, k *Key, passphrase []byte, work int) (string, error) {
	text, err := seal(k, passphrase, work)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(folder, k.Name+Ext)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", &ExistsError{Path: path}
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close(), syncFolder(folder))
	if err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return path, nil
}

// syncFolder makes the name of a new file last through a power loss.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func seal(k *Key, passphrase []byte, work int) ([]byte, error) {
	if len(passphrase) == 0 {
		return nil, &NoPassphraseError{}
	}
	r, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return nil, err
	}
	if work == 0 {
		work = DefaultWork
	}
	if work < minWork || work > maxWork {
		return nil, &WorkError{Work: work, Least: minWork, Most: maxWork}
	}
	r.SetWorkFactor(work)
	head := k.head()
	b := bytes.NewBufferString(head)
	a := armor.NewWriter(b)
	w, err := age.Encrypt(a, r)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "%sprivate: %s\n", head, base64.StdEncoding.EncodeToString(k.Private.Seed()))
	if err := errors.Join(w.Close(), a.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// head returns the lines that stand in clear.
func (p Public) head() string {
	return fmt.Sprintf("%s\nname: %s\nuse: %s\npublic: %s\n", format, p.Name, p.Use, base64.StdEncoding.EncodeToString(p.Key))
}

// Inspect returns what a key file says without its passphrase. Nothing of it is
// proven before the file is opened.
func Inspect(path string) (Public, error) {
	p, _, err := read(path)
	return p, err
}

// Open returns the key of a file.
func Open(path string, passphrase []byte) (*Key, error) {
	p, sealed, err := read(path)
	if err != nil {
		return nil, err
	}
	if len(passphrase) == 0 {
		return nil, &NoPassphraseError{}
	}
	id, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(sealed)), id)
	if e := (*age.NoIdentityMatchError)(nil); errors.As(err, &e) {
		return nil, &WrongPassphraseError{Path: path}
	}
	if err != nil {
		return nil, &MalformedError{path, "the encrypted part is damaged"}
	}
	inside, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, &MalformedError{path, "the encrypted part is damaged"}
	}
	encoded, ok := strings.CutPrefix(string(inside), p.head()+"private: ")
	if !ok {
		return nil, &MalformedError{path, "its head is not the one it was written with"}
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(encoded, "\n"))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, &MalformedError{path, "it holds no Ed25519 key"}
	}
	private := ed25519.NewKeyFromSeed(seed)
	if !p.Key.Equal(private.Public()) {
		return nil, &MalformedError{path, "its public half does not belong to the private half"}
	}
	return &Key{p, private}, nil
}

// read returns the head of a key file and the part after it.
func read(path string) (Public, []byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Public{}, nil, &MissingError{Name: strings.TrimSuffix(filepath.Base(path), Ext), Path: path}
	}
	if err != nil {
		return Public{}, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Public{}, nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return Public{}, nil, &PermissionError{Path: path, Mode: mode.String()}
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Public{}, nil, err
	}
	p, sealed, why := parse(text)
	if why != "" {
		return Public{}, nil, &MalformedError{path, why}
	}
	if p.Name+Ext != filepath.Base(path) {
		return Public{}, nil, &MalformedError{path, fmt.Sprintf("it is the key %q: a key file is named after its key", p.Name)}
	}
	return p, sealed, nil
}

// parse reads the head of a key file; why says what is wrong with it, or "".
func parse(text []byte) (p Public, sealed []byte, why string) {
	if len(text) > maxFile {
		return p, nil, "it is too large to be a key"
	}
	var values [4]string
	rest := string(text)
	for i, prefix := range []string{format, "name: ", "use: ", "public: "} {
		line, after, ended := strings.Cut(rest, "\n")
		value, ok := strings.CutPrefix(line, prefix)
		if !ok || !ended {
			return p, nil, "it is not a private key of Pott"
		}
		values[i], rest = value, after
	}
	if values[0] != "" {
		return p, nil, "it is a private key of a newer format"
	}
	if !nameGrammar.MatchString(values[1]) || !slices.Contains([]Use{Root, Issuer, Signing, Receipt}, Use(values[2])) {
		return p, nil, "its name or use is not one"
	}
	key, err := base64.StdEncoding.Strict().DecodeString(values[3])
	if err != nil || len(key) != ed25519.PublicKeySize {
		return p, nil, "its public half is not an Ed25519 key"
	}
	return Public{values[1], Use(values[2]), key}, []byte(rest), ""
}

// List returns what the key files of a folder say, by name. A missing folder has
// none.
func List(folder string) ([]Public, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Public
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), Ext) {
			continue
		}
		p, err := Inspect(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}
