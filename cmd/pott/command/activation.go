package command

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

// changing is the flags of what is done to people as part of putting a set in
// force.
type changing struct {
	Move        []string `placeholder:"PLAN=PLAN" sep:"none" help:"Move everybody from one plan to another as part of it."`
	Free        string   `placeholder:"FILE" help:"Choices per person, as CSV: person,do,license,to,holding. Do is switch, remove, end-login or give; the person * is everybody concerned. - reads standard input."`
	Acknowledge []string `placeholder:"LICENSE" sep:"none" help:"A system license that may be turned off for everyone; may be given several times."`
}

// choosing is the flags of a review and of an activation.
type choosing struct {
	changing
	Stored bool `help:"With what was chosen for the day of a set that waits, before the choices of the other flags."`

	strict bool // what was not typed is not meant either
	read   *api.Choices
}

// choices reads the flags, and what is stored for the day of a set when a flag
// asks for it.
func (c *choosing) choices(s *session, cl *client.Client, set string) (api.Choices, error) {
	if c.read != nil {
		return *c.read, nil
	}
	all, err := c.typed(s)
	if err != nil {
		return all, err
	}
	if c.Stored {
		r, err := cl.Review(s.ctx, set)
		if err != nil {
			return all, err
		}
		if r.Stored != nil {
			all.Choices = append(slices.Clone(r.Stored.Choices), all.Choices...)
			all.Acknowledge = append(slices.Clone(r.Stored.Acknowledge), all.Acknowledge...)
		}
	}
	c.read = &all
	return all, nil
}

// typed reads the choices that were typed or stand in a file.
func (c *changing) typed(s *session) (api.Choices, error) {
	all := api.Choices{Acknowledge: c.Acknowledge}
	for _, m := range c.Move {
		from, to, ok := strings.Cut(m, "=")
		if !ok || from == "" || to == "" {
			return all, &UsageError{Problem: fmt.Sprintf("--move %q is not PLAN=PLAN", m), Help: "pott set activate --help"}
		}
		all.Choices = append(all.Choices, api.Choice{Do: api.ChooseSwitch, Everyone: true, Name: from, To: to})
	}
	if c.Free != "" {
		file, err := s.read(c.Free)
		if err != nil {
			return all, err
		}
		// What is chosen for one person goes before what is done to everybody.
		chosen, err := readChoices(file)
		if err != nil {
			return all, &FileError{Path: c.Free, Why: err.Error()}
		}
		all.Choices = append(chosen, all.Choices...)
	}
	return all, nil
}

// readChoices reads lines of person,do,license,to,holding. Empty lines and lines
// that begin with # say nothing.
func readChoices(file []byte) ([]api.Choice, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.Comment = -1, true, '#'
	var all []api.Choice
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(record) < 2 || len(record) > 5 {
			return nil, fmt.Errorf("line %d has %d fields: write person,do,license,to,holding", line, len(record))
		}
		cells := make([]string, 5)
		for i, cell := range record {
			cells[i] = strings.TrimSpace(cell)
		}
		c := api.Choice{Person: cells[0], Do: cells[1], Name: cells[2], To: cells[3], Holding: cells[4]}
		if c.Person == "*" {
			c.Person, c.Everyone = "", true
		}
		all = append(all, c)
	}
}

// flags spells the choices as they were typed, for the command that comes next.
func (c *choosing) flags() string {
	var b strings.Builder
	if c.Stored {
		b.WriteString(" --stored")
	}
	for _, m := range c.Move {
		b.WriteString(" --move " + m)
	}
	if c.Free != "" {
		b.WriteString(" --free " + c.Free)
	}
	for _, a := range c.Acknowledge {
		b.WriteString(" --acknowledge " + a)
	}
	return b.String()
}

// review asks for the review with the choices; where none were typed, with those
// that are stored for the day of the set.
func (c *choosing) review(s *session, cl *client.Client, id string) (api.Review, error) {
	choices, err := c.choices(s, cl, id)
	if err != nil {
		return api.Review{}, err
	}
	if len(choices.Choices)+len(choices.Acknowledge) == 0 {
		r, err := cl.Review(s.ctx, id)
		if err != nil || r.Stored == nil || c.strict {
			return r, err
		}
		choices = api.Choices{Choices: r.Stored.Choices, Acknowledge: r.Stored.Acknowledge}
	}
	return cl.ReviewWith(s.ctx, id, choices)
}

