package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"sync"

	"github.com/pott-dev/pott/internal/page"
)

// varies is what an answer depends on beside its address.
const varies = "Cookie, Accept-Language, Accept-Encoding, Sec-Fetch-Site"

// worthIt is from how many bytes on an answer is compressed.
const worthIt = 1400 // fits one packet anyhow

// compressible reports whether the answer may be compressed. How long a compressed
// page is tells whether something in it stands there twice. Whoever can make a
// reader's browser ask for pages with chosen words in their addresses, and see how
// long the answers are, could so guess names on them letter by letter. So an answer
// to what another site made the browser ask is sent plain, and one to a browser
// that does not say who made it ask. Over plain HTTP there is nothing to guess:
// whoever listens reads. The token of forms is another on each page besides.
func compressible(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none": // one of our own pages; the reader
	case "":
		if claimsHTTPS(r) {
			return false
		}
	default:
		return false
	}
	return page.TakesGzip(r)
}

// A packer compresses one answer after another.
type packer struct {
	buffer bytes.Buffer
	zip    *gzip.Writer
}

var packers = sync.Pool{New: func() any {
	p := &packer{}
	p.zip, _ = gzip.NewWriterLevel(&p.buffer, gzip.DefaultCompression) // the level is one there is
	return p
}}

// send answers with a whole text, compressed where that is worth it and safe.
func (v *visit) send(status int, text []byte) error {
	h := v.w.Header()
	if len(text) >= worthIt && compressible(v.r) {
		p := packers.Get().(*packer)
		defer packers.Put(p)
		p.buffer.Reset()
		p.zip.Reset(&p.buffer)
		p.zip.Write(text)
		p.zip.Close()
		text = p.buffer.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	v.w.WriteHeader(max(status, http.StatusOK))
	if v.r.Method == http.MethodHead {
		return nil
	}
	v.w.Write(text)
	return nil
}
