package pott_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	makeCommand = regexp.MustCompile("(?:`|\\$ )make ([a-z]+)")
	goCommand   = regexp.MustCompile(`go (?:run|test|build) (\./[a-z/.-]+)`)
	quotedPath  = regexp.MustCompile("`([a-z.][A-Za-z0-9_.-]*/[A-Za-z0-9_./-]*)`")
)

// What a document tells the reader to type or to open must be there.
func TestWhatDocumentsTellTheReaderToTypeOrOpenExists(t *testing.T) {
	tree := os.DirFS(".")
	makefile, err := fs.ReadFile(tree, "Makefile")
	if err != nil {
		t.Fatal(err)
	}
	walkText(t, tree, func(file string, text []byte) {
		if !strings.HasSuffix(file, ".md") {
			return
		}
		for _, m := range makeCommand.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s: make %s: no such target", file, m[1])
			}
		}
		for _, m := range goCommand.FindAllStringSubmatch(string(text), -1) {
			dir := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(m[1], "./"), "..."), "/")
			if !inAModule(tree, dir) {
				t.Errorf("%s: %s: no such folder", file, m[0])
			}
		}
		for _, m := range quotedPath.FindAllStringSubmatch(string(text), -1) {
			if !ours(tree, m[1]) {
				continue
			}
			if _, err := fs.Stat(tree, strings.TrimSuffix(m[1], "/")); err != nil {
				t.Errorf("%s: no %s", file, m[1])
			}
		}
	})
}

// inAModule reports whether a folder is in one of the modules of the tree.
func inAModule(tree fs.FS, dir string) bool {
	for _, module := range []string{".", "hsm", "tools"} {
		if _, err := fs.Stat(tree, path.Join(module, dir)); err == nil {
			return true
		}
	}
	return false
}

// ours reports whether a path begins in a folder of the tree; others name files
// on the reader's machine, or modules.
func ours(tree fs.FS, name string) bool {
	first, _, _ := strings.Cut(name, "/")
	info, err := fs.Stat(tree, first)
	return err == nil && info.IsDir()
}
