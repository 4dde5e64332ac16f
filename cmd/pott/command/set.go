package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

type setCmd struct {
	Ls          setLs          `cmd:"" help:"List the sets that were received."`
	Show        setShow        `cmd:"" help:"Show one set."`
	Inspect     setInspect     `cmd:"" help:"Say what is in a license file, without checking who signed it."`
	Verify      setVerify      `cmd:"" help:"Check a license file against a pinned root key, without a server."`
	Load        setLoad        `cmd:"" help:"Send a license file, or key lists without one, to the server, which checks and keeps them."`
	Review      setReview      `cmd:"" help:"Show what activating a set would change."`
	Superfluous setSuperfluous `cmd:"" help:"Show who could give up a license that a set has too few seats of."`
	Activate    setActivate    `cmd:"" help:"Put a set in force."`
	RollBack    setRollBack    `cmd:"" help:"Put the replaced set in force again, within a day, and people back as far as they fit."`
	Withdraw    setWithdraw    `cmd:"" help:"Let a set no longer wait."`
	Remove      setRemove      `cmd:"" help:"Take the set of a third-party issuer out of force, with everything that was given of it."`
	Diff        setDiff        `cmd:"" help:"Show what two sets say differently."`
	History     setHistory     `cmd:"" help:"Show when each set was in force, by whom and how."`
	Record      setRecord      `cmd:"" help:"Show the record of an activation: what it changed, by whom; also as PDF."`
	Keys        setKeys        `cmd:"" help:"Show whom the installation believes, and how each set in force leads back to them."`
	Policy      setPolicy      `cmd:"" help:"Show or change whether a set that only raises comes in force by itself."`
}

type setLs struct{}

func (setLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Sets(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(x api.Set) string { return x.ID }), human: func(o *paper) {
		t := &table{columns: []column{{head: "set"}, {head: "company", cut: late}, {head: "status"}, {head: "validity", cut: late}, {head: "activated"}}}
		for _, x := range list.Items {
			t.add(x.ID, x.Company, o.setStatus(x), o.setValidity(x), day(x.From))
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

type setShow struct {
	Set  string `arg:"" help:"The set's id, such as superoffice-1."`
	File bool   `help:"Print the file, byte for byte as it was received."`
}

func (c setShow) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.File && !s.g.JSON {
		file, err := cl.SetFile(s.ctx, c.Set)
		if err != nil {
			return err
		}
		return s.answerText(string(file))
	}
	x, err := cl.Set(s.ctx, c.Set)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: x, ids: []string{x.ID}, human: func(o *paper) { o.set(x) }})
}

// set prints everything there is to know of a set but its licenses.
func (o *paper) set(x api.Set) {
	issuer := x.Issuer
	if x.IssuerName != "" {
		issuer += " (" + x.IssuerName + ")"
	}
	o.pairs([][2]string{
		{"set", x.ID}, {"status", o.setStatus(x)}, {"issuer", issuer},
		{"company", x.Company}, {"serial", x.Serial}, {"validity", o.setValidity(x)}, {"notice", noticeOf(x.Notice)},
		{"issued", moment(x.Issued)}, {"start", x.Start.String()}, {"next-check", x.NextCheck.String()}, {"warning", x.Warning.String()},
		{"expiry", x.Expiry.String()}, {"grace", x.Grace.String()}, {"maintenance", x.Maintenance.String()},
		{"time-zone", x.TimeZone}, {"product", x.Product}, {"licenses", fmt.Sprint(x.Licenses)},
		{"checkpoint", x.Checkpoint}, {"accepted", moment(x.Accepted)}, {"activated", moment(x.From)}, {"replaced", moment(x.Until)},
	}...)
}

func noticeOf(n *api.KeyNotice) string {
	if n == nil {
		return ""
	}
	return n.Text
}

// noticeOfLicense says why nothing of a license can be given, "" while it can.
func noticeOfLicense(l api.License) string {
	if l.OutOfForce == nil && l.Withheld != nil {
		return l.Withheld.Text
	}
	return noticeOf(l.OutOfForce)
}

func (o *paper) setValidity(x api.Set) string {
	end := license.Dates{Expiry: x.Expiry, Grace: x.Grace}.End()
	return o.validity(x.State, x.Expiry, end, x.DaysLeft)
}

type setLoad struct {
	File string `arg:"" help:"The license file, or a file of key lists; - reads standard input."`
	preview
}

func (c setLoad) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	file, err := s.read(c.File)
	if err != nil {
		return err
	}
	loaded, err := cl.LoadSet(s.ctx, file, c.DryRun)
	if err != nil {
		return err
	}
	if loaded.Keys != nil {
		return s.learned(loaded)
	}
	return s.answer(answer{doc: loaded, ids: []string{loaded.Set.ID}, human: func(o *paper) {
		x := loaded.Set
		switch {
		case loaded.Already:
			o.line("load.already", x.ID)
		case loaded.DryRun:
			o.line("load.would", x.ID, x.Issuer, x.Company)
		default:
			o.line("load.done", x.ID, x.Issuer, x.Company)
		}
		o.printf("%s\n", o.setValidity(x))
		o.notes(loaded.Notes)
		switch {
		case loaded.Activated != nil && loaded.DryRun:
			o.line("load.would-activate", x.ID, loaded.Activated.Replaced)
		case loaded.Activated != nil:
			o.line("load.activated", x.ID, loaded.Activated.Replaced)
			s.remark("load.changes", loaded.Activated.Replaced, x.ID)
		case x.Status == "loaded" && !loaded.DryRun:
			s.remark("load.next", x.ID)
		}
	}})
}

