package e2e

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestAServerToldToStopAnswersWhatItHasBegunAndEndsItsStreams(t *testing.T) {
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := start(t, dsn, designteamet)
		w.activateHundred(t)
		people := addPeople(t, w.client(t, designteamet.Name), 60)
		w.stop()
		server := w.startProcess(t)
		c := w.client(t, designteamet.Name)
		stream := w.follow(t)
		given := make(chan string, len(people))
		begun := make(chan struct{}, len(people))
		go func() {
			each(12, len(people), func(i int) {
				_, err := c.SetPlan(context.Background(), people[i], api.PlanChoice{Plan: plan}, false)
				if err == nil {
					given <- people[i]
				}
				begun <- struct{}{}
			})
			close(given)
		}()
		for range 5 {
			<-begun
		}
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := server.Wait(); err != nil {
			t.Errorf("the server ends with %v", err)
		}
		select {
		case <-stream:
		case <-time.After(10 * time.Second):
			t.Error("the change stream did not end")
		}
		acknowledged := map[string]bool{}
		for person := range given {
			acknowledged[person] = true
		}
		w.fsck(t)
		w.server = ""
		w.serve(t)
		for person := range acknowledged {
			p, err := w.client(t, designteamet.Name).Person(t.Context(), person)
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
