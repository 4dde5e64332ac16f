package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

// Names of the two example installations.
const (
	Designteamet = "designteamet"
	Nordlys      = "nordlys"
)

// A Demo is both houses, running on this machine.
type Demo struct {
	Dir       string // everything is below it
	Server    string // address of the installations' server
	Authority string // address of the authority's server
	// AuthorityToken is the file with the token of that server.
	AuthorityToken string
	Contexts       string // file to name in POTT_CONTEXTS
	Renewal        string // id of the set that waits
	Set            int    // licenses in Designteamet's set
	People         int    // people of both
	Doors          []Door // pages of each, and who signs in there

	vendors *Vendors
	host    *host.Host
	stop    context.CancelFunc
	served  []chan error
}

// Start makes keys, issues the example sets, starts the servers and seeds the
// people. Everything is made in dir, which must be empty.
func Start(ctx context.Context, dir string, now func() time.Time) (*Demo, error) {
	ctx, stop := context.WithCancel(ctx)
	d := &Demo{Dir: dir, Contexts: filepath.Join(dir, "contexts.json"), stop: stop}
	if err := d.start(ctx, now); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Demo) start(ctx context.Context, now func() time.Time) (err error) {
	if d.vendors, err = OpenVendors(ctx, d.Dir, now()); err != nil {
		return err
	}
	if err := d.serveAuthority(ctx); err != nil {
		return err
	}
	config := host.Config{Data: filepath.Join(d.Dir, "data"), Keys: filepath.Join(d.Dir, "keys"),
		Authorities: map[license.Issuer]string{"SUPEROFFICE": d.Authority, "AMSYSTEM": d.Authority}}
	if _, err := host.Make(config, d.vendors.RootFile()); err != nil {
		return err
	}
	if d.host, err = host.Open(ctx, config, now, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	if err := d.serve(ctx); err != nil {
		return err
	}
	places := map[string]place{}
	for _, n := range []host.New{
		{Name: Designteamet, Company: "Designteamet", Serial: "1600070120", TimeZone: "Europe/Stockholm"},
		{Name: Nordlys, Company: "Nordlys Drift AB", Serial: "NORDLYS-01", TimeZone: "Europe/Stockholm"},
	} {
		c, file, err := d.add(ctx, n)
		if err != nil {
			return err
		}
		places[n.Name] = place{d.Server, n.Name, file}
		if err := d.fill(ctx, c, n.Name, now()); err != nil {
			return fmt.Errorf("filling %s: %w", n.Name, err)
		}
	}
	for _, door := range []Door{{Name: Designteamet, User: "mint.passare"}, {Name: Nordlys, User: "polar"}} {
		if err := d.letIn(ctx, door); err != nil {
			return fmt.Errorf("pages of %s: %w", door.Name, err)
		}
	}
	return d.remember(places)
}

// serve starts the installations' server, on the port the documentation names
// where it is free.
func (d *Demo) serve(ctx context.Context) error {
	listener, err := listen("127.0.0.1:7070")
	if err != nil {
		return err
	}
	d.Server = "http://" + listener.Addr().String()
	d.background(func() error { return d.host.Serve(ctx, listener, nil) })
	return nil
}

func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return listener, nil
}

func (d *Demo) background(serve func() error) {
	done := make(chan error, 1)
	d.served = append(d.served, done)
	go func() { done <- serve() }()
}

// add makes an installation and returns a client for its first administrator,
// with the file that holds the token.
func (d *Demo) add(ctx context.Context, n host.New) (*client.Client, string, error) {
	secret, err := d.host.Add(ctx, audit.Actor{Kind: audit.Host, ID: "demo"}, n)
	if err != nil {
		return nil, "", fmt.Errorf("installation %s: %w", n.Name, err)
	}
	file := filepath.Join(d.Dir, n.Name+".token")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		return nil, "", err
	}
	c, err := client.New(client.Options{Server: d.Server, Installation: n.Name, Token: secret})
	return c, file, err
}

