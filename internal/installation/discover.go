package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/pott-dev/pott/internal/incident"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
)

// faultFiles is what was told of the damage of an installation.
type faultFiles struct {
	mu    sync.Mutex
	kept  map[string]string // incident file, without the directory, by place and what was found
	files map[string]string // likewise, by the id of the place
}

// A fault is something found to be wrong, in the words of whoever found it.
type fault struct {
	place   string // id; "" for what cannot be decided about
	table   string
	key     string
	what    string
	columns []string
}

// mark names a fault: another one at the same place is another fault.
func (f fault) mark() string {
	return strings.Join(append([]string{f.table, f.key, f.what}, f.columns...), "\x00")
}

// Discover tells of what was found since it was called the last time: every fault
// once in an incident file, and all of them in a notice, which is over when they
// are repaired. A server calls it by itself.
func (in *Installation) Discover(ctx context.Context) {
	in.faultFiles.mu.Lock()
	defer in.faultFiles.mu.Unlock()
	last := in.lastPass()
	var faults []fault
	var notices [2]told
	if in.view(func(v *store.View) error {
		faults = in.faults(v, last)
		notices = [2]told{damageTold(v, faults), rollbackTold(v)}
		return nil
	}) != nil {
		return
	}
	in.keepFaults(ctx, faults)
	for _, n := range notices {
		switch {
		case n.now && !in.isTold(n.Notice):
			in.Raise(ctx, n.Notice)
		case !n.now && in.isOpen(n.Code):
			in.Clear(ctx, n.Code, "")
		}
	}
}

// faults are the places that are damaged now, and those the last full check found
// beyond them.
func (in *Installation) faults(v *store.View, last *pass) []fault {
	var list []fault
	known, places := map[string]bool{}, v.Places()
	for _, d := range v.Damage() {
		known[d.Table] = true
		f := fault{table: d.Table, key: d.Key, what: d.What, columns: d.Columns}
		for _, p := range places {
			if p.Table == d.Table && p.Key == d.Key {
				f.place = p.ID
			}
		}
		list = append(list, f)
	}
	if last == nil {
		return list
	}
	r := last.Report
	for _, a := range []fsck.Answer{r.Rows, r.Totals, r.Chain, r.Counts} {
		shown := in.shownAnswer(a, "en")
		for _, p := range shown.Places {
			// A row the store knows is damaged stands there already, in its words.
			if !known[p.Table] {
				list = append(list, fault{table: p.Table, key: p.Row, what: p.What, columns: p.Columns})
			}
		}
	}
	return list
}

// told is a notice that is to be open or not.
type told struct {
	Notice
	now bool
}

func damageTold(v *store.View, faults []fault) told {
	return told{Notice{Code: NoticeDamage, Count: int64(len(faults))}, len(faults) > 0}
}

func rollbackTold(v *store.View) told {
	r := v.Rollback()
	return told{Notice{Code: NoticeRolledBack, Why: fmt.Sprintf("%d -> %d", r.Highest, r.Seq)}, r.Back}
}

// isOpen reports whether a notice of the server is open, stored or not.
func (in *Installation) isOpen(code string) bool {
	_, open := in.openOrUnstored(Notice{Code: code})
	return open
}

// isTold reports whether a notice is open and says the same.
func (in *Installation) isTold(n Notice) bool {
	e, open := in.openOrUnstored(n)
	next := n.event(0, theServer)
	return open && fmt.Sprint(e.Facts) == fmt.Sprint(next.Facts)
}

func (in *Installation) openOrUnstored(n Notice) (e store.Event, open bool) {
	in.noticeMu.Lock()
	e, open = in.unstored[n.key()]
	in.noticeMu.Unlock()
	if !open {
		in.view(func(v *store.View) error {
			e, open = openNotice(v, n.Code, n.About)
			return nil
		})
	}
	return e, open
}

const (
	// mostFiles is how many incident files damage may leave at an installation
	// before it is only logged: whoever can write the database must not be able to
	// fill the disk.
	mostFiles = 1000
	// mostAtOnce is how many faults found together get a file each; beyond that one
	// file lists the rest.
	mostAtOnce = 50
)

