package command

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type serverCmd struct {
	Init        serverInit    `cmd:"" help:"Make a server with its first installation."`
	Add         serverAdd     `cmd:"" help:"Add an installation to a server."`
	Serve       serverServe   `cmd:"" help:"Answer requests until told to stop."`
	Migrate     serverMigrate `cmd:"" help:"Bring the database to this version."`
	CheckConfig serverCheck   `cmd:"" help:"Check a settings file."`
	Clock       serverClock   `cmd:"" help:"Say that the clock of this machine is right."`
	Clone       serverClone   `cmd:"" help:"Make a copy of an installation for tests, with keys of its own."`
	Head        serverHead    `cmd:"" help:"Print where every ledger stands, to be kept elsewhere and compared later."`
	Seal        sealCmd       `cmd:"" help:"The keys all records are sealed with."`
	Confirm     serverConfirm `cmd:"" help:"Print a one-time code that agrees to a repair."`

	Backup       serverBackup       `cmd:"" help:"Write everything into one file, and check such files."`
	Restore      serverRestore      `cmd:"" help:"Take a backup into use."`
	Installation serverInstallation `cmd:"" help:"The installations of this server: list, add, suspend, export, delete."`
	Doctor       serverDoctor       `cmd:"" help:"Look for what is wrong around the server on this machine."`
	Move         serverMove         `cmd:"" help:"Move everything to another database, from SQLite to PostgreSQL and back."`
	Recover      serverRecover      `cmd:"" help:"Make an administrator's token when nobody gets in any more."`
}

// hostFlags say where the server lives. Each can also stand in the settings
// file, under the same name.
type hostFlags struct {
	Config   string `placeholder:"FILE" help:"Settings file. Else $POTT_CONFIG."`
	Data     string `placeholder:"DIR" help:"Directory of the database and the pinned root. Else $POTT_DATA, the settings, ~/.local/share/pott/data."`
	Keys     string `placeholder:"DIR" help:"Directory of the keys; keep it apart from the data. Else $POTT_KEYS, the settings, ~/.local/share/pott/keys."`
	Anchors  string `placeholder:"DIR" help:"Directory that remembers how far the database was; keep it apart from both. Else $POTT_ANCHORS, the settings, a directory beside the data."`
	Database string `placeholder:"DSN" help:"Address of a PostgreSQL database (postgres://…); a file in the data directory when left out. Else $POTT_DATABASE, the settings."`
}

// config returns the settings: flag, environment, settings file, default.
func (f hostFlags) config(s *session) (host.Config, error) {
	env := func(name string) string { v, _ := s.p.Env(name); return v }
	c := host.Config{Data: absolute(f.Data), Keys: absolute(f.Keys), Anchors: absolute(f.Anchors), Database: f.Database}
	c = c.Over(host.Config{Data: env("POTT_DATA"), Keys: env("POTT_KEYS"), Anchors: env("POTT_ANCHORS"), Database: env("POTT_DATABASE"), Listen: env("POTT_LISTEN"),
		URL: env("POTT_URL"), Mail: mailFrom(env), Proxies: host.SplitProxies(env("POTT_TRUSTED_PROXIES"))})
	if path := either(f.Config, env("POTT_CONFIG")); path != "" {
		file, err := host.ReadConfig(path)
		if err != nil {
			return host.Config{}, err
		}
		c = c.Over(file)
	}
	return c.Over(host.Default(env("HOME"))), nil
}

