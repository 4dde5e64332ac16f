package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// schema is the version of the JSON documents: keys are only ever added to it.
const schema = 1

// answer prints what a command found: doc, an object, for programs, or what
// human prints for people.
func (s *session) answer(doc any, human func(w io.Writer)) error {
	if !s.g.JSON {
		human(s.p.stdout)
		return nil
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	separator := ","
	if string(b) == "{}" {
		separator = ""
	}
	_, err = fmt.Fprintf(s.p.stdout, "{\"schema\":%d%s%s\n", schema, separator, b[1:])
	return err
}

// note tells a person something that is no part of the answer.
func (s *session) note(format string, args ...any) {
	if !s.g.JSON {
		fmt.Fprintf(s.p.stderr, "pott-authority: "+format+"\n", args...)
	}
}

// table prints rows in aligned columns, two spaces apart. The header is left
// out unless a person reads it. Columns whose head begins with "#" hold numbers.
func (s *session) table(w io.Writer, head []string, rows [][]string) {
	all := rows
	if s.p.terminal {
		top := make([]string, len(head))
		for i, h := range head {
			top[i] = strings.ToUpper(strings.TrimPrefix(h, "#"))
		}
		all = append([][]string{top}, rows...)
	}
	widths := make([]int, len(head))
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i > 0 {
				line.WriteString("  ")
			}
			if strings.HasPrefix(head[i], "#") {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// maxInput is the largest file a command reads, in bytes: above the limit of
// every format, so that the format's own refusal is the one people see.
const maxInput = 32 << 20

// read returns a file, or standard input for "-".
func (s *session) read(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(s.p.stdin, maxInput))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxInput))
	if err != nil {
		return nil, fileError(path, err)
	}
	return text, nil
}

// mayWrite returns an error when a file could not be written because one is
// there. It is asked before anything is done that cannot be taken back.
func mayWrite(path string) error {
	if path == "-" {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return &FileExistsError{path}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return &FileError{path, "there is no such folder"}
	}
	return nil
}

// write delivers a file whole or not at all, and never over another; "-" is
// standard output.
func (s *session) write(path string, text []byte) error {
	if path == "-" {
		_, err := s.p.stdout.Write(text)
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fileError(path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fileError(path, err)
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return &FileExistsError{path}
	} else if err != nil {
		return fileError(path, err)
	}
	return nil
}
