package keyfile

import "fmt"

// A NameError says that a text cannot name a key.
type NameError struct{ Name string }

func (e *NameError) Error() string {
	return fmt.Sprintf("%q cannot name a key: use letters A–Z and a–z, digits, dots, hyphens and underscores", e.Name)
}

// Code returns the stable code of the error.
func (e *NameError) Code() string { return "key.bad-name" }

// An ExistsError says that there is a key of that name; keys are never written
// over.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("there is a key at %s already, and keys are never written over", e.Path)
}

// Code returns the stable code of the error.
func (e *ExistsError) Code() string { return "key.exists" }

// A MissingError says that there is no key of that name.
type MissingError struct{ Name, Path string }

func (e *MissingError) Error() string { return fmt.Sprintf("there is no key %q at %s", e.Name, e.Path) }

// Code returns the stable code of the error.
func (e *MissingError) Code() string { return "key.missing" }

// A PermissionError says that others than the owner may read a key file.
type PermissionError struct{ Path, Mode string }

func (e *PermissionError) Error() string {
	return fmt.Sprintf("%s has mode %s: others can read it", e.Path, e.Mode)
}

// Code returns the stable code of the error.
func (e *PermissionError) Code() string { return "key.permissions" }

// A MalformedError says why a file is not a key file.
type MalformedError struct{ Path, Why string }

func (e *MalformedError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

// Code returns the stable code of the error.
func (e *MalformedError) Code() string { return "key.malformed" }

// A WrongPassphraseError says that a passphrase does not open a key file.
type WrongPassphraseError struct{ Path string }

func (e *WrongPassphraseError) Error() string {
	return fmt.Sprintf("the passphrase does not open %s", e.Path)
}

// Code returns the stable code of the error.
func (e *WrongPassphraseError) Code() string { return "key.wrong-passphrase" }

// A NoPassphraseError says that there is no passphrase to be had.
type NoPassphraseError struct{}

func (e *NoPassphraseError) Error() string {
	return "no passphrase was given, and there is no terminal to ask on"
}

// Code returns the stable code of the error.
func (e *NoPassphraseError) Code() string { return "key.no-passphrase" }

// A PassphraseMismatchError says that a new passphrase was not typed the same
// way twice.
type PassphraseMismatchError struct{}

func (e *PassphraseMismatchError) Error() string { return "the two passphrases differ" }

// Code returns the stable code of the error.
func (e *PassphraseMismatchError) Code() string { return "key.passphrase-mismatch" }

// A WorkError says that trying a passphrase cannot cost so much or so little.
type WorkError struct{ Work, Least, Most int }

func (e *WorkError) Error() string {
	return fmt.Sprintf("the cost of a try is %d, and must be from %d to %d", e.Work, e.Least, e.Most)
}

// Code returns the stable code of the error.
func (e *WorkError) Code() string { return "key.work" }
