package host

import "fmt"

// FileError is returned for a file or directory that cannot be used.
type FileError struct{ Path, Why string }

func (e *FileError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

// Code returns the stable code of the error.
func (e *FileError) Code() string { return "host.file" }

// NoKeyError is returned when a key is not where it should be.
type NoKeyError struct{ Path string }

func (e *NoKeyError) Error() string { return fmt.Sprintf("there is no key in %s", e.Path) }

// Code returns the stable code of the error.
func (e *NoKeyError) Code() string { return "host.no-key" }

// KeyExistsError is returned when a key would be written over another.
type KeyExistsError struct{ Path string }

func (e *KeyExistsError) Error() string { return fmt.Sprintf("%s already holds a key", e.Path) }

// Code returns the stable code of the error.
func (e *KeyExistsError) Code() string { return "host.key-exists" }

// BadKeyError is returned for a key file that holds something else.
type BadKeyError struct{ Path string }

func (e *BadKeyError) Error() string {
	return fmt.Sprintf("%s does not hold the key it is named for", e.Path)
}

// Code returns the stable code of the error.
func (e *BadKeyError) Code() string { return "host.bad-key" }

// OpenKeysError is returned when others can look into the key directory.
type OpenKeysError struct{ Path, Mode string }

func (e *OpenKeysError) Error() string {
	return fmt.Sprintf("others may look into %s (mode %s)", e.Path, e.Mode)
}

// Code returns the stable code of the error.
func (e *OpenKeysError) Code() string { return "host.open-keys" }

// ConfigError is returned for a settings file that does not say what it should.
type ConfigError struct{ Path, Why string }

func (e *ConfigError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

// Code returns the stable code of the error.
func (e *ConfigError) Code() string { return "host.config" }

// NotMadeError is returned when a server is started where none was made.
type NotMadeError struct{ Data string }

func (e *NotMadeError) Error() string { return fmt.Sprintf("there is no installation in %s", e.Data) }

// Code returns the stable code of the error.
func (e *NotMadeError) Code() string { return "host.not-made" }

// AlreadyMadeError is returned when a server is made where there is one.
type AlreadyMadeError struct{ Data string }

func (e *AlreadyMadeError) Error() string { return fmt.Sprintf("%s already holds a server", e.Data) }

// Code returns the stable code of the error.
func (e *AlreadyMadeError) Code() string { return "host.already-made" }

// ListenError is returned when the address cannot be listened on.
type ListenError struct{ Address, Why string }

func (e *ListenError) Error() string { return fmt.Sprintf("cannot listen on %s: %s", e.Address, e.Why) }

// Code returns the stable code of the error.
func (e *ListenError) Code() string { return "host.listen" }

// CertificateError is returned for a certificate the server cannot show.
type CertificateError struct{ Cert, Key, Why string }

func (e *CertificateError) Error() string {
	return fmt.Sprintf("the certificate %s and its key %s cannot be used: %s", e.Cert, e.Key, e.Why)
}

// Code returns the stable code of the error.
func (e *CertificateError) Code() string { return "host.certificate" }

// BrokenBackupError is returned for a backup whose rows are not good.
type BrokenBackupError struct {
	File   string
	Places int    // how many places are broken
	First  string // the first of them
}

func (e *BrokenBackupError) Error() string {
	return fmt.Sprintf("%d places in %s are broken", e.Places, e.File)
}

// Code returns the stable code of the error.
func (e *BrokenBackupError) Code() string { return "host.broken-backup" }

// UncheckedBackupError is returned for a backup whose rows cannot be checked.
type UncheckedBackupError struct{ File string }

func (e *UncheckedBackupError) Error() string {
	return fmt.Sprintf("the rows in %s cannot be checked", e.File)
}

// Code returns the stable code of the error.
func (e *UncheckedBackupError) Code() string { return "host.unchecked-backup" }

// NotABackupError is returned for an archive of one installation where one of a
// whole server is needed.
type NotABackupError struct{ File, Installation string }

func (e *NotABackupError) Error() string {
	return fmt.Sprintf("%s is an export of the installation %s", e.File, e.Installation)
}

// Code returns the stable code of the error.
func (e *NotABackupError) Code() string { return "host.not-a-backup" }

// OccupiedError is returned when something would be put where there is something.
type OccupiedError struct{ Database string }

func (e *OccupiedError) Error() string { return e.Database + " is not empty" }

// Code returns the stable code of the error.
func (e *OccupiedError) Code() string { return "host.occupied" }

// NoRootError is returned when no root is pinned.
type NoRootError struct{ Path string }

func (e *NoRootError) Error() string { return "there is no pinned root in " + e.Path }

// Code returns the stable code of the error.
func (e *NoRootError) Code() string { return "host.no-root" }

// OtherExportError is returned for an export that is not of the installation it
// was given for.
type OtherExportError struct{ File, Installation string }

func (e *OtherExportError) Error() string {
	return fmt.Sprintf("%s is no export of %s", e.File, e.Installation)
}

// Code returns the stable code of the error.
func (e *OtherExportError) Code() string { return "host.other-export" }

// SamePlaceError is returned when a database would be moved to where it is.
type SamePlaceError struct{ Database string }

func (e *SamePlaceError) Error() string { return "the database is in " + e.Database + " already" }

// Code returns the stable code of the error.
func (e *SamePlaceError) Code() string { return "host.same-place" }
