package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/license"
)

// maxChecks is how many questions one request may ask.
const maxChecks = 1000

// maxCheckBody bounds the body of a single question, so that a buffer for it
// can be kept: a user id and a name, with room to spare.
const maxCheckBody = 64 << 10

var checkScope = []string{api.ScopeCheck}

// checkRoutes are the questions. POST /v1/check stands here for the document;
// requests for it are answered by [Door.check] before they reach the mux.
func checkRoutes() []operation {
	why := read("/v1/why", "explain", api.ScopeRead, "The answer to one question, with everything that led to it",
		func(c *call) (api.Why, error) {
			q := api.Check{Person: c.query.Get("person"), Module: c.query.Get("module"), Client: c.query.Get("client"), Feature: c.query.Get("feature"), Database: c.query.Get("database")}
			if c.flag("proof") {
				return c.in.WhyProved(c.r.Context(), c.act, q)
			}
			return c.in.Why(c.r.Context(), c.act, q)
		}).with(
		parameter{name: "person", kind: "string", doc: "User id."},
		parameter{name: "module", kind: "string", doc: "May the person use it?"},
		parameter{name: "client", kind: "string", doc: "May the person sign in that way?"},
		parameter{name: "feature", kind: "string", doc: "Is it on, and may the person edit?"},
		parameter{name: "database", kind: "string", doc: "In place of the person: may this database use the module?"},
		parameter{name: "proof", kind: "boolean", doc: "Whether the proof is wanted that the license that decides is in the set in force."}).may("check.bad-question", "check.unknown-client", "check.ambiguous-client", "proof.none").may(nameCodes...)

	own := read("/v1/people/{id}/licenses", "listOwnLicenses", api.ScopeRead, "What somebody may use and why, in one sentence each, as it is told to the person",
		func(c *call) (api.OwnLicenses, error) { return c.in.MyLicenses(c.r.Context(), c.act, c.path("id")) }).may("person.unknown")
	one := change("POST", "/v1/check", "check", api.ScopeCheck, "Ask one question",
		func(c *call, q api.Check) (api.Answer, error) { return c.in.Check(q) })
	one.query = nil
	many := change("POST", "/v1/checks", "checkMany", api.ScopeCheck, "Ask up to 1000 questions, all answered from one state",
		func(c *call, q api.Checks) (api.Answers, error) { return c.in.Checks(q.Checks) })
	many.query = nil
	many.serve = serveChecks
	return []operation{one.may("check.bad-question"), many.may("check.bad-question", "request.too-many-checks"), why.alsoScope(api.ScopeCheck), own}
}

// buffers holds the working memory of questions being answered.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// check answers POST /v1/check. It is written by hand because it is asked more
// often than everything else together.
func (d *Door) check(w http.ResponseWriter, r *http.Request, name string) {
	in, _, err := d.admit(r, name, checkScope)
	if err != nil {
		fail(w, r, d.log, err)
		return
	}
	if _, err := readQuery(r, nil); err != nil {
		fail(w, r, d.log, err)
		return
	}
	if h := r.Header["Content-Type"]; len(h) != 1 || h[0] != "application/json" {
		if err := wantMedia(r, "application/json"); err != nil {
			fail(w, r, d.log, err)
			return
		}
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	body, err := readInto((*buffer)[:0], w, r)
	*buffer = body[:0]
	if err != nil {
		fail(w, r, d.log, err)
		return
	}
	q, err := decodeCheck(body)
	if err != nil {
		fail(w, r, d.log, err)
		return
	}
	ask := in.Check
	if doorOf(r) == audit.ByCommand { // somebody at a keyboard wants to know
		ask = in.Peek
	}
	a, err := ask(q)
	if err != nil {
		fail(w, r, d.log, err)
		return
	}
	h := w.Header()
	h["Content-Type"] = jsonHeader
	out := appendAnswer(body[:0], a)
	h["Content-Length"] = []string{strconv.Itoa(len(out))}
	*buffer = out[:0]
	w.Write(out)
}

var jsonHeader = []string{"application/json"}

// readInto reads a whole small body into b.
func readInto(b []byte, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxCheckBody {
		w.Header().Set("Connection", "close")
		return b, &TooLargeError{Limit: maxCheckBody}
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if len(b) > maxCheckBody {
			w.Header().Set("Connection", "close")
			return b, &TooLargeError{Limit: maxCheckBody}
		}
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, &MalformedError{Why: "it ended early"}
		}
	}
}