func (d *Demo) fill(ctx context.Context, c *client.Client, name string, now time.Time) error {
	if _, err := d.vendors.IssueExample(ctx, name+"/order-1.yaml", now); err != nil {
		return err
	}
	if err := d.register(ctx, c, name, now); err != nil {
		return err
	}
	first, err := fetch(ctx, c)
	if err != nil {
		return err
	}
	done, err := c.Activate(ctx, first.ID, api.Activate{}, false)
	if err != nil {
		return err
	}
	if name == Nordlys {
		d.People += len(examples.NordlysPeople())
		return SeedNordlys(ctx, c, now)
	}
	d.Set, d.People = done.Set.Licenses, len(examples.DesignteametPeople())
	if err := SeedDesignteamet(ctx, c); err != nil {
		return err
	}
	// The renewal is smaller than what is in use: it waits, and its review says
	// what stands in the way.
	if _, err := d.vendors.IssueExample(ctx, name+"/order-2.yaml", now); err != nil {
		return err
	}
	renewal, err := fetch(ctx, c)
	d.Renewal = renewal.ID
	return err
}

// register makes an installation known at its vendor, with a one-time code as a
// customer gets it.
func (d *Demo) register(ctx context.Context, c *client.Client, name string, now time.Time) error {
	vendor := map[string]authority.NewCode{
		Designteamet: {Issuer: "SUPEROFFICE", Serial: "1600070120"}, Nordlys: {Issuer: "AMSYSTEM", Serial: "NORDLYS-01"},
	}[name]
	code, _, err := d.vendors.Authority.MakeCode(ctx, "demo", vendor, now)
	if err != nil {
		return err
	}
	_, err = c.Register(ctx, api.Register{Issuer: string(vendor.Issuer), Code: code}, false)
	return err
}

// fetch receives the set that the vendor's license server has.
func fetch(ctx context.Context, c *client.Client) (api.Set, error) {
	fetched, err := c.Fetch(ctx, api.Fetch{}, false)
	if err != nil {
		return api.Set{}, err
	}
	for _, item := range fetched.Items {
		if item.Set != nil {
			return *item.Set, nil
		}
	}
	return api.Set{}, errors.New("the license servers had no set")
}

// Verify compares what is in use with what the examples say must be.
func (d *Demo) Verify(ctx context.Context) ([]Difference, error) {
	designteamet, err := d.Client(Designteamet)
	if err != nil {
		return nil, err
	}
	differences, err := Compare(ctx, designteamet, "superoffice", InUse(examples.Designteamet().InUse))
	if err != nil {
		return nil, err
	}
	nordlys, err := d.Client(Nordlys)
	if err != nil {
		return nil, err
	}
	more, err := Compare(ctx, nordlys, "amsystem", examples.Nordlys().Occupied)
	return append(differences, more...), err
}

// Client returns a client for the administrator of an installation.
func (d *Demo) Client(name string) (*client.Client, error) {
	secret, err := os.ReadFile(filepath.Join(d.Dir, name+".token"))
	if err != nil {
		return nil, err
	}
	return client.New(client.Options{Server: d.Server, Installation: name, Token: string(secret[:len(secret)-1])})
}

// place is one remembered installation, as the pott commands read it.
type place struct {
	Server       string `json:"server"`
	Installation string `json:"installation"`
	TokenFile    string `json:"token_file"`
}

// remember writes the contexts, so that the commands to try are short.
func (d *Demo) remember(places map[string]place) error {
	data, err := json.MarshalIndent(map[string]any{"current": Designteamet, "contexts": places}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(d.Contexts, data, 0o600)
}

// Close stops the servers.
func (d *Demo) Close() error {
	d.stop()
	var errs []error
	for _, served := range d.served {
		errs = append(errs, <-served)
	}
	if d.host != nil {
		errs = append(errs, d.host.Close())
	}
	if d.vendors != nil {
		errs = append(errs, d.vendors.Close())
	}
	return errors.Join(errs...)
}
