package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// upload sends a file with the token of the page that was shown last.
func (r *reader) upload(path string, file []byte) *shown {
	r.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	r.w.must(form.WriteField("csrf", r.last.token()))
	part, err := form.CreateFormFile("file", "license.pott")
	r.w.must(err)
	part.Write(file)
	r.w.must(form.Close())
	request, err := http.NewRequest("POST", r.base+path, &body)
	r.w.must(err)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := r.http.Do(request)
	r.w.must(err)
	return r.read(answer)
}

func TestALicenseIsLoadedFromAFileOrByPasting(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/import").says(t, "From a file", "By pasting", "Step 1", "Step 2")
	file := w.Vendors.File(t, w.offer(map[license.Module]int64{"sales": 2}))
	s := r.upload("/licenses/import", file)
	s.says(t, "Set superoffice-2 is received and genuine", "Review set superoffice-2")
	if s.path != "/licenses/review/superoffice-2" {
		t.Errorf("at %s", s.path)
	}
	pasted := "\r\n" + strings.ReplaceAll(string(w.Vendors.File(t, w.offer(map[license.Module]int64{"sales": 1}))), "\n", "\r\n") + "\r\n"
	r.send("/licenses/import", "text", pasted).says(t, "Set superoffice-3 is received and genuine")
	r.send("/licenses/import", "text", pasted).says(t, "Set superoffice-3 had been received before")
	s = r.send("/licenses/import", "text", " ")
	if s.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing: %d", s.status)
	}
	s.says(t, "Choose a file or paste the text of a license")
}

func TestALicenseThatOnlyRaisesComesInForceAndSaysSoUntilSeen(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/import")
	s := r.upload("/licenses/import", w.Vendors.File(t, w.offer(map[license.Module]int64{"sales": 9})))
	s.says(t, "Set superoffice-2 is active.", "1 license changed.", "Your new license is active.", "came into force by itself", "I have seen it")
	s = r.send("/licenses/history/seen", s.fields(t, "I have seen it")...)
	s.lacks(t, "came into force by itself")
	if s.path != "/licenses/history" {
		t.Errorf("at %s", s.path)
	}
	r.get("/licenses/history/superoffice-1..superoffice-2").says(t, "1 row differs", "The sales", "Quantity", "3", "9")
}

func TestEveryRefusalHasAPageOfItsOwnAndChangesNothing(t *testing.T) {
	for _, row := range []struct {
		name string
		file func(w *world) []byte
		code string
		says string
	}{
		{"a byte is another", func(w *world) []byte {
			file := w.Vendors.File(t, w.offer(map[license.Module]int64{"sales": 9}))
			return bytes.Replace(file, []byte(`"quantity":9`), []byte(`"quantity":8`), 1)
		}, "set.bad-signature", "signature"},
		{"nobody the roots know", func(w *world) []byte {
			set := w.offer(nil)
			set.Issuer, set.Number, set.Previous = housetest.Stranger, 1, ""
			return w.Vendors.File(t, set)
		}, "set.unknown-issuer", "STRANGER"},
		{"for somebody else", func(w *world) []byte {
			set := w.offer(nil)
			set.Serial = "1600070138"
			return w.Vendors.File(t, set)
		}, "set.other-serial", "1600070138"},
		{"older than the one in force", func(w *world) []byte {
			old := w.Vendors.File(t, w.offer(map[license.Module]int64{"sales": 2}))
			newer := w.offer(map[license.Module]int64{"sales": 1})
			newer.Number = 5
			w.waits(newer)
			return old
		}, "set.older", "is not newer than set 5"},
		{"ended", func(w *world) []byte {
			set := w.offer(nil)
			set.Dates = license.Dates{Expiry: license.Date{Year: 2026, Month: 6, Day: 1}, Grace: license.Date{Year: 2026, Month: 6, Day: 5}}
			set.Issued = housetest.Noon.AddDate(0, -1, 0)
			return w.Vendors.File(t, set)
		}, "set.expired", "2026"},
		{"cut short", func(w *world) []byte { return w.Vendors.File(t, w.offer(nil))[:300] }, "set.malformed", ""},
		{"not a license", func(w *world) []byte { return []byte("hello\n") }, "set.malformed", ""},
		{"issued in the future", func(w *world) []byte {
			set := w.offer(nil)
			set.Issued = housetest.Noon.Add(72 * time.Hour)
			return w.Vendors.File(t, set)
		}, "set.not-yet-valid", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.host()
			r.get("/licenses/import")
			s := r.upload("/licenses/import", row.file(w))
			if s.status < 400 || s.status > 499 {
				t.Errorf("%d", s.status)
			}
			s.says(t, row.says, row.code, "Your current set is untouched and stays in force until 8 April 2027", "Details for support", "sha-256", "Load another file")
			s.lacks(t, "Karin")
			if w.inForce() != "superoffice-1" {
				t.Errorf("%s is in force", w.inForce())
			}
		})
	}
}

