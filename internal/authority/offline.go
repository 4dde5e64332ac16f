package authority

import (
	"bytes"
	"context"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// A Bound is the answer to a request that was carried as a file: a set that names
// the key of the installation, so that it is of no use to another.
type Bound struct {
	Serial string // of the set
	Entry  *Entry // the set, when it was signed before; else nil
	Order  []byte // the order to sign, when it was not
}

// BindTo returns what answers a request that was carried as a file: the newest
// set of the serial number it is for, when that names the installation's key
// already, or else its order for that key under the next number. It records
// nothing.
func (a *Authority) BindTo(ctx context.Context, q *licenseserver.Request) (*Bound, error) {
	b := &Bound{Serial: q.Serial}
	switch q.Kind {
	case licenseserver.Change:
		b.Serial = q.NewSerial
	case licenseserver.Register, licenseserver.Fetch:
	default:
		return nil, &NotAnsweredError{Kind: string(q.Kind)}
	}
	var newest *Entry
	err := a.record.Look(ctx, func(d *store.Desk) (err error) {
		newest, err = d.Newest(q.Issuer, b.Serial)
		return err
	})
	if err != nil {
		return nil, err
	}
	if newest == nil {
		return nil, &NothingIssuedError{q.Issuer, b.Serial}
	}
	f, err := licensefile.Parse(newest.File)
	if err != nil {
		return nil, err
	}
	if f.Set.Installation == q.Installation() {
		b.Entry = newest
		return b, nil
	}
	b.Order, err = orderFor(newest.Order, q.Installation())
	return b, err
}

// orderFor returns an order for one installation, under the next number.
func orderFor(order []byte, installation string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(order, &doc); err != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, &OrderMalformedError{0, "the order on record cannot be read"}
	}
	fields := doc.Content[0]
	for i := 0; i < len(fields.Content); {
		if name := fields.Content[i].Value; name == "number" || name == "installation" {
			fields.Content = slices.Delete(fields.Content, i, i+2)
			continue
		}
		i += 2
	}
	fields.Content = append(fields.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "installation"}, &yaml.Node{Kind: yaml.ScalarNode, Value: installation})
	var text bytes.Buffer
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	if err := e.Encode(&doc); err != nil {
		return nil, err
	}
	return text.Bytes(), e.Close()
}

// Vouch makes the key of a request that was carried as a file known: by the code
// that is in it, or because whoever calls has compared it over another way. A key
// that is known already stays so.
func (a *Authority) Vouch(ctx context.Context, by string, q *licenseserver.Request, now time.Time) error {
	serial := q.Serial
	if q.Kind == licenseserver.Change {
		serial = q.NewSerial
	}
	return a.record.Exchange(ctx, func(d *store.Desk) error {
		x := &exchange{Desk: d, q: q, r: licenseserver.ReplyTo(q, now), now: now}
		known, err := d.Registered(q.Issuer, serial)
		if err != nil || known != nil && known.Key.Equal(q.Key) {
			return err
		}
		if q.Code == "" {
			_, err = x.enter(&store.Registration{Issuer: q.Issuer, Serial: serial, Company: q.Company, Key: q.Key, Way: "file", At: now, By: by})
			return err
		}
		if _, err := x.register(serial); err != nil {
			return err
		}
		if x.r.Refused != "" {
			return &CodeRefusedError{Why: x.r.Refused}
		}
		return nil
	})
}
