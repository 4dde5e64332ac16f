// Package httpapi shows an authority's record over HTTP and answers
// installations as their license server: what can issue is not reachable from a
// network. The keys it answers with sign no set.
package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/problem"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// A Set is a set on record.
type Set struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"` // ISSUER/serial/number
	Issuer    license.Issuer `json:"issuer"`
	Serial    string         `json:"serial"`
	Number    int64          `json:"number"`
	Company   string         `json:"company"`
	State     string         `json:"state"` // "prepared", "begun", "signed" or "abandoned"
	Licenses  int64          `json:"licenses"`
	Expiry    string         `json:"expiry,omitempty"`
	Hash      string         `json:"hash"`
	Previous  string         `json:"previous,omitempty"`
	Catalogue int64          `json:"catalogue"` // number of the catalogue it was made from
	Prepared  time.Time      `json:"prepared_at"`
	By        string         `json:"prepared_by"`
	Decided   *time.Time     `json:"decided_at,omitempty"`
	DecidedBy string         `json:"decided_by,omitempty"`
	Reason    string         `json:"reason,omitempty"`
}

// SetOf returns an entry of the record as the API shows it.
func SetOf(e *authority.Entry) Set {
	s := Set{
		ID: e.ID, Name: fmt.Sprintf("%s/%s/%d", e.Issuer, e.Serial, e.Number), Issuer: e.Issuer, Serial: e.Serial, Number: e.Number,
		Company: e.Company, State: string(e.State), Licenses: e.Licenses, Expiry: e.Expiry.String(), Hash: e.Hash, Previous: e.Previous,
		Catalogue: e.Catalogue, Prepared: e.PreparedAt, By: e.PreparedBy, DecidedBy: e.DecidedBy, Reason: e.Reason,
	}
	if !e.DecidedAt.IsZero() {
		s.Decided = &e.DecidedAt
	}
	return s
}

// A Catalogue is the newest catalogue of an issuer.
type Catalogue struct {
	Issuer  license.Issuer `json:"issuer"`
	Name    string         `json:"name"`
	Number  int64          `json:"number"`
	Hash    string         `json:"hash"`
	Modules int            `json:"modules"`
	Plans   int            `json:"plans"`
	At      time.Time      `json:"added_at"`
	By      string         `json:"added_by"`
}

// CatalogueOf returns a catalogue as the API shows it.
func CatalogueOf(c *authority.StoredCatalogue) Catalogue {
	return Catalogue{c.Issuer.Code, c.Issuer.Name, c.Number, c.Hash, len(c.Modules), len(c.Plans), c.At, c.By}
}

// A List is any number of things.
type List[T any] struct {
	Items []T `json:"items"`
}

// API answers requests about one authority.
type API struct {
	house *authority.Authority
	token [sha256.Size]byte // hash of the token: comparing it takes the same time for every guess
	log   *slog.Logger

	server                   LicenseServer
	addresses, installations *limiter
}

// New returns the handler for an authority. Everything below /v1 needs the
// token, which must not be empty; what installations ask is signed instead.
func New(house *authority.Authority, token string, server LicenseServer, log *slog.Logger) (http.Handler, error) {
	if token == "" {
		return nil, errors.New("the API needs a token")
	}
	if server.Now == nil {
		server.Now = time.Now
	}
	a := &API{house, sha256.Sum256([]byte(token)), log, server, newLimiter(perAddress), newLimiter(perKey)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { writeJSON(w, map[string]string{"status": "ok"}) })
	mux.HandleFunc("GET /readyz", a.answer(a.ready))
	if len(server.Receipts) > 0 {
		mux.HandleFunc("POST "+licenseserver.Path, a.answer(a.exchange))
	}
	v1 := http.NewServeMux()
	v1.HandleFunc("GET /v1/sets", a.answer(a.sets))
	v1.HandleFunc("GET /v1/sets/{issuer}/{serial}/{number}", a.answer(a.set))
	v1.HandleFunc("GET /v1/sets/{issuer}/{serial}/{number}/file", a.answer(a.file))
	v1.HandleFunc("GET /v1/key-list", a.answer(a.keyList))
	v1.HandleFunc("GET /v1/key-list/{number}", a.answer(a.keyList))
	v1.HandleFunc("GET /v1/catalogues", a.answer(a.catalogues))
	v1.HandleFunc("GET /v1/catalogues/{issuer}", a.answer(a.catalogue))
	v1.HandleFunc("/v1/", a.answer(nothing))
	mux.Handle("/v1/", a.guard(v1))
	mux.HandleFunc("/", a.answer(nothing))
	return mux, nil
}

