// Package licensefile tells whether a license file is genuine, and what it
// grants, with nothing but the file, the root keys and the time. It is exactly
// spec/license-file.md.
//
// A file is text: the lines that grant (a format line, a header and one line
// per license), a signed checkpoint of the Merkle tree over those lines, and
// the chain that vouches for the signature: the issuer's certificate and the
// root-signed key lists.
//
// [Parse] reads the structure and needs no keys. [Verify] does everything a
// customer must do before trusting a file. [NewDraft] and [Draft.Seal] make a
// file. Nothing here reads a clock, a disk or the network.
package licensefile

// The limits of a file. A file beyond any of them is refused before it is read
// further.
const (
	MaxBytes      = 8 << 20   // of the whole file
	MaxLine       = 64 << 10  // bytes of one line, without its end
	MaxLines      = 100_000   // lines in the tree: the format line, the header and all that follow
	MaxFileLines  = 200_000   // lines of the whole file
	MaxTextLines  = 10_000    // lines of the text of one certificate or key list
	MaxSignatures = 8         // signature lines of one note
	MaxKeyLists   = 1000      // key lists carried by one file
	MaxInteger    = 1<<53 - 1 // the largest integer, so that every JSON reader can hold it
	MaxRoots      = 16        // root keys of one key list
	MaxThreshold  = 4         // so that an old and a new quorum fit in one note
	MaxDemoDays   = 366       // from the issue of a demo set to its end
)

// The first lines of everything that is signed or read: type and version.
const (
	setFormat         = "pott-license-set/v1"
	keyListFormat     = "pott-key-list/v1"
	certificateFormat = "pott-issuer-certificate/v1"
	proofFormat       = "pott-license-proof/v1"
	rootFormat        = "pott-root/v1"
)
