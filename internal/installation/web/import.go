package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/license"
)

func importRoutes() []route {
	return []route{
		get("/licenses/import", api.ScopeActivate, showImport),
		post("/licenses/import", api.ScopeActivate, importSet).upTo(10 << 20).granting(),
		post("/licenses/import/request", api.ScopeAdmin, makeRequest),
		post("/licenses/import/request-file", api.ScopeAdmin, downloadRequest),
	}
}

// An importView is the page where a license is loaded.
type importView struct {
	Status  api.Status
	Issuers []page.Option
	Faults  page.Faults
	Request *api.RequestFile // just made; nil when none was
	Issuer  string           // it is for
	Code    string           // as it was typed, when the request was refused
}

func (v *visit) importView() (importView, error) {
	var x importView
	var err error
	if x.Status, err = v.in.Status(v.ctx(), v.act); err != nil {
		return x, err
	}
	seen := map[string]bool{}
	add := func(issuer string) {
		if !seen[issuer] {
			seen[issuer] = true
			x.Issuers = append(x.Issuers, page.Option{Value: issuer, Text: v.in.IssuerName(issuer)})
		}
	}
	for _, s := range x.Status.Sets {
		add(s.Issuer)
	}
	for _, a := range x.Status.Authorities {
		add(a.Issuer)
	}
	v.titled("licenses", v.Say("import.title"))
	v.crumbs(v.crumb("nav.licenses", "/licenses"))
	v.Command = "pott set load FILE"
	return x, nil
}

func showImport(v *visit) error {
	x, err := v.importView()
	if err != nil {
		return err
	}
	return v.show(importPage(v, x))
}

// importSet receives a license that was uploaded or pasted.
func importSet(v *visit) error {
	file, err := v.sentLicense()
	if err != nil {
		return err
	}
	if len(file) == 0 {
		x, err := v.importView()
		if err != nil {
			return err
		}
		x.Faults = page.Faults{{Field: "file", Text: v.Say("import.nothing")}}
		return v.wrong(importPage(v, x))
	}
	loaded, err := v.in.Load(v.ctx(), v.act, file)
	if err != nil {
		return v.refuseLicense(file, err)
	}
	return v.received(loaded)
}

// sentLicense returns the file that was chosen, byte for byte, or else the text
// that was pasted. Browsers send pasted lines with other endings than they had, so
// those are put right; whether the text is genuine is for the signature to say.
func (v *visit) sentLicense() ([]byte, error) {
	if f, _, err := v.r.FormFile("file"); err == nil {
		defer f.Close()
		file, err := io.ReadAll(f)
		if err != nil || len(file) > 0 {
			return file, err
		}
	}
	text := strings.TrimSpace(strings.ReplaceAll(v.r.PostFormValue("text"), "\r\n", "\n"))
	if text == "" {
		return nil, nil
	}
	return []byte(text + "\n"), nil
}

// received leads on from a license that was accepted.
func (v *visit) received(loaded api.LoadedSet) error {
	switch {
	case loaded.Keys != nil && loaded.Already:
		return v.done("/licenses/keys", page.Receipt{Title: v.Say("import.keys-known", "N", loaded.Keys.Number)})
	case loaded.Keys != nil:
		return v.done("/licenses/keys", page.Receipt{Title: v.Say("import.keys", "N", loaded.Keys.Number), Items: noteTexts(loaded.Notes)})
	case loaded.Activated != nil:
		return v.done("/licenses/history", v.activated(*loaded.Activated))
	case loaded.Already && loaded.Set.Status == "active":
		return v.done("/licenses/history", page.Receipt{Title: v.Say("review.already", "Set", loaded.Set.ID)})
	case loaded.Already:
		return v.done(reviewPath(loaded.Set.ID), page.Receipt{Title: v.Say("import.already", "Set", loaded.Set.ID)})
	case !loaded.Set.Start.IsZero() && loaded.Set.Start.After(license.DateOf(v.now)):
		return v.done(reviewPath(loaded.Set.ID), page.Receipt{Title: v.Say("import.later", "Set", loaded.Set.ID, "Day", loaded.Set.Start)})
	}
	return v.done(reviewPath(loaded.Set.ID), page.Receipt{Title: v.Say("import.received", "Set", loaded.Set.ID), Text: v.Say("import.waits")})
}

