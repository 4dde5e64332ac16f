package command

// A tree is every command. Nouns first, then the same verbs everywhere: ls,
// show, add, set, change, rm.
type tree struct {
	globals

	Status     statusCmd         `cmd:"" help:"One screen: sets, pools with nothing spare, dates, integrity."`
	Attention  attentionCmd      `cmd:"" help:"What needs somebody to deal with it, and what the days to come bring."`
	Clock      clockCmd          `cmd:"" help:"What time it is to the installation, and how it knows."`
	License    licenseCmd        `cmd:"" help:"What has been bought, and who holds it."`
	Set        setCmd            `cmd:"" help:"License sets: look at one, load it, review it, activate it."`
	User       userCmd           `cmd:"" help:"People, and what each may use."`
	View       viewCmd           `cmd:"" help:"Lists of people you come back to."`
	Message    messageCmd        `cmd:"" help:"Who is told of what by mail and by calls outside the pages."`
	Job        jobCmd            `cmd:"" help:"Changes of many people: how far they are, undo."`
	Role       roleCmd           `cmd:"" help:"Who may administer the installation."`
	Database   databaseCmd       `cmd:"" help:"The installation's databases, and the site licenses each holds."`
	Blockers   blockersCmd       `cmd:"" help:"What the host application is asked before something is taken from people."`
	MayUpgrade mayUpgradeCmd     `cmd:"" help:"Say whether a version may be installed, by each issuer's maintenance date."`
	Profile    profileCmd        `cmd:"" help:"Bundles of modules you have made."`
	Authority  authorityCmd      `cmd:"" help:"License servers of the issuers: register, fetch, request as a file."`
	Owner      ownerCmd          `cmd:"" help:"Whose installation it is: serial number and company."`
	Count      countCmd          `cmd:"" help:"Count users both ways: seats bought and plans in use."`
	Event      eventCmd          `cmd:"" help:"What people should hear about: no login, messages, long jobs."`
	WhatIf     whatIfCmd         `cmd:"" name:"what-if" help:"What would become of things; nothing is stored."`
	Peaks      peaksCmd          `cmd:"" help:"The most seats of each license that were in use at a time."`
	Report     reportCmd         `cmd:"" help:"What is owned, what is used, and whether the records are whole; also as PDF."`
	Audit      auditCmd          `cmd:"" help:"Who did what, and whether the record is whole."`
	Integrity  integrityCmd      `cmd:"" help:"Whether the records are as the server wrote them."`
	Damage     damageCmd         `cmd:"" help:"Records that are not as the server left them, and what to do about them."`
	Activity   activityCmd       `cmd:"" help:"Whether it is collected when people were last active."`
	Defaults   defaultsCmd       `cmd:"" help:"Language and looks of pages for those who have chosen none."`
	Provider   providerCmd       `cmd:"" help:"Who else says who people are, by OpenID Connect."`
	Token      tokenCmd          `cmd:"" help:"Tokens that let programs in."`
	Context    contextCmd        `cmd:"" help:"Remember installations, so that flags can be left out."`
	Host       serverCmd         `cmd:"" name:"server" help:"Run the installation's server on this machine."`
	Fsck       fsckCmd           `cmd:"" help:"Check every record of the database on this machine."`
	Completion completeScriptCmd `cmd:"" help:"Print a completion script for your shell."`
	Version    versionCmd        `cmd:"" help:"Print the version."`
	Complete   completeCmd       `cmd:"" name:"__complete" hidden:"" help:"Candidates for what is being typed."`
}

// A preview is the flag of everything that changes something.
type preview struct {
	DryRun bool `help:"Show what would happen; store nothing."`
}

// paging is the flags of every list that may be long.
type paging struct {
	Limit int    `placeholder:"N" help:"How many to show; the server's own number when left out."`
	After string `placeholder:"NEXT" help:"Continue after this, as the list before said."`
}

// about stands in the help of the whole program.
const about = `Answers go to standard output, everything else to standard error. Exit codes:

    0  done                          7  the license counts forbid it
    1  failed                        8  verification failed
    2  wrong usage, or --yes needed  9  the set has ended: read-only
    3  not found                    10  server not reachable; safe to try again
    4  a token is needed            11  partly done
    5  not permitted                12  cannot be verified
    6  conflict                    130  interrupted`

const welcome = `pott: licenses, the people who use them, and why.

  pott status                              how the installation is
  pott user ls                             who has what
  pott user plan set anna sales-premium    put somebody on a plan
  pott user why anna sale-cal              why somebody may, or may not
  pott set review                          what a new license set would change

pott --help lists all commands; pott COMMAND --help shows examples.
The server to ask and the token come from flags, the environment or a context:
pott context add --help
`
