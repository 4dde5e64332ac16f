package fsck

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A count counts seats from nothing: from the assignments, the profiles and the
// files of the sets in force, and from no counter.
type count struct {
	licenses map[license.Name]*license.License
	lines    map[license.Name]int64 // place in its set, from 1
	numbers  map[license.Issuer]int64
	profiled map[license.Issuer]bool // its profiles take seats
	sets     []*license.Set
	logins   map[license.PersonKind][]license.Name // what a login of a kind gives, once it was asked for
}

// What sealed rows say, as far as it is needed to check other rows: only rows
// that carry their own seals are in it.
type seen struct {
	people      map[string]*somebody // by id
	assignments map[string][]given   // that have not ended, by person
	profiles    map[string][]license.Name
	sites       []given // assignments of databases that have not ended
	licenses    []*row
	sets        []*row
}

type somebody struct {
	here, login, erased bool
	kind                license.PersonKind
	profile             string
	commitment          []byte
}

type given struct {
	name     license.Name
	quantity int64
}

func newSeen() seen {
	return seen{people: map[string]*somebody{}, assignments: map[string][]given{}, profiles: map[string][]license.Name{}}
}

// add remembers a row that carries its own seal.
func (s *seen) add(r *row) {
	switch r.table.name {
	case "person":
		s.people[asText(r.key[0])] = &somebody{here: r.text("state") == "here" || r.text("state") == "waiting",
			kind: license.PersonKind(r.int("kind")), login: r.int("login") != 0, erased: r.int("erased") != 0,
			profile: r.text("profile"), commitment: r.bytes("commitment")}
	case "assignment":
		if r.int("until_at") == 0 {
			name := license.Name{Issuer: license.Issuer(r.text("issuer")), Module: license.Module(r.text("module"))}
			s.assignments[r.text("person")] = append(s.assignments[r.text("person")], given{name, r.int("quantity")})
		}
	case "profile":
		var modules []license.Name
		for text := range strings.Lines(r.text("modules")) {
			if name, err := license.ParseName(strings.TrimSuffix(text, "\n")); err == nil {
				modules = append(modules, name)
			}
		}
		s.profiles[asText(r.key[0])] = modules
	case "site_assignment":
		if r.int("until_at") == 0 {
			name := license.Name{Issuer: license.Issuer(r.text("issuer")), Module: license.Module(r.text("module"))}
			s.sites = append(s.sites, given{name, r.int("quantity")})
		}
	case "license":
		s.licenses = append(s.licenses, r.keep())
	case "license_set":
		s.sets = append(s.sets, r.keep())
	}
}

// checkCounts compares every license row with the file it is a projection of,
// and its seats in use with a recount.
func (c *check) checkCounts(l *ledger) error {
	if l.name != seatsLedger {
		return nil
	}
	if l.partly() || l.with == nil {
		c.report.Counts.cannot("rows it counts are damaged, missing or cannot be checked")
		return nil
	}
	n, err := c.readSets(l)
	if err != nil || n == nil {
		return err
	}
	taken := map[license.Name]int64{}
	for id, p := range l.seen.people {
		if !p.here {
			continue
		}
		for name, quantity := range n.expand(n.held(p, l.seen.assignments[id], l.seen.profiles)) {
			if l := n.licenses[name]; l == nil || l.Kind == license.User && !l.Marker {
				taken[name] += quantity
			}
		}
	}
	for _, a := range l.seen.sites {
		if l := n.licenses[a.name]; l == nil || l.Kind == license.Site && !l.Marker {
			taken[a.name] += a.quantity
		}
	}
	there := map[license.Name]bool{}
	for _, r := range l.seen.licenses {
		name := license.Name{Issuer: license.Issuer(asText(r.key[0])), Module: license.Module(asText(r.key[1]))}
		there[name] = true
		c.compareLicense(r, name, n, taken[name])
	}
	for _, name := range slices.SortedFunc(maps.Keys(n.licenses), license.CompareNames) {
		if !there[name] {
			c.report.Counts.at(Place{Installation: l.installation, Table: "license",
				Row: fmt.Sprintf("issuer=%s module=%s", name.Issuer, name.Module), What: "missing: the set in force has it"})
		}
	}
	return nil
}

