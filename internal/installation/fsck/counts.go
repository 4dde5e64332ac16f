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
}

// A holder is somebody who is there, with what was given.
type holder struct {
	login   bool
	profile string
	held    map[license.Name]int64
}

// checkCounts compares every license row with the file it is a projection of,
// and its seats in use with a recount.
func (c *check) checkCounts(l *ledger) error {
	if l.damaged || l.differs {
		c.report.Counts.cannot("rows it counts are damaged or missing")
		return nil
	}
	n, err := c.readSets(l)
	if err != nil || n == nil {
		return err
	}
	people, err := c.readHolders(l, n)
	if err != nil {
		return err
	}
	taken := map[license.Name]int64{}
	for _, p := range people {
		for name, quantity := range n.expand(p.held) {
			if l := n.licenses[name]; l == nil || l.Kind == license.User && !l.Marker {
				taken[name] += quantity
			}
		}
	}
	seen := map[license.Name]bool{}
	err = scan(c.ctx, c.tx, tableNamed("license"), l.installation, func(r *row) error {
		name := nameOfRow(r)
		seen[name] = true
		c.compareLicense(r, name, n, taken[name])
		return nil
	})
	if err != nil {
		return c.unreadable(&c.report.Counts, l.installation, "license", err)
	}
	for _, name := range slices.SortedFunc(maps.Keys(n.licenses), license.CompareNames) {
		if !seen[name] {
			c.report.Counts.at(Place{l.installation, "license", licenseKey(name), nil, "missing: the set in force has it"})
		}
	}
	return nil
}

func nameOfRow(r *row) license.Name {
	issuer, _ := r.key[0].(string)
	module, _ := r.key[1].(string)
	return license.Name{Issuer: license.Issuer(issuer), Module: license.Module(module)}
}

func licenseKey(n license.Name) string { return fmt.Sprintf("issuer=%s module=%s", n.Issuer, n.Module) }

// readSets reads the files of the sets in force. It returns nil when one of
// them cannot be read, and says so.
func (c *check) readSets(l *ledger) (*count, error) {
	files := map[string]string{}
	err := scan(c.ctx, c.tx, tableNamed("license_set"), l.installation, func(r *row) error {
		if r.text("state") == "active" {
			files[r.text("file")] = r.text("issuer")
		}
		return nil
	})
	if err != nil {
		return nil, c.unreadable(&c.report.Counts, l.installation, "license_set", err)
	}
	n := &count{licenses: map[license.Name]*license.License{}, lines: map[license.Name]int64{},
		numbers: map[license.Issuer]int64{}, profiled: map[license.Issuer]bool{}}
	for hash, issuer := range files {
		var text []byte
		if err := c.tx.QueryRow(c.ctx, `SELECT bytes FROM set_file WHERE installation = ? AND hash = ?`, l.installation, hash).Scan(&text); err != nil {
			c.report.Counts.cannot("the file of the set in force of " + issuer + " is missing")
			return nil, c.ctx.Err()
		}
		file, err := licensefile.Parse(text)
		if err != nil || fileHash(text) != hash {
			c.report.Counts.cannot("the file of the set in force of " + issuer + " cannot be read")
			return nil, nil
		}
		n.add(&file.Set)
	}
	return n, nil
}

func (n *count) add(set *license.Set) {
	n.numbers[set.Issuer] = set.Number
	n.profiled[set.Issuer] = set.Occupancy == license.ByCredentials
	for i := range set.Licenses {
		name := license.NameOf(set.Issuer, set.Licenses[i].Module)
		n.licenses[name] = &set.Licenses[i]
		n.lines[name] = int64(i + 1)
	}
}

// readHolders returns everybody who is there, with what they were given
// directly or by their profile.
func (c *check) readHolders(l *ledger, n *count) (map[string]*holder, error) {
	people := map[string]*holder{}
	err := scan(c.ctx, c.tx, tableNamed("person"), l.installation, func(r *row) error {
		if id, ok := r.key[0].(string); ok && r.text("state") == "here" {
			people[id] = &holder{r.int("login") != 0, r.text("profile"), map[license.Name]int64{}}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = scan(c.ctx, c.tx, tableNamed("assignment"), l.installation, func(r *row) error {
		if p := people[r.text("person")]; p != nil && r.int("until_at") == 0 {
			name := license.Name{Issuer: license.Issuer(r.text("issuer")), Module: license.Module(r.text("module"))}
			p.held[name] = max(p.held[name], r.int("quantity"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	profiles := map[string][]license.Name{}
	err = scan(c.ctx, c.tx, tableNamed("profile"), l.installation, func(r *row) error {
		code, _ := r.key[0].(string)
		for text := range strings.Lines(r.text("modules")) {
			if name, err := license.ParseName(strings.TrimSuffix(text, "\n")); err == nil && n.profiled[name.Issuer] {
				profiles[code] = append(profiles[code], name)
			}
		}
		return nil
	})
	for _, p := range people {
		if p.login {
			for _, name := range profiles[p.profile] {
				p.held[name] = max(p.held[name], 1)
			}
		}
	}
	return people, err
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
		c.report.Counts.at(Place{r.installation, "license", r.keyText(), columns, what})
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
