package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/pott-dev/pott/license"
)

// row is one license as short as it can be said.
type row struct {
	module       license.Module
	kind         license.Kind
	quantity     int64
	en, sv       string
	hidden       bool
	unlimited    bool
	marker       bool
	people       license.PersonKind
	needs, edit  license.Module
	plan         []license.Module // what it includes; empty but not nil: the empty plan
	group, line  string
	tier         string
	tooltip      string
	tooltipInSwe string
}

func (r row) license() license.License {
	l := license.License{Module: r.module, Kind: r.kind, Quantity: max(r.quantity, 1), Unrestricted: r.unlimited, Hidden: r.hidden, Marker: r.marker,
		Prerequisite: r.needs, Edit: r.edit, Names: license.Texts{"en": r.en}, People: r.people}
	if r.sv != "" {
		l.Names["sv"] = r.sv
	}
	if r.tooltip != "" {
		l.Tooltips = license.Texts{"en": r.tooltip, "sv": r.tooltipInSwe}
	}
	if l.People == 0 {
		l.People = license.Internal
	}
	if r.plan != nil {
		l.Plan = &license.Plan{Includes: r.plan, Group: r.group}
		if r.line != "" {
			l.Plan.Parts = []license.Part{{Line: r.line, Tier: r.tier}}
		}
	}
	return l
}

// officeRows are the 29 licenses of Northwind: plans in three lines with two
// tiers each, extras that need one another, hidden ones, one without a limit,
// system and site licenses, and a marker.
var officeRows = []row{
	{module: "no-selection", kind: license.User, en: "No selection", sv: "Inget val", unlimited: true, plan: []license.Module{}, group: "sales"},
	{module: "sales-essentials", kind: license.User, quantity: 15, en: "Sales Essentials", plan: []license.Module{"user", "web", "sale-cal"}, group: "sales", line: "sales", tier: "essentials",
		tooltip: "Follow up sales and customers", tooltipInSwe: "Följ upp försäljning och kunder"},
	{module: "sales-premium", kind: license.User, quantity: 40, en: "Sales Premium", plan: []license.Module{"user", "web", "sale-cal", "quote-cal", "target-cal"}, group: "sales", line: "sales", tier: "premium",
		tooltip: "Sales with quotes and targets", tooltipInSwe: "Försäljning med offerter och mål"},
	{module: "service-essentials", kind: license.User, quantity: 80, en: "Service Essentials", plan: []license.Module{"user", "web", "ticket-cal"}, group: "service", line: "service", tier: "essentials"},
	{module: "service-premium", kind: license.User, quantity: 60, en: "Service Premium", plan: []license.Module{"user", "web", "ticket-cal", "selection-cal"}, group: "service", line: "service", tier: "premium"},
	{module: "marketing-essentials", kind: license.User, quantity: 50, en: "Marketing Essentials", plan: []license.Module{"user", "web", "mailing-cal"}, group: "marketing", line: "marketing", tier: "essentials"},
	{module: "marketing-premium", kind: license.User, quantity: 3, en: "Marketing Premium", plan: []license.Module{"user", "web", "mailing-cal", "merge-cal"}, group: "marketing", line: "marketing", tier: "premium"},
	{module: "user", kind: license.User, quantity: 300, en: "User login", sv: "Inloggning", tooltip: "Needed by every way to sign in", tooltipInSwe: "Krävs av alla sätt att logga in"},
	{module: "web", kind: license.User, quantity: 300, en: "Web client", sv: "Webbklient", needs: "user"},
	{module: "windows", kind: license.User, quantity: 25, en: "Windows client", sv: "Windowsklient", needs: "user"},
	{module: "travel", kind: license.User, quantity: 10, en: "Travel", needs: "windows", tooltip: "Take the customers along without a network", tooltipInSwe: "Ta med kunderna utan nät"},
	{module: "confidential", kind: license.User, unlimited: true, en: "Confidential activities", sv: "Konfidentiella aktiviteter"},
	{module: "assistant", kind: license.User, quantity: 12, en: "Writing assistant", sv: "Skrivassistent", needs: "web"},
	{module: "sale-cal", kind: license.User, quantity: 300, en: "Edit sales", sv: "Redigera försäljning", hidden: true},
	{module: "quote-cal", kind: license.User, quantity: 300, en: "Edit quotes", sv: "Redigera offerter", hidden: true},
	{module: "target-cal", kind: license.User, quantity: 300, en: "Edit targets", sv: "Redigera mål", hidden: true},
	{module: "ticket-cal", kind: license.User, quantity: 300, en: "Answer requests", sv: "Besvara ärenden", hidden: true},
	{module: "selection-cal", kind: license.User, quantity: 300, en: "Edit selections", sv: "Redigera urval", hidden: true},
	{module: "mailing-cal", kind: license.User, quantity: 300, en: "Send mailings", sv: "Skicka utskick", hidden: true},
	{module: "merge-cal", kind: license.User, quantity: 300, en: "Merge mail", sv: "Koppla utskick", hidden: true},
	{module: "robot", kind: license.User, quantity: 5, en: "Program login", sv: "Programinloggning", people: license.Technical},
	{module: "guest", kind: license.User, unlimited: true, en: "Visitor login", sv: "Besökarinloggning", people: license.Anonymous},
	{module: "server", kind: license.System, en: "Server", hidden: true},
	{module: "sale", kind: license.System, en: "Sales", sv: "Försäljning", edit: "sale-cal"},
	{module: "quote", kind: license.System, en: "Quotes", sv: "Offert", edit: "quote-cal", tooltip: "Quotes for the whole company", tooltipInSwe: "Offerter för hela företaget"},
	{module: "mailing", kind: license.System, en: "Mailings", sv: "Utskick", edit: "mailing-cal"},
	{module: "database", kind: license.Site, quantity: 3, en: "Database", sv: "Databas"},
	{module: "mirror", kind: license.Site, quantity: 1, en: "Database mirror", sv: "Databasspegel"},
	{module: "sales-t2", kind: license.User, quantity: 40, en: "Sales Premium tier", sv: "Sales Premium-nivå", marker: true, hidden: true},
}

