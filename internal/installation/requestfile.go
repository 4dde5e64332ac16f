package installation

import (
	"context"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// RequestFile returns what a license server would be asked, to be carried to it
// as a file: for the set of the installation, or, with a one-time code and
// another serial number, for that of the number it changes to. The set that
// answers it names this installation's key and is of no use elsewhere.
//
// The errors are [NoKeyError], [NoSerialError], [BadCodeError] and
// [license.BadSerialError].
func (in *Installation) RequestFile(ctx context.Context, act Act, r api.NewRequestFile) (api.RequestFile, error) {
	issuer, err := readIssuer(r.Issuer)
	if err != nil {
		return api.RequestFile{}, err
	}
	kind, code, err := kindOfFile(r)
	if err != nil {
		return api.RequestFile{}, err
	}
	var q *licenseserver.Request
	err = in.view(func(v *store.View) error {
		q = in.request(v, issuer, kind)
		if in.key == nil {
			return &NoKeyError{Installation: in.name}
		}
		if q.Serial == "" {
			return &NoSerialError{Issuer: issuer}
		}
		return notTest(v)
	})
	if err != nil {
		return api.RequestFile{}, asTyped(err, r.Issuer)
	}
	q.Code, q.NewSerial, q.NewCompany = code, r.Serial, r.Company
	file, err := licenseserver.SignRequest(q, licensefile.NewSigner(in.key))
	if err != nil {
		return api.RequestFile{}, err
	}
	answer := api.RequestFile{Installation: q.Installation(), Kind: string(kind)}
	if !act.DryRun { // each request is another, so a preview shows none
		answer.File, answer.Spoken = string(file), licenseserver.Spoken(file)
	}
	answer.Outcome, err = in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		tx.Entry("installation.request", "", audit.F("issuer", issuer), audit.F("kind", kind), audit.F("serial", q.Serial), audit.F("request", q.Hash()))
		return true, nil
	})
	return answer, err
}

// kindOfFile returns which request a file is: without a code a fetch, with one
// and another serial number a change, else a registration.
func kindOfFile(r api.NewRequestFile) (licenseserver.Kind, string, error) {
	code := licenseserver.TrimCode(r.Code)
	switch {
	case r.Code != "" && code == "":
		return "", "", &BadCodeError{}
	case r.Serial == "" && r.Company != "":
		return "", "", &BadValueError{Field: "company", Why: "it goes with another serial number"}
	case r.Serial == "" && code == "":
		return licenseserver.Fetch, "", nil
	case r.Serial == "":
		return licenseserver.Register, code, nil
	case code == "":
		return "", "", &BadValueError{Field: "serial", Why: "another serial number needs the one-time code that goes with it"}
	}
	return licenseserver.Change, code, license.CheckSerial(r.Serial)
}
