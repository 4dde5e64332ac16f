package command

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/auditproof"
)

type auditProof struct {
	From  string `placeholder:"FROM" help:"The first commit, or a day."`
	To    string `placeholder:"TO" help:"The last commit, or a day."`
	Names bool   `help:"Also name the people behind the opaque ids. Without it there is no personal value in the proof."`
	File  string `required:"" placeholder:"FILE" help:"Where to write it; - for standard output."`
}

// Help says what kong's one line cannot.
func (auditProof) Help() string {
	return "Writes a text that somebody without access to the server can check with pott audit verify --file, or with pott-verify audit: the entries of the range, the links of the chain up to its head, and the installation's signature. It holds no key and no secret."
}

// writtenProof is the document of a proof that was written.
type writtenProof struct {
	File string `json:"file"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
	Head string `json:"head"`
	Made string `json:"made"`
	Key  string `json:"key,omitempty"` // fingerprint
}

func (c auditProof) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.File == "-" {
		return cl.AuditProof(s.ctx, c.From, c.To, c.Names, s.p.Stdout)
	}
	var proof bytes.Buffer
	if err := cl.AuditProof(s.ctx, c.From, c.To, c.Names, &proof); err != nil {
		return err
	}
	// What was cut off on the way is no proof, and not written as one.
	p, err := auditproof.Parse(proof.Bytes())
	if err != nil {
		return err
	}
	if err := writeWhole(c.File, proof.Bytes()); err != nil {
		return fileError(c.File, err)
	}
	v := p.Check(auditproof.Against{})
	doc := writtenProof{File: c.File, From: p.From, To: p.To, Head: p.HeadText(), Made: p.Made, Key: v.Key}
	return s.answer(answer{doc: doc, ids: []string{c.File}, human: func(o *paper) {
		o.line("proof.written", c.File, p.From, p.To)
		s.remark("proof.next", quoted(c.File))
	}})
}

// verifyProof checks a proof without asking any server.
func (s *session) verifyProof(file string, heads []string, key string) error {
	text, err := s.readWhole(file)
	if err != nil {
		return err
	}
	p, err := auditproof.Parse(text)
	if err != nil {
		return err
	}
	against := auditproof.Against{}
	for _, path := range heads {
		more, err := s.keptHeads(path)
		if err != nil {
			return err
		}
		against.Heads = append(against.Heads, more...)
	}
	if against.Key, err = s.knownKey(key); err != nil {
		return err
	}
	v := p.Check(against)
	if err := s.answer(answer{doc: v, ids: []string{string(v.Verdict)}, human: func(o *paper) { o.proof(v) }}); err != nil {
		return err
	}
	switch v.Verdict {
	case auditproof.Intact:
		return nil
	case auditproof.Broken:
		return &ProofBrokenError{File: file}
	}
	return &ProofUncheckedError{File: file}
}

// readWhole reads a file that may be larger than what is sent to a server.
func (s *session) readWhole(path string) ([]byte, error) {
	from := s.p.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fileError(path, err)
		}
		defer f.Close()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, auditproof.MaxBytes+1))
	if err != nil {
		return nil, fileError(path, err)
	}
	return text, nil
}

// keptHeads reads a head, or a file of heads.
func (s *session) keptHeads(text string) ([]auditproof.Head, error) {
	if h, err := auditproof.ParseHead(text); err == nil {
		return []auditproof.Head{h}, nil
	}
	file, err := s.read(text)
	if err != nil {
		return nil, err
	}
	return auditproof.ParseHeads(file)
}

// knownKey reads a fingerprint, or a file that holds one.
func (s *session) knownKey(text string) (string, error) {
	if text == "" || auditproof.IsFingerprint(text) {
		return text, nil
	}
	file, err := s.read(text)
	if err != nil {
		return "", err
	}
	if key := strings.TrimSpace(string(file)); auditproof.IsFingerprint(key) {
		return key, nil
	}
	return "", &FileError{Path: filepath.Base(text), Why: "it does not hold the fingerprint of a key, such as 0123-4567-89ab-cdef-0123-4567-89ab-cdef"}
}

// proof prints what checking a proof came to, one line for each answer.
func (o *paper) proof(v auditproof.Verdict) {
	o.line("proof.verdict-"+string(v.Verdict), v.From, v.To, v.Shown)
	for _, a := range []struct {
		name string
		auditproof.Answer
	}{{"entries", v.Entries}, {"chain", v.Chain}, {"signature", v.Signature}, {"heads", v.Heads}, {"server", v.Server}} {
		said := o.s.say("proof." + string(a.State))
		if a.Code != "" {
			said += ": " + o.s.because(a.Answer)
		}
		o.labelled("proof."+a.name, said)
	}
	o.labelled("proof.head", v.Head)
	if v.Key != "" {
		o.labelled("proof.key", v.Key)
	}
	o.labelled("proof.made", v.Made)
	o.s.remark("proof.not-said")
}

// labelled prints a line with what it is about before it.
func (o *paper) labelled(key, said string) { o.printf("  %-10s %s\n", o.s.say(key), said) }

// because says why an answer is not intact.
func (s *session) because(a auditproof.Answer) string {
	if a.Seq > 0 {
		return s.say("proof.why-"+a.Code, strconv.FormatInt(a.Seq, 10))
	}
	return s.say("proof.why-" + a.Code)
}

// A ProofBrokenError is returned beside the verdict on a proof that is broken.
type ProofBrokenError struct{ File string }

func (e *ProofBrokenError) Error() string {
	return e.File + ": the audit trail in this proof is broken"
}

// Code returns the stable code of the error.
func (e *ProofBrokenError) Code() string { return "audit.proof-broken" }

// A ProofUncheckedError is returned beside the verdict on a proof that nothing
// vouches for.
type ProofUncheckedError struct{ File string }

func (e *ProofUncheckedError) Error() string { return e.File + ": this proof cannot be checked" }

// Code returns the stable code of the error.
func (e *ProofUncheckedError) Code() string { return "audit.proof-unchecked" }
