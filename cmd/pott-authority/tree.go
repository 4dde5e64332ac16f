package main

import "github.com/pott-dev/pott/internal/keyfile"

// tree is every command.
type tree struct {
	globals

	Init      initCmd      `cmd:"" help:"Make an authority: keys, record, root file, all in one act."`
	Key       keyCmd       `cmd:"" help:"Keys, certificates and key lists."`
	Catalogue catalogueCmd `cmd:"" help:"What is sold."`
	Set       setCmd       `cmd:"" help:"License sets, from an order to a signed file."`
	Audit     auditCmd     `cmd:"" help:"What was done here, and whether the record of it is whole."`
	Server    serverCmd    `cmd:"" help:"Answer installations, and show the record to other programs."`

	RegisterCode registerCode    `cmd:"" help:"Make a one-time code with which an installation becomes known."`
	Installation installationCmd `cmd:"" help:"Installations that are known, and what they report."`
	Alarm        alarmCmd        `cmd:"" help:"What somebody should look into."`
	Answer       answerCmd       `cmd:"" help:"Answer a request that an installation without a network has made as a file."`

	Completion completionCmd `cmd:"" help:"Print completion for a shell."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Complete   completeCmd   `cmd:"" name:"__complete" hidden:"" help:"Candidates for what is being typed."`
}

// A preview is the flag of everything that changes something.
type preview struct {
	DryRun bool `help:"Show what would happen; change nothing."`
}

// A passphrase is where the passphrase of a key comes from.
type passphrase struct {
	PassphraseFile string `placeholder:"FILE" help:"File whose first line is the passphrase. Else the terminal is asked."`
	PassphraseFD   int    `name:"passphrase-fd" default:"-1" placeholder:"N" help:"Open file descriptor to read the passphrase from; one line for each key."`
}

func (p passphrase) source() keyfile.Source {
	return keyfile.Source{File: p.PassphraseFile, FD: p.PassphraseFD}
}

const welcome = `pott-authority: issue license sets.

  pott-authority init --catalogue catalogue.yaml     make an authority
  pott-authority catalogue plans SUPEROFFICE         what is sold
  pott-authority set lint order.yaml                 what is wrong with an order
  pott-authority set issue order.yaml                check, record and sign it
  pott-authority set ls                              what was issued

pott-authority --help lists all commands; pott-authority COMMAND --help shows
examples.
`

// examples are shown in the help of each command; a test reads every one of them
// as the parser would.
var examples = map[string][]string{
	"init": {
		"pott-authority init --catalogue superoffice.yaml --passphrase-file passphrase.txt",
		"pott-authority init --catalogue a.yaml --catalogue b.yaml --root-passphrase-file root.txt --dry-run",
		"pott-authority init --catalogue a.yaml --root-key signer:/run/pott-signer/socket#root-1",
		"pott-authority init --catalogue a.yaml --root anna.pub --root bo.pub --root cy.pub --threshold 2",
		"pott-authority init --issuer ACME --key-lists key-lists.txt --root-file root.pub --catalogue acme.yaml",
	},
	"key generate":  {"pott-authority key generate superoffice-signing-2 --use signing", "pott-authority key generate root-2 --use root --passphrase-file root.txt"},
	"key ls":        {"pott-authority key ls", "pott-authority key ls --json"},
	"key show":      {"pott-authority key show superoffice-signing-1"},
	"key public":    {"pott-authority key public superoffice-issuer-1", "pott-authority key public root-anna --out root-anna.pub"},
	"key root":      {"pott-authority key root > root.pub"},
	"key certify":   {"pott-authority key certify SUPEROFFICE superoffice-signing-2 --days 366", "pott-authority key certify ACME signer:/run/pott-signer/socket#acme-signing-2 --dry-run"},
	"key list-sign": {"pott-authority key list-sign", "pott-authority key list-sign --grant ACME=acme-issuer-1 --fence fence.yaml --dry-run", "pott-authority key list-sign --root signer:/run/pott-signer/socket#root-1"},
	"key list draft": {
		"pott-authority key list draft --grant acme-request.txt --fence acme-fence.yaml --out list-2.draft",
		"pott-authority key list draft --add-root anna.pub --add-root bo.pub --drop-root root-1 --threshold 2",
		"pott-authority key list draft --revoke superoffice-issuer-1=drop-on:2026-09-01 --dry-run",
	},
	"key list show":     {"pott-authority key list show list-2.draft", "pott-authority key list show 1"},
	"key list sign":     {"pott-authority key list sign list-2.draft --key root-anna", "pott-authority key list sign list-2.draft --dry-run"},
	"key list add":      {"pott-authority key list add list-2.draft", "pott-authority key list add from-anna.draft from-bo.draft --dry-run"},
	"key list ls":       {"pott-authority key list ls"},
	"key list export":   {"pott-authority key list export --out key-lists.txt"},
	"key list recover":  {"pott-authority key list recover --out list-2.draft"},
	"key list withdraw": {"pott-authority key list withdraw list-2.draft --key root-anna --reason 'wrong fence'"},
	"key rotate signing": {
		"pott-authority key rotate signing SUPEROFFICE",
		"pott-authority key rotate signing ACME --with signer:/run/pott-signer/socket#acme-signing-2 --dry-run",
	},
	"key rotate issuer": {"pott-authority key rotate issuer SUPEROFFICE --root-passphrase-file root.txt", "pott-authority key rotate issuer SUPEROFFICE --out list-3.draft"},
	"key rotate root":   {"pott-authority key rotate root", "pott-authority key rotate root --replace root-1 --dry-run"},
	"key revoke":        {"pott-authority key revoke superoffice-signing-1", "pott-authority key revoke superoffice-issuer-1 --drop-on 2026-09-01 --out list-4.draft"},
	"key request make":  {"pott-authority key request --issuer ACME --company 'Acme AB' --out acme-request.txt"},
	"key request show":  {"pott-authority key request show acme-request.txt"},
	"catalogue add":     {"pott-authority catalogue add catalogue.yaml", "pott-authority catalogue add catalogue.yaml --dry-run"},
	"catalogue lint":    {"pott-authority catalogue lint catalogue.yaml", "pott-authority catalogue lint - < catalogue.yaml"},
	"catalogue ls":      {"pott-authority catalogue ls"},
	"catalogue show":    {"pott-authority catalogue show SUPEROFFICE", "pott-authority catalogue show superoffice.yaml --json"},
	"catalogue plans":   {"pott-authority catalogue plans SUPEROFFICE", "pott-authority catalogue plans SUPEROFFICE --generation 8-9 --includes"},
	"set lint":          {"pott-authority set lint order.yaml", "pott-authority set lint order.yaml --json"},
	"set prepare":       {"pott-authority set prepare order.yaml"},
	"set sign":          {"pott-authority set sign SUPEROFFICE/1600070120/1 --out designteamet-1.pott", "pott-authority set sign SUPEROFFICE/1600070120/1 --resume"},
	"set issue":         {"pott-authority set issue order.yaml --out designteamet-1.pott", "pott-authority set issue order.yaml --dry-run", "pott-authority set issue order.yaml --key signer:/run/pott-signer/socket#acme-signing-1"},
	"set abandon":       {"pott-authority set abandon SUPEROFFICE/1600070120/2 --reason 'wrong price list'"},
	"set ls":            {"pott-authority set ls", "pott-authority set ls --state begun"},
	"set show":          {"pott-authority set show SUPEROFFICE/1600070120/1", "pott-authority set show SUPEROFFICE/1600070120/1 --order"},
	"set export":        {"pott-authority set export SUPEROFFICE/1600070120/1 --out designteamet-1.pott", "pott-authority set export SUPEROFFICE/1600070120/1 --out -"},
	"set rewrap":        {"pott-authority set rewrap SUPEROFFICE/1600070120/1 --out designteamet-1.pott"},
	"set audit":         {"pott-authority set audit designteamet-sets.txt", "pott-authority set audit - < designteamet-sets.txt"},
	"audit ls":          {"pott-authority audit ls", "pott-authority audit ls --about 'key list'"},
	"audit verify":      {"pott-authority audit verify"},
	"server serve": {
		"pott-authority server serve --token-file server.token --passphrase-file receipts.txt",
		"pott-authority server serve --listen 127.0.0.1:7071 --token-file server.token --receipt-key ACME=signer:/run/pott-signer/socket#acme-receipt-1",
	},
	"register-code": {
		"pott-authority register-code SUPEROFFICE 1600070120 --company Designteamet",
		"pott-authority register-code SUPEROFFICE 1600070120 --replaces 1010000006 --days 14 --dry-run",
	},
	"installation ls":   {"pott-authority installation ls", "pott-authority installation ls --json"},
	"installation show": {"pott-authority installation show SUPEROFFICE/1600070120"},
	"installation message": {
		"pott-authority installation message SUPEROFFICE/1600070120 --text en=Hello --text sv=Hej --address https://shop.example",
		"pott-authority installation message SUPEROFFICE/1600070120",
	},
	"alarm ls":   {"pott-authority alarm ls"},
	"answer":     {"pott-authority answer designteamet.request --dry-run", "pott-authority answer designteamet.request --out designteamet-3.pott"},
	"completion": {"pott-authority completion bash > /etc/bash_completion.d/pott-authority"},
	"version":    {"pott-authority version"},

	"set import-superoffice": {
		"pott-authority set import-superoffice package.xml --time-zone Europe/Stockholm -o order.yaml",
		"pott-authority set import-superoffice package.xml --time-zone Europe/Oslo --catalogue superoffice.yaml --dry-run",
	},
	"set export-superoffice": {
		"pott-authority set export-superoffice SUPEROFFICE/1600070120/1 -o package.xml",
		"pott-authority set export-superoffice SUPEROFFICE/1600070120/1 -o - --json",
	},
}
