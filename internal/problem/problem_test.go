package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

var full = &seat.PoolFullError{
	Module: license.NameOf("SUPEROFFICE", "web"), Seats: 5, Taken: 5, Short: 1,
	Also: []license.Name{license.NameOf("SUPEROFFICE", "user")},
}

func TestAKnownErrorShowsItsCodeAndItsFacts(t *testing.T) {
	t.Parallel()
	p, ok := problem.Of(fmt.Errorf("assigning: %w", full))
	if !ok || p.Code != "seat.pool-full" || p.Status != 409 || p.Exit != problem.Counts || p.Cause != error(full) {
		t.Errorf("%+v, %v", p, ok)
	}
	text, err := json.Marshal(p.Facts)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"also":["superoffice.user"],"module":"superoffice.web","seats":5,"short":1,"taken":5,"wanted":""}`
	if string(text) != want {
		t.Errorf("facts %s, want %s", text, want)
	}
}

func TestAnErrorAmongOthersIsFound(t *testing.T) {
	t.Parallel()
	if p, ok := problem.Of(errors.Join(errors.New("x"), full)); !ok || p.Code != "seat.pool-full" {
		t.Errorf("%+v, %v", p, ok)
	}
}

type secretError struct{ Password string }

func (secretError) Error() string { return "password hunter2" }

type strayError struct{ Password string }

func (strayError) Error() string  { return "" }
func (e strayError) Code() string { return e.Password }

func TestAnUnknownErrorShowsNothing(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errors.New("pq: relation missing"), secretError{"hunter2"}, strayError{"hunter2"}, nil} {
		p, ok := problem.Of(err)
		if want := (problem.Problem{Code: problem.Internal, Status: 500, Exit: problem.Failed}); ok || !cmp.Equal(want, p) {
			t.Errorf("%v: %+v, %v", err, p, ok)
		}
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, problem.Done}, {errors.New("x"), problem.Failed}, {full, problem.Counts},
		{&license.UnknownModuleError{}, problem.NotFound}, {&seat.ReadOnlyError{}, problem.ReadOnly},
	} {
		if got := problem.Exit(test.err); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
}

func TestFactsFitIntoJSON(t *testing.T) {
	t.Parallel()
	type row struct {
		KeyID string
		hidden,
		lost int
	}
	number := int64(7)
	got := problem.Facts(&struct {
		HTTPStatus int
		Day        license.Date
		At         time.Time
		Key        []byte
		Rows       []row
		Free       *int64
		None       *int64
		Ratio      float32
		Small      uint8
		On         bool
		Any        any
		Err        error
		Func       func()
	}{
		404, license.Date{Year: 2027, Month: 3, Day: 8}, time.Date(2027, 3, 8, 12, 0, 0, 0, time.UTC), []byte{1, 2},
		[]row{{"a", 1, 2}}, &number, nil, 0.5, 3, true, "x", full, nil,
	})
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"any":"x","at":"2027-03-08T12:00:00Z","day":"2027-03-08","free":7,"func":null,"http_status":404,"key":"AQI=","none":null,"on":true,"ratio":0.5,"rows":[{"key_id":"a"}],"small":3}`
	if string(text) != want {
		t.Errorf("\n got %s\nwant %s", text, want)
	}
	if problem.Facts(5) != nil || problem.Facts(struct{}{}) != nil || problem.Facts((*row)(nil)) != nil {
		t.Error("something without fields has facts")
	}
}

func TestEveryRowHasAStatusAndAnExitCode(t *testing.T) {
	t.Parallel()
	for _, code := range problem.Codes() {
		row, ok := problem.Lookup(code)
		if !ok || row.Exit < 1 || row.Exit > 12 || row.Status != 0 && (row.Status < 400 || row.Status > 599) {
			t.Errorf("%s: %+v", code, row)
		}
	}
}

// What waits for somebody is not asked for again and again, and what may go at the next
// moment says when.
func TestARefusalSaysWhetherAskingAgainHelps(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		status int
		again  string
	}{
		"license.read-only":       {423, ""},
		"license.set-dropped":     {423, ""},
		"license.set-not-genuine": {423, ""},
		"installation.suspended":  {423, ""},
		"storage.read-only":       {423, ""},
		"storage.damaged":         {423, ""},
		"storage.rolled-back":     {423, ""},
		"storage.schema-changed":  {423, ""},
		"storage.cannot-check":    {423, ""},
		"storage.unavailable":     {503, "5"},
		"storage.unknown-outcome": {503, ""},
		"storage.closed":          {503, "5"},
		"blockers.unreachable":    {503, "5"},
		"signin.busy":             {503, "5"},
		"host.repair-only":        {503, ""},
		"storage.moved":           {503, ""},
		"seat.pool-full":          {409, ""},
	} {
		row, ok := problem.Lookup(code)
		header := http.Header{}
		problem.Problem{Code: code, Status: row.Status, Exit: row.Exit}.SetAgain(header)
		if !ok || row.Status != want.status || header.Get("Retry-After") != want.again {
			t.Errorf("%s: %d, again after %q, want %+v", code, row.Status, header.Get("Retry-After"), want)
		}
	}
	header := http.Header{"Retry-After": {"60"}}
	problem.Problem{Status: 503, Exit: problem.NotReachable}.SetAgain(header)
	if header.Get("Retry-After") != "60" {
		t.Errorf("what was said before became %v", header)
	}
}
