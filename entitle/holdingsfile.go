package entitle

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// The limits of a holdings file. A file beyond any of them is refused.
const (
	MaxHoldingsBytes = 1 << 30   // of the whole file
	MaxHoldingsLine  = 256 << 10 // bytes of one line, without its end
	MaxPeople        = 10_000_000
	MaxUserID        = 1024 // bytes
	MaxHolds         = 1000 // given to one person
	MaxSets          = 100
)

const holdingsFormat = "pott-holdings/v1"

// MarshalHoldings writes holdings as a file signed by the installation. People
// are sorted by user id; the moments are cut to whole seconds.
func MarshalHoldings(h *Holdings, signer licensefile.Signer) ([]byte, error) {
	b := append(make([]byte, 0, 256+160*len(h.People)), holdingsFormat+"\n"...)
	b = appendHeader(b, h, signer.Public())
	people := make([]*Holder, len(h.People))
	for i := range h.People {
		people[i] = &h.People[i]
	}
	slices.SortFunc(people, func(x, y *Holder) int { return strings.Compare(x.Person, y.Person) })
	names := map[license.Name]string{}
	for _, p := range people {
		b = append(appendHolder(b, p, names), '\n')
	}
	note := holdingsNote(h.Installation, int64(len(people))+2, b)
	sig, err := signer.Sign(note)
	if err != nil {
		return nil, fmt.Errorf("signing the holdings: %w", err)
	}
	id := keyHash(h.Installation, signer.Public())
	b = append(append(b, '\n'), note...)
	b = append(b, "\n— "+h.Installation+" "...)
	b = strict64.AppendEncode(b, append(binary.BigEndian.AppendUint32(nil, id), sig...))
	b = append(b, '\n')
	// What was written must be what a reader takes, or nobody would find out
	// before it is needed.
	if _, err := ParseHoldings(b, signer.Public()); err != nil {
		return nil, err
	}
	return b, nil
}

// ParseHoldings reads a holdings file and checks that the installation that has
// this key signed it. Whether it is too old is for the caller to say; see
// [Holdings.Expires].
//
// The error is a [*HoldingsFormatError] or a [*HoldingsSignatureError].
func ParseHoldings(file []byte, key ed25519.PublicKey) (*Holdings, error) {
	if err := licensefile.CheckKey(key); err != nil {
		return nil, &HoldingsSignatureError{Why: err.Error()}
	}
	body, seal, err := cutHoldings(file)
	if err != nil {
		return nil, err
	}
	h, said, err := parseBody(body)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(said, key) {
		return nil, &HoldingsSignatureError{Why: "the file is signed with the key " + licensefile.Fingerprint(said) + ", which is not that of the installation expected here"}
	}
	return h, checkSeal(seal, h, body, key)
}

// HoldingsKey returns the key a holdings file says it is signed with. Anybody can
// write a key into a file: compare it with one from elsewhere.
func HoldingsKey(file []byte) (ed25519.PublicKey, error) {
	body, _, err := cutHoldings(file)
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(body, "\n")
	header, _, _ := strings.Cut(rest, "\n")
	_, key, err := parseHeader(header)
	return key, err
}

// cutHoldings returns what is signed and the lines that sign it.
func cutHoldings(file []byte) (body, seal string, err error) {
	if len(file) > MaxHoldingsBytes {
		return "", "", &HoldingsFormatError{Why: fmt.Sprintf("the file has more than %d bytes", MaxHoldingsBytes)}
	}
	if !bytes.HasPrefix(file, []byte(holdingsFormat+"\n")) {
		return "", "", &HoldingsFormatError{Line: 1, Why: "the first line must be " + holdingsFormat}
	}
	i := bytes.Index(file, []byte("\n\n"))
	if i < 0 {
		return "", "", &HoldingsFormatError{Why: "a blank line and a signature must follow the people: the file may have been cut off"}
	}
	all := string(file)
	return all[:i+1], all[i+2:], nil
}

