package host

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/pott-dev/pott/internal/installation/anchor"
)

// MayMake reports whether a server can be made: that there is none, and that no
// key would be replaced.
func MayMake(c Config) error {
	if _, err := os.Stat(c.root()); err == nil {
		return &AlreadyMadeError{Data: c.Data}
	}
	if _, err := os.Stat(Keys{c.Keys}.path("seal.key")); err == nil {
		return &KeyExistsError{Path: Keys{c.Keys}.path("seal.key")}
	}
	if others, err := anchor.Any(c.AnchorDir()); err != nil {
		return pathError(c.AnchorDir(), err)
	} else if others {
		return &AlreadyMadeError{Data: c.AnchorDir()}
	}
	return nil
}

// Make makes the directories and the seal key, and pins the root keys. It never
// replaces anything. undo takes away what was made, for when the first
// installation could not be; it is to be called before anything was answered.
func Make(c Config, root []byte) (undo func(), err error) {
	if err := MayMake(c); err != nil {
		return nil, err
	}
	made := missingDirs(c.AnchorDir())
	undo = func() {
		forgetAnchors(c.AnchorDir())
		for _, path := range slices.Backward(made) {
			os.Remove(path) // directories go only when they are empty
		}
	}
	for _, dir := range []string{c.Data, c.Keys} {
		made = append(made, missingDirs(dir)...)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			undo()
			return nil, pathError(dir, err)
		}
	}
	keys := Keys{c.Keys}
	if err := keys.Make(); err != nil {
		undo()
		return nil, err
	}
	made = append(made, keys.path("seal.key"))
	made = append(made, c.root())
	if err := writeNew(c.root(), root, 0o644); err != nil {
		undo()
		return nil, pathError(c.root(), err)
	}
	for _, path := range made {
		if err := syncDir(filepath.Dir(path)); err != nil {
			undo()
			return nil, err
		}
	}
	if c.Database == "" {
		made = append(made, c.DSN(), c.DSN()+"-wal", c.DSN()+"-shm")
	}
	return undo, nil
}

// missingDirs returns the directories that have to be made so that dir is there,
// outermost first.
func missingDirs(dir string) (missing []string) {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return missing
		}
		missing = slices.Insert(missing, 0, dir)
		dir = filepath.Dir(dir)
	}
}
