package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
)

type registerCode struct {
	Issuer   string `arg:"" help:"Issuer whose sets the installation will fetch."`
	Serial   string `arg:"" help:"Serial number of the installation."`
	Company  string `placeholder:"TEXT" help:"Company of the agreement, for the record and for whoever changes to this serial number."`
	Replaces string `placeholder:"SERIAL" help:"The installation has this serial number and is to change to the new one."`
	Days     int    `default:"30" placeholder:"N" help:"How many days the code is good."`
	preview
}

func (c *registerCode) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	issuer, err := license.ParseIssuer(strings.ToUpper(c.Issuer))
	if err != nil {
		return err
	}
	if c.Days < 1 {
		return &UsageError{"--days is at least 1", "pott-authority register-code --help"}
	}
	n := authority.NewCode{Issuer: issuer, Serial: c.Serial, Company: c.Company, Replaces: c.Replaces, Days: c.Days}
	doc := map[string]any{"issuer": issuer, "serial": c.Serial, "company": c.Company, "replaces": c.Replaces, "days": c.Days, "dry_run": c.DryRun}
	if c.DryRun {
		if err := a.CheckCode(s.ctx, n); err != nil {
			return err
		}
		return s.answer(doc, func(w io.Writer) {
			fmt.Fprintf(w, "would make a one-time code for %s/%s, good for %d days\n", issuer, c.Serial, c.Days)
		})
	}
	code, expires, err := a.MakeCode(s.ctx, s.by(), n, s.p.now())
	if err != nil {
		return err
	}
	doc["code"], doc["expires"] = code, expires.UTC()
	return s.answer(doc, func(w io.Writer) {
		fmt.Fprintf(w, "code     %s\nfor      %s/%s\nexpires  %s\n", code, issuer, c.Serial, expires.UTC().Format(time.RFC3339))
		s.note("the code is shown once; the customer types it with pott authority register")
	})
}

type installationCmd struct {
	Ls      installationLs      `cmd:"" help:"List the installations that are registered."`
	Show    installationShow    `cmd:"" help:"Show an installation, and what it reported last."`
	Message installationMessage `cmd:"" help:"Show an installation a message, or take it away."`
}

// A shownInstallation is an installation as ls and show answer.
type shownInstallation struct {
	Name         string        `json:"name"` // ISSUER/serial
	Company      string        `json:"company,omitempty"`
	Installation string        `json:"installation"` // fingerprint of its key
	Way          string        `json:"way"`
	Registered   time.Time     `json:"registered_at"`
	By           string        `json:"registered_by"`
	Replaced     bool          `json:"replaced,omitempty"`
	Last         *shownReport  `json:"last,omitempty"`
	Alarms       []shownAlarm  `json:"alarms"`
	Reports      []shownReport `json:"reports,omitempty"`
}

