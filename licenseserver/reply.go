package licenseserver

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

const replyFormat = "pott-license-reply/v1"

// A Reply is what a license server answers to one request.
type Reply struct {
	Kind         Kind // of the request
	Issuer       license.Issuer
	Serial       string // of the request
	Installation string // fingerprint of the key that asked
	Nonce        string // of the request
	Request      string // its hash, see [Request.Hash]
	Made         time.Time

	Refused  Refusal // "" when it was done
	Status   Status
	Messages license.Texts // to show, by language; nil for none
	Address  string        // https address to show with the messages, never to be opened by a program
	Set      Mark          // the newest set signed for the serial number; zero for none
	Company  string        // that it names

	// Last is where the installation's records stood furthest of all times it has
	// told the server before, or zero. A server gives it only when asked to, see
	// [FieldsHeader].
	Last Place

	NewSerial  string // of a [Change] that was done, or with [NewSerial]: the serial number to have
	NewCompany string // that goes with it

	// File is the license file a [Fetch] or [Change] brings, or nil. It stands
	// behind the signed part, which holds its size and hash.
	File []byte
}

// text returns the lines that are signed.
func (r *Reply) text() []byte {
	var w writer
	w.b.WriteString(replyFormat + "\n")
	w.put("kind", string(r.Kind))
	w.put("issuer", string(r.Issuer))
	w.put("serial", r.Serial)
	w.put("installation", r.Installation)
	w.put("nonce", r.Nonce)
	w.put("request", r.Request)
	w.moment("made", r.Made)
	w.put("refused", string(r.Refused))
	w.put("status", string(r.Status))
	for _, lang := range license.Languages {
		w.put("message-"+lang, r.Messages[lang])
	}
	w.put("address", r.Address)
	w.mark("set", r.Set)
	w.put("company", r.Company)
	w.put("new-serial", r.NewSerial)
	w.put("new-company", r.NewCompany)
	w.place("last", r.Last)
	if r.File != nil {
		w.put("file", fileField(r.File))
	}
	return []byte(w.b.String())
}

func fileField(file []byte) string { return fmt.Sprintf("%d %s", len(file), hashOf(file)) }

// ReplyTo returns the beginning of a reply to a request.
func ReplyTo(q *Request, now time.Time) *Reply {
	return &Reply{Kind: q.Kind, Issuer: q.Issuer, Serial: q.Serial, Installation: q.Installation(), Nonce: q.Nonce,
		Request: q.Hash(), Made: now.UTC().Truncate(time.Second), Status: OK}
}

// SignReply returns a reply as it is sent, signed with a key that the issuer's
// certificate names for receipts. It refuses what an installation could not read.
func SignReply(r *Reply, signer licensefile.Signer, cert []byte, keyLists ...[]byte) ([]byte, error) {
	text := r.text()
	if _, _, err := readReply(text); err != nil {
		return nil, err
	}
	body, err := licensefile.SignReceipt(text, r.Issuer, signer, cert, keyLists...)
	if err != nil {
		return nil, err
	}
	if r.File != nil {
		body = append(append(body, '\n'), r.File...)
	}
	if len(body) > MaxReply {
		return nil, &TooLargeError{What: "the reply", Limit: MaxReply}
	}
	return body, nil
}

// OpenReply reads the reply to a request and checks that a license server of the
// issuer made it, for this request and no other. The receipt holds the
// certificate and key lists it came with.
func OpenReply(body []byte, q *Request, trust licensefile.Trust) (*Reply, *licensefile.Receipt, error) {
	if len(body) > MaxReply {
		return nil, nil, &TooLargeError{What: "the reply", Limit: MaxReply}
	}
	head, _, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return nil, nil, &MalformedError{Why: "it is some lines, a blank line and what vouches for them"}
	}
	text := append(bytes.Clone(head), '\n')
	r, file, err := readReply(text)
	if err != nil {
		return nil, nil, err
	}
	if body, r.File, err = cutFile(body, file); err != nil {
		return nil, nil, err
	}
	if !bytes.Equal(r.text(), text) {
		return nil, nil, &MalformedError{Why: "it is not in its one spelling"}
	}
	receipt, err := licensefile.VerifyReceipt(body, q.Issuer, trust, r.Made)
	if err != nil {
		return nil, nil, err
	}
	if err := r.answers(q); err != nil {
		return nil, nil, err
	}
	return r, receipt, nil
}

// cutFile takes the license file from the end of a reply.
func cutFile(body []byte, field string) (signed, file []byte, err error) {
	if field == "" {
		return body, nil, nil
	}
	size, hash, _ := strings.Cut(field, " ")
	n, _ := strconv.Atoi(size) // at most 8 digits
	if n+2 > len(body) || body[len(body)-n-1] != '\n' {
		return nil, nil, &MalformedError{Why: "the file it says it brings is not there"}
	}
	file = body[len(body)-n:]
	if hashOf(file) != hash {
		return nil, nil, &MalformedError{Why: "it brings another file than it says"}
	}
	return body[:len(body)-n-1], file, nil
}

// readReply reads the signed lines; file is the value of that field.
func readReply(text []byte) (r *Reply, file string, err error) {
	rd, err := newReader(text, replyFormat)
	if err != nil {
		return nil, "", err
	}
	r = &Reply{}
	r.Kind = word(rd, "kind", Kinds, true)
	r.Issuer = rd.issuer("issuer")
	r.Serial = rd.matching("serial", serialGrammar, true)
	r.Installation = rd.matching("installation", fingerprintGrammar, true)
	r.Nonce = rd.matching("nonce", nonceGrammar, true)
	r.Request = rd.matching("request", hashGrammar, true)
	r.Made = rd.moment("made")
	r.Refused = word(rd, "refused", Refusals, false)
	r.Status = word(rd, "status", Statuses, true)
	for _, lang := range license.Languages {
		if text := rd.text("message-" + lang); text != "" {
			if r.Messages == nil {
				r.Messages = license.Texts{}
			}
			r.Messages[lang] = text
		}
	}
	r.Address = rd.text("address")
	r.Set = rd.mark("set")
	r.Company = rd.text("company")
	r.NewSerial = rd.matching("new-serial", serialGrammar, false)
	r.NewCompany = rd.text("new-company")
	r.Last = rd.place("last")
	file = rd.matching("file", fileGrammar, false)
	if err := rd.end(); err != nil {
		return nil, "", err
	}
	return r, file, r.check(file != "")
}

// check refuses a reply whose parts contradict each other.
func (r *Reply) check(file bool) error {
	switch {
	case r.Address != "" && !strings.HasPrefix(r.Address, "https://"):
		return &MalformedError{Why: "an address to show begins with https://"}
	case r.Address != "" && len(r.Messages) == 0:
		return &MalformedError{Why: "an address stands beside a message"}
	case file && (r.Refused != "" || r.Kind != Fetch && r.Kind != Change):
		return &MalformedError{Why: "only a fetch or a change that is not refused brings a file"}
	}
	return nil
}

// answers checks that a genuine reply is the one to a request.
func (r *Reply) answers(q *Request) error {
	for _, f := range []struct{ name, got, want string }{
		{"nonce", r.Nonce, q.Nonce}, {"request", r.Request, q.Hash()}, {"kind", string(r.Kind), string(q.Kind)},
		{"issuer", string(r.Issuer), string(q.Issuer)}, {"serial", r.Serial, q.Serial}, {"installation", r.Installation, q.Installation()},
	} {
		if f.got != f.want {
			return &OtherReplyError{Field: f.name, Got: f.got, Want: f.want}
		}
	}
	return nil
}
