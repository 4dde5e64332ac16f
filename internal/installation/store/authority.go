package store

import (
	"cmp"
	"slices"

	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// Authority is what is known of the license server of an issuer.
type Authority struct {
	Issuer     license.Issuer
	Serial     string // that the installation is registered under; "" when it is not
	Registered int64  // when it became so, microseconds since 1970 UTC
	Asked      int64  // when it was asked last, whatever came of it; 0: never
	Answered   int64  // when it answered last; 0: never
	Failures   int64  // how often it was asked in vain since
	Error      string // code of the last failure; "" when the last question was answered
	Why        string // English, for the error's sentence

	// What it answered last.
	Refused    licenseserver.Refusal
	Status     licenseserver.Status
	Messages   license.Texts // nil for none
	Address    string        // shown beside the messages, and never opened
	Offered    int64         // number of the newest set it has; 0 for none
	Company    string        // that this set names
	NewSerial  string        // the serial number to have; "" for none
	NewCompany string
	Clock      int64 // the server's time minus this one's, in seconds

	Reported licenseserver.Mark // the set in force that was reported last; zero for none
	ToldAt   int64              // when the last report was tried, microseconds since 1970 UTC
}

var authorityLayout = tamper.NewLayout("authority", "issuer:t", "serial:t registered:i asked:i answered:i failures:i error:t why:t refused:t "+
	"status:t messages:t address:t offered:i company:t new_serial:t new_company:t clock:i reported:i checkpoint:t told_at:i")

var authorityCodec = codec[string, Authority]{
	layout: authorityLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(a *Authority) []tamper.Value {
		return []tamper.Value{tamper.Str(a.Serial), tamper.Int(a.Registered), tamper.Int(a.Asked), tamper.Int(a.Answered), tamper.Int(a.Failures),
			tamper.Str(a.Error), tamper.Str(a.Why), tamper.Str(string(a.Refused)), tamper.Str(string(a.Status)), tamper.Str(formatTexts(a.Messages)),
			tamper.Str(a.Address), tamper.Int(a.Offered), tamper.Str(a.Company), tamper.Str(a.NewSerial), tamper.Str(a.NewCompany), tamper.Int(a.Clock),
			tamper.Int(a.Reported.Number), tamper.Str(a.Reported.Checkpoint), tamper.Int(a.ToldAt)}
	},
	decode: func(k string, v []tamper.Value) Authority {
		return Authority{Issuer: license.Issuer(k), Serial: v[0].Str(), Registered: v[1].Int(), Asked: v[2].Int(), Answered: v[3].Int(), Failures: v[4].Int(),
			Error: v[5].Str(), Why: v[6].Str(), Refused: licenseserver.Refusal(v[7].Str()), Status: licenseserver.Status(v[8].Str()), Messages: parseTexts(v[9].Str()),
			Address: v[10].Str(), Offered: v[11].Int(), Company: v[12].Str(), NewSerial: v[13].Str(), NewCompany: v[14].Str(), Clock: v[15].Int(),
			Reported: licenseserver.Mark{Number: v[16].Int(), Checkpoint: v[17].Str()}, ToldAt: v[18].Int()}
	},
}

// Authority returns what is known of the license server of an issuer.
func (v *View) Authority(issuer license.Issuer) (Authority, bool) {
	a := v.book.authorities.get(string(issuer))
	if v.staged != nil {
		a = v.staged.authorities.get(string(issuer))
	}
	if a == nil {
		return Authority{Issuer: issuer}, false
	}
	return *a, true
}

// Authorities returns what is known of all license servers, by issuer.
func (v *View) Authorities() []Authority {
	var list []Authority
	for a := range all(v, v.book.authorities, func(s *staged) *staging[string, Authority] { return s.authorities }) {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(x, y Authority) int { return cmp.Compare(x.Issuer, y.Issuer) })
	return list
}

// PutAuthority stores what is known of a license server. It grants nothing, so it
// is never refused for that.
func (tx *Tx) PutAuthority(a Authority) error {
	return tx.staged.authorities.put(string(a.Issuer), &a)
}
