// Package signer signs with keys that live in another process, and checks every
// signature it is given before anybody uses it.
//
// The other process holds keys that cannot be taken out, such as those of a
// PKCS#11 token, and answers on a Unix socket that only its own user can reach.
// It knows what each key may sign, refuses everything else, and has written down
// what it signs before the signature leaves it. Both sides are here: [Server]
// over any [licensefile.Signer], and [Dial] for the programs that ask. What they
// say to each other is spec/signer.md.
package signer

import "time"

// Version is the first thing both sides say.
const Version = "pott-signer/v1"

// Limits of a conversation. A request takes at most about sixteen times
// MaxMessage of memory, and the server holds MaxConversations at once.
const (
	MaxMessage       = 8 << 20  // bytes of a text to be signed
	MaxKeys          = 256      // keys of one signer
	MaxTypes         = 16       // types of text one key may sign
	MaxConversations = 4        // others wait
	maxRequest       = 11 << 20 // bytes of a request's line, without its end
	maxReply         = 1 << 20  // bytes of a reply's line, without its end
)

// How long one side waits for the other.
const (
	requestTimeout = 30 * time.Second // the signer, for a whole request to come and for its reply to be taken
	replyTimeout   = 2 * time.Minute  // the asking side; somebody may have to touch the token
)
