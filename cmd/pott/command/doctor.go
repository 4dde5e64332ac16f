package command

import "github.com/pott-dev/pott/cmd/pott/host"

type serverDoctor struct {
	hostFlags
	TLSCert string `name:"tls-cert" placeholder:"FILE" help:"Certificate chain the server shows, in PEM. Else the settings."`
	TLSKey  string `name:"tls-key" placeholder:"FILE" help:"Key of the certificate, in PEM. Else the settings."`
	Listen  string `placeholder:"ADDRESS" help:"Address the server listens on. Else $POTT_LISTEN, the settings, 127.0.0.1:7070."`
}

// Help says what kong's one line cannot.
func (serverDoctor) Help() string {
	return "Looks at permissions, places, keys, root, database, disk, clock, last backup and door of the server on this machine, and says what to do about each. It changes nothing, and works while the server runs. Exit code 0: nothing fails; 1: something does. Whether the records are good is for pott fsck to say."
}

// shownFinding is a finding in words.
type shownFinding struct {
	Severity host.Severity `json:"severity"`
	Code     string        `json:"code"`
	What     string        `json:"what"`
	Do       string        `json:"do,omitempty"`
}

func (c serverDoctor) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	config = host.Config{Listen: c.Listen, TLSCert: c.TLSCert, TLSKey: c.TLSKey}.Over(config)
	if err := config.Check(); err != nil {
		return &UsageError{Problem: err.Error(), Help: "pott server doctor --help"}
	}
	doc := struct {
		Items []shownFinding `json:"items"`
	}{[]shownFinding{}}
	failed := 0
	var ids []string
	for _, f := range host.Doctor(s.ctx, config, s.p.Now()) {
		shown := shownFinding{Severity: f.Severity, Code: f.Code, What: s.say("doctor."+f.Code, f.Facts...)}
		if f.Severity == host.Warn || f.Severity == host.Fail {
			shown.Do = s.say("doctor." + f.Code + ".do")
			ids = append(ids, f.Code)
		}
		if f.Severity == host.Fail {
			failed++
		}
		doc.Items = append(doc.Items, shown)
	}
	err = s.answer(answer{doc: doc, ids: ids, human: func(o *paper) {
		for _, f := range doc.Items {
			o.printf("%-5s %s\n", o.s.say("severity."+string(f.Severity)), f.What)
			if f.Do != "" {
				o.printf("      %s\n", f.Do)
			}
		}
	}})
	if err == nil && failed > 0 {
		err = &host.UnwellError{Failed: failed}
	}
	return err
}
