package main

import (
	"errors"
	"fmt"
	"os"
)

// A UsageError is returned for arguments that make no sense.
type UsageError struct {
	Problem string
	Help    string // the command that tells more
}

func (e *UsageError) Error() string { return e.Problem }

// Code returns the stable code of the error.
func (e *UsageError) Code() string { return "cli.usage" }

// A FileError is returned for a file that cannot be read or written.
type FileError struct{ Path, Why string }

func (e *FileError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

// Code returns the stable code of the error.
func (e *FileError) Code() string { return "cli.file" }

func fileError(path string, err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		err = p.Err
	}
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		err = l.Err
	}
	return &FileError{path, err.Error()}
}

// A NotMadeError says that there is no authority in a folder.
type NotMadeError struct{ Dir string }

func (e *NotMadeError) Error() string { return fmt.Sprintf("there is no authority in %s", e.Dir) }

// Code returns the stable code of the error.
func (e *NotMadeError) Code() string { return "authority.not-made" }

// An AlreadyMadeError says that a folder is there already.
type AlreadyMadeError struct{ Dir string }

func (e *AlreadyMadeError) Error() string { return fmt.Sprintf("%s exists already", e.Dir) }

// Code returns the stable code of the error.
func (e *AlreadyMadeError) Code() string { return "authority.already-made" }

// A FileExistsError says that a file would be written over.
type FileExistsError struct{ Path string }

func (e *FileExistsError) Error() string { return fmt.Sprintf("%s exists already", e.Path) }

// Code returns the stable code of the error.
func (e *FileExistsError) Code() string { return "authority.file-exists" }

// A KeyChoiceError says that a command must be told which key is meant.
type KeyChoiceError struct {
	Use   string   // what the key is for
	Found []string // names of the keys that would do
}

func (e *KeyChoiceError) Error() string {
	if len(e.Found) == 0 {
		return fmt.Sprintf("no %s key is here that would do", e.Use)
	}
	return fmt.Sprintf("%d %s keys would do: %v", len(e.Found), e.Use, e.Found)
}

// Code returns the stable code of the error.
func (e *KeyChoiceError) Code() string { return "key.which" }

// A KeyUseError says that a key is for something else.
type KeyUseError struct{ Name, Use, Wanted string }

func (e *KeyUseError) Error() string {
	return fmt.Sprintf("%s is a %s key, and a %s key is needed", e.Name, e.Use, e.Wanted)
}

// Code returns the stable code of the error.
func (e *KeyUseError) Code() string { return "key.wrong-use" }
