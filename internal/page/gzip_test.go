package page_test

import (
	"net/http/httptest"
	"testing"

	"github.com/pott-dev/pott/internal/page"
)

func TestWhoTakesGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "gzip, deflate, br, zstd": true, "br;q=1.0, GZIP;q=0.8": true, "x-gzip": true,
		"gzip;q=0": false, "gzip; q=0.000": false, "gzip;q=many": false, "identity": false, "gzipped": false, "*": false, "br": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := page.TakesGzip(r); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}
