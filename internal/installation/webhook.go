package installation

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/licensefile"
)

// hookTimeout is how long an address that is called may take.
const hookTimeout = 10 * time.Second

// call tells an address of an occasion, with the installation's signature. Any
// answer from 200 to 299 means that it was taken.
func (in *Installation) call(ctx context.Context, p *parcel) error {
	var hook store.Hook
	var doc api.MessageCall
	err := in.view(func(v *store.View) error {
		h, ok, _ := v.Hook(p.Target)
		if !ok || v.Info().Test {
			return errNoLongerWanted
		}
		info := v.Info()
		items := in.tidings(v, p.occasion, defaultsOf(v).Language)
		if len(items) == 0 {
			return errNoLongerWanted
		}
		hook = h
		doc = api.MessageCall{Format: api.MessageFormat, To: h.URL, ID: p.ID, Installation: info.ID, Name: info.Name, Made: timeOf(p.Made).UTC(),
			Event: p.Kind, About: p.About, Level: p.Level, Items: items, Page: in.address(linkOf(p.occasion))}
		return nil
	})
	if err != nil {
		return err
	}
	return in.postMessage(ctx, hook.URL, doc)
}

// postMessage posts a message to an address, signed.
func (in *Installation) postMessage(ctx context.Context, to string, doc api.MessageCall) error {
	if in.key == nil {
		return &NoKeyError{Installation: in.name}
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, hookTimeout)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return err
	}
	in.sign(r, api.MessageFormat, body)
	response, err := hookClient.Do(r)
	if err != nil {
		return &silentError{withoutURL(err)}
	}
	response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("it answered %s", response.Status)
	}
	return nil
}

// sign makes a request one of the installation's: what is signed begins with the
// format, so that no signature is good for anything else.
func (in *Installation) sign(r *http.Request, format string, body []byte) {
	signed := append([]byte(format+"\n"), body...)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "pott")
	r.Header.Set(api.BlockersKey, licensefile.Fingerprint(in.key.Public().(ed25519.PublicKey)))
	r.Header.Set(api.BlockersSignature, base64.StdEncoding.EncodeToString(ed25519.Sign(in.key, signed)))
}

// A silentError is why nobody has answered at an address.
type silentError struct{ error }

func (e *silentError) Unwrap() error { return e.error }
