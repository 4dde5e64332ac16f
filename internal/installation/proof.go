package installation

import (
	"context"
	"fmt"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// decisive returns the license that the answer to a question hangs on: what adds
// editing to a feature, where something does, and what signing in needs of the
// person, where it needs anything.
func decisive(active *license.Active, q seat.Question) license.Name {
	issuer := q.Name.Issuer
	switch q.Ask {
	case seat.AskEdit:
		if l := active.License(q.Name); l != nil && l.Edit != "" {
			if edit := license.NameOf(issuer, l.Edit); active.License(edit) != nil {
				return edit
			}
		}
	case seat.AskClient:
		set := active.Set(issuer)
		if set == nil {
			break
		}
		for _, c := range set.Clients {
			if license.NameOf(issuer, license.Module(c.Name)) != q.Name {
				continue
			}
			for _, m := range append(c.User[:len(c.User):len(c.User)], c.System...) {
				return license.NameOf(issuer, m)
			}
		}
	}
	return q.Name
}

// proofOf returns the proof that a license is in the set in force. It is made of
// the file as it was received, and holds nothing that the file does not.
func proofOf(ctx context.Context, v *store.View, name license.Name) (*api.Proof, error) {
	if v.Active().License(name) == nil {
		return nil, &NoProofError{License: name}
	}
	for _, row := range v.Sets() {
		if row.Issuer != name.Issuer || row.State != store.SetActive {
			continue
		}
		file, err := v.SetFile(ctx, row.File)
		if err != nil {
			return nil, err
		}
		f, err := licensefile.Parse(file)
		if err != nil {
			return nil, err
		}
		text, err := f.Proof(name.Module)
		if err != nil {
			return nil, err
		}
		return &api.Proof{License: name, Set: setID(row.Issuer, row.Number), Text: string(text)}, nil
	}
	return nil, &NoProofError{License: name}
}

// A NoProofError is returned when no set in force has the license an answer
// hangs on: that something is missing cannot be proved.
type NoProofError struct {
	License license.Name
}

func (e *NoProofError) Error() string { return fmt.Sprintf("no set in force has %s", e.License) }

// Code returns the stable code of the error.
func (e *NoProofError) Code() string { return "proof.none" }
