package archive

import "fmt"

// A BrokenError says that a file is not an archive as it was written.
type BrokenError struct {
	Why string
}

func (e *BrokenError) Error() string { return "the archive is broken: " + e.Why }

// Code returns the stable code of the error.
func (e *BrokenError) Code() string { return "archive.broken" }

// A NotAnArchiveError says that a file is something else.
type NotAnArchiveError struct{}

func (*NotAnArchiveError) Error() string { return "the file is not an archive of Pott" }

// Code returns the stable code of the error.
func (*NotAnArchiveError) Code() string { return "archive.not-an-archive" }

// An EncryptedError says that an archive is encrypted, and that no key was given
// that opens it.
type EncryptedError struct{ Tried int }

func (e *EncryptedError) Error() string {
	return fmt.Sprintf("the archive is encrypted, and none of %d identities opens it", e.Tried)
}

// Code returns the stable code of the error.
func (e *EncryptedError) Code() string { return "archive.encrypted" }

// A NewerError says that the tables of an archive belong to a newer program.
type NewerError struct {
	Found     int64
	Supported int64
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("the archive has schema version %d, this program knows versions up to %d", e.Found, e.Supported)
}

// Code returns the stable code of the error.
func (e *NewerError) Code() string { return "archive.newer" }

// A NoPlaceError says that a table of an archive has no place in a database.
type NoPlaceError struct{ Table, Why string }

func (e *NoPlaceError) Error() string {
	return fmt.Sprintf("table %s of the archive: %s", e.Table, e.Why)
}

// Code returns the stable code of the error.
func (e *NoPlaceError) Code() string { return "archive.no-place" }