// readSets reads the files of the sets in force. It returns nil when one of
// them cannot be read, and says so.
func (c *check) readSets(l *ledger) (*count, error) {
	n := &count{licenses: map[license.Name]*license.License{}, lines: map[license.Name]int64{},
		numbers: map[license.Issuer]int64{}, profiled: map[license.Issuer]bool{}, logins: map[license.PersonKind][]license.Name{}}
	for _, r := range l.seen.sets {
		if r.text("state") != "active" {
			continue
		}
		hash, issuer := r.text("file"), r.text("issuer")
		var text []byte
		broken, err := c.each(`SELECT bytes FROM set_file WHERE installation = ? AND hash = ?`, 1, func(v []any) { text = asBytes(v[0]) },
			l.installation, hash)
		if err != nil {
			return nil, err
		}
		file, err := licensefile.Parse(text)
		if broken != "" || err != nil || fileHash(text) != hash {
			c.report.Counts.cannot("the file of the set in force of " + issuer + " is missing or cannot be read")
			return nil, nil
		}
		n.add(&file.Set)
	}
	return n, nil
}

func (n *count) add(set *license.Set) {
	n.sets = append(n.sets, set)
	n.numbers[set.Issuer] = set.Number
	n.profiled[set.Issuer] = set.Occupancy == license.ByCredentials
	for i := range set.Licenses {
		name := license.NameOf(set.Issuer, set.Licenses[i].Module)
		n.licenses[name] = &set.Licenses[i]
		n.lines[name] = int64(i + 1)
	}
}

// held returns what somebody was given, directly and by a profile.
func (n *count) held(p *somebody, assignments []given, profiles map[string][]license.Name) map[license.Name]int64 {
	held := map[license.Name]int64{}
	for _, a := range assignments {
		held[a.name] = max(held[a.name], a.quantity)
	}
	if p.login {
		gives, asked := n.logins[p.kind]
		if !asked {
			gives = n.byLogin(p.kind)
			n.logins[p.kind] = gives
		}
		for _, name := range gives {
			held[name] = max(held[name], 1)
		}
		for _, name := range profiles[p.profile] {
			if n.profiled[name.Issuer] {
				held[name] = max(held[name], 1)
			}
		}
	}
	return held
}

// byLogin returns what a login gives by itself: where everybody with a login is
// on one plan, that plan, if it is for this kind of person; and to who is not
// internal the hidden modules without a limit that a client for this kind needs.
func (n *count) byLogin(kind license.PersonKind) []license.Name {
	var names []license.Name
	for _, set := range n.sets {
		if i := slices.IndexFunc(set.Licenses, func(l license.License) bool { return l.Plan != nil && len(l.Plan.Includes) > 0 }); i >= 0 &&
			set.Occupancy == "login" && set.Licenses[i].People&kind != 0 {
			names = append(names, license.NameOf(set.Issuer, set.Licenses[i].Module))
		}
		for _, c := range set.Clients {
			for _, m := range c.User {
				name := license.NameOf(set.Issuer, m)
				if l := n.licenses[name]; kind != license.Internal && c.People&kind != 0 && l != nil && l.Kind == license.User &&
					l.Hidden && l.Unrestricted && !l.Marker && l.Plan == nil && l.People&kind != 0 {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// expand adds what plans include: one level, since a plan does not include
// plans, and once for each person however many plans include it.
func (n *count) expand(held map[license.Name]int64) map[license.Name]int64 {
	all := maps.Clone(held)
	for name := range held {
		l := n.licenses[name]
		if l == nil || l.Plan == nil {
			continue
		}
		for _, m := range l.Plan.Includes {
			included := license.NameOf(name.Issuer, m)
			all[included] = max(all[included], 1)
		}
	}
	return all
}

// compareLicense compares a license row with its line of the file in force, and
// with the recount.
func (c *check) compareLicense(r *row, name license.Name, n *count, taken int64) {
	at := func(what string, columns ...string) {
		c.report.Counts.at(Place{Installation: r.installation, Table: "license", Row: r.keyText(), Columns: columns, What: what})
	}
	if stored := r.int("taken"); stored != taken {
		at(fmt.Sprintf("%d seats are in use, %d are written", taken, stored), "taken")
	}
	l := n.licenses[name]
	if l == nil {
		if r.int("line") != 0 || r.int("seats") != 0 {
			at("no set in force has it", "line")
		}
		return
	}
	want := []struct {
		column string
		value  int64
	}{
		{"set_number", n.numbers[name.Issuer]}, {"line", n.lines[name]}, {"kind", int64(l.Kind)}, {"seats", l.Quantity},
		{"unrestricted", bit(l.Unrestricted)}, {"open_ended", bit(l.OpenEnded)}, {"hidden", bit(l.Hidden)},
	}
	var differ []string
	for _, w := range want {
		if r.int(w.column) != w.value {
			differ = append(differ, w.column)
		}
	}
	if len(differ) > 0 {
		at("not what the license file says", differ...)
	}
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
