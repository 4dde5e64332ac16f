// Package anchor remembers outside the database how far each ledger was, so that
// an old copy of the whole database is noticed.
//
// It keeps files: what stands in them, and how they are named, is said by package
// tamper. Of the two slots of an anchor one is always whole, whenever the power
// goes.
package anchor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Name says whose slot a file is.
type Name struct {
	Installation, Ledger, Node string
	Slot                       int // 0 or 1
}

// String returns the name of the file.
func (n Name) String() string {
	return fmt.Sprintf("%s.%s.%s.%d%s", n.Installation, n.Ledger, n.Node, n.Slot, suffix)
}

const suffix = ".anchor"

var (
	nameText = regexp.MustCompile(`^([a-z0-9]{1,64})\.([a-z]{1,16})\.([A-Za-z0-9_-]{1,64})\.([01])\.anchor$`)
	nodeText = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// ParseName reads the name of a file. ok is false when it is no slot's.
func ParseName(file string) (n Name, ok bool) {
	m := nameText.FindStringSubmatch(file)
	if m == nil {
		return Name{}, false
	}
	return Name{m[1], m[2], m[3], int(m[4][0] - '0')}, true
}

// maxSlot is the largest file that is read, in bytes: no slot comes near it.
const maxSlot = 1 << 20

// Read returns the content of every slot in a directory, by file name. Without
// the directory there are none. A file that is too large to be a slot is
// returned cut off.
func Read(dir string) (map[string][]byte, error) {
	slots := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return slots, nil
	} else if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, ok := ParseName(e.Name()); !ok || !e.Type().IsRegular() {
			continue
		}
		if slots[e.Name()], err = readSlot(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return slots, nil
}

func readSlot(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	slot := make([]byte, 0, 512)
	for len(slot) < maxSlot {
		n, err := f.Read(slot[len(slot):cap(slot)])
		slot = slot[:len(slot)+n]
		if n == 0 || err != nil {
			break // what was read does not check, and that is what it is worth
		}
		slot = slices.Grow(slot, 512)
	}
	return slot, nil
}

// A Dir is the anchors one node writes. It may be used by any number of
// goroutines. A nil Dir remembers nothing.
type Dir struct {
	path, node string
	mu         sync.Mutex
	files      map[[2]string]*File
	quit, over chan struct{}
	stop       sync.Once
}

// every is how long a slot may take to be known on disk.
const every = time.Second

// Open returns the anchors of a node in a directory, which is made for its owner
// only when it is not there.
func Open(path, node string) (*Dir, error) {
	if !nodeText.MatchString(node) {
		return nil, &NodeError{Node: node}
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	d := &Dir{path: path, node: node, files: map[[2]string]*File{}, quit: make(chan struct{}), over: make(chan struct{})}
	go d.keepSyncing()
	return d, nil
}

// A NodeError is returned for a node whose name cannot be part of a file name.
type NodeError struct{ Node string }

func (e *NodeError) Error() string {
	return fmt.Sprintf("the node's name %q is not made of letters, digits, - and _ only", e.Node)
}

// Code returns the stable code of the error.
func (e *NodeError) Code() string { return "storage.bad-node" }

func (d *Dir) keepSyncing() {
	defer close(d.over)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			d.Sync() // what fails is tried again, and told by the next Write
		case <-d.quit:
			return
		}
	}
}

// Close makes sure that everything written is on disk.
func (d *Dir) Close() error {
	if d == nil {
		return nil
	}
	d.stop.Do(func() { close(d.quit) })
	<-d.over
	return d.Sync()
}

// Sync makes sure that everything written so far is on disk.
func (d *Dir) Sync() error {
	var errs []error
	for _, f := range d.all() {
		errs = append(errs, f.sync())
	}
	return errors.Join(errs...)
}

func (d *Dir) all() []*File {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []*File
	for _, f := range d.files {
		list = append(list, f)
	}
	return list
}

// File returns the anchor of a ledger. newest is the slot that was found to be
// the newest whole one: the other is written first; -1: none is whole.
func (d *Dir) File(installation, ledger string, newest int) *File {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := [2]string{installation, ledger}
	if d.files[key] == nil {
		f := &File{dir: d.path}
		for slot := range f.names {
			f.names[slot] = Name{installation, ledger, d.node, slot}.String()
		}
		f.slot = 1 - max(newest, 0)
		d.files[key] = f
	}
	return d.files[key]
}

// Remove forgets an installation, which is to be deleted for good: the anchors of
// this node only.
func (d *Dir) Remove(installation string) error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, f := range d.files {
		if key[0] == installation {
			delete(d.files, key)
			f.forget()
		}
	}
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if n, ok := ParseName(e.Name()); ok && n.Installation == installation && n.Node == d.node {
			errs = append(errs, os.Remove(filepath.Join(d.path, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// A File is the anchor of one ledger. A nil File remembers nothing.
type File struct {
	dir   string
	names [2]string

	mu    sync.Mutex
	slot  int  // that is written now
	dirty bool // the slot may not be on disk
	made  bool // a file was made whose name may not be on disk
	gone  bool
}

// Write writes a slot, so that it survives this process. Within a second it will
// also survive the machine.
func (f *File) Write(slot []byte) error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return nil
	}
	path := filepath.Join(f.dir, f.names[f.slot])
	out, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		f.made = true
		out, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	}
	if err != nil {
		return err
	}
	f.dirty = true
	_, err = out.WriteAt(slot, 0)
	if err == nil {
		err = out.Truncate(int64(len(slot)))
	}
	return errors.Join(err, out.Close())
}

// sync makes sure that the slot is on disk, and goes on with the other one.
func (f *File) sync() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.dirty || f.gone {
		return nil
	}
	if err := syncPath(filepath.Join(f.dir, f.names[f.slot])); err != nil {
		return err
	}
	if f.made {
		if err := syncPath(f.dir); err != nil {
			return err
		}
	}
	f.dirty, f.made, f.slot = false, false, 1-f.slot
	return nil
}

func (f *File) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = true
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Any reports whether a directory holds slots of anybody.
func Any(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), suffix) }), err
}
