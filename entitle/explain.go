package entitle

import (
	"context"
	"encoding/json"
	"io"
	"net/url"

	"github.com/pott-dev/pott/api"
)

// maxExplanation is how long an explanation may be, in bytes.
const maxExplanation = 4 << 20

// Explain asks the server one question, and returns the answer with everything
// that led to it, step by step: every way that gives it, and everything that is
// missing with what would help. language is one of the six ("sv"), or "" for
// English; it is that of the texts, codes are never translated.
//
// Unlike a check it needs the server, which answers from its present state: that
// may be later than what the client answers from by some milliseconds. It is for
// showing to people, not for deciding. Names may be typed as people type them.
func (c *Client) Explain(ctx context.Context, q api.Check, language string) (api.Why, error) {
	query := url.Values{}
	for name, value := range map[string]string{"person": q.Person, "module": q.Module, "client": q.Client, "feature": q.Feature, "database": q.Database} {
		if value != "" {
			query.Set(name, value)
		}
	}
	res, err := c.askIn(ctx, "/v1/why", query, language)
	if err != nil {
		return api.Why{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxExplanation+1))
	if err != nil {
		return api.Why{}, err
	}
	var why api.Why
	switch {
	case len(b) > maxExplanation:
		return api.Why{}, &BadAnswerError{What: "/v1/why", Why: "it is too long"}
	case json.Unmarshal(b, &why) != nil || why.Effect == "":
		return api.Why{}, &BadAnswerError{What: "/v1/why", Why: "it is no explanation"}
	}
	return why, nil
}