func noteTexts(notes []api.Note) []string {
	var texts []string
	for _, n := range notes {
		texts = append(texts, n.Text)
	}
	return texts
}

// A refusalView says why a license was refused, what that means and what to do.
type refusalView struct {
	Text   i18n.Text
	Effect string
	Copy   string // for support
	Again  string // where to try again
}

// refuseLicense shows on a page of its own why a license was not taken. The one in force
// stays in force, and the page says until when.
func (v *visit) refuseLicense(file []byte, refused error) error {
	p, known := problem.Of(refused)
	if !known {
		return refused
	}
	status, err := v.in.Status(v.ctx(), v.act)
	if err != nil {
		return err
	}
	text, code := v.explain(refused)
	x := refusalView{Text: text, Effect: v.stillInForce(status), Again: "/licenses/import"}
	x.Copy = v.details(code, text, file, status)
	v.status = p.Status
	v.titled("licenses", text.Title)
	v.crumbs(v.crumb("nav.licenses", "/licenses"), v.crumb("import.title", "/licenses/import"))
	return v.show(refusalPage(v, x))
}

// stillInForce says that nothing was taken away, and how long that lasts.
func (v *visit) stillInForce(status api.Status) string {
	if len(status.Sets) == 0 {
		return v.Say("import.none-in-force")
	}
	first := status.Sets[0]
	for _, s := range status.Sets {
		if !s.End.IsZero() && (first.End.IsZero() || s.End.Before(first.End)) {
			first = s
		}
	}
	switch {
	case first.State == "read-only":
		return v.Say("import.stays-read-only")
	case first.End.IsZero():
		return v.Say("import.stays")
	}
	return v.Say("import.stays-until", "Day", first.End)
}

// details are what support needs to know, in words that do not depend on the
// reader's language. No name of a person is among them.
func (v *visit) details(code string, text i18n.Text, file []byte, status api.Status) string {
	sum := sha256.Sum256(file)
	english, _ := i18n.Sentence("en", code, nil)
	line, _, _ := bytes.Cut(file, []byte("\n"))
	var b strings.Builder
	fmt.Fprintf(&b, "code: %s (%s)\nsaid: %s\nrequest: %s\ntime: %s\nversion: %s\n", code, english.Title, text.Detail, v.id, v.now.UTC().Format(time.RFC3339), v.Version)
	fmt.Fprintf(&b, "installation: %s, serial %s, key %s\n", status.Installation.Company, status.Installation.Serial, status.Installation.Fingerprint)
	for _, s := range status.Sets {
		fmt.Fprintf(&b, "in force: %s, %s\n", s.ID, s.State)
	}
	fmt.Fprintf(&b, "file: %d bytes, sha-256 %s, begins %q\n", len(file), hex.EncodeToString(sum[:]), bytes.ToValidUTF8(line[:min(len(line), 60)], nil))
	return b.String()
}

// makeRequest makes a request to be carried to the issuer as a file.
func makeRequest(v *visit) error {
	x, err := v.importView()
	if err != nil {
		return err
	}
	x.Issuer, x.Code = v.form("issuer"), v.form("code")
	made, err := v.in.RequestFile(v.ctx(), v.act, api.NewRequestFile{Issuer: x.Issuer, Code: x.Code})
	if err != nil {
		field := "issuer"
		if code := new(installation.BadCodeError); errors.As(err, &code) {
			field = "code"
		}
		x.Faults = page.Faults{v.fault(field, err)}
		return v.wrong(importPage(v, x))
	}
	x.Request, x.Code = &made, ""
	return v.show(importPage(v, x))
}

// mostRequest is how large a request file may be, in bytes.
const mostRequest = 64 << 10

// downloadRequest gives the request that was just shown as a file. It is the one
// the page carries: each that is made is another, and its short form would not be
// what was read out.
func downloadRequest(v *visit) error {
	text := strings.ReplaceAll(v.r.PostFormValue("request"), "\r\n", "\n")
	if !strings.HasPrefix(text, "pott-license-request/") || len(text) > mostRequest {
		return &BadFormError{}
	}
	return v.download("request.pott", "text/plain; charset=utf-8", []byte(text))
}
