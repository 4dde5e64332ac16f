package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestAServerToldToStopAnswersWhatItHasBegunAndEndsItsStreams(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet)
		w.activateHundred(t)
		people := addPeople(t, w.client(t, designteamet.Name), 61)
		w.stop()
		server := w.startProcess(t)
		c := w.client(t, designteamet.Name)
		stream := w.follow(t)
		given := make(chan string, len(people))
		begun := make(chan struct{}, len(people))
		go func() {
			each(12, 60, func(i int) {
				_, err := c.SetPlan(context.Background(), people[i], api.PlanChoice{Plan: plan}, client.Taking{})
				if err == nil {
					given <- people[i]
				}
				begun <- struct{}{}
			})
			close(begun)
		}()
		for range 5 {
			<-begun
		}
		slow := w.begin(t, people[60])
		told := time.Now()
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		w.untilNobodyIsLetIn()
		if answer := slow(); !strings.Contains(answer, "200 OK") {
			t.Errorf("what was begun is answered %q", answer)
		}
		given <- people[60]
		if err := server.Wait(); err != nil {
			t.Errorf("the server ends with %v", err)
		}
		if took := time.Since(told); took > 8*time.Second {
			t.Errorf("it took %v: an open stream must not hold the server up", took)
		}
		select {
		case <-stream:
		case <-time.After(10 * time.Second):
			t.Error("the change stream did not end")
		}
		for range begun { // until every writer has heard that the server is gone
		}
		close(given)
		acknowledged := map[string]bool{}
		for person := range given {
			acknowledged[person] = true
		}
		w.fsck(t)
		w.server = ""
		w.serve(t)
		for person := range acknowledged {
			p, err := w.client(t, designteamet.Name).Person(t.Context(), person, "")
			if err != nil || len(p.Plans) != 1 {
				t.Errorf("%s was answered for and has %v, %v", person, p.Plans, err)
			}
		}
		if len(acknowledged) < 5 {
			t.Errorf("only %d were answered", len(acknowledged))
		}
	})
}

// follow opens the change stream and returns what is closed when it ends.
func (w *world) follow(t *testing.T) <-chan struct{} {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.server+"/"+designteamet.Name+"/v1/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.secrets[designteamet.Name])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("the change stream is %s, %s", res.Status, kind)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		}
	}()
	return ended
}

// begin sends all of a request but the end of its body, and returns once the
// server waits for that. The function it returns sends the rest and returns the
// first line of the answer.
func (w *world) begin(t *testing.T, person string) (finish func() string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.server, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	body := `{"plan":"` + plan + `"}`
	fmt.Fprintf(conn, "PUT /%s/v1/people/%s/plan HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		designteamet.Name, person, w.secrets[designteamet.Name], len(body))
	lines := bufio.NewReader(conn)
	if line, err := lines.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q %v", line, err)
	}
	lines.ReadString('\n')
	io.WriteString(conn, body[:5])
	return func() string {
		io.WriteString(conn, body[5:])
		line, _ := lines.ReadString('\n')
		return line
	}
}

// untilNobodyIsLetIn returns once the server has closed its door.
func (w *world) untilNobodyIsLetIn() {
	for {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.server, "http://"))
		if err != nil {
			return
		}
		conn.Close()
	}
}
