package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pott-dev/pott/auditproof"
)

type auditCommand struct {
	Proof string   `arg:"" help:"The proof, as pott audit proof or the Audit page wrote it; - reads standard input."`
	Head  []string `placeholder:"HEAD" help:"A head that was kept, or a file of them. May be repeated."`
	Key   string   `placeholder:"KEY" help:"The fingerprint of the installation's key, or a file that holds it."`
}

// auditReport is a verdict for programs.
type auditReport struct {
	Schema int `json:"schema"`
	auditproof.Verdict
}

// Run checks the proof and says what it is worth.
func (c auditCommand) Run(s *session) error {
	text, err := s.read(c.Proof)
	if err != nil {
		return err
	}
	p, err := auditproof.Parse(text)
	if err != nil {
		return err
	}
	var against auditproof.Against
	for _, head := range c.Head {
		heads, err := s.heads(head)
		if err != nil {
			return err
		}
		against.Heads = append(against.Heads, heads...)
	}
	if against.Key, err = s.fingerprint(c.Key); err != nil {
		return err
	}
	v := p.Check(against)
	return errors.Join(s.answer(auditReport{1, v}, func(w io.Writer) { printAudit(w, v) }), auditOutcome(c.Proof, v))
}

// heads reads a head, or a file of heads.
func (s *session) heads(text string) ([]auditproof.Head, error) {
	if h, err := auditproof.ParseHead(text); err == nil {
		return []auditproof.Head{h}, nil
	}
	file, err := s.read(text)
	if err != nil {
		return nil, err
	}
	return auditproof.ParseHeads(file)
}

// fingerprint reads the fingerprint of a key, or a file that holds one.
func (s *session) fingerprint(text string) (string, error) {
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
	return "", wrongUsage(fmt.Sprintf("--key: %q holds no fingerprint such as 0123-4567-89ab-cdef-0123-4567-89ab-cdef", text))
}

// printAudit writes a verdict for people.
func printAudit(w io.Writer, v auditproof.Verdict) {
	words := func(s auditproof.State) string { return strings.ReplaceAll(string(s), "-", " ") }
	fmt.Fprintf(w, "%s: #%d to #%d, %d entries\n\n", words(v.Verdict), v.From, v.To, v.Shown)
	for _, a := range []struct {
		name string
		auditproof.Answer
	}{{"entries", v.Entries}, {"chain", v.Chain}, {"signature", v.Signature}, {"heads", v.Heads}, {"server", v.Server}} {
		said := words(a.State)
		if a.Why != "" {
			said += ": " + a.Why
		}
		fmt.Fprintf(w, "%-10s %s\n", a.name, said)
	}
	fmt.Fprintf(w, "%-10s %s\n", "head", v.Head)
	if v.Key != "" {
		fmt.Fprintf(w, "%-10s %s\n", "key", v.Key)
	}
	fmt.Fprintf(w, "%-10s %s\n", "made", v.Made)
	fmt.Fprintf(w, "\nnot said: whether the records in the database are those the trail speaks of; that takes the seal key\n")
}

// auditOutcome ends the program with the code of a verdict.
func auditOutcome(name string, v auditproof.Verdict) error {
	switch v.Verdict {
	case auditproof.Broken:
		return &refusal{"verify.audit-broken", exitNotVerified, fmt.Sprintf("the audit trail in %q is broken", name),
			"keep the file, and have pott fsck run on the server's machine", map[string]any{"file": name}}
	case auditproof.Unchecked:
		return &refusal{"verify.audit-unchecked", exitCannotCheck, fmt.Sprintf("nothing that was given vouches for %q", name),
			"give a head that was kept with --head, or the fingerprint of the installation's key with --key", map[string]any{"file": name}}
	}
	return nil
}
