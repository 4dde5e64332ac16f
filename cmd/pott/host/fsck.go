package host

import (
	"context"
	"errors"

	"github.com/pott-dev/pott/internal/installation/fsck"
)

// FsckOptions say what a check looks at.
type FsckOptions struct {
	Heads          []string // printed heads, as somebody wrote them down
	Installation   string   // name or id of the only one to check, beside the list of all; "" is all
	WithoutAnchors bool     // what is remembered outside the database is not read
}

// Fsck checks every record from the raw rows, without the house or its store,
// against what is remembered outside the database.
func Fsck(ctx context.Context, c Config) (fsck.Report, error) {
	return FsckWith(ctx, c, FsckOptions{})
}

// FsckWith is [Fsck] with options.
func FsckWith(ctx context.Context, c Config, o FsckOptions) (fsck.Report, error) {
	ring, err := Keys{c.Keys}.Ring()
	if err != nil {
		return fsck.Report{}, err
	}
	var anchors map[string][]byte
	if !o.WithoutAnchors {
		// Before the database: it is normal to be ahead of them.
		if anchors, err = ReadAnchors(c); err != nil {
			return fsck.Report{}, err
		}
	}
	db, err := openDatabase(ctx, c)
	if err != nil {
		return fsck.Report{}, err
	}
	report, err := fsck.Check(ctx, db, fsck.Options{Keys: ring.forFsck(), Anchors: anchors, Heads: o.Heads, Only: o.Installation})
	return report, errors.Join(err, db.Close())
}
