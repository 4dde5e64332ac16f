package housetest

import "github.com/descope/virtualwebauthn"

// wholeKey is the length of a P-256 key as authenticators send it: both
// coordinates have 32 bytes.
const wholeKey = 77

// Passkey returns a new passkey as a real authenticator would make it. The
// virtual one leaves out zeros a coordinate begins with, in one key of 128; such
// a key is rightly refused.
func Passkey() virtualwebauthn.Credential {
	for {
		if key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(key.Key.AttestationData()) == wholeKey {
			return key
		}
	}
}