type shownReport struct {
	Number  int64     `json:"number"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Set     int64     `json:"set,omitempty"`
	Hash    string    `json:"checkpoint,omitempty"`
	Left    int64     `json:"left,omitempty"` // set that was left
	Epoch   string    `json:"epoch"`
	Seq     int64     `json:"seq"`
	Head    string    `json:"head"`
	Status  string    `json:"status"` // that was answered
	Refused string    `json:"refused,omitempty"`
	Clock   int64     `json:"clock_difference_seconds"` // the installation's minus ours
}

type shownAlarm struct {
	Number int64             `json:"number"`
	Name   string            `json:"name"` // of the installation
	Kind   string            `json:"kind"`
	At     time.Time         `json:"at"`
	Facts  map[string]string `json:"facts"`
}

func reportOf(r *store.Report) shownReport {
	q := &r.Request
	return shownReport{r.Number, string(q.Kind), r.At, q.Set.Number, q.Set.Checkpoint, q.Left.Number, q.Epoch, q.Seq, q.Head, string(r.Status), string(r.Refused),
		int64(q.Made.Sub(r.At).Round(time.Second) / time.Second)}
}

func alarmOf(a store.Alarm, name string) shownAlarm {
	out := shownAlarm{a.Number, name, a.Kind, a.At, map[string]string{}}
	for _, f := range a.Facts {
		out.Facts[f.Key] = f.Value
	}
	return out
}

func installationOf(k *authority.Known) shownInstallation {
	out := shownInstallation{Name: k.Name(), Company: k.Company, Installation: k.Installation(), Way: k.Way, Registered: k.At, By: k.By, Replaced: k.Replaced, Alarms: []shownAlarm{}}
	if k.Last != nil {
		last := reportOf(k.Last)
		out.Last = &last
	}
	for _, a := range k.Alarms {
		out.Alarms = append(out.Alarms, alarmOf(a, k.Name()))
	}
	return out
}

// set returns the set an installation has in force, as people write it.
func (i *shownInstallation) set() string {
	if i.Last == nil || i.Last.Set == 0 {
		return "-"
	}
	return strconv.FormatInt(i.Last.Set, 10)
}

func (i *shownInstallation) heard() string {
	if i.Last == nil {
		return "never"
	}
	return i.Last.At.Format(time.RFC3339)
}

type installationLs struct {
	Replaced bool `help:"Also those that another has taken the place of."`
}

func (c *installationLs) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.Installations(s.ctx)
	if err != nil {
		return err
	}
	doc := struct {
		Items []shownInstallation `json:"items"`
	}{[]shownInstallation{}}
	var rows [][]string
	for _, k := range all {
		if k.Replaced && !c.Replaced {
			continue
		}
		i := installationOf(k)
		doc.Items = append(doc.Items, i)
		rows = append(rows, []string{i.Name, i.Company, i.set(), i.heard(), strconv.Itoa(len(i.Alarms)), i.Installation})
	}
	return s.answer(doc, func(w io.Writer) {
		s.table(w, []string{"installation", "company", "#set", "heard", "#alarms", "key"}, rows)
	})
}

type installationShow struct {
	Installation string `arg:"" help:"The installation, as ISSUER/SERIAL or by the fingerprint of its key."`
	Limit        int    `default:"10" placeholder:"N" help:"How many reports to show."`
}

func (c *installationShow) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	k, reports, err := a.FindInstallation(s.ctx, c.Installation, max(c.Limit, 1))
	if err != nil {
		return err
	}
	i := installationOf(k)
	var rows [][]string
	for _, r := range reports {
		x := reportOf(&r)
		i.Reports = append(i.Reports, x)
		rows = append(rows, []string{x.At.Format(time.RFC3339), x.Kind, strconv.FormatInt(x.Set, 10), strconv.FormatInt(x.Seq, 10), x.Status + " " + x.Refused})
	}
	return s.answer(i, func(w io.Writer) {
		fmt.Fprintf(w, "installation  %s\ncompany       %s\nkey           %s\nregistered    %s by %s (%s)\nheard         %s\nset           %s\n",
			i.Name, i.Company, i.Installation, i.Registered.Format(time.RFC3339), i.By, i.Way, i.heard(), i.set())
		if i.Replaced {
			fmt.Fprintln(w, "replaced      another installation has taken its place")
		}
		if i.Last != nil && i.Last.Seq > 0 {
			fmt.Fprintf(w, "head          %s/%d/%s\n", i.Last.Epoch, i.Last.Seq, i.Last.Head)
		}
		for _, x := range i.Alarms {
			fmt.Fprintf(w, "alarm         %s %s\n", x.At.Format(time.RFC3339), x.Kind)
		}
		fmt.Fprintln(w)
		s.table(w, []string{"heard", "kind", "#set", "#seq", "answered"}, rows)
	})
}

type installationMessage struct {
	Installation string            `arg:"" help:"The installation, as ISSUER/SERIAL."`
	Text         map[string]string `placeholder:"LANG=TEXT" help:"The text in a language: en=…, sv=…; may be given several times. Without any the message is taken away."`
	Address      string            `placeholder:"URL" help:"https address to show beside it; no program opens it."`
	preview
}

func (c *installationMessage) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	k, _, err := a.FindInstallation(s.ctx, c.Installation, 1)
	if err != nil {
		return err
	}
	m := authority.Message{Issuer: k.Issuer, Serial: k.Serial, Texts: c.Text, Address: c.Address, At: s.p.now(), By: s.by()}
	if err := a.CheckMessage(m); err != nil {
		return err
	}
	did := "would show"
	if !c.DryRun {
		did = "shows"
		if err := a.Say(s.ctx, m); err != nil {
			return err
		}
	}
	return s.answer(map[string]any{"installation": k.Name(), "texts": c.Text, "address": c.Address, "dry_run": c.DryRun}, func(w io.Writer) {
		if len(c.Text) == 0 {
			fmt.Fprintf(w, "%s %s no message from its next question on\n", did, k.Name())
			return
		}
		fmt.Fprintf(w, "%s %s a message in %d languages from its next question on\n", did, k.Name(), len(c.Text))
	})
}

type alarmCmd struct {
	Ls alarmLs `cmd:"" help:"List what somebody should look into, newest first."`
}

type alarmLs struct{}

func (c *alarmLs) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.Installations(s.ctx)
	if err != nil {
		return err
	}
	doc := struct {
		Items []shownAlarm `json:"items"`
	}{[]shownAlarm{}}
	var rows [][]string
	for _, k := range all {
		doc.Items = append(doc.Items, installationOf(k).Alarms...)
	}
	sortAlarms(doc.Items)
	for _, x := range doc.Items {
		rows = append(rows, []string{x.At.Format(time.RFC3339), x.Kind, x.Name, alarmFacts(x)})
	}
	return s.answer(doc, func(w io.Writer) { s.table(w, []string{"at", "alarm", "installation", "facts"}, rows) })
}

func sortAlarms(list []shownAlarm) {
	slices.SortFunc(list, func(x, y shownAlarm) int { return cmp.Compare(y.Number, x.Number) })
}

// alarmFacts returns the facts of an alarm as people read them.
func alarmFacts(x shownAlarm) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(x.Facts)) {
		words = append(words, name+"="+x.Facts[name])
	}
	return strings.Join(words, " ")
}
