package auditproof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/licensefile"
)

// A FormatError is returned for a text that is no proof.
type FormatError struct {
	Line int // from 1; 0 when none is to blame
	Why  string
}

func (e *FormatError) Error() string {
	if e.Line == 0 {
		return "this is no proof of an audit trail: " + e.Why
	}
	return fmt.Sprintf("this is no proof of an audit trail: line %d: %s", e.Line, e.Why)
}

// Code returns the stable code of the error.
func (e *FormatError) Code() string { return "audit.proof-malformed" }

// A VersionError is returned for a proof of another version.
type VersionError struct{ Needs, Reads string }

func (e *VersionError) Error() string {
	return fmt.Sprintf("the proof is %s, and %s is known", e.Needs, e.Reads)
}

// Code returns the stable code of the error.
func (e *VersionError) Code() string { return "audit.proof-version" }

const tooLong = "it is too long"

// Is reports whether a text begins as a proof of an audit trail does.
func Is(text []byte) bool { return bytes.HasPrefix(text, []byte("pott-audit-proof/v")) }

// Parse reads a proof. What it takes it would write back byte for byte, so two
// readers never understand one proof differently. Whether the proof is true, it
// does not say; see [Proof.Check].
//
// The error is a [*FormatError] or a [*VersionError].
func Parse(text []byte) (*Proof, error) {
	if len(text) > MaxBytes {
		return nil, &FormatError{Why: tooLong}
	}
	first, _, _ := bytes.Cut(text[:min(len(text), 64)], []byte("\n"))
	switch {
	case anyVersion.Match(first) && string(first) != format:
		return nil, &VersionError{Needs: string(first), Reads: format}
	case string(first) != format:
		return nil, &FormatError{Line: 1, Why: "the first line is " + format}
	}
	end := bytes.Index(text, []byte("\n\n"))
	if end < 0 {
		return nil, &FormatError{Why: "the end is missing: it was cut off"}
	}
	p := &Proof{body: text[:end+1]}
	if err := p.readBody(); err != nil {
		return nil, err
	}
	return p, p.readSeal(text[end+2:])
}

// readBody reads the lines that are signed by their hash.
func (p *Proof) readBody() error {
	stage := 0 // what may come next: 0 the format, 1 the header, 2 batches and entries, 3 people
	for line := range bytes.Lines(p.body) {
		p.lines++
		line = bytes.TrimSuffix(line, []byte("\n"))
		why := ""
		switch {
		case len(line) > MaxLine:
			why = tooLong
		case stage == 0:
			stage = 1
		case stage == 1:
			why = spelled(line, &p.Header)
			if stage = 2; why == "" {
				why = p.Header.fault()
			}
		case bytes.HasPrefix(line, []byte(`{"seq"`)) && stage == 2:
			why = p.readBatch(line)
		case bytes.HasPrefix(line, []byte(`{"n"`)) && stage == 2:
			why = p.readEntry(line)
		case bytes.HasPrefix(line, []byte(`{"person"`)):
			stage, why = 3, p.readPerson(line)
		default:
			why = "it is none of the lines that may stand here"
		}
		if why != "" {
			return &FormatError{Line: int(p.lines), Why: why}
		}
	}
	if stage < 2 {
		return &FormatError{Line: 2, Why: "the second line is the header"}
	}
	return nil
}

// spelled reads a line that has one spelling only.
func spelled(line []byte, into any) string {
	if err := json.Unmarshal(line, into); err != nil {
		return "it cannot be read"
	}
	again, err := marshal(into)
	if err != nil || !bytes.Equal(again, line) {
		return "it is not in its one spelling"
	}
	return ""
}

func (p *Proof) readBatch(line []byte) string {
	var b Batch
	if why := spelled(line, &b); why != "" {
		return why
	}
	last := p.After.Seq
	if n := len(p.Batches); n > 0 {
		last = p.Batches[n-1].Seq
	}
	switch {
	case b.Seq <= last:
		return "changes stand in order, each once"
	case !digits32.MatchString(b.Epoch) || !digits32.MatchString(b.Batch):
		return "an epoch and a batch have 32 hexadecimal digits"
	case !digits64.MatchString(b.Content) || !digits64.MatchString(b.Changes) || !digits64.MatchString(b.Link):
		return "a hash has 64 hexadecimal digits"
	}
	p.Batches = append(p.Batches, b)
	return ""
}

