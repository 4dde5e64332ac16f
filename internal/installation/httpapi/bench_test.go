package httpapi_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/installation/httpapi"
)

const question = `{"person":"anna","module":"superoffice.sale-cal"}`

// BenchmarkHTTPCheck asks POST /v1/check, token and reason included, over
// loopback connections that stay open, and in the same run a bare handler that
// answers fixed JSON. It reports the ratio of their throughputs.
func BenchmarkHTTPCheck(b *testing.B) {
	w := newWorld(b)
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"effect":"allow","reason":"included","until":"2027-04-08","seq":12}`+"\n")
	})
	ours, bares := serve(b, w.door), serve(b, bare)
	request := func(path string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, w.tokens["check"], len(question), question)
	}
	const clients, rounds = 16, 8
	each := max(b.N/clients/rounds, 50)
	var check, fixed time.Duration
	b.ResetTimer()
	for range rounds { // interleaved, so that both meet the same machine
		check += storm(b, ours, request("/acme/v1/check"), clients, each)
		fixed += storm(b, bares, request("/acme/v1/check"), clients, each)
	}
	b.StopTimer()
	n := float64(clients * rounds * each)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(n/check.Seconds(), "check/s")
	b.ReportMetric(n/fixed.Seconds(), "bare/s")
	b.ReportMetric(fixed.Seconds()/check.Seconds(), "ratio")
	b.Logf("figure: HTTP check at %.2f of a bare handler (%.0f and %.0f a second)", fixed.Seconds()/check.Seconds(), n/check.Seconds(), n/fixed.Seconds())
}

func serve(b *testing.B, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := httpapi.NewServer("", h)
	go s.Serve(l)
	b.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// storm makes each client send the request that often over one connection, and
// returns how long all of it took. The clients are as cheap as they can be: it
// is the server that is measured.
func storm(b *testing.B, address, request string, clients, each int) time.Duration {
	conns := make([]net.Conn, clients)
	for i := range conns {
		c, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		conns[i] = c
	}
	start := time.Now()
	var wg sync.WaitGroup
	for _, c := range conns {
		wg.Go(func() {
			read := bufio.NewReader(c)
			for range each {
				io.WriteString(c, request)
				if err := readAnswer(read); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// readAnswer reads one answer of status 200 with a Content-Length.
func readAnswer(r *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && string(line[:12]) != "HTTP/1.1 200" {
			return fmt.Errorf("the answer is %s", line)
		}
		if len(line) == 2 {
			break
		}
		if digits, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			for _, d := range bytes.TrimRight(digits, "\r\n") {
				length = 10*length + int(d-'0')
			}
		}
	}
	_, err := r.Discard(length)
	return err
}