// guard lets nobody past without the token. It says nothing else to them.
func (a *API) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		sum := sha256.Sum256([]byte(token))
		switch {
		case !ok:
			w.Header().Set("WWW-Authenticate", "Bearer")
			a.refuse(w, r, &TokenMissingError{})
		case subtle.ConstantTimeCompare(sum[:], a.token[:]) != 1:
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			a.refuse(w, r, &TokenInvalidError{})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (a *API) answer(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			a.refuse(w, r, err)
		}
	}
}

// refuse answers with a problem document. What has no code is logged, and not
// shown.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p, known := problem.Of(err)
	if !known {
		a.log.Error("answering a request", "path", r.URL.Path, "error", err)
	}
	lang := i18n.Match(r.Header.Get("Accept-Language"))
	text, _ := i18n.Sentence(lang, p.Code, p.Cause)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", lang)
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(struct {
		Type   string         `json:"type"`
		Title  string         `json:"title"`
		Status int            `json:"status"`
		Detail string         `json:"detail"`
		Code   string         `json:"code"`
		Facts  map[string]any `json:"facts,omitempty"`
		Hint   string         `json:"hint,omitempty"`
	}{"https://pott.example/problems/" + p.Code, text.Title, p.Status, text.Detail, p.Code, p.Facts, text.Hint})
}

func nothing(w http.ResponseWriter, r *http.Request) error { return &NoRouteError{r.URL.Path} }

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}

func writeText(w http.ResponseWriter, kind string, text []byte) error {
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	_, err := w.Write(text)
	return err
}

func (a *API) ready(w http.ResponseWriter, r *http.Request) error {
	if err := a.house.Ready(r.Context()); err != nil {
		a.log.Error("the record cannot be read", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return writeJSON(w, map[string]string{"status": "not ready"})
	}
	return writeJSON(w, map[string]string{"status": "ready"})
}

func (a *API) sets(w http.ResponseWriter, r *http.Request) error {
	entries, err := a.house.Sets(r.Context())
	if err != nil {
		return err
	}
	list := List[Set]{Items: []Set{}}
	issuer, serial := r.FormValue("issuer"), r.FormValue("serial")
	for _, e := range entries {
		if (issuer == "" || strings.EqualFold(issuer, string(e.Issuer))) && (serial == "" || serial == e.Serial) {
			list.Items = append(list.Items, SetOf(e))
		}
	}
	return writeJSON(w, list)
}

func (a *API) find(r *http.Request) (*authority.Entry, error) {
	return a.house.Find(r.Context(), strings.Join([]string{r.PathValue("issuer"), r.PathValue("serial"), r.PathValue("number")}, "/"))
}

func (a *API) set(w http.ResponseWriter, r *http.Request) error {
	e, err := a.find(r)
	if err != nil {
		return err
	}
	return writeJSON(w, SetOf(e))
}

func (a *API) file(w http.ResponseWriter, r *http.Request) error {
	e, err := a.find(r)
	if err != nil {
		return err
	}
	file, err := a.house.File(r.Context(), e)
	if err != nil {
		return err
	}
	return writeText(w, "text/plain", file)
}

func (a *API) keyList(w http.ResponseWriter, r *http.Request) error {
	lists, err := a.house.KeyLists(r.Context())
	if err != nil {
		return err
	}
	n := len(lists)
	if n == 0 {
		return &authority.NoKeyListError{}
	}
	if text := r.PathValue("number"); text != "" {
		if n, err = strconv.Atoi(text); err != nil {
			return nothing(w, r)
		}
	}
	if n < 1 || n > len(lists) {
		return nothing(w, r)
	}
	return writeText(w, "text/plain", lists[n-1])
}

func (a *API) catalogues(w http.ResponseWriter, r *http.Request) error {
	all, err := a.house.Catalogues(r.Context())
	if err != nil {
		return err
	}
	list := List[Catalogue]{Items: []Catalogue{}}
	for _, c := range all {
		list.Items = append(list.Items, CatalogueOf(c))
	}
	slices.SortFunc(list.Items, func(a, b Catalogue) int { return strings.Compare(string(a.Issuer), string(b.Issuer)) })
	return writeJSON(w, list)
}

func (a *API) catalogue(w http.ResponseWriter, r *http.Request) error {
	c, err := a.house.Catalogue(r.Context(), license.Issuer(strings.ToUpper(r.PathValue("issuer"))))
	if err != nil {
		return err
	}
	return writeText(w, "application/yaml", c.Text)
}