// absolute makes a path one that means the same from every directory.
func absolute(path string) string {
	if path == "" {
		return ""
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// newFlags say what an installation is.
type newFlags struct {
	Name     string `arg:"" help:"The installation's name, as it stands in paths: letters a to z, digits, hyphen."`
	Company  string `required:"" placeholder:"TEXT" help:"The company that owns it."`
	Serial   string `placeholder:"TEXT" help:"The serial number its sets must carry; the first set's when left out."`
	TimeZone string `default:"UTC" placeholder:"ZONE" help:"Zone in which days begin and end, such as Europe/Stockholm."`
	Demo     bool   `help:"Accept demo sets."`

	Administrator string `placeholder:"USER" help:"Add a person with this user id as the first administrator, and print a one-time link with which that person comes in."`
}

func (f newFlags) made() host.New {
	return host.New{Name: f.Name, Company: f.Company, Serial: f.Serial, TimeZone: f.TimeZone, Demo: f.Demo, Administrator: f.Administrator}
}

// by is who acts: somebody at the machine.
func by() audit.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return audit.Actor{Kind: audit.Host, ID: name}
}

type serverInit struct {
	hostFlags
	newFlags
	Root string `required:"" placeholder:"FILE" help:"File with the issuer's root keys, the ones this server will trust."`
	preview
}

// Help says what kong's one line cannot.
func (serverInit) Help() string {
	return "Makes the key directory, the keys and the database, pins the root keys, and writes the first administrator's token into the new file named by --token-file. Nothing that exists is replaced."
}

// serverMade is the document of a server or installation that was made.
type serverMade struct {
	Installation string     `json:"installation"`
	Data         string     `json:"data"`
	Keys         string     `json:"keys"`
	TokenFile    string     `json:"token_file"`
	Link         string     `json:"link,omitempty"` // path of the first administrator's one-time link
	Roots        []rootMade `json:"roots,omitempty"`
	DryRun       bool       `json:"dry_run,omitempty"`

	administrator string
}

type rootMade struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
}

func (c serverInit) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	if err := s.tokenPlace(); err != nil {
		return err
	}
	root, err := s.read(c.Root)
	if err != nil {
		return err
	}
	trust, err := licensefile.ParseRootFile(root)
	if err != nil {
		return err
	}
	doc := serverMade{Installation: c.Name, Data: config.Data, Keys: config.Keys, TokenFile: s.g.TokenFile, DryRun: c.DryRun, administrator: c.Administrator}
	for _, r := range trust.Roots {
		doc.Roots = append(doc.Roots, rootMade{r.Name, licensefile.Fingerprint(r.Key)})
	}
	if err := errors.Join(c.made().Check(), host.MayMake(config)); err != nil {
		return err
	}
	if c.DryRun {
		return s.made(doc)
	}
	undo, err := host.Make(config, root)
	if err != nil {
		return err
	}
	if doc.Link, err = c.add(s, config, s.g.TokenFile); err != nil {
		undo() // half a server would only be in the way of the next try
		return err
	}
	return s.made(doc)
}

// tokenPlace makes sure that there is a place for the first token, before
// anything is made: a secret without a place would be lost.
func (s *session) tokenPlace() error {
	switch path := s.g.TokenFile; path {
	case "", "-":
		return &UsageError{Problem: "the first administrator's token needs a new file: --token-file", Help: "pott server init --help"}
	default:
		if _, err := os.Lstat(path); err == nil {
			return &FileError{Path: path, Why: "it exists already"}
		}
	}
	return nil
}

