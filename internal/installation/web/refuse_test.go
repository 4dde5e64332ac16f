package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/problem"
)

func TestWhoeverComesWhileTooManySignInHearsWhenToComeAgain(t *testing.T) {
	t.Parallel()
	v := &visit{Frame: page.Frame{Lang: "en"}, w: httptest.NewRecorder()}
	err := v.refuse(&installation.BusyError{}, func(page.Faults) error { return nil })
	if again := v.w.Header().Get("Retry-After"); err != nil || v.status != http.StatusServiceUnavailable || again != "5" {
		t.Errorf("%d, again after %q, %v", v.status, again, err)
	}
}

// Whoever is told that nothing was saved sends it again.
func TestAPageOfAFailureSaysNotSavedOnlyWhereThatIsKnown(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		problem.Internal:          "frame.maybe-saved",
		"storage.unknown-outcome": "frame.maybe-saved",
		"storage.unavailable":     "frame.not-saved",
		"installation.suspended":  "frame.not-saved",
	} {
		v := &visit{Frame: page.Frame{Lang: "en"}, r: httptest.NewRequest(http.MethodPost, "/", nil)}
		var b strings.Builder
		if err := problemPage(v, problemView{Code: code, Posted: true}).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"frame.maybe-saved", "frame.not-saved"} {
			if strings.Contains(b.String(), i18n.Word("en", word)) != (word == want) {
				t.Errorf("%s: %s", code, b.String())
			}
		}
	}
}

// Taking back is offered where it goes on, to those who may.
func TestTakingBackIsOfferedWhereItGoesOnToThoseWhoMay(t *testing.T) {
	t.Parallel()
	auditor, users := []string{api.ScopeRead}, []string{api.ScopeRead, api.ScopeAssign}
	for name, test := range map[string]struct {
		scopes []string
		why    string // nothing is taken back
		want   string
	}{
		"an administrator of users":                      {users, "", "See who has what, and take it back"},
		"an administrator of users, while it is refused": {users, "suspended", "See who has what"},
		"an auditor": {auditor, "", "See who has what"},
	} {
		v := &visit{Frame: page.Frame{Lang: "en"}, session: &installation.Session{Scopes: test.scopes}}
		v.Closed = func(path string) page.Closing {
			if strings.HasPrefix(path, "/users/bulk") {
				return page.Closing{Why: test.why}
			}
			return page.Closing{}
		}
		if links := v.stillWorks(); !slices.Contains(links, page.Link{Text: test.want, Path: "/users"}) {
			t.Errorf("%s: %v", name, links)
		}
	}
}
