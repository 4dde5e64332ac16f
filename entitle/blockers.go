package entitle

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/licensefile"
)

// The limits of a request for blockers.
const (
	maxBlockersRequest = 1 << 20
	blockersAge        = 5 * time.Minute
)

// BlockersHandler answers an installation that asks what stands in the way
// before it takes something from people. A product serves it at the address that
// the installation was told ("pott blockers set").
//
// Only requests that the key has signed, for this address, in the last five
// minutes are handed to answer, which says what the people asked about still
// have in hand. key is the installation's public key, as "pott status" shows it,
// and address the whole address as the installation knows it. An error of answer
// is told to nobody but answered as a fault: the installation then goes on with a
// warning or refuses, as it was set.
func BlockersHandler(key ed25519.PublicKey, address string, answer func(context.Context, []api.BlockerQuestion) (api.BlockersAnswer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "ask with POST", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBlockersRequest))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		asked, ok := openBlockers(key, address, r.Header.Get(api.BlockersSignature), body, time.Now())
		if !ok {
			http.Error(w, "not signed by the installation for this address just now", http.StatusForbidden)
			return
		}
		found, err := answer(r.Context(), asked.Questions)
		if err != nil {
			http.Error(w, "no answer", http.StatusInternalServerError)
			return
		}
		if found.People == nil {
			found.People = []api.PersonBlockers{}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(found)
	})
}

// openBlockers returns a request for blockers, if it is what it should be.
func openBlockers(key ed25519.PublicKey, address, signature string, body []byte, now time.Time) (asked api.BlockersRequest, ok bool) {
	sig, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil || len(sig) != ed25519.SignatureSize || licensefile.CheckKey(key) != nil {
		return asked, false
	}
	if !ed25519.Verify(key, append([]byte(api.BlockersFormat+"\n"), body...), sig) || json.Unmarshal(body, &asked) != nil {
		return asked, false
	}
	age := now.Sub(asked.Asked)
	return asked, asked.Format == api.BlockersFormat && asked.To == address && age < blockersAge && age > -blockersAge
}
