package httpapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// A LicenseServer is what the API answers installations with. Without receipts it
// answers none.
type LicenseServer struct {
	Receipts authority.Receipts
	Now      func() time.Time // nil: time.Now
}

// Requests that are let in: many from one address, because a proxy may stand
// before many installations, few from one installation.
const (
	perAddress = 600 // a minute
	perKey     = 30
)

// exchange answers one request of an installation. It needs no token: the request
// is signed.
func (a *API) exchange(w http.ResponseWriter, r *http.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "text/plain" {
		return &MediaError{Got: r.Header.Get("Content-Type")}
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	if err := a.addresses.take(host, a.server.Now()); err != nil {
		return limited(w, err)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, licenseserver.MaxRequest))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return &licenseserver.TooLargeError{What: "the request", Limit: licenseserver.MaxRequest}
	}
	if err != nil {
		return &licenseserver.MalformedError{Why: "it ended early"}
	}
	q, err := licenseserver.ParseRequest(body)
	if err != nil {
		return err
	}
	if err := a.installations.take(licensefile.Fingerprint(q.Key), a.server.Now()); err != nil {
		return limited(w, err)
	}
	reply, err := a.house.Answer(r.Context(), q, a.server.Receipts, a.server.Now(), fieldsOf(r)...)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", licenseserver.MediaType)
	_, err = w.Write(reply)
	return err
}

// fieldsOf are the optional fields that an installation can read.
func fieldsOf(r *http.Request) []string {
	var fields []string
	for name := range strings.SplitSeq(r.Header.Get(licenseserver.FieldsHeader), ",") {
		fields = append(fields, strings.TrimSpace(name))
	}
	return fields
}

func limited(w http.ResponseWriter, err *BusyError) error {
	w.Header().Set("Retry-After", fmt.Sprint(err.Seconds))
	return err
}
