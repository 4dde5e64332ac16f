package host

import (
	"net/http"
	"strings"
)

// doors sends programs to the API and people to the pages. Programs ask for
// /v1/… and /name/v1/…, and for what needs no installation.
func doors(api, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forPrograms(r.URL.Path) {
			api.ServeHTTP(w, r)
		} else {
			pages.ServeHTTP(w, r)
		}
	})
}

func forPrograms(path string) bool {
	switch path {
	case "/healthz", "/readyz", "/openapi.json":
		return true
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first == "v1" || rest == "v1" || strings.HasPrefix(rest, "v1/")
}
