package command

import (
	"fmt"
	"os"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/licenseserver"
)

type authorityCmd struct {
	Ls       authorityLs       `cmd:"" help:"The license servers of the issuers, and what they said last."`
	Register authorityRegister `cmd:"" help:"Become known at an issuer's license server, with the one-time code of the agreement."`
	Fetch    authorityFetch    `cmd:"" help:"Ask the license servers for what is new, and receive it."`
	Request  authorityRequest  `cmd:"" help:"Make a request to carry to a license server as a file."`
}

type authorityLs struct{}

func (authorityLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Authorities(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(a api.Authority) string { return a.Issuer }), human: func(o *paper) {
		t := &table{columns: []column{{head: "issuer"}, {head: "registered"}, {head: "answered"}, {head: "next"}, {head: "status", cut: late}, {head: "address", cut: early}}}
		for _, a := range list.Items {
			t.add(a.Issuer, day(a.Registered), minute(a.Answered), minute(a.Next), o.authoritySays(a), a.Address)
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
		for _, a := range list.Items {
			o.authorityMessage(a)
		}
	}})
}

// authoritySays is what there is to say of a license server in one cell.
func (o *paper) authoritySays(a api.Authority) string {
	switch {
	case a.ErrorText != "":
		return a.ErrorText
	case a.StatusText != "":
		return a.StatusText
	}
	return o.s.say("authority.never")
}

// authorityMessage prints the message an issuer shows. Its address is shown and
// never opened.
func (o *paper) authorityMessage(a api.Authority) {
	if a.Message != "" {
		o.line("authority.message", a.Issuer, a.Message)
	}
	if a.MessageAddress != "" {
		o.printf("  %s\n", a.MessageAddress)
	}
	if d := a.ClockDifference; d > clockWarns || d < -clockWarns {
		o.line("authority.clock", a.Issuer, d)
	}
}

// clockWarns is how far two clocks may differ before people are told, in seconds.
const clockWarns = 300

type authorityRegister struct {
	Issuer   string `arg:"" help:"Whose license server."`
	Code     string `arg:"" optional:"" help:"The one-time code; asked for when left out, and read from standard input for -."`
	CodeFile string `placeholder:"FILE" help:"File whose first line is the code."`
	Serial   string `placeholder:"SERIAL" help:"The serial number of the agreement, where the installation has none yet."`
	preview
}

func (c authorityRegister) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	code, err := s.typedCode(c.Code, c.CodeFile)
	if err != nil {
		return err
	}
	r, err := cl.Register(s.ctx, api.Register{Issuer: c.Issuer, Code: code, Serial: c.Serial}, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: r, ids: []string{r.Authority.Issuer}, human: func(o *paper) {
		if r.DryRun {
			o.line("authority.would-register", r.Authority.Issuer, r.Authority.Address)
			return
		}
		o.line("authority.registered", r.Authority.Issuer, r.Authority.Serial)
		o.printf("%s\n", o.authoritySays(r.Authority))
		o.authorityMessage(r.Authority)
		if r.Authority.Status == string(licenseserver.NewSet) {
			s.remark("authority.fetch-next")
		}
	}})
}

// typedCode returns a one-time code from an argument, a file or standard input.
func (s *session) typedCode(code, file string) (string, error) {
	if file == "" && code != "-" {
		return code, nil
	}
	text, err := s.read(either(file, "-"))
	line, _, _ := strings.Cut(string(text), "\n")
	return line, err
}

type authorityFetch struct {
	Issuer string `arg:"" optional:"" help:"Whose license server; all when left out."`
	preview
}

// Help says what kong's one line cannot.
func (authorityFetch) Help() string {
	return "The server does so by itself from the next check of the set on, and when an administrator looks at the status, once a day. --dry-run asks and stores nothing."
}

func (c authorityFetch) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	f, err := cl.Fetch(s.ctx, api.Fetch{Issuer: c.Issuer}, c.DryRun)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: f, ids: fetchedIDs(f), human: func(o *paper) {
		for _, item := range f.Items {
			o.fetched(item, f.DryRun)
		}
	}})
	if err != nil {
		return err
	}
	for _, item := range f.Items {
		if item.Error != "" {
			return &PartlyFetchedError{Issuer: item.Issuer, Said: item.ErrorText}
		}
	}
	return nil
}

func fetchedIDs(f api.Fetched) (ids []string) {
	for _, item := range f.Items {
		if item.Set != nil {
			ids = append(ids, item.Set.ID)
		}
	}
	return ids
}

// fetched says what one license server had.
func (o *paper) fetched(item api.FetchedSet, dryRun bool) {
	switch {
	case item.Error != "":
		o.printf("%s: %s\n", item.Issuer, item.ErrorText)
		return
	case item.Set == nil || item.Already:
		o.printf("%s: %s\n", item.Issuer, o.authoritySays(item.Authority))
	case dryRun:
		o.line("load.would", item.Set.ID, item.Issuer, item.Set.Company)
	case item.Activated != nil:
		o.line("authority.activated", item.Set.ID, item.Issuer, item.Set.Company)
		o.printf("%s\n", o.setValidity(*item.Set))
	default:
		o.line("load.done", item.Set.ID, item.Issuer, item.Set.Company)
		o.printf("%s\n", o.setValidity(*item.Set))
		if item.Set.Status == "loaded" {
			o.s.remark("load.next", item.Set.ID)
		}
	}
	o.notes(item.Notes)
	o.authorityMessage(item.Authority)
}