// keepFaults writes the incident files of faults that have none.
func (in *Installation) keepFaults(ctx context.Context, faults []fault) {
	d := &in.faultFiles
	kept, files := map[string]string{}, map[string]string{}
	var fresh []fault
	for _, f := range faults {
		name, known := d.kept[f.mark()]
		if kept[f.mark()] = name; f.place != "" {
			files[f.place] = name
		}
		if !known {
			fresh = append(fresh, f)
		}
	}
	d.kept, d.files = kept, files
	if len(fresh) == 0 {
		return
	}
	for _, f := range fresh[:min(mostAtOnce, len(fresh))] {
		in.options.Log.Error("something was changed behind the server's back", "installation", in.name, "table", f.table, "key", f.key, "what", f.what)
	}
	if in.options.Incidents == "" || in.manyFiles() {
		return
	}
	for i, f := range fresh {
		if i == mostAtOnce {
			in.keepRest(fresh[i:])
			break
		}
		kept[f.mark()] = in.keepFault(ctx, f)
		if f.place != "" {
			files[f.place] = kept[f.mark()]
		}
	}
}

// manyFiles reports whether damage has left so many files that no more are
// written.
func (in *Installation) manyFiles() bool {
	files, _ := filepath.Glob(filepath.Join(in.options.Incidents, "damage-"+in.name+"-*.json"))
	return len(files) >= mostFiles
}

// keepFault writes what was found at a place into a file, once, and returns its
// name.
func (in *Installation) keepFault(ctx context.Context, f fault) string {
	found := incident.Incident{Kind: "damage", At: in.options.Now(), Installation: in.name, By: theVerifier.String(),
		Facts: map[string]string{"table": f.table, "key": f.key, "what": f.what}}
	if len(f.columns) > 0 {
		found.Facts["columns"] = strings.Join(f.columns, ", ")
	}
	mark := f.mark()
	if f.place != "" {
		found.Facts["place"] = f.place
		if e, err := in.book.Evidence(ctx, f.place); err == nil {
			row, _ := json.MarshalIndent(e, "", "  ")
			found.Files = map[string][]byte{"row.json": append(row, '\n')}
			mark += e.Seal["ver"] + e.Seal["seal"]
		}
	}
	return in.writeOnce(found, digest(mark))
}

// keepRest lists faults beyond those that get a file each.
func (in *Installation) keepRest(faults []fault) {
	var list, marks strings.Builder
	for _, f := range faults[:min(len(faults), 10_000)] {
		fmt.Fprintf(&list, "%s %s: %s (%s)\n", f.table, f.key, f.what, strings.Join(f.columns, ", "))
		marks.WriteString(f.mark())
	}
	in.writeOnce(incident.Incident{Kind: "damage", At: in.options.Now(), Installation: in.name, By: theVerifier.String(),
		Facts: map[string]string{"places": strconv.Itoa(len(faults))}, Files: map[string][]byte{"places.txt": []byte(list.String())}}, digest(marks.String()))
}

func (in *Installation) writeOnce(i incident.Incident, key string) string {
	path, _, err := incident.WriteOnce(in.options.Incidents, i, key)
	if err != nil {
		in.options.Log.Error("an incident could not be kept", "installation", in.name, "err", err)
		return ""
	}
	return filepath.Base(path)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// incidentOf returns the incident file of a damaged place, without its directory,
// or "".
func (in *Installation) incidentOf(place string) string {
	in.faultFiles.mu.Lock()
	defer in.faultFiles.mu.Unlock()
	return in.faultFiles.files[place]
}

// Incident returns the file in which it was kept what was found at a damaged
// place.
func (in *Installation) Incident(ctx context.Context, act Act, place string) (name string, text []byte, err error) {
	if name = in.incidentOf(place); name == "" {
		return "", nil, &store.UnknownPlaceError{Place: place}
	}
	text, err = os.ReadFile(filepath.Join(in.options.Incidents, name))
	return name, text, err
}
