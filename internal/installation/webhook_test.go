package installation_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestAnAddressIsCalledWithTheInstallationsSignatureUntilItAnswers(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, _ := withMail(t, db)
		in := f.Installation("acme")
		var calls []api.MessageCall
		answers := http.StatusInternalServerError
		listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			signature, decodeErr := base64.StdEncoding.DecodeString(r.Header.Get(api.BlockersSignature))
			public := housetest.Key("acme").Public().(ed25519.PublicKey)
			if err != nil || decodeErr != nil || !ed25519.Verify(public, append([]byte(api.MessageFormat+"\n"), body...), signature) {
				t.Errorf("the signature is not good for what came: %v, %v", err, decodeErr)
			}
			if ed25519.Verify(public, append([]byte(api.BlockersFormat+"\n"), body...), signature) {
				t.Error("the signature is good for another format")
			}
			var doc api.MessageCall
			if err := json.Unmarshal(body, &doc); err != nil {
				t.Error(err)
			}
			calls = append(calls, doc)
			w.WriteHeader(answers)
		}))
		defer listener.Close()
		added, err := in.AddWebhook(t.Context(), admin, api.NewWebhook{URL: listener.URL})
		must(t, err)
		if _, err := in.TestMessage(t.Context(), admin, api.MessageTest{Webhook: added.Webhook.ID}); code(err) != "message.webhook-failed" {
			t.Errorf("a test that was not taken: %v", err)
		}
		fill(t, in)
		in.Tell(t.Context())
		m, err := in.Messages(t.Context(), admin)
		must(t, err)
		if len(m.Failures) != 1 || m.Failures[0].To != listener.URL || m.Failures[0].Error != "it answered 500 Internal Server Error" {
			t.Errorf("failures: %+v", m.Failures)
		}
		answers = http.StatusNoContent
		f.Set(f.Clock().Add(2 * time.Minute))
		in.Tell(t.Context())
		in.Tell(t.Context())
		events := []string{}
		for _, c := range calls {
			events = append(events, c.Event+" "+c.About)
		}
		if want := []string{"test ", "pool SUPEROFFICE.scan", "pool SUPEROFFICE.scan"}; !slices.Equal(events, want) && !slices.Equal(events, []string{"test ", "pool superoffice.scan", "pool superoffice.scan"}) {
			t.Fatalf("calls: %v", events)
		}
		if calls[1].ID != calls[2].ID || calls[1].To != listener.URL || calls[1].Page == "" || len(calls[1].Items) != 1 || calls[1].Items[0].Title == "" {
			t.Errorf("%+v", calls[1:])
		}
		if m, err = in.Messages(t.Context(), admin); err != nil || len(m.Failures)+m.Waiting != 0 {
			t.Errorf("afterwards: %+v, %v", m, err)
		}
	})
}

func TestRulesAndOwnChoicesDecideWhoIsWrittenTo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, box := withMail(t, db)
		in := f.Installation("acme")
		rules := api.MessageRules{Rules: []api.MessageRule{{Event: "pool", Reader: "administrator"}, {Event: "pool", Reader: "auditor", On: true}}}
		for _, want := range []bool{true, false} {
			done, err := in.PutMessageRules(t.Context(), admin, rules)
			must(t, err)
			if done.Changed != want {
				t.Errorf("changed %v, want %v", done.Changed, want)
			}
		}
		if _, err := in.PutMessageRules(t.Context(), admin, api.MessageRules{Rules: []api.MessageRule{{Event: "pool", Reader: "everybody", On: true}}}); code(err) != "request.bad-value" {
			t.Errorf("a rule there is not: %v", err)
		}
		fill(t, in)
		in.Tell(t.Context())
		got(t, "with other rules", box, "rolf@example.com: superoffice.scan is full: 3 of 3 in use – Acme AB")
		if _, err := in.TestMessage(t.Context(), admin, api.MessageTest{Person: "bo"}); err != nil {
			t.Error(err)
		}
		got(t, "a test", box, "bo@example.com: A test message – Acme AB")
		if _, err := in.TestMessage(t.Context(), admin, api.MessageTest{Person: "nobody"}); code(err) != "person.unknown" {
			t.Errorf("a test for nobody: %v", err)
		}
	})
}
