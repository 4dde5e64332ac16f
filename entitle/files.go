package entitle

import (
	"crypto/ed25519"

	"github.com/pott-dev/pott/licensefile"
)

// Files are what a program without a server answers from.
type Files struct {
	// Licenses are the license files in force, at most one per issuer.
	Licenses [][]byte
	// Holdings is what `pott user export --holdings` writes; nil for none, and
	// then people are denied with the reason [TooOld] and only system modules
	// are answered.
	Holdings []byte
	// Roots are the root keys the license files must lead back to, and
	// InstallationKey the key the holdings must be signed with. Both are
	// required: a file has no sender but its signature.
	Roots           licensefile.Trust
	InstallationKey ed25519.PublicKey
}

// OpenFiles returns a client that answers from files, as far as their dates
// allow; nothing newer will come. Of the options only Log, Now and After count.
func OpenFiles(files Files, o Options) (*Client, error) {
	c := newClient(o)
	now := c.o.Now()
	k := &c.known
	for _, text := range files.Licenses {
		v, err := verifySet(text, files.Roots, now)
		if err != nil {
			return nil, err
		}
		k.files[v.Hash] = v
	}
	h := &Holdings{}
	if k.blind = files.Holdings == nil; !k.blind {
		var err error
		if h, err = ParseHoldings(files.Holdings, files.InstallationKey); err != nil {
			return nil, err
		}
		k.installation, k.key = h.Installation, files.InstallationKey
		c.compareSets(h)
	}
	c.adopt(&snapshot{holdings: h, files: k.files}, false)
	c.start()
	return c, nil
}

// compareSets says when the holdings were made under other sets. They are still
// who holds what; the counts of the server were of the other sets.
func (c *Client) compareSets(h *Holdings) {
	for _, hash := range h.Sets {
		if c.known.files[hash] == nil {
			c.o.Log.Warn("entitle: the holdings were made under a set that is not among the license files", "set", hash)
			c.status.OtherSets = true
		}
	}
}