// learned says what key lists that came without a set have changed.
func (s *session) learned(loaded api.LoadedSet) error {
	k := loaded.Keys
	return s.answer(answer{doc: loaded, ids: []string{fmt.Sprint(k.Number)}, human: func(o *paper) {
		switch {
		case loaded.Already:
			o.line("load.keys-already", k.Number)
		case loaded.DryRun:
			o.line("load.keys-would", k.Number, k.Was)
		default:
			o.line("load.keys", k.Number, k.Was)
		}
		o.notes(loaded.Notes)
	}})
}

func (o *paper) notes(notes []api.Note) {
	for _, n := range notes {
		o.line("note", n.Text)
	}
}

type setReview struct {
	Set string `arg:"" optional:"" help:"The set's id; the one that waits when left out."`
	All bool   `help:"Also rows that do not change, and licenses that are given by plans only."`
	choosing
}

func (c setReview) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	id, err := s.chosenSet(cl, c.Set)
	if err != nil {
		return err
	}
	r, err := c.review(s, cl, id)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: r, ids: blockingNames(r.Rows), human: func(o *paper) {
		o.review(r, c.All)
		if r.Fits && r.Set.Status != "active" {
			s.remark("review.next", r.Set.ID+c.flags(), r.PlanToken)
		}
	}})
	if err != nil {
		return err
	}
	return blocked(r)
}

// blocked returns the refusal that stands beside a review of a set that does
// not fit.
func blocked(r api.Review) error {
	if r.Fits {
		return nil
	}
	if off := unacknowledged(r); off != nil {
		return off
	}
	e := &SetBlockedError{Set: r.Set.ID}
	for _, row := range r.Rows {
		if blocks(row) {
			if e.Blocking++; e.First == "" || e.hidden && !row.Hidden {
				e.First, e.hidden = row.Name.String(), row.Hidden
			}
		}
	}
	return e
}

// blocks reports whether a row is in the way of activating the set.
func blocks(row api.ReviewRow) bool {
	return row.Look == api.LookBlocks
}

func blockingNames(rows []api.ReviewRow) []string {
	var ids []string
	for _, row := range rows {
		if blocks(row) {
			ids = append(ids, row.Name.String())
		}
	}
	return ids
}

// chosenSet returns the set a command is about: the named one, else the only
// one that waits.
func (s *session) chosenSet(cl *client.Client, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	list, err := cl.Sets(s.ctx)
	if err != nil {
		return "", err
	}
	var waiting []string
	for _, x := range list.Items {
		if x.Status == "loaded" && x.Agreed.IsZero() {
			waiting = append(waiting, x.ID)
		}
	}
	if len(waiting) != 1 {
		return "", &NoSetWaitingError{Waiting: len(waiting)}
	}
	return waiting[0], nil
}

// review prints a set beside the one in force.
func (o *paper) review(r api.Review, all bool) {
	o.line("review.head", r.Set.ID, r.Set.Company, r.Set.Serial)
	rows, differ := reviewRows(r.Rows, all)
	if r.Replaces != "" {
		o.line("review.compared", r.Replaces, differ, len(r.Rows))
	} else {
		o.line("review.first", len(r.Rows))
	}
	o.printf("\n")
	t := &table{columns: []column{{head: "license", cut: late}, {head: "name", cut: early}, {head: "now", right: true}, {head: "new", right: true},
		{head: "change", right: true}, {head: "in-use", right: true}, {head: "result"}}}
	short := shorter(namesOf(rows, func(r api.ReviewRow) license.Name { return r.Name }))
	for _, row := range rows {
		t.add(title(row.DisplayName, row.Name), short(row.Name), o.quantity(row, row.Total), o.quantity(row, row.NewTotal),
			o.change(row), taken(row), o.result(row))
	}
	o.table(t)
	if hidden := differ - len(rows); !all && hidden > 0 {
		o.line("review.hidden", hidden)
	}
	o.printf("\n")
	o.pairs([][2]string{{"validity", o.setValidity(r.Set)}, {"start", r.Set.Start.String()}}...)
	for _, f := range r.Findings {
		o.line("note", f.Text)
	}
	o.notes(r.Notes)
	o.concerned(r.Rows, short)
	o.effects(r.Effects)
	o.stored(r)
	for _, row := range r.Rows {
		if blocks(row) && !row.Hidden && len(row.Holders) > 0 {
			o.line("review.holders", short(row.Name), o.someOf(slices.Sorted(slices.Values(row.Holders))))
		}
	}
}

