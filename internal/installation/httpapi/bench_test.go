package httpapi_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/installation/httpapi"
)

const question = `{"person":"anna","module":"superoffice.sale-cal"}`

// BenchmarkHTTPCheck asks POST /v1/check, token and reason included, over
// loopback connections that stay open, and in the same run a bare handler that
// answers fixed JSON. It reports the median ratio of their throughputs.
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
	const clients, rounds = 16, 15
	each := max(b.N/clients/rounds, 250)
	text := request("/acme/v1/check")
	ourConns, bareConns := dial(b, ours, clients), dial(b, bares, clients)
	storm(b, ourConns, text, each) // connections, buffers and caches are warm from here on
	storm(b, bareConns, text, each)
	var check, fixed spent
	ratios, byCPU := make([]float64, rounds), make([]float64, rounds)
	b.ResetTimer()
	for i := range rounds {
		// Interleaved, and each first in turn, so that both meet the same machine;
		// the median forgets the rounds in which somebody else wanted it.
		var c, f spent
		if i%2 == 0 {
			c, f = storm(b, ourConns, text, each), storm(b, bareConns, text, each)
		} else {
			f, c = storm(b, bareConns, text, each), storm(b, ourConns, text, each)
		}
		check, fixed = check.plus(c), fixed.plus(f)
		ratios[i], byCPU[i] = f.wall.Seconds()/c.wall.Seconds(), f.cpu.Seconds()/c.cpu.Seconds()
	}
	b.StopTimer()
	slices.Sort(ratios)
	slices.Sort(byCPU)
	ratio, n := ratios[rounds/2], float64(clients*rounds*each)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(n/check.wall.Seconds(), "check/s")
	b.ReportMetric(n/fixed.wall.Seconds(), "bare/s")
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(byCPU[rounds/2], "cpu-ratio")
	b.Logf("figure: HTTP check at %.2f of a bare handler (%.0f and %.0f a second; rounds from %.2f to %.2f), %.2f by processor time", ratio, n/check.wall.Seconds(), n/fixed.wall.Seconds(), ratios[0], ratios[rounds-1], byCPU[rounds/2])
}

// spent is what a storm took: on the clock, and of the processors, clients
// included. On a machine that others use too the second is the steadier.
type spent struct{ wall, cpu time.Duration }

func (s spent) plus(t spent) spent { return spent{s.wall + t.wall, s.cpu + t.cpu} }

// processor returns the processor time this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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

func dial(b *testing.B, address string, clients int) []net.Conn {
	conns := make([]net.Conn, clients)
	for i := range conns {
		c, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		conns[i] = c
	}
	return conns
}

// storm sends the request that often over each connection, and returns what all
// of it took. The clients are as cheap as they can be: it is the server that
// is measured.
func storm(b *testing.B, conns []net.Conn, request string, each int) spent {
	start, used := time.Now(), processor()
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
	return spent{time.Since(start), processor() - used}
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
