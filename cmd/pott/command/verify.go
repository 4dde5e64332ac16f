package command

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

type setInspect struct {
	File string `arg:"" help:"The license file; - reads standard input."`
}

// fileReport is what a license file says, as one document.
type fileReport struct {
	ID         string       `json:"id"`
	Issuer     string       `json:"issuer"`
	Number     int64        `json:"number"`
	Company    string       `json:"company"`
	Serial     string       `json:"serial"`
	TimeZone   string       `json:"time_zone"`
	State      string       `json:"state"`
	Expiry     license.Date `json:"expiry,omitzero"`
	Grace      license.Date `json:"grace,omitzero"`
	Checkpoint string       `json:"checkpoint"`
	SignedBy   string       `json:"signed_by,omitempty"` // fingerprint of the key that signed
	Verified   bool         `json:"verified"`            // false: nobody has checked who signed
	Licenses   []fileRow    `json:"licenses"`
}

type fileRow struct {
	Name         license.Name `json:"name"`
	DisplayName  string       `json:"display_name,omitempty"`
	Kind         license.Kind `json:"kind"`
	Seats        int64        `json:"seats"`
	Unrestricted bool         `json:"unrestricted,omitempty"`
	Hidden       bool         `json:"hidden,omitempty"`
}

func (c setInspect) Run(s *session) error {
	data, err := s.read(c.File)
	if err != nil {
		return err
	}
	f, err := licensefile.Parse(data)
	if err != nil {
		return err
	}
	r, err := s.report(f)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: r, ids: []string{r.ID}, human: func(o *paper) {
		o.file(r)
		o.printf("\n")
		t := &table{columns: []column{{head: "license", cut: late}, {head: "name"}, {head: "kind"}, {head: "purchased", right: true}}}
		for _, l := range r.Licenses {
			n := fmt.Sprint(l.Seats)
			if l.Unrestricted {
				n = s.say("pool.no-limit")
			}
			t.add(title(l.DisplayName, l.Name), l.Name.String(), s.say("kind."+l.Kind.String()), n)
		}
		o.table(t)
		s.remark("inspect.unchecked")
	}})
}

func (o *paper) file(r fileReport) {
	end := license.Dates{Expiry: r.Expiry, Grace: r.Grace}.End()
	o.pairs([][2]string{
		{"set", r.ID}, {"company", r.Company}, {"serial", r.Serial}, {"validity", o.validity(r.State, r.Expiry, end, nil)},
		{"time-zone", r.TimeZone}, {"licenses", fmt.Sprint(len(r.Licenses))}, {"checkpoint", r.Checkpoint},
	}...)
}

func (s *session) report(f *licensefile.File) (fileReport, error) {
	today, err := f.Set.Today(s.p.Now())
	if err != nil {
		return fileReport{}, err
	}
	set := &f.Set
	r := fileReport{
		ID: setID(set), Issuer: string(set.Issuer), Number: set.Number, Company: set.Company, Serial: set.Serial,
		TimeZone: set.TimeZone, State: set.Dates.State(today).String(), Expiry: set.Dates.Expiry, Grace: set.Dates.Grace,
		Checkpoint: f.Hash, Licenses: []fileRow{},
	}
	for _, l := range set.Licenses {
		r.Licenses = append(r.Licenses, fileRow{
			Name: license.NameOf(set.Issuer, l.Module), DisplayName: l.Names.In(s.language()), Kind: l.Kind,
			Seats: l.Quantity, Unrestricted: l.Unrestricted, Hidden: l.Hidden,
		})
	}
	return r, nil
}

// setID returns the id a server gives a set: "superoffice-1".
func setID(set *license.Set) string {
	issuer := strings.ToLower(string(set.Issuer)) // A–Z and digits only
	return fmt.Sprintf("%s-%d", issuer, set.Number)
}

type setVerify struct {
	File string `arg:"" help:"The license file; - reads standard input."`
	Root string `required:"" placeholder:"FILE" help:"File with the root keys you trust."`
}

func (c setVerify) Run(s *session) error {
	root, err := s.read(c.Root)
	if err != nil {
		return err
	}
	trust, err := licensefile.ParseRootFile(root)
	if err != nil {
		return err
	}
	data, err := s.read(c.File)
	if err != nil {
		return err
	}
	v, err := licensefile.Verify(data, trust, s.p.Now())
	if err != nil {
		return err
	}
	r, err := s.report(v.File)
	if err != nil {
		return err
	}
	r.Verified, r.SignedBy = true, licensefile.Fingerprint(v.SigningKey.Key)
	return s.answer(answer{doc: r, ids: []string{r.ID}, human: func(o *paper) {
		o.line("verify.good", r.ID, r.Issuer)
		o.file(r)
		o.pairs([2]string{"signature", r.SignedBy})
	}})
}