// unacknowledged returns the refusal that stands beside a review of a set that
// blocks only because it turns features off.
func unacknowledged(r api.Review) error {
	e := &SetUnacknowledgedError{Set: r.Set.ID}
	for _, row := range r.Rows {
		if !blocks(row) {
			continue
		}
		if row.Over > 0 || !slices.ContainsFunc(row.Findings, func(f api.Finding) bool { return f.Reason == "turned-off" }) {
			return nil
		}
		e.Flags += " --acknowledge " + row.Name.String()
		e.Licenses++
	}
	if e.Licenses == 0 {
		return nil
	}
	return e
}

func textsOf(findings []api.Finding) string {
	var texts []string
	for _, f := range findings {
		if f.Warns || f.Blocks {
			texts = append(texts, f.Text)
		}
	}
	return strings.Join(texts, "; ")
}

// concerned names the people behind what warns.
func (o *paper) concerned(rows []api.ReviewRow, short func(license.Name) string) {
	for _, row := range rows {
		for _, f := range row.Findings {
			if f.Warns && len(f.People) > 0 {
				o.line("review.concerned", short(row.Name), f.Text, o.someOf(f.People))
			}
		}
	}
}

// effects prints what choices do, person by person.
func (o *paper) effects(effects []api.PersonEffect) {
	if len(effects) == 0 {
		return
	}
	o.printf("\n")
	var names []license.Name
	for _, e := range effects {
		for _, h := range append(slices.Clone(e.Given), e.Released...) {
			names = append(names, h.Name)
		}
	}
	short := shorter(names)
	t := &table{columns: []column{{head: "person"}, {head: "gives-up", cut: late}, {head: "gets", cut: late}}}
	const enough = 40
	for i, e := range effects {
		if i == enough && o.s.p.Terminal {
			break
		}
		up := listOf(e.Released, short)
		if e.LoginEnded {
			up = strings.TrimPrefix(up+", "+o.s.say("effect.login"), ", ")
		}
		got := listOf(e.Given, short)
		if e.LoginGiven {
			got = strings.TrimPrefix(got+", "+o.s.say("effect.login"), ", ")
		}
		t.add(e.Person, dash(up), dash(got))
	}
	o.table(t)
	if len(effects) > enough && o.s.p.Terminal {
		o.line("effect.more", len(effects)-enough)
	}
}

// stored says what was chosen for the day of a set that waits, and for whom it
// would be something else by now.
func (o *paper) stored(r api.Review) {
	if r.Stored == nil {
		return
	}
	o.printf("\n")
	o.line("stored", r.Set.Start, r.Stored.People, r.Stored.By, moment(r.Stored.At))
	if r.Stored.Holds {
		return
	}
	text := ""
	if r.Stored.Why != nil {
		text = r.Stored.Why.Text
	}
	o.line("stored.not", text)
	for _, c := range r.Stored.Changed {
		o.line("stored.changed", c.Person, o.effectText(c.Was), o.effectText(c.Is))
	}
}

// effectText is what happens to somebody, in one line: what goes, then what
// comes.
func (o *paper) effectText(e *api.PersonEffect) string {
	if e == nil {
		return "–"
	}
	var words []string
	for _, h := range e.Released {
		words = append(words, "-"+string(h.Name.Module))
	}
	if e.LoginEnded {
		words = append(words, "-"+o.s.say("effect.login"))
	}
	for _, h := range e.Given {
		words = append(words, "+"+string(h.Name.Module))
	}
	return strings.Join(words, " ")
}

func dash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

func listOf(holdings []api.Holding, short func(license.Name) string) string {
	var names []string
	for _, h := range holdings {
		names = append(names, short(h.Name))
	}
	return strings.Join(names, ", ")
}

// setStatus says where a set is in its life, and for what it waits.
func (o *paper) setStatus(x api.Set) string {
	switch {
	case x.Status != "loaded":
	case !x.Refused.IsZero():
		return o.s.say("set.did-not-fit")
	case !x.Start.IsZero() && !x.Agreed.IsZero():
		return o.s.say("set.agreed", x.Start)
	case !x.Start.IsZero():
		return o.s.say("set.begins", x.Start)
	}
	return o.s.say("set." + x.Status)
}

type setRollBack struct {
	Issuer string `arg:"" optional:"" help:"Whose set goes back; needed where more than one could."`
	Yes    bool   `help:"Do it without asking."`
	preview
}

func (c setRollBack) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	body := api.RollBack{Issuer: c.Issuer}
	if !c.DryRun && !c.Yes {
		would, err := cl.RollBack(s.ctx, body, true)
		if err != nil {
			return err
		}
		shown := &paper{s: s}
		shown.rolledBack(would)
		fmt.Fprint(s.p.Stderr, shown.b.String())
		if err := s.confirm(false, s.say("roll-back.ask", would.Instead, would.Set.ID)); err != nil {
			return err
		}
	}
	done, err := cl.RollBack(s.ctx, body, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Set.ID}, human: func(o *paper) { o.rolledBack(done) }})
}