var mapsRows = []row{
	{module: "map-user", kind: license.User, quantity: 30, en: "Map user", sv: "Kartanvändare", plan: []license.Module{"map-view"}, group: "maps"},
	{module: "map-view", kind: license.User, quantity: 300, en: "Look at maps", sv: "Se kartor", hidden: true},
	{module: "map", kind: license.System, en: "Maps", sv: "Kartor"},
}

var casesRows = []row{
	{module: "case", kind: license.User, quantity: 14, en: "Case management", sv: "Ärende"},
	{module: "document", kind: license.User, quantity: 4, en: "Document management", sv: "Dokument"},
}

var suiteRows = []row{
	{module: "suite", kind: license.User, quantity: 20, en: "Suite", plan: []license.Module{"web"}, group: "suite"},
	{module: "web", kind: license.User, quantity: 20, en: "Web client", sv: "Webbklient", hidden: true},
	{module: "travel", kind: license.User, quantity: 5, en: "Travel"},
	{module: "sale", kind: license.System, en: "Sales", sv: "Försäljning"},
}

// customers are the installations of the world.
var customers = map[string]struct{ company, serial string }{
	"northwind": {"Northwind AB", "2026110706"},
	"nordlys":   {"Nordlys Drift AB", "NORDLYS-7"},
	"fjord":     {"Fjord & Fjell AS", "FJORD-1"},
	"nystart":   {"Nystart AB", "NYSTART-1"}, // has just begun: no set, and one person
}

// setOf is the set an issuer sold a customer, as of a day. Its dates lie around
// that day: the reminder in 160 days, the end in 200, the true end in 214.
func setOf(customer string, issuer license.Issuer, number int64, now time.Time) license.Set {
	today := license.DateOf(now)
	c := customers[customer]
	s := license.Set{Issuer: issuer, Company: c.company, Serial: c.serial, Number: number, Issued: now, TimeZone: "Europe/Stockholm", Occupancy: license.ByAssignment,
		Dates: license.Dates{NextCheck: today.Add(30), Warning: today.Add(160), Expiry: today.Add(200), Grace: today.Add(214), Maintenance: today.Add(200)}}
	if number > 1 {
		before := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", customer, issuer, number-1))
		s.Previous = hex.EncodeToString(before[:])
	}
	rows := officeRows
	switch {
	case issuer == maps:
		s.IssuerName, rows = "Kartan AB", mapsRows
	case issuer == cases:
		s.IssuerName, s.Occupancy, rows = "Arkiv & Co", license.ByCredentials, casesRows
		s.Clients = []license.Client{{Name: "web", People: license.Internal}}
	case customer == "fjord":
		s.IssuerName, s.Occupancy, rows = "Kontoret AB", license.ByLogin, suiteRows
		s.Clients = []license.Client{{Name: "web", People: license.Internal, User: []license.Module{"web"}}}
	default:
		s.IssuerName = "Kontoret AB"
		s.Clients = []license.Client{
			{Name: "web", People: license.Internal, System: []license.Module{"server"}, User: []license.Module{"user", "web"}},
			{Name: "windows", People: license.Internal, System: []license.Module{"server"}, User: []license.Module{"user", "windows"}},
			{Name: "program", People: license.Technical, System: []license.Module{"server"}, User: []license.Module{"robot"}},
			{Name: "visitor", People: license.Anonymous, System: []license.Module{"server"}, User: []license.Module{"guest"}},
		}
	}
	for _, r := range rows {
		s.Licenses = append(s.Licenses, r.license())
	}
	return s
}

