package installation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// How long a license server may take.
const (
	askConnect = 10 * time.Second
	askWhole   = 60 * time.Second
)

// AskOverHTTP returns what sends a request to the URL of a license server and
// returns the body of a reply with status 200. It goes where it is sent and
// nowhere else: it follows no redirect. base is nil but in tests, which trust
// another certificate.
func AskOverHTTP(base *http.Transport) func(ctx context.Context, address string, request []byte) ([]byte, error) {
	if base == nil {
		base = http.DefaultTransport.(*http.Transport).Clone()
	}
	base.DialContext = (&net.Dialer{Timeout: askConnect}).DialContext
	client := &http.Client{Transport: base, Timeout: askWhole,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return func(ctx context.Context, address string, request []byte) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(request))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", licenseserver.MediaType)
		r.Header.Set("User-Agent", "pott")
		r.Header.Set(licenseserver.FieldsHeader, licenseserver.FieldLast)
		res, err := client.Do(r)
		if err != nil {
			return nil, withoutURL(err)
		}
		defer res.Body.Close()
		switch {
		case res.StatusCode >= 300 && res.StatusCode < 400:
			return nil, fmt.Errorf("it sends us elsewhere (%s), and nobody is followed", res.Status)
		case res.StatusCode != http.StatusOK:
			return nil, fmt.Errorf("it answers %s", res.Status)
		}
		body, err := io.ReadAll(io.LimitReader(res.Body, licenseserver.MaxReply+1))
		if err != nil {
			return nil, withoutURL(err)
		}
		return body, nil
	}
}

func withoutURL(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// An exchange is a request that was sent, and what came back.
type exchange struct {
	asked    *licenseserver.Request
	reply    *licenseserver.Reply
	receipt  *licensefile.Receipt
	received time.Time // by this server's clock
}

// difference is the server's clock minus ours, in whole seconds.
func (q *exchange) difference() int64 {
	return int64(q.reply.Made.Sub(q.received).Round(time.Second) / time.Second)
}

// askServer asks the license server of an issuer and returns its genuine reply to this
// very question, a refusal included. It stores nothing.
func (in *Installation) askServer(ctx context.Context, issuer license.Issuer, kind licenseserver.Kind, change func(*licenseserver.Request)) (*exchange, error) {
	var q *licenseserver.Request
	var trust licensefile.Trust
	var address string
	err := in.view(func(v *store.View) (err error) {
		if address, err = in.askable(v, issuer); err != nil {
			return err
		}
		q, trust = in.request(v, issuer, kind), in.trust(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if change != nil {
		change(q)
	}
	if q.Serial == "" {
		return nil, &NoSerialError{Issuer: issuer}
	}
	body, err := licenseserver.SignRequest(q, licensefile.NewSigner(in.key))
	if err != nil {
		return nil, err
	}
	answer, err := in.options.Ask(ctx, licenseserver.Endpoint(address), body)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &UnreachableAuthorityError{Issuer: issuer, Address: address, Why: err.Error()}
	}
	received := in.options.Now()
	reply, receipt, err := licenseserver.OpenReply(answer, q, trust)
	if err != nil {
		return nil, err
	}
	if reply.Last != (licenseserver.Place{}) {
		in.remembered(ctx, issuer, reply.Last)
	}
	return &exchange{asked: q, reply: reply, receipt: receipt, received: received}, nil
}

// askable returns the address of an issuer's license server, or why this
// installation does not ask it.
func (in *Installation) askable(v *store.View, issuer license.Issuer) (string, error) {
	address := in.authorityAddress(v, issuer)
	switch {
	case v.Info().Test:
		return "", &TestCopyError{Installation: in.name}
	case in.options.Ask == nil || address == "":
		return "", &NoAuthorityError{Issuer: issuer}
	case in.key == nil:
		return "", &NoKeyError{Installation: in.name}
	}
	if err := notTest(v); err != nil {
		return "", err
	}
	return address, licenseserver.CheckAddress(address)
}

// notTest refuses to ask anybody from a copy that was made for tests.
func notTest(v *store.View) error {
	if v.Info().Test {
		return &TestCopyError{Installation: v.Info().Name}
	}
	return nil
}

// authorityAddress returns where an issuer's license server is asked, or "": what
// the host's settings say, or else the set in force.
func (in *Installation) authorityAddress(v *store.View, issuer license.Issuer) string {
	if address := in.options.Authorities[issuer]; address != "" {
		return address
	}
	row, ok := activeSet(v, issuer)
	if !ok {
		return ""
	}
	if known, ok := in.addresses.Load(row.File); ok {
		return known.(string)
	}
	file, err := v.SetFile(context.Background(), row.File)
	if err != nil {
		return ""
	}
	f, err := licensefile.Parse(file)
	if err != nil {
		return ""
	}
	address := licenseserver.AddressIn(f.Optional)
	in.addresses.Store(row.File, address)
	return address
}

// activeSet returns the row of an issuer's set in force.
func activeSet(v *store.View, issuer license.Issuer) (store.Set, bool) {
	for _, row := range v.Sets() {
		if row.Issuer == issuer && row.State == store.SetActive {
			return row, true
		}
	}
	return store.Set{}, false
}

// inForceMark names an issuer's set in force; it is zero for none.
func inForceMark(v *store.View, issuer license.Issuer) licenseserver.Mark {
	row, ok := activeSet(v, issuer)
	if !ok {
		return licenseserver.Mark{}
	}
	return licenseserver.Mark{Number: row.Number, Checkpoint: row.Checkpoint}
}

// request returns a request with how things stand.
func (in *Installation) request(v *store.View, issuer license.Issuer, kind licenseserver.Kind) *licenseserver.Request {
	info, link := v.Info(), v.Link()
	q := &licenseserver.Request{Kind: kind, Issuer: issuer, Serial: info.Serial, Nonce: licenseserver.NewNonce(), Made: in.options.Now(),
		Epoch: v.Epoch(), Seq: v.Seq(), Head: fmt.Sprintf("%x", link), Set: inForceMark(v, issuer), KeyList: v.HighestKeyList()}
	if licenseserver.Fits(info.Company) {
		q.Company = info.Company
	}
	return q
}