func parseBody(body string) (*Holdings, ed25519.PublicKey, error) {
	n := strings.Count(body, "\n")
	if n < 2 {
		return nil, nil, &HoldingsFormatError{Line: 2, Why: "the second line must be the header"}
	}
	if n-2 > MaxPeople {
		return nil, nil, &HoldingsFormatError{Why: fmt.Sprintf("the file has more than %d people", MaxPeople)}
	}
	_, rest, _ := strings.Cut(body, "\n")
	header, rest, _ := strings.Cut(rest, "\n")
	h, key, err := parseHeader(header)
	if err != nil {
		return nil, nil, err
	}
	h.People = make([]Holder, 0, n-2)
	names := map[string]license.Name{}
	for last := ""; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		holder, why := parseHolder(line, names)
		if why == "" && holder.Person <= last {
			why = "people are sorted by user id, byte by byte, and none stands twice"
		}
		if why != "" {
			return nil, nil, &HoldingsFormatError{Line: len(h.People) + 3, Why: why}
		}
		last = holder.Person
		h.People = append(h.People, holder)
	}
	return h, key, nil
}

func appendHeader(b []byte, h *Holdings, key ed25519.PublicKey) []byte {
	b = appendText(append(b, `{"installation":`...), h.Installation)
	b = appendText(append(b, `,"key":`...), strict64.EncodeToString(key))
	b = appendText(append(b, `,"epoch":`...), h.Epoch)
	b = strconv.AppendInt(append(b, `,"seq":`...), h.Seq, 10)
	b = appendText(append(b, `,"mark":`...), moment{h.Mark}.String())
	b = appendText(append(b, `,"made":`...), moment{h.Made}.String())
	b = strconv.AppendInt(append(b, `,"max_age":`...), int64(cmp.Or(h.MaxAge, DefaultMaxAge)), 10)
	b = appendText(append(b, `,"time_zone":`...), cmp.Or(h.TimeZone, "UTC"))
	for i, s := range h.Sets {
		b = append(b, []string{`,"sets":[`, `,`}[min(i, 1)]...)
		b = appendText(b, s)
	}
	if len(h.Sets) > 0 {
		b = append(b, ']')
	}
	return append(appendEvents(appendStops(b, h.Stops), h.Events), "}\n"...)
}

func parseHeader(line string) (*Holdings, ed25519.PublicKey, error) {
	h := &Holdings{}
	c := &scanner{s: line, why: lineFault(line)}
	c.must(`{"installation":`)
	h.Installation = read(c, parsePlain).string
	c.must(`,"key":`)
	key := read(c, parseKey)
	c.must(`,"epoch":`)
	h.Epoch = read(c, parsePlain).string
	c.must(`,"seq":`)
	h.Seq = c.integer()
	c.must(`,"mark":`)
	h.Mark = read(c, parseMoment).Time
	c.must(`,"made":`)
	h.Made = read(c, parseMoment).Time
	c.must(`,"max_age":`)
	if h.MaxAge = int(c.positive()); h.MaxAge > maxMaxAge {
		c.fail("holdings may not be used for more than %d days", maxMaxAge)
	}
	c.must(`,"time_zone":`)
	h.TimeZone = c.text()
	if c.next(`,"sets":[`) {
		h.Sets = append(h.Sets, read(c, parseHash).string)
		for c.next(`,`) {
			h.Sets = append(h.Sets, read(c, parseHash).string)
		}
		c.must(`]`)
	}
	h.Stops = readStops(c)
	h.Events = readHeaderEvents(c)
	c.must(`}`)
	if c.i < len(c.s) {
		c.fail("nothing may follow the header")
	}
	if len(h.Sets) > MaxSets {
		c.fail("there are more than %d sets", MaxSets)
	}
	if c.why != "" {
		return nil, nil, &HoldingsFormatError{Line: 2, Why: c.why}
	}
	return h, ed25519.PublicKey(key), nil
}

