package web

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/internal/installation"
)

// A doorkeeper remembers what was sent by people whose session had ended, where it
// cannot be stored with everything else because nothing can be written. It is kept in
// this process only.
type doorkeeper struct {
	mu     sync.Mutex
	drafts map[string]draft
}

// A draft is a form that was sent too late. Only the person who sent it sees it.
type draft struct {
	id           string // of one that is stored; "" otherwise
	installation string
	person       string
	path         string
	form         url.Values
	until        time.Time
}

const (
	draftLife  = 24 * time.Hour
	draftBytes = 64 << 10
	mostDrafts = 500
)

// secretFields are never kept.
var secretFields = []string{"password", "current", "secret", "token", "answer"}

// keepDraft keeps the form of a request whose session has ended, and returns what
// it is found by. Forms of strangers are not kept.
func (v *visit) keepDraft() (id string, ok bool) {
	c, err := v.r.Cookie(sessionCookie(v.r))
	if err != nil || v.in == nil || v.door.foreign.Check(v.r) != nil {
		return "", false
	}
	person, ok := v.in.WasSignedIn(c.Value, v.now)
	if !ok || strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") || v.read(draftBytes) != nil {
		return "", false
	}
	form := v.r.PostForm
	form.Del("csrf")
	if len(form) == 0 || slices.ContainsFunc(secretFields, form.Has) {
		return "", false
	}
	if id, err := v.in.KeepForm(v.ctx(), person, installation.WaitingForm{Path: v.Path, Form: form}); err == nil {
		return id, true
	}
	id = rand.Text()
	v.door.doorkeeper.keep(id, draft{installation: v.in.Name(), person: person, path: v.Path, form: form, until: v.now.Add(draftLife)}, v.now)
	return id, true
}

func (d *doorkeeper) keep(id string, x draft, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.drafts == nil {
		d.drafts = map[string]draft{}
	}
	oldest := ""
	for id, old := range d.drafts {
		if !now.Before(old.until) {
			delete(d.drafts, id)
		} else if oldest == "" || old.until.Before(d.drafts[oldest].until) {
			oldest = id
		}
	}
	if len(d.drafts) >= mostDrafts {
		delete(d.drafts, oldest)
	}
	d.drafts[id] = x
}

// find returns a draft of a person, while it is kept.
func (d *doorkeeper) find(id, installation, person string, now time.Time) (draft, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x, ok := d.drafts[id]
	return x, ok && x.installation == installation && x.person == person && person != "" && now.Before(x.until)
}

// showDraft shows what was sent too late, and sends it when the reader says so:
// much may have changed meanwhile.
func showDraft(v *visit) error {
	id := v.r.PathValue("id")
	x, ok := v.door.find(id, v.in.Name(), v.session.Person, v.now)
	if form, stored := v.in.Form(v.ctx(), v.session.Person, id); stored {
		x, ok = draft{id: id, path: form.Path, form: form.Form}, true
	}
	if !ok {
		return v.goTo("/")
	}
	v.titled("", v.Say("signin.draft-title"))
	return v.show(draftPage(v, x))
}

// sentField names the draft a form was sent from.
const sentField = "waiting_form"

// sent is the form that sends a draft: it says which, so that it is forgotten then.
func (x draft) sent() [][2]string {
	if x.id == "" {
		return x.fields()
	}
	return append(x.fields(), [2]string{sentField, x.id})
}

// takeSent takes the name of the draft a form was sent from out of the form.
func (v *visit) takeSent() string {
	id := v.r.PostFormValue(sentField)
	v.r.PostForm.Del(sentField)
	return id
}

// forgetSent forgets a draft whose form led somewhere: it was not shown again.
func (v *visit) forgetSent(id string) {
	if id == "" || v.status != 0 || v.session == nil {
		return
	}
	if err := v.in.DropForm(v.ctx(), v.session.Person, id); err != nil {
		v.door.log.Warn("a form that was sent is kept on", "request", v.id, "err", err)
	}
}

// fields are the names and values of a draft, in order.
func (x draft) fields() (all [][2]string) {
	var names []string
	for name := range x.form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range x.form[name] {
			all = append(all, [2]string{name, value})
		}
	}
	return all
}
