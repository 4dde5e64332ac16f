package command

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/installation/store"
)

// serverInstallation is what the host does with the installations of a server.
type serverInstallation struct {
	Ls      installationLs      `cmd:"" help:"List the installations of the server."`
	Add     serverAdd           `cmd:"" help:"Add an installation."`
	Suspend installationSuspend `cmd:"" help:"Let nothing be changed in an installation."`
	Resume  installationResume  `cmd:"" help:"Let an installation be changed again."`
	Export  installationExport  `cmd:"" help:"Write everything of an installation into one file."`
	Import  installationImport  `cmd:"" help:"Take in an installation that another server exported."`
	Rm      installationRm      `cmd:"" help:"Delete an installation for good."`
}

// beside opens the house for an act of its own, beside a server that may be
// running, and closes it when the command is done.
func (s *session) beside(f hostFlags) (*host.Host, error) {
	config, err := f.config(s)
	if err != nil {
		return nil, err
	}
	h, err := host.OpenBeside(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	s.closing = append(s.closing, h.Close)
	return h, nil
}

type installationLs struct {
	hostFlags
	Deleted bool `help:"Also those that were deleted."`
}

// placeRow is one installation as the server lists it.
type placeRow struct {
	Name    string    `json:"name"`
	ID      string    `json:"id"`
	Number  int64     `json:"number"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Created time.Time `json:"created"`
}

func (c installationLs) Run(s *session) error {
	h, err := s.beside(c.hostFlags)
	if err != nil {
		return err
	}
	doc := struct {
		Items []placeRow `json:"items"`
	}{[]placeRow{}}
	var names []string
	t := &table{columns: []column{{head: "installation"}, {head: "state"}, {head: "made"}, {head: "number", right: true}, {head: "reason", cut: late}}}
	for _, p := range h.House().Places() {
		if p.State == store.StateDeleted && !c.Deleted {
			continue
		}
		made := time.UnixMicro(p.Created).UTC()
		doc.Items = append(doc.Items, placeRow{p.Name, p.ID, p.Number, p.State, p.Reason, made})
		names = append(names, p.Name)
		t.add(p.Name, s.say("place."+p.State), made.Format(time.DateOnly), fmt.Sprint(p.Number), p.Reason)
	}
	return s.answer(answer{doc: doc, ids: names, human: func(o *paper) { o.table(t) }})
}

type installationSuspend struct {
	hostFlags
	Name   string `arg:"" help:"The installation."`
	Reason string `required:"" placeholder:"TEXT" help:"Why. Its administrators read it with every refusal."`
	preview
}

// Help says what kong's one line cannot.
func (installationSuspend) Help() string {
	return "Nothing is changed from then on: no assignment, no set, no person. Reading, checks, signing in, verifying, repairing, taking a token back and exporting go on: who may use what is the word of those who issued the sets. A running server follows within a second."
}

// stated is the document of an installation whose state was set.
type stated struct {
	Installation string `json:"installation"`
	State        string `json:"state"`
	Reason       string `json:"reason,omitempty"`
	Changed      bool   `json:"changed"`
	DryRun       bool   `json:"dry_run,omitempty"`
}

func (c installationSuspend) Run(s *session) error {
	doc := stated{Installation: c.Name, State: store.StateSuspended, Reason: c.Reason, DryRun: c.DryRun}
	return s.setState(c.hostFlags, doc, "place.suspend")
}

type installationResume struct {
	hostFlags
	Name string `arg:"" help:"The installation."`
	preview
}

func (c installationResume) Run(s *session) error {
	return s.setState(c.hostFlags, stated{Installation: c.Name, State: store.StateOpen, DryRun: c.DryRun}, "place.resume")
}

func (s *session) setState(f hostFlags, doc stated, word string) error {
	h, err := s.beside(f)
	if err != nil {
		return err
	}
	p, err := h.House().Place(doc.Installation)
	if err != nil {
		return err
	}
	doc.Changed = p.State != doc.State || p.Reason != doc.Reason
	switch {
	case doc.DryRun:
	case doc.State == store.StateSuspended:
		doc.Changed, err = h.House().Suspend(s.ctx, by(), doc.Installation, doc.Reason)
	default:
		doc.Changed, err = h.House().Resume(s.ctx, by(), doc.Installation)
	}
	if err != nil {
		return err
	}
	return s.answer(answer{doc: doc, ids: []string{doc.Installation}, human: func(o *paper) {
		switch {
		case !doc.Changed:
			o.line("place.already", doc.Installation, s.say("place."+doc.State))
		case doc.DryRun:
			o.line("place.would", doc.Installation, s.say("place."+doc.State))
		default:
			o.line(word, doc.Installation)
		}
	}})
}

type installationExport struct {
	hostFlags
	Name      string   `arg:"" help:"The installation."`
	To        string   `arg:"" optional:"" default:"." placeholder:"PLACE" help:"Directory, or a new file. This directory when left out."`
	EncryptTo []string `placeholder:"RECIPIENT" help:"age recipient who can open it (age1…); repeat for several."`
	preview
}

// Help says what kong's one line cannot.
func (installationExport) Help() string {
	return "Everything of it, and nothing of any other installation: people, assignments, sets, tokens, the audit trail with its chain. No key is in it. Works while the server runs; suspend the installation first when nothing may come after it. Exit code 8: it is there, and rows in it are damaged; 12: it is there, and nobody here can check its rows."
}

func (c installationExport) Run(s *session) error {
	to, err := recipients(c.EncryptTo, "pott server installation export --help")
	if err != nil {
		return err
	}
	h, err := s.beside(c.hostFlags)
	if err != nil {
		return err
	}
	done, err := h.Export(s.ctx, c.Name, c.To, to, c.DryRun)
	if err != nil {
		return err
	}
	err = s.answer(answer{doc: done, ids: []string{done.File}, human: func(o *paper) {
		if c.DryRun {
			o.line("place.would-export", c.Name, done.File)
			return
		}
		o.line("place.exported", c.Name, done.File, shownBytes(done.Bytes))
		o.manifest(done.Manifest)
	}})
	if err != nil || c.DryRun {
		return err
	}
	return done.RowsVerdict()
}

func recipients(texts []string, help string) (all []age.Recipient, err error) {
	for _, text := range texts {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, &UsageError{Problem: fmt.Sprintf("%q is no age recipient", text), Help: help}
		}
		all = append(all, r)
	}
	return all, nil
}

type installationRm struct {
	hostFlags
	openFlags
	Name          string `arg:"" help:"The installation."`
	Reason        string `required:"" placeholder:"TEXT" help:"Why. It stays in the server's records."`
	Export        string `placeholder:"FILE" help:"The export that keeps its last state."`
	WithoutExport string `placeholder:"NAME" help:"Instead: nothing of it is kept. Write its name once more."`
	preview
}

// Help says what kong's one line cannot.
func (installationRm) Help() string {
	return "Needs the export of its last state, or its name once more behind --without-export. What stays is an entry in the server's records with the last link of its chain, by which the export can be told to be the last state, and its key under another name in the keys directory. Neither its id nor its number is ever used again; its name may be."
}

func (c installationRm) Run(s *session) error {
	help := "pott server installation rm --help"
	switch {
	case c.Export == "" && c.WithoutExport == "":
		return &UsageError{Problem: "say which export keeps it (--export), or that none shall (--without-export NAME)", Help: help}
	case c.Export != "" && c.WithoutExport != "":
		return &UsageError{Problem: "--export and --without-export exclude each other", Help: help}
	case c.Export == "" && c.WithoutExport != c.Name:
		return &UsageError{Problem: "--without-export must be followed by the name of the installation", Help: help}
	}
	r := host.Removal{Name: c.Name, Reason: strings.TrimSpace(c.Reason), Export: c.Export, DryRun: c.DryRun}
	var err error
	if r.Identities, err = c.identities(); err != nil {
		return err
	}
	h, err := s.beside(c.hostFlags)
	if err != nil {
		return err
	}
	done, err := h.Delete(s.ctx, by(), r)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: done, ids: []string{done.ID}, human: func(o *paper) {
		if c.DryRun {
			o.line("place.would-delete", c.Name)
			return
		}
		o.line("place.deleted-now", c.Name)
		if done.Key != "" {
			o.line("place.key", done.Key)
		}
	}})
}
