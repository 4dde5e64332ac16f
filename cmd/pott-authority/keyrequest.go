package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/keyfile"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type keyRequest struct {
	Make requestMake `cmd:"" default:"withargs" help:"Write a request: an issuer key of yours asks to be let in."`
	Show requestShow `cmd:"" help:"Show a request after checking that it is signed with the key it asks for."`
}

type requestMake struct {
	Issuer  string `required:"" placeholder:"ISSUER" help:"Name you want to issue under, A–Z and 0–9."`
	Company string `required:"" placeholder:"NAME" help:"Your company."`
	Contact string `placeholder:"TEXT" help:"Whom the holder of the root keys may ask."`
	Key     string `placeholder:"KEY" help:"Issuer key that asks; ISSUER-issuer-1 when left out, which is made when it is not there."`
	Out     string `short:"o" placeholder:"FILE" help:"Where the request goes. Else ISSUER-request.txt here."`
	Work    int    `default:"18" placeholder:"N" help:"What one try of a passphrase costs, as a power of two."`
	passphrase
	preview
}

func (c *requestMake) Run(s *session) error {
	issuer, err := license.ParseIssuer(strings.ToUpper(c.Issuer))
	if err != nil {
		return err
	}
	name, path := c.Key, c.Out
	if name == "" {
		name = issuerKeyName(string(issuer), 1)
	}
	if path == "" {
		path = strings.ToLower(string(issuer)) + "-request.txt"
	}
	if err := mayWrite(path); err != nil {
		return err
	}
	r := authority.Request{Issuer: issuer, Company: c.Company, Contact: c.Contact, Made: s.p.now()}
	if err := r.Check(); err != nil {
		return err
	}
	fresh := c.Key == "" && s.mayMake(name) == nil
	if c.DryRun {
		return s.answer(map[string]any{"issuer": issuer, "company": c.Company, "key": name, "new_key": fresh, "file": path, "dry_run": true}, func(w io.Writer) {
			fmt.Fprintf(w, "would ask for %s with the key %s in %s\n", issuer, name, path)
		})
	}
	f := freshKey{With: name, Work: c.Work}
	k, err := f.ready(s, name, fresh, keyfile.Issuer, c.source())
	if err != nil {
		return err
	}
	signs, err := k.signer(s, c.source())
	if err != nil {
		return err
	}
	r.Key = licensefile.RootKey{Name: k.Name, Key: k.Key}
	file, err := authority.SignRequest(r, signs)
	if err == nil {
		err = s.write(path, file)
	}
	if err != nil {
		k.undo(s)
		return err
	}
	if path == "-" {
		return nil
	}
	return s.answer(map[string]any{"issuer": issuer, "company": c.Company, "key": name, "fingerprint": licensefile.Fingerprint(k.Key), "new_key": fresh, "file": path}, func(w io.Writer) {
		fmt.Fprintf(w, "asked for %s with the key %s in %s\n", issuer, name, path)
		fmt.Fprintf(w, "fingerprint  %s\n", licensefile.Fingerprint(k.Key))
		fmt.Fprintln(w, "next         send the file, and read the fingerprint to the holder of the root keys over another way")
	})
}

type requestShow struct {
	File string `arg:"" help:"The request; - reads standard input."`
}

func (c *requestShow) Run(s *session) error {
	text, err := s.read(c.File)
	if err != nil {
		return err
	}
	r, err := authority.ParseRequest(text)
	if err != nil {
		return err
	}
	made := r.Made.Format(time.RFC3339)
	doc := map[string]any{"issuer": r.Issuer, "company": r.Company, "contact": r.Contact, "made": made, "key": r.Key.Name, "public": r.Key.String(), "fingerprint": licensefile.Fingerprint(r.Key.Key)}
	return s.answer(doc, func(w io.Writer) {
		fmt.Fprintf(w, "issuer       %s\ncompany      %s\n", r.Issuer, r.Company)
		if r.Contact != "" {
			fmt.Fprintf(w, "contact      %s\n", r.Contact)
		}
		fmt.Fprintf(w, "made         %s\nkey          %s\nfingerprint  %s\n", made, r.Key.Name, licensefile.Fingerprint(r.Key.Key))
		fmt.Fprintln(w, "signed       with the key it asks for; compare the fingerprint over another way")
	})
}
