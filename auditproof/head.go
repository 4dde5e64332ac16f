package auditproof

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A HeadError is returned for a text that is no head of a ledger.
type HeadError struct {
	Head string
	Line int // from 1; 0 when it is one of no file
}

func (e *HeadError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%.200q is no head of a ledger", e.Head)
	}
	return fmt.Sprintf("line %d: %.200q is no head of a ledger", e.Line, e.Head)
}

// Code returns the stable code of the error.
func (e *HeadError) Code() string { return "audit.bad-head" }

var (
	printedHead = regexp.MustCompile(`^([a-z0-9]{1,64})/(seats|server|usage)/([1-9][0-9]{0,15})/([0-9a-f]{4}(?:-[0-9a-f]{4}){7})$`)
	wholeHead   = regexp.MustCompile(`^([0-9a-f]{32})/([1-9][0-9]{0,15})/([0-9a-f]{64})$`)
)

// ParseHead reads a head that was kept: id/ledger/number/fingerprint, as an
// installation prints it, or epoch/number/link, as a license server has it on
// record. The error is a [*HeadError].
func ParseHead(text string) (Head, error) {
	if m := printedHead.FindStringSubmatch(text); m != nil {
		seq, err := strconv.ParseInt(m[3], 10, 64)
		return Head{Text: text, Installation: m[1], Ledger: m[2], Seq: seq, Print: m[4]}, err
	}
	if m := wholeHead.FindStringSubmatch(text); m != nil {
		seq, err := strconv.ParseInt(m[2], 10, 64)
		return Head{Text: text, Seq: seq, Epoch: m[1], Link: m[3]}, err
	}
	return Head{}, &HeadError{Head: text}
}

// ParseHeads reads a file of heads, one on each line; what stands behind a head
// and a space, blank lines, and lines that begin with # say nothing. A file
// without any head is a [*HeadError] too.
func ParseHeads(file []byte) ([]Head, error) {
	var heads []Head
	n := 0
	for line := range bytes.Lines(file) {
		n++
		fields := strings.Fields(string(line))
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		h, err := ParseHead(fields[0])
		if err != nil {
			return nil, &HeadError{Head: fields[0], Line: n}
		}
		heads = append(heads, h)
	}
	if len(heads) == 0 {
		return nil, &HeadError{}
	}
	return heads, nil
}

var fingerprintText = regexp.MustCompile(`^[0-9a-f]{4}(?:-[0-9a-f]{4}){7}$`)

// IsFingerprint reports whether a text is the fingerprint of a key, as Pott
// writes it everywhere: eight groups of four digits.
func IsFingerprint(text string) bool { return fingerprintText.MatchString(text) }
