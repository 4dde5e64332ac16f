package main

import (
	_ "embed"
	"encoding/csv"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"github.com/pott-dev/pott/entitle"
)

// A shop is the whole product: a list of orders and who may do what with it.
type shop struct {
	client *entitle.Client
	mux    *http.ServeMux

	mu     sync.Mutex
	orders []order
}

type order struct {
	Number int
	Item   string
	Sent   bool
}

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

func newShop(client *entitle.Client) *shop {
	s := &shop{client: client, mux: http.NewServeMux(), orders: []order{
		{1, "12 chairs", false}, {2, "a lamp", true}, {3, "4 desks", false},
	}}
	s.mux.HandleFunc("GET /{$}", s.list)
	s.mux.HandleFunc("POST /orders/{number}", s.guard(func(g gate) entitle.Answer { return g.Edit }, s.send))
	s.mux.HandleFunc("GET /orders.csv", s.guard(func(g gate) entitle.Answer { return g.Export }, s.download))
	s.mux.HandleFunc("GET /health", s.health)
	return s
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// person returns who asks. A real product has a login of its own; here anybody
// may say who they are.
func person(r *http.Request) string { return r.FormValue("as") }

// list shows the orders to those who may see them, with what they may do.
func (s *shop) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	orders := append([]order(nil), s.orders...)
	s.mu.Unlock()
	view := struct {
		Person string
		Gate   gate
		Orders []order
		People []string
	}{person(r), ask(s.client, person(r)), orders, []string{"anna", "bo", "cecilia"}}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page.ExecuteTemplate(w, "page", view)
}

// send marks an order as sent.
func (s *shop) send(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("number"))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || number < 1 || number > len(s.orders) {
		http.Error(w, "There is no such order.", http.StatusNotFound)
		return
	}
	s.orders[number-1].Sent = true
	http.Redirect(w, r, "/?as="+url.QueryEscape(person(r)), http.StatusSeeOther)
}

// download gives the list as a file.
func (s *shop) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	c := csv.NewWriter(w)
	defer c.Flush()
	for _, o := range s.orders {
		c.Write([]string{strconv.Itoa(o.Number), o.Item, strconv.FormatBool(o.Sent)})
	}
}