const maxMaxAge = 366

// appendHolder writes the line of one person. names remembers the texts of names:
// there are few, and everybody holds them.
func appendHolder(b []byte, h *Holder, names map[license.Name]string) []byte {
	b = appendText(append(b, `{"person":`...), h.Person)
	if h.Number != 0 {
		b = strconv.AppendInt(append(b, `,"number":`...), h.Number, 10)
	}
	b = appendText(append(b, `,"kind":`...), h.Kind.String())
	if h.Login {
		b = append(b, `,"login":true`...)
	}
	if h.Waiting {
		b = append(b, `,"waiting":true`...)
	}
	if !h.ValidThrough.IsZero() {
		b = appendText(append(b, `,"valid_through":`...), h.ValidThrough.String())
	}
	if h.Former {
		b = append(b, `,"former":true`...)
	}
	if h.Administrator {
		b = append(b, `,"administrator":true`...)
	}
	for i, held := range h.Holds {
		b = append(b, []string{`,"holds":[`, `,`}[min(i, 1)]...)
		name, known := names[held.Name]
		if !known {
			name = held.Name.String()
			names[held.Name] = name
		}
		b = appendText(append(b, `{"name":`...), name)
		if held.Quantity != 1 {
			b = strconv.AppendInt(append(b, `,"quantity":`...), held.Quantity, 10)
		}
		b = append(b, '}')
	}
	if len(h.Holds) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

// parseHolder reads the line of one person. names remembers the names of texts.
func parseHolder(line string, names map[string]license.Name) (h Holder, why string) {
	c := &scanner{s: line, why: lineFault(line)}
	c.must(`{"person":`)
	if h.Person = c.text(); len(h.Person) > MaxUserID {
		c.fail("a user id has at most %d bytes", MaxUserID)
	}
	if c.next(`,"number":`) {
		h.Number = c.positive()
	}
	c.must(`,"kind":`)
	h.Kind = read(c, func(s string) (k license.PersonKind, err error) { return k, k.UnmarshalText([]byte(s)) })
	h.Login = c.next(`,"login":true`)
	h.Waiting = c.next(`,"waiting":true`)
	if c.next(`,"valid_through":`) {
		h.ValidThrough = read(c, license.ParseDate)
	}
	h.Former = c.next(`,"former":true`)
	h.Administrator = c.next(`,"administrator":true`)
	if c.next(`,"holds":[`) {
		h.Holds = append(h.Holds, c.held(names))
		for c.next(`,`) {
			h.Holds = append(h.Holds, c.held(names))
		}
		c.must(`]`)
	}
	c.must(`}`)
	if c.i < len(c.s) {
		c.fail("nothing may follow the person")
	}
	if len(h.Holds) > MaxHolds {
		c.fail("one person holds at most %d licenses", MaxHolds)
	}
	return h, c.why
}

func (c *scanner) held(names map[string]license.Name) license.Held {
	c.must(`{"name":`)
	at := c.i
	text := c.text()
	name, known := names[text]
	if !known && c.why == "" {
		c.i = at
		name = read(c, license.ParseName)
		names[strings.Clone(text)] = name
	}
	held := license.Held{Name: name, Quantity: 1}
	if c.next(`,"quantity":`) {
		if held.Quantity = c.positive(); held.Quantity == 1 {
			c.fail("a quantity of 1 is left out")
		}
	}
	c.must(`}`)
	return held
}

// lineFault says what is wrong with a line before its meaning is looked at.
func lineFault(line string) string {
	if len(line) > MaxHoldingsLine {
		return fmt.Sprintf("the line has more than %d bytes", MaxHoldingsLine)
	}
	return checkLine(line)
}

// holdingsNote returns the text that is signed. The hash stands for the body, so
// that a million people are signed and shown to a signer in four lines.
func holdingsNote(installation string, lines int64, body []byte) []byte {
	sum := sha256.Sum256(body)
	return fmt.Appendf(nil, "%s\n%s\n%d\n%s\n", holdingsFormat, installation, lines, strict64.EncodeToString(sum[:]))
}

// checkSeal checks the lines after the body: there is one way to write them.
func checkSeal(seal string, h *Holdings, body string, key ed25519.PublicKey) error {
	lines := int64(len(h.People)) + 2
	note := holdingsNote(h.Installation, lines, []byte(body))
	rest, ok := strings.CutPrefix(seal, string(note)+"\n— "+h.Installation+" ")
	if !ok {
		return &HoldingsSignatureError{Why: "what was signed is not this list of people: some of it was changed"}
	}
	encoded, ok := strings.CutSuffix(rest, "\n")
	b, err := strict64.DecodeString(encoded)
	if !ok || err != nil || strict64.EncodeToString(b) != encoded || len(b) != 4+ed25519.SignatureSize {
		return &HoldingsFormatError{Line: int(lines) + 7, Why: "the last line must be one Ed25519 signature in base64"}
	}
	if binary.BigEndian.Uint32(b) != keyHash(h.Installation, key) || !ed25519.Verify(key, note, b[4:]) {
		return &HoldingsSignatureError{Why: "the signature is not one of the installation's key " + licensefile.Fingerprint(key)}
	}
	return nil
}

var strict64 = base64.StdEncoding.Strict()

// keyHash returns the key id of a signed note. It is a hint, not a reason to
// trust.
func keyHash(name string, key ed25519.PublicKey) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n\x01"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

// The small types below give read its one spelling.

type plain struct{ string }

func (p plain) String() string { return p.string }

// parsePlain reads an id: what may name a key in a signed note.
func parsePlain(s string) (plain, error) {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '+' || len(s) > 128 {
			return plain{}, fmt.Errorf("%.40q is not an id: 1 to 128 letters, digits and signs other than +", s)
		}
	}
	return plain{s}, nil
}

