// Package incident keeps what is needed to find out later what happened, before
// anything is changed: a file of its own for every incident, which the server
// never reads, changes or removes.
package incident

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// An Incident is what was found, or what somebody decided.
type Incident struct {
	Kind          string            `json:"kind"` // words joined with -, such as "rolled-back"
	At            time.Time         `json:"at"`
	Installation  string            `json:"installation"` // name or id; "server" for the list of installations
	By            string            `json:"by"`           // who did it, or "system" for what was found
	Administrator string            `json:"administrator,omitempty"`
	Reason        string            `json:"reason,omitempty"`
	Facts         map[string]string `json:"facts,omitempty"`
	Files         map[string][]byte `json:"files,omitempty"` // bytes as they were found, such as a damaged row; base64 in the file
}

const format = "pott-incident/v1"

var kindText = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// A KindError is returned for a kind that cannot be part of a file name.
type KindError struct{ Kind string }

func (e *KindError) Error() string { return fmt.Sprintf("an incident cannot be called %q", e.Kind) }

// Code returns the stable code of the error.
func (e *KindError) Code() string { return "incident.kind" }

// Write writes an incident into a file of its own in a directory, which is made
// for its owner only when it is not there, and returns the path. When it returns,
// the file is on disk. Errors are those of the file system.
func Write(dir string, i Incident) (path string, err error) {
	name, err := nameOf(i)
	if err != nil {
		return "", err
	}
	return write(dir, name, i)
}

// WriteOnce is Write for what is found again at every start: one file for every
// kind, installation and key. made is false when it is there already.
func WriteOnce(dir string, i Incident, key string) (path string, made bool, err error) {
	name := strings.Join([]string{i.Kind, i.Installation, key}, "-") + ".json"
	if !kindText.MatchString(i.Kind) || !onceText.MatchString(name) {
		return "", false, &KindError{Kind: name}
	}
	path, err = write(dir, name, i)
	if errors.Is(err, fs.ErrExist) {
		return filepath.Join(dir, name), false, nil
	}
	return path, err == nil, err
}

var onceText = regexp.MustCompile(`^[a-z0-9-]{1,200}\.json$`)

func nameOf(i Incident) (string, error) {
	if !kindText.MatchString(i.Kind) {
		return "", &KindError{Kind: i.Kind}
	}
	return i.At.UTC().Format("20060102T150405Z") + "-" + i.Kind + "-" + strings.ToLower(rand.Text()[:8]) + ".json", nil
}

func write(dir, name string, i Incident) (string, error) {
	i.At = i.At.UTC()
	text, err := json.MarshalIndent(struct {
		Format string `json:"format"`
		Incident
	}{format, i}, "", "  ")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(path)
		return "", err
	}
	return path, syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
