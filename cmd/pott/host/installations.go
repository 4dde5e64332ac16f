package host

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/archive"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
)

// Export writes everything of one installation into one file: a backup of it
// alone, signed with the installation's key where that is here. Its rows are checked before they are read; damaged ones are
// exported as they are, and the answer says so.
func (h *Host) Export(ctx context.Context, name, to string, recipients []age.Recipient, dryRun bool) (*BackedUp, error) {
	p, err := h.house.Place(name)
	if err != nil {
		return nil, err
	}
	now := h.now()
	path, err := exportPath(Backup{To: to, Recipients: recipients}, name, now)
	if err != nil {
		return nil, err
	}
	done := &BackedUp{File: path, Encrypted: len(recipients) > 0, DryRun: dryRun}
	if dryRun {
		return done, nil
	}
	if done.Check, err = h.check(ctx, name); err != nil {
		return nil, err
	}
	key, err := h.signingKey(name)
	if err != nil {
		return nil, err
	}
	if done.RowsVerdict() != nil {
		key = nil // nobody signs for damage
	}
	header := archive.Header{Of: archive.Installation, Made: now.UTC().Truncate(time.Second), ID: p.ID, Name: p.Name, Created: p.Created, Marks: h.marks(name)}
	err = writeArchive(path, recipients, done, func(w io.Writer) error {
		_, err := archive.Write(ctx, w, h.db, header, archive.Selection{Tables: store.Tables(), ID: p.ID}, key)
		return err
	}, func(r io.Reader) error {
		back, err := archive.NewReader(r, nil)
		if err == nil {
			done.Manifest, err = back.Read(archive.Into{})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}

// marks returns the numbers of an installation that only rise; nil where it could
// not be opened.
func (h *Host) marks(name string) *archive.Marks {
	in := h.house.Installation(name)
	if in == nil {
		return nil
	}
	m := in.Marks()
	out := &archive.Marks{KeyList: m.KeyList, Clock: m.Clock}
	for owner, value := range m.Sets {
		out.Sets = append(out.Sets, archive.SetMark{Issuer: owner.Issuer, Serial: owner.Serial, Value: strconv.FormatUint(value, 10)})
	}
	slices.SortFunc(out.Sets, func(x, y archive.SetMark) int {
		return cmp.Or(strings.Compare(x.Issuer, y.Issuer), strings.Compare(x.Serial, y.Serial))
	})
	return out
}

// exportPath is [backupPath] for an export.
func exportPath(b Backup, name string, now time.Time) (string, error) {
	if info, err := os.Stat(b.To); err == nil && info.IsDir() {
		b.To = filepath.Join(b.To, name+"-"+now.UTC().Format("20060102T150405Z")+".export")
		if len(b.Recipients) > 0 {
			b.To += ".age"
		}
	}
	return backupPath(b, now)
}

// check goes through every row of one installation; nil without the seal key.
func (h *Host) check(ctx context.Context, name string) (*fsck.Report, error) {
	ring, err := h.keys.Ring()
	if lost, bad := new(NoKeyError), new(BadKeyError); errors.As(err, &lost) || errors.As(err, &bad) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	report, err := fsck.Check(ctx, h.db, fsck.Options{Keys: ring.forFsck(), Only: name})
	return &report, err
}

// A Removal says that an installation is deleted for good.
type Removal struct {
	Name       string
	Reason     string
	Export     string         // the file that still has it; "" when nobody wants to keep it
	Identities []age.Identity // that open the export
	DryRun     bool
}

// Removed is what became of an installation that was deleted.
type Removed struct {
	Installation string `json:"installation"`
	ID           string `json:"id"`
	Export       string `json:"export,omitempty"`
	Key          string `json:"key,omitempty"` // where its key is now
	DryRun       bool   `json:"dry_run,omitempty"`
}

// Delete deletes an installation for good. An export that was given must be of
// this installation, whole, and its last state.
func (h *Host) Delete(ctx context.Context, by audit.Actor, r Removal) (*Removed, error) {
	p, err := h.house.Place(r.Name)
	if err != nil {
		return nil, err
	}
	d := store.Deletion{By: by, Reason: r.Reason}
	if r.Export != "" {
		if d.Exported, d.Archive, err = exported(r, p.ID); err != nil {
			return nil, err
		}
		if in := h.house.Installation(r.Name); in != nil && in.Head() != d.Exported {
			return nil, &store.ChangedSinceError{Installation: r.Name, Exported: d.Exported.Seq, Now: in.Head().Seq}
		}
	}
	done := &Removed{Installation: r.Name, ID: p.ID, Export: r.Export, DryRun: r.DryRun}
	if r.DryRun {
		return done, nil
	}
	if _, err := h.house.Delete(ctx, r.Name, d); err != nil {
		return nil, err
	}
	done.Key, err = h.keys.putAside(r.Name, p.Number)
	return done, err
}

// exported reads an export to its end and returns where the installation stood.
func exported(r Removal, id string) (head store.Head, hash string, err error) {
	f, err := os.Open(r.Export)
	if err != nil {
		return head, "", pathError(r.Export, err)
	}
	defer f.Close()
	from, err := archive.NewReader(f, r.Identities)
	if err != nil {
		return head, "", err
	}
	m, err := from.Read(archive.Into{})
	if err != nil {
		return head, "", err
	}
	if m.Of != archive.Installation || m.ID != id || len(m.Heads) != 1 {
		return head, "", &OtherExportError{File: r.Export, Installation: r.Name}
	}
	head, err = headOf(m.Heads[0])
	return head, m.SHA256, err
}

func headOf(h archive.Head) (head store.Head, err error) {
	epoch, err := hex.DecodeString(h.Epoch)
	link, also := hex.DecodeString(h.Link)
	if err := errors.Join(err, also); err != nil || len(epoch) != len(head.Epoch) || len(link) != len(head.Link) {
		return head, &archive.BrokenError{Why: "its head cannot be read"}
	}
	return store.Head{Epoch: [16]byte(epoch), Seq: h.Seq, Link: [32]byte(link)}, nil
}

// putAside gives the key of a deleted installation another name, so that another
// installation may have the old one. It is never thrown away: the customer may
// need it elsewhere.
func (k Keys) putAside(name string, number int64) (string, error) {
	to := k.path(fmt.Sprintf("deleted-%s-%d.key", name, number))
	err := os.Rename(k.path(keyFile(name)), to)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", pathError(to, err)
	}
	return to, syncDir(k.Dir)
}
