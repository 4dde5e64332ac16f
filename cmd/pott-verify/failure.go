package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/pott-dev/pott/licensefile"
)

// The exit codes, the same as those of the other commands.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitNotVerified = 8
	exitEnded       = 9
	exitCannotCheck = 12
)

// A refusal is what this program says no to itself, before or beside what
// package licensefile refuses.
type refusal struct {
	code    string
	exit    int
	message string
	hint    string
	details map[string]any
}

func (e *refusal) Error() string { return e.message }

func wrongUsage(problem string) error {
	return &refusal{"verify.usage", exitUsage, problem, "run pott-verify --help", nil}
}

func noFile(name string) error {
	return &refusal{"verify.no-file", exitNotFound, fmt.Sprintf("there is no file %q", name),
		"check the name, or use - for standard input", map[string]any{"file": name}}
}

func nothingIn(name string) error {
	return &refusal{"verify.nothing", exitCannotCheck, fmt.Sprintf("there is nothing in %q to check", name),
		"ask whoever sent the file to send it again", map[string]any{"file": name}}
}

func noRoot() error {
	return &refusal{"verify.no-root", exitCannotCheck, "nothing was checked: no root keys to check against",
		"add --root FILE with the root keys the vendor published; to look without checking, run pott-verify inspect", nil}
}

// badRootFile says that the root file cannot be read, so that nothing can be
// said about any license file.
func badRootFile(name string, err error) error {
	hint, details := "use the root file as the vendor published it", map[string]any{"file": name}
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		details["cause"] = coded.Code()
	}
	if newer := new(licensefile.VersionError); errors.As(err, &newer) {
		hint = outcomes[newer.Code()].hint
	}
	return &refusal{"verify.bad-root-file", exitCannotCheck, fmt.Sprintf("the root file %q: %v", name, err), hint, details}
}

func notAProof(name string) error {
	return &refusal{"verify.not-a-proof", exitUsage, fmt.Sprintf("%q is not a proof of one license", name),
		"to check a license file, run pott-verify verify", map[string]any{"file": name}}
}

func noModule(module string) error {
	return &refusal{"verify.no-module", exitNotFound, fmt.Sprintf("the set has no module %q", module),
		"run pott-verify inspect to see the modules of the set", map[string]any{"module": module}}
}

// outcomes says how a code of packages licensefile and auditproof ends the program, and what
// would help.
var outcomes = map[string]struct {
	exit int
	hint string
}{
	"set.malformed":           {exitNotVerified, "use the file as it was sent, without opening and saving it"},
	"set.too-large":           {exitNotVerified, "this is not a license file"},
	"set.needs-newer":         {exitNotVerified, "install a newer pott-verify"},
	"set.bad-signature":       {exitNotVerified, "the file was changed after it was signed: ask the issuer for the original"},
	"set.unknown-issuer":      {exitNotVerified, "ask the issuer for a file with its present certificate"},
	"set.untrusted":           {exitNotVerified, "compare the fingerprints of pott-verify keys with those the vendor published"},
	"set.outside-fence":       {exitNotVerified, "ask the issuer for a set inside what it may grant"},
	"set.not-yet-valid":       {exitNotVerified, "check the clock of this machine, or wait"},
	"set.certificate-expired": {exitNotVerified, "ask for the file with a fresh certificate, or give the day it was accepted with --at"},
	"set.revoked":             {exitNotVerified, "ask the issuer for a set signed with its present key"},
	"set.old-key-list":        {exitNotVerified, "ask the issuer for the set with the newest key list"},
	"set.forked-key-list":     {exitNotVerified, "keep both files and tell the vendor: root keys signed two lists under one number"},
	"set.old-certificate":     {exitNotVerified, "ask the issuer for a file with its present certificate"},
	"set.unknown-time-zone":   {exitNotVerified, "install a newer pott-verify"},
	"audit.proof-malformed":   {exitNotVerified, "use the proof as it was written, without opening and saving it"},
	"audit.proof-version":     {exitCannotCheck, "install a newer pott-verify"},
	"audit.bad-head":          {exitUsage, "give a line as pott audit head printed it, or a file of such lines"},
	"set.expired":             {exitEnded, "the file is genuine; to check it as of an earlier day, add --at DATE"},
}

// failure is an error as programs see it.
type failure struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Hint    string         `json:"hint,omitempty"`
	Details map[string]any `json:"details,omitempty"`
	Exit    int            `json:"exit"`
}

// fail prints err, if there is one, and returns the exit code.
func (s *session) fail(err error) int {
	if err == nil {
		return 0
	}
	f := failure{Code: "verify.failed", Message: err.Error(), Exit: exitFailed}
	var own *refusal
	var coded interface{ Code() string }
	switch {
	case errors.As(err, &own):
		f = failure{own.code, own.message, own.hint, own.details, own.exit}
	case errors.As(err, &coded):
		o := outcomes[coded.Code()]
		f = failure{coded.Code(), err.Error(), o.hint, facts(coded), o.exit}
	}
	if s.json {
		e := json.NewEncoder(s.stderr)
		e.SetEscapeHTML(false)
		e.Encode(map[string]failure{"error": f})
		return f.Exit
	}
	fmt.Fprintf(s.stderr, "pott-verify: error: %s\n", f.Message)
	if f.Hint != "" {
		fmt.Fprintf(s.stderr, "pott-verify: hint: %s\n", f.Hint)
	}
	return f.Exit
}

// facts returns the exported fields of an error under names for programs.
func facts(err any) map[string]any {
	if revoked, ok := err.(*licensefile.RevokedError); ok {
		return map[string]any{"what": revoked.What, "key": licensefile.Fingerprint(revoked.Key), "effect": revoked.Effect, "date": revoked.Date}
	}
	text, _ := json.Marshal(err)
	var fields map[string]any
	if json.Unmarshal(text, &fields) != nil {
		return nil
	}
	named := map[string]any{}
	for name, v := range fields {
		named[snake(name)] = v
	}
	return named
}

// snake returns the name of a Go field as the API writes it: KeyList becomes
// key_list.
func snake(name string) string {
	var b strings.Builder
	for i, c := range name {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}
