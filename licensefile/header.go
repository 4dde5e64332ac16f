package licensefile

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pott-dev/pott/license"
)

// The fields of the header, in the order they are written.
var headerFields = []string{
	"requires", "issuer", "issuer_name", "company", "serial", "number", "issued",
	"time_zone", "dates", "start", "deployment", "product", "occupancy", "previous",
	"installation", "final", "demo", "clients",
}

var (
	dateFields   = []string{"next_check", "warning", "expiry", "grace", "maintenance"}
	clientFields = []string{"name", "people", "system", "user"}
)

var (
	serialGrammar      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	zoneGrammar        = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)
	hashGrammar        = regexp.MustCompile(`^[0-9a-f]{64}$`)
	fingerprintGrammar = regexp.MustCompile(`^[0-9a-f]{4}(-[0-9a-f]{4}){7}$`)
	wordGrammar        = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
)

// grammar returns a parser for word that accepts what re matches.
func grammar(re *regexp.Regexp, what string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !re.MatchString(s) {
			return "", fmt.Errorf("%q is not %s", s, what)
		}
		return s, nil
	}
}

var (
	parseSerial      = grammar(serialGrammar, "a serial number: 1 to 64 letters A–Z and a–z, digits, dots, hyphens and underscores, the first a letter or digit")
	parseHash        = grammar(hashGrammar, "a hash written as 64 lower-case hexadecimal digits")
	parseFingerprint = grammar(fingerprintGrammar, "a fingerprint: eight groups of four lower-case hexadecimal digits, joined by hyphens")
	parseWord        = grammar(wordGrammar, "a word of 1 to 32 letters a–z, digits and hyphens")
)

// parseZone checks the form only. Local and the empty name mean something else
// on every machine.
func parseZone(s string) (string, error) {
	if len(s) > 64 || s == "Local" || !zoneGrammar.MatchString(s) {
		return "", fmt.Errorf("%q is not the name of a time zone, such as Europe/Stockholm", s)
	}
	return s, nil
}

// appendHeader writes the header line of a set.
func appendHeader(b []byte, s *license.Set) []byte {
	w := writer{b}
	w.open()
	if !s.Start.IsZero() {
		list(&w, "requires", []string{startExtension})
	}
	w.must("issuer", string(s.Issuer))
	w.may("issuer_name", s.IssuerName)
	w.may("company", s.Company)
	w.must("serial", s.Serial)
	w.integer("number", s.Number)
	w.moment("issued", s.Issued)
	w.must("time_zone", s.TimeZone)
	writeDates(&w, s.Dates)
	w.date("start", s.Start)
	w.may("deployment", s.Deployment)
	w.may("product", s.Product)
	if s.Occupancy != license.ByAssignment {
		w.may("occupancy", string(s.Occupancy))
	}
	w.may("previous", s.Previous)
	w.may("installation", s.Installation)
	w.flag("final", s.Final)
	w.flag("demo", s.Demo)
	writeClients(&w, s.Clients)
	w.close()
	return w.b
}

func writeDates(w *writer, d license.Dates) {
	if d == (license.Dates{}) {
		return
	}
	w.name("dates")
	w.open()
	w.date("next_check", d.NextCheck)
	w.date("warning", d.Warning)
	w.date("expiry", d.Expiry)
	w.date("grace", d.Grace)
	w.date("maintenance", d.Maintenance)
	w.close()
}

func writeClients(w *writer, clients []license.Client) {
	if len(clients) == 0 {
		return
	}
	w.name("clients")
	w.b = append(w.b, '[')
	for i, c := range clients {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.open()
		w.must("name", c.Name)
		writePeople(w, c.People)
		list(w, "system", c.System)
		list(w, "user", c.User)
		w.close()
	}
	w.b = append(w.b, ']')
}

// writePeople writes who may hold something; employees alone are the default.
func writePeople(w *writer, people license.PersonKind) {
	if people != license.Internal && people != 0 {
		list(w, "people", people.Words())
	}
}

// readHeader reads the header line into a set without licenses.
func readHeader(line int, text []byte) (license.Set, error) {
	r := &reader{line: line, s: string(text)}
	s := license.Set{Occupancy: license.ByAssignment}
	r.open()
	requires := readRequires(r, startExtension)
	r.need("issuer", headerFields)
	s.Issuer = r.issuer()
	if r.field("issuer_name") {
		s.IssuerName = r.text()
	}
	if r.field("company") {
		s.Company = r.text()
	}
	r.need("serial", headerFields)
	s.Serial = word(r, parseSerial)
	r.need("number", headerFields)
	s.Number = r.integer(1)
	r.need("issued", headerFields)
	s.Issued = r.moment()
	r.need("time_zone", headerFields)
	s.TimeZone = word(r, parseZone)
	if r.field("dates") {
		s.Dates = readDates(r)
	}
	readStart(r, &s, len(requires) > 0)
	if r.field("deployment") {
		s.Deployment = r.text()
	}
	if r.field("product") {
		s.Product = r.text()
	}
	readSeal(r, &s)
	if r.field("clients") {
		s.Clients = readClients(r)
	}
	r.close(headerFields)
	return s, r.end()
}

