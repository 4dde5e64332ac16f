package host

import (
	"bytes"
	"io"
	"net/http"
)

// InProcess returns what answers requests in this process, without a network and
// without a server that runs.
func (h *Host) InProcess() http.RoundTripper { return inProcess{h.Door()} }

// inProcess answers requests by a handler, without a network.
type inProcess struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (p inProcess) RoundTrip(r *http.Request) (res *http.Response, err error) {
	defer func() { // an answer that was given up half-way
		if v := recover(); v == http.ErrAbortHandler {
			res, err = nil, io.ErrUnexpectedEOF
		} else if v != nil {
			panic(v)
		}
	}()
	request := r.Clone(r.Context())
	request.RequestURI, request.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	if request.Host == "" {
		request.Host = r.URL.Host
	}
	if request.Body == nil {
		request.Body = http.NoBody
	}
	w := &collected{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(w, request)
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// collected is an answer as it is written.
type collected struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *collected) Header() http.Header         { return w.header }
func (w *collected) WriteHeader(status int)      { w.status = status }
func (w *collected) Write(b []byte) (int, error) { return w.body.Write(b) }
