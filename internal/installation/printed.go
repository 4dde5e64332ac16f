package installation

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/tamper"
)

// A PrintedHead is the place of a ledger as it is written down outside the
// server, to be compared later.
type PrintedHead struct {
	Installation string `json:"installation"` // id; "server" for the list of installations
	Name         string `json:"name,omitempty"`
	Ledger       string `json:"ledger"`
	Seq          int64  `json:"seq"`
	Fingerprint  string `json:"fingerprint"`
}

// String returns the text to write down.
func (h PrintedHead) String() string {
	return fmt.Sprintf("%s/%s/%d/%s", h.Installation, h.Ledger, h.Seq, h.Fingerprint)
}

var printedText = regexp.MustCompile(`^([a-z0-9]{1,64})/(seats|server|usage)/([1-9][0-9]{0,15})/([0-9a-f]{4}(?:-[0-9a-f]{4}){7})$`)

// ParsePrintedHead reads what [PrintedHead.String] wrote. Anything else is a
// [*BadHeadError].
func ParsePrintedHead(text string) (PrintedHead, error) {
	m := printedText.FindStringSubmatch(text)
	if m == nil {
		return PrintedHead{}, &BadHeadError{Head: text, Why: "it is not written as id/ledger/number/fingerprint"}
	}
	seq, err := strconv.ParseInt(m[3], 10, 64)
	if err != nil {
		return PrintedHead{}, &BadHeadError{Head: text, Why: "the number is too large"}
	}
	return PrintedHead{Installation: m[1], Ledger: m[2], Seq: seq, Fingerprint: m[4]}, nil
}

// A BadHeadError is returned for a text that is no printed head.
type BadHeadError struct{ Head, Why string }

func (e *BadHeadError) Error() string {
	return fmt.Sprintf("%q is no head of a ledger: %s", e.Head, e.Why)
}

// Code returns the stable code of the error.
func (e *BadHeadError) Code() string { return "restore.bad-head" }

// Heads returns where every ledger stands, the server's first: kept outside, they
// show later whether the database was put back.
func (h *House) Heads() []PrintedHead {
	list := []PrintedHead{printed(tamper.ServerInstallation, "server", "", h.store.Head())}
	for _, b := range h.store.Books() {
		list = append(list, printed(b.ID(), "seats", b.Name(), b.Head()))
	}
	return list
}

func printed(installation, ledger, name string, h store.Head) PrintedHead {
	return PrintedHead{Installation: installation, Name: name, Ledger: ledger, Seq: h.Seq,
		Fingerprint: tamper.Fingerprint(installation, tamper.Head{Ledger: ledger, Epoch: h.Epoch, Seq: h.Seq, Link: h.Link})}
}