// parseHash reads a checkpoint hash.
func parseHash(s string) (plain, error) {
	if len(s) != 64 || strings.Trim(s, "0123456789abcdef") != "" {
		return plain{}, fmt.Errorf("%.80q is not a hash in 64 lower-case hexadecimal digits", s)
	}
	return plain{s}, nil
}

type publicKey ed25519.PublicKey

func (k publicKey) String() string { return strict64.EncodeToString(k) }

func parseKey(s string) (publicKey, error) {
	b, err := strict64.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%.80q is not base64", s)
	}
	return b, licensefile.CheckKey(b)
}

// A moment is a time with whole seconds in UTC.
type moment struct{ time.Time }

const momentLayout = "2006-01-02T15:04:05Z"

func (m moment) String() string { return m.UTC().Format(momentLayout) }

func parseMoment(s string) (moment, error) {
	t, err := time.Parse(momentLayout, s)
	if err != nil {
		return moment{}, fmt.Errorf("%.40q is not a time written as 2026-06-10T12:00:00Z", s)
	}
	return moment{t}, nil
}

// A HoldingsFormatError says where and why a text is not a holdings file.
type HoldingsFormatError struct {
	Line int // from 1; 0 when no line is to blame
	Why  string
}

func (e *HoldingsFormatError) Error() string {
	if e.Line == 0 {
		return "not a holdings file: " + e.Why
	}
	return fmt.Sprintf("line %d of the holdings: %s", e.Line, e.Why)
}

// Code returns the stable code of the error.
func (e *HoldingsFormatError) Code() string { return "holdings.bad-format" }

// A HoldingsSignatureError is returned for holdings that the expected
// installation did not sign as they stand.
type HoldingsSignatureError struct{ Why string }

func (e *HoldingsSignatureError) Error() string { return "the holdings are not genuine: " + e.Why }

// Code returns the stable code of the error.
func (e *HoldingsSignatureError) Code() string { return "holdings.bad-signature" }
