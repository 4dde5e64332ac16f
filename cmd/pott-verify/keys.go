package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type keysCommand struct {
	File string `arg:"" help:"The license file, or a root file; - reads standard input."`
}

// keysReport is every key in a file.
type keysReport struct {
	Schema    int          `json:"schema"`
	Verified  bool         `json:"verified"` // always false: keys are shown, not checked
	Threshold int          `json:"threshold"`
	KeyList   int64        `json:"key_list,omitempty"` // number of the newest
	Keys      []keyLine    `json:"keys"`
	Revoked   []revokeLine `json:"revoked,omitempty"`
}

type keyLine struct {
	Role        string       `json:"role"` // "root", "next root", "issuer", "signing"
	Name        string       `json:"name"`
	Fingerprint string       `json:"fingerprint"`
	From        license.Date `json:"from,omitzero"`
	Through     license.Date `json:"through,omitzero"`
	May         string       `json:"may,omitempty"`
}

type revokeLine struct {
	Fingerprint string       `json:"fingerprint"`
	By          string       `json:"by"`
	Effect      string       `json:"effect"`
	Date        license.Date `json:"date,omitzero"`
}

// Run shows the keys of the newest key list and of the certificate.
func (c keysCommand) Run(s *session) error {
	text, err := s.read(c.File)
	if err != nil {
		return err
	}
	var r keysReport
	if isA(text, "pott-root") {
		trust, err := licensefile.ParseRootFile(text)
		if err != nil {
			return badRootFile(c.File, err)
		}
		r = keysReport{Schema: 1, Threshold: trust.Threshold}
		r.roots("root", trust.Roots)
	} else {
		f, err := licensefile.Parse(text)
		if err != nil {
			return err
		}
		r = keysOf(f)
	}
	if err := s.answer(r, r.print); err != nil {
		return err
	}
	s.remark("compare the fingerprints with those the vendor published elsewhere")
	return nil
}

func keysOf(f *licensefile.File) keysReport {
	list := f.KeyLists[len(f.KeyLists)-1]
	r := keysReport{Schema: 1, Threshold: list.Threshold, KeyList: list.Number}
	r.roots("root", list.Roots)
	r.roots("next root", list.NextRoots)
	for _, g := range list.Issuers {
		r.Keys = append(r.Keys, keyLine{"issuer", string(g.Issuer), licensefile.Fingerprint(g.Key), g.Fence.From, g.Fence.Through, may(g.Fence)})
	}
	for _, k := range f.Certificate.SigningKeys {
		r.Keys = append(r.Keys, keyLine{"signing", string(f.Certificate.Issuer), licensefile.Fingerprint(k.Key), k.From, k.Through, k.Type})
	}
	for _, v := range list.Revocations {
		r.Revoked = append(r.Revoked, revokeLine{licensefile.Fingerprint(v.Key), "roots", string(v.Effect), v.Date})
	}
	for _, k := range f.Certificate.Revoked {
		r.Revoked = append(r.Revoked, revokeLine{Fingerprint: licensefile.Fingerprint(k), By: string(f.Certificate.Issuer), Effect: string(licensefile.RefuseNew)})
	}
	return r
}

func (r *keysReport) roots(role string, roots []licensefile.RootKey) {
	for _, k := range roots {
		r.Keys = append(r.Keys, keyLine{Role: role, Name: k.Name, Fingerprint: licensefile.Fingerprint(k.Key)})
	}
}

// may says in a few words what an issuer may grant.
func may(f licensefile.Fence) string {
	var kinds []string
	for _, k := range f.Kinds {
		kinds = append(kinds, k.String())
	}
	words := []string{
		strings.Join(f.Modules, " "), strings.Join(kinds, " "), fmt.Sprintf("up to %d of each and %d in all", f.MaxQuantity, f.MaxTotal),
		fmt.Sprintf("for %d days, until %s", f.MaxTermDays, f.LastDate),
	}
	for _, w := range []struct {
		is   bool
		word string
	}{{f.Unrestricted, "unrestricted"}, {f.NoExpiry, "without end"}, {f.Clients, "ways to sign in"}} {
		if w.is {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, "; ")
}

func (r keysReport) print(w io.Writer) {
	if r.KeyList > 0 {
		fmt.Fprintf(w, "key list %d, signed by at least %d of its roots\n\n", r.KeyList, r.Threshold)
	} else {
		fmt.Fprintf(w, "root file, at least %d must sign\n\n", r.Threshold)
	}
	rows := [][]string{{"ROLE", "NAME", "FINGERPRINT", "FROM", "THROUGH", "MAY"}}
	for _, k := range r.Keys {
		rows = append(rows, []string{k.Role, k.Name, k.Fingerprint, k.From.String(), k.Through.String(), k.May})
	}
	for _, v := range r.Revoked {
		rows = append(rows, []string{"revoked", "by " + v.By, v.Fingerprint, v.Date.String(), "", v.Effect})
	}
	printTable(w, rows)
}