func TestALicenseForLaterIsKept(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/import")
	set := w.offer(map[license.Module]int64{"sales": 9})
	set.Start = license.Date{Year: 2026, Month: 7, Day: 1}
	r.upload("/licenses/import", w.Vendors.File(t, set)).says(t, "Set superoffice-2 is kept: it is not valid before 1 July 2026", "Let it take over on 1 July 2026")
}

func TestARequestIsMadeReadOutAndDownloaded(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/import")
	s := r.send("/licenses/import/request", "issuer", "SUPEROFFICE")
	s.says(t, "A request to SuperOffice AS is made", "Compare these groups")
	fields := s.fields(t, "Download the request file")
	s = r.send("/licenses/import/request-file", fields...)
	if !strings.Contains(s.header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(s.body, "pott-license-request/") {
		t.Fatalf("%v %.80s", s.header, s.body)
	}
	spoken := licenseserver.Spoken([]byte(s.body))
	r.get("/licenses/import")
	if s := r.send("/licenses/import/request-file", "request", "anything"); s.status != http.StatusBadRequest {
		t.Errorf("anything is downloaded: %d", s.status)
	}
	r.get("/licenses/import")
	s = r.send("/licenses/import/request", fields[0], fields[1], "issuer", "SUPEROFFICE")
	s.lacks(t, spoken) // each request is another
	r.send("/licenses/import/request", "issuer", "no such").says(t, "1 thing to correct")
}

func TestKeyListsAreLoadedLikeALicense(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/import")
	w.Vendors = w.Vendors.Revoked(t, "AMSYSTEM", licensefile.RefuseNew, license.Date{})
	s := r.upload("/licenses/import", w.Vendors.KeyLists())
	s.says(t, "Key list 2 is received", "Revoked keys", "Nothing new is accepted from it", "SUPEROFFICE", "Genuine", "Root keys")
	if s.path != "/licenses/keys" {
		t.Errorf("at %s", s.path)
	}
}

func TestTheIssuersServerIsAskedAndItsFailureIsSaid(t *testing.T) {
	w := newWorld(t)
	w.AskWith(t, func(context.Context, string, []byte) ([]byte, error) { return nil, context.DeadlineExceeded }, "SUPEROFFICE")
	w.reopen()
	r := w.host()
	s := r.get("/licenses/keys")
	s.says(t, "Fetch now", "Ask SuperOffice AS now", "Register with a one-time code", "Not registered")
	s = r.send("/licenses/keys/fetch", "issuer", "SUPEROFFICE")
	if s.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", s.status)
	}
	s.says(t, "1 thing to correct")
	s = r.send("/licenses/keys/register", "issuer", "SUPEROFFICE", "code", "?")
	s.says(t, "1 thing to correct")
}

func TestAnAuditorReadsTheHistoryAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	in := w.Installation("acme")
	link, err := in.MakeLink(t.Context(), installation.Act{By: housetest.Host}, "olle")
	w.must(err)
	begun, err := in.SignInLink(byPage(t.Context()), installation.Visit{}, strings.TrimPrefix(link.Path, installation.LinkPath), "")
	w.must(err)
	r := w.nobody()
	r.enter(begun.Cookie)
	r.get("/licenses/history").lacks(t, "Load a license", "How new sets come into force")
	r.get("/licenses/keys").lacks(t, "Fetch now")
	for _, path := range []string{"/licenses/import", "/licenses/review"} {
		if s := r.get(path); s.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, s.status)
		}
	}
	r.get("/licenses/history")
	for _, path := range []string{"/licenses/history/roll-back", "/licenses/keys/fetch", "/licenses/keys/register", "/licenses/import/request", "/licenses/review/superoffice-1"} {
		if s := r.send(path); s.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, s.status)
		}
		r.get("/licenses/history")
	}
}

func TestHowLicensesComeInForceIsChanged(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/history").says(t, "superoffice-1", "By hand", "No way back")
	r.last.says(t, "How a new set comes into force", "Sets that only add come into force by themselves.", "A set that takes anything away waits for you.")
	if !strings.Contains(r.last.body, `href="/acme/settings#policy"`) {
		t.Errorf("it does not lead to where it is changed: %s", r.last.body)
	}
	r.get("/settings")
	r.send("/settings/policy", "activation", "ask")
	r.get("/licenses/history").says(t, "Always ask before a set comes into force.", "Every set waits for you.")
	r.get("/licenses/import")
	r.upload("/licenses/import", w.Vendors.File(t, w.offer(map[license.Module]int64{"sales": 9}))).says(t, "received and genuine", "+6")
	s := r.get("/licenses/history/x?from=superoffice-1&to=superoffice-2")
	if s.path != "/licenses/history/superoffice-1..superoffice-2" {
		t.Errorf("at %s", s.path)
	}
	if s := r.get("/licenses/history/superoffice-1..superoffice-7"); s.status != http.StatusNotFound {
		t.Errorf("a set nobody has: %d", s.status)
	}
}