// appendAnswer writes the answer as encoding/json would, without its help.
func appendAnswer(b []byte, a api.Answer) []byte {
	b = append(b, `{"effect":"`...)
	b = append(b, a.Effect...)
	b = append(b, `","reason":"`...)
	b = append(b, a.Reason...)
	b = append(b, '"')
	if !a.Until.IsZero() {
		b = append(b, `,"until":"`...)
		b = appendDate(b, a.Until)
		b = append(b, '"')
	}
	if a.Grace {
		b = append(b, `,"grace":true`...)
	}
	if !a.Expected.IsZero() {
		b = append(b, `,"expected":"`...)
		b = a.Expected.AppendFormat(b, time.RFC3339Nano)
		b = append(b, '"')
	}
	b = append(b, `,"seq":`...)
	b = strconv.AppendInt(b, a.Seq, 10)
	return append(b, "}\n"...)
}

// appendDate writes a date as it writes itself.
func appendDate(b []byte, d license.Date) []byte {
	two := func(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }
	if d.Year < 0 || d.Year > 9999 {
		return append(b, d.String()...)
	}
	b = two(two(b, d.Year/100), d.Year%100)
	b = two(append(b, '-'), int(d.Month))
	return two(append(b, '-'), d.Day)
}

// decodeCheck reads one question. The plain form that programs send, an object
// of texts without escapes, is read here; everything else goes the way of all
// other bodies, which also says what is wrong with it.
func decodeCheck(body []byte) (api.Check, error) {
	if q, ok := plainCheck(body); ok {
		return q, nil
	}
	return decode[api.Check](body)
}

// plainCheck reads {"person":"…","module":"…"} and reports false for anything
// it is not sure about.
func plainCheck(b []byte) (q api.Check, ok bool) {
	b, ok = token(b, '{')
	for ok {
		var name, value []byte
		if name, b, ok = plainText(b); !ok {
			break
		}
		if b, ok = token(b, ':'); !ok {
			break
		}
		if value, b, ok = plainText(b); !ok {
			break
		}
		field := checkField(&q, name)
		if field == nil || *field != "" || len(value) == 0 {
			return q, false
		}
		*field = string(value)
		rest, more := token(b, ',')
		if !more {
			b, ok = token(b, '}')
			return q, ok && len(spaces(b)) == 0
		}
		b = rest
	}
	return q, false
}

func checkField(q *api.Check, name []byte) *string {
	switch string(name) {
	case "person":
		return &q.Person
	case "module":
		return &q.Module
	case "client":
		return &q.Client
	case "feature":
		return &q.Feature
	case "database":
		return &q.Database
	}
	return nil
}

func spaces(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n' || b[0] == '\r' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

func token(b []byte, c byte) ([]byte, bool) {
	b = spaces(b)
	if len(b) == 0 || b[0] != c {
		return b, false
	}
	return b[1:], true
}

// plainText reads a text of printable ASCII without escapes.
func plainText(b []byte) (text, rest []byte, ok bool) {
	b, ok = token(b, '"')
	if !ok {
		return nil, b, false
	}
	for i, c := range b {
		switch {
		case c == '"':
			return b[:i], b[i+1:], true
		case c == '\\' || c < ' ' || c > '~':
			return nil, b, false
		}
	}
	return nil, b, false
}

// rawChecks is api.Checks with each question still to be read, strictly.
type rawChecks struct {
	Checks []json.RawMessage `json:"checks"`
}

// serveChecks answers a batch from one state.
func serveChecks(w http.ResponseWriter, c *call) error {
	if err := wantMedia(c.r, "application/json"); err != nil {
		return err
	}
	body, err := readBody(w, c.r, maxBody)
	if err != nil {
		return err
	}
	raw, err := decode[rawChecks](body)
	if err != nil {
		return err
	}
	if len(raw.Checks) > maxChecks {
		return &TooManyChecksError{Got: len(raw.Checks), Limit: maxChecks}
	}
	questions := make([]api.Check, len(raw.Checks))
	for i := range raw.Checks {
		if questions[i], err = decodeCheck(raw.Checks[i]); err != nil {
			return err
		}
	}
	ask := c.in.Checks
	if doorOf(c.r) == audit.ByCommand {
		ask = c.in.PeekAll
	}
	answers, err := ask(questions)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answers)
}
