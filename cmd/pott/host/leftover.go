package host

import (
	"os"
	"path/filepath"
	"strings"
)

// What was being made when a process was killed: a staging with rows of people in
// it, and perhaps the new key of an installation that never came to be. Whoever
// makes something next tidies up first, so that it can be made again.

const (
	stagingBegin = ".pott-"
	stagingLock  = "lock"   // held by the process that uses the staging
	stagingKeyOf = "key-of" // names the installation a new key was made for
)

// hold locks a staging for as long as this process lives.
func (s *staging) hold() error {
	f, err := os.OpenFile(filepath.Join(s.dir, stagingLock), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return pathError(s.dir, err)
	}
	s.lock = f
	lockFile(f) // where files cannot be locked, nobody tidies up either
	return nil
}

// makesKeyOf records, before a new key is written, whose it is.
func (s *staging) makesKeyOf(name string) error {
	path := filepath.Join(s.dir, stagingKeyOf)
	if err := writeNew(path, []byte(name), 0o600); err != nil {
		return pathError(path, err)
	}
	return syncDir(s.dir)
}

// tidy removes the stagings nobody uses any longer, and the keys that were made in
// them for installations that are not there.
func (h *Host) tidy() {
	dirs, err := filepath.Glob(filepath.Join(h.config.Data, stagingBegin+"*"))
	if err != nil || h.config.Data == "" {
		return
	}
	for _, dir := range dirs {
		f, err := os.OpenFile(filepath.Join(dir, stagingLock), os.O_RDWR, 0o600)
		if err != nil {
			continue // it is being made, or was not made by this version
		}
		if lockFile(f) == nil {
			h.tidyKey(dir)
			os.RemoveAll(dir)
		}
		f.Close()
	}
}

func (h *Host) tidyKey(dir string) {
	text, err := os.ReadFile(filepath.Join(dir, stagingKeyOf))
	if err != nil {
		return
	}
	name := strings.TrimSpace(string(text))
	if nameText.MatchString(name) && !h.house.Has(name) {
		h.keys.Remove(keyFile(name))
	}
}
