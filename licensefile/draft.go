package licensefile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/pott-dev/pott/license"
)

// A Draft is the exact text to be signed, not signed yet. It is made once; what
// is recorded before signing and what is signed afterwards cannot differ.
type Draft struct {
	Set        license.Set // as a reader of the file will see it
	Optional   []Optional
	Lines      [][]byte // the leaves of the tree, without line ends
	Checkpoint string   // the text to sign: three lines, each with its end
}

// NewDraft writes a set as the text to be signed. It refuses what a strict
// reader would refuse, with the line and the rule, and whatever the format
// cannot say. A fraction of a second in Issued is dropped.
func NewDraft(set license.Set, optional ...Optional) (*Draft, error) {
	if err := writable(&set); err != nil {
		return nil, err
	}
	set.Issued = set.Issued.UTC().Truncate(time.Second)
	lines := setLines(&set, optional)
	blocks, err := split(append(bytes.Join(lines, []byte{'\n'}), '\n'))
	if err != nil {
		return nil, err
	}
	if len(blocks) != 1 {
		return nil, &FormatError{Rule: "a set has no blank lines"}
	}
	d := &Draft{Lines: lines}
	if d.Set, d.Optional, err = readLines(blocks[0]); err != nil {
		return nil, err
	}
	if !slices.Equal(d.Optional, optional) {
		return nil, &FormatError{Rule: "the name of an optional line is a word of letters a–z, digits and hyphens"}
	}
	d.Checkpoint = checkpointText(&d.Set, len(lines), rootHash(leafHashes(lines)))
	return d, nil
}

// writable refuses what would be lost without a word, because the format has no
// place for it.
func writable(s *license.Set) error {
	for i := range s.Licenses {
		l := &s.Licenses[i]
		line := firstLicenseLine + i
		for _, texts := range []license.Texts{l.Names, l.Tooltips} {
			for lang, text := range texts {
				if !slices.Contains(license.Languages, lang) || text == "" {
					return &FormatError{Line: line, Rule: fmt.Sprintf("%q has an empty text, or one in a language that files do not carry: %q", l.Module, lang)}
				}
			}
		}
		if l.Kind != license.User && l.People != 0 && l.People != license.Internal {
			return &FormatError{Line: line, Rule: fmt.Sprintf("%q is not a user license, and says which people may hold it", l.Module)}
		}
		if l.People >= license.Resource<<1 {
			return &FormatError{Line: line, Rule: fmt.Sprintf("%q may be held by a kind of person that files do not know", l.Module)}
		}
	}
	return nil
}

// Hash returns the SHA-256 of the checkpoint in lower-case hex: the identity of
// the set, which its successor names as Previous.
func (d *Draft) Hash() string {
	sum := sha256.Sum256([]byte(d.Checkpoint))
	return hex.EncodeToString(sum[:])
}

// Seal signs the draft and returns the whole file: the lines, the checkpoint,
// the issuer's certificate and the key lists 1 to N. It refuses to make a file
// that could not be read, or whose certificate does not name the signing key.
// Whether the chain leads to a root anyone trusts is not asked here.
func (d *Draft) Seal(signer Signer, cert []byte, keyLists ...[]byte) ([]byte, error) {
	c, err := ParseCertificate(cert)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	if k := c.SigningKey(signer.Public()); k == nil || k.Type != TypeSet || c.revoked(k.Key) {
		return nil, fmt.Errorf("certificate %d of %s does not let key %s sign sets", c.Number, c.Issuer, Fingerprint(signer.Public()))
	}
	sig, err := sign([]byte(d.Checkpoint), checkpointName(d.Set.Issuer, d.Set.Serial, d.Set.Number), signer)
	if err != nil {
		return nil, err
	}
	signed := note{text: []byte(d.Checkpoint), sigs: []noteSig{sig}}
	file := wrap(d.Lines, signed, cert, keyLists)
	// That the lines are still those of the checkpoint is part of reading.
	if _, err := Parse(file); err != nil {
		return nil, fmt.Errorf("reading the sealed file again: %w", err)
	}
	return file, nil
}

// Rewrap returns the file of the same set with another certificate and other
// key lists. The set, its signature and its hash stay the same.
func (f *File) Rewrap(cert []byte, keyLists ...[]byte) ([]byte, error) {
	file := wrap(f.lines, f.checkpoint, cert, keyLists)
	if _, err := Parse(file); err != nil {
		return nil, err
	}
	return file, nil
}

func wrap(lines [][]byte, checkpoint note, cert []byte, keyLists [][]byte) []byte {
	set := append(bytes.Join(lines, []byte{'\n'}), '\n')
	return join(append([][]byte{set, checkpoint.bytes(), cert}, keyLists...))
}