type authorityRequest struct {
	Issuer  string `arg:"" help:"Whose license server will answer."`
	File    string `required:"" short:"o" placeholder:"FILE" help:"Where the request goes; - is standard output."`
	Code    string `placeholder:"CODE" help:"A one-time code, where this installation is not registered yet or changes its serial number."`
	Serial  string `placeholder:"SERIAL" help:"The serial number to change to; needs a code."`
	Company string `placeholder:"TEXT" help:"The company that goes with it."`
	preview
}

// Help says what kong's one line cannot.
func (authorityRequest) Help() string {
	return "For an installation without a network. The vendor answers it with a set for this installation only, to be loaded with pott set load. Both ends see the same six groups of digits for each file: compare them by telephone."
}

func (c authorityRequest) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.File != "-" {
		if _, err := os.Lstat(c.File); err == nil {
			return &FileError{Path: c.File, Why: "it exists already"}
		}
	}
	r, err := cl.RequestFile(s.ctx, api.NewRequestFile{Issuer: c.Issuer, Code: c.Code, Serial: c.Serial, Company: c.Company}, c.DryRun)
	if err != nil {
		return err
	}
	if c.File == "-" && !s.g.JSON {
		return s.answerText(r.File)
	}
	if !c.DryRun && c.File != "-" {
		if err := writeNew(c.File, []byte(r.File)); err != nil {
			return err
		}
	}
	return s.answer(answer{doc: r, ids: []string{r.Installation}, human: func(o *paper) {
		if r.DryRun {
			o.line("authority.would-request", r.Kind, c.File)
			return
		}
		o.line("authority.requested", r.Kind, c.File)
		o.pairs([2]string{"key", r.Installation}, [2]string{"digits", r.Spoken})
		s.remark("authority.request-next")
	}})
}

// writeNew writes a file that is not there yet.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fileError(path, err)
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fileError(path, err)
	}
	return nil
}

type ownerCmd struct {
	Change ownerChange `cmd:"" help:"Change the serial number and company, such as when a demo becomes real."`
}

type ownerChange struct {
	Serial  string `arg:"" help:"The new serial number."`
	Company string `placeholder:"TEXT" help:"The new company; when it is said, the set must name it."`
	Issuer  string `placeholder:"ISSUER" help:"Whose license server is asked; not needed with a file."`
	Code    string `placeholder:"CODE" help:"The one-time code of the purchase; - reads standard input."`
	File    string `placeholder:"FILE" help:"The set that was answered to a request file, instead of a code."`
	Yes     bool   `help:"Do it without asking."`

	changing
	preview
}

// Help says what kong's one line cannot.
func (ownerChange) Help() string {
	return "People and what they were given stay. The set that goes with the new serial number comes in force in the same step; when it would leave anybody without a seat, nothing is changed."
}

func (c ownerChange) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	choices, err := c.typed(s)
	if err != nil {
		return err
	}
	body := api.ChangeOwner{Issuer: c.Issuer, Serial: c.Serial, Company: c.Company, Acknowledge: choices.Acknowledge, Choices: choices.Choices}
	if body.Code, err = s.typedCode(c.Code, ""); err != nil {
		return err
	}
	if c.File != "" {
		file, err := s.read(c.File)
		if err != nil {
			return err
		}
		body.File = string(file)
	}
	if err := c.confirmed(s, cl, body); err != nil {
		return err
	}
	r, err := cl.ChangeOwner(s.ctx, body, c.DryRun)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: r, ids: []string{r.Installation.Serial}, human: func(o *paper) {
		if r.DryRun {
			o.line("owner.would", r.Was, c.Serial)
			o.effects(r.Effects)
			return
		}
		o.line("owner.done", either(r.Was, "–"), r.Installation.Serial, r.Installation.Company)
		if r.Set != nil {
			o.printf("%s · %s\n", o.s.say("status.set", r.Set.ID), o.setValidity(*r.Set))
		}
		o.notes(r.Notes)
		o.effects(r.Effects)
	}})
}

// confirmed asks a person first: a change cannot be taken back.
func (c ownerChange) confirmed(s *session, cl *client.Client, body api.ChangeOwner) error {
	if c.Yes || c.DryRun {
		return nil
	}
	would, err := cl.ChangeOwner(s.ctx, body, true)
	if err != nil {
		return err
	}
	return s.confirm(false, s.say("owner.ask", either(would.Was, "–"), c.Serial))
}

// A PartlyFetchedError is returned beside an answer in which one license server
// did not do what it was asked.
type PartlyFetchedError struct {
	Issuer string
	Said   string // in the language that was asked for
}

func (e *PartlyFetchedError) Error() string { return fmt.Sprintf("%s: %s", e.Issuer, e.Said) }

// Code returns the stable code of the error.
func (e *PartlyFetchedError) Code() string { return "fetch.partly" }