func (p *Proof) readEntry(line []byte) string {
	var e Entry
	if why := spelled(line, &e); why != "" {
		return why
	}
	if len(p.Batches) == 0 {
		return "an entry stands behind its change"
	}
	b := &p.Batches[len(p.Batches)-1]
	switch n := len(b.Entries); {
	case b.Seq < p.From || b.Seq > p.To:
		return "the entries of a change out of the range are not shown"
	case n > 0 && e.N <= b.Entries[n-1].N:
		return "entries stand in order, each once"
	}
	b.Entries = append(b.Entries, e)
	return ""
}

func (p *Proof) readPerson(line []byte) string {
	var who Person
	if why := spelled(line, &who); why != "" {
		return why
	}
	if n := len(p.People); who.Person == "" || n > 0 && who.Person <= p.People[n-1].Person {
		return "people stand in order, each once"
	}
	p.People = append(p.People, who)
	return ""
}

var (
	digits32   = regexp.MustCompile(`^[0-9a-f]{32}$`)
	digits64   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	anyVersion = regexp.MustCompile(`^pott-audit-proof/v[0-9]{1,9}$`)
	idText     = regexp.MustCompile(`^[a-z0-9]{1,64}$`)
	words      = regexp.MustCompile(`^(seats|server|usage)$`)
)

const madeLayout = "2006-01-02T15:04:05Z"

// fault says what is wrong with a header, or "".
func (h *Header) fault() string {
	made, err := time.Parse(madeLayout, h.Made)
	switch {
	case !idText.MatchString(h.Installation) || !words.MatchString(h.Ledger):
		return "it names no ledger of an installation"
	case err != nil || made.Format(madeLayout) != h.Made:
		return "a time is written as 2026-06-10T12:00:00Z"
	case h.Rollback != Intact && h.Rollback != Broken && h.Rollback != Unchecked:
		return "it does not say what was known of a rollback"
	case h.From < 1 || h.To < h.From-1 || h.To > h.Head.Seq || h.After.Seq >= h.From:
		return "its numbers contradict each other"
	case h.After.Seq == 0 && h.After != (Place{}) || h.After.Seq != 0 && !h.After.good() || h.After.Seq < 0:
		return "the place before the first change is no place"
	case !h.Head.good():
		return "the head is no place"
	}
	if h.Key == "" {
		return ""
	}
	key, err := strict64.DecodeString(h.Key)
	if err != nil || strict64.EncodeToString(key) != h.Key || licensefile.CheckKey(key) != nil {
		return "the key is not an Ed25519 public key in base64"
	}
	return ""
}

func (p Place) good() bool {
	return p.Seq > 0 && digits32.MatchString(p.Epoch) && digits64.MatchString(p.Link)
}

// readSeal reads what stands behind the body: there is one way to write it.
func (p *Proof) readSeal(seal []byte) error {
	sum := sha256.Sum256(p.body)
	note := string(noteOf(p.Installation, p.lines, sum[:]))
	parts := strings.SplitAfterN(string(seal), "\n", 5)
	if len(parts) < 5 || strings.Join(parts[:2], "") != format+"\n"+p.Installation+"\n" || !sameForm(parts[2], parts[3]) {
		return &FormatError{Line: int(p.lines) + 2, Why: "four lines that are signed stand here"}
	}
	p.altered = strings.Join(parts[:4], "") != note
	if parts[4] == "" {
		if p.Key != "" {
			return &FormatError{Line: int(p.lines) + 6, Why: "it names a key and is not signed: it was cut off"}
		}
		return nil
	}
	encoded, ok := strings.CutPrefix(parts[4], "\n— "+p.Installation+" ")
	encoded, ended := strings.CutSuffix(encoded, "\n")
	b, err := strict64.DecodeString(encoded)
	if !ok || !ended || err != nil || strict64.EncodeToString(b) != encoded || len(b) != 4+ed25519.SignatureSize || p.Key == "" {
		return &FormatError{Line: int(p.lines) + 7, Why: "the last line is one signature of the installation"}
	}
	p.signature = b
	return nil
}

// sameForm reports whether two lines are a number and a hash.
func sameForm(number, hash string) bool {
	n, err := strconv.ParseInt(strings.TrimSuffix(number, "\n"), 10, 64)
	b, err2 := strict64.DecodeString(strings.TrimSuffix(hash, "\n"))
	return err == nil && err2 == nil && n > 0 && fmt.Sprintf("%d\n", n) == number && strict64.EncodeToString(b)+"\n" == hash && len(b) == sha256.Size
}
