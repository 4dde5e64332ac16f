package installation

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
)

// maxBlockersAnswer is the largest answer that is read, in bytes.
const maxBlockersAnswer = 1 << 20

// hookClient never follows to another address: the one that is set was checked.
var hookClient = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// post asks the address that is set, with a request that carries the
// installation's signature.
func (in *Installation) post(ctx context.Context, info store.Info, hook store.Hook, questions []api.BlockerQuestion) (api.BlockersAnswer, error) {
	var answer api.BlockersAnswer
	if in.key == nil {
		return answer, &NoKeyError{Installation: in.name}
	}
	body, err := json.Marshal(api.BlockersRequest{Format: api.BlockersFormat, To: hook.URL, Installation: info.ID, Name: in.name,
		Asked: in.options.Now().UTC(), Nonce: rand.Text(), Questions: questions})
	if err != nil {
		return answer, err
	}
	ctx, stop := context.WithTimeout(ctx, time.Duration(hook.Timeout)*time.Millisecond)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	in.sign(r, api.BlockersFormat, body)
	response, err := hookClient.Do(r)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("it answered %s", response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxBlockersAnswer+1))
	if err != nil {
		return answer, err
	}
	if len(text) > maxBlockersAnswer {
		return answer, &badAnswerError{"it is larger than 1 MiB"}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return api.BlockersAnswer{}, &badAnswerError{err.Error()}
	}
	return answer, nil
}
