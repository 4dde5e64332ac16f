package web

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/license"
)

// A visit is one request of one reader: the frame of the page that answers it,
// and everything a page needs to ask the house.
type visit struct {
	page.Frame
	w       http.ResponseWriter
	r       *http.Request
	door    *Door
	in      *installation.Installation // nil where no installation is meant
	about   installation.About
	session *installation.Session // nil when nobody is signed in
	act     installation.Act      // as whom the house is asked; not a dry run
	now     time.Time
	id      string // of the request
	status  int    // of the page; 0 is 200
	alone   bool   // the browser asks by itself
	locked  bool   // a form was refused because little can be changed now

	profiles map[string]string // names by code; nil: not read yet
	hides    map[string]int64  // see hidden; nil: not read yet
}

// ctx returns the context of the request.
func (v *visit) ctx() context.Context { return v.r.Context() }

// dry is the act as a rehearsal: everything is decided and nothing is done.
func (v *visit) dry() installation.Act {
	act := v.act
	act.DryRun = true
	return act
}

// may reports whether the reader may do what a scope allows.
func (v *visit) may(scope string) bool {
	return v.session != nil && (scope == member || v.session.May(scope))
}

// query returns a parameter of the address, without spaces around it.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// pageNumber is which page of a list is meant, from 1.
func (v *visit) pageNumber() int {
	n, err := strconv.Atoi(v.query("page"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// form returns a value that was sent, without spaces around it.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// ticked reports whether a box was ticked.
func (v *visit) ticked(name string) bool { return v.r.PostFormValue(name) != "" }

// with returns the path of this page with some parameters changed; "" takes one
// away. names and values alternate.
func (v *visit) with(pairs ...string) string {
	q := v.r.URL.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return v.Path
	}
	return v.Path + "?" + q.Encode()
}

// titled names the page and the part of the site it belongs to.
func (v *visit) titled(section, title string) {
	v.Section, v.Title, v.Part = section, title, ""
}

// onPage names which page of a long list is shown, beyond the first.
func (v *visit) onPage(p page.Pager) {
	if p.Page > 1 {
		v.Part = strings.TrimPrefix(v.Part+", "+v.Say("frame.page", "N", p.Page), ", ")
	}
}

// show answers with a page around a content.
func (v *visit) show(content templ.Component) error {
	var b bytes.Buffer
	if v.Closed != nil { // what the page says on top is known once the rest has been gone through
		if err := content.Render(v.ctx(), io.Discard); err != nil {
			return err
		}
	}
	if err := page.Layout(&v.Frame, content).Render(v.ctx(), &b); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	return v.send(v.status, b.Bytes())
}

// wrong shows a form again that was not accepted; its fields hold what was
// typed.
func (v *visit) wrong(content templ.Component) error {
	v.Wrong, v.status = true, http.StatusUnprocessableEntity
	if v.locked {
		v.status = http.StatusLocked
	}
	return v.show(content)
}

// json answers with a document.
func (v *visit) json(doc any) error {
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	return v.send(0, append(text, '\n'))
}

// download answers with a file to keep.
func (v *visit) download(name, kind string, text []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	return v.send(0, text)
}

// goTo leads the reader to a path of the installation.
func (v *visit) goTo(path string) error {
	http.Redirect(v.w, v.r, v.Base+path, http.StatusSeeOther)
	return nil
}

// done leads the reader to a page that says what was done.
func (v *visit) done(path string, r page.Receipt) error {
	v.setReceipt(r)
	return v.goTo(path)
}

// explain returns the sentences of an error in the reader's language, with
// licenses under the names the reader knows.
func (v *visit) explain(err error) (i18n.Text, string) {
	return explain(v.in, v.Lang, err)
}

// fault is an error as something wrong with a form, or with one field of it.
func (v *visit) fault(field string, err error) page.Fault {
	text, code := v.explain(err)
	if row, _ := problem.Lookup(code); row.Status == http.StatusLocked {
		v.locked = true
		return page.Fault{Field: field, Text: v.refusal(err), Code: code}
	}
	return page.Fault{Field: field, Text: strings.TrimSpace(text.Detail + " " + text.Hint), Code: code, Foreign: text.Foreign}
}

// faultAt is a fault at the field of a form that an error is about: ids are the
// fields by what the error calls them. Any other is a fault of the whole form.
func (v *visit) faultAt(err error, ids map[string]string) page.Fault {
	name := ""
	switch bad, word, confirm := new(installation.BadValueError), new(license.BadWordError), new(installation.NotConfirmedError); {
	case errors.As(err, &bad):
		name = bad.Field
	case errors.As(err, &word):
		name = word.Of
	case errors.As(err, &confirm):
		name = "code"
	}
	return v.fault(ids[name], err)
}

const receiptCookie = "pott_receipt"

// setReceipt gives the next page something to say. It travels with the reader,
// signed, so that nobody else can put words into the page's mouth.
func (v *visit) setReceipt(r page.Receipt) {
	text, err := json.Marshal(r)
	if err != nil || v.session == nil {
		return
	}
	if len(text) > 2400 { // a cookie holds 4 kB
		r.Items, r.Undo = nil, nil
		if text, err = json.Marshal(r); err != nil || len(text) > 2400 {
			return
		}
	}
	value := base64.RawURLEncoding.EncodeToString(text) + "." + v.sign(text)
	v.setCookie(receiptCookie, value, 10*time.Minute)
}

// takeReceipt returns what the page before wanted said, once.
func (v *visit) takeReceipt() *page.Receipt {
	c, err := v.r.Cookie(receiptCookie)
	if err != nil || v.session == nil {
		return nil
	}
	v.setCookie(receiptCookie, "", -time.Second)
	body, seal, _ := strings.Cut(c.Value, ".")
	text, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || !hmac.Equal([]byte(seal), []byte(v.sign(text))) {
		return nil
	}
	var r page.Receipt
	if json.Unmarshal(text, &r) != nil {
		return nil
	}
	return &r
}

func (v *visit) sign(text []byte) string {
	mac := hmac.New(sha256.New, v.session.ReceiptKey())
	mac.Write([]byte("receipt\n"))
	mac.Write(text)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// setCookie keeps a value in the reader's browser, for this installation only. A
// negative age takes it away, 0 keeps it while the browser is open.
func (v *visit) setCookie(name, value string, age time.Duration) {
	http.SetCookie(v.w, &http.Cookie{
		Name: name, Value: value, Path: v.Base + "/", MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: secure(v.r), SameSite: http.SameSiteLaxMode,
	})
}

// here reports whether an address that was sent leads within this installation,
// and returns it. Anything else would let others send readers away from here.
func here(text string) (string, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(text, "//") || strings.ContainsAny(text, "\\\r\n\t") {
		return "/", false
	}
	return text, true
}

// read takes in the form of a request; what is too large is refused.
func (v *visit) read(most int64) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	var err error
	if strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/form-data") {
		err = v.r.ParseMultipartForm(most)
	} else {
		err = v.r.ParseForm()
	}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return &FormTooLargeError{Limit: tooLarge.Limit}
	} else if err != nil {
		return &BadFormError{}
	}
	return nil
}
