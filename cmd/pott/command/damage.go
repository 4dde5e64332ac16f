package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
)

type damageCmd struct {
	Ls       damageLs       `cmd:"" help:"List what is not as the server left it."`
	Show     damageShow     `cmd:"" help:"Show a damaged record as it stands."`
	Incident damageIncident `cmd:"" help:"Write the file in which it was kept what was found at a damaged place."`
	Repair   damageRepair   `cmd:"" help:"Accept, remove or restore a damaged record."`
}

type damageLs struct{}

func (damageLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Damage(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(p api.DamagedPlace) string { return either(p.Place, p.Table) }), human: func(o *paper) {
		if list.Total == 0 {
			o.line("damage.none")
			return
		}
		t := &table{columns: []column{{head: "place"}, {head: "record", cut: late}, {head: "what", cut: late}, {head: "repairs"}}}
		for _, p := range list.Items {
			t.add(either(p.Place, "–"), record(p), what(p), strings.Join(p.Repairs, ","))
		}
		o.table(t)
		if !list.Writable {
			s.remark("damage.read-only")
		}
	}})
}

// record names a damaged record: its table and key.
func record(p api.DamagedPlace) string { return strings.TrimSpace(p.Table + " " + p.Key) }

// what says what happened to it, and to which columns.
func what(p api.DamagedPlace) string {
	if len(p.Columns) == 0 {
		return p.What
	}
	return p.What + " (" + strings.Join(p.Columns, ", ") + ")"
}

type damageIncident struct {
	Place string `arg:"" help:"The place, as pott damage ls shows it."`
	File  string `placeholder:"FILE" help:"Write to this file instead of standard output."`
}

func (c damageIncident) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	text, err := cl.Incident(s.ctx, c.Place)
	if err != nil {
		return err
	}
	return listStyle{File: c.File}.write(s, text)
}

type damageShow struct {
	Place string `arg:"" help:"The place, as pott damage ls shows it."`
}

func (c damageShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	d, err := cl.DamageDetail(s.ctx, c.Place)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: d, ids: []string{d.Place}, human: func(o *paper) {
		o.printf("%s: %s\n", record(d.DamagedPlace), what(d.DamagedPlace))
		if d.Found == nil {
			o.line("damage.no-row")
		}
		t := &table{columns: []column{{head: "column"}, {head: "now", cut: late}}}
		for _, column := range slices.Sorted(maps.Keys(d.Found)) {
			t.add(column, fmt.Sprintf("%q", d.Found[column]))
		}
		o.table(t)
		if d.WantedVersion > 0 {
			o.line("damage.wanted", d.WantedVersion)
		} else {
			o.line("damage.unwanted")
		}
	}})
}

type damageRepair struct {
	Place  string `arg:"" help:"The place, as pott damage ls shows it."`
	Action string `arg:"" help:"accept what stands there, remove it, or restore what stood there before."`
	Reason string `required:"" placeholder:"TEXT" help:"Why; it is kept in the incident file."`
	Code   string `placeholder:"CODE" help:"The one-time code that pott server confirm prints on the server's machine."`
	Values string `placeholder:"FILE" help:"JSON file with the values of a record to restore, by column, as from a backup."`
	File   string `placeholder:"FILE" help:"The license set to restore, where a set's file was damaged."`
	preview
}

// Help says what kong's one line cannot.
func (damageRepair) Help() string {
	return "What stood there before is restored only when it is exactly that: the journal proves it. A record of a license needs no values, it is made again from its signed file. Accepting makes what stands there the truth, whoever wrote it. What was found is kept in a file on the server's machine."
}

func (c damageRepair) Run(s *session) error {
	r := api.Repair{Action: c.Action, Reason: c.Reason, Code: c.Code}
	if c.Values != "" {
		data, err := s.read(c.Values)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &r.Values); err != nil {
			return &FileError{Path: c.Values, Why: "it does not hold one JSON object of texts: " + err.Error()}
		}
	}
	if c.File != "" {
		data, err := os.ReadFile(c.File)
		if err != nil {
			return fileError(c.File, err)
		}
		r.Values = map[string]string{"file": string(data)}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.Repair(s.ctx, c.Place, r, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Place.Place}, human: func(o *paper) {
		said := s.say("damage."+c.Action, record(done.Place))
		if done.DryRun {
			o.line("did.would", said)
		} else {
			o.printf("%s\n", said)
		}
		for _, n := range done.Recounted {
			o.line("damage.recounted", n.Name, n.Was, n.Taken)
		}
		if done.Incident != "" {
			o.line("damage.incident", done.Incident)
		}
		if done.Left > 0 {
			o.line("damage.left", done.Left)
		}
	}})
}

type serverConfirm struct {
	hostFlags
	Installation string `arg:"" help:"The installation's name."`
	preview
}

// Help says what kong's one line cannot.
func (serverConfirm) Help() string {
	return "Prints a one-time code for an administrator who repairs damage from elsewhere. It is good once, for this installation, for 15 minutes."
}

func (c serverConfirm) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	if c.DryRun {
		doc := host.Confirmation{Installation: c.Installation}
		return s.answer(answer{doc: doc, ids: []string{c.Installation}, human: func(o *paper) { o.line("damage.would-confirm", c.Installation) }})
	}
	made, err := host.Confirm(config, c.Installation, s.p.Now())
	if err != nil {
		return err
	}
	return s.answer(answer{doc: made, ids: []string{made.Code}, human: func(o *paper) {
		o.printf("%s\n", made.Code)
		s.remark("damage.confirmed", made.Installation)
	}})
}