// add makes the installation and writes its first token.
func (f newFlags) add(s *session, config host.Config, tokenFile string) (link string, err error) {
	h, err := host.Open(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	secret, err := h.Add(s.ctx, by(), f.made())
	if err == nil && f.Administrator != "" {
		link, err = h.FirstAdministrator(s.ctx, by(), f.Name, f.Administrator)
	}
	if err := errors.Join(err, h.Close()); err != nil {
		return "", err
	}
	return link, writeSecret(tokenFile, secret)
}

func (s *session) made(doc serverMade) error {
	return s.answer(answer{doc: doc, ids: []string{doc.Installation}, human: func(o *paper) {
		if doc.DryRun {
			o.line("server.would", doc.Installation, doc.Data)
		} else {
			o.line("server.made", doc.Installation, doc.Data)
		}
		for _, r := range doc.Roots {
			o.line("server.root", r.Name, r.Fingerprint)
		}
		if len(doc.Roots) > 0 {
			o.line("server.fingerprint")
		}
		if !doc.DryRun {
			o.line("server.token", doc.TokenFile)
			if doc.Link != "" {
				o.line("server.link", doc.administrator, "/"+doc.Installation+doc.Link)
				s.remark("server.link-where")
			}
			s.remark("server.next", quoted(doc.Data), quoted(doc.Keys))
		}
	}})
}

type serverAdd struct {
	hostFlags
	newFlags
	preview
}

// Help says what kong's one line cannot.
func (serverAdd) Help() string {
	return "Works while the server is stopped. The first administrator's token is written into the new file named by --token-file."
}

func (c serverAdd) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	if err := s.tokenPlace(); err != nil {
		return err
	}
	doc := serverMade{Installation: c.Name, Data: config.Data, Keys: config.Keys, TokenFile: s.g.TokenFile, DryRun: c.DryRun, administrator: c.Administrator}
	if c.DryRun {
		h, err := host.Open(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		if err := errors.Join(h.MayAdd(c.made()), h.Close()); err != nil {
			return err
		}
		return s.made(doc)
	}
	if doc.Link, err = c.add(s, config, s.g.TokenFile); err != nil {
		return err
	}
	return s.made(doc)
}

type serverServe struct {
	hostFlags
	Listen string `placeholder:"ADDRESS" help:"Address to listen on. Else $POTT_LISTEN, the settings, 127.0.0.1:7070."`
	// Whoever runs the server may know better than a set where its issuer is.
	Authority map[string]string `placeholder:"ISSUER=URL" help:"Where the license server of an issuer is asked; may be given several times. Else the settings, else what the set in force says."`
	TLSCert   string            `name:"tls-cert" placeholder:"FILE" help:"Certificate chain, in PEM; the server then speaks HTTPS only."`
	TLSKey    string            `name:"tls-key" placeholder:"FILE" help:"Key of the certificate, in PEM."`
	URL       string            `name:"url" placeholder:"URL" help:"Where people find the server, for the links in mails. Else $POTT_URL, the settings."`
	Proxies   []string          `name:"trusted-proxy" placeholder:"NETWORK" help:"Network or address of a proxy that is believed when it says where people come from, such as 10.0.3.0/24; may be given several times. One on this machine always is. Else $POTT_TRUSTED_PROXIES, the settings."`
	mailFlags `embed:"" prefix:"mail-"`
}

// Help says what kong's one line cannot.
func (serverServe) Help() string {
	return "Prints one line with the address when it is ready. SIGTERM or Ctrl-C makes it answer what it has begun, then stop; every change that was answered is stored."
}

func (c serverServe) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	config = host.Config{Listen: c.Listen, TLSCert: c.TLSCert, TLSKey: c.TLSKey, URL: c.URL, Mail: c.server(), Authorities: c.authorities(), Proxies: c.Proxies}.Over(config)
	if err := config.Check(); err != nil {
		return &UsageError{Problem: err.Error(), Help: "pott server serve --help"}
	}
	h, err := host.OpenToServe(s.ctx, config, s.p.Now, slog.New(slog.NewJSONHandler(s.p.Stderr, nil)))
	if err != nil {
		return err
	}
	err = h.ListenAndServe(s.ctx, func(address string) {
		doc := struct {
			Address       string   `json:"address"`
			Installations []string `json:"installations"`
			RepairOnly    bool     `json:"repair_only,omitempty"`
		}{address, h.Names(), h.Broken() != nil}
		s.answer(answer{doc: doc, ids: []string{address}, human: func(o *paper) {
			if doc.RepairOnly {
				o.line("server.repair-only", address)
				return
			}
			o.line("server.serving", strings.Join(h.Names(), ", "), address)
		}})
	})
	if err := errors.Join(err, h.Close()); err != nil {
		return err
	}
	s.remark("server.stopped")
	s.ctx = context.WithoutCancel(s.ctx) // stopping was what it was asked for
	return nil
}

// authorities are the addresses of the flags, or nil.
func (c serverServe) authorities() map[license.Issuer]string {
	var all map[license.Issuer]string
	for issuer, address := range c.Authority {
		if all == nil {
			all = map[license.Issuer]string{}
		}
		all[license.Issuer(strings.ToUpper(issuer))] = address
	}
	return all
}

type serverMigrate struct{ hostFlags }

func (c serverMigrate) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	if err := host.Migrate(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	doc := struct {
		Database string `json:"database"`
	}{config.Place()}
	return s.answer(answer{doc: doc, ids: []string{doc.Database}, human: func(o *paper) { o.line("server.migrated", doc.Database) }})
}

type serverCheck struct {
	File string `arg:"" help:"The settings file."`
}

func (c serverCheck) Run(s *session) error {
	config, err := host.ReadConfig(c.File)
	if err != nil {
		return err
	}
	home, _ := s.p.Env("HOME")
	config = config.Over(host.Default(home))
	return s.answer(answer{doc: config, ids: []string{c.File}, human: func(o *paper) { o.line("server.config-good", c.File) }})
}