// An issue says what set a test wants.
type issue struct {
	Customer string           `json:"customer"` // "" is northwind
	Issuer   license.Issuer   `json:"issuer"`   // "" is KONTORET
	Number   int64            `json:"number"`   // 0: 9, the next
	Quantity map[string]int64 `json:"quantity"` // of modules; 0 leaves the license out
	Add      []string         `json:"add"`      // new licenses
	Final    bool             `json:"final"`
	Serial   string           `json:"serial"`  // another customer's
	Issued   string           `json:"issued"`  // a duration from the world's time: "72h"
	Starts   int              `json:"starts"`  // days from today
	Expires  int              `json:"expires"` // days from today; 0: 365
	// Spoil says what is done to the file: "" nothing, "changed" a number in it,
	// "cut" its end, "stranger" signed with keys nobody knows.
	Spoil string `json:"spoil"`
}

// set returns the set that is wanted.
func (i issue) set(now time.Time) (license.Set, error) {
	if i.Customer == "" {
		i.Customer = "northwind"
	}
	if i.Issuer == "" {
		i.Issuer = office
	}
	if i.Number == 0 {
		i.Number = 9
	}
	s := setOf(i.Customer, i.Issuer, i.Number, now)
	if i.Issued != "" {
		d, err := time.ParseDuration(i.Issued)
		if err != nil {
			return s, err
		}
		s.Issued = now.Add(d)
	}
	today := license.DateOf(now)
	end := 365
	if i.Expires != 0 {
		end = i.Expires
	}
	s.Dates.Expiry, s.Dates.Grace, s.Dates.Warning, s.Dates.Maintenance = today.Add(end), today.Add(end+14), today.Add(end-40), today.Add(end)
	if i.Starts != 0 {
		s.Start = today.Add(i.Starts)
	}
	s.Final = i.Final
	if i.Serial != "" {
		s.Serial, s.Company = i.Serial, "Somebody Else AB"
	}
	for name, n := range i.Quantity {
		at := slices.IndexFunc(s.Licenses, func(l license.License) bool { return string(l.Module) == name })
		switch {
		case at < 0:
			return s, fmt.Errorf("no license %s", name)
		case n == 0:
			s.Licenses = slices.Delete(s.Licenses, at, at+1)
		default:
			s.Licenses[at].Quantity = n
		}
	}
	for _, name := range i.Add {
		s.Licenses = append(s.Licenses, row{module: license.Module(name), kind: license.User, quantity: 10, en: name}.license())
	}
	return s, nil
}

// file returns the signed file, spoiled as wanted.
func (i issue) file(v *vendors, now time.Time, before func(license.Set) string) ([]byte, error) {
	s, err := i.set(now)
	if err != nil {
		return nil, err
	}
	if hash := before(s); hash != "" {
		s.Previous = hash
	}
	if i.Spoil == "stranger" {
		s.Issuer = stranger
	}
	file, err := v.file(s)
	if err != nil {
		return nil, err
	}
	switch i.Spoil {
	case "changed":
		changed := bytes.Replace(file, []byte(`"quantity":40`), []byte(`"quantity":90`), 1)
		if bytes.Equal(changed, file) {
			return nil, fmt.Errorf("nothing was changed in the file")
		}
		return changed, nil
	case "cut":
		return file[:len(file)*2/3], nil
	}
	return file, nil
}
