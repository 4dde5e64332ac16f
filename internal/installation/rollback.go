package installation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/incident"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/tamper"
)

// rollback says whether the database is an older copy of itself, and why, in a
// language.
func (in *Installation) rollback(v *store.View, lang string) (state, note string) {
	r := v.Rollback()
	facts := struct{ From, To int64 }{r.Highest, r.Seq}
	switch {
	case r.Forked:
		return "broken", say(lang, "forked", facts)
	case r.Back:
		return "broken", say(lang, "rolled-back", facts)
	case in.book.AnchorError() != nil:
		return "cannot-be-checked", say(lang, "not-remembered", nil)
	case r.Why != "" || !r.Witnessed:
		return "cannot-be-checked", strings.TrimSpace(say(lang, "no-witness", nil) + " " + in.disagreement(v, lang))
	}
	if said := in.disagreement(v, lang); said != "" {
		return "cannot-be-checked", said // one's word breaks nothing, and nothing is intact beside it
	}
	return "intact", ""
}

// reportRollback tells whoever runs the server what its witnesses said when it
// was opened, and keeps it.
func (h *House) reportRollback() {
	for _, f := range h.store.AnchorFaults() {
		h.options.Log.Warn("an anchor is not used", "file", f.File, "because", f.What)
	}
	h.reportOne(tamper.ServerInstallation, h.store.Rollback())
	if health, damages := h.store.Health(); health >= store.ReadOnly {
		h.options.Log.Error("the list of installations cannot be trusted", "health", health.String(), "damage", damages)
	}
	for _, b := range h.store.Books() {
		h.reportOne(b.ID(), b.Rollback())
	}
}

func (h *House) reportOne(installation string, r store.Rollback) {
	if !r.Back {
		return
	}
	kind := "rolled-back"
	if r.Forked {
		kind = "forked"
	}
	h.options.Log.Error("the database is not the newest one: nothing is written to it", "installation", installation, "kind", kind,
		"remembered", r.Highest, "found", r.Seq, "by", r.From)
	if h.options.Incidents == "" {
		return
	}
	path, made, err := incident.WriteOnce(h.options.Incidents, incident.Incident{
		Kind: kind, At: h.Now(), Installation: installation, By: "system",
		Facts: map[string]string{"remembered": fmt.Sprint(r.Highest), "found": fmt.Sprint(r.Seq), "witness": r.From},
	}, fmt.Sprintf("%d-%d", r.Highest, r.Seq))
	switch {
	case err != nil:
		h.options.Log.Error("an incident could not be kept", "err", err)
	case made:
		h.options.Log.Info("an incident was kept", "file", path)
	}
}

// A Restore says who takes a database into use that is behind what is remembered
// of it, such as a backup, and why.
type Restore struct {
	By            audit.Actor // somebody at the host
	Administrator string      // who decided it
	Reason        string
	Heads         []string // heads that were written down: numbers up to theirs are not used again
	DryRun        bool
	Language      string // of sentences in the answer; "" is English
}

// Restored is what became of one ledger.
type Restored struct {
	Installation string `json:"installation"` // id; "server" for the list of installations
	Name         string `json:"name,omitempty"`
	Ledger       string `json:"ledger"`
	BackupSeq    int64  `json:"backup_seq"`  // the last change that is there
	HighestSeq   int64  `json:"highest_seq"` // the last change anybody remembers
	Gap          int64  `json:"gap"`         // how many changes may be lost
	Seq          int64  `json:"seq"`         // the change that says so
	Epoch        string `json:"epoch"`       // the new one; "" of a dry run
	Incident     string `json:"incident,omitempty"`
	// Fetched is what the license servers said that were asked at once: what was
	// accepted after the backup is gone from the records, and not from theirs.
	Fetched []api.FetchedSet `json:"fetched,omitempty"`
}

// AcceptRestore takes the database into use as it is, all installations of it.
// Only somebody at the host does that, with nothing else running, once every
// record was checked. A file tells of it before anything is changed.
func (h *House) AcceptRestore(ctx context.Context, r Restore) ([]Restored, error) {
	if err := checkText("reason", r.Reason, 1, maxReason); err != nil {
		return nil, err
	}
	if err := checkText("administrator", r.Administrator, 1, maxName); err != nil {
		return nil, err
	}
	from := store.Restore{By: r.By, Administrator: r.Administrator, Reason: r.Reason}
	for _, text := range r.Heads {
		head, err := ParsePrintedHead(text)
		if err != nil {
			return nil, err
		}
		from.Seen = append(from.Seen, store.Seen{Installation: head.Installation, Ledger: head.Ledger, Seq: head.Seq})
	}
	plan, err := h.store.PlanRestore(from)
	if err != nil || r.DryRun {
		return shownRestores(plan, true, nil), err
	}
	now := h.Now()
	files, err := h.keepRestores("restore", plan, r, now)
	if err != nil {
		return nil, err
	}
	done, err := h.store.AcceptRestore(ctx, now, from)
	shown := shownRestores(done, false, files)
	if err == nil {
		for _, name := range h.Names() {
			h.Installation(name).settleWitnesses(ctx)
		}
		h.fetchAfterRestore(ctx, Act{By: r.By, Language: r.Language}, shown)
	}
	return shown, err
}

// fetchAfterRestore asks the license servers at once. The restore is done either
// way: a server asks those that could not be reached again.
func (h *House) fetchAfterRestore(ctx context.Context, act Act, list []Restored) {
	for i := range list {
		in := h.Installation(list[i].Name)
		if in == nil || h.options.Ask == nil {
			continue
		}
		for _, issuer := range in.registered() {
			item, err := in.fetch(ctx, act, issuer)
			list[i].Fetched = append(list[i].Fetched, withError(item, act, err))
		}
	}
}

func (h *House) keepRestores(kind string, plan []store.Restored, r Restore, now time.Time) ([]string, error) {
	var files []string
	for _, p := range plan {
		if h.options.Incidents == "" {
			return nil, nil
		}
		path, err := incident.Write(h.options.Incidents, incident.Incident{
			Kind: kind, At: now, Installation: p.Installation, By: r.By.String(), Administrator: r.Administrator, Reason: r.Reason,
			Facts: map[string]string{
				"ledger": p.Ledger, "gap": fmt.Sprint(p.Gap),
				"backup_seq": fmt.Sprint(p.Backup.Seq), "backup_epoch": fmt.Sprintf("%x", p.Backup.Epoch), "backup_link": fmt.Sprintf("%x", p.Backup.Link),
				"highest_seq": fmt.Sprint(p.Highest.Seq), "highest_epoch": fmt.Sprintf("%x", p.Highest.Epoch), "highest_link": fmt.Sprintf("%x", p.Highest.Link),
			},
		})
		if err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	return files, nil
}

func shownRestores(list []store.Restored, dry bool, files []string) []Restored {
	var shown []Restored
	for i, r := range list {
		one := Restored{Installation: r.Installation, Name: r.Name, Ledger: r.Ledger, BackupSeq: r.Backup.Seq,
			HighestSeq: r.Highest.Seq, Gap: r.Gap, Seq: r.New.Seq}
		if !dry {
			one.Epoch = fmt.Sprintf("%x", r.New.Epoch)
		}
		if i < len(files) {
			one.Incident = files[i]
		}
		shown = append(shown, one)
	}
	return shown
}