func (o *paper) rolledBack(done api.RolledBack) {
	key := "roll-back.done"
	if done.DryRun {
		key = "roll-back.would"
	}
	o.line(key, done.Set.ID, done.Instead)
	o.printf("%s\n", o.setValidity(done.Set))
	o.effects(done.Restored)
	for _, n := range done.NotRestored {
		o.line("roll-back.not", n.Person, n.Text)
	}
}

type setWithdraw struct {
	Set string `arg:"" help:"The set's id."`
	preview
}

func (c setWithdraw) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	done, err := cl.WithdrawSet(s.ctx, c.Set, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Set.ID}, human: func(o *paper) {
		switch {
		case !done.Changed:
			o.line("withdraw.already", done.Set.ID)
		case done.DryRun:
			o.line("withdraw.would", done.Set.ID)
		default:
			o.line("withdraw.done", done.Set.ID)
		}
	}})
}

type setDiff struct {
	From string `arg:"" help:"The id of one set."`
	To   string `arg:"" help:"The id of the other."`
}

func (c setDiff) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	d, err := cl.DiffSets(s.ctx, c.From, c.To)
	if err != nil {
		return err
	}
	var ids []string
	for _, l := range d.Licenses {
		ids = append(ids, l.Name.String())
	}
	return s.answer(answer{doc: d, ids: ids, human: func(o *paper) { o.difference(d) }})
}

func (o *paper) difference(d api.SetDifference) {
	o.line("diff.head", d.From, d.To, len(d.Licenses), d.Same)
	if len(d.Fields) > 0 {
		o.printf("\n")
		t := &table{columns: []column{{head: "field"}, {head: "from", cut: late}, {head: "to", cut: late}}}
		for _, f := range d.Fields {
			t.add(f.Field, dash(f.From), dash(f.To))
		}
		o.table(t)
	}
	if len(d.Licenses) == 0 {
		return
	}
	o.printf("\n")
	short := shorter(namesOf(d.Licenses, func(l api.LicenseDifference) license.Name { return l.Name }))
	t := &table{columns: []column{{head: "name", cut: early}, {head: "field"}, {head: "from", cut: late}, {head: "to", cut: late}}}
	for _, l := range d.Licenses {
		if l.Became != "changed" {
			quantity := ""
			for _, f := range l.Fields {
				if f.Field == "quantity" {
					quantity = f.From + f.To
				}
			}
			from, to := "–", quantity
			if l.Became == "removed" {
				from, to = quantity, "–"
			}
			t.add(short(l.Name), o.s.say("diff."+l.Became), from, to)
			continue
		}
		for _, f := range l.Fields {
			t.add(short(l.Name), f.Field, dash(f.From), dash(f.To))
		}
	}
	o.table(t)
}

type setHistory struct{}

func (setHistory) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.SetHistory(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(a api.Activation) string { return a.Set }), human: func(o *paper) {
		t := &table{columns: []column{{head: "activation", right: true}, {head: "set"}, {head: "since"}, {head: "until"}, {head: "how"}, {head: "who", cut: late}, {head: "people", right: true}, {head: "instead"}}}
		for _, a := range list.Items {
			how := ""
			if a.How != "" {
				how = o.s.say("how." + a.How)
			}
			people := ""
			if a.People > 0 {
				people = fmt.Sprint(a.People)
			}
			number := ""
			if a.Number > 0 {
				number = fmt.Sprint(a.Number)
			}
			t.add(number, a.Set, moment(a.From), moment(a.Until), how, a.By, people, a.Replaced)
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

type setPolicy struct {
	Activation string `arg:"" optional:"" help:"automatic: a set that only raises, adds or extends comes in force by itself; ask: every set waits. Shown when left out."`
	preview
}

func (c setPolicy) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.Activation == "" {
		p, err := cl.SetPolicy(s.ctx)
		if err != nil {
			return err
		}
		return s.answer(answer{doc: p, ids: []string{p.Activation}, human: func(o *paper) { o.line("policy." + p.Activation) }})
	}
	p, err := cl.PutSetPolicy(s.ctx, api.SetPolicy{Activation: c.Activation}, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: p, ids: []string{p.Activation}, human: func(o *paper) {
		if p.DryRun {
			o.line("policy.would", o.s.say("policy."+p.Activation))
			return
		}
		o.line("policy." + p.Activation)
	}})
}
