package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
		v := &visit{Frame: page.Frame{Lang: "en"}}
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