// someOf names as many people as a person wants to read, and says how many there
// are; in a pipe it names them all.
func (o *paper) someOf(people []string) string {
	const enough = 6
	if len(people) <= enough || !o.s.p.Terminal {
		return strings.Join(people, " ")
	}
	return fmt.Sprintf("%s … (%d)", strings.Join(people[:enough], " "), len(people))
}

// reviewRows returns the rows worth showing, those in the way first, and how
// many differ. A hidden row is worth it only when it is in the way.
func reviewRows(rows []api.ReviewRow, all bool) (shown []api.ReviewRow, differ int) {
	var hidden, others []api.ReviewRow
	for _, row := range rows {
		differs := row.Look != api.LookSame && (row.Result != api.ResultMarker || row.Change != 0)
		if differs {
			differ++
		}
		switch {
		case blocks(row) && row.Hidden:
			hidden = append(hidden, row)
		case blocks(row):
			shown = append(shown, row)
		case all, differs && !row.Hidden:
			others = append(others, row)
		}
	}
	return slices.Concat(shown, hidden, others), differ
}

func (o *paper) quantity(row api.ReviewRow, n int64) string {
	switch {
	case n == 0 && row.Kind != license.User:
		return "–"
	case row.Kind == license.System && n == 1:
		return o.s.say("pool.on")
	}
	return fmt.Sprint(n)
}

func taken(row api.ReviewRow) string {
	if row.InUse == nil {
		return "–"
	}
	return fmt.Sprint(*row.InUse)
}

func (o *paper) change(row api.ReviewRow) string {
	switch {
	case row.Result == api.ResultAdded:
		return o.s.say("result.new")
	case row.Change == 0:
		return ""
	}
	return fmt.Sprintf("%+d", row.Change)
}

func (o *paper) result(row api.ReviewRow) string {
	switch {
	case row.Over > 0:
		return o.s.say("result.blocked", row.Over)
	case blocks(row):
		return o.s.say("result.blocked-by", textsOf(row.Findings))
	case row.Look == api.LookWarns:
		return textsOf(row.Findings)
	case row.Result == api.ResultMarker || row.Marker:
		return o.s.say("pool.marker")
	case row.Kind != license.User && row.Result == api.ResultAdded:
		return o.s.say("result.on")
	case row.Kind != license.User && row.Result == api.ResultRemoved:
		return o.s.say("result.off")
	case row.Result == api.ResultRemoved:
		return o.s.say("result.gone")
	case row.Unrestricted:
		return o.s.say("pool.no-limit")
	case row.NewFree == nil:
		return ""
	case *row.NewFree == 0:
		return o.s.say("pool.full")
	}
	return o.s.say("result.spare", *row.NewFree)
}

type setActivate struct {
	Set string `arg:"" optional:"" help:"The set's id; the one that waits when left out."`
	choosing
	PlanToken string `placeholder:"TOKEN" help:"From the review: activate exactly what it showed, or stop with exit code 6."`
	Yes       bool   `help:"Activate without asking."`
	preview
}

func (c setActivate) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.DryRun {
		return setReview{Set: c.Set, choosing: c.choosing}.Run(s)
	}
	if !c.Yes && (!s.p.Asked || s.g.JSON) {
		return &ConfirmError{Flag: "--yes"}
	}
	id, err := s.chosenSet(cl, c.Set)
	if err != nil {
		return err
	}
	token := c.PlanToken
	if !c.Yes {
		// What the person agrees to is what is applied, or nothing.
		if token, err = s.agree(cl, id, token, c.choosing); err != nil {
			return err
		}
	}
	choices, err := c.choices(s, cl, id)
	if err != nil {
		return err
	}
	done, err := cl.Activate(s.ctx, id, api.Activate{PlanToken: token, Choices: choices.Choices, Acknowledge: choices.Acknowledge}, false)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.Set.ID}, human: func(o *paper) {
		switch {
		case done.Waits && len(done.Effects) > 0:
			o.line("activate.stored", done.Set.ID, done.Set.Start, len(done.Effects))
		case done.Waits:
			o.line("activate.waits", done.Set.ID, done.Set.Start)
		case !done.Changed:
			o.line("activate.already", done.Set.ID)
		case done.Replaced != "":
			o.line("activate.replaced", done.Set.ID, done.Replaced)
		default:
			o.line("activate.done", done.Set.ID)
		}
		o.printf("%s\n", o.setValidity(done.Set))
		o.notes(done.Notes)
		o.effects(done.Effects)
		if done.Changed && done.Replaced != "" && !done.Waits && !done.Set.Final {
			s.remark("undo-within", "pott set roll-back --yes")
		}
	}})
}

// agree shows the review and asks; it returns the token of what was shown.
func (s *session) agree(cl *client.Client, id, token string, c choosing) (string, error) {
	c.strict = true
	r, err := c.review(s, cl, id)
	if err != nil {
		return "", err
	}
	shown := &paper{s: s}
	shown.review(r, false)
	fmt.Fprint(s.p.Stderr, shown.b.String())
	if err := blocked(r); err != nil {
		return "", err
	}
	if err := s.confirm(false, s.say("activate.ask", id)); err != nil {
		return "", err
	}
	if token == "" {
		token = r.PlanToken
	}
	return token, nil
}