// readSeal reads the fields of the header that say who may accept the set and
// how it may be used.
func readSeal(r *reader, s *license.Set) {
	if r.field("occupancy") {
		s.Occupancy = word(r, func(text string) (license.Occupancy, error) {
			switch o := license.Occupancy(text); o {
			case license.ByCredentials, license.ByLogin:
				return o, nil
			}
			return "", fmt.Errorf("%q is not an occupancy that is written: only %q and %q are", text, license.ByCredentials, license.ByLogin)
		})
	}
	at := r.i
	if r.field("previous") {
		s.Previous = word(r, parseHash)
		if s.Number == 1 {
			r.fail(at, "set number 1 has no previous set")
		}
	} else if r.err == nil && s.Number > 1 {
		r.fail(at, "set number %d must say which set it follows, in previous", s.Number)
	}
	if r.field("installation") {
		s.Installation = word(r, parseFingerprint)
	}
	if r.field("final") {
		s.Final = r.yes()
	}
	if r.field("demo") {
		s.Demo = r.yes()
	}
}

// readRequires reads the list of extensions a reader must know. The first that
// is not among the known ends the reading.
func readRequires(r *reader, known ...string) (names []string) {
	if !r.field("requires") {
		return nil
	}
	r.array(func() {
		at := r.i
		if name := word(r, parseWord); r.err == nil {
			if slices.Contains(names, name) {
				r.fail(at, "%q stands twice", name)
				return
			}
			if !slices.Contains(known, name) {
				r.err = &VersionError{Needs: name, Line: r.line}
			}
			names = append(names, name)
		}
	})
	return names
}

// startExtension is what a reader must know of a set that begins on a later
// day: without it, the set would be in force at once.
const startExtension = "start"

// readStart reads the day a set begins, which stands exactly where the set
// requires that readers know of it.
func readStart(r *reader, s *license.Set, required bool) {
	at := r.i
	found := r.field("start")
	if found {
		s.Start = r.date()
	}
	switch end := s.Dates.End(); {
	case r.err != nil:
	case found && !required:
		r.fail(at, "a start must be named in requires")
	case required && !found:
		r.fail(at, "requires names a start, and there is none")
	case found && !end.IsZero() && s.Start.After(end):
		r.fail(at, "the start stands behind the end, %s", end)
	}
}

func readDates(r *reader) (d license.Dates) {
	at := r.i
	r.open()
	for _, f := range []struct {
		name string
		to   *license.Date
	}{{"next_check", &d.NextCheck}, {"warning", &d.Warning}, {"expiry", &d.Expiry}, {"grace", &d.Grace}, {"maintenance", &d.Maintenance}} {
		if r.field(f.name) {
			*f.to = r.date()
		}
	}
	r.close(dateFields)
	switch {
	case r.err != nil:
	case d == license.Dates{}:
		r.fail(at, "dates without any are left out")
	case d.Expiry.IsZero() && !d.Grace.IsZero():
		r.fail(at, "a grace date needs an expiry: a set without one never ends")
	}
	return d
}

func readClients(r *reader) (clients []license.Client) {
	var names once
	r.array(func() {
		c := license.Client{People: license.Internal}
		at := r.i
		r.open()
		r.need("name", clientFields)
		c.Name = word(r, parseWord)
		if r.field("people") {
			c.People = readPeople(r)
		}
		if r.field("system") {
			c.System = readModules(r)
		}
		if r.field("user") {
			c.User = readModules(r)
		}
		r.close(clientFields)
		if r.err == nil && names.again(c.Name) {
			r.fail(at, "the client %q stands twice", c.Name)
		}
		clients = append(clients, c)
	})
	return clients
}

// readPeople reads a list of kinds of person in their fixed order.
func readPeople(r *reader) (people license.PersonKind) {
	at := r.i
	r.array(func() {
		at := r.i
		kind := word(r, func(s string) (k license.PersonKind, err error) { return k, k.UnmarshalText([]byte(s)) })
		if r.err == nil && kind <= people {
			r.fail(at, "kinds of person stand once each, in the order internal, external, system, anonymous, resource")
		}
		people |= kind
	})
	if r.err == nil && people == license.Internal {
		r.fail(at, "people that are internal only are left out")
	}
	return people
}

// readModules reads a list of modules that names none twice.
func readModules(r *reader) (modules []license.Module) {
	var names once
	r.array(func() {
		at := r.i
		m := r.module()
		if r.err == nil && names.again(string(m.Fold())) {
			r.fail(at, "the module %q stands twice in the list", m)
		}
		modules = append(modules, m)
	})
	return modules
}
